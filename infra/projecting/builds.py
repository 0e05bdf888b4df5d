"""Builds: tables of a read model made beside the live one, and caught up with the log by the page.

A build has dead letters of its own, as it may have been folded by other code than the live table.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from psycopg.sql import SQL, Identifier

from infra.database import Connection
from infra.log.read import LogReader
from infra.log.records import RecordedEvent
from infra.projecting import catalogue, store
from infra.projecting.read_model import ReadModel
from infra.projecting.tables import Table, build_table, history_table
from infra.projecting.window import Decode, Touch, Window

PAGE = 2000

_POSITION = b"SELECT position FROM builds WHERE id = %s"
_FINGERPRINT = b"SELECT fingerprint FROM builds WHERE id = %s"
_MOVE = b"UPDATE builds SET position = %s WHERE id = %s"
_STATE = b"UPDATE builds SET state = %s, finished_at = clock_timestamp() WHERE id = %s"
_FORGET = b"DELETE FROM builds WHERE id = %s"
_FORGET_LETTERS = b"DELETE FROM dead_letters WHERE build = %s AND state = 'parked'"
_OTHERS = b"""
SELECT b.id FROM builds AS b JOIN projections AS p ON p.name = b.projection
WHERE b.projection = %s AND b.id <> p.build AND b.id IS DISTINCT FROM p.previous_build
"""
_READY = (
    b"SELECT max(id) FROM builds WHERE projection = %s AND fingerprint = %s AND state = 'ready'"
)

Keep = Callable[[Touch], bool]


@dataclass(frozen=True, slots=True)
class Build:
    """A build and its table."""

    id: int
    model: ReadModel

    @property
    def table(self) -> Table:
        """Its table while it is not live."""
        return Table.of_build(self.model, self.id)


async def begin(connection: Connection, model: ReadModel) -> Build:
    """A new build with empty tables, after dropping what an earlier rebuild left behind.

    The caller holds the model's rebuild lock.
    """
    async with connection.transaction():
        found = await connection.execute(_OTHERS, [model.name])
        for (orphan,) in await found.fetchall():
            await drop(connection, model.name, orphan)
        build = Build(await catalogue.begin_build(connection, model, "building"), model)
        await catalogue.make(connection, build.table)
    return build


async def ready(connection: Connection, model: ReadModel) -> Build | None:
    """The latest build that was verified and not yet switched to."""
    found = await connection.execute(_READY, [model.name, model.fingerprint])
    ((latest,),) = await found.fetchall()
    return None if latest is None else Build(latest, model)


async def drop(connection: Connection, name: str, build: int) -> None:
    """Drops a build that is neither live nor kept."""
    table = build_table(name, build)
    for each in (table, history_table(table)):
        await connection.execute(SQL("DROP TABLE IF EXISTS {}").format(Identifier(each)))
    await connection.execute(_FORGET, [build])
    await connection.execute(_FORGET_LETTERS, [build])


async def position(connection: Connection, build: int) -> int:
    """How far a build is."""
    found = await connection.execute(_POSITION, [build])
    return int((await found.fetchall())[0][0])


async def moved(connection: Connection, build: int, position: int) -> None:
    """Records how far a build is."""
    await connection.execute(_MOVE, [position, build])


async def fingerprint(connection: Connection, build: int) -> str:
    """Of the code that made a build."""
    found = await connection.execute(_FINGERPRINT, [build])
    return str((await found.fetchall())[0][0])


async def empty(connection: Connection, build: Build) -> None:
    """Takes everything out of a build again."""
    async with connection.transaction():
        for table in build.table.names:
            await connection.execute(SQL("TRUNCATE {}").format(Identifier(table)))
        await connection.execute(_FORGET_LETTERS, [build.id])


async def set_state(connection: Connection, build: int, state: str) -> None:
    """``ready``, ``live`` or ``kept``."""
    await connection.execute(_STATE, [state, build])


class Folding:
    """Folds pages into a build's table, each in a transaction with the build's position."""

    def __init__(
        self,
        build: Build,
        decode: Decode,
        *,
        parked: set[str] | None = None,
        skipped: set[tuple[str, int]] | None = None,
        keep: Keep | None = None,
    ) -> None:
        self.build = build
        self.parked = parked or set()
        self._decode = decode
        self._skipped = skipped or set()
        self._keep = keep

    async def take(self, connection: Connection, page: Sequence[RecordedEvent]) -> None:
        """Folds a page; rows that cannot be stored park their keys."""

        async def commit(part: Sequence[RecordedEvent], refused: Mapping[int, str]) -> None:
            window = Window(
                self.build.model,
                self._decode,
                parked=self.parked,
                skipped=self._skipped,
                refused=refused,
            )
            touches = window.touches(part)
            if self._keep is not None:
                touches = list(filter(self._keep, touches))
            async with connection.transaction():
                lines = window.unknown(touches)
                keys = [line.key for line in lines]
                window.loaded(lines, await store.load(connection, self.build.table, keys))
                window.apply(touches)
                await store.write(connection, self.build.table, window.changes(), self.build.id)
                if self._keep is None:  # else it is one of several who fill the table
                    await moved(connection, self.build.id, part[-1].position)
            self.parked = window.parked

        await store.by_halves(page, commit)

    async def catch_up(
        self, connection: Connection, reader: LogReader, upto: int, *, page: int = PAGE
    ) -> None:
        """Takes everything from the build's position up to and including ``upto``."""
        at = await position(connection, self.build.id)
        while at < upto:
            events = await reader.read(at, page, self.build.model.event_types, upto)
            if events:
                await self.take(connection, events)
            at = events[-1].position if len(events) == page else upto
            await moved(connection, self.build.id, at)


async def folding(connection: Connection, build: Build, decode: Decode) -> Folding:
    """A folding that goes on where the build stands."""
    return Folding(
        build,
        decode,
        parked=await store.parked_queues(connection, build.model.name, build.id),
        skipped=await store.skipped_events(connection, build.model.name),
    )
