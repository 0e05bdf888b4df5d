"""The simulated care of the city's elders: what is sent is what families, carers and offices may send."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest

from infra.discovery import discover
from simulation.care_orders import SIMULATION
from simulation.matters import Matter
from simulation.programme import discovered
from tests.simulation import plans
from tests.simulation.events import shanghai

AT_THE_DOOR = frozenset(
    {
        "score-out-of-range",
        "scores-incomplete",
        "same-assessor-twice",
        "weekdays-wrong",
        "visit-length",
    }
)
NEVER_SENT = {
    "propose-transfer",  # policies do these
    "recall-care",
}
REFUSALS = {
    *AT_THE_DOOR,
    *("too-young", "consent-missing", "open-order-exists", "elder-died"),
    *("assessor-not-independent", "reassessment-open", "not-due"),
    *("mode-not-allowed", "plan-exceeds-entitlement", "price-mismatch", "subsidy-not-allowed"),
    *("service-not-in-mode", "provider-unknown", "provider-unlicensed", "provider-barred"),
    *("no-place", "on-waiting-list", "place-free", "same-provider"),
    *("start-out-of-range", "end-out-of-range", "capacity-in-use", "carer-known"),
    *("carer-busy", "carer-not-qualified", "carer-unknown", "elder-busy", "outside-plan"),
    *("check-in-too-early", "check-in-too-late", "too-far", "wrong-tag", "wrong-carer"),
    *("before-check-in", "items-not-planned", "visit-in-past", "four-eyes"),
    *("visit-not-of-order", "rated-this-month", "month-not-over", "double-subsidy"),
    *("already-stopped", "not-stopped", "not-in-state", "forbidden"),
}


@pytest.fixture(scope="module")
def a_day() -> list[Matter]:
    """A day of three hundredths of the city."""
    return SIMULATION.plan(plans.world(0.03))


def test_the_simulation_is_found_by_discovery() -> None:
    assert SIMULATION in discovered()


@pytest.mark.parametrize(("scale", "days"), [(0.0005, 1), (0.001, 8), (0.006, 1)])
def test_every_body_is_one_that_its_command_takes_or_refuses_as_planned(
    scale: float, days: int
) -> None:
    matters = SIMULATION.plan(plans.world(scale, days=days))
    assert not list(plans.faults(matters, judged_at_the_door=AT_THE_DOOR))


def test_a_day_touches_every_command_that_people_send(a_day: list[Matter]) -> None:
    known = {name for program, name in discover().commands if program == SIMULATION.program}
    assert {s.command for matter in a_day for s in matter.steps} == known - NEVER_SENT


def test_a_day_meets_every_refusal_that_people_meet(a_day: list[Matter]) -> None:
    assert {s.refused for matter in a_day for s in matter.steps if s.refused} == REFUSALS


def test_a_hundredth_of_the_city_has_400_elders_and_some_600_visits_on_a_day() -> None:
    matters = SIMULATION.plan(plans.world(0.01))
    providers = Counter(s.command for m in matters for s in m.steps if not s.refused)
    assert 4_000 <= sum(providers.values()) <= 8_000
    today = _starts(matters, since="2026-11-27T00:00", until="2026-11-28T00:00")
    assert 500 <= len(today) <= 700
    hump = sum(shanghai("2026-11-27T08:00") <= at < shanghai("2026-11-27T10:00") for at in today)
    assert hump > 0.3 * len(today)


def _starts(matters: list[Matter], *, since: str, until: str) -> list[datetime]:
    planned = (
        datetime.fromisoformat(str(step.body["starts_at"]))
        for matter in matters
        for step in matter.steps
        if step.command == "schedule-visit" and not step.refused
    )
    return [at for at in planned if shanghai(since) <= at < shanghai(until)]


def test_day_centres_are_closed_at_the_weekend_and_homes_and_houses_are_not() -> None:
    matters = SIMULATION.plan(plans.world(0.01, days=6))
    on_sunday = Counter(
        str(matter.about["mode"])
        for matter in matters
        for step in matter.steps
        if str(step.body.get("starts_at", "")).startswith("2026-11-22") and not step.refused
    )
    assert on_sunday["day-care"] == 0
    assert on_sunday["home"] > 50
    assert on_sunday["institution"] > 10


def test_nobody_is_in_two_places_at_once(a_day: list[Matter]) -> None:
    """Of those that were planned at first go: what is refused for that is meant."""
    taken: Counter[tuple[Any, datetime]] = Counter()
    for matter in a_day:
        for step in matter.steps:
            if step.command == "schedule-visit" and not step.refused:
                at = datetime.fromisoformat(str(step.body["starts_at"]))
                end = datetime.fromisoformat(str(step.body["ends_at"]))
                while at < end:
                    taken[step.body["carer"].label, at] += 1
                    taken[step.body["order_id"], at] += 1
                    at += timedelta(minutes=15)
    assert set(taken.values()) == {1}


def test_nothing_happens_after_the_last_day(a_day: list[Matter]) -> None:
    assert all(s.at < shanghai("2026-11-28T00:00") for m in a_day for s in m.steps)


def test_the_same_world_plans_the_same_and_another_run_other_ids() -> None:
    one, again = SIMULATION.plan(plans.world()), SIMULATION.plan(plans.world())
    other = SIMULATION.plan(plans.world(run="2"))
    assert plans.told(one) == plans.told(again)
    assert {m.id for m in one if m.id}.isdisjoint(m.id for m in other)
    assert _people(one).isdisjoint(_people(other))
    assert [s.at for m in one for s in m.steps] == [s.at for m in other for s in m.steps]


def _people(matters: list[Matter]) -> set[str]:
    bodies = [s.body for m in matters for s in m.steps]
    elders = {b["elder"]["resident_id"] for b in bodies if "elder" in b}
    return elders | {b["carer"]["resident_id"] for b in bodies if isinstance(b.get("carer"), dict)}


def test_more_of_the_city_is_more_of_everything(a_day: list[Matter]) -> None:
    less = Counter(m.name.split("/")[1] for m in SIMULATION.plan(plans.world(0.006)))
    more = Counter(m.name.split("/")[1] for m in a_day)
    for kind in ("order", "visit"):
        assert 4 < more[kind] / less[kind] < 6
