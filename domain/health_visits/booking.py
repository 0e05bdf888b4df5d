"""A visit before the patient comes: booked, moved, cancelled, or missed.

The first part of the aggregate; ``arriving``, ``consulting`` and ``visit`` build on it. A seat is
the session's and a patient's bookings are the patient's matter: both change in the same decision.
"""

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from domain.health_visits import limits
from domain.health_visits.consultation import Diagnosis, Order
from domain.health_visits.refusals import (
    TooLate,
)
from domain.health_visits.states import VisitState
from domain.health_visits.values import Clinic, Patient
from domain.shared.aggregate import Aggregate, allowed_in, event
from domain.shared.calendar import Calendar
from domain.shared.clocks import ClockedAggregate, ClockReading
from domain.shared.identifiers import SubjectRef
from domain.shared.personal import Personal, Sensitive
from domain.shared.refusals import NotDue

Readings = tuple[ClockReading, ...]
Channel = Literal["app", "phone", "counter", "kiosk", "referral"]
Ended = Literal["patient", "clinic", "session-closed", "death"]


class Booking(ClockedAggregate):
    """From a booking to its end, or to the patient's arrival."""

    CLOCKS = limits.VISIT_CLOCKS

    class AppointmentBooked(Aggregate.Created, v=1):
        """A seat is the patient's. ``rebook_if_closed`` is his wish should the session fall out."""

        clinic: Clinic
        slot: datetime
        seat: int
        patient: Sensitive[Patient]
        channel: Channel
        booked_by: Personal[str]
        rebook_if_closed: bool
        referral: UUID | None
        clocks: Readings

    class WalkInRegistered(Aggregate.Created, v=1):
        """Somebody came without an appointment and took a number."""

        clinic: Clinic
        patient: Sensitive[Patient]
        booked_by: Personal[str]

    @event(AppointmentBooked)
    def __init__(
        self,
        clinic: Clinic,
        patient: Patient,
        booked_by: str,
        slot: datetime | None = None,
        seat: int | None = None,
        rebook_if_closed: bool = False,
        referral: UUID | None = None,
        clocks: Readings = (),
    ) -> None:
        self.state: VisitState = VisitState.BOOKED
        self.clinic: Clinic = clinic
        self.patient: Patient = patient
        self.booked_by: str = booked_by
        self.slot: datetime | None = slot
        self.seat: int | None = seat
        self.rebook_if_closed: bool = rebook_if_closed
        self.referral: UUID | None = referral
        self.no_show_recorded: bool = False
        self.checked_in_at: datetime | None = None
        self.room: str = ""
        self.absent_from: datetime | None = None
        self.absences: int = 0
        self.doctor: str | None = None
        # From the consultation on.
        self.diagnoses: tuple[Diagnosis, ...] = ()
        self.orders: dict[int, Order] = {}
        # Critical results that nobody acknowledged: number of the order → since when.
        self.critical: dict[int, datetime] = {}
        self.drugs: tuple[str, ...] = ()
        self.bed: str | None = None
        self.barthel_at_admission: int | None = None
        self.referrals: int = 0
        self.amendments: int = 0
        self.read_clocks(clocks)

    @property
    def appointment(self) -> datetime:
        """The slot of a booked visit. Raises LookupError for a walk-in."""
        if self.slot is None:
            raise LookupError("a walk-in has no appointment")
        return self.slot

    @staticmethod
    def no_show_clock(at: datetime, slot: datetime, calendar: Calendar) -> ClockReading:
        """Runs out half an hour after the appointment."""
        return limits.NO_SHOW.due(at, slot + limits.NO_SHOW_AFTER, calendar)

    def _in_time(self) -> None:
        latest = self.appointment - limits.CHANGE_BEFORE
        if self.now > latest:
            raise TooLate(latest=latest)

    class AppointmentRescheduled(Aggregate.Event, v=1):
        """Another seat, taken before the old one was given back."""

        clinic: Clinic
        slot: datetime
        seat: int
        before: Clinic
        slot_before: datetime
        by_clinic: bool
        clocks: Readings

    @allowed_in(VisitState.BOOKED)
    def reschedule_appointment(
        self, clinic: Clinic, slot: datetime, seat: int, *, by_clinic: bool, calendar: Calendar
    ) -> None:
        """Raises TooLate to a patient."""
        if not by_clinic:
            self._in_time()
        self._appointment_rescheduled(
            clinic=clinic,
            slot=slot,
            seat=seat,
            before=self.clinic,
            slot_before=self.appointment,
            by_clinic=by_clinic,
            clocks=(self.no_show_clock(self.now, slot, calendar),),
        )

    @event(AppointmentRescheduled)
    def _appointment_rescheduled(
        self,
        clinic: Clinic,
        slot: datetime,
        seat: int,
        before: Clinic,
        slot_before: datetime,
        by_clinic: bool,
        clocks: Readings,
    ) -> None:
        self.clinic, self.slot, self.seat = clinic, slot, seat
        self.read_clocks(clocks)

    class AppointmentDelayed(Aggregate.Event, v=1):
        """The session runs late; the patient is told and counts as missing later."""

        minutes: int
        expected_at: datetime
        clocks: Readings

    @allowed_in(VisitState.BOOKED)
    def delay_appointment(self, minutes: int, *, calendar: Calendar) -> None:
        """The seat stays."""
        expected_at = self.appointment + timedelta(minutes=minutes)
        self._appointment_delayed(
            minutes=minutes,
            expected_at=expected_at,
            clocks=(self.no_show_clock(self.now, expected_at, calendar),),
        )

    @event(AppointmentDelayed)
    def _appointment_delayed(self, minutes: int, expected_at: datetime, clocks: Readings) -> None:
        self.read_clocks(clocks)

    class AppointmentCancelled(Aggregate.Event, v=1):
        """The seat was given back. ``told``: the clinic did it, so the patient has to hear of it."""

        clinic: Clinic
        slot: datetime
        reason: Ended
        told: bool
        clocks: Readings

    @allowed_in(VisitState.BOOKED)
    def cancel_appointment(self, reason: Ended) -> None:
        """Raises TooLate to a patient."""
        if reason == "patient":
            self._in_time()
        self._appointment_cancelled(
            clinic=self.clinic,
            slot=self.appointment,
            reason=reason,
            told=reason in ("clinic", "session-closed"),
            clocks=self._stopped(limits.NO_SHOW, cancelled=True),
        )

    @event(AppointmentCancelled)
    def _appointment_cancelled(
        self, clinic: Clinic, slot: datetime, reason: Ended, told: bool, clocks: Readings
    ) -> None:
        self.state = VisitState.CANCELLED
        self.read_clocks(clocks)

    class NoShowRecorded(Aggregate.Event, v=1):
        """Nobody came. ``within_90_days`` counts this one and those before."""

        clinic: Clinic
        slot: datetime
        subject: SubjectRef
        within_90_days: int
        clocks: Readings

    @allowed_in(VisitState.BOOKED)
    def mark_no_show(self, *, within_90_days: int) -> None:
        """Raises NotDue before half an hour after the appointment has passed."""
        due_at = self.clocks[limits.NO_SHOW.name].due_at
        if due_at is not None and self.now < due_at:
            raise NotDue(due_at=due_at)
        self._no_show_recorded(
            clinic=self.clinic,
            slot=self.appointment,
            subject=self.patient.subject,
            within_90_days=within_90_days,
            clocks=self._stopped(limits.NO_SHOW),
        )

    @event(NoShowRecorded)
    def _no_show_recorded(
        self,
        clinic: Clinic,
        slot: datetime,
        subject: str,
        within_90_days: int,
        clocks: Readings,
    ) -> None:
        self.state = VisitState.NO_SHOW
        self.no_show_recorded = True
        self.read_clocks(clocks)
