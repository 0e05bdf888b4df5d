"""Rows as FHIR R4 resources: codes, references and what is left out."""

import pytest

from domain.health_visits.values import referral_id
from projections.health_visits import fhir
from projections.health_visits.archives import HealthArchive
from projections.health_visits.desks import ReferralDesk
from projections.health_visits.records import VisitRecord
from tests import clinics as c
from tests.commands.test_health_visits_ending import referring, with_consent
from tests.projections.rows import rows_of
from tests.scenario import MATTER, Step, given


def record(*steps: Step) -> VisitRecord:
    return rows_of(VisitRecord, given(*steps).happened)[MATTER]


def test_a_patient_is_named_by_the_citys_reference() -> None:
    found = fhir.patient(record(*c.TO_BOOKED).patient)
    assert found["id"] == c.subject()
    assert (found["gender"], found["birthDate"]) == ("male", "1990-01-01")
    assert found["identifier"] == [{"system": fhir.RESIDENT_ID, "value": c.resident()}]


@pytest.mark.parametrize(
    ("steps", "appointment", "encounter"),
    [
        (c.TO_BOOKED, "booked", "planned"),
        ((*c.TO_BOOKED, c.cancelled()), "cancelled", "cancelled"),
        ((*c.TO_BOOKED, c.missed()), "noshow", "cancelled"),
        (c.TO_WAITING, "arrived", "arrived"),
        (c.TO_CONSULTING, "fulfilled", "in-progress"),
        (c.TO_FINISHED, "fulfilled", "finished"),
    ],
)
def test_states_are_those_of_the_standard(
    steps: tuple[Step, ...], appointment: str, encounter: str
) -> None:
    row = record(*steps)
    booked = fhir.appointment(row)
    assert booked is not None
    assert (booked["status"], fhir.encounter(row)["status"]) == (appointment, encounter)
    assert booked["start"] == "2026-03-02T01:00:00Z"


def test_who_walked_in_has_no_appointment_and_who_lies_in_a_bed_is_an_inpatient() -> None:
    walked_in = record(c.session_opened(), c.walked_in())
    assert fhir.appointment(walked_in) is None
    assert fhir.encounter(walked_in)["class"]["code"] == "AMB"
    assert fhir.encounter(record(*c.TO_ADMITTED))["class"]["code"] == "IMP"


def test_guarded_diagnoses_are_shown_only_to_who_may_know() -> None:
    row = record(*c.TO_CONSULTING, c.diagnosed(), c.diagnosed(icd10="F32.1", principal=False))
    codes = [one["code"]["coding"][0]["code"] for one in fhir.conditions(row, guarded=True)]
    assert codes == ["I10", "F32.1"]
    (shown,) = fhir.conditions(row, guarded=False)
    assert shown["code"]["coding"][0]["display"] == "Essential (primary) hypertension"


def test_each_drug_is_a_request_of_its_own() -> None:
    row = record(*c.TO_CONSULTING, c.prescribed(c.item(), c.item("N02BE01", frequency="prn")))
    first, second = fhir.medication_requests(row)
    assert first["medicationCodeableConcept"]["coding"][0]["code"] == "C08CA01"
    (dosage,) = first["dosageInstruction"]
    assert dosage["doseAndRate"][0]["doseQuantity"] == {
        "value": "5",
        "unit": "mg",
        "system": fhir.UCUM,
        "code": "mg",
    }
    assert dosage["timing"]["repeat"] == {"frequency": 1, "period": 1, "periodUnit": "d"}
    assert second["dosageInstruction"][0]["asNeededBoolean"] is True


def test_an_allergy_and_a_referral_name_their_patient() -> None:
    scenario = given(c.archive_opened(), c.allergy())
    (allergy,) = fhir.allergies(rows_of(HealthArchive, scenario.happened)[c.ARCHIVE])
    assert allergy["patient"] == {"reference": f"Patient/{c.subject()}"}
    referral = rows_of(ReferralDesk, with_consent(referring(urgent=True)).happened)
    request = fhir.service_request(referral[referral_id(MATTER, 1)])
    assert (request["status"], request["priority"]) == ("active", "urgent")
    assert request["performer"] == [{"reference": "Organization/hospital-2"}]
