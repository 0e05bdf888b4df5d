"""One at a time per matter, without a lock object for every matter that ever was.

Commands on one matter in one process take turns, so that a warm aggregate is never decided on
while an earlier decision on it waits for its commit. Between processes the version check judges.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID


class Turns:
    """A queue per matter that exists only while somebody is in it."""

    def __init__(self) -> None:
        self._last: dict[UUID, asyncio.Future[None]] = {}

    @asynccontextmanager
    async def of(self, matter: UUID) -> AsyncIterator[None]:
        """Waits for everyone who came before on this matter; cancelling leaves the queue whole."""
        before = self._last.get(matter)
        mine = asyncio.get_running_loop().create_future()
        self._last[matter] = mine
        try:
            if before is not None:
                await asyncio.shield(before)
            yield
        finally:
            if before is not None and not before.done():
                # Cancelled while waiting: those behind must still wait for those before.
                before.add_done_callback(lambda _: self._pass_on(matter, mine))
            else:
                mine.set_result(None)
            if self._last.get(matter) is mine and mine.done():
                del self._last[matter]

    def _pass_on(self, matter: UUID, mine: "asyncio.Future[None]") -> None:
        mine.set_result(None)
        if self._last.get(matter) is mine:
            del self._last[matter]
