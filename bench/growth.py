"""``python -m bench.growth``: a process that leads lives, many side by side, until a log has grown.

Each act goes through the product's own executor: its handlers, its validation, its group commit.
Which lives they are follows from the programmes' shares and from nothing that happens, so two logs
of one size hold the same lives. What to do comes as one JSON document on stdin, the city's
addresses in the environment, and what came of it goes as one to stdout. An act that is refused
ends the process.
"""

import asyncio
import gc
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import NamedTuple
from uuid import uuid4

import uvloop

from bench.lives import EVENTS, LIVES, SHARES
from bench.lives.life import Life
from commands.base import Command, CommandSpec, Role
from infra import logging
from infra.executing.asking import Ask, Cause
from infra.executing.executor import Executor
from infra.settings import read
from main import base, executing

PROCESSES = 2
SIDE_BY_SIDE = 256


@dataclass(frozen=True, slots=True)
class Wanted:
    """At least so many events, from the ``worker``-th of several processes."""

    events: int
    worker: int
    workers: int
    side_by_side: int = SIDE_BY_SIDE


@dataclass(frozen=True, slots=True)
class Grown:
    """Lives and events by programme, commands in all, and how long it took."""

    lives: Mapping[str, int]
    events: Mapping[str, int]
    commands: int
    seconds: float

    @property
    def in_all(self) -> int:
        """All events."""
        return sum(self.events.values())


def chosen(events: int) -> Iterator[tuple[str, int]]:
    """Programmes in turn, with how many of its lives came before, until so many events are due.

    The next is always of the programme that is furthest behind its share.
    """
    begun = dict.fromkeys(SHARES, 0)
    while sum(count * EVENTS[program] for program, count in begun.items()) < events:
        program = min(SHARES, key=lambda p: begun[p] * EVENTS[p] / SHARES[p])
        yield program, begun[program]
        begun[program] += 1


Specs = Mapping[type[Command], CommandSpec]


class Led(NamedTuple):
    """What came of a life."""

    events: int
    commands: int


async def lead(executor: Executor, specs: Specs, life: Life) -> Led:
    """Sends a life's acts one after another.

    What Huimin itself sends follows from the act before. Raises Refused.
    """
    events = commands = 0
    cause: Cause | None = None
    act = next(life)
    while True:
        command_id = uuid4()
        ask = Ask(
            caller=act.by,
            command_id=command_id,
            fingerprint=command_id.bytes * 2,
            cause=cause if Role.SYSTEM in act.by.roles else None,
            now=act.at,
        )
        outcome = await executor.execute(specs[type(act.command)], act.command, ask)
        if ask.cause is None:
            cause = Cause(outcome.position, command_id)
        events += len(outcome.events)
        commands += 1
        try:
            act = life.send(outcome.aggregate_id)
        except StopIteration:
            return Led(events, commands)


async def grow(wanted: Wanted) -> Grown:
    """Leads lives in this process. Each has a number that no other process gives."""
    lives = chosen(wanted.events)
    led, events = Counter[str](), Counter[str]()
    begun, commands = time.perf_counter(), 0
    async with base(read()) as parts, executing(parts) as writing:
        specs = {spec.model: spec for spec in parts.registry.commands.values()}

        async def one_after_another() -> None:
            nonlocal commands
            for program, before in lives:
                number = wanted.worker + wanted.workers * before
                life = LIVES[program](number, parts.keys.pseudonym)
                had = await lead(writing.executor, specs, life)
                led[program] += 1
                events[program] += had.events
                commands += had.commands

        async with asyncio.TaskGroup() as tasks:
            for _ in range(wanted.side_by_side):
                tasks.create_task(one_after_another())
    return Grown(dict(led), dict(events), commands, time.perf_counter() - begun)


def grown(environment: Mapping[str, str], events: int, processes: int = PROCESSES) -> Grown:
    """Grows the log that the environment names, in processes of their own; all of them together."""
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "bench.growth"],
            env={**os.environ, **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(processes)
    ]
    begun = time.perf_counter()
    try:
        for worker, process in enumerate(running):
            assert process.stdin is not None
            json.dump(asdict(Wanted(-(-events // processes), worker, processes)), process.stdin)
            process.stdin.close()
            process.stdin = None
        told = [_told(process) for process in running]
    finally:
        for process in running:
            process.kill()
            process.wait()
    return Grown(
        lives=_sums(one.lives for one in told),
        events=_sums(one.events for one in told),
        commands=sum(one.commands for one in told),
        seconds=time.perf_counter() - begun,
    )


def _told(process: "subprocess.Popen[str]") -> Grown:
    """What a process says at its end; what went wrong it has said itself."""
    answer, _ = process.communicate()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, process.args)
    return Grown(**json.loads(answer))


def _sums(parts: Iterable[Mapping[str, int]]) -> Mapping[str, int]:
    total: Counter[str] = Counter()
    for part in parts:
        total.update(part)
    return {program: total[program] for program in SHARES}


def main() -> None:
    """From stdin to stdout."""
    logging.configure()
    wanted = Wanted(**json.load(sys.stdin))
    # the warm matters are many live objects, which a collection would walk again and again
    gc.freeze()
    gc.set_threshold(50_000, 50, 100)
    json.dump(asdict(uvloop.run(grow(wanted))), sys.stdout)


if __name__ == "__main__":
    main()
