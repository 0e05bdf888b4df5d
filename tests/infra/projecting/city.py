"""A migrated namespace, a log to append to, and what projects and reads it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from domain.shared.aggregate import EventBase
from infra.database import PROJECTOR, READER, Pool, connect, open_pool
from infra.discovery import Registry
from infra.log.append import GroupCommit
from infra.log.codec import Codec
from infra.log.migrate import migrate
from infra.log.read import LogReader
from infra.log.records import Append, NewEvent, RecordedEvent
from infra.log.wakeups import Wakeups
from infra.projecting.projector import Projector
from infra.projecting.queries import ReadModels
from tests.infra.projecting import programmes
from tests.infra.projecting.programmes import NOON


class LogFeed:
    """The feed as it is while NATS is away: the log and its wake-ups."""

    def __init__(self, reader: LogReader, wakeups: Wakeups) -> None:
        self._reader = reader
        self._wakeups = wakeups

    async def read(self, after: int, limit: int) -> Sequence[RecordedEvent]:
        return await self._reader.read(after, limit)

    async def wait(self, after: int, timeout: float) -> None:  # noqa: ASYNC109  # the port's own name
        with self._wakeups.subscribe("log") as subscription:
            if await self._reader.head() <= after:
                await subscription.wait(timeout)


@dataclass
class City:
    """Everything a test needs around one namespace."""

    url: str
    namespace: str
    pool: Pool
    reader: LogReader
    wakeups: Wakeups
    commits: GroupCommit

    async def append(self, *events: EventBase | NewEvent, clock: str | None = None) -> int:
        """Appends the events of one stream, or of several, in order; the last position."""
        position = 0
        for stream in _runs(events):
            verdict = await self.commits.append(
                Append(
                    command_id=uuid4(),
                    fingerprint=b"f",
                    stream_id=stream[0].stream_id,
                    version=stream[-1].version,
                    occurred_at=NOON,
                    actor="tester",
                    events=stream,
                    clock=clock,
                )
            )
            position = verdict.first_position + len(stream) - 1  # type: ignore[union-attr]  # the test knows the kind of what it handles
        return position

    def feed(self) -> LogFeed:
        return LogFeed(self.reader, self.wakeups)

    def projector(self, registry: Registry | None = None, **options: Any) -> Projector:
        registry = registry or programmes.registry()
        codec = Codec(registry)
        return Projector(
            self.feed(), self.reader, codec, registry, self.url, self.namespace, **options
        )

    @asynccontextmanager
    async def projecting(
        self, registry: Registry | None = None, **options: Any
    ) -> AsyncIterator[Projector]:
        """A projector that runs meanwhile."""
        projector = self.projector(registry, **options)
        task = asyncio.create_task(projector.run())
        try:
            yield projector
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    @asynccontextmanager
    async def reading(self, registry: Registry | None = None) -> AsyncIterator[ReadModels]:
        """The read models, for queries."""
        models = ReadModels(
            self.pool, self.wakeups, registry or programmes.registry(), cursor_key=b"k" * 32
        )
        try:
            yield models
        finally:
            await models.stop()

    async def project(self, registry: Registry | None = None, **options: Any) -> None:
        """Runs a projector until everything in the log is in the read models."""
        head = await self.reader.head()
        async with self.projecting(registry, **options) as projector:
            await until(
                lambda: all(projector.positions.get(name, 0) >= head for name in projector.models)
            )

    async def rows(self, table: str) -> list[tuple[Any, ...]]:
        """A whole table, in order."""
        connection = await connect(self.url, self.namespace, role=PROJECTOR)
        async with connection:
            found = await connection.execute(f'SELECT t::text FROM "{table}" t ORDER BY 1')
            return await found.fetchall()

    async def sql(self, statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Runs one statement as the projector."""
        connection = await connect(self.url, self.namespace, role=PROJECTOR)
        async with connection:
            found = await connection.execute(statement, parameters)
            return await found.fetchall() if found.description else []


async def until(condition: Callable[[], Any], longest_seconds: float = 20) -> None:
    """Waits until the condition (or what it gives to await) is true."""
    async with asyncio.timeout(longest_seconds):
        while True:
            met = condition()
            if isinstance(met, Awaitable):
                met = await met
            if met:
                return
            await asyncio.sleep(0.01)  # allow: sleep, looks again at what nobody announces


def _runs(events: Iterable[EventBase | NewEvent]) -> list[list[NewEvent]]:
    codec = Codec(programmes.registry())
    runs: list[list[NewEvent]] = []
    for made in events:
        new = made if isinstance(made, NewEvent) else codec.encode(made)
        if runs and runs[-1][-1].stream_id == new.stream_id:
            runs[-1].append(new)
        else:
            runs.append([new])
    return runs


@asynccontextmanager
async def open_city(url: str, namespace: str) -> AsyncIterator[City]:
    """Migrates, and opens what a test needs."""
    await migrate(url, namespace)
    pool = await open_pool(url, namespace, size=4, role=READER)
    wakeups = Wakeups(url, namespace)
    commits = GroupCommit(url, namespace)
    await wakeups.start()
    await commits.start()
    try:
        yield City(url, namespace, pool, LogReader(pool), wakeups, commits)
    finally:
        await commits.stop()
        await wakeups.stop()
        await pool.close()


class Matter:
    """Makes the events of one account, numbered."""

    def __init__(self, stream_id: UUID | None = None) -> None:
        self.id = stream_id or uuid4()
        self.version = 0

    def __call__(self, event_class: type[Any], **fields: Any) -> Any:
        self.version += 1
        topic = {}
        if "originator_topic" in event_class.model_fields:
            topic = {"originator_topic": "tests"}
        return event_class(
            originator_id=self.id,
            originator_version=self.version,
            timestamp=NOON,
            **topic,
            **fields,
        )
