"""Every clock of every programme across National Day 2026, held against a calendar on the wall.

The State Council's notice: free from Thursday 1 to Wednesday 7 October, and Saturday 10 October is
worked. The test walks minute by minute and day by day over that list and knows nothing of the
city's calendar. What a programme's own tests say is when its clocks start, pause and stop; here is
what any of them does then.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

import pytest

from domain.shared.aggregate import Aggregate, event
from domain.shared.calendar import Calendar
from domain.shared.clocks import Clock, ClockedAggregate, ClockReading, Limit, Unit
from domain.shared.instants import SHANGHAI
from infra.discovery import discover

CALENDAR = Calendar()
FREE = {date(2026, 10, day) for day in range(1, 8)}
WORKED = {date(2026, 10, 10)}

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def shanghai(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


WEDNESDAY = shanghai("2026-09-30T16:10")
SATURDAY = shanghai("2026-10-10T09:00")

CLOCKS = {
    f"{aggregate.program}/{clock.name}": clock
    for aggregate in discover().aggregates.values()
    if issubclass(aggregate, ClockedAggregate)
    for clock in aggregate.CLOCKS
}
every_clock = pytest.mark.parametrize("clock", CLOCKS.values(), ids=CLOCKS.keys())


def works(day: date) -> bool:
    return day in WORKED or (day.weekday() < 5 and day not in FREE)


def on_the_wall(start: datetime, limit: Limit) -> datetime:
    """When a limit that starts at ``start`` is used up, by walking."""
    days = (start.date() + n * DAY for n in count(1))
    match limit.unit:
        case Unit.ELAPSED_SECONDS:
            return start + timedelta(seconds=limit.amount)
        case Unit.WORKING_SECONDS:
            return _walked(start, limit.amount)
        case Unit.WORKING_DAYS:
            last = _nth(days, limit.amount, works)
            return datetime.combine(last, time(17, 30), SHANGHAI)
        case Unit.CALENDAR_DAYS:
            last = _nth(days, limit.amount, lambda _: True)
            while not works(last):
                last += DAY
        case _:
            years, month = divmod(start.month - 1 + limit.amount, 12)
            last = start.date().replace(year=start.year + years, month=month + 1)
    return datetime.combine(last + DAY, time(), SHANGHAI)


def _walked(at: datetime, seconds: int) -> datetime:
    while seconds > 0:
        if works(at.date()) and time(8, 30) <= at.time() < time(17, 30):
            seconds -= 60
        at += MINUTE
    return at


def _nth(days: Iterator[date], number: int, counts: Callable[[date], bool]) -> date:
    return next(day for day in days if counts(day) and (number := number - 1) == 0)


@every_clock
def test_it_runs_over_the_weekend_the_holiday_and_the_saturday_that_is_worked(
    clock: Clock,
) -> None:
    reading = clock.start(WEDNESDAY, CALENDAR)
    assert reading.due_at == on_the_wall(WEDNESDAY, clock.limit)
    if clock.warn is not None:
        assert reading.warn_at == on_the_wall(WEDNESDAY, clock.warn)
    if clock.escalate is not None and clock.escalate.amount:
        assert reading.escalate_at == on_the_wall(
            on_the_wall(WEDNESDAY, clock.limit), clock.escalate
        )


@every_clock
def test_paused_over_the_holiday_it_goes_on_with_what_was_left(clock: Clock) -> None:
    before = WEDNESDAY + 5 * MINUTE
    paused = clock.start(WEDNESDAY, CALENDAR).pause(before, CALENDAR)
    assert paused.next() is None
    resumed = clock.resume(paused, SATURDAY, CALENDAR)
    assert resumed.due_at == on_the_wall(SATURDAY, _left(clock.limit))
    assert resumed.raised == ()


def _left(limit: Limit) -> Limit:
    """What five minutes in office hours leave of a limit."""
    match limit.unit:
        case Unit.ELAPSED_SECONDS | Unit.WORKING_SECONDS:
            return Limit(limit.amount - 300, limit.unit)
        case Unit.MONTHS:
            days = on_the_wall(WEDNESDAY, limit) - WEDNESDAY
            return Limit(days.days, Unit.CALENDAR_DAYS)
        case Unit.CALENDAR_DAYS:
            # What art. 203 added once to the last day belongs to the limit by then.
            days = on_the_wall(WEDNESDAY, limit) - WEDNESDAY
            return Limit(days.days, limit.unit)
    return limit


class Watched(ClockedAggregate, program="watched"):
    """A matter with any one clock."""

    class WatchBegun(Aggregate.Created):
        clocks: tuple[ClockReading, ...]

    @event(WatchBegun)
    def __init__(self, clocks: tuple[ClockReading, ...]) -> None:
        self.read_clocks(clocks)


@every_clock
def test_each_level_is_recorded_once_though_the_scheduler_dies_between_them(clock: Clock) -> None:
    reading = clock.start(WEDNESDAY, CALENDAR)
    expected = [] if clock.kind == "deadline" else ["clock-breached"]
    if reading.warn_at:
        expected.insert(0, "clock-warned")
    if reading.escalate_at and clock.kind == "sla":
        expected.append("clock-escalated")
    begun = Watched.begin(Watched.WatchBegun, id=uuid4(), at=WEDNESDAY, clocks=(reading,))
    log: list[Any] = list(begun.collect_events())
    for instant in sorted({*filter(None, (reading.warn_at, reading.due_at, reading.escalate_at))}):
        known = len(log)
        _look(log, at=instant)
        assert len(log) == known, "who comes in the very instant comes in time"
        _look(log, at=instant + timedelta(microseconds=1))
        _look(log, at=instant + MINUTE)
    assert [e.type_name.split(".")[1] for e in log[1:]] == expected


def _look(log: list[Any], *, at: datetime) -> None:
    """A scheduler that has just started: it knows what the log says, and nothing else."""
    matter: Any = None
    for e in log:
        matter = e.mutate(matter)
    with matter.deciding(at):
        matter.settle()
    log += matter.collect_events()
