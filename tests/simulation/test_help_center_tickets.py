"""The simulated help centre: what its callers, members and departments send is what real ones may."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from uuid import UUID

import pytest

from domain.help_center_tickets import refusals
from domain.shared.refusals import Refused
from infra.discovery import discover
from simulation.help_center_tickets import SIMULATION
from simulation.help_center_tickets.checks import (
    caller_faults,
    desk_faults,
    holder_faults,
    score_faults,
    watch_faults,
)
from simulation.help_center_tickets.hours import in_daylight
from simulation.help_center_tickets.reckoning import counts, membership, scores, ticket
from simulation.matters import Matter
from simulation.programme import discovered
from tests.simulation import plans
from tests.simulation.events import MATTER, event, shanghai

AT_THE_DOOR = frozenset({"text-empty", "outside-city", "attachment-too-big", "answer-incomplete"})
NEVER_SENT = {
    "count-opening",  # a policy does it
    "share-result",
    "take-back",
    "undo-merge",
}
NOT_PLAYED = {
    "cause-without-item",  # only Huimin itself can forget it
    "not-merged-here",
    "not-holder",  # taking back is Huimin's own doing
    "pause-end-passed",  # no desk offers a day that has passed
}


@cache
def busy_days() -> list[Matter]:
    """Two days of which nearly everything has a share."""
    return SIMULATION.plan(plans.world(0.03, days=2))


def _tickets(matters: list[Matter]) -> list[Matter]:
    return [matter for matter in matters if "channel" in matter.about]


def test_the_simulation_is_found_by_discovery() -> None:
    assert SIMULATION in discovered()


@pytest.mark.parametrize(("scale", "days"), [(0.0005, 1), (0.001, 3), (0.005, 1), (0.002, 5)])
def test_every_body_is_one_that_its_command_takes_or_refuses_as_planned(
    scale: float, days: int
) -> None:
    matters = SIMULATION.plan(plans.world(scale, days=days))
    assert not list(plans.faults(matters, judged_at_the_door=AT_THE_DOOR))


def test_days_touch_every_command_that_people_send() -> None:
    known = {name for program, name in discover().commands if program == SIMULATION.program}
    sent = {s.command for m in busy_days() if m.program == SIMULATION.program for s in m.steps}
    assert sent == known - NEVER_SENT


def test_every_refusal_of_the_centre_is_met_by_somebody() -> None:
    own = {
        value.code
        for value in vars(refusals).values()
        if isinstance(value, type)
        and issubclass(value, Refused)
        and value.__module__ == refusals.__name__
    }
    met = {step.refused for matter in busy_days() for step in matter.steps}
    assert own - NOT_PLAYED <= met
    assert {"text-empty", "outside-city", "attachment-too-big"} <= met
    assert {"four-eyes", "forbidden", "not-in-state"} <= met


def test_refusals_are_the_exception() -> None:
    steps = [step for m in SIMULATION.plan(plans.world(0.01)) for step in m.steps]
    assert 0.01 < sum(step.refused is not None for step in steps) / len(steps) < 0.08


def test_a_hundredth_of_the_city_has_400_contacts_and_three_to_six_thousand_commands_a_day() -> (
    None
):
    matters = SIMULATION.plan(plans.world(0.01))
    names = [matter.name for matter in matters]
    assert sum(name.startswith("help-center-tickets/ticket/") for name in names) >= 390
    assert sum(name.startswith("help-center-tickets/member/") for name in names) >= 100
    assert 3_000 <= sum(len(matter.steps) for matter in matters) <= 6_000


def test_a_larger_share_of_the_city_has_more_of_everything() -> None:
    small, large = (SIMULATION.plan(plans.world(scale)) for scale in (0.002, 0.02))
    assert len(_tickets(large)) > 6 * len(_tickets(small))


def test_contacts_have_a_hump_in_the_morning_and_one_after_supper() -> None:
    begun = Counter(
        matter.about["begun"].hour for matter in _tickets(busy_days()) if "/ticket/" in matter.name
    )
    assert begun[9] > 1.5 * begun[12]
    assert begun[19] > begun[22] > begun[3]


def test_nothing_happens_after_the_last_day() -> None:
    end = shanghai("2026-11-28T00:00")
    for days in (1, 3):
        matters = SIMULATION.plan(plans.world(0.01, days=days))
        assert all(s.at < end for m in matters for s in m.steps)


def test_the_same_world_plans_the_same_and_another_run_other_ids() -> None:
    one, again = SIMULATION.plan(plans.world()), SIMULATION.plan(plans.world())
    other = SIMULATION.plan(plans.world(run="2"))
    assert plans.told(one) == plans.told(again)
    assert {m.id for m in one if m.id}.isdisjoint(m.id for m in other)
    assert [s.at for m in one for s in m.steps] == [s.at for m in other for s in m.steps]


def test_no_member_is_planned_to_carry_more_than_it_can() -> None:
    matters = SIMULATION.plan(plans.world(0.004, days=5))
    capacity = {
        step.body["uscc"]: step.body["capacity"]
        for matter in matters
        for step in matter.steps
        if step.command == "apply-membership"
    }
    moves = sorted(move for matter in _tickets(matters) for move in _loads(matter))
    carried: Counter[str] = Counter()
    for _, code, more in moves:
        carried[code] += more
        assert carried[code] <= capacity.get(code, 0)


GIVEN_UP = ("report-done", "return-to-centre", "transfer", "withdraw", "dispatch", "arbitrate")


def _loads(matter: Matter) -> Iterator[tuple[datetime, str, int]]:
    """When a ticket comes to a member and when it leaves it."""
    held: str | None = None
    for step in matter.steps:
        if step.refused is None and step.command in GIVEN_UP:
            if held is not None:
                yield step.at, held, -1
            holder = step.body.get("holder", {})
            held = holder.get("code") if holder.get("kind") == "company" else None
            if held is not None:
                yield step.at, held, 1


def test_members_work_in_daylight_on_every_day() -> None:
    saturday_night = shanghai("2026-11-28T22:30")
    assert in_daylight(saturday_night, 600) == shanghai("2026-11-29T08:10")
    assert in_daylight(shanghai("2026-11-27T19:55"), 600) == shanghai("2026-11-28T08:05")


# --- the reckoning -----------------------------------------------------------------------------

HAISHU = {"item": "A116", "district": "330203", "opened_at": "2026-11-27T01:00:00+00:00"}
SETTLE = {"clock": "settle", "phase": "running", "due_at": "2026-12-02T09:30:00+00:00"}
LAMPS = {"kind": "department", "code": "urban-management"}
GOOD = {"holder": "urban-management", "month": "2026-11", "solved": True, "satisfied": 5}
WORKING = [
    event("ticket-opened"),
    event("ticket-classified", data={**HAISHU, "clocks": [SETTLE]}),
    event("ticket-dispatched", data={"holder": LAMPS, "clocks": []}),
    event("dispatch-accepted", data={"holder": LAMPS, "in_time": True, "clocks": []}),
    event("ticket-urged"),
]
ROW = {
    "state": "working",
    "item": "A116",
    "holder": "urban-management",
    "due_at": "2026-12-02T17:30:00+08:00",
    "level": 0,
    "alarm": None,
    "returns": 0,
    "reopenings": 0,
    "merged": 0,
}


def test_a_ticket_at_work_has_a_holder_and_a_limit() -> None:
    one = ticket(WORKING, anonymous=False)
    assert (one.state, one.holder, one.watched) == ("working", "urban-management", (0, 1))
    assert one.due_at == shanghai("2026-12-02T17:30")
    assert not list(desk_faults(MATTER, one, ROW))


@pytest.mark.parametrize(
    ("column", "value"),
    [("state", "closed"), ("holder", "data-bureau"), ("due_at", None), ("merged", 1)],
)
def test_a_wrong_line_of_the_desk_is_found(column: str, value: object) -> None:
    one = ticket(WORKING, anonymous=False)
    (fault,) = desk_faults(MATTER, one, {**ROW, column: value})
    assert column in fault


def test_a_line_that_is_not_there_is_found_and_so_is_one_too_many() -> None:
    one, over = ticket(WORKING, anonymous=False), ticket([*WORKING, DONE], anonymous=False)
    assert list(desk_faults(MATTER, one, None))
    assert list(watch_faults(MATTER, one, None))
    assert list(watch_faults(MATTER, over, {"level": 0, "urged": 1}))
    assert not list(watch_faults(MATTER, over, None))


DONE = event(
    "work-reported", data={"reopen_until": None, "clocks": [{**SETTLE, "phase": "stopped"}]}
)


def test_a_caller_who_is_not_content_has_his_ticket_opened_again() -> None:
    bad = {**GOOD, "solved": False, "satisfied": 1}
    again = {"clocks": [{**SETTLE, "due_at": "2026-12-03T09:30:00+00:00"}]}
    stream = [
        *WORKING,
        DONE,
        event("call-back-answered", data={"outcome": "reopened", "counted": bad}),
        event("ticket-reopened", data=again),
    ]
    one = ticket(stream, anonymous=False)
    assert (one.state, one.reopenings, one.holder) == ("classified", 1, "data-bureau")
    promised = {"state": "classified", "item": "A116", "reopen_until": None, "promised_at": None}
    (fault,) = caller_faults(MATTER, one, promised)
    assert "promised_at" in fault


def test_a_holder_has_a_line_while_he_works_and_none_when_it_was_withdrawn() -> None:
    one = ticket(WORKING, anonymous=False)
    assert not list(holder_faults(MATTER, one, ROW))
    (fault,) = holder_faults(MATTER, one, {**ROW, "due_at": "2026-12-03T17:30:00+08:00"})
    assert "due_at" in fault
    gone = ticket([*WORKING, event("ticket-withdrawn")], anonymous=False)
    assert list(holder_faults(MATTER, gone, ROW))
    assert not list(holder_faults(MATTER, gone, None))


def test_work_for_somebody_unknown_closes_at_once() -> None:
    assert ticket([*WORKING, DONE], anonymous=True).state == "closed"
    assert ticket([*WORKING, DONE], anonymous=False).state == "calling_back"


def test_of_several_answers_the_last_counts_and_earlier_years_are_taken_off() -> None:
    bad = {**GOOD, "solved": False, "satisfied": 1}
    stream = [
        event("dispatch-accepted", data={"holder": LAMPS, "in_time": False}, at=NOON),
        event("call-back-answered", data={"counted": bad}),
        event("call-back-answered", data={"counted": GOOD}),
    ]
    reckoned = scores(stream)
    key = ("urban-management", "2026-11")
    assert (reckoned["answers"][key], reckoned["solved"][key]) == (1, 1)
    earlier = {key: {"accepted": 4, "answers": 1, "solved": 0, "satisfied": 0}}
    row = {
        "accepted": 5,
        "answers": 2,
        "solved": 1,
        "satisfied": 1,
        "satisfied_percent": 50,
    }
    assert not list(score_faults(reckoned, earlier, {key: row}))
    assert list(score_faults(reckoned, earlier, {key: {**row, "accepted": 4}}))
    assert list(score_faults(reckoned, earlier, {key: {**row, "satisfied_percent": 100}}))
    assert list(score_faults(reckoned, earlier, {}))


NOON: datetime = shanghai("2026-11-27T12:00")


def test_tickets_are_counted_by_the_month_of_their_opening() -> None:
    assert counts(WORKING) == {("A116", "330203", "2026-11"): 1}


def test_a_member_carries_what_it_took_and_offers_what_it_did_not_drop() -> None:
    both = {"districts": ["330203", "330205"]}
    one = membership(
        [
            event("member-applied", data={"capacity": 5}),
            event("member-admitted"),
            event("service-offered", data={"item": "A101", **both}),
            event("service-offered", data={"item": "A105", **both}),
            event("service-dropped", data={"item": "A105", **both}),
            event("ticket-taken", data={"ticket": str(UUID(int=1))}),
            event("ticket-taken", data={"ticket": str(UUID(int=2))}),
            event("ticket-given-back", data={"ticket": str(UUID(int=1))}),
        ]
    )
    assert (one.state, one.capacity, len(one.carries)) == ("admitted", 5, 1)
    assert one.offers == {("A101", "330203"), ("A101", "330205")}
