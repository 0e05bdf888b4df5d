"""Group commit: appends that wait at the same time leave in one transaction, one round trip.

One lane per process sends whatever waits when it is free. It goes optimistically, and PostgreSQL's
unique keys judge; a batch that is refused goes again through a function that gives each append its
own verdict. Within a batch no two appends touch the same stream, command or claim (the later one
waits for the next batch), so the verdicts are those of the order of arrival.

A lost connection leaves open whether the batch was committed. It is then sent again, judged, and
what proves to be our own write, event by event, is ``Appended`` and not a duplicate.
"""

import asyncio
import os
import socket
from collections import deque
from collections.abc import Hashable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

import psycopg
import structlog

from infra import database
from infra.database import Connection, translate, translated
from infra.errors import HuiminError, Overloaded, StoreUnavailable
from infra.log.demands import fold
from infra.log.packing import ITEM_OIDS, pack_append, pack_demands, parameters, register
from infra.log.records import (
    Append,
    Appended,
    Claimed,
    Conflict,
    Duplicate,
    StoredCommand,
    Verdict,
)

log = structlog.get_logger(__name__)

MAX_BYTES = 8 * 1024 * 1024
"""A batch ends when its items reach this size; a single larger append goes alone."""

LIMIT_SECONDS = 10.0
"""How long an append waits for its verdict before StoreUnavailable."""

_SWEEP_SECONDS = 0.25
_FIRST_PAUSE_SECONDS = 0.05
_LONGEST_PAUSE_SECONDS = 1.0
_MOST_DOUBT = 64

_OPTIMISTIC = "SELECT append_optimistic(%b::append_item[], %b::append_claim[])"
_JUDGED = "SELECT * FROM append_judged(%b::append_item[], %b::append_claim[])"

_OBJECTIONS = (
    psycopg.errors.UniqueViolation,
    psycopg.errors.ExclusionViolation,
    psycopg.errors.CardinalityViolation,
)
# Another try may succeed where these failed, without any change.
_PASSING = (
    psycopg.errors.SerializationFailure,
    psycopg.errors.DeadlockDetected,
    psycopg.errors.LockNotAvailable,
)


class _Waiting:
    """An append on its way. ``sent``: it may be in the log although nobody said so."""

    __slots__ = ("append", "deadline", "demands", "events", "items", "keys", "sent", "size", "told")

    def __init__(
        self,
        append: Append,
        items: list[bytes],
        demands: list[bytes],
        told: "asyncio.Future[Verdict]",
        deadline: float,
    ) -> None:
        self.append = append
        self.items = items
        self.demands = demands
        self.events = len(append.events)
        self.size = sum(map(len, items))
        self.told = told
        self.deadline = deadline
        self.sent = False
        keys: set[Hashable] = {append.command_id.bytes, append.stream_id.bytes}
        if append.claims:
            keys.update((c.scope, c.value) for c in append.claims)
        if self.events > 1:
            # of other streams only when the library saves several aggregates at once
            keys.update(e.stream_id.bytes for e in append.events)
        self.keys = keys


class GroupCommit:
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
        self._url = url
        self._namespace = namespace
        self._max_queue = max_queue
        self._max_batch = max_batch
        self._limit = limit_seconds
        self._queue: deque[_Waiting] = deque()
        self._in_flight: list[_Waiting] = []
        self._called_at: float | None = None
        self._wake = asyncio.Event()
        self._connection: Connection | None = None
        self._oids = (0, 0)
        self._doubt = 0
        self._tasks: list[asyncio.Task[None]] = []
        self._open = False

        self.batches = 0
        self.judged_batches = 0
        self.appended = 0
        self.conflicts = 0
        self.duplicates = 0
        self.claimed = 0
        self.lost_connections = 0
        self.last_batch_size = 0

    @property
    def queue_length(self) -> int:
        """Appends that wait, without those in the batch under way."""
        return len(self._queue)

    async def start(self) -> None:
        """Connects and begins. Raises StoreUnavailable or Misconfigured."""
        with translated():
            await self._connected()
        self._loop = asyncio.get_running_loop()
        self._open = True
        self._tasks = [
            asyncio.create_task(self._lane(), name="group commit"),
            asyncio.create_task(self._sweep(), name="group commit limits"),
        ]

    async def stop(self) -> None:
        """Takes no more, waits until what was taken has its verdict, and disconnects."""
        self._open = False
        while self._queue or self._in_flight:
            waiting = [w.told for w in (*self._in_flight, *self._queue)]
            await asyncio.wait(waiting)
            await asyncio.sleep(0)
        for task in self._tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        self._tasks = []
        if self._connection is not None:
            await self._connection.close()

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
        at = append.occurred_at
        demands = (
            pack_demands(append.command_id, fold(append.claims, at), at) if append.claims else []
        )
        waiting = _Waiting(
            append,
            pack_append(append, contiguous=contiguous, times=times),
            demands,
            self._loop.create_future(),
            self._loop.time() + self._limit,
        )
        self._queue.append(waiting)
        self._wake.set()
        return await waiting.told

    async def _lane(self) -> None:
        while True:
            if not self._queue:
                self._wake.clear()
                await self._wake.wait()
            # whoever else appends in this turn of the loop comes along
            await asyncio.sleep(0)
            self._in_flight = batch = self._next_batch()
            if batch:
                try:
                    await self._settle(batch)
                except Exception as error:  # the lane goes on, whatever it was
                    log.exception("group_commit_failed")
                    _fail(batch, HuiminError(type(error).__name__))
                finally:
                    self._in_flight = []

    def _next_batch(self) -> list[_Waiting]:
        batch: list[_Waiting] = []
        later: list[_Waiting] = []
        touched: set[Hashable] = set()
        events = size = 0
        queue = self._queue
        while queue and len(later) < self._max_batch:
            waiting = queue[0]
            if batch and (events >= self._max_batch or size + waiting.size > MAX_BYTES):
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
            touched |= waiting.keys
        queue.extendleft(reversed(later))
        # positions are numbered by place, so what has no event comes last
        batch.sort(key=lambda w: not w.events)
        return batch

    async def _settle(self, batch: list[_Waiting]) -> None:
        """Sends a batch until each of its appends has a verdict, or nobody waits for it."""
        judged = self._doubt > 0
        pause = _FIRST_PAUSE_SECONDS
        while batch := [w for w in batch if not w.told.done()]:
            try:
                connection = await self._connected()
            except psycopg.Error as error:
                log.warning("log_unreachable", error=type(error).__name__)
            else:
                try:
                    if judged or any(w.sent for w in batch):
                        await self._judge(connection, batch)
                    else:
                        await self._try(connection, batch)
                    return
                except psycopg.Error as error:
                    if connection.closed:
                        self.lost_connections += 1
                        log.warning("log_connection_lost", error=type(error).__name__)
                        for waiting in batch:
                            waiting.sent = True
                    elif isinstance(error, _OBJECTIONS) and not judged:
                        judged = True
                        self._doubt = min(2 * self._doubt + 1, _MOST_DOUBT)
                        continue
                    elif not isinstance(error, _PASSING):
                        await self._give_up(batch, error)
                        return
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)

    async def _give_up(self, batch: list[_Waiting], error: psycopg.Error) -> None:
        """Answers a batch that the database refused for what it is or for what is in it."""
        meaning = translate(error)
        if len(batch) == 1 or isinstance(meaning, StoreUnavailable):
            _fail(batch, meaning)
            return
        # One of them cannot be stored; its neighbours shall not suffer.
        for waiting in batch:
            await self._settle([waiting])

    async def _try(self, connection: Connection, batch: list[_Waiting]) -> None:
        ((head,),) = await self._call(connection, _OPTIMISTIC, batch)
        for waiting in batch:
            if not waiting.told.done():
                waiting.told.set_result(Appended(head + 1 if waiting.events else 0))
            head += waiting.events
        self._count(batch)
        self.appended += len(batch)

    async def _judge(self, connection: Connection, batch: list[_Waiting]) -> None:
        rows = await self._call(connection, _JUDGED, batch)
        refused = {row[1]: row for row in rows}
        head = refused.pop(None)[4]
        self._doubt = max(self._doubt - 1, 0) if not refused else self._doubt
        for waiting in batch:
            row = refused.get(waiting.append.command_id)
            if row is None:
                verdict: Verdict = Appended(head + 1 if waiting.events else 0)
                head += waiting.events
                self.appended += 1
            else:
                verdict = self._verdict(row, waiting)
            if not waiting.told.done():
                waiting.told.set_result(verdict)
        self._count(batch)
        self.judged_batches += 1

    def _verdict(self, row: Sequence[Any], waiting: _Waiting) -> Verdict:
        kind, command_id, stream, version, first, types, fingerprint, same, demand, holder = row
        if kind == "conflict":
            self.conflicts += 1
            return Conflict()
        if kind == "claimed":
            self.claimed += 1
            return Claimed(demand, holder)
        if waiting.sent and same and fingerprint == waiting.append.fingerprint:
            # our own write, of which the lost connection could not tell us
            self.appended += 1
            return Appended(first)
        self.duplicates += 1
        return Duplicate(
            StoredCommand(command_id, fingerprint, stream, version, first, tuple(types))
        )

    def _count(self, batch: Sequence[_Waiting]) -> None:
        self.batches += 1
        self.last_batch_size = len(batch)

    async def _call(
        self, connection: Connection, statement: str, batch: Sequence[_Waiting]
    ) -> list[Any]:
        arrays = parameters(
            self._oids,
            [item for w in batch for item in w.items],
            [demand for w in batch for demand in w.demands],
        )
        self._called_at = self._loop.time()
        try:
            cursor = await connection.execute(statement, arrays, prepare=True, binary=True)
            return await cursor.fetchall()
        finally:
            self._called_at = None

    async def _connected(self) -> Connection:
        if self._connection is None or self._connection.closed:
            connection = await database.connect(
                self._url, self._namespace, role=database.WRITER, application="huimin-append"
            )
            register(connection.adapters)
            # the server gives up no later than we do
            await connection.execute(f"SET statement_timeout = {int(self._limit * 1000)}")
            ((items, demands),) = await (await connection.execute(ITEM_OIDS)).fetchall()
            self._oids = (items, demands)
            self._connection = connection
        return self._connection

    async def _sweep(self) -> None:
        """Tells those who have waited too long, and wakes the lane from a call without end."""
        while True:
            await asyncio.sleep(_SWEEP_SECONDS)
            now = self._loop.time()
            late = [w for w in self._in_flight if w.deadline < now]
            while self._queue and (self._queue[0].deadline < now or self._queue[0].told.done()):
                late.append(self._queue.popleft())
            _fail(late, StoreUnavailable("no verdict in time"))
            if self._called_at is not None and now - self._called_at > self._limit:
                _hang_up(self._connection)


def _fail(batch: Sequence[_Waiting], error: HuiminError) -> None:
    for waiting in batch:
        if not waiting.told.done():
            waiting.told.set_exception(error)


def _hang_up(connection: Connection | None) -> None:
    """Ends a connection under a call that waits on it, which then fails as a lost one does.

    Cancelling the call would wait for the server's answer to the cancel, for ever when the
    server hangs.
    """
    if connection is not None and not connection.closed:
        with suppress(OSError), socket.socket(fileno=os.dup(connection.pgconn.socket)) as line:
            line.shutdown(socket.SHUT_RDWR)
