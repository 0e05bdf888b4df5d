"""What must hold of care whatever happened, looked up in the events: nobody in two places, nobody
paid for twice, every price to the fen, every grade by the standard's own points.

The read models may agree with the log and both be wrong; these sentences would show it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from itertools import pairwise

from domain.shared.instants import shanghai_date
from simulation.care_orders.reckoning import Order, Visit

LEAST_POINTS = (90, 66, 46, 30)
"""Of grades 0 to 3 in GB/T 42195-2022, of 90 points; what has fewer is grade 4."""


def grade_of(points: int, *, worse: bool) -> int:
    """By the points of all 26 items. ``worse``: a diagnosis, or two incidents within thirty days."""
    grade = sum(points < least for least in LEAST_POINTS)
    return min(grade + worse, len(LEAST_POINTS))


def faults(orders: Mapping[str, Order], visits: Mapping[str, Visit]) -> Iterable[str]:
    """Every rule that is broken; names visits and orders, no person."""
    stand = {id: visit for id, visit in visits.items() if visit.state != "cancelled"}
    yield from _two_places(stand)
    yield from _prices(stand)
    yield from _residents(orders, stand)
    yield from _live_twice(orders)


def _two_places(visits: Mapping[str, Visit]) -> Iterable[str]:
    times: dict[tuple[str, str], list[tuple[datetime, datetime, str]]] = defaultdict(list)
    for id, one in visits.items():
        for who, subject in (("carer", one.carer), ("elder", one.elder)):
            times[who, subject].append((one.starts_at, one.ends_at, id))
    for (who, _), days in times.items():
        days.sort()
        for (_, end, _), (start, _, id) in pairwise(days):
            if start < end:
                yield f"visit {id}: its {who} is with another visit at that time"


def _prices(visits: Mapping[str, Visit]) -> Iterable[str]:
    for id, one in visits.items():
        if any(line.price_fen != line.own_fen + line.subsidy_fen for line in one.lines):
            yield f"visit {id}: a line's price is not own part and subsidy"
        if one.settled_in is None:
            continue
        price = sum(line.price_fen for line in one.lines if line.code in one.done)
        if price != (one.own_fen or 0) + (one.subsidy_fen or 0):
            yield f"visit {id}: own part and subsidy are not the price of what was done"
        if (one.subsidy_fen or 0) > sum(x.subsidy_fen for x in one.lines if x.code in one.done):
            yield f"visit {id}: more subsidy than the plan has"


def _residents(orders: Mapping[str, Order], visits: Mapping[str, Visit]) -> Iterable[str]:
    """No subsidy at home or in a day centre for a day that counts as spent in a house."""
    stays: dict[str, list[tuple[date, date]]] = defaultdict(list)
    for order in orders.values():
        if order.mode == "institution" and order.from_day is not None:
            stays[order.elder].append((order.from_day, order.ended_on or date.max))
    for id, one in visits.items():
        paid = one.subsidy_fen and one.booked_in is None
        if one.mode != "institution" and paid:
            day = shanghai_date(one.starts_at)
            if any(begun <= day < over for begun, over in stays[one.elder]):
                yield f"visit {id}: subsidised on a day in an institution"


def _live_twice(orders: Mapping[str, Order]) -> Iterable[str]:
    seen: set[tuple[str, str]] = set()
    for id, order in orders.items():
        key = (order.elder, order.mode)
        if order.elder and order.state != "ended":
            if key in seen:
                yield f"order {id}: the elder has another live one of its mode"
            seen.add(key)
