"""Puts a build in the place of the live table, in one transaction.

The read model's line is locked first, so the live projector stands between two pages; the build is
brought to the very position that readers have seen, the tables change names, and the checkpoint
becomes the build's. A statement of a reader sees all of it or nothing. The old tables stay.
"""

import asyncio

from psycopg import errors
from psycopg.sql import SQL, Identifier

from infra.database import Connection
from infra.errors import StoreUnavailable
from infra.log.read import LogReader
from infra.projecting import builds, catalogue
from infra.projecting.builds import Folding
from infra.projecting.catalogue import Standing
from infra.projecting.read_model import ReadModel
from infra.projecting.tables import build_table, history_table, live_table

TRIES = 20
_PAUSE_SECONDS = 0.25

# A query that is still running holds the table; while we wait for it, all newer ones wait for us.
_WAIT = b"SET LOCAL lock_timeout = '500ms'"

_SWAP = b"""
UPDATE projections
SET build = %s, previous_build = %s, fingerprint = %s, position = %s, turn = turn + 1,
    drifting = 0, state = coalesce(%s, state), updated_at = clock_timestamp(),
    last_occurred_at = (SELECT occurred_at FROM events AS e WHERE e.position = %s),
    last_recorded_at = (SELECT recorded_at FROM events AS e WHERE e.position = %s)
WHERE name = %s
"""


async def switch(
    connection: Connection, model: ReadModel, build: int, folding: Folding | None, reader: LogReader
) -> int:
    """Makes ``build`` live and keeps the one before; the position readers see from now on.

    ``folding`` brings the build up to date; without it (a build of other code) it goes live as it
    stands and the read model is paused, so that nobody folds into it. Raises StoreUnavailable when
    long-running queries do not let the tables go.
    """
    for _ in range(TRIES):
        try:
            async with connection.transaction():
                await connection.execute(_WAIT)
                return await _switch(connection, model, build, folding, reader)
        except errors.LockNotAvailable:
            await asyncio.sleep(_PAUSE_SECONDS)
    raise StoreUnavailable(f"queries that take long hold the table of {model.name}")


async def _switch(
    connection: Connection, model: ReadModel, build: int, folding: Folding | None, reader: LogReader
) -> int:
    stand = await catalogue.locked(connection, model.name)
    if folding is not None:
        await folding.catch_up(connection, reader, stand.position)
    position = await builds.position(connection, build)
    await _rename(connection, live_table(model.name), build_table(model.name, stand.build))
    await _rename(connection, build_table(model.name, build), live_table(model.name))
    await builds.moved(connection, stand.build, stand.position)
    await builds.set_state(connection, stand.build, "kept")
    await builds.set_state(connection, build, "live")
    await connection.execute(
        _SWAP,
        [
            build,
            stand.build,
            await builds.fingerprint(connection, build),
            position,
            None if folding is not None else catalogue.PAUSED,
            position,
            position,
            model.name,
        ],
    )
    await _forget(connection, stand, build)
    await connection.execute(catalogue.NOTIFY, [f"{model.name} {position}"])
    return position


async def _forget(connection: Connection, stand: Standing, build: int) -> None:
    """Of two generations before, only the later one stays."""
    if stand.previous_build is not None and stand.previous_build != build:
        await builds.drop(connection, stand.name, stand.previous_build)


async def _rename(connection: Connection, table: str, name: str) -> None:
    for old, new in ((table, name), (history_table(table), history_table(name))):
        # one of the two may keep history and the other not
        await connection.execute(
            SQL("ALTER TABLE IF EXISTS {} RENAME TO {}").format(Identifier(old), Identifier(new))
        )
