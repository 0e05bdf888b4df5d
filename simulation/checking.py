"""Holds what was acknowledged against what is in the log.

Generic over programmes. A difference is a sentence that names a matter and a position, nothing of
what was sent. The comparison goes both ways: what was acknowledged is in the log once, and what is
in the log by a simulated sender was acknowledged.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from itertools import pairwise
from uuid import UUID

from simulation.matters import Acknowledged, Played
from simulation.reading import Event

MOST_SHOWN = 50
HUIMIN_ITSELF = ("policy:", "clock:")
"""Beginnings of the actors that are Huimin's own policies and scheduler."""


def by_matter(events: Iterable[Event]) -> Mapping[UUID, list[Event]]:
    """The events of each matter in order of version."""
    found: dict[UUID, list[Event]] = defaultdict(list)
    for event in events:
        found[event.matter].append(event)
    for stream in found.values():
        stream.sort(key=lambda e: e.version)
    return found


def differences(played: Sequence[Played], events: Sequence[Event], clock: str) -> list[str]:
    """Whatever is not as it must be; empty when all is well."""
    streams = by_matter(events)
    commands = Counter(event.command_id for event in events)
    beside = {at for one in played for command in one.acknowledged for at in command.beside}
    found: list[str] = []
    for one in played:
        if one.stopped:
            found.append(f"{one.matter.id}: stopped, {one.stopped}")
        stream = streams.get(one.matter.id, [])
        found += _stream_faults(one, stream, clock)
        found += _acknowledged_faults(one, stream, commands, beside)
    positions = [event.position for event in events]
    found += [f"position {at} is not in the log" for at in sorted(beside - set(positions))]
    if positions and sorted(positions) != list(range(min(positions), max(positions) + 1)):
        found.append("positions have gaps or come twice")
    return found


def _stream_faults(one: Played, stream: Sequence[Event], clock: str) -> Iterable[str]:
    if [event.version for event in stream] != list(range(1, len(stream) + 1)):
        yield f"{one.matter.id}: versions are not 1 to {len(stream)}"
    for before, after in pairwise(stream):
        if after.at < before.at or after.position <= before.position:
            yield f"{one.matter.id}: steps back at position {after.position}"
    if any(event.clock != clock for event in stream):
        yield f"{one.matter.id}: an event is not of the clock {clock}"


def _acknowledged_faults(
    one: Played, stream: Sequence[Event], commands: Mapping[str, int], beside: Set[int]
) -> Iterable[str]:
    told = set(beside)
    by_position = {event.position: event for event in stream}
    for command in one.acknowledged:
        if not command.event_types:
            continue
        here = [by_position.get(at) for at in range(command.first, command.position + 1)]
        told.update(range(command.first, command.position + 1))
        yield from _command_faults(one, command, here, commands)
    for event in stream:
        if event.position not in told and not event.actor.startswith(HUIMIN_ITSELF):
            yield f"{one.matter.id}: position {event.position} was never acknowledged"


def _command_faults(
    one: Played,
    command: Acknowledged,
    here: Sequence[Event | None],
    commands: Mapping[str, int],
) -> Iterable[str]:
    name = f"{one.matter.id}: {command.command} at position {command.position}"
    present = [event for event in here if event is not None]
    if len(present) < len(here):
        yield f"{name} is not in the log"
        return
    if tuple(event.type for event in present) != command.event_types:
        yield f"{name} has other events in the log"
    if present[-1].version != command.version:
        yield f"{name} has another version in the log"
    ids = {event.command_id for event in present}
    if len(ids) != 1 or commands[ids.pop()] != len(present) + len(command.beside):
        yield f"{name} is in the log more than once"
