"""The market with everything that runs it, over real engines: log, executor, feed, wake-ups."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from commands.base import Caller, Command, Role
from domain.shared.calendar import Calendar
from infra import clock as system
from infra.database import READER, WRITER, Pool, connect, open_pool
from infra.discovery import Registry
from infra.executing.asking import Ask, Outcome
from infra.executing.executor import Executor as Executing
from infra.log.append import GroupCommit
from infra.log.codec import Codec
from infra.log.load import Loader
from infra.log.migrate import migrate
from infra.log.read import LogReader
from infra.log.records import RecordedEvent
from infra.log.wakeups import Wakeups
from infra.projecting.projector import Projector
from infra.reacting.operating import PolicyOperations, register_policies
from infra.reacting.policies import PolicyRunner
from infra.reacting.scheduler import Scheduler
from tests.infra.reacting import stalls

SOMEONE = Caller(actor="someone", roles=frozenset({Role.OFFICER}))
SOON = (timedelta(milliseconds=20), timedelta(milliseconds=40), timedelta(milliseconds=60))
LONGEST_SECONDS = 20.0


class LogFeed:
    """A feed with the log as its only source."""

    def __init__(self, reader: LogReader, wakeups: Wakeups) -> None:
        self._reader = reader
        self._wakeups = wakeups

    async def read(self, after: int, limit: int) -> Sequence[RecordedEvent]:
        return await self._reader.read(after, limit)

    async def wait(self, after: int, timeout: float) -> None:  # noqa: ASYNC109  # the feed's own
        with self._wakeups.subscribe("log") as subscription:
            if await self._reader.head() <= after:
                await subscription.wait(timeout)


class HandClock:
    """A clock that a test sets; it goes only when told."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def shanghai(self, text: str) -> None:
        """Sets it to a time of Shanghai, ``2026-11-27 17:10``."""
        self.at = datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


class Late:
    """The true clock, moved ahead."""

    def __init__(self, ahead: timedelta = timedelta(0)) -> None:
        self.ahead = ahead

    def __call__(self) -> datetime:
        return system.now() + self.ahead


class Market:
    """One process's worth of Huimin, as the composition root would join it."""

    def __init__(self, url: str, namespace: str, registry: Registry, clock: Any) -> None:
        self.url = url
        self.namespace = namespace
        self.registry = registry
        self.clock = clock
        self.codec = Codec(registry)
        self.appends = GroupCommit(url, namespace)
        self.wakeups = Wakeups(url, namespace)
        self.readers: Pool
        self.writers: Pool
        self.reader: LogReader
        self.executor: Executing
        self.schedulers: list[Scheduler] = []

    async def start(self) -> None:
        self.readers = await open_pool(self.url, self.namespace, size=4, role=READER)
        self.writers = await open_pool(self.url, self.namespace, size=2, role=WRITER)
        self.reader = LogReader(self.readers)
        await self.appends.start()
        await self.wakeups.start()
        await self.wakeups.listening()
        self.executor = Executing(
            appends=self.appends,
            loads=Loader(self.reader, self.codec),
            stored=self.reader,
            codec=self.codec,
            calendar=Calendar(),
            pseudonym=lambda kind, value: f"{kind}:{value}",
            clock=self.clock,
        )

    async def stop(self) -> None:
        await self.wakeups.stop()
        await self.appends.stop()
        await self.writers.close()
        await self.readers.close()

    async def do(self, command: Command, **ask: Any) -> Outcome:
        """Sends a command as a person would."""
        spec = self.registry.command_for(type(command))
        asked = Ask(caller=SOMEONE, command_id=uuid4(), fingerprint=b"test")._replace(**ask)
        return await self.executor.execute(spec, command, asked)

    async def licensed(self, *desks: UUID, **ask: Any) -> UUID:
        """A new stall with a licence, to be filed with the desks."""
        stall = uuid4()
        await self.do(stalls.Apply(stall_id=stall), **ask)
        await self.do(stalls.License(stall_id=stall, desks=desks), **ask)
        return stall

    async def desk(self) -> UUID:
        """A new desk, open."""
        desk = uuid4()
        await self.do(stalls.SetUpDesk(desk_id=desk))
        return desk

    async def events(self, name: str | None = None) -> list[RecordedEvent]:
        """Everything in the log, or the events of one name (``filed``)."""
        found = await self.reader.read(0, 100_000)
        return [e for e in found if name in (None, e.name)]

    async def rows(self, statement: str, *parameters: Any) -> list[Any]:
        """The rows of any statement."""
        async with self.writers.connection() as connection:
            cursor = await connection.execute(statement.encode(), parameters)
            return await cursor.fetchall() if cursor.description else []

    def runner(self, **changes: Any) -> PolicyRunner:
        """The policies' role."""
        parts: dict[str, Any] = {
            "feed": LogFeed(self.reader, self.wakeups),
            "reader": self.reader,
            "codec": self.codec,
            "registry": self.registry,
            "executor": self.executor,
            "database_url": self.url,
            "namespace": self.namespace,
            "pauses": SOON,
        }
        return PolicyRunner(**{**parts, **changes})

    def scheduler(self, **changes: Any) -> Scheduler:
        """The scheduler's role, by the market's own clock."""
        parts: dict[str, Any] = {
            "registry": self.registry,
            "executor": self.executor,
            "wakeups": self.wakeups,
            "database_url": self.url,
            "namespace": self.namespace,
            "clock": self.clock,
        }
        made = Scheduler(**{**parts, **changes})
        self.schedulers.append(made)
        return made

    def projector(self) -> Projector:
        """Keeps the timers."""
        feed = LogFeed(self.reader, self.wakeups)
        return Projector(feed, self.reader, self.codec, self.registry, self.url, self.namespace)

    @property
    def operations(self) -> PolicyOperations:
        """What an operator does."""
        return PolicyOperations(
            pool=self.writers,
            reader=self.reader,
            codec=self.codec,
            registry=self.registry,
            executor=self.executor,
        )

    async def policies_done(self) -> None:
        """Every running policy has answered all of the log, and nothing waits."""

        async def done() -> bool:
            status = await self.operations.status()
            return all(p.waiting == 0 and (p.lag == 0 or p.state == "parked") for p in status)

        await self.until(done)

    async def parked(self, policy: str) -> int:
        """The position at which a policy was parked, once it is."""
        found: list[int] = []

        async def is_parked() -> bool:
            for p in await self.operations.status():
                if p.policy == policy and p.parked_at is not None:
                    found.append(p.parked_at)
            return bool(found)

        await self.until(is_parked)
        return found[0]

    async def until(self, condition: Callable[[], Awaitable[bool]]) -> None:
        """Looks at each wake-up of the log, and else twenty times a second."""
        deadline = system.now() + timedelta(seconds=LONGEST_SECONDS)
        with self.wakeups.subscribe("log") as woken:
            while not await condition():
                assert system.now() < deadline, "it did not come about"
                await woken.wait(0.05)

    async def timers_seen(self) -> None:
        """The read model of timers has folded all of the log, and the scheduler is told to look."""
        head = await self.reader.head()

        async def seen() -> bool:
            rows = await self.rows("SELECT position FROM projections WHERE name = 'timers'")
            return bool(rows) and rows[0][0] >= head

        await self.until(seen)
        await self.poke()

    async def scheduler_looked(self) -> None:
        """Every scheduler that leads has looked at the timers, from now on and to the end."""

        async def somebody_leads() -> bool:
            return any(s.looks for s in self.schedulers)

        await self.until(somebody_leads)
        before = {s: s.looks for s in self.schedulers if s.looks}

        async def looked() -> bool:
            await self.poke()
            # the first of two may have begun before now
            return all(s.looks >= looks + 2 for s, looks in before.items())

        await self.until(looked)

    async def nothing_due(self) -> None:
        """The timers have folded all of the log, and none lies before now."""

        async def nothing() -> bool:
            await self.timers_seen()
            rows = await self.rows(
                "SELECT 1 FROM read_timers WHERE next_at < %s LIMIT 1", self.clock()
            )
            return not rows

        await self.until(nothing)

    async def rows_as_owner(self, statement: str, *parameters: Any) -> None:
        """Any statement, with the rights of the schema's owner."""
        async with await connect(self.url, self.namespace) as owner:
            await owner.execute(statement.encode(), parameters)

    async def poke(self) -> None:
        """Wakes the scheduler, which then reads its clock again."""
        await self.rows(f"NOTIFY \"projection_{self.namespace}\", 'timers 0'")


@asynccontextmanager
async def market(
    url: str, namespace: str, *policies: str, clock: Callable[[], datetime] = system.now
) -> AsyncIterator[Market]:
    """A market with these policies, registered at the log's beginning."""
    await migrate(url, namespace)
    whole = stalls.registry()
    registry = replace(whole, policies={name: whole.policies[name] for name in policies})
    await register_policies(url, namespace, registry)
    made = Market(url, namespace, registry, clock)
    await made.start()
    try:
        yield made
    finally:
        await made.stop()
