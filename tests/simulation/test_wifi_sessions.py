"""The simulated WiFi: what its platform sends is what a real one may send."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest

from infra.discovery import discover
from simulation.matters import Step
from simulation.programme import discovered
from simulation.wifi_sessions import SIMULATION
from simulation.wifi_sessions.crowd import A_DAY
from simulation.wifi_sessions.network import network_of
from tests.simulation import plans
from tests.simulation.events import shanghai

AT_THE_DOOR = frozenset({"bad-mobile"})
NEVER_SENT = {"record-nas-restart"}  # a policy does it
REFUSED = {
    "ap-exists",
    "bad-mobile",
    "code-expired",
    "code-locked",
    "code-wrong",
    "device-unknown",
    "four-eyes",
    "legal-hold",
    "mapping-overlap",
    "mapping-too-wide",
    "no-disconnect-open",
    "no-legal-basis",
    "not-blocked",
    "not-in-state",
    "notice-outdated",
    "start-after-stop",
    "time-implausible",
    "too-many-codes",
    "too-many-devices",
    "unknown-ap",
    "unknown-nas",
    "user-blocked",
    "window-too-wide",
}


def steps(scale: float = 0.001, **world: Any) -> list[Step]:
    return [s for m in SIMULATION.plan(plans.world(scale, **world)) for s in m.steps]


def test_the_simulation_is_found_by_discovery() -> None:
    assert SIMULATION in discovered()


@pytest.mark.parametrize(("scale", "days"), [(0.0005, 1), (0.01, 1), (0.004, 5)])
def test_every_body_is_one_that_its_command_takes_or_refuses_as_planned(
    scale: float, days: int
) -> None:
    matters = SIMULATION.plan(plans.world(scale, days=days))
    assert not list(plans.faults(matters, judged_at_the_door=AT_THE_DOOR))


def test_a_day_touches_every_command_that_anybody_sends_and_every_refusal_that_is_planned() -> None:
    all_steps = steps(0.03, days=2)
    known = {name for program, name in discover().commands if program == SIMULATION.program}
    assert {step.command for step in all_steps} == known - NEVER_SENT
    assert {step.refused for step in all_steps} - {None} == REFUSED


def test_in_the_smallest_city_something_is_down_dark_blocked_shared_flooded_and_asked_for() -> None:
    for seed in range(5):
        counted = Counter(step.command for step in steps(0.00001, seed=seed))
        wanted = ("declare-ap-down", "record-accounting-on", "block-user", "request-log")
        assert all(counted[name] for name in wanted)
        refused = {step.refused for step in steps(0.00001, seed=seed)}
        assert {"too-many-devices", "too-many-codes", "user-blocked", "legal-hold"} <= refused


def test_a_hundredth_of_the_city_has_900_visits_a_day_most_of_them_by_day() -> None:
    matters = SIMULATION.plan(plans.world(0.01))
    visits = [m for m in matters if m.name.startswith("wifi-sessions/visit/")]
    assert A_DAY * 0.01 * 0.95 <= len(visits) <= A_DAY * 0.01 * 1.1
    noon = sum(11 <= m.steps[0].at.hour < 14 for m in visits)
    night = sum(1 <= m.steps[0].at.hour < 4 for m in visits)
    assert noon > 10 * night
    assert 6_000 <= sum(len(m.steps) for m in matters) <= 10_000


def test_more_days_and_a_larger_city_have_more() -> None:
    small, large = len(steps(0.002)), len(steps(0.008))
    assert 3 * small < large
    assert 2 * small < len(steps(0.002, days=3)) < 4 * small


def test_nothing_happens_after_the_last_day() -> None:
    end = shanghai("2026-11-28T00:00")
    assert all(step.at < end for step in steps(0.01))


def test_the_same_world_plans_the_same_and_another_run_other_names() -> None:
    one, again = SIMULATION.plan(plans.world()), SIMULATION.plan(plans.world())
    other = SIMULATION.plan(plans.world(run="2"))
    assert plans.told(one) == plans.told(again)
    assert {m.id for m in one if m.id}.isdisjoint(m.id for m in other)
    assert [s.at for m in one for s in m.steps] == [s.at for m in other for s in m.steps]
    for field in ("mobile", "device_mac", "calling_station_id", "nas_id", "hotspot", "public_ip"):
        assert _values(one, field)
        assert _values(one, field).isdisjoint(_values(other, field))
    assert plans.told(SIMULATION.plan(plans.world(seed=1))) != plans.told(one)


def _values(matters: Any, field: str) -> set[str]:
    return {s.body[field] for m in matters for s in m.steps if field in s.body}


def test_nobody_surfs_where_it_is_dark_and_no_port_is_given_out_twice() -> None:
    world = plans.world(0.02, days=2)
    restarts = {ap.nas_id: ap.restart for ap in network_of(world).aps if ap.restart}
    blocks: Counter[tuple[str, int]] = Counter()
    cut = 0
    for matter in SIMULATION.plan(world):
        if not matter.name.startswith("wifi-sessions/visit/"):
            continue
        nas = next((s.body["nas_id"] for s in matter.steps if s.command == "record-start"), "")
        at = restarts.get(nas)
        if at is not None and matter.steps[0].at < at:
            assert matter.steps[-1].at + timedelta(minutes=2) <= at
            cut += all(s.command != "record-stop" for s in matter.steps)
        for step in matter.steps:
            if step.command == "record-nat-mapping" and step.refused is None:
                blocks[step.body["public_ip"], step.body["first_port"]] += 1
    assert cut > 5
    assert set(blocks.values()) == {1}


def test_the_days_may_lie_across_a_weekend() -> None:
    world = plans.world(0.002, days=7)
    assert date(2026, 11, 22) in world.days
    days = {step.at.date() for step in steps(0.002, days=7)}
    assert set(world.days) <= days
