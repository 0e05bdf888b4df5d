"""What an operator does about events that a read model could not take: look, try again, leave out.

Works beside the live projector: each step locks the read model's line and counts its ``turn`` up,
so that a page the projector folded meanwhile is thrown away and folded again with what is parked
now.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from psycopg.rows import class_row

from infra.database import Connection, Pool, translated, undisturbed
from infra.errors import BadRequest
from infra.log.read import COLUMNS
from infra.log.records import RecordedEvent
from infra.projecting import catalogue, store
from infra.projecting.catalogue import Standing
from infra.projecting.read_model import ReadModel, queue_of_key
from infra.projecting.tables import Table
from infra.projecting.tail import Decodes
from infra.projecting.window import Window

_LIST = b"""
SELECT d.projection AS read_model, d.queue, d.position, e.type AS event_type, d.reason, d.state,
       d.parked_at, d.attempts, d.skipped_by, d.skipped_why, d.skipped_at
FROM dead_letters AS d
JOIN projections AS p
    ON p.name = d.projection AND (p.build = d.build OR d.state = 'skipped')
JOIN events AS e ON e.position = d.position
WHERE (%(name)s::text IS NULL OR d.projection = %(name)s)
  AND (%(queue)s::text IS NULL OR d.queue = %(queue)s)
ORDER BY d.projection, d.queue, d.position LIMIT %(limit)s
"""

_WAITING = f"""
SELECT {COLUMNS} FROM dead_letters AS d JOIN events AS e USING (position)
WHERE d.projection = %s AND d.build = %s AND d.queue = %s AND d.state = 'parked'
ORDER BY position
"""  # noqa: S608  # only the log's own columns are put in

_DRAINED = b"""
DELETE FROM dead_letters
WHERE projection = %s AND build = %s AND queue = %s AND state = 'parked' AND position = ANY (%s)
"""

_FAILED_AGAIN = b"""
UPDATE dead_letters SET reason = %s, attempts = attempts + 1
WHERE projection = %s AND build = %s AND queue = %s AND position = %s
"""

_SKIP = b"""
UPDATE dead_letters
SET state = 'skipped', skipped_by = %s, skipped_why = %s, skipped_at = clock_timestamp()
WHERE projection = %s AND build = %s AND queue = %s AND position = %s AND state = 'parked'
"""

_TURN = b"UPDATE projections SET turn = turn + 1 WHERE name = %s"


@dataclass(frozen=True, slots=True)
class DeadLetterLine:
    """A dead letter as an operator sees it. ``reason`` is a class name or ``Queued``."""

    read_model: str
    queue: str
    position: int
    event_type: str
    reason: str
    state: str
    parked_at: datetime
    attempts: int
    skipped_by: str | None
    skipped_why: str | None
    skipped_at: datetime | None


@dataclass(frozen=True, slots=True)
class Retried:
    """What a retry came to: how many events went through, and how many still wait."""

    done: int
    left: int


class DeadLetters:
    """The dead letters of all live read models, through a pool of role projector."""

    def __init__(self, pool: Pool, codec: Decodes, models: Sequence[ReadModel]) -> None:
        self._pool = pool
        self._codec = codec
        self._models = {model.name: model for model in models}

    async def list(
        self, name: str | None = None, queue: str | None = None, limit: int = 1000
    ) -> list[DeadLetterLine]:
        """In order of read model, queue and position; skipped ones too."""
        with translated():
            async with self._pool.connection() as connection:
                cursor = connection.cursor(row_factory=class_row(DeadLetterLine))
                await cursor.execute(_LIST, {"name": name, "queue": queue, "limit": limit})
                return await cursor.fetchall()

    async def retry(self, name: str, queue: str) -> Retried:
        """Folds what waits in a queue, in order, in one transaction, up to the first that still
        fails.

        Raises BadRequest ``unknown-read-model``, or ``not-found`` when nothing waits there.
        """
        model = self._model(name)

        async def drain() -> Retried:
            async with self._pool.connection() as connection, connection.transaction():
                return await self._drain(connection, model, queue)

        with translated():
            return await undisturbed(drain)

    async def skip(self, name: str, queue: str, position: int, *, who: str, why: str) -> None:
        """Leaves one event out of this key for good, also in rebuilds; retry the queue afterwards.

        Raises BadRequest ``unknown-read-model``, or ``not-found`` when it does not wait there.
        """
        self._model(name)

        async def leave_out() -> None:
            async with self._pool.connection() as connection, connection.transaction():
                stand = await catalogue.locked(connection, name)
                place = [name, stand.build, queue, position]
                done = await connection.execute(_SKIP, [who, why, *place])
                if not done.rowcount:
                    raise _nothing_waits(name)
                await connection.execute(_TURN, [name])

        with translated():
            await undisturbed(leave_out)

    async def _drain(self, connection: Connection, model: ReadModel, queue: str) -> Retried:
        stand = await catalogue.locked(connection, model.name)
        found = await connection.execute(_WAITING, [model.name, stand.build, queue])
        waiting = [RecordedEvent(*row) for row in await found.fetchall()]
        if not waiting:
            raise _nothing_waits(model.name)
        parked = await store.parked_queues(connection, model.name, stand.build)
        window = Window(model, self._codec.decode, parked=parked - {queue})
        table, done = Table.live(model), 0
        for recorded in waiting:
            await _fold_one(connection, table, window, queue, recorded)
            if queue in window.parked:
                break
            done += 1
        await self._settle(connection, table, stand, window, queue, waiting[:done])
        return Retried(done, len(waiting) - done)

    async def _settle(
        self,
        connection: Connection,
        table: Table,
        stand: Standing,
        window: Window,
        queue: str,
        drained: Sequence[RecordedEvent],
    ) -> None:
        changes, place = window.changes(), [stand.name, stand.build, queue]
        again = [letter for letter in changes.dead_letters if letter.queue == queue]
        # an event of a broken stream may meet a key that waits by itself: it queues up there
        elsewhere = [letter for letter in changes.dead_letters if letter.queue != queue]
        await connection.execute(_DRAINED, [*place, [event.position for event in drained]])
        await store.write(connection, table, replace(changes, dead_letters=elsewhere), stand.build)
        for letter in again:
            await connection.execute(_FAILED_AGAIN, [letter.reason, *place, letter.position])
        await connection.execute(_TURN, [stand.name])

    def _model(self, name: str) -> ReadModel:
        if name not in self._models:
            raise catalogue.unknown(name)
        return self._models[name]


async def _fold_one(
    connection: Connection, table: Table, window: Window, queue: str, recorded: RecordedEvent
) -> None:
    """Folds one event, only where it waited: its other keys, if any, have long taken it."""
    touches = window.touches([recorded])
    if queue != window.queue_of_stream(recorded.stream_id):
        touches = [t for t in touches if t.line is None or queue_of_key(t.line.key) == queue]
    lines = window.unknown(touches)
    window.loaded(lines, await store.load(connection, table, [line.key for line in lines]))
    window.apply(touches)


def _nothing_waits(name: str) -> BadRequest:
    return BadRequest("not-found", 404, "这里没有等待的事件 · no event waits there", name=name)
