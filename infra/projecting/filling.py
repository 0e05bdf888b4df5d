"""Fills a build's table with one share of a read model: reads the log once, folds in memory, COPYs.

Several processes fill one table, each with the keys that fall to it. Where rows belong to streams,
PostgreSQL sends each only its streams; elsewhere the key is in the event, so each reads all events
and folds its share. Memory is bounded: when the rows are too many they are written, and what is
needed of them again is loaded by the page.
"""

import gc
import zlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass

import psycopg

from infra.database import PROJECTOR, Connection, connect
from infra.errors import HuiminError
from infra.log.records import RecordedEvent
from infra.projecting import builds, pool, store
from infra.projecting.builds import Build
from infra.projecting.copying import Copier
from infra.projecting.decoding import COLUMNS, Records
from infra.projecting.read_model import ReadModel, queue_of_key
from infra.projecting.window import Changes, Decode, Touch, Window

EVENTS_AT_ONCE = 5000
ROWS_AT_ONCE = 5000
ROWS_IN_MEMORY = 200_000
"""Rows and versions that a worker holds; at about a kilobyte each."""

Tell = Callable[[int], None]
"""Called now and then with the position reached."""

_EVENTS = f"""
SELECT {COLUMNS} FROM events AS e
WHERE e.position <= %(upto)s AND e.type = ANY (%(types)s)
  AND (%(parts)s = 1 OR (uuid_hash_extended(e.stream_id, 0) & 1073741823) %% %(parts)s = %(part)s)
ORDER BY e.position
"""  # noqa: S608  # only the log's own columns are put in


@dataclass(frozen=True, slots=True)
class Share:
    """Which share of the keys (``part`` of ``parts``) to fold, and up to which position."""

    part: int
    parts: int
    upto: int
    rows_in_memory: int = ROWS_IN_MEMORY


class Unstorable(HuiminError):
    """Some row cannot be stored. Which one is found by the page: fill again, from the start."""


async def fill(
    url: str, namespace: str, build: Build, share: Share, decode: Decode, tell: Tell
) -> int:
    """Folds the share and writes it; the tables must hold nothing of it yet. Gives back how many
    events it took from the log.

    Raises Unstorable, after which the build is worth nothing.
    """
    target = await connect(url, namespace, role=PROJECTOR, application="huimin-rebuild")
    async with target:
        await pool.configure(target)
        skipped = await store.skipped_events(target, build.model.name)
        taken = 0
        filling = _Filling(target, build, share, Window(build.model, decode, skipped=skipped))
        gc.disable()  # rows and events hold no cycles, and looking for some costs a fifth
        try:
            async for page in pages(url, namespace, build.model, share):
                await filling.take(page)
                taken += len(page)
                tell(page[-1].position)
            await filling.flush()
        except store.UNSTORABLE as error:
            raise Unstorable(type(error).__name__) from None
        finally:
            gc.enable()
    return taken


async def fill_by_pages(
    url: str, namespace: str, build: Build, share: Share, decode: Decode, tell: Tell
) -> int:
    """As :func:`fill`, slower: parks the keys of rows that cannot be stored."""
    target = await connect(url, namespace, role=PROJECTOR, application="huimin-rebuild")
    async with target:
        await pool.configure(target)
        skipped = await store.skipped_events(target, build.model.name)
        keep = keep_of(build.model, share) or (lambda _: True)
        folding, taken = builds.Folding(build, decode, skipped=skipped, keep=keep), 0
        async for page in pages(url, namespace, build.model, share):
            await folding.take(target, page)
            taken += len(page)
            tell(page[-1].position)
    return taken


class _Filling:
    """The rows of one share on their way."""

    def __init__(self, target: Connection, build: Build, share: Share, window: Window) -> None:
        self._target = target
        self._build = build
        self._most = share.rows_in_memory
        self._keep = keep_of(build.model, share)
        self._flushed = False
        self._window = window

    async def take(self, page: Sequence[RecordedEvent]) -> None:
        window = self._window
        touches = window.touches(page)
        if self._keep is not None:
            touches = list(filter(self._keep, touches))
        lines = window.unknown(touches)
        keys = [line.key for line in lines] if self._flushed else []
        window.loaded(lines, await store.load(self._target, self._build.table, keys))
        window.apply(touches)
        if len(window) > self._most:
            await self.flush()

    async def flush(self) -> None:
        """Writes what is in memory and lets go of it."""
        changes = self._window.changes()
        async with self._target.transaction():
            if self._flushed:
                for part in changes.parts(ROWS_AT_ONCE):
                    await store.write(self._target, self._build.table, part, self._build.id)
            else:
                await self._copy(changes)
        self._flushed = True
        self._window = self._window.next()
        gc.collect()

    async def _copy(self, changes: Changes) -> None:
        name = self._build.model.name
        await store.park(self._target, name, self._build.id, changes.dead_letters)
        try:
            async with self._target.transaction():
                await Copier(self._build.table).copy(self._target, changes)
        except psycopg.OperationalError:
            raise
        except Exception as error:  # noqa: BLE001  # a value that its column does not take
            raise Unstorable(type(error).__name__) from None


async def pages(
    url: str, namespace: str, model: ReadModel, share: Share
) -> AsyncIterator[list[RecordedEvent]]:
    """The events of a share (of all, where keys are in the events), in order."""
    records = Records()
    parts = share.parts if model.by_stream else 1
    wanted = {
        "upto": share.upto,
        "types": model.event_types,
        "parts": parts,
        "part": share.part,
    }
    source = await connect(url, namespace, role=PROJECTOR, application="huimin-rebuild")
    async with source, source.transaction(), source.cursor("events") as cursor:
        await cursor.execute(_EVENTS, wanted, binary=True)
        while rows := await cursor.fetchmany(EVENTS_AT_ONCE):
            yield [records(row) for row in rows]


def keep_of(model: ReadModel, share: Share) -> builds.Keep | None:
    """Which touches fall to this share; None when all that it reads do."""
    if model.by_stream or share.parts == 1:
        return None

    def keep(touch: Touch) -> bool:
        if touch.line is None:  # parks the stream, wherever its keys fall
            return True
        return bucket(queue_of_key(touch.line.key), share.parts) == share.part

    return keep


def bucket(queue: str, of: int) -> int:
    """The share a key falls to, the same in every process."""
    return zlib.crc32(queue.encode()) % of
