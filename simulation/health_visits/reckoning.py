"""What visits, sessions, archives and bookings came to, from their events alone.

Written anew on purpose, apart from the aggregates and the read models, which are held against it.
Each kind takes its events one by one.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from simulation.reading import Event

_VISIT_STATE: Mapping[str, str] = {
    "appointment-booked": "booked",
    "walk-in-registered": "booked",
    "appointment-cancelled": "cancelled",
    "no-show-recorded": "no_show",
    "patient-checked-in": "waiting",
    "patient-called": "called",
    "patient-left": "left",
    "consultation-started": "consulting",
    "patient-admitted": "admitted",
    "consultation-finished": "finished",
    "patient-discharged": "finished",
    "visit-closed": "closed",
    "death-recorded": "deceased",
}
_COUNTED_OF_A_VISIT = (
    "examination-ordered",
    "medication-prescribed",
    "prescription-overridden",
    "patient-referred",
    "record-amended",
)


@dataclass(slots=True)
class VisitTold:
    """One visit. ``wait`` is the instant from which the wait counts until it is over."""

    state: str = ""
    slot: datetime | None = None
    arrived: datetime | None = None
    waited_s: int | None = None
    told_s: int | None = None
    late: bool = False
    missed: bool = False
    alarm: str | None = None
    counts: Counter[str] = field(default_factory=Counter)

    def take(self, e: Event) -> None:
        """One more event."""
        self.state = _VISIT_STATE.get(e.name, self.state)
        match e.name:
            case "appointment-booked" | "appointment-rescheduled":
                self.slot = _instant(e.data["slot"])
            case "patient-checked-in":
                self.arrived, self.late = e.at, e.data["late"]
            case "patient-absent":
                self.state = "left" if e.data["out"] else "waiting"
            case "consultation-started":
                begun = self.arrived or e.at
                since = max(begun, self.slot) if self.slot else begun
                self.waited_s = max(0, int((e.at - since).total_seconds()))
                self.told_s = e.data["waited_s"]
            case "no-show-recorded":
                self.missed = True
            case "clock-breached":
                self.alarm = "breached"
            case "clock-escalated":
                self.alarm = "escalated"
            case name if name in _COUNTED_OF_A_VISIT:
                self.counts[name] += 1

    @property
    def prescriptions(self) -> int:
        """Also those that were made in spite of something."""
        return self.counts["medication-prescribed"] + self.counts["prescription-overridden"]


Rank = tuple[int, datetime, int]


@dataclass(slots=True)
class SessionTold:
    """One doctor's half-day. ``out_of_turn`` counts calls of somebody who was not the first."""

    clinic: Mapping[str, Any] = field(default_factory=dict)
    closed: bool = False
    seats: Counter[datetime] = field(default_factory=Counter)
    taken: Counter[datetime] = field(default_factory=Counter)
    most_taken: Counter[datetime] = field(default_factory=Counter)
    queue: list[tuple[Rank, str]] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)
    called: tuple[Rank, str] | None = None
    called_at: datetime | None = None
    served: int = 0
    served_s: int = 0
    out_of_turn: int = 0

    def take(self, e: Event) -> None:
        """One more event."""
        match e.name:
            case "session-opened" | "slots-added":
                self.clinic = e.data["clinic"]
                for slot in e.data["slots"]:
                    self.seats[_instant(slot["at"])] += slot["seats"]
            case "session-ended":
                self.closed = True
            case "seat-taken":
                at = _instant(e.data["slot"])
                self.taken[at] += 1
                self.most_taken[at] = max(self.most_taken[at], self.taken[at])
            case "seat-freed":
                self.taken[_instant(e.data["slot"])] -= 1
            case _:
                self._queued(e)

    def _queued(self, e: Event) -> None:
        match e.name:
            case "queue-joined":
                one = e.data["one"]
                self.numbers[one["visit"]] = one["number"]
                rank = (one["level"], _instant(one["since"]), one["number"])
                self._join(rank, one["visit"])
            case "queue-triaged":
                (rank,) = (rank for rank, visit in self.queue if visit == e.data["visit"])
                self._leave(e.data["visit"])
                self._join((e.data["level"], *rank[1:]), e.data["visit"])
            case "queue-left":
                self._leave(e.data["visit"])
            case "next-called":
                self._called(e)
            case "called-away":
                self._absent(out=e.data["out"])
            case "room-freed":
                if self.called_at is not None:
                    self.served_s += int((e.at - self.called_at).total_seconds())
                self.served += 1
                self.called = self.called_at = None

    def _join(self, rank: Rank, visit: str) -> None:
        place = bisect_right([other for other, _ in self.queue], rank)
        self.queue.insert(place, (rank, visit))

    def _leave(self, visit: str) -> None:
        self.queue = [one for one in self.queue if one[1] != visit]

    def _called(self, e: Event) -> None:
        visit = e.data["visit"]
        first = self.queue[0] if self.queue else None
        if first is None or first[1] != visit:
            self.out_of_turn += 1
        self.called = next((one for one in self.queue if one[1] == visit), None)
        self.called_at = e.at
        self._leave(visit)

    def _absent(self, *, out: bool) -> None:
        if self.called is not None and not out:
            rank, visit = self.called
            place = min(3, len(self.queue))
            if place:
                rank = self.queue[place - 1][0]
            self.queue.insert(place, (rank, visit))
        self.called = self.called_at = None

    @property
    def waiting(self) -> list[int]:
        """Numbers of those who wait, the next one first."""
        return [self.numbers[visit] for _, visit in self.queue]

    @property
    def overfull(self) -> bool:
        """Whether a slot ever had more bookings than seats."""
        return any(taken > self.seats[slot] for slot, taken in self.most_taken.items())

    def offered(self) -> dict[datetime, tuple[int, int]]:
        """By slot seats and how many are free; nothing once it is closed."""
        if self.closed:
            return {}
        return {at: (seats, seats - self.taken[at]) for at, seats in self.seats.items()}


_MOVES_THE_ARCHIVE = frozenset(
    {
        "archive-opened",
        "allergy-recorded",
        "allergy-refuted",
        "condition-recorded",
        "medicines-noted",
        "archives-merged",
        "archives-split",
        "merged-into",
        "split-from",
    }
)


@dataclass(slots=True)
class ArchiveTold:
    """One archive: ``version`` counts what a doctor has to know before prescribing."""

    subject: str = ""
    district: str = ""
    state: str = "open"
    merged: bool = False
    counted: int = 0
    version: int = 0
    consents: int = 0
    readings: int = 0
    openings: int = 0

    def take(self, e: Event) -> None:
        """One more event."""
        self.version += e.name in _MOVES_THE_ARCHIVE
        match e.name:
            case "archive-opened":
                self.subject, self.district = e.data["subject"], e.data["district"]
                self.counted = 1
            case "merged-into":
                self.state, self.counted = "merged", 0
            case "split-from":
                self.state, self.counted = "open", 1
            case "archive-closed":
                self.state, self.counted = "closed", 0
            case "consent-given":
                self.consents += 1
            case "consent-withdrawn":
                self.consents -= 1
            case "archive-read":
                self.readings += 1
            case "glass-broken":
                self.openings += 1


@dataclass(slots=True)
class BookingsTold:
    """One person's bookings."""

    live: set[str] = field(default_factory=set)
    no_shows: int = 0
    banned: bool = False
    deceased: bool = False

    def take(self, e: Event) -> None:
        """One more event."""
        match e.name:
            case "booking-added":
                self.live.add(e.data["visit"])
            case "booking-removed":
                self.live.discard(e.data["visit"])
            case "no-show-counted":
                self.live.discard(e.data["visit"])
                self.no_shows += 1
            case "patient-banned":
                self.banned = True
            case "ban-lifted":
                self.banned, self.no_shows = False, 0
            case "bookings-ended":
                self.deceased = True


Case = tuple[str, str, str]
"""Disease, district, day."""


def cases(stream: Sequence[Event]) -> Counter[Case]:
    """What one report counts for, as last corrected."""
    counted: Counter[Case] = Counter()
    for e in stream:
        if e.name == "notifiable-reported":
            counted = Counter([(e.data["code"], e.data["district"], e.data["day"])])
        elif e.name == "report-corrected":
            kept = (
                [] if e.data["excluded"] else [(e.data["code"], e.data["district"], e.data["day"])]
            )
            counted = Counter(kept)
    return counted


REFERRAL_STATE: Mapping[str, str] = {
    "referral-offered": "offered",
    "referral-accepted": "accepted",
    "referral-declined": "declined",
    "referral-lapsed": "lapsed",
}


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
