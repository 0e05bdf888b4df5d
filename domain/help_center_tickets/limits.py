"""The limits of the help centre, as dated data, and the instants that are computed from them.

Sources: the centre's service levels by urgency (国办发〔2020〕53号, GB/T 33358-2016: limits by
kind, call-back of every ticket); SAMR Order 20 art. 14 and 20 for consumer complaints (seven
working days to accept or decline, forty-five to mediate). Percentages of working days count in
office hours, because three quarters of one working day is no working day.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple

from domain.help_center_tickets.states import Kind, Tier, Urgency
from domain.shared.calendar import Calendar
from domain.shared.clocks import Clock, ClockReading, Limit, Phase, Unit
from domain.shared.instants import shanghai_date

MINUTE, HOUR = 60, 3600


class Sla(NamedTuple):
    """Limits of a line; None where there is none."""

    accept: Limit | None
    contact: Limit | None
    settle: Limit


def _round_the_clock(seconds: int) -> Limit:
    return Limit(seconds, Unit.ELAPSED_SECONDS)


def _office(seconds: int) -> Limit:
    return Limit(seconds, Unit.WORKING_SECONDS)


def _days(days: int) -> Limit:
    return Limit(days, Unit.WORKING_DAYS)


_TABLE: Mapping[Tier, Sla] = {
    Tier.EMERGENCY: Sla(
        _round_the_clock(5 * MINUTE), _round_the_clock(15 * MINUTE), _round_the_clock(2 * HOUR)
    ),
    Tier.URGENT: Sla(
        _round_the_clock(30 * MINUTE), _round_the_clock(2 * HOUR), _round_the_clock(24 * HOUR)
    ),
    Tier.ORDINARY: Sla(_office(2 * HOUR), _office(4 * HOUR), _days(3)),
    Tier.CONSULT: Sla(None, _days(1), _days(3)),
    Tier.COMPLAINT: Sla(_days(1), _days(1), _days(10)),
    Tier.CONSUMER: Sla(_days(7), None, _days(45)),
}

SLA_SINCE: tuple[tuple[date, Mapping[Tier, Sla]], ...] = ((date(2014, 1, 1), _TABLE),)
"""Tables of limits with the day from which each holds, ascending."""


def sla_on(day: date) -> Mapping[Tier, Sla]:
    """The table in force on a day."""
    return [table for since, table in SLA_SINCE if since <= day][-1]


def tier_of(kind: Kind, urgency: Urgency, *, consumer: bool) -> Tier:
    """The line of the table: urgency goes before kind."""
    if urgency is not Urgency.ORDINARY:
        return Tier(urgency.value)
    if kind is Kind.COMPLAINT and consumer:
        return Tier.CONSUMER
    if kind in (Kind.COMPLAINT, Kind.REPORT):
        return Tier.COMPLAINT
    return Tier.ORDINARY if kind is Kind.HELP else Tier.CONSULT


ACCEPT = Clock("accept", _TABLE[Tier.ORDINARY].accept or _days(1))
CONTACT = Clock("contact", _TABLE[Tier.ORDINARY].contact or _days(1))
SETTLE = Clock("settle", _TABLE[Tier.ORDINARY].settle)
ESCALATION = Clock("escalation", SETTLE.limit)
PAUSE = Clock("pause", _days(10), kind="deadline")
CLOCKS = (ACCEPT, CONTACT, SETTLE, ESCALATION, PAUSE)

WARN_PERCENT = 75
ESCALATION_PERCENT = (100, 150, 200)
"""When levels 1, 2 and 3 are raised by themselves; level 4 is an officer's decision."""
ESCALATED_TO: Mapping[int, str] = {
    1: "holder",
    2: "owning-department",
    3: "district-government",
    4: "supervision",
}

PAUSED_DAYS_AT_MOST = 10
RETURN_WITHIN = _days(1)
RETURNS_AT_MOST = 2
"""The second leads to an arbitration, after which there are no more."""
MERGE_WITHIN_SECONDS = 72 * HOUR
REOPEN_WITHIN = Limit(15, Unit.CALENDAR_DAYS)
REOPENINGS_AT_MOST = 2
TRIES_BEFORE_UNREACHABLE, DAYS_OF_TRIES = 3, 2
ATTACHMENT_BYTES = 20 * 1024 * 1024

Levels = tuple[datetime, ...]
"""When levels 1, 2 and 3 are due; empty when nothing runs."""


def started(clock: Clock, limit: Limit, since: datetime, calendar: Calendar) -> ClockReading:
    """The clock as running since an instant, perhaps long ago, with its warning at 75 percent."""
    reading = clock.start(since, calendar, limit=limit)
    return warned(reading, since, calendar)


def warned(reading: ClockReading, since: datetime, calendar: Calendar) -> ClockReading:
    """The reading with its warning at 75 percent of the time from ``since`` to its due time."""
    due_at = reading.due_at or since
    if reading.unit is Unit.ELAPSED_SECONDS:
        warn_at = since + (due_at - since) * WARN_PERCENT / 100
    else:
        seconds = calendar.working_seconds_between(since, due_at)
        warn_at = calendar.add_working_time(since, seconds * WARN_PERCENT // 100)
    return reading.model_copy(update={"warn_at": warn_at})


def past_due(limit: Limit, percent: int, due_at: datetime, calendar: Calendar) -> datetime:
    """When so many percent of a limit are used up that falls due at ``due_at``."""
    if limit.unit is Unit.ELAPSED_SECONDS:
        seconds, unit = limit.amount, Unit.ELAPSED_SECONDS
    elif limit.unit is Unit.WORKING_SECONDS:
        seconds, unit = limit.amount, Unit.WORKING_SECONDS
    else:
        opens, closes = calendar.hours.opens, calendar.hours.closes
        day = (closes.hour - opens.hour) * HOUR + (closes.minute - opens.minute) * MINUTE
        seconds, unit = limit.amount * day, Unit.WORKING_SECONDS
    more = seconds * (percent - 100) // 100
    return Limit(more, unit).after(due_at, calendar) if more else due_at


def levels_of(readings: Mapping[str, ClockReading], sla: Sla, calendar: Calendar) -> Levels:
    """When each level is due: at the earliest clock that has passed so much of its limit."""
    running = [
        (limit, reading.due_at)
        for name, limit in ((ACCEPT.name, sla.accept), (SETTLE.name, sla.settle))
        if limit
        and (reading := readings.get(name))
        and reading.phase is Phase.RUNNING
        and reading.due_at
    ]
    if not running:
        return ()
    return tuple(
        min(past_due(limit, percent, due_at, calendar) for limit, due_at in running)
        for percent in ESCALATION_PERCENT
    )


def working_days_between(start: date, end: date, calendar: Calendar) -> int:
    """Working days after ``start`` up to and with ``end``; 0 when ``end`` is not later."""
    days = range(start.toordinal() + 1, end.toordinal() + 1)
    return sum(calendar.is_working_day(date.fromordinal(day)) for day in days)


def days_paused(pause: ClockReading, ended: datetime, calendar: Calendar) -> int:
    """Working days that a pause took: those after its first day, up to the day it ended."""
    return working_days_between(shanghai_date(pause.since), shanghai_date(ended), calendar)
