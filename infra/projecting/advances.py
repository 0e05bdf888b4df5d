"""Moves the checkpoints of read models that had nothing to do, all of a moment in one statement.

Most events concern few read models, and yet every checkpoint has to move past them at once, so that
a read of one's own write never waits in vain.
"""

import asyncio

from infra.database import Pool, translated, undisturbed
from infra.projecting import catalogue
from infra.projecting.catalogue import Advance


class Advances:
    """Gathers the moves that are asked for while one statement is under way."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._waiting: list[tuple[Advance, asyncio.Future[bool]]] = []
        self._turn = asyncio.Lock()

    async def move(self, advance: Advance) -> bool:
        """Whether the checkpoint moved; not when it was elsewhere, or somebody works on it.

        Raises StoreUnavailable.
        """
        moved: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((advance, moved))
        async with self._turn:
            if not moved.done():
                await undisturbed(self._move_all)
        return await moved

    async def _move_all(self) -> None:
        batch, self._waiting = self._waiting, []
        try:
            with translated():
                async with self._pool.connection() as connection:
                    names = await catalogue.advance(connection, [a for a, _ in batch])
        except BaseException as error:
            for _, moved in batch:
                if not moved.done():
                    moved.set_exception(error)
                    moved.exception()  # whoever asked may be gone
            raise
        for advance, moved in batch:
            if not moved.done():
                moved.set_result(advance.name in names)
