"""Group commit: appends that wait at the same time leave in one transaction, one round trip.

One lane, one batch under way. When many wait, a batch takes only its share, so that the next one is
ready to leave the moment the answer comes, and the callers of the first go on while PostgreSQL works
on the second. No two appends of a batch touch the same stream, command or claim (the later one waits
for the next batch), so the verdicts are those of the order of arrival.
"""

import asyncio
from collections import deque
from collections.abc import Hashable, Sequence
from contextlib import suppress
from datetime import datetime

from infra.database import translated
from infra.errors import Overloaded, StoreUnavailable
from infra.log.demands import fold
from infra.log.lane import Counts, Lane, Waiting, fail
from infra.log.packing import pack_append, pack_demands, pack_unmoved
from infra.log.records import Append, Verdict

MAX_BYTES = 8 * 1024 * 1024
"""A batch ends when its items reach this size; a single larger append goes alone."""

LIMIT_SECONDS = 10.0
"""How long an append waits for its verdict before StoreUnavailable."""

_WORTH_SPLITTING = 32
"""Fewer than this many appends go in one batch: each costs the database some 0.2 ms of its own."""

_SWEEP_SECONDS = 0.25


class GroupCommit(Counts):
    """The writer of one process. Counters are plain attributes, for whoever measures."""

    def __init__(
        self,
        url: str,
        namespace: str,
        max_queue: int = 4096,
        max_batch: int = 512,
        *,
        limit_seconds: float = LIMIT_SECONDS,
    ) -> None:
        super().__init__()
        self._max_queue = max_queue
        self._max_batch = max_batch
        self._limit = limit_seconds
        self._queue: deque[Waiting] = deque()
        self._lane = Lane(url, namespace, limit_seconds, self)
        self._wake = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._open = False

    @property
    def queue_length(self) -> int:
        """Appends that wait, without those in the batch under way."""
        return len(self._queue)

    def distrust(self) -> None:
        """Sends the next batches straight to judgement, as after failed optimism; for tests."""
        self._lane.distrust()

    async def start(self) -> None:
        """Connects and begins. Raises StoreUnavailable or Misconfigured."""
        with translated():
            await self._lane.connected()
        self._loop = asyncio.get_running_loop()
        self._open = True
        self._tasks = [asyncio.create_task(self._work()), asyncio.create_task(self._sweep())]

    async def stop(self) -> None:
        """Takes no more, waits until what was taken has its verdict, and disconnects."""
        self._open = False
        while waiting := [*self._queue, *self._lane.batch]:
            await asyncio.wait([w.told for w in waiting])
            await asyncio.sleep(0)
        for task in self._tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        self._tasks = []
        await self._lane.close()

    async def append(
        self,
        append: Append,
        *,
        contiguous: bool = True,
        times: Sequence[datetime] | None = None,
    ) -> Verdict:
        """Answers when the append is durable, or when it is known why it cannot be.

        Cancelling the caller takes the append out of the queue, or lets it finish when it has
        left already. Raises Overloaded at once when too many wait; StoreUnavailable when there
        is no verdict in time (the outcome is then unknown, and a retry with the same command id
        is safe); BadRequest when a value cannot be stored.

        ``contiguous=False`` lets a stream begin anywhere and leave versions out; ``times`` gives
        the events times of their own. Both are for the library's recorders.
        """
        if len(self._queue) >= self._max_queue:
            raise Overloaded()
        if not self._open:
            raise StoreUnavailable("the group commit is not running")
        demands: list[bytes] = []
        if append.claims:
            at = append.occurred_at
            demands = pack_demands(append.command_id, fold(append.claims, at), at)
        items = pack_append(append, contiguous=contiguous, times=times)
        checks = pack_unmoved(append) if append.unmoved else []
        loop = self._loop
        told: asyncio.Future[Verdict] = loop.create_future()
        waiting = Waiting(append, items, demands, checks, told, loop.time() + self._limit)
        self._queue.append(waiting)
        self._wake.set()
        return await told

    async def _work(self) -> None:
        last = 0
        while True:
            if not self._queue:
                self._wake.clear()
                await self._wake.wait()
                # whoever else appends in this turn of the loop comes along
                await asyncio.sleep(0)
            # The callers of the last batch have been told but have not run yet: they do while this
            # one is under way, and will be back for the next.
            batch = self._next_batch(last)
            if batch:
                await self._lane.settle(batch)
            last = len(batch)

    def _next_batch(self, last: int) -> list[Waiting]:
        """What waits, as far as it goes together, at most its share; ``last`` was that many."""
        queue = self._queue
        share = max((len(queue) + last + 1) // 2, _WORTH_SPLITTING)
        batch: list[Waiting] = []
        later: list[Waiting] = []
        touched: set[Hashable] = set()
        events = size = 0
        while queue and len(batch) < share and len(later) < self._max_batch:
            waiting = queue[0]
            if batch and (
                events + waiting.events > self._max_batch or size + waiting.size > MAX_BYTES
            ):
                break
            queue.popleft()
            if waiting.told.done():
                continue
            if touched.isdisjoint(waiting.keys):
                batch.append(waiting)
                events += waiting.events or 1
                size += waiting.size
            else:
                later.append(waiting)
            # what was put off also holds back what comes after it on the same keys
            touched.update(waiting.keys)
        queue.extendleft(reversed(later))
        if any(not w.events for w in batch):
            # positions are numbered by place, so what has no event comes last
            batch.sort(key=lambda w: not w.events)
        return batch

    async def _sweep(self) -> None:
        """Tells those who have waited too long, and wakes the lane from a call without end."""
        while True:
            await asyncio.sleep(_SWEEP_SECONDS)
            now = self._loop.time()
            late = [w for w in self._lane.batch if w.deadline < now]
            while self._queue and (self._queue[0].deadline < now or self._queue[0].told.done()):
                late.append(self._queue.popleft())
            fail(late, StoreUnavailable("no verdict in time"))
            self._lane.hang_up_when_late(now)
