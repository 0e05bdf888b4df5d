"""Care over real engines: one process's worth of it, or two that race."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from domain.shared.identifiers import make_uscc
from infra.database import READER, open_pool
from infra.discovery import discover
from infra.executing.asking import Ask, Outcome
from infra.executing.executor import Executor
from infra.log.append import GroupCommit
from infra.log.codec import Codec
from infra.log.load import Loader
from infra.log.migrate import migrate
from infra.log.read import LogReader
from infra.log.records import RecordedEvent
from tests.acceptance.town import Town, a_town
from tests.scenario import CALENDAR, MONDAY_MORNING, Step, keyed_hash, spec_of


def provider_code(number: int) -> str:
    """A code for one of many providers."""
    return make_uscc("enterprise", "330203", f"MA2R{number:04d}")


class Offices:
    """Two processes over one log, told the time; steps go to them in turn."""

    def __init__(self, reader: LogReader, appends: Sequence[GroupCommit]) -> None:
        self.reader = reader
        self.now = MONDAY_MORNING
        codec = Codec(discover())
        self._turn = 0
        self._executors = [
            Executor(
                appends=lane,
                loads=Loader(reader, codec),
                stored=reader,
                codec=codec,
                calendar=CALENDAR,
                pseudonym=keyed_hash,
                clock=lambda: self.now,
            )
            for lane in appends
        ]

    async def send(self, step: Step) -> Outcome:
        """Runs the step at its time, or now."""
        self._turn += 1
        executor = self._executors[self._turn % len(self._executors)]
        self.now = step.at or self.now
        ask = Ask(step.by, uuid4(), b"acceptance", now=self.now)
        return await executor.execute(spec_of(step.command), step.command, ask)

    async def play(self, *steps: Step) -> None:
        """Runs the steps one after the other."""
        for step in steps:
            await self.send(step)

    async def happened(self, matter: UUID) -> list[str]:
        """Names of a matter's events."""
        return [e.name for e in await self.reader.stream(matter)]


@asynccontextmanager
async def offices(url: str, namespace: str) -> AsyncIterator[Offices]:
    """Two processes, started."""
    await migrate(url, namespace)
    pool = await open_pool(url, namespace, size=4, role=READER)
    lanes = [GroupCommit(url, namespace) for _ in range(2)]
    for lane in lanes:
        await lane.start()
    try:
        yield Offices(LogReader(pool), lanes)
    finally:
        for lane in lanes:
            await lane.stop()
        await pool.close()


class CareCity(Town):
    """A town that tells of care's events whole."""

    async def happened(self, matter: UUID) -> list[RecordedEvent]:
        """A matter's events."""
        return await self.reader.stream(matter)

    async def decoded(self, name: str) -> list[Any]:
        """All events of a name, as care sees them."""
        return [self.codec.decode(e) for e in await self.events(name)]

    async def looked(self) -> None:
        """The scheduler has looked since the last turn of the clock."""
        for _ in range(3):
            await self.timers_seen()
            await self.scheduler_looked()


@asynccontextmanager
async def care_city(
    url: str, namespace: str, clock: Callable[[], datetime]
) -> AsyncIterator[CareCity]:
    """A city with care's policies registered at the log's beginning, and nothing running."""
    async with a_town(CareCity, url, namespace, "care_orders", clock) as city:
        yield city
