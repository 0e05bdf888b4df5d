"""A person's bookings together: one live booking a day and field, missed ones, a ban, an end.

One matter a person, found by the keyed hash of the identity; it is begun with the first booking.
"""

from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from domain.health_visits import limits
from domain.health_visits.institutions import Specialty
from domain.health_visits.refusals import BookingBanned, BookingLimit, PatientDeceased
from domain.health_visits.values import Clinic
from domain.shared.aggregate import Aggregate, event
from domain.shared.identifiers import SubjectRef


class Live(NamedTuple):
    """What a live booking is for."""

    department: Specialty
    day: date


class PatientBookings(Aggregate, program="health-visits"):
    """One person's bookings."""

    class BookingsOpened(Aggregate.Created, v=1):
        """The person's first booking, or number at a counter."""

        subject: SubjectRef

    @event(BookingsOpened)
    def __init__(self, subject: str) -> None:
        self.state: str = "open"
        self.subject: str = subject
        self.live: dict[UUID, Live] = {}
        self.no_shows: tuple[datetime, ...] = ()
        self.banned_until: datetime | None = None
        self.deceased: bool = False

    def others_on(self, department: Specialty, day: date, visit: UUID) -> list[UUID]:
        """Live visits in this field on this day, but for one."""
        wanted = Live(department, day)
        return [other for other, live in self.live.items() if live == wanted and other != visit]

    def require_bookable(self, department: Specialty, day: date, visit: UUID) -> None:
        """Raises PatientDeceased, BookingBanned or BookingLimit."""
        self.require_alive()
        if self.banned_until is not None and self.now < self.banned_until:
            raise BookingBanned(until=self.banned_until)
        self.require_single(department, day, visit)

    def require_single(self, department: Specialty, day: date, visit: UUID) -> None:
        """Raises BookingLimit when another one is live in this field on this day."""
        if self.others_on(department, day, visit):
            raise BookingLimit()

    def require_alive(self) -> None:
        """Raises PatientDeceased."""
        if self.deceased:
            raise PatientDeceased()

    class BookingAdded(Aggregate.Event, v=1):
        """One more is live, or one has moved to another day."""

        visit: UUID
        clinic: Clinic

    def add_booking(self, visit: UUID, clinic: Clinic) -> None:
        """Who adds has asked whether it may be."""
        self._booking_added(visit=visit, clinic=clinic)

    @event(BookingAdded)
    def _booking_added(self, visit: UUID, clinic: Clinic) -> None:
        self.live = {**self.live, visit: Live(clinic.department, clinic.day)}

    class BookingRemoved(Aggregate.Event, v=1):
        """One is not live any more."""

        visit: UUID

    def remove_booking(self, visit: UUID) -> None:
        """Nothing happens for one that is not live."""
        if visit in self.live:
            self._booking_removed(visit=visit)

    @event(BookingRemoved)
    def _booking_removed(self, visit: UUID) -> None:
        self.live = {other: live for other, live in self.live.items() if other != visit}

    class NoShowCounted(Aggregate.Event, v=1):
        """One was missed, at ``missed_at``; it is counted once, whenever the patient comes."""

        visit: UUID
        missed_at: datetime

    def no_shows_within(self) -> int:
        """Missed ones of the last ninety days."""
        return sum(at > self.now - limits.NO_SHOWS_WITHIN for at in self.no_shows)

    def count_no_show(self, visit: UUID, missed_at: datetime) -> None:
        """The booking stays live until the half-day is over: the patient may still come."""
        self._no_show_counted(visit=visit, missed_at=missed_at)

    @event(NoShowCounted)
    def _no_show_counted(self, visit: UUID, missed_at: datetime) -> None:
        self.no_shows = (*self.no_shows, missed_at)[-limits.NO_SHOWS * 10 :]
        self.live = {other: live for other, live in self.live.items() if other != visit}

    class PatientBanned(Aggregate.Event, v=1):
        """Nothing can be booked until then; counter and emergency stay open."""

        subject: SubjectRef
        until: datetime
        no_shows: int

    def ban(self, until: datetime, no_shows: int) -> None:
        """A ban never ends earlier for another one."""
        if self.banned_until is not None and self.banned_until > until:
            until = self.banned_until
        self._patient_banned(subject=self.subject, until=until, no_shows=no_shows)

    @event(PatientBanned)
    def _patient_banned(self, subject: str, until: datetime, no_shows: int) -> None:
        self.banned_until = until

    class BanLifted(Aggregate.Event, v=1):
        """The missed bookings were not the patient's fault."""

        reason: str

    def lift_ban(self, reason: str) -> None:
        """What was counted is not counted against the patient again."""
        self._ban_lifted(reason=reason)

    @event(BanLifted)
    def _ban_lifted(self, reason: str) -> None:
        self.banned_until = None
        self.no_shows = ()

    class BookingsEnded(Aggregate.Event, v=1):
        """The person died."""

        visit: UUID

    def end_bookings(self, visit: UUID) -> None:
        """Those that are live are cancelled by commands of their own."""
        self._bookings_ended(visit=visit)

    @event(BookingsEnded)
    def _bookings_ended(self, visit: UUID) -> None:
        self.deceased = True
