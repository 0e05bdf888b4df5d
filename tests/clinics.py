"""Clinics for tests: each builder is a step in a visit, with defaults for what a test does not talk
about. Monday morning at the first hospital, cardiology, doctor-1 in room 203, seats every half an
hour from 9:00 on.
"""

from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from commands.base import Caller, Command, Role
from commands.health_visits import arriving, booking, consulting, ending, sessions
from commands.health_visits.archives import (
    CloseArchive,
    MergeArchives,
    OpenArchive,
    RecordAllergy,
    RecordCondition,
    RecordVaccination,
    RefuteAllergy,
    SplitArchives,
)
from commands.health_visits.consents import (
    BreakGlass,
    GiveConsent,
    ReadArchive,
    ReviewBreakGlass,
    WithdrawConsent,
)
from commands.health_visits.given import PatientGiven, SlotGiven
from domain.health_visits.institutions import Specialty
from domain.health_visits.values import Half, archive_id, patient_id, session_id
from domain.shared.identifiers import make_resident_id
from tests.scenario import HUIMIN, MATTER, Step, caller, keyed_hash, shanghai

DAY = date(2026, 3, 2)
TOMORROW = date(2026, 3, 3)
DOCTOR_1 = caller("doctor-1", Role.OFFICER, department="health")
DOCTOR_2 = caller("doctor-2", Role.OFFICER, department="health")
NURSE = caller("nurse-1", Role.OFFICER, department="health")
CITIZEN = caller("citizen-1", Role.CITIZEN)
STRANGER = caller("citizen-2", Role.CITIZEN)
TAX = caller("officer-tax", Role.OFFICER, department="tax")

SESSION = session_id("doctor-1", DAY, Half.MORNING)
OTHER_SESSION = session_id("doctor-2", DAY, Half.MORNING)
SLOT = shanghai("2026-03-02T09:00")
OPENING = shanghai("2026-03-01T10:00")
BOOKING = shanghai("2026-03-01T11:00")
EARLY = shanghai("2026-03-02T08:40")
ARCHIVE_OPENING = shanghai("2026-02-27T09:00")
CONSENT_STEP_AT = shanghai("2026-02-27T10:00")


def resident(order: int = 1) -> str:
    """A resident id; another for each number from 0 to 999. Odd numbers are men, born in 1990."""
    return make_resident_id("330203", date(1990, 1, 1), order)


def subject(order: int = 1) -> str:
    """What stands for that person in events."""
    return keyed_hash("person", resident(order))


def patient(order: int = 1) -> PatientGiven:
    """Somebody, by number."""
    return PatientGiven(name="王明", resident_id=resident(order), mobile="+8613812345678")


ARCHIVE = archive_id(subject())
PATIENT = patient_id(subject())


def slots(*at: str, seats: int = 2, day: date = DAY) -> tuple[SlotGiven, ...]:
    """Slots at these times of the day."""
    times = at or ("09:00", "09:30", "10:00", "10:30")
    return tuple(SlotGiven(at=shanghai(f"{day}T{time}"), seats=seats) for time in times)


def session_opened(
    doctor: str = "doctor-1",
    *slots_given: SlotGiven,
    at: datetime | None = OPENING,
    by: Caller = NURSE,
    **changes: Any,
) -> Step:
    """A doctor's half-day is opened."""
    fields: dict[str, Any] = {
        "institution": "hospital-1",
        "department": Specialty.CARDIOLOGY,
        "doctor": doctor,
        "day": DAY,
        "half": Half.MORNING,
        "room": "203",
        "slots": slots_given or slots(),
        **changes,
    }
    return Step(sessions.OpenSession(**fields), by, at)


def booked(
    order: int = 1,
    *,
    slot: datetime = SLOT,
    session: UUID = SESSION,
    at: datetime | None = BOOKING,
    by: Caller = CITIZEN,
    **changes: Any,
) -> Step:
    """Somebody books."""
    fields: dict[str, Any] = {
        "session_id": session,
        "slot": slot,
        "patient": patient(order),
        "channel": "app",
        **changes,
    }
    return Step(booking.BookAppointment(**fields), by, at)


def walked_in(
    order: int = 1, *, session: UUID = SESSION, at: datetime | None = EARLY, by: Caller = NURSE
) -> Step:
    """Somebody comes without an appointment."""
    given = arriving.WalkInGiven(patient=patient(order), session_id=session)
    return Step(arriving.CheckInPatient(walk_in=given), by, at)


def step(
    make: type[Command],
    sender: Caller,
    /,
    *,
    at: datetime | None = None,
    by: Caller | None = None,
    visit: UUID = MATTER,
    **fields: Any,
) -> Step:
    """A command on a visit."""
    return Step(make(visit_id=visit, **fields), by or sender, at)  # type: ignore[call-arg]  # each has it


checked_in = partial(step, arriving.CheckInPatient, CITIZEN)
triaged = partial(step, arriving.Triage, NURSE, level=2)
called = partial(step, arriving.CallPatient, NURSE)
absent = partial(step, arriving.MarkAbsent, NURSE)
left = partial(step, arriving.LeaveQueue, CITIZEN)
started = partial(step, arriving.StartConsultation, DOCTOR_1)
rescheduled = partial(
    step,
    booking.RescheduleAppointment,
    CITIZEN,
    session_id=SESSION,
    slot=shanghai("2026-03-02T10:00"),
)
cancelled = partial(step, booking.CancelAppointment, CITIZEN)
resettled = partial(step, booking.ResettleAppointment, HUIMIN)
delayed = partial(step, booking.DelayAppointment, HUIMIN, minutes=30)
missed = partial(step, booking.MarkNoShow, HUIMIN, at=shanghai("2026-03-02T09:30"))
diagnosed = partial(step, consulting.RecordDiagnosis, DOCTOR_1, icd10="I10", principal=True)
examination = partial(step, consulting.OrderExamination, DOCTOR_1, item="血常规")
result = partial(step, consulting.RecordResult, NURSE, order_no=1, value="12.1 g/L")
acknowledged = partial(step, consulting.AcknowledgeResult, DOCTOR_2, order_no=1)
admitted = partial(step, ending.AdmitPatient, DOCTOR_1, ward="3A", bed="12", barthel=80)
finished = partial(step, ending.FinishConsultation, DOCTOR_1, none_found=True)
discharged = partial(step, ending.DischargePatient, DOCTOR_2, barthel=60, icd10="I50.0")
amended = partial(
    step,
    ending.AmendRecord,
    DOCTOR_1,
    part="diagnosis",
    text="补充",
    reason="漏记",
    chief="chief-1",
)
closed = partial(step, ending.CloseVisit, NURSE, bill="settled", amount_fen=12_300)
died = partial(step, ending.RecordDeath, DOCTOR_1, died_on=DAY, second_doctor="doctor-2")


def item(drug: str = "C08CA01", days: int = 7, **changes: Any) -> consulting.ItemGiven:
    """One drug of a prescription."""
    fields: dict[str, Any] = {
        "drug": drug,
        "dose": "5",
        "unit": "mg",
        "route": "oral",
        "frequency": "qd",
        "days": days,
        **changes,
    }
    return consulting.ItemGiven(**fields)


def prescribed(*items: consulting.ItemGiven, archive_version: int = 1, **fields: Any) -> Step:
    """The doctor prescribes."""
    fields = {"items": items or (item(),), "archive_version": archive_version, **fields}
    return step(consulting.Prescribe, DOCTOR_1, **fields)


def archive_opened(
    order: int = 1,
    *,
    at: datetime | None = ARCHIVE_OPENING,
    by: Caller = NURSE,
    centre: str = "centre-330203-01",
) -> Step:
    """A resident gets an archive."""
    return Step(OpenArchive(patient=patient(order), centre=centre), by, at)


def on_archive(
    make: type[Command],
    sender: Caller,
    /,
    *,
    at: datetime | None = None,
    by: Caller | None = None,
    archive: UUID = ARCHIVE,
    **fields: Any,
) -> Step:
    """A command on an archive."""
    return Step(make(archive_id=archive, **fields), by or sender, at)  # type: ignore[call-arg]  # each has it


allergy = partial(on_archive, RecordAllergy, DOCTOR_2, substance="penicillins", severity="severe")
refuted = partial(on_archive, RefuteAllergy, DOCTOR_2, substance="penicillins", reason="皮试阴性")
condition = partial(on_archive, RecordCondition, DOCTOR_2, icd10="I10")
vaccinated = partial(
    on_archive, RecordVaccination, NURSE, vaccine="流感疫苗", lot="L-1", given_on=date(2026, 2, 27)
)
consented = partial(on_archive, GiveConsent, NURSE, purpose="treatment")
withdrawn = partial(on_archive, WithdrawConsent, NURSE)
read = partial(
    on_archive,
    ReadArchive,
    DOCTOR_1,
    institution="hospital-1",
    purpose="门诊",
    sections=("allergies",),
)
glass_broken = partial(on_archive, BreakGlass, DOCTOR_1, reason="昏迷，需立即用药")
reviewed = partial(on_archive, ReviewBreakGlass, NURSE, justified=True, note="情况属实")
merged = partial(on_archive, MergeArchives, NURSE, reason="同一人")
split = partial(on_archive, SplitArchives, NURSE, reason="误并")
archive_closed = partial(on_archive, CloseArchive, HUIMIN)

TO_BOOKED = (archive_opened(), session_opened(), session_opened("doctor-2"), booked())
TO_WAITING = (*TO_BOOKED, checked_in(at=EARLY))
TO_CALLED = (*TO_WAITING, called(at=shanghai("2026-03-02T09:00")))
TO_CONSULTING = (*TO_CALLED, started(at=shanghai("2026-03-02T09:05")))
TO_ADMITTED = (*TO_CONSULTING, admitted())
TO_FINISHED = (*TO_CONSULTING, diagnosed(), finished())


def session_closed(
    session: UUID = SESSION, *, substitute: UUID | None = None, at: datetime | None = None
) -> Step:
    """A session is closed."""
    command = sessions.CloseSession(
        session_id=session, reason="医生急诊手术", substitute_id=substitute
    )
    return Step(command, NURSE, at)


def session_delayed(minutes: int = 30, *, at: datetime | None = None) -> Step:
    """A session begins later."""
    command = sessions.DelaySession(session_id=SESSION, minutes=minutes, reason="查房")
    return Step(command, NURSE, at)


def slots_added(*given: SlotGiven, at: datetime | None = None) -> Step:
    """A session gets more seats."""
    return Step(sessions.AddSlots(session_id=SESSION, slots=given or slots("11:00")), NURSE, at)
