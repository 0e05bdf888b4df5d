"""Holds the read models of care against the reckoning, row by row.

A difference names a matter, a provider or a month; of an elder or a carer nothing.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from simulation.care_orders import rules
from simulation.care_orders.reckoning import (
    Month,
    Order,
    Visit,
    carer_days_of,
    months_of,
    order_of,
    places_used,
    subsidies_of,
    visit_of,
)
from simulation.reading import Event, Reader

Row = Mapping[str, Any]
Points = tuple[int, bool]
"""Sum of an assessment's points, and whether something makes the grade worse."""
MODES = ("institution", "day-care", "home")


@dataclass(slots=True)
class House:
    """A provider as its own events leave it."""

    capacity: Mapping[str, Any] = field(default_factory=dict)
    grounds: set[str] = field(default_factory=set)

    def take(self, e: Event) -> None:
        """One more event."""
        if e.name in ("provider-registered", "capacity-changed"):
            self.capacity = e.data["capacity"]
        elif e.name == "assignments-stopped":
            self.grounds.add(e.data["ground"])
        elif e.name == "assignments-allowed":
            self.grounds.discard(e.data["ground"])

    def licensed(self, mode: str) -> int:
        """Places of a mode."""
        if mode == "institution":
            return len(self.capacity["beds"])
        return int(self.capacity["day_places" if mode == "day-care" else "home_places"])


@dataclass(frozen=True, slots=True)
class Told:
    """All that began in the run, by id; providers and settlements by what names them."""

    orders: Mapping[str, Order]
    visits: Mapping[str, Visit]
    houses: Mapping[str, House]
    settlements: Mapping[tuple[str, str], Sequence[Event]]

    @property
    def months(self) -> dict[tuple[str, str], Month]:
        """Of the visits."""
        return months_of(self.visits.values())


def told(streams: Mapping[UUID, Sequence[Event]]) -> Told:
    """What the events of the run say, whoever sent what led to them."""
    orders, visits, houses, settlements = {}, {}, {}, {}
    for id, stream in streams.items():
        match stream[0].type.rpartition(".")[0] if stream else "":
            case "care-orders.care-requested":
                orders[str(id)] = order_of(stream)
            case "care-orders.visit-scheduled":
                visits[str(id)] = visit_of(stream)
            case "care-orders.provider-registered":
                house = houses[stream[0].data["uscc"]] = House()
                for e in stream:
                    house.take(e)
            case "care-orders.settlement-drafted":
                settlements[stream[0].data["provider"], stream[0].data["month"]] = stream
    return Told(orders, visits, houses, settlements)


async def coverage_now(reader: Reader, position: int = 0) -> dict[tuple[str, str], tuple[int, int]]:
    """By district and mode: served and resting."""
    return {
        (row["district"], row["mode"]): (row["served"], row["resting"])
        for row in await reader.rows("coverage", min_position=position)
    }


async def faults(
    known: Told,
    before: Mapping[tuple[str, str], tuple[int, int]],
    points: Mapping[str, Points],
    reader: Reader,
    position: int,
) -> list[str]:
    """Every difference between the read models at a position and what is known, and every rule
    that is broken. ``points``: by order, what its assessors send."""

    async def rows(read_model: str) -> list[dict[str, Any]]:
        return await reader.rows(read_model, min_position=position)

    orders = await rows("care-order")
    found = [*rules.faults(known.orders, known.visits), *order_faults(known, orders)]
    found += grade_faults(known, points, orders)
    found += visit_faults(known, await rows("care-visit"))
    found += place_faults(known, await rows("vacancies"))
    found += month_faults(known, await rows("settlement"))
    found += subsidy_faults(known, await rows("care-subsidy"))
    found += carer_day_faults(known, await rows("carer-day"))
    found += board_faults(known, await rows("missed-board"))
    found += coverage_faults(known, before, await coverage_now(reader, position))
    return found


# --- row by row --------------------------------------------------------------------------------


def _unlike(name: str, row: Row | None, expected: Row) -> Iterable[str]:
    """A sentence for each column that is not as expected; values are not repeated."""
    if row is None:
        yield f"{name}: there is no line"
        return
    for column, value in expected.items():
        if row[column] != value:
            yield f"{name}: {column} is not what the events come to"


def order_faults(known: Told, rows: Iterable[Row]) -> Iterable[str]:
    """``care-order``: state, provider, place, plan, next visit."""
    here = {row["order_id"]: row for row in rows}
    coming: dict[str, datetime] = {}
    for visit in known.visits.values():
        if visit.state == "scheduled":
            at = coming.get(visit.order)
            coming[visit.order] = min(at, visit.starts_at) if at else visit.starts_at
    for id, one in known.orders.items():
        row = here.get(id)
        expected = {
            "state": one.state,
            "mode": one.mode,
            "district": one.district,
            "provider": one.provider,
            "place_no": one.place_no,
            "waiting_at": one.waiting_at,
            "week_price_fen": one.week_price_fen,
            "stars": one.stars,
            "reassessing": one.reassessing,
            "consent": one.consent,
        }
        yield from _unlike(f"care-order {id}", row, expected)
        soonest = None if one.state == "ended" else coming.get(id)
        if row is not None and _instant(row["next_visit"]) != soonest:
            yield f"care-order {id}: next_visit is not what the events come to"


def _instant(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None


def grade_faults(known: Told, points: Mapping[str, Points], rows: Iterable[Row]) -> Iterable[str]:
    """``care-order``: the grade, from the points that were sent."""
    here = {row["order_id"]: row for row in rows}
    for id, (sent, worse) in points.items():
        if id in here and id in known.orders and known.orders[id].assessed:
            expected = {"grade": rules.grade_of(sent, worse=worse)}
            yield from _unlike(f"care-order {id}", here[id], expected)


def visit_faults(known: Told, rows: Iterable[Row]) -> Iterable[str]:
    """``care-visit``: state, carer, minutes, money."""
    here = {row["visit_id"]: row for row in rows}
    for id, one in known.visits.items():
        expected = {
            "state": one.state,
            "order_id": one.order,
            "carer": one.carer,
            "provider": one.provider,
            "minutes": one.minutes,
            "late": one.late,
            "settled_in": one.settled_in,
            "own_fen": one.own_fen,
            "subsidy_fen": one.subsidy_fen,
        }
        yield from _unlike(f"care-visit {id}", here.get(id), expected)


def place_faults(known: Told, rows: Iterable[Row]) -> Iterable[str]:
    """``vacancies``: what is licensed, taken, waited for, free."""
    used = places_used(known.orders.values())
    waiting = Counter((one.waiting_at, one.mode) for one in known.orders.values())
    here = {(row["provider"], row["mode"]): row for row in rows}
    for code, house in known.houses.items():
        for mode in MODES:
            licensed, taken = house.licensed(mode), used[code, mode]
            expected = {
                "licensed": licensed,
                "used": taken,
                "waiting": waiting[code, mode],
                "free": 0 if house.grounds else licensed - taken,
            }
            yield from _unlike(f"vacancies {code} {mode}", here.get((code, mode)), expected)
            if taken > licensed:
                yield f"vacancies {code} {mode}: more orders than are licensed"


_STATE_AFTER = {
    "settlement-drafted": "drafted",
    "settlement-confirmed": "confirmed",
    "settlement-paid": "paid",
}


def month_faults(known: Told, rows: Iterable[Row]) -> Iterable[str]:
    """``settlement``, and what was confirmed and paid, to the fen."""
    here = {(row["provider"], row["month"]): row for row in rows}
    months = known.months
    for key, month in months.items():
        name = f"settlement {key[0]} {key[1]}"
        stream = known.settlements.get(key, ())
        states = [_STATE_AFTER[e.name] for e in stream if e.name in _STATE_AFTER]
        expected = {**asdict(month), "state": states[-1] if states else None}
        yield from _unlike(name, here.get(key), expected)
    for key, stream in known.settlements.items():
        month = months.get(key, Month())
        for e in stream:
            if e.name == "settlement-confirmed":
                sums = ("visits", "minutes", "subsidy_fen", "own_fen")
                if any(e.data[one] != getattr(month, one) for one in sums):
                    yield f"settlement {key[0]} {key[1]}: confirmed is not what its visits come to"
            if e.name == "settlement-paid" and e.data["subsidy_fen"] != month.subsidy_fen:
                yield f"settlement {key[0]} {key[1]}: paid is not what its visits come to"


def subsidy_faults(known: Told, rows: Iterable[Row]) -> Iterable[str]:
    """``care-subsidy``: one line per elder, month and kind."""
    here = {(row["elder"], row["month"], row["kind"]): row for row in rows}
    wrong = 0
    for key, (visits, fen) in subsidies_of(known.visits.values()).items():
        row = here.get(key)
        wrong += row is None or (row["visits"], row["subsidy_fen"]) != (visits, fen)
    if wrong:
        yield f"care-subsidy: {wrong} elders' months are not what their visits come to"


def carer_day_faults(known: Told, rows: Iterable[Row]) -> Iterable[str]:
    """``carer-day``: which visits, in which order, in which state."""
    here = {
        (row["carer"], row["day"]): [(one["visit_id"], one["state"]) for one in row["visits"]]
        for row in rows
    }
    days = carer_days_of(known.visits)
    wrong = sum(here.get(key) != day for key, day in days.items())
    if wrong:
        yield f"carer-day: {wrong} days are not what their visits come to"


def board_faults(known: Told, rows: Iterable[Row]) -> Iterable[str]:
    """``missed-board``: a line for each visit that is missed and not resolved, and for no other."""
    here = {row["visit_id"]: row for row in rows}
    for id, one in known.visits.items():
        if one.state == "missed":
            expected = {
                "district": one.district,
                "provider": one.provider,
                "contacted": one.contacted,
                "level": one.level,
            }
            yield from _unlike(f"missed-board {id}", here.get(id), expected)
        elif id in here:
            yield f"missed-board {id}: a line that no missed visit has"


Coverage = Mapping[tuple[str, str], tuple[int, int]]


def coverage_faults(known: Told, before: Coverage, now: Coverage) -> Iterable[str]:
    """``coverage``: what has been added to what stood before the run."""
    served: Counter[tuple[str, str]] = Counter()
    resting: Counter[tuple[str, str]] = Counter()
    for one in known.orders.values():
        if one.served and one.state != "ended":
            served[one.district, one.mode] += 1
            resting[one.district, one.mode] += one.state == "suspended"
    for key in {*served, *before, *now}:
        stood = before.get(key, (0, 0))
        if now.get(key, (0, 0)) != (stood[0] + served[key], stood[1] + resting[key]):
            yield f"coverage {key[0]} {key[1]}: not what the orders come to"
