"""Health visits as HL7 FHIR R4 resources, for institutions that speak it. Pure functions over rows.

Resources: Patient, Appointment, Encounter, Condition, AllergyIntolerance, MedicationRequest and
ServiceRequest (hl7.org/fhir/R4). Only what the rows hold is said; nothing is made up to fill a
resource. What may surprise: references are relative (``Encounter/{id}``), and a prescription of
several drugs becomes several MedicationRequests, as FHIR has one a drug.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from domain.health_visits import ReferralState, VisitState
from domain.health_visits.consultation import Item
from domain.health_visits.formulary import FORMULARY
from domain.health_visits.icd10 import title
from domain.health_visits.values import Patient
from domain.shared.identifiers import resident_id_birthdate, resident_id_sex
from projections.health_visits.archives import HealthArchive
from projections.health_visits.desks import ReferralDesk
from projections.health_visits.records import Finding, VisitRecord

Resource = dict[str, Any]

ICD10 = "http://hl7.org/fhir/sid/icd-10"
ATC = "http://www.whocc.no/atc"
UCUM = "http://unitsofmeasure.org"
RESIDENT_ID = "urn:oid:2.16.156.10011.1.3"
"""The OID under which China's health data standards (WS/T 500) name the resident id."""
CONDITION_STATUS = "http://terminology.hl7.org/CodeSystem/condition-clinical"
ALLERGY_STATUS = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"
ENCOUNTER_CLASS = "http://terminology.hl7.org/CodeSystem/v3-ActCode"

_APPOINTMENT = {
    VisitState.BOOKED: "booked",
    VisitState.CANCELLED: "cancelled",
    VisitState.NO_SHOW: "noshow",
    VisitState.WAITING: "arrived",
    VisitState.CALLED: "arrived",
    VisitState.LEFT: "cancelled",
}
_ENCOUNTER = {
    VisitState.BOOKED: "planned",
    VisitState.CANCELLED: "cancelled",
    VisitState.NO_SHOW: "cancelled",
    VisitState.LEFT: "cancelled",
    VisitState.WAITING: "arrived",
    VisitState.CALLED: "arrived",
    VisitState.CONSULTING: "in-progress",
    VisitState.ADMITTED: "in-progress",
}
_REQUEST = {
    ReferralState.OFFERED: "active",
    ReferralState.ACCEPTED: "completed",
    ReferralState.DECLINED: "revoked",
    ReferralState.LAPSED: "revoked",
}
_TIMING = {
    "qd": (1, 1, "d"),
    "bid": (2, 1, "d"),
    "tid": (3, 1, "d"),
    "qid": (4, 1, "d"),
    "qn": (1, 1, "d"),
    "once": None,
    "prn": None,
}


def instant(at: datetime) -> str:
    """As FHIR writes an instant: UTC, with its zone."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _patient_reference(subject: str) -> Resource:
    return {"reference": f"Patient/{subject}"}


def _coded(system: str, code: str, display: str | None = None) -> Resource:
    coding = {"system": system, "code": code}
    return {"coding": [{**coding, "display": display} if display else coding]}


def patient(known: Patient) -> Resource:
    """The person, under the city's reference."""
    resource: Resource = {
        "resourceType": "Patient",
        "id": known.subject,
        "identifier": [{"system": RESIDENT_ID, "value": known.resident_id}],
        "name": [{"text": known.name}],
        "gender": resident_id_sex(known.resident_id),
        "birthDate": resident_id_birthdate(known.resident_id).isoformat(),
    }
    if known.mobile:
        resource["telecom"] = [{"system": "phone", "value": known.mobile, "use": "mobile"}]
    return resource


def appointment(row: VisitRecord) -> Resource | None:
    """The appointment of a booked visit; None for a walk-in."""
    if row.slot is None:
        return None
    return {
        "resourceType": "Appointment",
        "id": str(row.visit_id),
        "status": _APPOINTMENT.get(row.state, "fulfilled"),
        "start": instant(row.expected_at or row.slot),
        "specialty": [{"text": row.department}],
        "participant": [
            {"actor": _patient_reference(row.subject), "status": "accepted"},
            {"actor": {"reference": f"Practitioner/{row.doctor}"}, "status": "accepted"},
            {"actor": {"reference": f"Location/{row.institution}"}, "status": "accepted"},
        ],
    }


def encounter(row: VisitRecord) -> Resource:
    """The visit itself."""
    resource: Resource = {
        "resourceType": "Encounter",
        "id": str(row.visit_id),
        "status": _ENCOUNTER.get(row.state, "finished"),
        "class": {"system": ENCOUNTER_CLASS, "code": "IMP" if row.bed else "AMB"},
        "subject": _patient_reference(row.subject),
        "serviceProvider": {"reference": f"Organization/{row.institution}"},
        "participant": [{"individual": {"reference": f"Practitioner/{row.doctor}"}}],
    }
    if row.slot is not None:
        resource["appointment"] = [{"reference": f"Appointment/{row.visit_id}"}]
    if row.started_at is not None:
        resource["period"] = {"start": instant(row.started_at)}
    return resource


def conditions(row: VisitRecord, *, guarded: bool) -> list[Resource]:
    """The visit's diagnoses; those that narrow the audience only when ``guarded``."""
    findings = (*row.diagnoses, *(row.guarded_diagnoses if guarded else ()))
    return [_condition(row, number, one) for number, one in enumerate(findings, 1)]


def _condition(row: VisitRecord, number: int, one: Finding) -> Resource:
    return {
        "resourceType": "Condition",
        "id": f"{row.visit_id}-{number}",
        "clinicalStatus": _coded(CONDITION_STATUS, "active"),
        "code": _coded(ICD10, one.icd10, title(one.icd10)),
        "subject": _patient_reference(row.subject),
        "encounter": {"reference": f"Encounter/{row.visit_id}"},
        "recordedDate": instant(one.at),
    }


def allergies(row: HealthArchive) -> list[Resource]:
    """What the patient must not get."""
    return [
        {
            "resourceType": "AllergyIntolerance",
            "id": f"{row.archive_id}-{substance}",
            "clinicalStatus": _coded(ALLERGY_STATUS, "active"),
            "code": {"text": substance},
            "patient": _patient_reference(row.subject),
        }
        for substance in row.allergies
    ]


def medication_requests(row: VisitRecord) -> Iterator[Resource]:
    """One for each drug of each prescription."""
    for number, prescription in enumerate(row.prescriptions, 1):
        for place, item in enumerate(prescription.items, 1):
            yield {
                "resourceType": "MedicationRequest",
                "id": f"{row.visit_id}-{number}-{place}",
                "status": "active",
                "intent": "order",
                "medicationCodeableConcept": _coded(ATC, item.drug, FORMULARY[item.drug].zh),
                "subject": _patient_reference(row.subject),
                "encounter": {"reference": f"Encounter/{row.visit_id}"},
                "authoredOn": instant(prescription.at),
                "requester": {"reference": f"Practitioner/{row.doctor}"},
                "dosageInstruction": [_dosage(item)],
                "dispenseRequest": {
                    "expectedSupplyDuration": {
                        "value": item.days,
                        "unit": "d",
                        "system": UCUM,
                        "code": "d",
                    }
                },
            }


def _dosage(item: Item) -> Resource:
    # A decimal keeps its digits as a text here; the door writes it as a number.
    quantity = {"value": item.dose, "unit": item.unit, "system": UCUM, "code": item.unit}
    dosage: Resource = {
        "route": {"text": item.route},
        "doseAndRate": [{"doseQuantity": quantity}],
    }
    timing = _TIMING[item.frequency]
    if timing is not None:
        frequency, period, unit = timing
        repeat = {"frequency": frequency, "period": period, "periodUnit": unit}
        dosage["timing"] = {"repeat": repeat}
    elif item.frequency == "prn":
        dosage["asNeededBoolean"] = True
    return dosage


def service_request(row: ReferralDesk) -> Resource:
    """A referral, as the request to another institution that it is."""
    return {
        "resourceType": "ServiceRequest",
        "id": str(row.referral_id),
        "status": _REQUEST[row.state],
        "intent": "order",
        "priority": "urgent" if row.urgent else "routine",
        "code": {"text": row.specialty},
        "subject": _patient_reference(row.patient.subject),
        "encounter": {"reference": f"Encounter/{row.visit}"},
        "authoredOn": instant(row.offered_at),
        "performer": [{"reference": f"Organization/{row.target}"}],
        "reasonCode": [{"text": row.reason}],
    }
