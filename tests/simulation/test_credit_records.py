"""The simulated credit base: what departments, subjects and readers send is what real ones may."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest

from domain.credit_records.items import sources
from domain.shared.instants import SHANGHAI
from infra.discovery import discover
from simulation.credit_records import SIMULATION
from simulation.matters import Matter
from simulation.programme import World, discovered
from tests.simulation import plans
from tests.simulation.events import shanghai

AT_THE_DOOR = frozenset({"severity-mismatch"})
NEVER_SENT = {"end-publicity", "expire-authorisation"}
"""The scheduler does them, and it leaves simulated matters alone."""
REFUSALS = {
    "already-listed",
    "authorisation-end-passed",
    "authorisation-too-long",
    "blacklisted",
    "commitment-missing",
    "date-in-future",
    "duplicate-source-record",
    "duty-outstanding",
    "evidence-already-asked",
    "evidence-not-asked",
    "forbidden",
    "four-eyes",
    "ground-not-legal",
    "item-not-collectable",
    "kind-mismatch",
    "measure-not-listed",
    "minor-not-listable",
    "no-authorisation",
    "no-duty-outstanding",
    "not-a-proxy",
    "not-in-state",
    "not-listed",
    "not-publishable",
    "not-repairable",
    "not-the-source",
    "nothing-corrected",
    "objection-open",
    "out-of-scope",
    "plea-term-over",
    "plea-term-running",
    "plea-unanswered",
    "publicity-over",
    "purpose-not-allowed",
    "removal-not-expected",
    "repair-already-accepted",
    "repair-barred",
    "severity-mismatch",
    "subject-already-open",
    "subject-closed",
    "subject-unknown",
    "term-fixed-by-law",
    "too-early",
    "unknown-item",
}


def steps(matters: list[Matter]) -> int:
    return sum(len(matter.steps) for matter in matters)


# --- the plan ----------------------------------------------------------------------------------


def test_the_simulation_is_found_by_discovery() -> None:
    assert SIMULATION in discovered()


@pytest.mark.parametrize(("scale", "days"), [(0.0005, 1), (0.01, 1), (0.004, 5)])
def test_every_body_is_one_that_its_command_takes_or_refuses_as_planned(
    scale: float, days: int
) -> None:
    matters = SIMULATION.plan(plans.world(scale, days=days))
    assert not list(plans.faults(matters, judged_at_the_door=AT_THE_DOOR))


@pytest.mark.parametrize("scale", [0.0005, 0.01])
def test_a_day_touches_every_command_that_people_send_and_every_refusal(scale: float) -> None:
    matters = SIMULATION.plan(plans.world(scale))
    known = {name for program, name in discover().commands if program == SIMULATION.program}
    sent = {s.command for m in matters if m.program == SIMULATION.program for s in m.steps}
    assert sent == known - NEVER_SENT
    assert {s.refused for m in matters for s in m.steps} - {None} == REFUSALS


def test_a_refusal_is_rare_and_more_are_refused_where_more_happens() -> None:
    refused = [
        sum(step.refused is not None for m in SIMULATION.plan(plans.world(s)) for step in m.steps)
        for s in (0.01, 0.02)
    ]
    assert refused[1] > 1.4 * refused[0]
    assert refused[1] < 0.06 * steps(SIMULATION.plan(plans.world(0.02)))


def test_a_hundredth_of_the_city_sends_some_thousands_of_commands_a_day() -> None:
    day = SIMULATION.plan(plans.world(0.01))
    assert 3_000 <= steps(day) <= 6_000
    assert 1_000 <= sum(m.name.startswith("credit-records/record/") for m in day) + 200 <= 1_200
    assert steps(SIMULATION.plan(plans.world(0.001))) < 1_200
    assert steps(SIMULATION.plan(plans.world(0.01, days=3))) > 2 * steps(day)


def test_all_sources_of_the_catalogue_contribute_and_more_than_23_they_are() -> None:
    sent = Counter(
        s.sender.department
        for m in SIMULATION.plan(plans.world(0.01))
        for s in m.steps
        if s.command == "contribute-record"
    )
    assert set(sent) == sources()
    assert len(sent) > 23


def test_departments_send_and_decide_in_office_hours_and_nothing_comes_after_the_days() -> None:
    world = _across_a_weekend()
    end = shanghai("2026-12-01T00:00")
    weekend = (date(2026, 11, 28), date(2026, 11, 29))
    officials = Counter[bool]()
    for matter in SIMULATION.plan(world):
        for step in matter.steps:
            assert step.at < end
            local = step.at.astimezone(SHANGHAI)
            if step.command in ("contribute-record", "publish", "decide-listing", "grant-repair"):
                assert 8 <= local.hour < 18
                assert local.date() not in weekend
            elif local.date() in weekend:
                officials[step.sender.department is not None] += 1
    assert officials[False] > 20
    assert officials[True] == 0


def _across_a_weekend() -> World:
    """Friday to Monday."""
    days = tuple(date(2026, 11, 27) + timedelta(days=n) for n in range(4))
    return World(2014, "1", 0.004, days, plans.CALENDAR)


def test_several_departments_send_about_one_company_in_the_same_second() -> None:
    at_once: dict[Any, set[str | None]] = {}
    for matter in SIMULATION.plan(plans.world(0.01)):
        step = matter.steps[0]
        if "race" in matter.about:
            key = (step.at, step.body["subject"]["uscc"])
            at_once.setdefault(key, set()).add(step.sender.department)
    assert len(at_once) == 4
    assert all(len(departments) >= 3 for departments in at_once.values())


def test_the_same_world_plans_the_same_and_another_run_other_names() -> None:
    one, again = SIMULATION.plan(plans.world()), SIMULATION.plan(plans.world())
    other = SIMULATION.plan(plans.world(run="2"))
    assert plans.told(one) == plans.told(again)
    assert {m.id for m in one if m.id}.isdisjoint(m.id for m in other)
    assert [s.at for m in one for s in m.steps] == [s.at for m in other for s in m.steps]
    assert _named(one).isdisjoint(_named(other))
    assert plans.told(one) != plans.told(SIMULATION.plan(plans.world(seed=2015)))


def _named(matters: list[Matter]) -> set[str]:
    """Codes and numbers of those whose files are opened."""
    opened = (s.body for m in matters for s in m.steps if s.command == "open-subject")
    return {body.get("uscc") or body["resident_id"] for body in opened}
