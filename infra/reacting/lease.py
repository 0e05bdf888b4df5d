"""One active process per kind of work: a session's advisory lock, held as long as its connection.

Whoever holds the lease writes through that very connection. So there is no moment in which one that
has lost the lease could still write: with the connection, the lock and the way to write go together.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog

from infra.database import Connection, connect, translated

log = structlog.get_logger(__name__)

LOOK_AGAIN_SECONDS = 0.5

_TRY = "SELECT pg_try_advisory_lock(hashtextextended(current_schema() || '.role.' || %s, 0))"


class Lease:
    """The right to do ``name`` in a namespace; any number of processes may stand by."""

    def __init__(
        self,
        url: str,
        namespace: str,
        name: str,
        *,
        role: str,
        look_again_seconds: float = LOOK_AGAIN_SECONDS,
    ) -> None:
        self._url = url
        self._namespace = namespace
        self._name = name
        self._role = role
        self._look_again = look_again_seconds

    @asynccontextmanager
    async def held(self) -> AsyncIterator[Connection]:
        """Waits for the lease and gives the connection that holds it; closes it at the end.

        Raises StoreUnavailable when the database cannot be reached.
        """
        with translated():
            connection = await connect(
                self._url,
                self._namespace,
                role=self._role,
                application=f"huimin-{self._name}",
            )
        async with connection:
            waited = False
            while not await self._taken(connection):
                if not waited:
                    log.info("standing_by", lease=self._name)
                    waited = True
                # Not by waiting inside PostgreSQL: a statement that waits for days keeps its
                # snapshot, and vacuum may remove nothing that is younger.
                await asyncio.sleep(self._look_again)
            log.info("lease_taken", lease=self._name)
            yield connection

    async def _taken(self, connection: Connection) -> bool:
        with translated():
            cursor = await connection.execute(_TRY, [self._name])
            row = await cursor.fetchone()
        return bool(row and row[0])
