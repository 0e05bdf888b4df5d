"""The simulated registry: what its applicants and officers do is what real ones may do."""

from collections import Counter
from datetime import date
from functools import lru_cache
from random import Random

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from domain.company_registration.names import TradeName
from domain.shared.calendar import Calendar
from domain.shared.districts import DISTRICTS_2014
from domain.shared.identifiers import Uscc, section
from domain.shared.instants import SHANGHAI, shanghai_date
from infra.discovery import discover
from simulation.city import days_before
from simulation.codes import uscc
from simulation.company_registration import SIMULATION
from simulation.company_registration.applications import mistyped
from simulation.company_registration.plan import plan as planned
from simulation.company_registration.reckoning import hour_of, opening_passed_at
from simulation.company_registration.timeline import Act, Fate, timeline
from simulation.counting import nearest_rank
from simulation.matters import Matter, Step
from simulation.programme import World, discovered
from simulation.reading import Event
from simulation.trade_names import trade_name
from tests.simulation.events import event, shanghai

TODAY = date(2026, 11, 25)
CALENDAR = Calendar()
BY_OFFICE = {Act.CORRECT, Act.APPROVE, Act.REJECT, Act.ISSUE, Act.FOUR_EYES}
JUDGED_AT_THE_DOOR = {"shares-not-whole", "uscc-bad-check"}


DAYS = days_before(TODAY, 30, CALENDAR)
WORKING_DAYS = tuple(day for day in DAYS if CALENDAR.is_working_day(day))


@lru_cache(maxsize=8)
def plan(seed: int = 2014, run: str = "1", count: int = 600) -> tuple[Matter, ...]:
    return tuple(planned(World(seed, run, 1.0, DAYS, CALENDAR), count))


def steps(matters: tuple[Matter, ...]) -> list[tuple[Matter, Step]]:
    return [(matter, step) for matter in matters for step in matter.steps]


def test_the_simulation_is_found_by_discovery() -> None:
    assert SIMULATION in discovered()


def test_a_working_day_of_the_whole_city_brings_480_applications_and_a_small_one_some() -> None:
    friday = days_before(date(2026, 11, 28), 1, CALENDAR)
    assert friday == (date(2026, 11, 27),)
    for scale, count in [(1.0, 480), (0.1, 48), (0.001, 20)]:
        assert len(SIMULATION.plan(World(1, "1", scale, friday, CALENDAR))) == count
    week = days_before(date(2026, 11, 28), 7, CALENDAR)
    assert len(SIMULATION.plan(World(1, "1", 0.1, week, CALENDAR))) == 5 * 48


def test_officers_act_in_office_hours_and_nothing_happens_today() -> None:
    drawn = timeline(1, 500, WORKING_DAYS, CALENDAR)
    for moment in (m for case in drawn.cases for m in case.moments):
        assert shanghai_date(moment.at) < TODAY
        if moment.act in BY_OFFICE:
            local = moment.at.astimezone(SHANGHAI)
            at_closing = local.time() == CALENDAR.hours.closes
            assert CALENDAR.is_open(moment.at) or at_closing


def test_an_office_of_real_size_needs_real_time() -> None:
    minutes = []
    for case in timeline(3, 2000, WORKING_DAYS, CALENDAR).cases:
        stream = [
            event(name, m.at) for m in case.moments if (name := _EVENT_OF.get(m.act)) is not None
        ]
        if (seconds := hour_of(stream, CALENDAR).seconds) is not None:
            minutes.append(seconds / 60)
    minutes.sort()
    assert 20 <= nearest_rank(minutes, 50) <= 30
    assert 60 <= nearest_rank(minutes, 99) <= 90
    assert 0.015 <= sum(m > 60 for m in minutes) / len(minutes) <= 0.045


_EVENT_OF = {
    Act.SUBMIT: "application-submitted",
    Act.CORRECT: "correction-requested",
    Act.RESUBMIT: "application-resubmitted",
    Act.ISSUE: "licence-issued",
}


def test_fates_and_kinds_come_in_a_real_offices_shares() -> None:
    cases = timeline(5, 4000, WORKING_DAYS, CALENDAR).cases
    fates = Counter(case.fate for case in cases)
    kinds = Counter(case.kind for case in cases)
    corrected = sum(case.rounds > 0 for case in cases)
    assert len(cases) == 4000
    assert 0.15 <= corrected / 4000 <= 0.21
    assert 0.02 <= fates[Fate.REJECTED] / 4000 <= 0.04
    assert 0.01 <= fates[Fate.WITHDRAWN] / 4000 <= 0.022
    assert fates[Fate.UNANSWERED] > 0
    assert 0.52 <= kinds["enterprise"] / 4000 <= 0.58
    assert 0.02 <= kinds["cooperative"] / 4000 <= 0.04
    assert {case.district for case in cases} == set(DISTRICTS_2014)


def test_every_body_is_one_that_its_command_takes_or_refuses_as_planned() -> None:
    commands = discover().commands
    for matter, step in steps(plan()):
        spec = commands[matter.program, step.command]
        body = orjson.dumps(step.body)
        if step.refused in JUDGED_AT_THE_DOOR:
            with pytest.raises(ValidationError, match=step.refused):
                spec.model.model_validate_json(body)
        else:
            spec.model.model_validate_json(body)


def test_every_sender_may_send_what_they_send() -> None:
    commands = discover().commands
    for matter, step in steps(plan()):
        spec = commands[matter.program, step.command]
        assert step.sender.role in spec.roles
        if spec.departments and step.sender.role == "officer":
            assert step.sender.department in spec.departments


def test_what_a_company_does_next_waits_until_the_departments_have_it_on_file() -> None:
    first_deeds: set[str] = set()
    for matter in plan(count=2000):
        commands = [s.command for s in matter.steps if s.refused is None]
        if "issue-licence" in commands[:-1]:
            deed = matter.steps[[s.command for s in matter.steps].index("issue-licence") :]
            step = next(s for s in deed if s.command != "issue-licence")
            assert step.until is not None
            assert step.until.event == "filing-recorded"
            first_deeds.add(step.command)
    assert first_deeds == {
        "apply-change",
        "suspend",
        "announce-simple-deregistration",
        "deregister",
        "revoke-licence",
        "annul-registration",
    }


def test_the_same_seed_plans_the_same_again() -> None:
    first = plan()
    plan.cache_clear()
    assert _told(first) == _told(plan())


def _told(matters: tuple[Matter, ...]) -> list[tuple[object, ...]]:
    return [(m.id, s.at, s.sender, s.command, s.body, s.refused) for m, s in steps(matters)]


def test_another_run_decides_the_same_under_other_ids_and_names() -> None:
    one, other = plan(run="1"), plan(run="2")
    assert {m.id for m in one}.isdisjoint(m.id for m in other)
    assert _decided(one) == _decided(other)
    assert _names(one) != _names(other)


def _decided(matters: tuple[Matter, ...]) -> list[tuple[object, ...]]:
    kept = [(m, s) for m, s in steps(matters) if s.refused != "name-taken"]
    own = {"registration_id", "trade_name", "uscc"}
    return [
        (s.at, s.sender, s.command, {k: v for k, v in s.body.items() if k not in own})
        for _, s in kept
        if s.command != "reserve-name"
    ]


def _names(matters: tuple[Matter, ...]) -> list[str]:
    return [s.body["trade_name"] for _, s in steps(matters) if s.command == "reserve-name"]


def test_another_seed_plans_something_else() -> None:
    assert _decided(plan(seed=1)) != _decided(plan(seed=2))


def test_names_clash_only_where_that_is_meant_and_with_an_earlier_applicant() -> None:
    begun: dict[str | None, Step] = {}
    taken = 0
    for matter in sorted(plan(count=2000), key=lambda m: m.steps[-1].at):
        for step in matter.steps:
            if step.command == "reserve-name" and step.refused is None:
                begun[step.label] = step
    for _, step in steps(plan(count=2000)):
        if step.refused == "name-taken":
            owner = begun[step.after[0]]
            taken += 1
            assert step.body["trade_name"] == owner.body["trade_name"]
            assert owner.at < step.at
    held = Counter(
        (s.body["registry"], s.body["trade_name"], section(s.body.get("industry_code", "A")))
        for s in begun.values()
    )
    assert 0.02 <= taken / 2000 <= 0.07
    assert max(held.values()) == 1


@given(st.integers(0, 2**32), st.booleans())
def test_every_trade_name_is_well_formed(seed: int, shop: bool) -> None:
    name = trade_name(Random(seed), shop=shop)
    assert TypeAdapter(TradeName).validate_python(name) == name
    assert 2 <= len(name) <= 4


@given(st.uuids(), st.sampled_from(["330203", "330212", "330213"]))
def test_a_code_is_valid_and_a_slip_in_it_is_found_out(matter: object, registry: str) -> None:
    adapter: TypeAdapter[str] = TypeAdapter(Uscc)
    code = uscc("enterprise", registry, str(matter))
    assert adapter.validate_python(code) == code
    with pytest.raises(ValidationError, match="uscc-bad-check"):
        adapter.validate_python(mistyped(code))


# --- the reckoning -----------------------------------------------------------------------------


def _example(licensed_at: str) -> list[Event]:
    """The brief's second example: submitted Friday 17:10, corrected, resubmitted on Tuesday."""
    return [
        event("name-reserved", shanghai("2026-03-06T16:00")),
        event("application-submitted", shanghai("2026-03-06T17:10")),
        event("correction-requested", shanghai("2026-03-06T17:20")),
        event("application-resubmitted", shanghai("2026-03-10T09:00")),
        event("application-approved", shanghai("2026-03-10T09:30")),
        event("licence-issued", shanghai(licensed_at)),
    ]


def test_the_hour_pauses_while_the_applicant_corrects() -> None:
    hour = hour_of(_example("2026-03-10T09:50"), CALENDAR)
    assert hour.seconds == 3600
    assert hour.passed_at is None


def test_a_second_past_the_hour_is_a_breach_at_the_hour() -> None:
    hour = hour_of(_example("2026-03-10T09:50:01"), CALENDAR)
    assert hour.seconds == 3601
    assert hour.passed_at == shanghai("2026-03-10T09:50")


def test_an_hour_that_nothing_came_after_is_not_yet_breached() -> None:
    assert hour_of(_example("2026-03-10T15:00")[:2], CALENDAR).passed_at is None


LICENSED = shanghai("2026-03-06T15:00")
"""A Friday: its working day is over when the offices close on Monday."""


def _opening(last_filing: str) -> list[Event]:
    return [
        event("opening-begun", LICENSED),
        event("opening-filing-recorded", LICENSED),
        event("opening-filing-recorded", shanghai(last_filing)),
        event("opening-completed", shanghai(last_filing)),
        event("opening-abandoned", shanghai("2026-03-20T09:00")),
    ]


def test_an_opening_has_the_working_day_after_the_licence() -> None:
    assert opening_passed_at(_opening("2026-03-09T17:30"), LICENSED, CALENDAR) is None


def test_an_opening_whose_last_filing_comes_later_is_late_when_the_day_was_over() -> None:
    late_at = opening_passed_at(_opening("2026-03-10T09:00"), LICENSED, CALENDAR)
    assert late_at == shanghai("2026-03-09T17:30")


def test_an_opening_that_nothing_came_after_is_not_yet_late() -> None:
    assert opening_passed_at(_opening("2026-03-10T09:00")[:2], LICENSED, CALENDAR) is None
