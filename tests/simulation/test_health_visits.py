"""The simulated clinics: what their people send is what real ones may send."""

from collections import Counter
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from domain.health_visits.icd10 import fits, who_code
from infra.discovery import discover
from simulation.health_visits import SIMULATION
from simulation.health_visits.ailments import AILMENTS, DOSES, OF_MEN, OF_WOMEN
from simulation.health_visits.queue import Coming, HalfDay
from simulation.matters import Matter
from simulation.programme import discovered
from tests.simulation import plans
from tests.simulation.events import shanghai

AT_THE_DOOR = frozenset({"unit-unknown", "reason-missing"})
NEVER_SENT = {
    # policies do these
    "ban-booking",
    "close-archive",
    "delay-appointment",
    "report-notifiable",
    "resettle-appointment",
    # the scheduler does it after a fortnight
    "lapse-referral",
}
END = shanghai("2026-11-28T00:00")


def counted(matters: list[Matter], kind: str) -> int:
    return sum(matter.name.startswith(f"health-visits/{kind}/") for matter in matters)


# --- the plan ----------------------------------------------------------------------------------


def test_the_simulation_is_found_by_discovery() -> None:
    assert SIMULATION in discovered()


@pytest.mark.parametrize(("scale", "days"), [(0.0005, 1), (0.002, 8), (0.01, 1)])
def test_every_body_is_one_that_its_command_takes_or_refuses_as_planned(
    scale: float, days: int
) -> None:
    matters = SIMULATION.plan(plans.world(scale, days=days))
    assert not list(plans.faults(matters, judged_at_the_door=AT_THE_DOOR))
    assert all(step.at < END for matter in matters for step in matter.steps)


def test_days_touch_every_command_that_people_send_and_every_refusal_that_they_meet() -> None:
    matters = SIMULATION.plan(plans.world(0.02, days=3))
    known = {name for program, name in discover().commands if program == SIMULATION.program}
    assert {step.command for matter in matters for step in matter.steps} == known - NEVER_SENT
    assert any("override_reason" in step.body for m in matters for step in m.steps)
    refused = Counter(step.refused for matter in matters for step in matter.steps)
    assert set(refused) - {None} == {
        "allergy-conflict",
        "already-recorded",
        "already-waiting",
        "archive-exists",
        "archive-moved",
        "bed-taken",
        "bill-open",
        "booking-banned",
        "booking-limit",
        "code-not-for-sex-or-age",
        "consent-missing",
        "days-too-long",
        "diagnosis-missing",
        "forbidden",
        "four-eyes",
        "interaction",
        "not-due",
        "not-next",
        "nothing-such",
        "principal-exists",
        "reason-missing",
        "room-occupied",
        "session-closed",
        "session-exists",
        "session-occupied",
        "slot-taken",
        "slot-unknown",
        "specialty-missing",
        "too-early",
        "too-late",
        "unit-unknown",
        "unknown-code",
        "wrong-day",
    }
    # a full slot is what one meets most
    assert refused["slot-taken"] == max(n for code, n in refused.items() if code is not None)


def test_a_hundredth_of_the_city_sees_500_people_a_day_and_fewer_at_the_weekend() -> None:
    small, large = (SIMULATION.plan(plans.world(scale)) for scale in (0.002, 0.01))
    assert 115 <= counted(small, "visit") <= 190
    assert 520 <= counted(large, "visit") <= 660
    assert 4_000 <= sum(len(matter.steps) for matter in large) <= 8_000
    week = SIMULATION.plan(plans.world(0.01, days=7))
    came = Counter(
        step.at.date().isoformat()
        for matter in week
        for step in matter.steps
        if step.command == "start-consultation" and step.refused is None
    )
    assert came["2026-11-22"] < came["2026-11-21"] < came["2026-11-23"]


def test_half_of_what_is_booked_is_booked_within_ten_minutes_after_seven() -> None:
    booked = [
        step.at
        for matter in SIMULATION.plan(plans.world(0.01))
        for step in matter.steps
        if step.command == "book-appointment" and step.refused is None
    ]
    rush = sum((at.hour, at.minute // 11) == (7, 0) for at in booked)
    assert 0.45 <= rush / len(booked) <= 0.65


def test_the_same_world_plans_the_same_and_another_run_other_people_and_doctors() -> None:
    one, again = SIMULATION.plan(plans.world()), SIMULATION.plan(plans.world())
    other = SIMULATION.plan(plans.world(run="2"))
    assert plans.told(one) == plans.told(again)
    assert {m.id for m in one if m.id}.isdisjoint(m.id for m in other)
    assert people(one).isdisjoint(people(other))
    assert [s.at for m in one for s in m.steps] == [s.at for m in other for s in m.steps]


def people(matters: list[Matter]) -> set[str]:
    """The identities that bookings and archives name."""
    bodies = [step.body for matter in matters for step in matter.steps]
    return {
        body["patient"]["resident_id"]
        for body in bodies
        if "resident_id" in body.get("patient", ())
    }


def test_diagnoses_are_codes_that_their_patients_can_have() -> None:
    for known in AILMENTS.values():
        for one in known:
            assert who_code(one.code) is not None, one.code
            assert set(one.drugs) <= DOSES.keys()
    day = shanghai("2026-11-27T10:00").date()
    man, woman = "330203199001011236", "330203199001011228"
    assert fits(OF_MEN, man, day)
    assert not fits(OF_MEN, woman, day)
    assert fits(OF_WOMEN, woman, day)
    assert not fits(OF_WOMEN, man, day)


# --- the queue ---------------------------------------------------------------------------------

NINE = shanghai("2026-11-27T09:00")
MINUTE = timedelta(minutes=1)


def called(*coming: Coming) -> list[int]:
    moments = HalfDay(Random(1), NINE, list(coming)).moments()
    return [moment.who for moment in moments if moment.what == "call"]


def comes(who: int, minute: int, slot: int | None = None, **more: Any) -> Coming:
    at = None if slot is None else NINE + slot * MINUTE
    return Coming(who, NINE + minute * MINUTE, at, 600, **more)


def test_who_booked_earlier_is_called_before_who_came_earlier() -> None:
    assert called(comes(1, -9), comes(2, -8, -15), comes(3, -7, 0)) == [2, 1, 3]


def test_an_urgent_one_is_next_and_a_late_one_last() -> None:
    assert called(
        comes(1, -5, 0), comes(2, -4, 0), comes(3, -3, level=1), comes(4, -2, -60, late=True)
    ) == [3, 1, 2, 4]


def test_who_does_not_hear_the_call_goes_back_three_places_and_is_out_the_second_time() -> None:
    others = [comes(n, n - 9, 0) for n in (2, 3, 4, 5)]
    assert called(comes(1, -9, 0, absent=1), *others) == [1, 2, 3, 4, 1, 5]
    moments = list(HalfDay(Random(1), NINE, [comes(1, 0, 0, absent=2)]).moments())
    assert [moment.what for moment in moments] == ["arrive", "call", "absent", "call", "out"]
    assert moments[2].at - moments[1].at >= 3 * MINUTE
