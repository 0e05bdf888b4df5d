"""A log to write to, relays to run, and ways to wait for what they do and to break a nats-server."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from infra.database import READER, open_pool
from infra.errors import Unavailable
from infra.feed import Feed
from infra.log.append import GroupCommit
from infra.log.codec import Codec
from infra.log.migrate import migrate
from infra.log.read import LogReader
from infra.log.records import Append, Appended, NewEvent, RecordedEvent
from infra.log.wakeups import Wakeups
from infra.relay.audit import Comparison, compare
from infra.relay.message import to_message
from infra.relay.relay import Relay, State
from infra.relay.session import end, session
from infra.relay.stream import EventStream, StreamInfo

AT = datetime(2014, 3, 3, 9, 30, 0, 123456, tzinfo=UTC)
TYPE = "street-lamps.lamp-switched.v1"
PATIENCE_SECONDS = 20.0


@dataclass(frozen=True)
class Nothing:
    """A registry without programmes."""

    events: dict[str, Any] = field(default_factory=dict)
    event_owner: dict[str, Any] = field(default_factory=dict)


@dataclass
class Chronicle:
    """One namespace's log, and whatever a test runs over it."""

    namespace: str
    nats_urls: Sequence[str]
    reader: LogReader
    wakeups: Wakeups
    commits: GroupCommit
    _running: list[tuple[asyncio.Task[None], Relay]] = field(default_factory=list)
    _feeds: list[Feed] = field(default_factory=list)

    async def write(self, count: int, size: int = 200) -> int:
        """Appends so many events, each of a matter of its own; the head's position."""
        verdicts = await asyncio.gather(*(self._append(size) for _ in range(count)))
        return max(v.first_position for v in verdicts if isinstance(v, Appended))

    async def _append(self, size: int) -> Any:
        lamp = uuid4()
        data = b'{"note": "' + b"x" * size + b'"}'
        return await self.append(NewEvent(lamp, 1, TYPE, data))

    async def append(self, event: NewEvent, **columns: Any) -> Any:
        """Appends one event with the given columns."""
        return await self.commits.append(
            Append(
                command_id=uuid4(),
                fingerprint=b"f",
                stream_id=event.stream_id,
                version=event.version,
                occurred_at=AT,
                actor="lamplighter",
                events=[event],
                **columns,
            )
        )

    def relay(self, **options: Any) -> Relay:
        """A running relay that looks often."""
        often: dict[str, Any] = {"probe_every": timedelta(seconds=0.3), "audit_share": 0.9}
        relay = Relay(self.reader, self.wakeups, self.nats_urls, self.namespace, **often | options)
        self._running.append((asyncio.create_task(relay.run()), relay))
        return relay

    async def kill(self, relay: Relay) -> None:
        """Ends the relay wherever it is."""
        for task, running in self._running:
            if running is relay:
                await end([task])
                assert task.cancelled()

    async def feed(self, codec: Any = None, **options: Any) -> Feed:
        """A started feed."""
        codec = codec or Codec(Nothing())
        feed = Feed(self.reader, self.wakeups, self.nats_urls, self.namespace, codec, **options)
        await feed.start()
        self._feeds.append(feed)
        return feed

    async def level(self) -> Comparison:
        """Waits until every position of the log is in the stream with the same content."""
        comparison = None

        async def same() -> bool:
            nonlocal comparison
            async with self.stream() as stream:
                comparison = await compare(self.reader, stream.client, self.namespace)
            return comparison.same

        await eventually(same)
        assert comparison is not None
        return comparison

    @asynccontextmanager
    async def stream(self) -> AsyncIterator[EventStream]:
        """The stream, over a connection of its own."""
        async with session(self.nats_urls, "test") as broker:
            yield EventStream(broker.client, self.namespace)

    async def info(self) -> StreamInfo | None:
        """The stream as it stands."""
        async with self.stream() as stream:
            return await stream.info()

    async def close(self) -> None:
        """Stops whatever runs."""
        for _, relay in self._running:
            await self.kill(relay)
        for feed in self._feeds:
            await feed.stop()


@asynccontextmanager
async def open_chronicle(
    database_url: str, nats_urls: Sequence[str], namespace: str
) -> AsyncIterator[Chronicle]:
    """An empty, migrated log with everything around it started."""
    await migrate(database_url, namespace)
    async with AsyncExitStack() as stack:
        pool = await open_pool(database_url, namespace, size=4, role=READER)
        stack.push_async_callback(pool.close)
        wakeups = Wakeups(database_url, namespace)
        await wakeups.start()
        stack.push_async_callback(wakeups.stop)
        commits = GroupCommit(database_url, namespace)
        await commits.start()
        stack.push_async_callback(commits.stop)
        chronicle = Chronicle(namespace, nats_urls, LogReader(pool), wakeups, commits)
        stack.push_async_callback(chronicle.close)
        await wakeups.listening()
        yield chronicle


def another_event(position: int) -> RecordedEvent:
    """An event that this log never had."""
    return RecordedEvent(
        position=position,
        stream_id=uuid4(),
        version=1,
        type=TYPE,
        data=b'{"of": "another log"}',
        occurred_at=AT,
        recorded_at=AT,
        actor="lamplighter",
        department=None,
        command_id=uuid4(),
        correlation_id=uuid4(),
        causation_position=None,
        traceparent=None,
        clock=None,
    )


async def publish(chronicle: Chronicle, *events: RecordedEvent) -> None:
    """Puts events into the stream past the relay."""
    async with chronicle.stream() as stream:
        await stream.ensure()
        for event in events:
            subject, headers, data = to_message(event, chronicle.namespace)
            await stream.client.jetstream().publish(subject, data, headers=headers)


class Reader:
    """A consumer of a feed: reads from the first position on and keeps what it gets."""

    def __init__(self, feed: Feed) -> None:
        self.events: list[RecordedEvent] = []
        self._feed = feed
        self._task = asyncio.create_task(self._run())

    @property
    def position(self) -> int:
        return self.events[-1].position if self.events else 0

    async def reached(self, position: int) -> None:
        """Waits until it has read so far, and holds that nothing came twice or was left out."""
        await eventually(lambda: self._is_at(position))
        assert [e.position for e in self.events] == list(range(1, self.position + 1))

    async def stop(self) -> None:
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task

    async def _is_at(self, position: int) -> bool:
        if self._task.done():
            self._task.result()
        return self.position >= position

    async def _run(self) -> None:
        while True:
            events = await self._feed.read(self.position, 100)
            self.events.extend(events)
            if not events:
                await self._feed.wait(self.position, 5.0)


async def eventually(condition: Callable[[], Awaitable[bool]]) -> None:
    """Waits until the condition holds; an engine that is away for a moment does not matter."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await _holds(condition):  # noqa: ASYNC110  # what is awaited is another process
            await asyncio.sleep(0.02)  # allow: sleep, looks again at what nobody announces


async def _holds(condition: Callable[[], Awaitable[bool]]) -> bool:
    try:
        return await condition()
    except Unavailable:
        return False


async def becomes(relay: Relay, state: State) -> None:
    """Waits until the relay is in that state."""

    async def there() -> bool:
        return relay.state is state

    await eventually(there)


def blocks(store: Path) -> list[Path]:
    """The stream's message blocks on disk, the oldest first."""
    return sorted(store.rglob("msgs/*.blk"), key=lambda p: int(p.stem))


def cut_tail(store: Path, drop_bytes: int) -> None:
    """Cuts the last block short, as a power cut does."""
    block = blocks(store)[-1]
    os.truncate(block, block.stat().st_size - drop_bytes)


def flip_byte(store: Path) -> None:
    """Changes one bit in the middle of the block in the middle."""
    all_blocks = blocks(store)
    block = all_blocks[len(all_blocks) // 2]
    content = bytearray(block.read_bytes())
    content[len(content) // 2] ^= 0x01
    block.write_bytes(content)
