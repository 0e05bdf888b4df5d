"""Folds a few keys again, now and then, and compares them with the live rows.

Each look takes one read model, in turn. Where rows belong to streams it takes some that the log
names and some that the table has, so that missing, changed and invented rows are all found, and
reads no more than those streams. Elsewhere finding a key's events means reading the whole log, which
is done only while that is short. What differs is logged as an error and counted; nothing is mended,
because a rebuild is an operator's decision.
"""

import asyncio
import random
from collections.abc import Callable, Mapping
from itertools import cycle
from uuid import UUID

import structlog
from psycopg.sql import SQL, Identifier

from infra.database import PROJECTOR, Connection, connect, translated
from infra.errors import HuiminError
from infra.projecting import catalogue
from infra.projecting.plain_fold import SHARES
from infra.projecting.read_model import ReadModel
from infra.projecting.tables import Table
from infra.projecting.tail import Decodes
from infra.projecting.verify import Verdict, verify

log = structlog.get_logger(__name__)

EVERY_SECONDS = 60.0
STREAMS_A_LOOK = 100
LONGEST_LOG = 50_000
"""Up to here the whole log is read for rows that gather from many streams."""

_SNAPSHOT = b"SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
_OF_LOG = b"SELECT DISTINCT stream_id FROM events WHERE position = ANY (%s)"
# whole pages at random: walks no table, however large
_OF_TABLE = "SELECT {} FROM {} TABLESAMPLE SYSTEM (least(100, 10000.0 / greatest(%s, 1))) LIMIT %s"


_FOUND = b"""
UPDATE projections SET drifting = drifting + %s, audited_at = clock_timestamp() WHERE name = %s
"""


class DriftAudit:
    """Looks at live rows for as long as :meth:`run` runs; what it finds is in the catalogue."""

    def __init__(self, url: str, namespace: str, codec: Decodes) -> None:
        self._url = url
        self._namespace = namespace
        self._codec = codec

    async def run(
        self,
        models: Mapping[str, ReadModel],
        kept: Callable[[str], bool],
        every_seconds: float = EVERY_SECONDS,
    ) -> None:
        """Looks at one of the models that are ``kept`` here after another, until cancelled."""
        for model in cycle(models.values()):
            await asyncio.sleep(every_seconds)
            if not kept(model.name):
                continue
            try:
                await self.look(model)
            except HuiminError as error:
                log.warning("drift_audit_waits", read_model=model.name, problem=str(error))

    async def look(self, model: ReadModel) -> Verdict | None:
        """Compares some keys of a read model; None when its live table is not of this code, or
        the log too long to be read for it. Raises StoreUnavailable."""
        with translated():
            connection = await connect(
                self._url, self._namespace, role=PROJECTOR, application="huimin-drift"
            )
            async with connection:
                async with connection.transaction():
                    await connection.execute(_SNAPSHOT)
                    verdict = await self._compare(connection, model)
                if verdict is not None:
                    await connection.execute(_FOUND, [len(verdict.differing), model.name])
        if verdict is not None and not verdict.equal:
            log.error("read_model_drifts", read_model=model.name, keys=len(verdict.differing))
        return verdict

    async def _compare(self, connection: Connection, model: ReadModel) -> Verdict | None:
        stand = await catalogue.standing(connection, model.name)
        if stand is None or stand.fingerprint != model.fingerprint:
            return None
        table, streams, share = Table.live(model), None, 1.0
        if model.by_stream:
            streams = await _some_streams(connection, table, stand.position)
        elif stand.position > LONGEST_LOG:
            return None
        else:
            share = 16 / SHARES if stand.position > STREAMS_A_LOOK else 1.0
        return await verify(
            connection,
            model,
            self._codec,
            table,
            stand.build,
            stand.position,
            share=share,
            streams=streams,
        )


async def _some_streams(connection: Connection, table: Table, upto: int) -> frozenset[UUID]:
    half = STREAMS_A_LOOK // 2
    positions = [random.randint(1, max(upto, 1)) for _ in range(half)]
    found = await connection.execute(_OF_LOG, [positions])
    streams = {stream for (stream,) in await found.fetchall()}
    key = Identifier(table.model.key_columns[0].name)
    of_table = SQL(_OF_TABLE).format(key, Identifier(table.name))
    found = await connection.execute(of_table, [upto, half])
    return frozenset(streams.union(key for (key,) in await found.fetchall()))
