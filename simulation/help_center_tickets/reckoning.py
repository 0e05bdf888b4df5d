"""What the events of tickets and members come to: state, holder, limits, answers, loads, offers.

Written anew on purpose, apart from the aggregates and the read models, which are held against it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from domain.shared.instants import shanghai_date
from simulation.help_center_tickets.centre import PROGRAM
from simulation.reading import Event

_STATE_AFTER: Mapping[str, str] = {
    "ticket-opened": "open",
    "emergency-handed-over": "handed_over",
    "ticket-classified": "classified",
    "ticket-merged": "merged",
    "ticket-declined": "declined",
    "ticket-dispatched": "dispatched",
    "ticket-transferred": "dispatched",
    "dispatch-accepted": "working",
    "dispatch-returned": "returned",
    "ticket-taken-back": "returned",
    "holder-decided": "working",
    "ticket-paused": "paused",
    "ticket-resumed": "working",
    "ticket-withdrawn": "withdrawn",
}
_ENDS = (
    "work-reported",
    "ticket-answered",
    "ticket-withdrawn",
    "ticket-declined",
    "emergency-handed-over",
    "ticket-merged",
)
"""After which no limit runs, and leaders have nothing to watch."""
_HELD = ("ticket-dispatched", "ticket-transferred", "holder-decided", "result-shared")
_NOBODY_HAS_IT = ("dispatch-returned", "ticket-taken-back", "ticket-reopened")
CENTRE = "data-bureau"
CONTENT = 3


@dataclass(slots=True)
class Ticket:
    """One ticket. ``anonymous``: nobody is called back; ``watched`` is (level, times urged)."""

    anonymous: bool = False
    state: str = ""
    item: str | None = None
    holder: str = CENTRE
    due_at: datetime | None = None
    level: int = 0
    alarm: str | None = None
    returns: int = 0
    reopenings: int = 0
    merged: int = 0
    reopen_until: datetime | None = None
    watched: tuple[int, int] | None = None

    def take(self, e: Event) -> None:
        """One more event."""
        self.state = _STATE_AFTER.get(e.name, self.state)
        for reading in e.data.get("clocks", ()):
            if reading["clock"] == "settle":
                running = reading["phase"] == "running"
                self.due_at = datetime.fromisoformat(reading["due_at"]) if running else None
        if e.name in _ENDS:
            self.due_at, self.merged, self.watched = None, 0, None
        if e.name in _HELD:
            self.holder = e.data["holder"]["code"]
        elif e.name in _NOBODY_HAS_IT:
            self.holder = CENTRE
        self._counts(e)
        self._results(e)

    def _counts(self, e: Event) -> None:
        level, urged = self.watched or (0, 0)
        match e.name:
            case "ticket-classified" | "ticket-reclassified":
                self.item = e.data["item"]
            case "ticket-joined":
                self.merged += 1
            case "ticket-left":
                self.merged -= 1
            case "dispatch-returned":
                self.returns += 1
            case "ticket-escalated":
                self.level = max(self.level, e.data["level"])
                self.watched = max(level, e.data["level"]), urged
            case "supervision-opened":
                self.watched = level, urged
            case "ticket-urged":
                self.watched = level, urged + 1
            case "clock-warned":
                self.alarm = self.alarm or "warned"
            case "clock-breached":
                self.alarm = "breached"

    def _results(self, e: Event) -> None:
        match e.name:
            case "work-reported" | "ticket-answered" | "result-shared":
                self.state = "closed" if self.anonymous else "calling_back"
            case "merge-undone":
                self.state = e.data["state"]
            case "call-back-tried" if e.data["closes"]:
                self.state = "closed"
            case "call-back-answered" if e.data["outcome"] == "closed":
                self.state = "closed"
            case "ticket-reopened":
                self.state = "classified" if self.item else "open"
                self.reopenings += 1
                self.returns = self.level = 0
                self.alarm = None
                self.reopen_until = None
        if e.data.get("reopen_until"):
            self.reopen_until = datetime.fromisoformat(e.data["reopen_until"])


def ticket(stream: Iterable[Event], *, anonymous: bool) -> Ticket:
    """What the events of one ticket say."""
    found = Ticket(anonymous)
    for e in stream:
        found.take(e)
    return found


@dataclass(slots=True)
class Membership:
    """One member: its standing, what it carries, and where it offers what."""

    state: str = "applied"
    capacity: int = 0
    carries: set[str] = field(default_factory=set)
    offers: set[tuple[str, str]] = field(default_factory=set)

    def take(self, e: Event) -> None:
        """One more event."""
        data = e.data
        match e.name:
            case "member-applied" | "capacity-set":
                self.capacity = data["capacity"]
            case "member-admitted":
                self.state = "admitted"
            case "member-suspended":
                self.state = "suspended"
            case "member-expelled":
                self.state = "expelled"
            case "member-reinstated":
                self.state = data["state"]
            case "service-offered":
                self.offers |= {(data["item"], district) for district in data["districts"]}
            case "service-dropped":
                self.offers -= {(data["item"], district) for district in data["districts"]}
            case "ticket-taken":
                self.carries.add(data["ticket"])
            case "ticket-given-back":
                self.carries.discard(data["ticket"])


def membership(stream: Iterable[Event]) -> Membership:
    """What the events of one membership say."""
    found = Membership()
    for e in stream:
        found.take(e)
    return found


# --- over all tickets, those of other programmes too -------------------------------------------

Score = tuple[str, str]
"""Holder and month of the city (``2026-03``)."""


def of_tickets(events: Mapping[Any, Sequence[Event]]) -> list[Event]:
    """The programme's events of all matters, as they lie in the log."""
    own = f"{PROGRAM}."
    found = [e for stream in events.values() for e in stream if e.type.startswith(own)]
    return sorted(found, key=lambda e: e.position)


def scores(events: Iterable[Event]) -> dict[str, Counter[Score]]:
    """What holders did, by kind, holder and month; of a ticket's answers only the last counts."""
    found: dict[str, Counter[Score]] = {
        name: Counter()
        for name in (
            "accepted",
            "accepted_in_time",
            "contacted",
            "contacted_in_time",
            "unreachable",
            "answers",
            "solved",
            "satisfied",
        )
    }
    for e in events:
        if e.name in ("dispatch-accepted", "caller-contacted", "call-back-tried"):
            key = e.data["holder"]["code"], shanghai_date(e.at).isoformat()[:7]
            if e.name == "call-back-tried":
                found["unreachable"][key] += int(e.data["closes"])
            else:
                kind = "accepted" if e.name == "dispatch-accepted" else "contacted"
                found[kind][key] += 1
                found[f"{kind}_in_time"][key] += int(e.data["in_time"])
    for answer in last_answers(events).values():
        key = answer["holder"], answer["month"]
        found["answers"][key] += 1
        found["solved"][key] += int(answer["solved"])
        found["satisfied"][key] += int(answer["satisfied"] >= CONTENT)
    return found


def last_answers(events: Iterable[Event]) -> dict[Any, Mapping[str, Any]]:
    """By ticket, what its caller said last: holder, month, solved, satisfied."""
    return {e.matter: e.data["counted"] for e in events if e.name == "call-back-answered"}


def counts(events: Iterable[Event]) -> Counter[tuple[str, str, str]]:
    """Tickets by service, district and month of their opening."""
    return Counter(
        (
            e.data["item"],
            e.data["district"],
            shanghai_date(datetime.fromisoformat(e.data["opened_at"])).isoformat()[:7],
        )
        for e in events
        if e.name == "ticket-classified"
    )
