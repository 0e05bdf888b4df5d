"""What somebody has to answer: referrals, reports of diseases, bans; and the cases that were
reported, by disease, district and day."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from domain.health_visits import (
    NotifiableReport,
    PatientBookings,
    Referral,
    ReferralState,
    ReportState,
)
from domain.health_visits.institutions import InstitutionCode, Specialty
from domain.health_visits.limits import NOTIFIABLE, REFERRAL
from domain.health_visits.notifiable import DiseaseClass, usual_thousandths
from domain.health_visits.report import Case
from domain.health_visits.values import Patient, Value
from domain.health_visits.visit import Direction
from domain.shared.districts import District
from domain.shared.identifiers import SubjectRef
from domain.shared.personal import Sensitive
from projections.base import Index, Row, fold
from projections.health_visits.records import Alarm

# --- referrals ---------------------------------------------------------------------------------


class ReferralDesk(Row, key="referral_id", main=True):
    """One line per referral: an institution's desk asks for its own by ``target`` and ``state``."""

    referral_id: UUID
    target: Annotated[InstitutionCode, Index]
    source: Annotated[InstitutionCode, Index]
    state: Annotated[ReferralState, Index]
    visit: UUID
    patient: Sensitive[Patient]
    direction: Direction
    specialty: Specialty
    reason: Sensitive[str]
    urgent: Annotated[bool, Index]
    offered_at: datetime
    due_at: Annotated[datetime | None, Index]
    declined_because: Sensitive[str] | None = None
    alarm: Annotated[Alarm | None, Index] = None


@fold(ReferralDesk)
def referral_offered(row: None, e: Referral.ReferralOffered) -> ReferralDesk:
    (due_at,) = (reading.due_at for reading in e.clocks if reading.clock == REFERRAL.name)
    return ReferralDesk(
        referral_id=e.id,
        target=e.target,
        source=e.source,
        state=ReferralState.OFFERED,
        visit=e.visit,
        patient=e.patient,
        direction=e.direction,
        specialty=e.specialty,
        reason=e.reason,
        urgent=e.urgent,
        offered_at=e.at,
        due_at=due_at,
    )


@fold(ReferralDesk)
def referral_accepted(row: ReferralDesk, e: Referral.ReferralAccepted) -> ReferralDesk:
    return row.replace(state=ReferralState.ACCEPTED, due_at=None)


@fold(ReferralDesk)
def referral_declined(row: ReferralDesk, e: Referral.ReferralDeclined) -> ReferralDesk:
    return row.replace(state=ReferralState.DECLINED, due_at=None, declined_because=e.reason)


@fold(ReferralDesk)
def referral_lapsed(row: ReferralDesk, e: Referral.ReferralLapsed) -> ReferralDesk:
    return row.replace(state=ReferralState.LAPSED, due_at=None)


@fold(ReferralDesk)
def referral_breached(row: ReferralDesk, e: Referral.ClockBreached) -> ReferralDesk:
    return row.replace(alarm="breached")


# --- reports -----------------------------------------------------------------------------------


class NotifiableReports(Row, key="report_id", main=True):
    """One line per case, for disease control."""

    report_id: UUID
    code: Annotated[str, Index]
    disease_class: Annotated[DiseaseClass, Index]
    district: Annotated[District, Index]
    state: Annotated[ReportState, Index]
    visit: UUID
    case: Sensitive[Case]
    due_at: Annotated[datetime | None, Index]
    reported_at: datetime | None = None
    excluded: bool = False
    alarm: Annotated[Alarm | None, Index] = None


@fold(NotifiableReports)
def report_fell_due(row: None, e: NotifiableReport.ReportFellDue) -> NotifiableReports:
    (due_at,) = (reading.due_at for reading in e.clocks if reading.clock == NOTIFIABLE.name)
    return NotifiableReports(
        report_id=e.id,
        code=e.disease,
        disease_class=e.disease_class,
        district=e.district,
        state=ReportState.DUE,
        visit=e.visit,
        case=e.case,
        due_at=due_at,
    )


@fold(NotifiableReports)
def notifiable_reported(
    row: NotifiableReports, e: NotifiableReport.NotifiableReported
) -> NotifiableReports:
    return row.replace(state=ReportState.REPORTED, due_at=None, reported_at=e.at)


@fold(NotifiableReports)
def report_corrected(
    row: NotifiableReports, e: NotifiableReport.ReportCorrected
) -> NotifiableReports:
    return row.replace(
        state=ReportState.CORRECTED,
        code=e.code,
        disease_class=e.disease_class,
        excluded=e.excluded,
    )


@fold(NotifiableReports)
def report_breached(row: NotifiableReports, e: NotifiableReport.ClockBreached) -> NotifiableReports:
    return row.replace(alarm="breached")


class NotifiableCases(Row, key=("code", "district", "day")):
    """Cases of a disease that were reported on a day, against what is usual (thousandths)."""

    code: Annotated[str, Index]
    district: Annotated[District, Index]
    day: Annotated[date, Index]
    disease_class: DiseaseClass
    cases: Annotated[int, Index]
    usual_thousandths: int


def reported_where(e: NotifiableReport.NotifiableReported) -> tuple[str, str, date]:
    """Key of a case."""
    return e.code, e.district, e.day


def corrected_from(e: NotifiableReport.ReportCorrected) -> tuple[str, str, date]:
    """Key of what a case was reported as."""
    return e.code_before, e.district, e.day


def _cases(
    row: NotifiableCases | None,
    key: tuple[str, str, date],
    disease_class: DiseaseClass,
    more: int,
) -> NotifiableCases:
    code, district, day = key
    return NotifiableCases(
        code=code,
        district=district,
        day=day,
        disease_class=disease_class,
        cases=(row.cases if row else 0) + more,
        usual_thousandths=usual_thousandths(code),
    )


@fold(NotifiableCases, key=reported_where)
def case_reported(
    row: NotifiableCases | None, e: NotifiableReport.NotifiableReported
) -> NotifiableCases:
    return _cases(row, reported_where(e), e.disease_class, +1)


@fold(NotifiableCases, key=corrected_from)
def case_taken_back(
    row: NotifiableCases | None, e: NotifiableReport.ReportCorrected
) -> NotifiableCases:
    return _cases(row, corrected_from(e), e.class_before, -1 if e.was_counted else 0)


def corrected_to(e: NotifiableReport.ReportCorrected) -> tuple[str, str, date]:
    """Key of what a case is reported as now."""
    return e.code, e.district, e.day


@fold(NotifiableCases, key=corrected_to)
def case_counted_anew(
    row: NotifiableCases | None, e: NotifiableReport.ReportCorrected
) -> NotifiableCases:
    return _cases(row, corrected_to(e), e.disease_class, 0 if e.excluded else +1)


# --- patients' bookings ------------------------------------------------------------------------


class LiveBooking(Value):
    """A booking that is live."""

    visit: UUID
    institution: InstitutionCode
    department: Specialty
    day: date


class BookingsOfPatient(Row, key="patient_id", main=True):
    """One line per person who ever booked: what is live, what was missed, a ban."""

    patient_id: UUID
    subject: Annotated[SubjectRef, Index]
    live: Sensitive[tuple[LiveBooking, ...]] = ()
    no_shows: int = 0
    banned_until: Annotated[datetime | None, Index] = None
    deceased: bool = False

    def without(self, visit: UUID) -> tuple[LiveBooking, ...]:
        """What is live but for one."""
        return tuple(one for one in self.live if one.visit != visit)


@fold(BookingsOfPatient)
def bookings_opened(row: None, e: PatientBookings.BookingsOpened) -> BookingsOfPatient:
    return BookingsOfPatient(patient_id=e.id, subject=e.subject)


@fold(BookingsOfPatient)
def booking_added(row: BookingsOfPatient, e: PatientBookings.BookingAdded) -> BookingsOfPatient:
    one = LiveBooking(
        visit=e.visit,
        institution=e.clinic.institution,
        department=e.clinic.department,
        day=e.clinic.day,
    )
    return row.replace(live=(*row.without(e.visit), one))


@fold(BookingsOfPatient)
def booking_removed(row: BookingsOfPatient, e: PatientBookings.BookingRemoved) -> BookingsOfPatient:
    return row.replace(live=row.without(e.visit))


@fold(BookingsOfPatient)
def no_show_counted(row: BookingsOfPatient, e: PatientBookings.NoShowCounted) -> BookingsOfPatient:
    return row.replace(live=row.without(e.visit), no_shows=row.no_shows + 1)


@fold(BookingsOfPatient)
def patient_banned(row: BookingsOfPatient, e: PatientBookings.PatientBanned) -> BookingsOfPatient:
    return row.replace(banned_until=e.until)


@fold(BookingsOfPatient)
def ban_lifted(row: BookingsOfPatient, e: PatientBookings.BanLifted) -> BookingsOfPatient:
    return row.replace(banned_until=None, no_shows=0)


@fold(BookingsOfPatient)
def bookings_ended(row: BookingsOfPatient, e: PatientBookings.BookingsEnded) -> BookingsOfPatient:
    return row.replace(deceased=True)
