"""What read models and policies follow: every event of the log, in order, once.

Consumers say behind which position they want to read, so any number of them share one feed, each
at its own place. The latest events come from a ring in memory, which JetStream fills; whatever is
older, or does not come in time, is read from the log. Nothing is ever handed out that is not in the
log: a message past the log's known head waits until the log has confirmed it.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Literal, Protocol

import structlog
from nats.aio.msg import Msg

from domain.shared.aggregate import EventBase
from infra.errors import Corrupt, HuiminError, StreamAhead
from infra.feed.ring import Ring
from infra.feed.tail import Tail
from infra.log.read import LogReader
from infra.log.records import RecordedEvent
from infra.log.wakeups import Wakeups
from infra.relay.message import from_message
from infra.relay.session import end

log = structlog.get_logger(__name__)

LATE_SECONDS = 0.25
"""How far JetStream may lag behind the log before the log is read instead."""

_POLL_SECONDS = 1.0
_PAGE = 500


class Decodes(Protocol):
    """The codec, as far as the feed needs it."""

    def decode(self, recorded: RecordedEvent) -> EventBase: ...


class Feed:
    """One per process. Works before `start` too, then always from the log."""

    def __init__(
        self,
        reader: LogReader,
        wakeups: Wakeups,
        nats_urls: Sequence[str],
        namespace: str,
        codec: Decodes,
        *,
        ring: Ring | None = None,
    ) -> None:
        self._reader = reader
        self._wakeups = wakeups
        self._codec = codec
        self._ring = ring or Ring()
        self._tail = Tail(reader, nats_urls, namespace, self._take)
        self._tasks: list[asyncio.Task[None]] = []
        self._following = False
        self._head = 0
        self._late = False
        self._moved = asyncio.Event()

    @property
    def source(self) -> Literal["jetstream", "log"]:
        """Where the latest events come from at this moment."""
        return "jetstream" if self._tail.live and not self._late else "log"

    @property
    def last(self) -> int:
        """The position of the latest event that is here."""
        return self._ring.last

    async def start(self) -> None:
        """Begins to follow; returns at once, whether or not the engines are there."""
        self._tasks = [
            asyncio.create_task(self._follow_log(), name="feed log"),
            asyncio.create_task(self._tail.run(), name="feed stream"),
        ]

    async def stop(self) -> None:
        """Ends what `start` began."""
        await end(self._tasks)
        self._tasks = []
        self._following = False

    async def read(self, after: int, limit: int) -> Sequence[RecordedEvent]:
        """The events behind position ``after`` in order, at most ``limit``; none when there is
        nothing new.

        Raises StoreUnavailable when the log is needed and away.
        """
        if self._ring.covers(after):
            return self._ring.read(after, limit)
        if self._following and after == self._ring.last:
            return ()
        return await self._reader.read(after, limit)

    async def wait(self, after: int, timeout: float) -> None:  # noqa: ASYNC109  # a wait, not a cancel
        """Returns when there is an event behind ``after``, or after ``timeout`` seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                await self._reached(after + 1)

    def decode(self, recorded: RecordedEvent) -> EventBase:
        """The domain event; decoded once for all consumers while the event is in the ring.

        Raises as the codec does.
        """
        event = self._ring.decoded(recorded)
        if event is None:
            event = self._codec.decode(recorded)
            self._ring.keep_decoded(recorded, event)
        return event

    async def _reached(self, position: int) -> None:
        while self._ring.last < position:
            self._moved.clear()
            await self._moved.wait()

    async def _follow_log(self) -> None:
        with self._wakeups.subscribe("log") as news:
            while True:
                try:
                    payload = await news.wait(_POLL_SECONDS) if self._following else ""
                    await self._look(payload)
                    await self._catch_up()
                except HuiminError as error:
                    log.warning("feed_off_log", error=error.code)
                    # the database may come back with another past
                    self._tail.doubt()
                    await asyncio.sleep(_POLL_SECONDS)

    async def _look(self, payload: str | None) -> None:
        """Learns the log's head, from a wake-up or by asking."""
        if payload:
            self._head = max(self._head, int(payload))
            return
        known = self._head
        head = await self._reader.head()
        if head < known:
            log.error("log_went_back", known=known, head=head)
            self._tail.doubt()
            self._head = head
        if head < known or not self._following:
            self._ring.reset(head)
            self._following = True
            self._moved.set()
        self._head = max(self._head, head)

    async def _catch_up(self) -> None:
        target = self._head
        if self._ring.last < target and self.source == "jetstream":
            with suppress(TimeoutError):
                async with asyncio.timeout(LATE_SECONDS):
                    await self._reached(target)
        if self._ring.last < target:
            self._late = True
            await self._fill(target)

    async def _fill(self, upto: int) -> None:
        """Takes events from the log until the ring has reached ``upto``."""
        while self._ring.last < upto:
            events = await self._reader.read(self._ring.last, _PAGE, upto=upto)
            if not events:
                raise Corrupt(f"the log has no position {self._ring.last + 1}")
            for event in events:
                self._ring.append(event)
            self._moved.set()

    async def _take(self, sequence: int, message: Msg) -> None:
        """A message of the stream. Raises Corrupt, StreamAhead, StoreUnavailable."""
        if sequence > self._ring.last and self._following:
            event = from_message(message)
            if event.position != sequence:
                raise Corrupt("a message is not at its position", position=sequence)
            if sequence > self._head:
                self._head = max(self._head, await self._reader.head())
            if sequence > self._head:
                raise StreamAhead("a message is ahead of the log", position=sequence)
            if sequence > self._ring.last + 1:
                log.warning("stream_gap", after=self._ring.last, next=sequence)
                await self._fill(sequence - 1)
            self._ring.append(event)
            self._moved.set()
        if sequence >= self._head:
            self._late = False
