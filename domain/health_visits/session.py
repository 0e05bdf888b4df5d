"""A doctor's half-day: its slots with their seats, its queue, and who is in the room.

Whatever moves a patient through the clinic changes the session in the same decision, so that who
is next is a function of this matter's events alone and no seat is given twice.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from domain.health_visits import queueing
from domain.health_visits.queueing import Queue, Waiting
from domain.health_visits.refusals import (
    NotNext,
    RoomOccupied,
    SessionClosed,
    SessionOccupied,
    SlotTaken,
    SlotUnknown,
)
from domain.health_visits.states import SessionState
from domain.health_visits.values import Clinic, Slot
from domain.shared.aggregate import Aggregate, allowed_in, event
from domain.shared.personal import Sensitive


class ClinicSession(Aggregate, program="health-visits"):
    """One doctor's morning or afternoon."""

    FINAL = frozenset({SessionState.CLOSED})

    class SessionOpened(Aggregate.Created, v=1):
        """The doctor will be there; the slots can be booked."""

        clinic: Clinic
        room: str
        slots: tuple[Slot, ...]

    @event(SessionOpened)
    def __init__(self, clinic: Clinic, room: str, slots: tuple[Slot, ...]) -> None:
        self.state: SessionState = SessionState.OPEN
        self.clinic: Clinic = clinic
        self.room: str = room
        self.slots: dict[datetime, int] = {slot.at: slot.seats for slot in slots}
        # Who has which seat: slot → seat → visit. A seat that was used stays taken.
        self.seats: dict[datetime, dict[int, UUID]] = {}
        # Booked and not arrived yet: visit → slot and seat.
        self.expected: dict[UUID, tuple[datetime, int]] = {}
        self.queue: Queue = ()
        self.numbers: int = 0
        # Called into the room, or in it.
        self.serving: Waiting | None = None

    class SlotsAdded(Aggregate.Event, v=1):
        """More can be booked."""

        clinic: Clinic
        slots: tuple[Slot, ...]

    @allowed_in(SessionState.OPEN)
    def add_slots(self, slots: tuple[Slot, ...]) -> None:
        """A slot that was there gets so many seats more."""
        self._slots_added(clinic=self.clinic, slots=slots)

    @event(SlotsAdded)
    def _slots_added(self, clinic: Clinic, slots: tuple[Slot, ...]) -> None:
        for slot in slots:
            self.slots = {**self.slots, slot.at: self.slots.get(slot.at, 0) + slot.seats}

    class SessionDelayed(Aggregate.Event, v=1):
        """The doctor comes later; ``booked`` are to be told."""

        clinic: Clinic
        minutes: int
        reason: str
        booked: tuple[UUID, ...]

    @allowed_in(SessionState.OPEN)
    def delay_session(self, minutes: int, reason: str) -> None:
        """All appointments move by so many minutes; nobody loses a seat."""
        self._session_delayed(
            clinic=self.clinic, minutes=minutes, reason=reason, booked=tuple(self.expected)
        )

    @event(SessionDelayed)
    def _session_delayed(
        self, clinic: Clinic, minutes: int, reason: str, booked: tuple[UUID, ...]
    ) -> None:
        pass

    class SessionEnded(Aggregate.Event, v=1):
        """The session falls out, or is over: ``booked`` are to be rebooked or told."""

        clinic: Clinic
        reason: str
        booked: tuple[UUID, ...]
        substitute: UUID | None

    @allowed_in(SessionState.OPEN)
    def close_session(self, reason: str, substitute: UUID | None) -> None:
        """Raises SessionOccupied while anybody waits or is treated."""
        if self.queue or self.serving is not None:
            raise SessionOccupied()
        self._session_ended(
            clinic=self.clinic,
            reason=reason,
            booked=tuple(self.expected),
            substitute=substitute,
        )

    @event(SessionEnded)
    def _session_ended(
        self, clinic: Clinic, reason: str, booked: tuple[UUID, ...], substitute: UUID | None
    ) -> None:
        self.state = SessionState.CLOSED

    # --- seats ---------------------------------------------------------------------------------

    def free(self, slot: datetime) -> int:
        """Seats of a slot that nobody has."""
        return self.slots.get(slot, 0) - len(self.seats.get(slot, {}))

    def first_free(self, wanted: datetime, now: datetime) -> datetime | None:
        """The first free slot from the wanted time on, else the last one before it."""
        free = [slot for slot in sorted(self.slots) if slot > now and self.free(slot) > 0]
        later = [slot for slot in free if slot >= wanted]
        return later[0] if later else (free[-1] if free else None)

    class SeatTaken(Aggregate.Event, v=1):
        """A seat of a slot is a visit's."""

        clinic: Clinic
        slot: datetime
        seat: int
        visit: UUID

    def take_seat(self, slot: datetime, visit: UUID) -> int:
        """The lowest seat that is free. Raises SessionClosed, SlotUnknown or SlotTaken."""
        if self.state is not SessionState.OPEN:
            raise SessionClosed()
        if slot not in self.slots or slot <= self.now:
            raise SlotUnknown()
        taken = self.seats.get(slot, {})
        free = (seat for seat in range(1, self.slots[slot] + 1) if seat not in taken)
        if (seat := next(free, None)) is None:
            raise SlotTaken()
        self._seat_taken(clinic=self.clinic, slot=slot, seat=seat, visit=visit)
        return seat

    @event(SeatTaken)
    def _seat_taken(self, clinic: Clinic, slot: datetime, seat: int, visit: UUID) -> None:
        self.seats = {**self.seats, slot: {**self.seats.get(slot, {}), seat: visit}}
        self.expected = {**self.expected, visit: (slot, seat)}

    class SeatFreed(Aggregate.Event, v=1):
        """The seat was given back."""

        clinic: Clinic
        slot: datetime
        seat: int
        visit: UUID

    def free_seat(self, visit: UUID) -> None:
        """Of a visit that has one and did not arrive; of any other nothing happens."""
        if visit in self.expected:
            self.give_back(visit, *self.expected[visit])

    def give_back(self, visit: UUID, slot: datetime, seat: int) -> None:
        """This seat, also when the visit has taken another one here meanwhile."""
        self._seat_freed(clinic=self.clinic, slot=slot, seat=seat, visit=visit)

    @event(SeatFreed)
    def _seat_freed(self, clinic: Clinic, slot: datetime, seat: int, visit: UUID) -> None:
        left = {s: v for s, v in self.seats[slot].items() if s != seat}
        self.seats = {**self.seats, slot: left}
        gone = (slot, seat)
        self.expected = {
            v: place for v, place in self.expected.items() if v != visit or place != gone
        }

    class SeatForfeited(Aggregate.Event, v=1, audit_only=True):
        """Its patient did not come; the time is gone."""

        visit: UUID

    def forfeit_seat(self, visit: UUID) -> None:
        """Nobody waits for this patient any more."""
        self._seat_forfeited(visit=visit)

    @event(SeatForfeited)
    def _seat_forfeited(self, visit: UUID) -> None:
        self.expected = {v: place for v, place in self.expected.items() if v != visit}

    # --- the queue -----------------------------------------------------------------------------

    @property
    def next_visit(self) -> UUID | None:
        """Whose turn it is; None when nobody waits."""
        return self.queue[0].visit if self.queue else None

    class QueueJoined(Aggregate.Event, v=1):
        """Somebody waits, at the place that the rule gives."""

        clinic: Clinic
        one: Waiting

    def join_queue(self, visit: UUID, appointment: datetime | None, *, late: bool) -> int:
        """The number taken. Raises SessionClosed."""
        if self.state is not SessionState.OPEN:
            raise SessionClosed()
        number = self.numbers + 1
        since = queueing.counted_from(self.now, appointment, late=late)
        one = Waiting(
            visit=visit, level=queueing.UNTRIAGED, since=since, number=number, turn=number
        )
        self._queue_joined(clinic=self.clinic, one=one)
        return number

    @event(QueueJoined)
    def _queue_joined(self, clinic: Clinic, one: Waiting) -> None:
        self.numbers = one.number
        self.queue = queueing.joined(self.queue, one)
        self.expected = {v: place for v, place in self.expected.items() if v != one.visit}

    class QueueTriaged(Aggregate.Event, v=1):
        """Somebody's level changed, and with it perhaps the place."""

        visit: UUID
        level: Sensitive[int]

    def triage(self, visit: UUID, level: int) -> None:
        """Of one who waits."""
        self._queue_triaged(visit=visit, level=level)

    @event(QueueTriaged)
    def _queue_triaged(self, visit: UUID, level: int) -> None:
        self.queue = queueing.triaged(self.queue, visit, level)

    class NextCalled(Aggregate.Event, v=1):
        """The first of the queue is to come in."""

        visit: UUID

    def call(self, visit: UUID) -> None:
        """Raises RoomOccupied, and NotNext for anybody but the first."""
        if self.serving is not None:
            raise RoomOccupied()
        if visit != self.next_visit:
            raise NotNext(next=self.next_visit)
        self._next_called(visit=visit)

    @event(NextCalled)
    def _next_called(self, visit: UUID) -> None:
        self.serving = self.queue[0]
        self.queue = self.queue[1:]

    class CalledAway(Aggregate.Event, v=1):
        """Who was called did not come: back three places, or ``out``."""

        visit: UUID
        out: bool

    def call_away(self, visit: UUID, *, out: bool) -> None:
        """The room is free for the next one."""
        self._called_away(visit=visit, out=out)

    @event(CalledAway)
    def _called_away(self, visit: UUID, out: bool) -> None:
        if self.serving is not None and not out:
            self.queue = queueing.set_back(self.queue, self.serving)
        self.serving = None

    class QueueLeft(Aggregate.Event, v=1):
        """Somebody does not wait any longer."""

        visit: UUID

    def leave_queue(self, visit: UUID) -> None:
        """The others move up."""
        self._queue_left(visit=visit)

    @event(QueueLeft)
    def _queue_left(self, visit: UUID) -> None:
        self.queue = queueing.without(self.queue, visit)

    class RoomFreed(Aggregate.Event, v=1):
        """The doctor is done with the patient."""

        visit: UUID

    def free_room(self, visit: UUID) -> None:
        """If it is this patient's; of one who was admitted long ago nothing happens."""
        if self.serving is not None and self.serving.visit == visit:
            self._room_freed(visit=visit)

    @event(RoomFreed)
    def _room_freed(self, visit: UUID) -> None:
        self.serving = None


def fits_half_day(clinic: Clinic, slots: Iterable[Slot]) -> bool:
    """Whether each slot is named once and lies in the half-day."""
    instants = [slot.at for slot in slots]
    return len(set(instants)) == len(instants) and all(clinic.holds(at) for at in instants)
