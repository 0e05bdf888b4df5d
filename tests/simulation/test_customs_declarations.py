"""The simulated bonded zone: what its firms send is what real ones may send."""

from infra.discovery import discover
from simulation.customs_declarations import SIMULATION
from simulation.customs_declarations.reckoning import told as reckoned
from simulation.programme import discovered
from tests.simulation import plans
from tests.simulation.events import event, shanghai

AT_THE_DOOR = frozenset({"sum-mismatch"})
NEVER_SENT = {
    "match-documents",  # a policy does it
    "refuse-return",  # the scheduler does it; customs records late goods on arrival
}


def test_the_simulation_is_found_by_discovery() -> None:
    assert SIMULATION in discovered()


def test_every_body_is_one_that_its_command_takes_or_refuses_as_planned() -> None:
    for days in (1, 5):
        matters = SIMULATION.plan(plans.world(0.01, days=days))
        assert not list(plans.faults(matters, judged_at_the_door=AT_THE_DOOR))


def test_days_touch_every_command_that_people_send() -> None:
    matters = SIMULATION.plan(plans.world(0.03, days=3))
    known = {name for program, name in discover().commands if program == SIMULATION.program}
    assert {step.command for matter in matters for step in matter.steps} == known - NEVER_SENT


def test_a_hundredth_of_the_city_has_300_orders_a_day_and_the_returns_and_bills_of_older_ones() -> (
    None
):
    names = [matter.name for matter in SIMULATION.plan(plans.world(0.01))]
    orders = sum(name.startswith("customs-declarations/order/") for name in names)
    assert 415 <= orders <= 300 + 9 + 120


def test_nothing_happens_after_the_last_day() -> None:
    world = plans.world(0.01)
    end = shanghai("2026-11-28T00:00")
    assert all(s.at < end for m in SIMULATION.plan(world) for s in m.steps)


def test_the_same_world_plans_the_same_and_another_run_other_numbers() -> None:
    one, again = SIMULATION.plan(plans.world()), SIMULATION.plan(plans.world())
    other = SIMULATION.plan(plans.world(run="2"))
    assert plans.told(one) == plans.told(again)
    assert {m.id for m in one if m.id}.isdisjoint(m.id for m in other)
    assert [s.at for m in one for s in m.steps] == [s.at for m in other for s in m.steps]


# --- the reckoning -----------------------------------------------------------------------------

DECLARED = {
    "buyer": "b",
    "list": {
        "agent_code": "a",
        "day": "2026-11-27",
        "ledger": [{"line": 1, "book_no": "T", "item_no": 7}],
        "assessment": {
            "value_fen": 300,
            "tax_fen": 30,
            "items": [{"line": 1, "qty": 3}],
        },
    },
}
BACK = {
    "items": [{"line": 1, "qty": 1}],
    "quota_restored_fen": 100,
    "tax_not_levied_fen": 10,
    "whole": False,
}
RELEASED = {"released_at": "2026-11-27T10:00:00+08:00"}


def test_what_comes_back_counts_as_never_sold() -> None:
    one = reckoned(
        [
            event("list-declared", data=DECLARED),
            event("goods-released", data=RELEASED),
            event("return-applied"),
            event("return-completed", data=BACK),
        ]
    )
    assert (one.state, one.value_fen, one.tax_fen) == ("released", 200, 20)
    assert one.pieces == {("T", 7): 2}
    assert one.shipped


def test_a_list_that_customs_returns_holds_nothing_until_it_is_declared_again() -> None:
    stream = [event("list-declared", data=DECLARED), event("list-returned")]
    one = reckoned(stream)
    assert (one.state, one.value_fen, one.pieces.total()) == ("matched", 0, 0)
    again = reckoned([*stream, event("list-declared", data=DECLARED)])
    assert (again.state, again.value_fen) == ("declared", 300)
