"""Which read models this process keeps: session-level advisory locks on a connection of their own.

PostgreSQL gives the locks back when the process dies, so a standby, which asks four times a second,
takes over at once. A process that lost its connection without noticing cannot harm: every page is
guarded by the checkpoint's old value.
"""

from collections.abc import Iterable

from infra.database import PROJECTOR, Connection, connect, translated
from infra.errors import StoreUnavailable

ASK_AGAIN_SECONDS = 0.25

_TAKE = b"""
SELECT name FROM unnest(%s::text[]) AS n (name)
WHERE pg_try_advisory_lock(hashtextextended(current_schema() || '.lease.' || name, 0))
"""


class Leases:
    """The leases of one process, from :meth:`open` to :meth:`close`."""

    def __init__(self, url: str, namespace: str) -> None:
        self._url = url
        self._namespace = namespace
        self._connection: Connection | None = None
        self.held: set[str] = set()

    async def open(self) -> None:
        """Connects; holds nothing yet. Raises StoreUnavailable."""
        await self.close()
        with translated():
            self._connection = await connect(
                self._url, self._namespace, role=PROJECTOR, application="huimin-leases"
            )

    async def close(self) -> None:
        """Gives all leases back."""
        self.held = set()
        if self._connection is not None:
            await self._connection.close()
            self._connection = None

    async def take(self, names: Iterable[str]) -> set[str]:
        """Tries to take those not held yet and returns the new ones.

        Also finds out whether the connection, and with it every lease, is still there: raises
        StoreUnavailable when it is not.
        """
        if self._connection is None:
            raise StoreUnavailable("no connection holds the leases")
        with translated():
            found = await self._connection.execute(_TAKE, [sorted(set(names) - self.held)])
            taken = {name for (name,) in await found.fetchall()}
        self.held |= taken
        return taken
