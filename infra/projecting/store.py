"""Brings rows from a read model's table into a window, and a window's changes back.

A page costs two round trips: one locks the catalogue's line and loads the rows, the other writes
rows, history, dead letters and the checkpoint and commits. A reader of the table sees all of a page
or nothing of it.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

from psycopg import errors

from domain.shared.checks import STORED
from infra.database import Connection
from infra.log.records import RecordedEvent
from infra.projecting import catalogue
from infra.projecting.catalogue import Standing
from infra.projecting.read_model import Key, ReadModel
from infra.projecting.tables import Table
from infra.projecting.window import Changes, DeadLetter, Touch, Version, Window
from projections.base import Row

_PARK = b"""
INSERT INTO dead_letters (projection, build, queue, position, reason)
SELECT %s, %s, * FROM unnest(%s::text[], %s::bigint[], %s::text[])
ON CONFLICT DO NOTHING
"""

_PARKED = b"""
SELECT DISTINCT queue FROM dead_letters WHERE projection = %s AND build = %s AND state = 'parked'
"""

_SKIPPED = b"""
SELECT DISTINCT queue, position FROM dead_letters WHERE projection = %s AND state = 'skipped'
"""

UNSTORABLE = (errors.DataError, errors.IntegrityError, errors.ProgramLimitExceeded)
"""What PostgreSQL answers when a row's values cannot be stored, whatever is tried again."""


Commit = Callable[[Sequence[RecordedEvent], Mapping[int, str]], Awaitable[None]]
"""Folds a page and commits it; the mapping names positions whose rows cannot be stored, and why."""


async def by_halves(page: Sequence[RecordedEvent], commit: Commit) -> None:
    """Commits a page; if a row in it cannot be stored, in ever smaller ones until the event is
    found whose row it is, which is then parked."""
    try:
        await commit(page, {})
    except UNSTORABLE as error:
        if len(page) == 1:
            await commit(page, {page[0].position: type(error).__name__})
            return
        half = len(page) // 2
        await by_halves(page[:half], commit)
        await by_halves(page[half:], commit)


async def parked_queues(connection: Connection, name: str, build: int) -> set[str]:
    """The queues of a build that take no event."""
    found = await connection.execute(_PARKED, [name, build])
    return {queue for (queue,) in await found.fetchall()}


async def skipped_events(connection: Connection, name: str) -> set[tuple[str, int]]:
    """What operators decided to leave out of a read model, in every build of it."""
    found = await connection.execute(_SKIPPED, [name])
    return {(queue, position) for queue, position in await found.fetchall()}


async def load(connection: Connection, table: Table, keys: Sequence[Key]) -> dict[Key, Row]:
    """The rows that the table has for these keys."""
    if not keys:
        return {}
    found = await connection.execute(table.load, table.key_arrays(keys), prepare=True)
    return rows_from(table.model, await found.fetchone())


def rows_from(model: ReadModel, line: tuple[str] | None) -> dict[Key, Row]:
    """Rows by key, from the JSON array that ``Table.load`` answers with."""
    rows: list[Row] = model.rows.validate_json(line[0] if line else "[]", context=STORED)
    return {row.key_values(): row for row in rows}


async def write(connection: Connection, table: Table, changes: Changes, build: int) -> None:
    """Writes a window's changes; belongs into a transaction, best within a pipeline."""
    model = table.model
    if changes.closings:
        keys, positions = zip(*changes.closings, strict=True)
        await connection.execute(
            table.close_versions, [*table.key_arrays(keys), list(positions)], prepare=True
        )
    if changes.versions:
        await connection.execute(
            table.insert_versions, [_array(map(_version, changes.versions))], prepare=True
        )
    if changes.deletes:
        await connection.execute(table.delete, table.key_arrays(changes.deletes), prepare=True)
    if changes.upserts:
        await connection.execute(
            table.upsert, [_array(_row(*pair) for pair in changes.upserts)], prepare=True
        )
    await park(connection, model.name, build, changes.dead_letters)


async def park(
    connection: Connection, name: str, build: int, letters: Sequence[DeadLetter]
) -> None:
    """Adds dead letters to a build."""
    if letters:
        await connection.execute(
            _PARK,
            [
                name,
                build,
                [letter.queue for letter in letters],
                [letter.position for letter in letters],
                [letter.reason for letter in letters],
            ],
        )


async def commit_page(
    connection: Connection,
    table: Table,
    stand: Standing,
    window: Window,
    touches: Sequence[Touch],
    last: RecordedEvent,
) -> None:
    """Folds the touches of one page and commits rows and checkpoint together.

    Raises LeaseLost, with nothing written, when the read model is not at ``stand`` any more, and
    one of UNSTORABLE when a row cannot be stored.
    """
    name, lines = stand.name, window.unknown(touches)
    async with connection.pipeline(), connection.transaction():
        line = await connection.execute(catalogue.LOCK, [name], prepare=True)
        found = None
        if lines:
            keys = table.key_arrays([unknown.key for unknown in lines])
            found = await connection.execute(table.load, keys, prepare=True)
        catalogue.must_stand(stand, await line.fetchone())
        window.loaded(lines, rows_from(table.model, await found.fetchone()) if found else {})
        window.apply(touches)
        await write(connection, table, window.changes(), stand.build)
        await connection.execute(
            catalogue.MOVE,
            [last.position, last.occurred_at, last.recorded_at, name],
            prepare=True,
        )
        await connection.execute(catalogue.NOTIFY, [f"{name} {last.position}"], prepare=True)


def _row(row: Row, position: int) -> bytes:
    return b'%b,"_position":%d}' % (_json(row)[:-1], position)


def _version(version: Version) -> bytes:
    until = b"null" if version.until is None else b"%d" % version.until
    return b'%b,"_from":%d,"_to":%b}' % (_json(version.row)[:-1], version.since, until)


def _json(row: Row) -> bytes:
    return row.__pydantic_serializer__.to_json(row)


def _array(documents: Iterable[bytes]) -> bytes:
    return b"[" + b",".join(documents) + b"]"
