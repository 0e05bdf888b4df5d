"""The reckoning of simulated care: what orders and visits come to, and which rows it finds wrong."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from simulation.care_orders import SIMULATION, checks, report, rules
from simulation.care_orders.reckoning import Order, Visit, order_of, places_used, visit_of
from simulation.matters import Matter, Played
from simulation.programme import Findings
from simulation.reading import Event
from tests.simulation import plans
from tests.simulation.events import event

ORDER, VISIT = UUID(int=1), UUID(int=2)
START = "2026-11-27T09:00:00+08:00"
REQUESTED = event("care-requested", data={"mode": "day-care", "district": "330203"})
PLANNED = event("plan-proposed", data={"plan": {"weekdays": [1, 3], "price_fen": 900}})
ASSIGNED = event(
    "provider-assigned",
    data={"provider": "P", "place_no": None, "elder": "e", "from_day": "2026-11-20"},
)
WHOSE = {
    "order_id": str(ORDER),
    "elder": "e",
    "mode": "day-care",
    "district": "330203",
    "provider": "P",
    "subsidy_kind": "day-care",
}
SCHEDULED = event(
    "visit-scheduled",
    data={
        "whose": WHOSE,
        "carer": {"subject": "c"},
        "starts_at": START,
        "ends_at": "2026-11-27T10:00:00+08:00",
        "lines": [
            {"code": "day-programme", "price_fen": 60, "own_fen": 42, "subsidy_fen": 18},
            {"code": "eating-help", "price_fen": 40, "own_fen": 28, "subsidy_fen": 12},
        ],
    },
)
BOTH = ["day-programme", "eating-help"]
COMPLETED = event("visit-completed", data={"minutes": 58, "items": BOTH})
VERIFIED = event("visit-verified", data={"minutes": 58, "items": BOTH})
SETTLED = event(
    "visit-settled", data={"month": "2026-11", "minutes": 58, "own_fen": 70, "subsidy_fen": 30}
)


def back(reason: str) -> Event:
    """What was settled is taken back in the next month."""
    return event("visit-reclaimed", data={"booked_in": "2026-12", "reason": reason})


def _of_care(e: Event, n: int) -> Event:
    return replace(e, type=e.type.replace("company-registration", "care-orders"), position=n)


def streams(*visit: Event) -> dict[UUID, list[Event]]:
    """An order with one visit."""
    order = [REQUESTED, event("ability-assessed"), PLANNED, event("plan-accepted"), ASSIGNED]
    return {
        ORDER: [_of_care(e, n) for n, e in enumerate(order, 1)],
        VISIT: [_of_care(e, n) for n, e in enumerate((SCHEDULED, *visit), 10)],
    }


def test_a_visit_that_is_not_owed_is_taken_back_whole_and_one_of_a_resident_only_its_subsidy() -> (
    None
):
    made = (event("visit-started"), COMPLETED, VERIFIED, SETTLED)
    dead = checks.told(streams(*made, back("death"))).months
    resident = checks.told(streams(*made, back("admission"))).months
    november, december = dead["P", "2026-11"], dead["P", "2026-12"]
    assert (november.minutes, november.subsidy_fen, november.own_fen) == (58, 30, 70)
    assert (december.minutes, december.subsidy_fen, december.own_fen) == (-58, -30, -70)
    later = resident["P", "2026-12"]
    assert (later.minutes, later.subsidy_fen, later.own_fen) == (0, -30, 30)


def test_a_day_centre_is_as_full_as_its_fullest_day() -> None:
    mondays = order_of([REQUESTED, PLANNED, ASSIGNED])
    tuesdays = replace(mondays, weekdays=(2,))
    wednesdays = replace(mondays, weekdays=(3, 4))
    assert places_used([mondays, tuesdays, wednesdays]) == {("P", "day-care"): 2}


def test_a_dispute_that_is_upheld_pays_nothing_and_one_that_is_not_is_vouched_for() -> None:
    disputed = [SCHEDULED, event("visit-started"), COMPLETED, event("visit-disputed")]
    for upheld, state in ((True, "rejected"), (False, "verified")):
        decided = event("dispute-resolved", data={"upheld": upheld})
        found = visit_of([*disputed, decided])
        assert (found.state, found.disputed) == (state, False)


def rows() -> dict[str, list[dict[str, Any]]]:
    """What the read models say of the order and its settled visit."""
    return {
        "care-order": [
            {
                "order_id": str(ORDER),
                "state": "active",
                "grade": 3,
                "mode": "day-care",
                "district": "330203",
                "provider": "P",
                "place_no": None,
                "waiting_at": None,
                "week_price_fen": 900,
                "stars": None,
                "reassessing": False,
                "consent": True,
                "next_visit": None,
            }
        ],
        "care-visit": [
            {
                "visit_id": str(VISIT),
                "state": "settled",
                "order_id": str(ORDER),
                "carer": "c",
                "provider": "P",
                "minutes": 58,
                "late": False,
                "settled_in": "2026-11",
                "own_fen": 70,
                "subsidy_fen": 30,
            }
        ],
        "settlement": [
            {
                "provider": "P",
                "month": "2026-11",
                "state": None,
                "visits": 1,
                "minutes": 58,
                "subsidy_fen": 30,
                "own_fen": 70,
                "counter_fen": 0,
                "disputes": 0,
            }
        ],
        "care-subsidy": [
            {
                "elder": "e",
                "month": "2026-11",
                "kind": "day-care",
                "visits": 1,
                "subsidy_fen": 30,
            }
        ],
        "carer-day": [
            {
                "carer": "c",
                "day": "2026-11-27",
                "visits": [{"visit_id": str(VISIT), "state": "completed"}],
            }
        ],
        "coverage": [{"district": "330203", "mode": "day-care", "served": 8, "resting": 1}],
        "vacancies": [],
        "missed-board": [],
    }


class Shelf:
    """Answers with rows at hand."""

    def __init__(self, known: dict[str, list[dict[str, Any]]]) -> None:
        self._known = known

    async def rows(self, read_model: str, *, min_position: int = 0) -> list[dict[str, Any]]:
        assert min_position >= 0
        return self._known[read_model]


BEFORE = {("330203", "day-care"): (7, 1)}


async def found(known: dict[str, list[dict[str, Any]]], *visit: Event) -> tuple[str, ...]:
    """The differences between rows and one order with one visit."""
    events = streams(*(visit or (event("visit-started"), COMPLETED, VERIFIED, SETTLED)))
    points = {"points": 46, "worse": True}
    played = [
        Played(Matter(f"care-orders/{n}", "care-orders", (), id, points))
        for n, id in enumerate(events)
    ]
    findings = Findings(plans.world(), played, events, BEFORE, 20)
    shelf: Any = Shelf(known)
    return (await SIMULATION.report(findings, shelf)).differences


async def test_rows_that_say_what_the_events_say_are_no_difference() -> None:
    assert await found(rows()) == ()


@pytest.mark.parametrize(
    ("read_model", "column", "value"),
    [
        ("care-order", "state", "suspended"),
        ("care-order", "week_price_fen", 901),
        ("care-order", "grade", 2),
        ("care-order", "next_visit", START),
        ("care-visit", "subsidy_fen", 31),
        ("care-visit", "carer", "another"),
        ("settlement", "minutes", 59),
        ("settlement", "counter_fen", -30),
        ("care-subsidy", "subsidy_fen", 29),
        ("carer-day", "visits", []),
        ("coverage", "served", 7),
        ("coverage", "resting", 2),
    ],
)
async def test_a_wrong_row_is_a_difference_that_names_no_person(
    read_model: str, column: str, value: Any
) -> None:
    known = rows()
    known[read_model][0][column] = value
    (difference,) = await found(known)
    assert difference.startswith(read_model)
    assert "30" not in difference.replace(str(ORDER), "").replace("330203", "").split()


@pytest.mark.parametrize("read_model", ["care-order", "care-visit", "settlement", "carer-day"])
async def test_a_line_that_is_missing_is_a_difference(read_model: str) -> None:
    assert len(await found({**rows(), read_model: []})) == 1


async def test_the_board_has_a_line_for_what_is_missed_and_for_nothing_else() -> None:
    known = {**rows(), "settlement": [], "care-subsidy": []}
    line = {
        "visit_id": str(VISIT),
        "district": "330203",
        "provider": "P",
        "contacted": True,
        "level": "contact",
    }
    missed = (event("visit-missed"), event("contact-tried"))
    on_board = "missed-board"
    none = {one for one in await found(known, *missed) if one.startswith(on_board)}
    assert none == {f"missed-board {VISIT}: there is no line"}
    known[on_board] = [line]
    assert not [one for one in await found(known, *missed) if one.startswith(on_board)]
    assert [one for one in await found({**rows(), on_board: [line]}) if one.startswith(on_board)]


async def test_what_was_confirmed_and_paid_is_held_against_the_visits() -> None:
    drafted = {"provider": "P", "month": "2026-11"}
    sums = {"visits": 1, "minutes": 58, "subsidy_fen": 31, "own_fen": 70}
    month = [
        event("settlement-drafted", data=drafted),
        event("settlement-confirmed", data={**drafted, **sums}),
        event("settlement-paid", data={**drafted, "subsidy_fen": 31}),
    ]
    events = streams(event("visit-started"), COMPLETED, VERIFIED, SETTLED)
    events[UUID(int=3)] = [_of_care(e, n) for n, e in enumerate(month, 15)]
    known = rows()
    known["settlement"][0]["state"] = "paid"
    wrong = list(checks.month_faults(checks.told(events), known["settlement"]))
    assert [one.split(": ")[1].split()[0] for one in wrong] == ["confirmed", "paid"]


# --- rules -------------------------------------------------------------------------------------


def test_a_grade_is_that_of_the_points_and_at_most_one_worse() -> None:
    grades = [rules.grade_of(n, worse=False) for n in (90, 89, 66, 65, 46, 45, 30, 29, 0)]
    assert grades == [0, 1, 1, 2, 2, 3, 3, 4, 4]
    assert (rules.grade_of(66, worse=True), rules.grade_of(20, worse=True)) == (2, 4)


def settled_visit(**changes: Any) -> Visit:
    """The visit of above, otherwise."""
    made = (SCHEDULED, event("visit-started"), COMPLETED, VERIFIED, SETTLED)
    return replace(visit_of(made), **changes)


def broken(orders: dict[str, Order], *visits: Visit) -> list[str]:
    """Sentences of the rules that are broken, without the matter's name."""
    numbered = {str(n): visit for n, visit in enumerate(visits)}
    return [one.partition(": ")[2] for one in rules.faults(orders, numbered)]


def test_one_visit_as_it_should_be_breaks_no_rule() -> None:
    assert broken({}, settled_visit()) == []


def test_a_carer_and_an_elder_are_in_one_place_at_a_time() -> None:
    one = settled_visit()
    later = one.starts_at + (one.ends_at - one.starts_at) / 2
    another = replace(one, starts_at=later, elder="another")
    assert broken({}, one, another) == ["its carer is with another visit at that time"]
    assert broken({}, one, replace(another, starts_at=one.ends_at)) == []
    assert broken({}, one, replace(another, state="cancelled")) == []
    moved = replace(another, elder="e", carer="another")
    assert broken({}, one, moved) == ["its elder is with another visit at that time"]


def test_what_is_paid_is_the_price_of_what_was_done() -> None:
    (half,) = broken({}, settled_visit(done=("day-programme",), subsidy_fen=10))
    assert "price" in half
    assert broken({}, settled_visit(own_fen=69, subsidy_fen=31)) == [
        "more subsidy than the plan has"
    ]


def test_no_subsidy_of_a_day_centre_on_a_day_in_a_house() -> None:
    resident = replace(order_of([ASSIGNED]), mode="institution")
    assert broken({"o": resident}, settled_visit()) == ["subsidised on a day in an institution"]
    assert broken({"o": resident}, settled_visit(booked_in="2026-11")) == []
    gone = replace(resident, ended_on=resident.from_day)
    assert broken({"o": gone}, settled_visit()) == []


def test_an_elder_has_one_live_order_of_a_mode() -> None:
    one = order_of([REQUESTED, ASSIGNED])
    assert broken({"1": one, "2": one}) == ["the elder has another live one of its mode"]
    assert broken({"1": one, "2": replace(one, state="ended")}) == []


# --- what follows by itself --------------------------------------------------------------------


def is_settled(*visit: Event, more: dict[UUID, list[Event]] | None = None) -> bool:
    """Whether all has followed of one order with one visit."""
    events = {**streams(*visit), **(more or {})}
    return report.settled(Findings(plans.world(), (), events, BEFORE, 20))


def test_a_visit_that_is_vouched_for_is_waited_for_until_it_is_settled() -> None:
    made = (event("visit-started"), COMPLETED, VERIFIED)
    assert not is_settled(*made)
    assert is_settled(*made, SETTLED)


def test_a_death_is_waited_for_until_care_has_ended() -> None:
    died = _of_care(event("death-noted", data={"orders": [str(ORDER)]}), 30)
    assert not is_settled(more={UUID(int=9): [died]})


def test_visits_of_an_order_that_rests_are_waited_for_until_they_are_called_off() -> None:
    rests = _of_care(event("care-suspended", data={"later_visits": [str(VISIT)]}), 30)
    more = {ORDER: [*streams()[ORDER], rests]}
    assert not is_settled(more=more)
    assert is_settled(event("visit-cancelled"), more=more)
