"""Waits until a read model reaches a position, for all requests of a process together.

Woken by the notification that commits with each page; how far a read model is, is remembered, so
that most waits end without asking PostgreSQL. A lost notification costs a wait at most
``LOOK_AGAIN_SECONDS``.
"""

import asyncio
import heapq
from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import count

from infra.database import Pool, translated
from infra.errors import Unavailable
from infra.log.read import Gathered
from infra.log.wakeups import Subscription, Wakeups

LOOK_AGAIN_SECONDS = 0.5

_POSITIONS = b"SELECT name, position FROM projections WHERE name = ANY (%s)"

Waiter = tuple[int, int, "asyncio.Future[None]"]


class Arrivals:
    """Remembers how far each read model is, and wakes who waits for more."""

    def __init__(self, pool: Pool, wakeups: Wakeups) -> None:
        self._pool = pool
        self._wakeups = wakeups
        self._positions: dict[str, int] = {}
        self._waiters: dict[str, list[Waiter]] = {}
        self._number = count()
        self._asked: Gathered[str, int] = Gathered(self._ask)
        self._listener: asyncio.Task[None] | None = None

    async def wait_for(self, name: str, position: int, longest_seconds: float) -> bool:
        """Whether the read model reached ``position`` in time."""
        if self._positions.get(name, 0) >= position:
            return True
        if self._listener is None:
            self._listener = asyncio.create_task(self._listen(), name="read model arrivals")
        arrived: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        waiters = self._waiters.setdefault(name, [])
        heapq.heappush(waiters, (position, next(self._number), arrived))
        try:
            async with asyncio.timeout(longest_seconds):
                return await self._until(name, arrived)
        except TimeoutError:
            return False
        finally:
            arrived.cancel()

    async def stop(self) -> None:
        """Ends the listening; waits run into their time limits."""
        if self._listener is not None:
            self._listener.cancel()
            with suppress(asyncio.CancelledError):
                await self._listener
            self._listener = None

    async def _until(self, name: str, arrived: asyncio.Future[None]) -> bool:
        while True:
            with suppress(Unavailable):  # a notification, or the time limit, will tell
                self._arrived(name, await self._asked.ask(name))
            done, _ = await asyncio.wait([arrived], timeout=LOOK_AGAIN_SECONDS)
            if done:
                return True

    async def _listen(self) -> None:
        with self._wakeups.subscribe("projection") as subscription:
            while True:
                await self._take(subscription)

    async def _take(self, subscription: Subscription) -> None:
        for payload in await subscription.wait_all(60):
            name, _, position = payload.partition(" ")
            if position:
                self._arrived(name, int(position))
            else:  # reconnected: what was remembered may have been undone meanwhile
                self._positions.clear()

    def _arrived(self, name: str, position: int) -> None:
        # not the greater of both: after a rollback a read model is at an earlier position
        self._positions[name] = position
        waiters = self._waiters.get(name, [])
        while waiters and waiters[0][0] <= position:
            arrived = heapq.heappop(waiters)[2]
            if not arrived.done():
                arrived.set_result(None)

    async def _ask(self, names: Sequence[str]) -> Mapping[str, int]:
        with translated():
            async with self._pool.connection() as connection:
                found = await connection.execute(_POSITIONS, [list(names)], prepare=True)
                return dict.fromkeys(names, 0) | dict(await found.fetchall())
