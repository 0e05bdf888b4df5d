"""Compares a read model's table with the log, by a fold that shares no code with the engine's.

One event at a time, into Python dicts, decoded by the codec: slow and plain on purpose. Rows are
compared as JSON, with the position that last touched them, and so are all versions of those that
keep history; keys that are parked are left out and counted. Above a size it is done in passes over
the keys, so memory stays bounded, or for a share of the keys only.
"""

import hashlib
import math
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from uuid import UUID

from psycopg.sql import SQL, Composable, Identifier

from domain.shared.checks import STORED
from infra.database import Connection
from infra.log.read import COLUMNS
from infra.log.records import RecordedEvent
from infra.projecting import store
from infra.projecting.plain_fold import SHARES, PlainFold, Sample, facts_of
from infra.projecting.read_model import ReadModel, queue_of_key
from infra.projecting.tables import POSITION, Table, history_table
from infra.projecting.tail import Decodes
from projections.base import Row

EVENTS_A_PASS = 1_000_000
_AT_ONCE = 5000
_SHOWN = 10

_EVENTS = f"""
SELECT {COLUMNS} FROM events AS e WHERE e.position <= %(upto)s AND e.type = ANY (%(types)s)
"""  # noqa: S608  # only the log's own columns are put in

_SHARE_OF = "(get_byte(uuid_send({0}), 14) & 3) * 256 + get_byte(uuid_send({0}), 15)"
_SHARES = f" AND {_SHARE_OF.format('e.stream_id')} BETWEEN %(first)s AND %(last)s"
_STREAMS = " AND e.stream_id = ANY (%(streams)s)"
_IN_ORDER = " ORDER BY e.position"


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


async def verify(
    connection: Connection,
    model: ReadModel,
    codec: Decodes,
    table: Table,
    build: int,
    position: int,
    *,
    share: float = 1.0,
    streams: frozenset[UUID] | None = None,
) -> Verdict:
    """Compares ``share`` of the keys, or only ``streams``. The table must stand at ``position`` as
    the connection sees it: a build that rests, or the live table in a snapshot."""
    verdict = Verdict()
    parked = await store.parked_queues(connection, model.name, build)
    skipped = await store.skipped_events(connection, model.name)
    verdict.parked = len(parked)
    buckets = max(1, round(SHARES * share))
    begin = random.randint(0, SHARES - buckets)  # other keys each time
    passes = max(1, math.ceil(position * share / EVENTS_A_PASS)) if streams is None else 1
    for n in range(passes):
        sample = Sample(begin + buckets * n // passes, begin + buckets * (n + 1) // passes, streams)
        plain = PlainFold(model, codec, sample, skipped)
        async with connection.transaction():
            async for recorded in _events(connection, model, position, sample):
                plain.take(recorded)
            await _compare(connection, table, plain, parked, verdict)
    return verdict


async def _events(
    connection: Connection, model: ReadModel, upto: int, sample: Sample
) -> AsyncIterator[RecordedEvent]:
    statement = _EVENTS
    if sample.streams is not None:
        statement += _STREAMS
    elif model.by_stream:
        statement += _SHARES
    wanted = {
        "upto": upto,
        "types": model.event_types,
        "first": sample.first,
        "last": sample.last - 1,
        "streams": list(sample.streams or ()),
    }
    async with connection.cursor("verify_events") as cursor:
        await cursor.execute(statement + _IN_ORDER, wanted, binary=True)
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
    async for row, ends in _lines(connection, table, name, positions, plain.sample):
        queue = queue_of_key(row.key_values())
        if queue in parked or not plain.has(row.key_values()):
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
    connection: Connection, table: Table, name: str, positions: list[str], sample: Sample
) -> AsyncIterator[tuple[Row, tuple[int | None, ...]]]:
    """The lines of a table with their positions; also of other keys than the sample's, where
    PostgreSQL cannot tell."""
    statement = SQL(
        "SELECT (SELECT row_to_json(r)::text FROM (SELECT {}) AS r), {} FROM {} AS t{}"
    ).format(
        table.as_json,
        SQL(", ").join(SQL("t.{}").format(Identifier(p)) for p in positions),
        Identifier(name),
        _where(table, sample),
    )
    async with connection.cursor("verify_rows") as cursor:
        await cursor.execute(statement, {"streams": list(sample.streams or ())})
        while lines := await cursor.fetchmany(_AT_ONCE):
            documents = ",".join(document for document, *_ in lines)
            rows: list[Row] = table.model.rows.validate_json(f"[{documents}]", context=STORED)
            for row, (_, *ends) in zip(rows, lines, strict=True):
                yield row, tuple(ends)


def _where(table: Table, sample: Sample) -> Composable:
    if sample.streams is None:
        return SQL("")
    key = Identifier(table.model.key_columns[0].name)
    return SQL(" WHERE t.{} = ANY (%(streams)s)").format(key)


def _number(facts: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(facts, digest_size=16).digest())
