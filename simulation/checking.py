"""Holds what was acknowledged against what is in the log.

Generic over programmes. A difference is a sentence that names a matter and a position, nothing of
what was sent. The comparison goes both ways: what was acknowledged is in the log once, and what is
in the log of the run, on whatever matter, was acknowledged, records a refusal that was planned, or
is Huimin's own doing.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence, Set
from itertools import pairwise
from uuid import UUID

from simulation.log import Log
from simulation.matters import Acknowledged, Played
from simulation.reading import Event

HUIMIN_ITSELF = ("policy:", "clock:")
"""Beginnings of the actors that are Huimin's own policies and scheduler."""


def differences(played: Sequence[Played], log: Log, clock: str) -> list[str]:
    """Whatever is not as it must be; empty when all is well."""
    mine = {one.id for one in played}
    beside = {at for one in played for command in one.acknowledged for at in command.beside}
    told = beside | {at for one in played for c in one.acknowledged for at in _own(c)}
    found: list[str] = []
    untold: list[Event] = []
    for one in played:
        if one.stopped:
            found.append(f"{_called(one)}: stopped, {one.stopped}")
        found += _acknowledged_faults(one, log)
    for matter, stream in log.streams.items():
        beside -= {event.position for event in stream}
        if matter in mine or any(event.clock == clock for event in stream):
            found += _stream_faults(matter, stream, clock)
            untold += _untold(stream, told)
    found += _untold_faults(untold, played)
    found += [f"position {at} is not in the log" for at in sorted(beside)]
    if not log.gapless:
        found.append("positions have gaps or come twice")
    return found


def _own(command: Acknowledged) -> range:
    return range(command.first, command.position + 1)


def _called(one: Played) -> str:
    return str(one.id or one.matter.name)


def _untold(stream: Sequence[Event], told: Set[int]) -> list[Event]:
    """What nobody acknowledged and Huimin did not do by itself."""
    return [e for e in stream if e.position not in told and not e.actor.startswith(HUIMIN_ITSELF)]


def _untold_faults(untold: Sequence[Event], played: Sequence[Played]) -> Iterable[str]:
    """All that a refused command left must have been meant to be kept, and as often."""
    meant = Counter(names for one in played for names in one.kept)
    beginnings: set[str] = set().union(*(one.kept_in for one in played))
    by_command: dict[str, list[Event]] = defaultdict(list)
    for event in sorted(untold, key=lambda e: e.position):
        by_command[event.command_id].append(event)
    for events in by_command.values():
        # which of several was the first in a shared matter, no plan knows
        names = tuple(e.name for e in events if e.version > 1 or e.name not in beginnings)
        if meant[names]:
            meant[names] -= 1
        else:
            for event in events:
                yield f"{event.matter}: position {event.position} was never acknowledged"
    for names, count in (+meant).items():
        yield f"{count} refusals are not in the log as {', '.join(names)}"


def _stream_faults(matter: UUID, stream: Sequence[Event], clock: str) -> Iterable[str]:
    # what others share, such as a room or a day, may have begun before the run
    first, last = stream[0].version, stream[0].version + len(stream) - 1
    if [event.version for event in stream] != list(range(first, last + 1)):
        yield f"{matter}: versions are not {first} to {last}"
    for before, after in pairwise(stream):
        if after.at < before.at or after.position <= before.position:
            yield f"{matter}: steps back at position {after.position}"
    if any(event.clock != clock for event in stream):
        yield f"{matter}: an event is not of the clock {clock}"


def _acknowledged_faults(one: Played, log: Log) -> Iterable[str]:
    by_position = {event.position: event for event in log.of(one.id)}
    for command in one.acknowledged:
        if command.event_types:
            here = [by_position.get(at) for at in _own(command)]
            yield from _command_faults(one, command, here, log)


def _command_faults(
    one: Played, command: Acknowledged, here: Sequence[Event | None], log: Log
) -> Iterable[str]:
    name = f"{_called(one)}: {command.command} at position {command.position}"
    present = [event for event in here if event is not None]
    if len(present) < len(here):
        yield f"{name} is not in the log"
        return
    if tuple(event.type for event in present) != command.event_types:
        yield f"{name} has other events in the log"
    if present[-1].version != command.version:
        yield f"{name} has another version in the log"
    ids = {event.command_id for event in present}
    if len(ids) != 1 or log.commands[ids.pop()] != len(present) + len(command.beside):
        yield f"{name} is in the log more than once"
