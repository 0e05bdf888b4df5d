"""One line per visit: all of it, for the treating doctor and the patient.

Diagnoses that narrow the audience stand in a column of their own. What may surprise: a record is
never corrected here; an amendment stands beside what it amends.
"""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from domain.health_visits import HealthVisit, VisitState
from domain.health_visits.booking import Ended
from domain.health_visits.consultation import Icd10, Item
from domain.health_visits.icd10 import Sensitivity
from domain.health_visits.institutions import InstitutionCode, Specialty
from domain.health_visits.values import Clinic, Patient, Value
from domain.health_visits.visit import Bill
from domain.shared.identifiers import OfficerId, SubjectRef
from domain.shared.money import Fen
from domain.shared.personal import Personal, Sensitive
from projections.base import Index, Row, fold

Alarm = Literal["breached", "escalated"]


class Finding(Value):
    """A diagnosis as it is shown."""

    icd10: Sensitive[Icd10]
    principal: bool
    sensitivity: Sensitivity
    note: Sensitive[str]
    doctor: OfficerId
    at: datetime


class Examination(Value):
    """An order and its result, if it has come; ``late``: after the visit was over."""

    order_no: int
    item: Sensitive[str]
    author: OfficerId
    urgent: bool
    value: Sensitive[str] | None = None
    critical: bool = False
    late: bool = False
    acknowledged_by: OfficerId | None = None


class Prescription(Value):
    """What was prescribed, against which version of the archive, and why in spite of what."""

    items: Sensitive[tuple[Item, ...]]
    archive_version: int
    conflicts: Sensitive[tuple[str, ...]] = ()
    reason: Sensitive[str] | None = None
    at: datetime


class Amendment(Value):
    """What was added to the record."""

    number: int
    part: str
    text: Sensitive[str]
    reason: Sensitive[str]
    author: OfficerId
    chief: OfficerId | None
    at: datetime


class VisitRecord(Row, key="visit_id", main=True):
    """All of a visit. ``guarded_diagnoses`` are those of which only some may know."""

    visit_id: UUID
    state: Annotated[VisitState, Index]
    session: Annotated[UUID, Index]
    institution: Annotated[InstitutionCode, Index]
    department: Annotated[Specialty, Index]
    doctor: Annotated[OfficerId, Index]
    day: Annotated[date, Index]
    subject: Annotated[SubjectRef, Index]
    patient: Sensitive[Patient]
    booked_by: Personal[str]
    begun_at: datetime
    channel: str
    slot: datetime | None = None
    seat: int | None = None
    expected_at: datetime | None = None
    ended_because: Ended | None = None
    told: bool = False
    no_show: bool = False
    checked_in_at: datetime | None = None
    arrival_no: int | None = None
    late: bool = False
    level: Sensitive[int] | None = None
    room: str | None = None
    absences: int = 0
    started_at: datetime | None = None
    waited_s: int | None = None
    diagnoses: Sensitive[tuple[Finding, ...]] = ()
    guarded_diagnoses: Sensitive[tuple[Finding, ...]] = ()
    none_found: bool = False
    examinations: Sensitive[tuple[Examination, ...]] = ()
    prescriptions: Sensitive[tuple[Prescription, ...]] = ()
    bed: str | None = None
    barthel: Sensitive[int] | None = None
    referrals: tuple[UUID, ...] = ()
    amendments: Sensitive[tuple[Amendment, ...]] = ()
    bill: Bill | None = None
    amount_fen: Fen | None = None
    died_on: Sensitive[date] | None = None
    alarm: Annotated[Alarm | None, Index] = None

    def at_clinic(self, clinic: Clinic, **changes: object) -> "VisitRecord":
        """This row in that clinic, with other changes."""
        return self.replace(
            session=clinic.session,
            institution=clinic.institution,
            department=clinic.department,
            doctor=clinic.doctor,
            day=clinic.day,
            **changes,
        )


def _begun(
    e: HealthVisit.AppointmentBooked | HealthVisit.WalkInRegistered, channel: str
) -> VisitRecord:
    clinic = e.clinic
    return VisitRecord(
        visit_id=e.id,
        state=VisitState.BOOKED,
        session=clinic.session,
        institution=clinic.institution,
        department=clinic.department,
        doctor=clinic.doctor,
        day=clinic.day,
        subject=e.patient.subject,
        patient=e.patient,
        booked_by=e.booked_by,
        begun_at=e.at,
        channel=channel,
    )


@fold(VisitRecord)
def appointment_booked(row: None, e: HealthVisit.AppointmentBooked) -> VisitRecord:
    return _begun(e, e.channel).replace(slot=e.slot, seat=e.seat, expected_at=e.slot)


@fold(VisitRecord)
def walk_in_registered(row: None, e: HealthVisit.WalkInRegistered) -> VisitRecord:
    return _begun(e, "walk-in")


@fold(VisitRecord)
def appointment_rescheduled(row: VisitRecord, e: HealthVisit.AppointmentRescheduled) -> VisitRecord:
    return row.at_clinic(
        e.clinic, slot=e.slot, seat=e.seat, expected_at=e.slot, told=row.told or e.by_clinic
    )


@fold(VisitRecord)
def appointment_delayed(row: VisitRecord, e: HealthVisit.AppointmentDelayed) -> VisitRecord:
    return row.replace(expected_at=e.expected_at, told=True)


@fold(VisitRecord)
def appointment_cancelled(row: VisitRecord, e: HealthVisit.AppointmentCancelled) -> VisitRecord:
    return row.replace(state=VisitState.CANCELLED, ended_because=e.reason, told=e.told)


@fold(VisitRecord)
def no_show_recorded(row: VisitRecord, e: HealthVisit.NoShowRecorded) -> VisitRecord:
    return row.replace(state=VisitState.NO_SHOW, no_show=True)


@fold(VisitRecord)
def patient_checked_in(row: VisitRecord, e: HealthVisit.PatientCheckedIn) -> VisitRecord:
    return row.replace(
        state=VisitState.WAITING,
        checked_in_at=e.at_counter,
        arrival_no=e.arrival_no,
        late=e.late,
    )


@fold(VisitRecord)
def patient_triaged(row: VisitRecord, e: HealthVisit.PatientTriaged) -> VisitRecord:
    return row.replace(level=e.level)


@fold(VisitRecord)
def patient_called(row: VisitRecord, e: HealthVisit.PatientCalled) -> VisitRecord:
    return row.replace(state=VisitState.CALLED, room=e.room)


@fold(VisitRecord)
def patient_absent(row: VisitRecord, e: HealthVisit.PatientAbsent) -> VisitRecord:
    state = VisitState.LEFT if e.out else VisitState.WAITING
    return row.replace(state=state, absences=e.times)


@fold(VisitRecord)
def patient_left(row: VisitRecord, e: HealthVisit.PatientLeft) -> VisitRecord:
    return row.replace(state=VisitState.LEFT)


@fold(VisitRecord)
def consultation_started(row: VisitRecord, e: HealthVisit.ConsultationStarted) -> VisitRecord:
    return row.replace(
        state=VisitState.CONSULTING, doctor=e.doctor, started_at=e.at, waited_s=e.waited_s
    )


@fold(VisitRecord)
def diagnosis_recorded(row: VisitRecord, e: HealthVisit.DiagnosisRecorded) -> VisitRecord:
    found = Finding(
        icd10=e.icd10,
        principal=e.principal,
        sensitivity=e.sensitivity,
        note=e.note,
        doctor=e.doctor,
        at=e.at,
    )
    if e.sensitivity is Sensitivity.ORDINARY:
        return row.replace(diagnoses=(*row.diagnoses, found))
    return row.replace(guarded_diagnoses=(*row.guarded_diagnoses, found))


@fold(VisitRecord)
def examination_ordered(row: VisitRecord, e: HealthVisit.ExaminationOrdered) -> VisitRecord:
    one = Examination(order_no=e.order_no, item=e.item, author=e.author, urgent=e.urgent)
    return row.replace(examinations=(*row.examinations, one))


def _with_order(row: VisitRecord, order_no: int, **changes: object) -> VisitRecord:
    return row.replace(
        examinations=tuple(
            one.model_copy(update=changes) if one.order_no == order_no else one
            for one in row.examinations
        )
    )


@fold(VisitRecord)
def result_recorded(row: VisitRecord, e: HealthVisit.ResultRecorded) -> VisitRecord:
    return _with_order(row, e.order_no, value=e.value, critical=e.critical, late=e.late)


@fold(VisitRecord)
def result_acknowledged(row: VisitRecord, e: HealthVisit.ResultAcknowledged) -> VisitRecord:
    return _with_order(row, e.order_no, acknowledged_by=e.officer)


@fold(VisitRecord)
def medication_prescribed(row: VisitRecord, e: HealthVisit.MedicationPrescribed) -> VisitRecord:
    one = Prescription(items=e.items, archive_version=e.archive_version, at=e.at)
    return row.replace(prescriptions=(*row.prescriptions, one))


@fold(VisitRecord)
def prescription_overridden(row: VisitRecord, e: HealthVisit.PrescriptionOverridden) -> VisitRecord:
    one = Prescription(
        items=e.items,
        archive_version=e.archive_version,
        conflicts=e.conflicts,
        reason=e.reason,
        at=e.at,
    )
    return row.replace(prescriptions=(*row.prescriptions, one))


@fold(VisitRecord)
def patient_admitted(row: VisitRecord, e: HealthVisit.PatientAdmitted) -> VisitRecord:
    return row.replace(state=VisitState.ADMITTED, bed=e.bed, barthel=e.barthel)


@fold(VisitRecord)
def consultation_finished(row: VisitRecord, e: HealthVisit.ConsultationFinished) -> VisitRecord:
    return row.replace(state=VisitState.FINISHED, none_found=e.none_found)


@fold(VisitRecord)
def patient_referred(row: VisitRecord, e: HealthVisit.PatientReferred) -> VisitRecord:
    return row.replace(referrals=(*row.referrals, e.referral))


@fold(VisitRecord)
def patient_discharged(row: VisitRecord, e: HealthVisit.PatientDischarged) -> VisitRecord:
    return row.replace(state=VisitState.FINISHED, bed=None, barthel=e.barthel)


@fold(VisitRecord)
def record_amended(row: VisitRecord, e: HealthVisit.RecordAmended) -> VisitRecord:
    one = Amendment(
        number=e.number,
        part=e.part,
        text=e.text,
        reason=e.reason,
        author=e.author,
        chief=e.chief,
        at=e.at,
    )
    return row.replace(amendments=(*row.amendments, one))


@fold(VisitRecord)
def visit_closed(row: VisitRecord, e: HealthVisit.VisitClosed) -> VisitRecord:
    return row.replace(state=VisitState.CLOSED, bill=e.bill, amount_fen=e.amount_fen)


@fold(VisitRecord)
def death_recorded(row: VisitRecord, e: HealthVisit.DeathRecorded) -> VisitRecord:
    return row.replace(state=VisitState.DECEASED, bed=None, died_on=e.died_on)


@fold(VisitRecord)
def clock_breached(row: VisitRecord, e: HealthVisit.ClockBreached) -> VisitRecord:
    return row.replace(alarm="breached")


@fold(VisitRecord)
def clock_escalated(row: VisitRecord, e: HealthVisit.ClockEscalated) -> VisitRecord:
    return row.replace(alarm="escalated")
