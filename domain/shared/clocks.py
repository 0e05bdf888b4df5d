"""Clocks of a matter: limits that run, pause, stop, warn, breach and escalate.

A programme declares its clocks as data beside its aggregate. Whenever an event moves a clock, the
event carries the clock's new :class:`ClockReading`, computed when deciding and with the calendar
of that day, so that a later calendar never moves a due time of the past. Everything else (the
scheduler's timers, the SLA wall, what remains) is a fold over readings.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from domain.shared.aggregate import Aggregate, EventBase, event, kebab
from domain.shared.calendar import Calendar
from domain.shared.instants import shanghai_date


class Unit(StrEnum):
    """How a limit is counted; the words of the cross-programme brief, section 1."""

    ELAPSED_SECONDS = "C24"
    WORKING_SECONDS = "WH"
    WORKING_DAYS = "WD"
    CALENDAR_DAYS = "CD"
    MONTHS = "months"


@dataclass(frozen=True, slots=True)
class Limit:
    """So many of a unit, e.g. ``Limit(3600, Unit.WORKING_SECONDS)``."""

    amount: int
    unit: Unit

    def after(self, start: datetime, calendar: Calendar) -> datetime:
        """The instant (UTC) at which a clock started at ``start`` has used the limit up."""
        return calendar.after(start, self.amount, self.unit)


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock of a programme.

    ``warn`` is counted from the start like ``limit``; ``escalate`` from the due time. A clock of
    kind ``deadline`` neither warns nor breaches: when it falls due, the scheduler sends the
    command whose handler says ``when_due=name``.
    """

    name: str
    limit: Limit
    kind: Literal["sla", "deadline"] = "sla"
    warn: Limit | None = None
    escalate: Limit | None = None
    escalate_to: str = "supervision"

    def start(
        self, at: datetime, calendar: Calendar, *, limit: Limit | None = None
    ) -> "ClockReading":
        """The reading of this clock when it starts at ``at`` with its own or another limit."""
        limit = limit or self.limit
        warn_at = self.warn.after(at, calendar) if self.warn else None
        return self._running(at, limit.after(at, calendar), warn_at, limit.unit, calendar)

    def due(self, at: datetime, due_at: datetime, calendar: Calendar) -> "ClockReading":
        """A reading that is due at an instant the programme computed itself."""
        return self._running(at, due_at.astimezone(UTC), None, self.limit.unit, calendar)

    def rung(self, at: datetime, escalate_at: datetime, calendar: Calendar) -> "ClockReading":
        """A reading that neither warns nor breaches but escalates at an instant, once.

        For a ladder of several levels: either a clock of its own for each further level of another
        clock, or one clock that is set to the next rung by the event that climbed the last one.
        """
        running = self._running(at, escalate_at, None, self.limit.unit, calendar)
        return running.model_copy(
            update={
                "raised": ("breached",),
                "escalate_at": running.due_at,
                "escalate_to": self.escalate_to,
            }
        )

    def resume(self, reading: "ClockReading", at: datetime, calendar: Calendar) -> "ClockReading":
        """Goes on at ``at`` with what remained of a paused reading; else the same reading."""
        if reading.phase is not Phase.PAUSED or reading.remaining is None:
            return reading
        due_at = _left(reading.remaining, reading.unit).after(at, calendar)
        warn_at = None
        if reading.warn_remaining is not None and "warned" not in reading.raised:
            warn_at = _left(reading.warn_remaining, reading.unit).after(at, calendar)
        running = self._running(at, due_at, warn_at, reading.unit, calendar)
        return running.model_copy(update={"raised": reading.raised})

    def _running(
        self,
        at: datetime,
        due_at: datetime,
        warn_at: datetime | None,
        unit: Unit,
        calendar: Calendar,
    ) -> "ClockReading":
        return ClockReading(
            clock=self.name,
            kind=self.kind,
            unit=unit,
            phase=Phase.RUNNING,
            since=at,
            due_at=due_at,
            warn_at=warn_at,
            escalate_at=self.escalate.after(due_at, calendar) if self.escalate else None,
            escalate_to=self.escalate_to if self.escalate else None,
            calendar=calendar.version,
        )


class Phase(StrEnum):
    """``STOPPED`` and ``CANCELLED`` are final until the clock is started anew."""

    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    CANCELLED = "cancelled"


Level = Literal["warned", "breached", "escalated", "due"]


class ClockReading(BaseModel):
    """A clock as an event left it. Instants are UTC.

    ``remaining`` and ``warn_remaining`` are what was left when the clock paused, in the clock's
    own unit: seconds for ``WH`` and ``C24``, days for ``WD`` and for calendar days and months.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    clock: str
    kind: Literal["sla", "deadline"]
    unit: Unit
    phase: Phase
    since: datetime
    due_at: datetime | None = None
    warn_at: datetime | None = None
    escalate_at: datetime | None = None
    escalate_to: str | None = None
    remaining: int | None = None
    warn_remaining: int | None = None
    raised: tuple[Level, ...] = ()
    calendar: str

    def next(self) -> tuple[Level, datetime] | None:
        """What falls due next and when, or None when nothing will."""
        if self.phase is not Phase.RUNNING or self.due_at is None:
            return None
        if self.kind == "deadline":
            return None if "due" in self.raised else ("due", self.due_at)
        if self.warn_at and "warned" not in self.raised and "breached" not in self.raised:
            return "warned", self.warn_at
        if "breached" not in self.raised:
            return "breached", self.due_at
        if self.escalate_at and "escalated" not in self.raised:
            return "escalated", self.escalate_at
        return None

    def pause(self, at: datetime, calendar: Calendar) -> "ClockReading":
        """Stops the count and keeps what remains of it; :meth:`Clock.resume` goes on. Idempotent."""
        if self.phase is not Phase.RUNNING or self.due_at is None:
            return self
        unit = Unit.CALENDAR_DAYS if self.unit is Unit.MONTHS else self.unit
        warn_left = _between(at, self.warn_at, unit, calendar) if self.warn_at else None
        return self.model_copy(
            update={
                "unit": unit,
                "phase": Phase.PAUSED,
                "since": at,
                "due_at": None,
                "warn_at": None,
                "escalate_at": None,
                "remaining": _between(at, self.due_at, unit, calendar),
                "warn_remaining": warn_left,
                "calendar": calendar.version,
            }
        )

    def remaining_seconds(self, at: datetime, calendar: Calendar) -> int | None:
        """Seconds left at ``at``, office hours for ``WH``; None for a clock that has ended."""
        if self.phase is Phase.PAUSED:
            return self.remaining if self.unit in _IN_SECONDS else None
        if self.phase is not Phase.RUNNING or self.due_at is None:
            return None
        unit = self.unit if self.unit in _IN_SECONDS else Unit.ELAPSED_SECONDS
        return _between(at, self.due_at, unit, calendar)

    def stop(self, at: datetime, *, cancelled: bool = False) -> "ClockReading":
        """Ends the count. A clock stopped in the instant it fell due is not breached."""
        if self.phase in (Phase.STOPPED, Phase.CANCELLED):
            return self
        phase = Phase.CANCELLED if cancelled else Phase.STOPPED
        return self.model_copy(update={"phase": phase, "since": at})

    def raise_level(self, level: Level) -> "ClockReading":
        """The reading after ``level`` was recorded."""
        return self.model_copy(update={"raised": (*self.raised, level)})


_IN_SECONDS = (Unit.WORKING_SECONDS, Unit.ELAPSED_SECONDS)


def _left(amount: int, unit: Unit) -> Limit:
    """What a paused clock still has: paused on its last day it has that day, which has begun."""
    return Limit(amount if unit in _IN_SECONDS else max(1, amount), unit)


def _between(start: datetime, end: datetime, unit: Unit, calendar: Calendar) -> int:
    """What lies between two instants in a unit, never less than 0; a begun day counts whole,
    as the day of an event does not count against the one who has time."""
    if unit is Unit.WORKING_SECONDS:
        return max(0, calendar.working_seconds_between(start, end))
    if unit is Unit.ELAPSED_SECONDS:
        return max(0, int((end - start).total_seconds()))
    first, last = shanghai_date(start), shanghai_date(end - timedelta(microseconds=1))
    days = range(1, (last - first).days + 1)
    if unit is Unit.WORKING_DAYS:
        return sum(calendar.is_working_day(first + timedelta(days=n)) for n in days)
    return len(days)


class ClockedAggregate(Aggregate):
    """An aggregate with clocks; ``CLOCKS`` lists them. The scheduler calls :meth:`settle`.

    Where a programme has several kinds of matters with clocks, all but one need a word of their
    own for the events they share: ``class Visit(ClockedAggregate, clock_events="visit", …)`` has
    ``visit-clock-breached``.
    """

    CLOCKS: ClassVar[tuple[Clock, ...]] = ()

    def __init_subclass__(cls, *, clock_events: str | None = None, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if clock_events is not None:
            for member in (cls.ClockWarned, cls.ClockBreached, cls.ClockEscalated):
                del cls.events[member.type_name]
                name = f"{clock_events}-{kebab(member.__name__)}"
                member.type_name = f"{cls.program}.{name}.v{member.v}"
                cls.events[member.type_name] = member

    class ClockWarned(Aggregate.Event, v=1):
        """A clock reached its warning without having stopped."""

        clocks: tuple[ClockReading, ...]
        clock: str
        due_at: datetime

    class ClockBreached(Aggregate.Event, v=1):
        """A clock passed its due time without having stopped."""

        clocks: tuple[ClockReading, ...]
        clock: str
        due_at: datetime

    class ClockEscalated(Aggregate.Event, v=1):
        """A breached clock was brought before ``to``, once."""

        clocks: tuple[ClockReading, ...]
        clock: str
        due_at: datetime
        to: str

    @property
    def clocks(self) -> dict[str, ClockReading]:
        """The latest reading of each clock that ever started, by name."""
        return self.__dict__.setdefault("_clocks", {})  # type: ignore[no-any-return]  # dict of readings

    def read_clocks(self, readings: Iterable[ClockReading]) -> None:
        """Applies the readings an event carries; apply methods call it."""
        known = self.clocks  # made here also when there is nothing to read, for equal states
        for reading in readings:
            known[reading.clock] = reading

    def _stopped(self, *clocks: Clock, cancelled: bool = False) -> tuple[ClockReading, ...]:
        """The readings of those clocks that had not ended, as they end now."""
        return tuple(
            self.clocks[clock.name].stop(self.now, cancelled=cancelled)
            for clock in clocks
            if clock.name in self.clocks
            and self.clocks[clock.name].phase in (Phase.RUNNING, Phase.PAUSED)
        )

    def settle(self) -> None:
        """Records every warning, breach and escalation that lies before ``self.now``.

        Strictly before: a command of the same instant still comes in time. Called before each
        command on the matter and by the scheduler, so that the log holds the breach before what
        came after it, also when the scheduler was late. Each level is recorded once.
        """
        for name in tuple(self.clocks):
            while (due := self.clocks[name].next()) and due[1] < self.now and due[0] != "due":
                self._record(self.clocks[name], due[0])

    def _record(self, reading: ClockReading, level: Level) -> None:
        after = (reading.raise_level(level),)
        due_at = reading.due_at or self.now  # never the latter: a reading without it has no next()
        if level == "warned":
            self._clock_warned(clocks=after, clock=reading.clock, due_at=due_at)
        elif level == "breached":
            self._clock_breached(clocks=after, clock=reading.clock, due_at=due_at)
        else:
            to = reading.escalate_to or "supervision"
            self._clock_escalated(clocks=after, clock=reading.clock, due_at=due_at, to=to)

    @event(ClockWarned)
    def _clock_warned(self, clocks: tuple[ClockReading, ...], clock: str, due_at: datetime) -> None:
        self.read_clocks(clocks)

    @event(ClockBreached)
    def _clock_breached(
        self, clocks: tuple[ClockReading, ...], clock: str, due_at: datetime
    ) -> None:
        self.read_clocks(clocks)

    @event(ClockEscalated)
    def _clock_escalated(
        self, clocks: tuple[ClockReading, ...], clock: str, due_at: datetime, to: str
    ) -> None:
        self.read_clocks(clocks)


def readings_of(e: EventBase | Any) -> tuple[ClockReading, ...]:
    """The readings an event carries, or none."""
    return getattr(e, "clocks", ())
