"""The matters that decisions rest on: kept warm in memory, else brought from the log.

Used under the matters' turns, so nobody else in the process has the same ones in hand. What may
surprise: a matter is taken out of memory while it is decided on, and put back only when what is in
memory is known to be what the log has, so that a decision that failed leaves nothing half done.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol
from uuid import UUID

from domain.shared.aggregate import Aggregate

WARM = 20_000
"""Aggregates kept warm per process; a registration is about 6 KB, so some 120 MB."""


class Loads(Protocol):
    """Brings aggregates from the log."""

    async def load(self, aggregate: type[Aggregate], stream_id: UUID) -> Aggregate | None: ...
    async def catch_up(self, aggregate: Aggregate) -> bool: ...
    async def moved(self, stream_id: UUID, version: int) -> bool: ...


class Seen(NamedTuple):
    """A matter as it was found, None when there is none; ``version`` is the one then (0)."""

    id: UUID
    aggregate: Aggregate | None
    version: int
    warm: bool

    @property
    def unchanged(self) -> Aggregate | None:
        """The aggregate, unless it has been decided on since."""
        aggregate = self.aggregate
        return aggregate if aggregate is not None and aggregate.version == self.version else None


class Matters:
    """One process's warm aggregates, and the log behind them."""

    def __init__(self, loads: Loads, limit: int = WARM) -> None:
        self._loads = loads
        self._limit = limit
        # by the id as a number: a UUID's own hash is computed in Python
        self._warm: OrderedDict[int, Aggregate] = OrderedDict()

    async def look(self, id: UUID) -> Seen:
        """The matter, of whatever class it is, taken out of memory or loaded."""
        return self._remembered(id) or await self._load(id)

    async def look_at_all(self, ids: Iterable[UUID]) -> list[Seen]:
        """As :meth:`look`, in the order of ``ids``; one query brings all that is not in memory."""
        found = {id: self._remembered(id) for id in ids}
        if missing := [id for id, seen in found.items() if seen is None]:
            loaded = await asyncio.gather(*map(self._load, missing))
            found.update(zip(missing, loaded, strict=True))
        return [seen for seen in found.values() if seen is not None]

    def _remembered(self, id: UUID) -> Seen | None:
        warm = self._warm.pop(id.int, None)
        return Seen(id, warm, warm.version, True) if warm is not None else None

    async def _load(self, id: UUID) -> Seen:
        loaded = await self._loads.load(Aggregate, id)
        return Seen(id, loaded, loaded.version if loaded is not None else 0, False)

    def keep(self, aggregate: Aggregate) -> None:
        """Puts into memory what is now as the log has it."""
        self._warm[aggregate.id.int] = aggregate
        if len(self._warm) > self._limit:
            self._warm.popitem(last=False)

    def keep_unchanged(self, seen: Sequence[Seen]) -> None:
        """Puts back what nothing was decided on."""
        for one in seen:
            if (aggregate := one.unchanged) is not None:
                self.keep(aggregate)

    async def any_moved(self, seen: Sequence[Seen]) -> bool:
        """Whether the log has more of any of them than was seen.

        If not, they all stood like this at one instant, and what was decided on them holds for it.
        What nothing was decided on is brought up to date and put back, for the next try.
        """
        return any(await asyncio.gather(*map(self._moved, seen)))

    async def have_moved(self, seen: Sequence[Seen]) -> bool:
        """As :meth:`any_moved`, of matters that may be half changed: none is put back."""
        return any(await asyncio.gather(*(self._loads.moved(one.id, one.version) for one in seen)))

    async def _moved(self, one: Seen) -> bool:
        aggregate = one.unchanged
        if aggregate is None:
            return await self._loads.moved(one.id, one.version)
        moved = await self._loads.catch_up(aggregate)
        self.keep(aggregate)
        return moved

    async def exist(self, ids: Iterable[UUID]) -> bool:
        """Whether any of the ids has a matter in the log."""
        return any(await asyncio.gather(*(self._loads.moved(id, 0) for id in ids)))
