"""Reads the log: by position, by stream, by command, by correlation.

Single streams and commands are asked for by many requests at the same time; such questions are
gathered while a query runs and leave together in the next one. What may surprise: no query is ever
cancelled by the caller going away, because that costs pool connections (psycopg #1345).
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from infra.database import Pool, translated, undisturbed
from infra.log.records import RecordedEvent, StoredCommand

Q = TypeVar("Q")
A = TypeVar("A")

# In the order of RecordedEvent's fields.
COLUMNS = (
    "e.position, e.stream_id, e.version, e.type, e.data, e.occurred_at, e.recorded_at, e.actor,"
    " e.department, e.command_id, e.correlation_id, e.causation_position, e.traceparent, e.clock"
)

_READ = f"""
SELECT {COLUMNS} FROM events AS e
WHERE e.position > %b AND (%b::bigint IS NULL OR e.position <= %b)
  AND (%b::text[] IS NULL OR e.type = ANY (%b))
ORDER BY e.position LIMIT %b
"""  # noqa: S608  # only our own columns are put in

_STREAM = f"""
SELECT {COLUMNS} FROM events AS e
WHERE e.stream_id = %b AND e.version > %b
  AND (%b::bigint IS NULL OR e.version <= %b)
  AND (%b::bigint IS NULL OR e.position <= %b)
  AND (%b::timestamptz IS NULL OR e.recorded_at <= %b)
ORDER BY e.version
"""  # noqa: S608  # only our own columns are put in

# LATERAL: one index range per stream, whatever the planner thinks of the number of streams
_TAILS = f"""
SELECT q.n, {COLUMNS}
FROM unnest(%b::uuid[], %b::bigint[], %b::bigint[]) WITH ORDINALITY AS q(stream_id, after, most, n)
CROSS JOIN LATERAL (
    SELECT * FROM events AS e
    WHERE e.stream_id = q.stream_id AND e.version > q.after ORDER BY e.version LIMIT q.most
) AS e
"""  # noqa: S608  # only our own columns are put in

_COMMANDS = """
SELECT c.command_id, c.fingerprint, c.stream_id, c.version, c.first_position, c.event_count
FROM unnest(%b::uuid[]) AS q(command_id)
JOIN commands AS c ON c.command_id = q.command_id
"""

# The index leaves out what a command wrote under its own id, which its row leads to.
_BY_CORRELATION = f"""
SELECT {COLUMNS} FROM events AS e
WHERE e.correlation_id = %b AND e.correlation_id <> e.command_id
UNION ALL
SELECT {COLUMNS} FROM commands AS c
JOIN events AS e ON e.position >= c.first_position
                AND e.position < c.first_position + c.event_count
WHERE c.command_id = %b AND e.correlation_id = %b
ORDER BY position
"""  # noqa: S608  # only our own columns are put in

_HEAD = "SELECT coalesce(max(position), 0) FROM events"

Tail = tuple[UUID, int, int | None]
"""A stream, the version after which to read, and at most how many events (None: all)."""


class LogReader:
    """Reads through a pool of role reader. All methods raise StoreUnavailable."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._tails: Gathered[Tail, list[RecordedEvent]] = Gathered(self._read_tails)
        self._commands: Gathered[UUID, StoredCommand | None] = Gathered(self._read_commands)

    async def read(
        self,
        after: int,
        limit: int,
        types: Iterable[str] | None = None,
        upto: int | None = None,
    ) -> list[RecordedEvent]:
        """The next events behind position ``after``, at most ``limit``, in order of position.

        ``types`` leaves all others out, ``upto`` is the last position that counts.
        """
        names = None if types is None else list(types)
        return await self._events(_READ, [after, upto, upto, names, names, limit])

    async def head(self) -> int:
        """The last position, 0 when the log is empty."""
        return int((await self.query(_HEAD))[0][0])

    async def stream(
        self,
        stream_id: UUID,
        after_version: int = 0,
        upto_version: int | None = None,
        upto_position: int | None = None,
        upto_time: datetime | None = None,
    ) -> list[RecordedEvent]:
        """A stream's events in order. ``upto_time`` compares ``recorded_at``; all ends count in."""
        ends: list[Any] = [stream_id, after_version, upto_version, upto_version]
        ends += [upto_position, upto_position, upto_time, upto_time]
        return await self._events(_STREAM, ends)

    async def tail(
        self, stream_id: UUID, after_version: int = 0, limit: int | None = None
    ) -> list[RecordedEvent]:
        """As :meth:`stream`, gathered with the questions of others into one query."""
        return await self._tails.ask((stream_id, after_version, limit))

    async def streams(self, ids: Iterable[UUID]) -> dict[UUID, list[RecordedEvent]]:
        """Whole streams by id, an empty list for an unknown one; gathered like :meth:`tail`."""
        wanted = list(dict.fromkeys(ids))
        return dict(zip(wanted, await asyncio.gather(*map(self.tail, wanted)), strict=True))

    async def command(self, command_id: UUID) -> StoredCommand | None:
        """What is stored of an accepted command, None when there is none; gathered."""
        return await self._commands.ask(command_id)

    async def events_of(self, stored: StoredCommand) -> list[RecordedEvent]:
        """The events that an accepted command led to, in order of position."""
        if not stored.event_count:
            return []
        first = stored.first_position
        return await self.read(first - 1, stored.event_count, upto=first + stored.event_count - 1)

    async def by_correlation(self, correlation_id: UUID) -> list[RecordedEvent]:
        """Everything that one request set off, in order of position."""
        return await self._events(_BY_CORRELATION, [correlation_id] * 3)

    async def query(self, statement: str, parameters: Sequence[Any] = ()) -> list[Any]:
        """The rows of a reading statement, as tuples."""
        return await undisturbed(lambda: self._query(statement, parameters))

    async def _events(self, statement: str, parameters: Sequence[Any]) -> list[RecordedEvent]:
        return [RecordedEvent(*row) for row in await self.query(statement, parameters)]

    async def _query(self, statement: str, parameters: Sequence[Any]) -> list[Any]:
        with translated():
            async with self._pool.connection() as connection:
                cursor = await connection.execute(statement, parameters, prepare=True, binary=True)
                return await cursor.fetchall()

    async def _read_tails(self, tails: Sequence[Tail]) -> Mapping[Tail, list[RecordedEvent]]:
        ids, after, most = (list(column) for column in zip(*tails, strict=True))
        found: dict[Tail, list[RecordedEvent]] = defaultdict(list)
        for n, *row in await self._query(_TAILS, [ids, after, most]):
            found[tails[n - 1]].append(RecordedEvent(*row))
        return {tail: found[tail] for tail in tails}

    async def _read_commands(self, ids: Sequence[UUID]) -> Mapping[UUID, StoredCommand | None]:
        found: dict[UUID, StoredCommand | None] = dict.fromkeys(ids)
        for row in await self._query(_COMMANDS, [list(ids)]):
            found[row[0]] = StoredCommand(*row)
        return found


class Gathered(Generic[Q, A]):
    """Questions that arrive while an answer is fetched are asked together in the next round."""

    def __init__(
        self, fetch: Callable[[Sequence[Q]], Awaitable[Mapping[Q, A]]], *, most: int = 256
    ) -> None:
        self._fetch = fetch
        self._most = most
        self._asked: dict[Q, list[asyncio.Future[A]]] = {}
        self._round: asyncio.Task[None] | None = None

    async def ask(self, question: Q) -> A:
        """The answer, which callers with the same question share."""
        told: asyncio.Future[A] = asyncio.get_running_loop().create_future()
        self._asked.setdefault(question, []).append(told)
        if self._round is None:
            self._round = asyncio.create_task(self._rounds())
        return await told

    async def _rounds(self) -> None:
        try:
            # whoever else asks in this turn of the loop comes along
            await asyncio.sleep(0)
            while self._asked:
                questions = list(self._asked)[: self._most]
                waiting = {q: self._asked.pop(q) for q in questions}
                try:
                    answers = await self._fetch(questions)
                except Exception as error:  # noqa: BLE001  # whoever asked is told
                    _tell_all(waiting.values(), error)
                else:
                    for question, futures in waiting.items():
                        for told in futures:
                            if not told.done():
                                told.set_result(answers[question])
        finally:
            self._round = None
            _tell_all(self._asked.values(), asyncio.CancelledError())


def _tell_all(groups: Iterable[list["asyncio.Future[Any]"]], error: BaseException) -> None:
    for futures in groups:
        for told in futures:
            if not told.done():
                told.set_exception(error) if isinstance(error, Exception) else told.cancel()
