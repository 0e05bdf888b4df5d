"""What happened in one matter and what each event changed: pure functions over decoded events.

A matter's state is the fold of its events up to some point, shown as the aggregate's own
attributes in JSON. What an event changed is the difference of the states before and after it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic_core import to_jsonable_python

from domain.shared.aggregate import ENVELOPE, Aggregate, EventBase
from infra.log.records import RecordedEvent

Json = Any
Changed = dict[str, Json]


@dataclass(frozen=True, slots=True)
class Step:
    """An event with the matter's state after it and what it changed."""

    event: EventBase
    state: dict[str, Json]
    changes: list[Changed]


def steps(events: Iterable[EventBase]) -> Iterator[Step]:
    """Folds a whole stream, event by event."""
    aggregate: Any = None
    before: dict[str, Json] = {}
    for event in events:
        mutating: Any = event
        aggregate = mutating.mutate(aggregate)
        after = state_of(aggregate)
        yield Step(event, after, changes(before, after))
        before = after


def state_of(aggregate: Aggregate) -> dict[str, Json]:
    """The aggregate's attributes as JSON values, by name; ``clocks`` are its latest readings.

    The library's own attributes (id, version, times) are told beside the state, not in it.
    """
    attributes = {
        name: value for name, value in vars(aggregate).items() if not name.startswith("_")
    }
    if clocks := vars(aggregate).get("_clocks"):
        attributes["clocks"] = clocks
    return {
        name: to_jsonable_python(value, bytes_mode="hex", fallback=str)
        for name, value in sorted(attributes.items())
    }


def changes(
    before: Mapping[str, Json], after: Mapping[str, Json], place: str = ""
) -> list[Changed]:
    """The differences, each with its place (a JSON Pointer into the state), before and after.

    Objects are compared inside; a list is compared as a whole.
    """
    found: list[Changed] = []
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        pointer = f"{place}/{name.replace('~', '~0').replace('/', '~1')}"
        if isinstance(old, dict) and isinstance(new, dict):
            found += changes(old, new, pointer)
        else:
            found.append({"pointer": pointer, "before": old, "after": new})
    return found


def shown(recorded: RecordedEvent) -> dict[str, Json]:
    """Who, when and why of an event: everything stored of it but its data."""
    parent = recorded.traceparent
    return {
        "position": recorded.position,
        "program": recorded.program,
        "id": str(recorded.stream_id),
        "version": recorded.version,
        "type": recorded.type,
        "occurred_at": recorded.occurred_at.isoformat(),
        "recorded_at": recorded.recorded_at.isoformat(),
        "actor": recorded.actor,
        "department": recorded.department,
        "command_id": str(recorded.command_id),
        "correlation_id": str(recorded.correlation_id),
        "causation_position": recorded.causation_position,
        "trace_id": parent[3:35] if parent else None,
        "clock": recorded.clock,
    }


def data_of(event: EventBase) -> dict[str, Json]:
    """The event's own fields as JSON values."""
    return event.model_dump(mode="json", exclude=set(ENVELOPE))


def effects(
    positions: Iterable[int], others: Sequence[RecordedEvent]
) -> dict[int, list[dict[str, Json]]]:
    """What each position led to in other matters, directly or through one another.

    ``others`` are the events of the same chains in other matters, in order of position; those
    that follow from none of ``positions`` are left out.
    """
    root = {position: position for position in positions}
    found: dict[int, list[dict[str, Json]]] = {position: [] for position in root}
    for recorded in others:
        origin = root.get(recorded.causation_position or 0)
        if origin is not None:
            root[recorded.position] = origin
            found[origin].append(shown(recorded))
    return found
