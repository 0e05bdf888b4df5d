"""A visit from the patient's arrival to the consultation: checked in, triaged, called, absent.

Who is next is not decided here but by the session, which changes in the same decision.
"""

from datetime import datetime

from domain.health_visits import limits
from domain.health_visits.booking import Booking, Readings
from domain.health_visits.refusals import (
    AlreadyWaiting,
    WrongDay,
)
from domain.health_visits.states import VisitState
from domain.health_visits.values import Clinic
from domain.shared.aggregate import Aggregate, allowed_in, event
from domain.shared.calendar import Calendar
from domain.shared.identifiers import OfficerId, SubjectRef
from domain.shared.instants import shanghai_date
from domain.shared.personal import Sensitive
from domain.shared.refusals import NotDue


class Arriving(Booking):
    """From an arrival to the door of the room."""

    class PatientCheckedIn(Aggregate.Event, v=1):
        """The patient is there. ``at_counter`` is the instant, ``late`` after a no-show."""

        clinic: Clinic
        subject: SubjectRef
        slot: datetime | None
        at_counter: datetime
        arrival_no: int
        late: bool
        clocks: Readings

    def refuse_twice(self) -> None:
        """Raises AlreadyWaiting when the patient has checked in and waits."""
        if self.state in (VisitState.WAITING, VisitState.CALLED):
            raise AlreadyWaiting()

    @allowed_in(VisitState.BOOKED, VisitState.NO_SHOW)
    def check_in_patient(self, arrival_no: int, *, calendar: Calendar) -> None:
        """Raises WrongDay; after a no-show also in another half of the day."""
        late = self.state is VisitState.NO_SHOW
        today = shanghai_date(self.now) == self.clinic.day
        if not today or (late and not self.clinic.holds(self.now)):
            raise WrongDay(day=self.clinic.day)
        waits_from = self.now if self.slot is None else max(self.now, self.slot)
        self._patient_checked_in(
            clinic=self.clinic,
            subject=self.patient.subject,
            slot=self.slot,
            at_counter=self.now,
            arrival_no=arrival_no,
            late=late,
            clocks=(
                *self._stopped(limits.NO_SHOW),
                limits.WAITING.start(waits_from, calendar),
            ),
        )

    @event(PatientCheckedIn)
    def _patient_checked_in(
        self,
        clinic: Clinic,
        subject: str,
        slot: datetime | None,
        at_counter: datetime,
        arrival_no: int,
        late: bool,
        clocks: Readings,
    ) -> None:
        self.state = VisitState.WAITING
        self.checked_in_at = at_counter
        self.read_clocks(clocks)

    class PatientTriaged(Aggregate.Event, v=1):
        """A nurse has looked. 1 is to be treated at once, 4 can wait."""

        level: Sensitive[int]

    @allowed_in(VisitState.WAITING)
    def triage(self, level: int) -> None:
        """Again as often as the patient's condition changes."""
        self._patient_triaged(level=level)

    @event(PatientTriaged)
    def _patient_triaged(self, level: int) -> None:
        pass

    class PatientCalled(Aggregate.Event, v=1):
        """The screen shows the patient's number and the room."""

        room: str
        absent_from: datetime

    @allowed_in(VisitState.WAITING)
    def call_patient(self, room: str) -> None:
        """That it is this one's turn is the session's to judge."""
        self._patient_called(room=room, absent_from=self.now + limits.ABSENT_AFTER)

    @event(PatientCalled)
    def _patient_called(self, room: str, absent_from: datetime) -> None:
        self.state = VisitState.CALLED
        self.room = room
        self.absent_from = absent_from

    class PatientAbsent(Aggregate.Event, v=1):
        """Nobody came to the room. ``out``: for the second time, so the visit is over."""

        times: int
        out: bool
        clocks: Readings

    @allowed_in(VisitState.CALLED)
    def mark_absent(self) -> None:
        """Raises NotDue within three minutes of the call."""
        if self.absent_from is not None and self.now < self.absent_from:
            raise NotDue(due_at=self.absent_from)
        times = self.absences + 1
        out = times > 1
        clocks = self._stopped(limits.WAITING, cancelled=True) if out else ()
        self._patient_absent(times=times, out=out, clocks=clocks)

    @event(PatientAbsent)
    def _patient_absent(self, times: int, out: bool, clocks: Readings) -> None:
        self.state = VisitState.LEFT if out else VisitState.WAITING
        self.absences = times
        self.read_clocks(clocks)

    class PatientLeft(Aggregate.Event, v=1):
        """The patient did not want to wait any longer."""

        clocks: Readings

    @allowed_in(VisitState.WAITING)
    def leave_queue(self) -> None:
        """Of own will."""
        self._patient_left(clocks=self._stopped(limits.WAITING, cancelled=True))

    @event(PatientLeft)
    def _patient_left(self, clocks: Readings) -> None:
        self.state = VisitState.LEFT
        self.read_clocks(clocks)

    class ConsultationStarted(Aggregate.Event, v=1):
        """The patient is with the doctor. ``waited_s`` counts from the later of check-in and
        appointment."""

        clinic: Clinic
        subject: SubjectRef
        doctor: OfficerId
        room: str
        waited_s: int
        clocks: Readings

    @allowed_in(VisitState.CALLED)
    def start_consultation(self, doctor: str) -> None:
        """That the doctor has no other is the log's to judge."""
        checked_in = self.checked_in_at or self.now
        waits_from = checked_in if self.slot is None else max(checked_in, self.slot)
        self._consultation_started(
            clinic=self.clinic,
            subject=self.patient.subject,
            doctor=doctor,
            room=self.room,
            waited_s=max(0, int((self.now - waits_from).total_seconds())),
            clocks=self._stopped(limits.WAITING),
        )

    @event(ConsultationStarted)
    def _consultation_started(
        self,
        clinic: Clinic,
        subject: str,
        doctor: str,
        room: str,
        waited_s: int,
        clocks: Readings,
    ) -> None:
        self.state = VisitState.CONSULTING
        self.doctor = doctor
        self.read_clocks(clocks)
