"""Compares a read model's table with the log, by a fold that shares no code with the engine's.

One event at a time, into Python dicts, decoded by the codec: slow and plain on purpose. Rows are
compared as JSON, with the position that last touched them, and so are all versions of those that
keep history; keys that are parked are left out and counted. Above a size it is done in passes over
the keys, so memory stays bounded, or for a share of the keys only.
"""

import hashlib
import math
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field

from psycopg.sql import SQL, Identifier

from domain.shared.aggregate import EventBase
from domain.shared.checks import STORED
from infra.database import Connection
from infra.log.read import COLUMNS
from infra.log.records import RecordedEvent
from infra.projecting import store
from infra.projecting.filling import bucket
from infra.projecting.read_model import Key, ReadModel, queue_of_key
from infra.projecting.tables import POSITION, Table, history_table
from infra.projecting.tail import Decodes
from projections.base import FoldSpec, Row

SHARES = 1024
EVENTS_A_PASS = 1_000_000
_AT_ONCE = 5000
_SHOWN = 10

_EVENTS = f"""
SELECT {COLUMNS} FROM events AS e
WHERE e.position <= %s AND e.type = ANY (%s) ORDER BY e.position
"""  # noqa: S608  # only the log's own columns are put in


@dataclass(slots=True)
class Verdict:
    """What a comparison found. Digests are sums over rows, so they do not depend on an order.

    ``differing`` names a few keys whose rows differ, are missing or should not be there.
    """

    rows: int = 0
    expected_rows: int = 0
    digest: int = 0
    expected_digest: int = 0
    parked: int = 0
    differing: list[str] = field(default_factory=list)

    @property
    def equal(self) -> bool:
        """Whether the table is what the log says."""
        same_rows = self.rows == self.expected_rows and self.digest == self.expected_digest
        return same_rows and not self.differing

    def found(self, facts: bytes) -> None:
        """Counts a row of the table."""
        self.rows += 1
        self.digest = (self.digest + _number(facts)) % 2**128

    def expected(self, facts: bytes) -> None:
        """Counts a row of the log."""
        self.expected_rows += 1
        self.expected_digest = (self.expected_digest + _number(facts)) % 2**128

    def differs(self, key: str) -> None:
        """Names a key, up to a few."""
        if len(self.differing) < _SHOWN and key not in self.differing:
            self.differing.append(key)


@dataclass(frozen=True, slots=True)
class Sample:
    """The keys of a pass: those whose bucket lies in [first, last)."""

    first: int = 0
    last: int = SHARES

    def has(self, queue: str) -> bool:
        """Whether a key belongs to it."""
        return self.first <= bucket(queue, SHARES) < self.last


async def verify(
    connection: Connection,
    model: ReadModel,
    codec: Decodes,
    table: Table,
    build: int,
    position: int,
    *,
    share: float = 1.0,
) -> Verdict:
    """Compares ``share`` of the keys. The table must stand at ``position`` as the connection sees
    it: a build that rests, or the live table in a transaction with a snapshot of its own."""
    verdict = Verdict()
    parked = await store.parked_queues(connection, model.name, build)
    skipped = await store.skipped_events(connection, model.name)
    verdict.parked = len(parked)
    buckets = max(1, round(SHARES * share))
    passes = max(1, math.ceil(position * share / EVENTS_A_PASS))
    for n in range(passes):
        sample = Sample(buckets * n // passes, buckets * (n + 1) // passes)
        plain = PlainFold(model, codec, sample, skipped)
        async with connection.transaction():
            async for recorded in _events(connection, model, position):
                plain.take(recorded)
            await _compare(connection, table, plain, parked, verdict)
    return verdict


class PlainFold:
    """The read model of a few keys, by the letter of its definition."""

    def __init__(
        self, model: ReadModel, codec: Decodes, sample: Sample, skipped: set[tuple[str, int]]
    ) -> None:
        self.rows: dict[Key, tuple[Row, int]] = {}
        self.versions: dict[Key, list[tuple[Row | None, int]]] = {}
        self._model = model
        self._codec = codec
        self.sample = sample
        self._skipped = skipped
        self._parked: set[str] = set()

    def take(self, recorded: RecordedEvent) -> None:
        """Folds one event."""
        model, position = self._model, recorded.position
        stream = str(recorded.stream_id) if model.by_stream else f"stream:{recorded.stream_id}"
        if model.by_stream and not self.sample.has(stream):
            return
        if (stream, position) in self._skipped or stream in self._parked:
            return
        try:
            event = self._codec.decode(recorded)
            keys = [model.key_of(spec.key_of(event)) for spec in model.folds[recorded.type]]
        except Exception:  # noqa: BLE001  # an event that cannot be read parks its stream
            self._parked.add(stream)
            return
        for key in dict.fromkeys(keys):
            queue = queue_of_key(key)
            left_out = queue in self._parked or (queue, position) in self._skipped
            if left_out or not self.sample.has(queue):
                continue
            specs = [
                spec
                for spec, its in zip(model.folds[recorded.type], keys, strict=True)
                if its == key
            ]
            try:
                self._fold(key, specs, event, position)
            except Exception:  # noqa: BLE001  # whatever a fold raises parks its key
                self._parked.add(queue)

    def expected_versions(self) -> Iterator[tuple[Key, bytes]]:
        """Every version that the history must have."""
        for key, changes in self.versions.items():
            ends: list[int | None] = [since for _, since in changes[1:]]
            for (row, since), until in zip(changes, [*ends, None], strict=True):
                if row is not None:
                    yield key, facts_of(row, since, until)

    def _fold(self, key: Key, specs: list[FoldSpec], event: EventBase, position: int) -> None:
        row, _ = self.rows.get(key, (None, 0))
        for spec in specs:
            if (spec.expects == "nothing" and row) or (spec.expects == "row" and not row):
                raise ValueError("the fold expects something else")
            row = spec.apply(row, event)
            if row is not None and (
                not isinstance(row, self._model.row) or row.key_values() != key
            ):
                raise ValueError("the fold gives another row")
        self.rows.pop(key, None)
        if row is not None:
            self.rows[key] = (row, position)
        if self._model.row.history:
            self.versions.setdefault(key, []).append((row, position))


def facts_of(row: Row, *positions: int | None) -> bytes:
    """A row as it is compared."""
    return row.model_dump_json().encode() + repr(positions).encode()


async def _events(
    connection: Connection, model: ReadModel, upto: int
) -> AsyncIterator[RecordedEvent]:
    async with connection.cursor("verify_events") as cursor:
        await cursor.execute(_EVENTS, [upto, model.event_types], binary=True)
        while lines := await cursor.fetchmany(_AT_ONCE):
            for line in lines:
                yield RecordedEvent(*line)


async def _compare(
    connection: Connection, table: Table, plain: PlainFold, parked: set[str], verdict: Verdict
) -> None:
    rows = {(queue_of_key(key), facts_of(row, at)) for key, (row, at) in plain.rows.items()}
    await _compare_lines(connection, table, table.name, [POSITION], rows, plain, parked, verdict)
    if table.model.row.history:
        versions = {(queue_of_key(key), facts) for key, facts in plain.expected_versions()}
        name, ends = history_table(table.name), ["_from", "_to"]
        await _compare_lines(connection, table, name, ends, versions, plain, parked, verdict)


async def _compare_lines(
    connection: Connection,
    table: Table,
    name: str,
    positions: list[str],
    expected: set[tuple[str, bytes]],
    plain: PlainFold,
    parked: set[str],
    verdict: Verdict,
) -> None:
    wanted = {(queue, facts) for queue, facts in expected if queue not in parked}
    for _, facts in wanted:
        verdict.expected(facts)
    async for row, ends in _lines(connection, table, name, positions):
        queue = queue_of_key(row.key_values())
        if queue in parked or not plain.sample.has(queue):
            continue
        facts = facts_of(row, *ends)
        verdict.found(facts)
        if (queue, facts) in wanted:
            wanted.remove((queue, facts))
        else:
            verdict.differs(queue)
    for queue, _ in wanted:
        verdict.differs(queue)


async def _lines(
    connection: Connection, table: Table, name: str, positions: list[str]
) -> AsyncIterator[tuple[Row, tuple[int | None, ...]]]:
    """Every line of a table with its positions."""
    statement = SQL(
        "SELECT (SELECT row_to_json(r)::text FROM (SELECT {}) AS r), {} FROM {} AS t"
    ).format(
        table.as_json,
        SQL(", ").join(SQL("t.{}").format(Identifier(p)) for p in positions),
        Identifier(name),
    )
    async with connection.cursor("verify_rows") as cursor:
        await cursor.execute(statement)
        while lines := await cursor.fetchmany(_AT_ONCE):
            documents = ",".join(document for document, *_ in lines)
            rows: list[Row] = table.model.rows.validate_json(f"[{documents}]", context=STORED)
            for row, (_, *ends) in zip(rows, lines, strict=True):
                yield row, tuple(ends)


def _number(facts: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(facts, digest_size=16).digest())
