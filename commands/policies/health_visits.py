"""What health visits ask of themselves: reports of diseases, bookings after referrals, bans, the
end of a dead person's bookings, and what a delayed or closed session means to each patient.

The order of the commands is part of what is stored for ever: each one's id derives from the
policy, the event's position and its place in the list.
"""

from commands.base import policy
from commands.health_visits.archives import CloseArchive
from commands.health_visits.booking import (
    BookAppointment,
    CancelAppointment,
    DelayAppointment,
    ResettleAppointment,
)
from commands.health_visits.given import PatientGiven
from commands.health_visits.patients import BanBooking
from commands.health_visits.reporting import ReportNotifiable
from domain.health_visits import ClinicSession, HealthVisit, Referral
from domain.health_visits.limits import NO_SHOWS
from domain.health_visits.values import patient_id, report_id


@policy("notify-disease", fails="wait")
def when_diagnosed(e: HealthVisit.DiagnosisRecorded) -> ReportNotifiable | None:
    """The report fell due with the diagnosis; a second diagnosis of it is refused by its state."""
    if e.disease is None:
        return None
    return ReportNotifiable(report_id=report_id(e.id, e.disease))


@policy("referral-books", fails="note")
def when_referral_accepted(e: Referral.ReferralAccepted) -> BookAppointment | None:
    """The desk that named no slot books by hand, as it does when the slot is gone."""
    if e.session is None or e.slot is None:
        return None
    # Constructed, not validated: what was judged when it was booked is not judged again.
    patient = PatientGiven.model_construct(
        name=e.patient.name, resident_id=e.patient.resident_id, mobile=e.patient.mobile
    )
    return BookAppointment.model_construct(
        session_id=e.session,
        slot=e.slot,
        patient=patient,
        channel="referral",
        rebook_if_closed=True,
        referral_id=e.id,
    )


@policy("no-show-ban", fails="wait")
def when_missed(e: HealthVisit.NoShowRecorded) -> BanBooking | None:
    """The third in ninety days, and each further one."""
    if e.within_90_days < NO_SHOWS:
        return None
    return BanBooking(patient_id=patient_id(e.subject), no_shows=e.within_90_days)


@policy("death-ends", fails="wait")
def when_dead(e: HealthVisit.DeathRecorded) -> list[CancelAppointment | CloseArchive]:
    """What the person had booked, then the archive."""
    cancelled: list[CancelAppointment | CloseArchive] = [
        CancelAppointment(visit_id=visit, reason="death") for visit in e.later_bookings
    ]
    return cancelled + ([CloseArchive(archive_id=e.archive)] if e.archive else [])


@policy("session-closed", fails="wait")
def when_session_closed(e: ClinicSession.SessionEnded) -> list[ResettleAppointment]:
    """Each booked patient by a command of his own."""
    return [ResettleAppointment(visit_id=v, substitute_id=e.substitute) for v in e.booked]


@policy("session-delayed", fails="note")
def when_session_delayed(e: ClinicSession.SessionDelayed) -> list[DelayAppointment]:
    """Who has arrived meanwhile is refused by the visit's state, and waits anyway."""
    return [DelayAppointment(visit_id=visit, minutes=e.minutes) for visit in e.booked]
