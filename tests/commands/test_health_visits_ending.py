"""How a visit goes on and ends: referrals, discharge, amendments, closing, death."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from commands.health_visits.ending import ConsentMissing, ReferPatient
from commands.health_visits.referring import AcceptReferral, DeclineReferral, LapseReferral
from commands.policies import health_visits as policies
from domain.health_visits import (
    ClinicSession,
    HealthArchive,
    HealthVisit,
    NotifiableReport,
    PatientBookings,
    Referral,
    ReferralState,
    VisitState,
)
from domain.health_visits.institutions import Specialty
from domain.health_visits.refusals import (
    BillOpen,
    DiagnosisMissing,
    PatientDeceased,
    SpecialtyMissing,
)
from domain.health_visits.values import Half, referral_id
from domain.shared.aggregate import EventBase
from domain.shared.refusals import (
    DateInFuture,
    Forbidden,
    FourEyes,
    NotDue,
    NotInState,
)
from tests import clinics as c
from tests.scenario import HUIMIN, MATTER, Scenario, Step, context, given, shanghai

CONSULTING = c.TO_CONSULTING


def visit(scenario: Scenario, id: UUID = MATTER) -> HealthVisit:
    found = scenario.matters[id]
    assert isinstance(found, HealthVisit)
    return found


def of(scenario: Scenario, kind: type[EventBase]) -> list[Any]:
    return [e for e in scenario.happened if isinstance(e, kind)]


# --- referrals ---------------------------------------------------------------------------------

CONSENT = c.consented(purpose="referral", recipient="hospital-2", at=c.CONSENT_STEP_AT)
CONSENT_ID = context(c.CONSENT_STEP_AT, CONSENT.by, number=1).command_id


def referring(**changes: Any) -> Step:
    fields: dict[str, Any] = {
        "direction": "up",
        "target": "hospital-2",
        "specialty": Specialty.CARDIOLOGY,
        "reason": "需造影",
        "consent_id": CONSENT_ID,
        **changes,
    }
    return c.step(ReferPatient, c.DOCTOR_1, **fields)


def with_consent(*more: Step) -> Scenario:
    archive, *rest = CONSULTING
    return given(archive, CONSENT, *rest, *more)


def test_a_referral_is_begun_with_the_patients_consent() -> None:
    scenario = with_consent(referring())
    referral = scenario.matters[referral_id(MATTER, 1)]
    assert isinstance(referral, Referral)
    assert (referral.state, referral.target) == (ReferralState.OFFERED, "hospital-2")


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"consent_id": UUID(int=1)}, ConsentMissing()),
        ({"target": "lihuili"}, ConsentMissing()),
        ({"target": "kangning"}, SpecialtyMissing(specialty=Specialty.CARDIOLOGY)),
        ({"target": "hospital-1"}, SpecialtyMissing(specialty=Specialty.CARDIOLOGY)),
    ],
)
def test_a_referral_needs_a_consent_to_this_target_and_a_target_that_can(
    changes: dict[str, Any], refused: Exception
) -> None:
    with_consent().when(referring(**changes)).then_refused(refused)  # type: ignore[arg-type]  # refusals


def test_a_consent_that_was_withdrawn_is_none() -> None:
    scenario = with_consent(c.withdrawn(consent_id=CONSENT_ID))
    scenario.when(referring()).then_refused(ConsentMissing())


def test_an_accepted_referral_with_a_slot_is_booked() -> None:
    scenario = with_consent(c.diagnosed(), c.finished(), referring())
    day = date(2026, 3, 4)
    opening = c.session_opened(
        "doctor-9", *c.slots("09:00", day=day), day=day, institution="hospital-2", at=None
    )
    scenario.run(opening)
    assert scenario.matter is not None
    accept = AcceptReferral(
        referral_id=referral_id(MATTER, 1),
        session_id=scenario.matter.id,
        slot=shanghai("2026-03-04T09:00"),
    )
    scenario.run(Step(accept, c.DOCTOR_2))
    (event,) = of(scenario, Referral.ReferralAccepted)
    command = policies.when_referral_accepted(event)
    assert command is not None
    scenario.run(Step(command, HUIMIN))
    booked = of(scenario, HealthVisit.AppointmentBooked)[-1]
    assert (booked.patient.subject, booked.referral) == (c.subject(), referral_id(MATTER, 1))


def test_a_desk_that_names_no_slot_books_by_hand() -> None:
    scenario = with_consent(referring())
    scenario.run(Step(AcceptReferral(referral_id=referral_id(MATTER, 1)), c.DOCTOR_2))
    (event,) = of(scenario, Referral.ReferralAccepted)
    assert policies.when_referral_accepted(event) is None


def test_a_referral_is_answered_once_and_lapses_after_a_fortnight() -> None:
    id = referral_id(MATTER, 1)
    declined = Step(DeclineReferral(referral_id=id, reason="无床"), c.DOCTOR_2)
    lapsed = Step(LapseReferral(referral_id=id), HUIMIN, shanghai("2026-03-17T00:00"))
    scenario = with_consent(referring(), declined)
    scenario.when(lapsed).then_refused(NotInState(state=ReferralState.DECLINED, allowed=()))
    scenario = with_consent(referring())
    scenario.when(lapsed, at=shanghai("2026-03-10T09:00")).then_refused(
        NotDue(due_at=shanghai("2026-03-17T00:00"))
    )
    assert scenario.when(lapsed).refused is None


# --- ends --------------------------------------------------------------------------------------


def test_a_consultation_ends_with_a_diagnosis_or_with_none_found() -> None:
    scenario = given(*CONSULTING)
    scenario.when(c.finished(none_found=False)).then_refused(DiagnosisMissing())
    assert scenario.when(c.finished()).refused is None
    session = scenario.matters[c.SESSION]
    assert isinstance(session, ClinicSession)
    assert session.serving is None


@pytest.mark.parametrize(
    ("before", "after", "lost"), [(80, 75, False), (80, 70, True), (None, 60, True), (60, 60, True)]
)
def test_a_discharge_says_whether_the_patient_lost_in_daily_life(
    before: int | None, after: int, lost: bool
) -> None:
    scenario = given(*CONSULTING, c.admitted(barthel=before), c.discharged(barthel=after))
    (event,) = of(scenario, HealthVisit.PatientDischarged)
    assert (event.functional_loss, event.subject) == (lost, c.subject())


def test_a_discharge_needs_a_diagnosis_and_a_consent_that_is_named_has_to_stand() -> None:
    scenario = given(*c.TO_ADMITTED)
    scenario.when(c.discharged(icd10=None)).then_refused(DiagnosisMissing())
    unknown = c.discharged(care_consent_id=UUID(int=1))
    scenario.when(unknown).then_refused(ConsentMissing())


def test_a_disease_found_at_discharge_is_reported_too() -> None:
    scenario = given(*c.TO_ADMITTED, c.discharged(icd10="A15.0"))
    assert len(of(scenario, NotifiableReport.ReportFellDue)) == 1


def test_a_record_is_amended_by_its_doctor_or_with_a_chief_and_once_closed_by_two() -> None:
    scenario = given(*c.TO_FINISHED)
    assert scenario.when(c.amended(chief=None)).refused is None
    scenario.when(c.amended(chief=None, by=c.NURSE)).then_refused(Forbidden())
    assert scenario.when(c.amended(by=c.NURSE)).refused is None
    scenario.run(c.closed())
    scenario.when(c.amended(chief=None)).then_refused(Forbidden())
    scenario.when(c.amended(chief="nurse-1", by=c.NURSE)).then_refused(FourEyes())
    assert scenario.when(c.amended(by=c.NURSE)).refused is None
    assert [e.number for e in of(scenario, HealthVisit.RecordAmended)] == [1, 2, 3]


def test_a_visit_with_an_open_bill_stays_open() -> None:
    given(*c.TO_FINISHED).when(c.closed(bill="open")).then_refused(BillOpen())


def test_two_doctors_find_a_death_and_not_tomorrows() -> None:
    scenario = given(*CONSULTING)
    scenario.when(c.died(second_doctor="doctor-1")).then_refused(FourEyes())
    scenario.when(c.died(died_on=date(2026, 3, 3))).then_refused(DateInFuture())


def test_a_death_ends_later_bookings_and_the_archive() -> None:
    eyes = c.session_opened(
        "doctor-3",
        *c.slots("14:00"),
        department=Specialty.OPHTHALMOLOGY,
        half=Half.AFTERNOON,
        at=c.BOOKING,
    )
    archive, session, other, booked, *rest = CONSULTING
    scenario = given(archive, session, other, eyes)
    assert scenario.matter is not None
    later = scenario.matter.id
    scenario.after(booked, c.booked(session=later, slot=shanghai("2026-03-02T14:00")), *rest)
    scenario.run(c.died())
    (event,) = of(scenario, HealthVisit.DeathRecorded)
    commands = policies.when_dead(event)
    assert len(commands) == 2
    for command in commands:
        scenario.run(Step(command, HUIMIN))
    (cancelled,) = of(scenario, HealthVisit.AppointmentCancelled)
    assert (cancelled.reason, cancelled.told) == ("death", False)
    assert of(scenario, HealthArchive.ArchiveClosed)
    assert of(scenario, PatientBookings.BookingsEnded)
    again = c.booked(session=c.OTHER_SESSION, slot=shanghai("2026-03-02T10:30"))
    scenario.when(again, at=shanghai("2026-03-02T10:00")).then_refused(PatientDeceased())
    assert visit(scenario).state is VisitState.DECEASED
