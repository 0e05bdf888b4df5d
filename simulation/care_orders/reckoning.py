"""What orders and visits came to, from their events alone: states, places, minutes, money.

Written anew on purpose, apart from the aggregates and the read models, which are held against it.
Providers' places are counted from the orders that have them, months from the visits that are in
them, never from the counts that events carry.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from domain.shared.instants import SHANGHAI, shanghai_date
from simulation.reading import Event

"""The city's time, without summer time since 1991."""

LONG_AGO = datetime.min.replace(tzinfo=SHANGHAI)

_ORDER_STATE: Mapping[str, str] = {
    "care-requested": "requested",
    "plan-proposed": "planned",
    "plan-accepted": "waiting",
    "plan-declined": "assessed",
    "provider-assigned": "active",
    "care-suspended": "suspended",
    "care-resumed": "active",
    "care-ended": "ended",
}

_VISIT_STATE: Mapping[str, str] = {
    "visit-scheduled": "scheduled",
    "visit-cancelled": "cancelled",
    "visit-started": "started",
    "late-start-accepted": "started",
    "visit-missed": "missed",
    "missed-visit-resolved": "resolved",
    "visit-completed": "completed",
    "visit-left-open": "needs_review",
    "visit-verified": "verified",
    "visit-disputed": "disputed",
    "visit-settled": "settled",
}


def instant(text: str) -> datetime:
    """An event's instant."""
    return datetime.fromisoformat(text)


@dataclass(slots=True)
class Order:
    """One order. ``weekdays`` are those of its plan; empty means every day."""

    state: str = ""
    mode: str = ""
    district: str = ""
    provider: str | None = None
    place_no: str | None = None
    holds_place: bool = False
    waiting_at: str | None = None
    weekdays: tuple[int, ...] = ()
    week_price_fen: int | None = None
    stars: int | None = None
    reassessing: bool = False
    consent: bool = True
    served: bool = False
    assessed: bool = False
    elder: str = ""
    from_day: date | None = None
    ended_on: date | None = None

    def take(self, e: Event) -> None:
        """One more event."""
        self.state = _ORDER_STATE.get(e.name, self.state)
        d = e.data
        match e.name:
            case "care-requested":
                self.mode, self.district = d["mode"], d["district"]
            case "ability-assessed":
                self.state = "assessed" if self.state == "requested" else self.state
                self.assessed, self.reassessing = True, False
            case "plan-proposed":
                self.weekdays = tuple(d["plan"]["weekdays"])
                self.week_price_fen = d["plan"]["price_fen"]
            case "plan-declined":
                self.weekdays, self.week_price_fen = (), None
            case "waiting-listed":
                self.waiting_at = d["provider"]
            case "provider-assigned" | "provider-changed":
                self.provider, self.place_no = d["provider"], d["place_no"]
                self.holds_place, self.served, self.waiting_at = True, True, None
                self.elder = d["elder"]
                self.from_day = self.from_day or date.fromisoformat(d["from_day"])
            case "held-place-released":
                self.holds_place, self.place_no = False, None
            case "care-resumed":
                self.holds_place = True
                self.place_no = d["place_no"] or self.place_no
            case "care-ended":
                self.holds_place, self.place_no, self.waiting_at = False, None, None
                self.ended_on = date.fromisoformat(d["on"])
            case "reassessment-requested":
                self.reassessing = True
            case "consent-withdrawn":
                self.consent = False
            case "service-rated":
                self.stars = d["stars"]


@dataclass(frozen=True, slots=True)
class Line:
    """One service of a visit with its price in fen."""

    code: str
    price_fen: int
    own_fen: int
    subsidy_fen: int


@dataclass(slots=True)
class Visit:
    """One visit. Money is in fen and there once it is settled; ``counter_fen`` is the subsidy that
    was taken back of it in the month ``booked_in``."""

    state: str = ""
    order: str = ""
    elder: str = ""
    mode: str = ""
    district: str = ""
    provider: str = ""
    kind: str = ""
    carer: str = ""
    carers_before: list[str] = field(default_factory=list)
    starts_at: datetime = LONG_AGO
    ends_at: datetime = LONG_AGO
    lines: tuple[Line, ...] = ()
    done: tuple[str, ...] = ()
    shown_as: str = "scheduled"
    minutes: int | None = None
    settled_minutes: int = 0
    settled_in: str | None = None
    own_fen: int | None = None
    subsidy_fen: int | None = None
    booked_in: str | None = None
    reclaimed_for: str | None = None
    disputed: bool = False
    late: bool = False
    missed: bool = False
    contacted: bool = False
    level: str = "contact"

    @property
    def month(self) -> str:
        """Of the visit's day."""
        return f"{shanghai_date(self.starts_at):%Y-%m}"

    def take(self, e: Event) -> None:
        """One more event."""
        self.state = _VISIT_STATE.get(e.name, self.state)
        if e.name in _SHOWN:
            self.shown_as = self.state
        d = e.data
        match e.name:
            case "visit-scheduled":
                self._scheduled(d)
            case "visit-reassigned":
                self.carers_before.append(self.carer)
                self.carer = d["carer"]["subject"]
            case "late-start-accepted":
                self.late = True
            case "visit-missed":
                self.missed = True
            case "contact-tried":
                self.contacted = True
            case "visit-clock-breached":
                self.level = "ticket"
            case "visit-clock-escalated":
                self.level = "door"
            case "visit-completed" | "visit-verified":
                self.minutes, self.done = d["minutes"], tuple(d["items"])
            case "visit-left-open":
                self.done = tuple(line.code for line in self.lines)
            case "visit-disputed":
                self.disputed = True
            case "dispute-resolved":
                self.disputed = False
                self.state = "rejected" if d["upheld"] else "verified"
            case "visit-settled":
                self.settled_in, self.settled_minutes = d["month"], d["minutes"]
                self.own_fen, self.subsidy_fen = d["own_fen"], d["subsidy_fen"]
            case "visit-reclaimed":
                self.booked_in, self.reclaimed_for = d["booked_in"], d["reason"]
                self.disputed = False
                self.state = "rejected" if self.booked_in is None else "reclaimed"

    def _scheduled(self, d: Mapping[str, Any]) -> None:
        whose = d["whose"]
        self.order, self.elder, self.mode = whose["order_id"], whose["elder"], whose["mode"]
        self.district, self.provider = whose["district"], whose["provider"]
        self.kind = whose["subsidy_kind"]
        self.carer = d["carer"]["subject"]
        self.starts_at, self.ends_at = instant(d["starts_at"]), instant(d["ends_at"])
        self.lines = tuple(
            Line(one["code"], one["price_fen"], one["own_fen"], one["subsidy_fen"])
            for one in d["lines"]
        )


_SHOWN = frozenset(
    {
        "visit-started",
        "late-start-accepted",
        "visit-completed",
        "visit-left-open",
        "missed-visit-resolved",
        "visit-missed",
    }
)
"""Events by which a carer's phone shows another state."""


def order_of(stream: Sequence[Event]) -> Order:
    """What the events of one order say."""
    found = Order()
    for e in stream:
        found.take(e)
    return found


def visit_of(stream: Sequence[Event]) -> Visit:
    """What the events of one visit say."""
    found = Visit()
    for e in stream:
        found.take(e)
    return found


# --- sums --------------------------------------------------------------------------------------


def places_used(orders: Iterable[Order]) -> Counter[tuple[str, str]]:
    """By provider and mode; of a day centre, the orders of the fullest day of the week."""
    by_day: Counter[tuple[str, str, int]] = Counter()
    for one in orders:
        if one.holds_place and one.provider is not None:
            for day in one.weekdays if one.mode == "day-care" else range(1, 8):
                by_day[one.provider, one.mode, day] += 1
    found: Counter[tuple[str, str]] = Counter()
    for (provider, mode, _), number in by_day.items():
        found[provider, mode] = max(found[provider, mode], number)
    return found


@dataclass(slots=True)
class Month:
    """What a provider's month comes to."""

    visits: int = 0
    minutes: int = 0
    subsidy_fen: int = 0
    own_fen: int = 0
    counter_fen: int = 0
    disputes: int = 0


def months_of(visits: Iterable[Visit]) -> dict[tuple[str, str], Month]:
    """By provider and month; what was taken back counts in the month in which it is booked."""
    found: dict[tuple[str, str], Month] = {}
    for one in visits:
        if one.disputed:
            found.setdefault((one.provider, one.month), Month()).disputes += 1
        if one.settled_in is None:
            continue
        own, subsidy = one.own_fen or 0, one.subsidy_fen or 0
        month = found.setdefault((one.provider, one.settled_in), Month())
        month.visits += 1
        month.minutes += one.settled_minutes
        month.own_fen += own
        month.subsidy_fen += subsidy
        if one.booked_in is not None:
            back = found.setdefault((one.provider, one.booked_in), Month())
            back.subsidy_fen -= subsidy
            back.counter_fen -= subsidy
            if one.reclaimed_for == "admission":
                back.own_fen += subsidy
            else:
                back.own_fen -= own
                back.minutes -= one.settled_minutes
    return found


def subsidies_of(visits: Iterable[Visit]) -> dict[tuple[str, str, str], tuple[int, int]]:
    """By elder, month of the visit's day and kind: visits and fen that the city pays."""
    found: dict[tuple[str, str, str], tuple[int, int]] = {}
    for one in visits:
        if one.subsidy_fen:
            key = (one.elder, one.month, one.kind)
            number, fen = found.get(key, (0, 0))
            if one.booked_in is None:
                found[key] = (number + 1, fen + one.subsidy_fen)
            else:
                found[key] = (number, fen)
    return found


def carer_days_of(visits: Mapping[str, Visit]) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """By carer and day: visits with what a phone shows, in order of time. Who gave all away has an
    empty day."""
    found: dict[tuple[str, str], list[tuple[datetime, str, str]]] = {}
    for id, one in visits.items():
        day = str(shanghai_date(one.starts_at))
        for carer in (*one.carers_before, one.carer):
            found.setdefault((carer, day), [])
        if one.state != "cancelled":
            found[one.carer, day].append((one.starts_at, id, one.shown_as))
    return {key: [(id, shown) for _, id, shown in sorted(day)] for key, day in found.items()}
