"""The read model that the engine gives by itself: when each matter's clocks fall due next.

Folded from every event that carries clock readings, of whatever programme. The scheduler asks it
what is due; nothing here looks at the time of day.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from domain.shared.aggregate import EventBase
from domain.shared.clocks import ClockReading, readings_of
from infra.discovery import Registry
from projections.base import FoldSpec, Index, IndexMark, Row


class Timers(Row, key="stream_id"):
    """One line per matter with clocks.

    ``next_at`` (UTC), ``clock_name`` and ``level`` say what falls due first, and are None when
    nothing will. ``simulated_clock`` names the clock of a simulated matter. The scheduler has an
    index without those: a demo leaves thousands overdue for ever, which it would pass each second.
    """

    stream_id: UUID
    program: str
    aggregate: str
    next_at: Annotated[datetime | None, IndexMark(without="simulated_clock")] = None
    level: str | None = None
    clock_name: str | None = None
    readings: Mapping[str, ClockReading]
    simulated_clock: Annotated[str | None, Index] = None


def timer_folds(registry: Registry) -> tuple[FoldSpec, ...]:
    """A fold for every event class that carries readings."""
    return tuple(
        FoldSpec(
            row=Timers,
            event_class=event_class,
            key_of=_stream_of,
            apply=partial(
                fold_readings,
                program=registry.event_owner[name].program,
                aggregate=registry.event_owner[name].__name__,
            ),
            expects="either",
        )
        for name, event_class in sorted(registry.events.items())
        if "clocks" in event_class.model_fields
    )


def fold_readings(row: Timers | None, e: EventBase, *, program: str, aggregate: str) -> Timers:
    """The row after the clocks that ``e`` moved."""
    readings = dict(row.readings) if row else {}
    for reading in readings_of(e):
        readings[reading.clock] = reading
    due = _first_due(readings)
    return Timers.model_construct(
        stream_id=e.originator_id,
        program=program,
        aggregate=aggregate,
        next_at=due[0] if due else None,
        clock_name=due[1] if due else None,
        level=due[2] if due else None,
        readings=readings,
        simulated_clock=getattr(e.recorded, "clock", None),
    )


def _first_due(readings: Mapping[str, ClockReading]) -> tuple[datetime, str, str] | None:
    found = []
    for name, reading in readings.items():
        if upcoming := reading.next():
            level, instant = upcoming
            found.append((instant, name, str(level)))
    return min(found, default=None)


def _stream_of(e: Any) -> UUID:
    return e.originator_id  # type: ignore[no-any-return]  # every event has it
