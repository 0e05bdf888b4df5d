"""Clocks count in their own unit, pause with what is left, and raise each level once."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from domain.shared.aggregate import Aggregate, event
from domain.shared.calendar import Calendar
from domain.shared.clocks import Clock, ClockedAggregate, ClockReading, Limit, Phase, Unit

CALENDAR = Calendar()
HOUR = Clock(
    "hour",
    Limit(3600, Unit.WORKING_SECONDS),
    warn=Limit(2700, Unit.WORKING_SECONDS),
    escalate=Limit(1800, Unit.WORKING_SECONDS),
)


def shanghai(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


FRIDAY = shanghai("2026-11-20T17:10")


def test_an_hour_of_office_time_goes_over_the_weekend() -> None:
    assert HOUR.start(FRIDAY, CALENDAR).due_at == shanghai("2026-11-23T09:10")


def test_a_paused_clock_goes_on_with_what_remained() -> None:
    paused = HOUR.start(FRIDAY, CALENDAR).pause(FRIDAY + timedelta(minutes=10), CALENDAR)
    resumed = HOUR.resume(paused, shanghai("2026-11-24T09:00"), CALENDAR)
    assert paused.next() is None
    assert resumed.due_at == shanghai("2026-11-24T09:50")
    assert resumed.warn_at == shanghai("2026-11-24T09:35")


def test_a_clock_of_elapsed_time_keeps_nights_when_it_pauses() -> None:
    day = Clock("day", Limit(86_400, Unit.ELAPSED_SECONDS))
    paused = day.start(FRIDAY, CALENDAR).pause(FRIDAY + timedelta(hours=20), CALENDAR)
    resumed = day.resume(paused, FRIDAY + timedelta(days=3), CALENDAR)
    assert resumed.due_at == FRIDAY + timedelta(days=3, hours=4)


def test_a_clock_of_working_days_resumes_at_a_closing_time() -> None:
    three = Clock("three", Limit(3, Unit.WORKING_DAYS))
    paused = three.start(FRIDAY, CALENDAR).pause(shanghai("2026-11-24T10:00"), CALENDAR)
    resumed = three.resume(paused, shanghai("2026-11-27T10:00"), CALENDAR)
    assert paused.remaining == 1
    assert resumed.due_at == shanghai("2026-11-30T17:30")


def test_a_clock_of_days_that_paused_on_its_last_day_has_a_day_when_it_goes_on() -> None:
    three = Clock("three", Limit(3, Unit.WORKING_DAYS), warn=Limit(3, Unit.WORKING_DAYS))
    paused = three.start(FRIDAY, CALENDAR).pause(shanghai("2026-11-25T10:00"), CALENDAR)
    resumed = three.resume(paused, shanghai("2026-11-27T10:00"), CALENDAR)
    assert (paused.remaining, paused.warn_remaining) == (0, 0)
    assert resumed.due_at == resumed.warn_at == shanghai("2026-11-30T17:30")


def test_levels_come_in_order_and_once() -> None:
    reading = HOUR.start(FRIDAY, CALENDAR)
    seen = []
    while due := reading.next():
        seen.append(due)
        reading = reading.raise_level(due[0])
    assert seen == [
        ("warned", shanghai("2026-11-20T17:10") + timedelta(days=2, hours=15, minutes=45)),
        ("breached", shanghai("2026-11-23T09:10")),
        ("escalated", shanghai("2026-11-23T09:40")),
    ]


@pytest.mark.parametrize("cancelled", [False, True])
def test_a_stopped_clock_raises_nothing(cancelled: bool) -> None:
    stopped = HOUR.start(FRIDAY, CALENDAR).stop(FRIDAY, cancelled=cancelled)
    assert stopped.next() is None
    assert stopped.phase is (Phase.CANCELLED if cancelled else Phase.STOPPED)


def test_pausing_and_stopping_twice_changes_nothing() -> None:
    paused = HOUR.start(FRIDAY, CALENDAR).pause(FRIDAY, CALENDAR)
    stopped = paused.stop(FRIDAY)
    assert paused.pause(FRIDAY + timedelta(days=9), CALENDAR) == paused
    assert stopped.stop(FRIDAY + timedelta(days=9)) == stopped


def test_what_is_left_is_said_in_office_seconds() -> None:
    reading = HOUR.start(FRIDAY, CALENDAR)
    assert reading.remaining_seconds(FRIDAY, CALENDAR) == 3600
    assert reading.remaining_seconds(shanghai("2026-11-21T12:00"), CALENDAR) == 2400
    assert reading.stop(FRIDAY).remaining_seconds(FRIDAY, CALENDAR) is None


class Lamp(ClockedAggregate, program="lamps"):
    class Lit(Aggregate.Created):
        clocks: tuple[ClockReading, ...]

    @event(Lit)
    def __init__(self, clocks: tuple[ClockReading, ...]) -> None:
        self.read_clocks(clocks)


class Fuse(ClockedAggregate, program="lamps", clock_events="fuse"):
    class Set(Aggregate.Created):
        clocks: tuple[ClockReading, ...]

    class ClockBreached(ClockedAggregate.ClockBreached, v=2):
        """The shared event of a later shape."""

    @event(Set)
    def __init__(self, clocks: tuple[ClockReading, ...]) -> None:
        self.read_clocks(clocks)


def test_two_kinds_of_matters_with_clocks_share_no_event_name() -> None:
    assert Lamp.ClockBreached.type_name == "lamps.clock-breached.v1"
    assert Fuse.ClockBreached.type_name == "lamps.fuse-clock-breached.v2"
    assert Fuse.events["lamps.fuse-clock-warned.v1"] is Fuse.ClockWarned
    assert not Lamp.events.keys() & Fuse.events.keys()


def test_an_event_by_a_name_of_its_own_is_raised_and_applied_like_the_others() -> None:
    clocks = (HOUR.start(FRIDAY, CALENDAR),)
    fuse = Fuse.begin(Fuse.Set, id=uuid4(), at=FRIDAY, clocks=clocks)
    with fuse.deciding(FRIDAY + timedelta(days=30)):
        fuse.settle()
    raised = [e.type_name for e in fuse.collect_events()][1:]  # type: ignore[attr-defined]  # our events
    assert raised == [
        "lamps.fuse-clock-warned.v1",
        "lamps.fuse-clock-breached.v2",
        "lamps.fuse-clock-escalated.v1",
    ]
    assert fuse.clocks["hour"].next() is None


def test_a_rung_of_a_ladder_only_escalates_and_only_once() -> None:
    at = shanghai("2026-11-23T12:00")
    rung = HOUR.rung(FRIDAY, at, CALENDAR)
    assert rung.next() == ("escalated", at)
    assert rung.raise_level("escalated").next() is None
    assert rung.stop(FRIDAY).next() is None
    assert HOUR.rung(FRIDAY, at + timedelta(hours=1), CALENDAR).next() == (
        "escalated",
        at + timedelta(hours=1),
    )
