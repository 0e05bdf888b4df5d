"""The newest events, read and decoded once for all read models of a process.

Read models that keep up stand near the log's head and ask for the same pages; they get them from
here. One that lags reads its own pages, which are not kept.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from itertools import islice
from typing import Protocol

from domain.shared.aggregate import EventBase
from infra.errors import Corrupt
from infra.log.records import RecordedEvent

KEPT = 4096
"""Events kept in memory; about 2 KB each with their decoded form."""


class Feed(Protocol):
    """Where events come from: JetStream, or the log when that is away."""

    async def read(self, after: int, limit: int) -> Sequence[RecordedEvent]: ...
    async def wait(self, after: int, timeout: float) -> None: ...  # noqa: ASYNC109  # a longest wait, not a failure


class Decodes(Protocol):
    """Makes an event of the domain from one of the log."""

    def decode(self, recorded: RecordedEvent) -> EventBase: ...


class Tail:
    """A feed with a memory."""

    def __init__(self, feed: Feed, codec: Decodes) -> None:
        self._feed = feed
        self._codec = codec
        self._kept: deque[RecordedEvent] = deque()
        self._decoded: dict[int, EventBase] = {}
        self._turn = asyncio.Lock()

    async def read(self, after: int, limit: int) -> Sequence[RecordedEvent]:
        """The events right behind ``after``, at most ``limit``, or none when there are none yet.

        Raises Corrupt when the feed leaves one out.
        """
        if page := self._from_memory(after, limit):
            return page
        if self._kept and after < self._kept[0].position - 1:
            return _gapless(await self._feed.read(after, limit), after)
        async with self._turn:  # one asks the feed, the others find it in memory
            if kept := self._from_memory(after, limit):
                return kept
            fresh = _gapless(await self._feed.read(after, limit), after)
            self._keep(fresh, after)
            return fresh

    async def wait(self, after: int, longest_seconds: float) -> None:
        """Returns when there may be an event behind ``after``, or after a while in any case."""
        if not self._from_memory(after, 1):
            await self._feed.wait(after, longest_seconds)

    def decode(self, recorded: RecordedEvent) -> EventBase:
        """The event, decoded once as long as it is kept. Raises what the codec raises."""
        event = self._decoded.get(recorded.position)
        if event is None:
            event = self._codec.decode(recorded)
            if self._kept and self._kept[0].position <= recorded.position:
                self._decoded[recorded.position] = event
        return event

    def _from_memory(self, after: int, limit: int) -> list[RecordedEvent]:
        kept = self._kept
        if not kept or not kept[0].position <= after + 1 <= kept[-1].position:
            return []
        start = after + 1 - kept[0].position
        return list(islice(kept, start, start + limit))

    def _keep(self, page: Sequence[RecordedEvent], after: int) -> None:
        if not page:
            return
        if self._kept and self._kept[-1].position != after:
            self._kept.clear()
            self._decoded.clear()
        self._kept.extend(page)
        while len(self._kept) > KEPT:
            self._decoded.pop(self._kept.popleft().position, None)


def _gapless(page: Sequence[RecordedEvent], after: int) -> Sequence[RecordedEvent]:
    if page and (page[0].position != after + 1 or page[-1].position != after + len(page)):
        raise Corrupt(f"the feed leaves events out behind position {after}")
    return page
