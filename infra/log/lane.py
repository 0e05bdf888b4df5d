"""One connection on which batches of appends are sent until each append has its verdict.

A batch goes optimistically, and PostgreSQL's unique keys judge; one that is refused goes again
through a function that gives each append its own verdict. A lost connection leaves open whether
the batch was committed: it is then sent again, judged, and what proves to be our own write, event
by event, is ``Appended`` and not a duplicate.
"""

import asyncio
import os
import socket
from collections.abc import Hashable, Sequence
from contextlib import suppress
from typing import Any

import psycopg
import structlog

from infra import database
from infra.database import Connection, translate
from infra.errors import HuiminError, StoreUnavailable
from infra.log.packing import ITEM_OIDS, Oids, parameters, register
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

_FIRST_PAUSE_SECONDS = 0.05
_LONGEST_PAUSE_SECONDS = 1.0
_GRACE_SECONDS = 1.0
_MOST_DOUBT = 64

_OPTIMISTIC = "SELECT append_optimistic(%b::append_item[], %b::append_claim[])"
_JUDGED = "SELECT * FROM append_judged(%b::append_item[], %b::append_claim[])"

# A key or a claim objected: the judged path finds out which.
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


class Waiting:
    """An append on its way to its verdict, ``told``."""

    __slots__ = (
        "append",
        "checks",
        "deadline",
        "demands",
        "events",
        "items",
        "keys",
        "sent",
        "size",
        "told",
    )

    def __init__(
        self,
        append: Append,
        items: list[bytes],
        demands: list[bytes],
        checks: list[bytes],
        told: "asyncio.Future[Verdict]",
        deadline: float,
    ) -> None:
        self.append = append
        self.items = items
        self.demands = demands
        self.checks = checks
        self.events = len(append.events)
        self.size = len(items[0]) if len(items) == 1 else sum(map(len, items))
        self.told = told
        self.deadline = deadline
        # it may be in the log although nobody said so
        self.sent = False
        # what it touches: no two appends of a batch may share one
        self.keys: list[Hashable] = [append.command_id.int, append.stream_id.int]
        if append.claims:
            self.keys += [(c.scope, c.value) for c in append.claims]
        # identity first: comparing UUIDs is dear
        if (
            append.events
            and (last := append.events[-1].stream_id) is not append.stream_id
            and last != append.stream_id
        ):
            self.keys += [e.stream_id.int for e in append.events]
        if append.unmoved:
            self.keys += [stream.int for stream, _ in append.unmoved]


class Counts:
    """What the lanes have done since the start, for whoever measures."""

    def __init__(self) -> None:
        self.batches = 0
        self.judged_batches = 0
        self.last_batch_size = 0
        self.appended = 0
        self.conflicts = 0
        self.duplicates = 0
        self.claimed = 0
        self.lost_connections = 0


class Lane:
    """Sends one batch at a time; ``batch`` is the one under way."""

    def __init__(self, url: str, namespace: str, limit_seconds: float, counts: Counts) -> None:
        self._url = url
        self._namespace = namespace
        self._limit = limit_seconds
        self._counts = counts
        self._connection: Connection | None = None
        # the connection's, for all calls: to make one is a sixth of what a call costs this process
        self._cursor: psycopg.AsyncCursor[Any]
        self._oids: Oids = (0, 0)
        self._called_at: float | None = None
        # batches to judge at once, because optimism has failed of late
        self._doubt = 0
        self.batch: list[Waiting] = []

    async def connected(self) -> Connection:
        """The connection, made anew when it was lost. Raises psycopg's errors."""
        if self._connection is None or self._connection.closed:
            connection = await database.connect(
                self._url,
                self._namespace,
                role=database.WRITER,
                application=f"huimin-append-{self._namespace}",
            )
            try:
                self._oids = await self._prepare(connection)
            except psycopg.Error:
                await connection.close()
                raise
            self._connection = connection
            self._cursor = connection.cursor(binary=True)
        return self._connection

    async def _prepare(self, connection: Connection) -> Oids:
        register(connection.adapters)
        # the server gives up no later than we do
        await connection.execute(f"SET statement_timeout = {int(self._limit * 1000)}")
        ((item, demand),) = await (await connection.execute(ITEM_OIDS)).fetchall()
        return item, demand

    def distrust(self) -> None:
        """Judges the next batches at once."""
        self._doubt = _MOST_DOUBT

    async def close(self) -> None:
        """Ends the connection."""
        if self._connection is not None:
            await self._connection.close()

    async def settle(self, batch: list[Waiting]) -> None:
        """Sends a batch until each of its appends has a verdict, or nobody waits for it."""
        self.batch = batch
        try:
            await self._settle(batch)
        except Exception as error:  # the lane goes on, whatever it was
            log.exception("group_commit_failed")
            fail(batch, HuiminError(type(error).__name__))
        finally:
            self.batch = []

    def hang_up_when_late(self, now: float) -> None:
        """Ends the connection under a call that even the server's own time limit has not ended.

        The call then fails as one on a lost connection does. Cancelling it would wait for the
        server's answer to the cancel, for ever when the server hangs.
        """
        connection = self._connection
        if self._called_at is None or connection is None:
            return
        if now - self._called_at <= self._limit + _GRACE_SECONDS:
            return
        with suppress(OSError), socket.socket(fileno=os.dup(connection.pgconn.socket)) as line:
            line.shutdown(socket.SHUT_RDWR)

    async def _settle(self, batch: list[Waiting]) -> None:
        judged = self._doubt > 0
        pause = 0.0
        while batch := [w for w in batch if not w.told.done()]:
            try:
                connection = await self.connected()
            except psycopg.Error as error:
                log.warning("log_unreachable", error=type(error).__name__)
            else:
                try:
                    if judged or any(w.sent for w in batch):
                        await self._judge(batch)
                    else:
                        await self._try(batch)
                    return
                except psycopg.Error as error:
                    if connection.closed:
                        self._counts.lost_connections += 1
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
            pause = min(max(2 * pause, _FIRST_PAUSE_SECONDS), _LONGEST_PAUSE_SECONDS)

    async def _give_up(self, batch: list[Waiting], error: psycopg.Error) -> None:
        """Answers a batch that the database refused for what it is or for what is in it."""
        meaning = translate(error)
        if len(batch) == 1 or isinstance(meaning, StoreUnavailable):
            fail(batch, meaning)
            return
        # One of them cannot be stored; its neighbours shall not suffer.
        for waiting in batch:
            await self._settle([waiting])

    async def _try(self, batch: list[Waiting]) -> None:
        ((head,),) = await self._call(_OPTIMISTIC, batch)
        for waiting in batch:
            if not waiting.told.done():
                waiting.told.set_result(Appended(head + 1 if waiting.events else 0))
            head += waiting.events
        self._counts.appended += len(batch)
        self._counts.batches += 1
        self._counts.last_batch_size = len(batch)

    async def _judge(self, batch: list[Waiting]) -> None:
        rows = await self._call(_JUDGED, batch)
        refused = {row[1]: row for row in rows}
        head = refused.pop(None)[4]
        if refused:
            self._doubt = min(2 * self._doubt + 1, _MOST_DOUBT)
        else:
            self._doubt = max(self._doubt - 1, 0)
        for waiting in batch:
            row = refused.get(waiting.append.command_id)
            if row is None:
                verdict: Verdict = Appended(head + 1 if waiting.events else 0)
                head += waiting.events
                self._counts.appended += 1
            else:
                verdict = self._verdict(row, waiting)
            if not waiting.told.done():
                waiting.told.set_result(verdict)
        self._counts.batches += 1
        self._counts.judged_batches += 1
        self._counts.last_batch_size = len(batch)

    def _verdict(self, row: Sequence[Any], waiting: Waiting) -> Verdict:
        kind, command_id, stream, version, first, types, fingerprint, same, demand, holder = row
        if kind == "conflict":
            self._counts.conflicts += 1
            return Conflict()
        if kind == "claimed":
            self._counts.claimed += 1
            return Claimed(demand, holder)
        if waiting.sent and same and fingerprint == waiting.append.fingerprint:
            # our own write, of which the lost connection could not tell us
            self._counts.appended += 1
            return Appended(first)
        self._counts.duplicates += 1
        return Duplicate(StoredCommand(command_id, fingerprint, stream, version, first, len(types)))

    async def _call(self, statement: str, batch: Sequence[Waiting]) -> list[Any]:
        arrays = parameters(
            self._oids,
            # positions are numbered by place, so what has no event comes last
            [item for w in batch for item in w.items] + [item for w in batch for item in w.checks],
            [demand for w in batch for demand in w.demands],
        )
        self._called_at = asyncio.get_running_loop().time()
        try:
            await self._cursor.execute(statement, arrays, prepare=True)
            return await self._cursor.fetchall()
        finally:
            self._called_at = None


def fail(batch: Sequence[Waiting], error: HuiminError) -> None:
    """Tells everyone in the batch who still waits."""
    for waiting in batch:
        if not waiting.told.done():
            waiting.told.set_exception(error)
