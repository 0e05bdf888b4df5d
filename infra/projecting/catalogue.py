"""Where each read model stands: its line in ``projections``, and who may change it.

Whoever changes a read model first locks its line, so that a page of the live projector, a retry and
a switch never mix. ``turn`` tells the live projector that something changed beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from infra.database import Connection
from infra.errors import BadRequest, HuiminError, LeaseLost
from infra.log.records import RecordedEvent
from infra.projecting.read_model import ReadModel
from infra.projecting.tables import Table

CHANNEL = "projection"
"""Followed by ``_`` and the namespace; the payload is ``name position``."""

RUNNING, PAUSED, RESTING = "running", "paused", "resting"


@dataclass(frozen=True, slots=True)
class Standing:
    """A line of the catalogue: ``build`` is live, ``previous_build`` can be gone back to."""

    name: str
    position: int
    fingerprint: str
    state: str
    build: int
    previous_build: int | None
    turn: int


_STANDING = b"""
SELECT name, position, fingerprint, state, build, previous_build, turn
FROM projections WHERE name = %s
"""

LOCK = _STANDING + b"FOR NO KEY UPDATE"

MOVE = b"""
UPDATE projections SET position = %s, last_occurred_at = %s, last_recorded_at = %s,
       updated_at = clock_timestamp()
WHERE name = %s
"""

NOTIFY = b"SELECT pg_notify('projection_' || current_schema(), %s)"

# All models of a process that had nothing to do move in one statement. A line that is locked
# belongs to somebody who works on it and may take his time: it is left out, not waited for.
_ADVANCE = b"""
WITH wanted AS (
    SELECT * FROM unnest(%s::text[], %s::bigint[], %s::bigint[], %s::bigint[],
                         %s::timestamptz[], %s::timestamptz[])
        AS w (name, turn, before, after, occurred_at, recorded_at)
), free AS (
    SELECT w.* FROM projections AS p JOIN wanted AS w USING (name)
    WHERE p.position = w.before AND p.turn = w.turn
    FOR NO KEY UPDATE OF p SKIP LOCKED
), moved AS (
    UPDATE projections AS p
    SET position = f.after, last_occurred_at = f.occurred_at, last_recorded_at = f.recorded_at,
        updated_at = clock_timestamp()
    FROM free AS f WHERE p.name = f.name
    RETURNING p.name, p.position
)
SELECT name, pg_notify('projection_' || current_schema(), name || ' ' || position) FROM moved
"""

_BEGIN = """
INSERT INTO projections (name, fingerprint, build) VALUES (%s, %s, %s)
"""

_BEGIN_BUILD = """
INSERT INTO builds (projection, fingerprint, state) VALUES (%s, %s, %s) RETURNING id
"""

_READERS = [("SELECT", "huimin_reader"), ("SELECT", "huimin_writer")]


async def standing(connection: Connection, name: str) -> Standing | None:
    """The line of a read model, or None before its first start."""
    found = await connection.execute(_STANDING, [name])
    row = await found.fetchone()
    return Standing(*row) if row else None


async def locked(connection: Connection, name: str) -> Standing:
    """The line, locked until the end of the transaction.

    Raises BadRequest ``unknown-read-model`` when it never started.
    """
    found = await connection.execute(LOCK, [name])
    row = await found.fetchone()
    if row is None:
        raise unstarted(name)
    return Standing(*row)


def unstarted(name: str) -> BadRequest:
    """The refusal of a read model that no projector has begun yet."""
    told = f"读模型尚未启动 · the read model has not started: {name}"
    return BadRequest("unknown-read-model", 404, told, name=name)


def unknown(name: str) -> BadRequest:
    """The refusal of a name that no read model has."""
    return BadRequest("unknown-read-model", 404, name=name)


async def begin(connection: Connection, model: ReadModel) -> Standing:
    """The line of a read model, made with an empty table at position 0 when it is new."""
    async with connection.transaction():
        await connection.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || '.begin.' || %s, 0))",
            [model.name],
        )
        if known := await standing(connection, model.name):
            return known
        build = await begin_build(connection, model, "live")
        table = Table.live(model)
        await make(connection, table)
        for statement in table.create_indexes(build):
            await connection.execute(statement)
        await connection.execute(_BEGIN, [model.name, model.fingerprint, build])
    made = await standing(connection, model.name)
    if made is None:
        raise HuiminError("a read model's line is gone")
    return made


async def begin_build(connection: Connection, model: ReadModel, state: str) -> int:
    """The id of a new build."""
    found = await connection.execute(_BEGIN_BUILD, [model.name, model.fingerprint, state])
    return int((await found.fetchall())[0][0])


async def make(connection: Connection, table: Table) -> None:
    """Makes an empty table that readers may read, without its secondary indexes."""
    for statement in [*table.create(), *table.grant(_READERS)]:
        await connection.execute(statement)


@dataclass(frozen=True, slots=True)
class Advance:
    """A read model that had nothing to do between two positions."""

    name: str
    turn: int
    before: int
    last: RecordedEvent


async def advance(connection: Connection, moves: Sequence[Advance]) -> set[str]:
    """Moves the checkpoints past events that were not handled; the names of those that moved."""
    found = await connection.execute(
        _ADVANCE,
        [
            [m.name for m in moves],
            [m.turn for m in moves],
            [m.before for m in moves],
            [m.last.position for m in moves],
            [m.last.occurred_at for m in moves],
            [m.last.recorded_at for m in moves],
        ],
    )
    return {row[0] for row in await found.fetchall()}


# Whoever rebuilds holds this lock. Where nobody does, a rest was left behind by one who was killed.
_END_REST = b"""
UPDATE projections SET state = 'running', turn = turn + 1
WHERE name = %s AND state = 'resting'
  AND pg_try_advisory_xact_lock(hashtextextended(current_schema() || '.rebuild.' || name, 0))
"""


async def end_rest(connection: Connection, stand: Standing) -> Standing:
    """The line after ending a rest that nobody keeps up any more."""
    await connection.execute(_END_REST, [stand.name])
    return await standing(connection, stand.name) or stand


async def pause(connection: Connection, name: str) -> None:
    """Stops the live projector of a read model between two pages; its rows stay as they are."""
    await set_state(connection, name, PAUSED)


async def resume(connection: Connection, name: str) -> None:
    """Lets the live projector go on from where it stands."""
    await set_state(connection, name, RUNNING)


async def set_state(connection: Connection, name: str, state: str) -> None:
    """Takes effect between two pages of the live projector."""
    async with connection.transaction():
        await locked(connection, name)
        await connection.execute(
            "UPDATE projections SET state = %s, turn = turn + 1 WHERE name = %s", [state, name]
        )


@dataclass(frozen=True, slots=True)
class Status:
    """What ``huimin projections status`` shows of a read model.

    ``lag_seconds``: how long the first event that it has not taken has been in the log.
    ``state`` is ``rebuilding`` while a build of it is being made; ``drifting`` the keys that the
    audit found to differ from the log since the last switch.
    """

    name: str
    state: str
    position: int
    head: int
    lag_events: int
    lag_seconds: float
    schema_version: str
    build: int
    previous_build: int | None
    dead_letters: int
    updated_at: datetime
    drifting: int


_STATUS = b"""
WITH log AS (SELECT coalesce(max(position), 0) AS head FROM events)
SELECT p.name,
       CASE WHEN EXISTS (SELECT FROM builds AS b
                         WHERE b.projection = p.name AND b.state = 'building')
                 AND EXISTS (SELECT FROM pg_locks AS l
                             WHERE l.locktype = 'advisory' AND l.granted
                               AND l.database = (SELECT oid FROM pg_database
                                                 WHERE datname = current_database())
                               AND (l.classid::bigint << 32) | l.objid::bigint
                                   = hashtextextended(current_schema() || '.rebuild.' || p.name, 0))
            THEN 'rebuilding' ELSE p.state END,
       p.position, log.head, greatest(log.head - p.position, 0),
       coalesce(extract(epoch FROM clock_timestamp() - next.recorded_at), 0)::float8,
       p.fingerprint, p.build, p.previous_build,
       (SELECT count(*) FROM dead_letters AS d
        WHERE d.projection = p.name AND d.build = p.build AND d.state = 'parked'),
       p.updated_at, p.drifting
FROM projections AS p CROSS JOIN log
LEFT JOIN events AS next ON next.position = p.position + 1
ORDER BY p.name
"""


async def status(connection: Connection) -> list[Status]:
    """Every read model that ever started, by name."""
    found = await connection.execute(_STATUS)
    return [Status(*row) for row in await found.fetchall()]


def must_stand(expected: Standing, row: tuple[object, ...] | None) -> None:
    """Raises LeaseLost unless the locked line is still what this projector works from."""
    if row is None or Standing(*row) != expected:  # type: ignore[arg-type]  # columns in order
        raise LeaseLost("the read model changed beside this projector", name=expected.name)
