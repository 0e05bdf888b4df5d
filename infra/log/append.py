"""Group commit: appends that wait at the same time leave in one transaction, one round trip.

The log has one lane, a lock in PostgreSQL that is held for one batch at a time. A process takes it
over two connections in turn, so that while one batch is being made durable the next is put together
and sent. No two appends under way at once touch the same stream, command or claim (the later one
waits in the queue), so the verdicts are those of the order of arrival.
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
from infra.log.packing import pack_append, pack_demands
from infra.log.records import Append, Verdict

MAX_BYTES = 8 * 1024 * 1024
"""A batch ends when its items reach this size; a single larger append goes alone."""

LIMIT_SECONDS = 10.0
"""How long an append waits for its verdict before StoreUnavailable."""

LANES = 2
_WORTH_SPLITTING = 32
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
        lanes: int = LANES,
    ) -> None:
        super().__init__()
        self._max_queue = max_queue
        self._max_batch = max_batch
        self._limit = limit_seconds
        self._queue: deque[Waiting] = deque()
        self._lanes = [Lane(url, namespace, limit_seconds, self) for _ in range(lanes)]
        self._wake = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._open = False

    @property
    def queue_length(self) -> int:
        """Appends that wait, without those in the batches under way."""
        return len(self._queue)

    def distrust(self) -> None:
        """Sends the next batches straight to judgement, as after failed optimism; for tests."""
        for lane in self._lanes:
            lane.distrust()

    async def start(self) -> None:
        """Connects and begins. Raises StoreUnavailable or Misconfigured."""
        with translated():
            for lane in self._lanes:
                await lane.connected()
        self._loop = asyncio.get_running_loop()
        self._open = True
        self._tasks = [asyncio.create_task(self._work(lane)) for lane in self._lanes]
        self._tasks.append(asyncio.create_task(self._sweep()))

    async def stop(self) -> None:
        """Takes no more, waits until what was taken has its verdict, and disconnects."""
        self._open = False
        while waiting := [*self._queue, *(w for lane in self._lanes for w in lane.batch)]:
            await asyncio.wait([w.told for w in waiting])
            await asyncio.sleep(0)
        for task in self._tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        self._tasks = []
        for lane in self._lanes:
            await lane.close()

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
        loop = self._loop
        waiting = Waiting(append, items, demands, loop.create_future(), loop.time() + self._limit)
        self._queue.append(waiting)
        self._wake.set()
        return await waiting.told

    async def _work(self, lane: Lane) -> None:
        while True:
            # whoever else appends in this turn of the loop comes along
            await asyncio.sleep(0)
            lane.batch = self._next_batch(lane)
            if lane.batch:
                await lane.settle()
                # what waited for this batch may go now
                self._wake.set()
            else:
                self._wake.clear()
                await self._wake.wait()

    def _next_batch(self, lane: Lane) -> list[Waiting]:
        """What waits, as far as it goes together; its keys are put into ``lane.touched``."""
        queue = self._queue
        others = [other for other in self._lanes if other is not lane]
        # When many wait, each lane takes its share, or one would always wait for the other.
        waiting_or_sent = len(queue) + sum(len(other.batch) for other in others)
        share = max(-(-waiting_or_sent // len(self._lanes)), _WORTH_SPLITTING)
        batch: list[Waiting] = []
        later: list[Waiting] = []
        touched: set[Hashable] = set()
        blocked: list[set[Hashable]] = [touched, *(o.touched for o in others if o.touched)]
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
            if all(keys.isdisjoint(waiting.keys) for keys in blocked):
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
        lane.touched = {key for w in batch for key in w.keys} if later else touched
        return batch

    async def _sweep(self) -> None:
        """Tells those who have waited too long, and wakes lanes from calls without end."""
        while True:
            await asyncio.sleep(_SWEEP_SECONDS)
            now = self._loop.time()
            late = [w for lane in self._lanes for w in lane.batch if w.deadline < now]
            while self._queue and (self._queue[0].deadline < now or self._queue[0].told.done()):
                late.append(self._queue.popleft())
            fail(late, StoreUnavailable("no verdict in time"))
            for lane in self._lanes:
                lane.hang_up_when_late(now)
