"""Follows the log with one read model: page by page, each committed with its checkpoint.

It works from the catalogue's line as it last saw it. Whatever changes that line beside it (a pause,
a retry, a switch, another projector) makes the next page fail its guard; then it looks again and
goes on from there.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace

import structlog

from infra.database import Pool, translated, undisturbed
from infra.errors import LeaseLost
from infra.log.records import RecordedEvent
from infra.projecting import catalogue, store
from infra.projecting.advances import Advances
from infra.projecting.catalogue import RESTING, RUNNING, Advance, Standing
from infra.projecting.read_model import ReadModel
from infra.projecting.tables import Table
from infra.projecting.tail import Tail
from infra.projecting.window import Window

log = structlog.get_logger(__name__)

WAIT_SECONDS = 5.0
_LOOK_AGAIN_SECONDS = 0.2

Outdated = Callable[[ReadModel], Awaitable[None]]
"""Called when the live table was made by earlier code: builds the new one beside it."""


class Follower:
    """Keeps one read model live; ``position`` is its checkpoint as last committed."""

    def __init__(
        self,
        model: ReadModel,
        tail: Tail,
        pool: Pool,
        advances: Advances,
        outdated: Outdated,
        *,
        page: int,
    ) -> None:
        self.model = model
        self.position = 0
        self._tail = tail
        self._pool = pool
        self._advances = advances
        self._outdated = outdated
        self._page = page
        self._table = Table.live(model)
        self._parked: set[str] = set()
        self._is_new = True

    async def run(self) -> None:
        """Follows until cancelled. Raises Unavailable when an engine is away."""
        stand = await self._look()
        while True:
            try:
                stand = await self._step(stand)
            except LeaseLost:
                stand = await self._look_for_change(stand)

    async def _step(self, stand: Standing) -> Standing:
        if stand.state != RUNNING:
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)
            return await self._look()
        if stand.fingerprint != self.model.fingerprint:
            await self._meet_other_code()
            return await self._look()
        self._is_new = False
        page = await self._tail.read(stand.position, self._page)
        if not page:
            await self._tail.wait(stand.position, WAIT_SECONDS)
            return stand
        if any(recorded.type in self.model.folds for recorded in page):
            with translated():
                await self._commit(stand, page)
        elif not await self._advances.move(
            Advance(self.model.name, stand.turn, stand.position, page[-1])
        ):
            raise LeaseLost("the checkpoint is elsewhere", name=self.model.name)
        self.position = page[-1].position
        return replace(stand, position=self.position)

    async def _meet_other_code(self) -> None:
        """Newer code replaces the tables of older code once, at its start. Code whose own tables
        were replaced meanwhile is the older one: it leaves the read model alone."""
        if self._is_new:
            log.info("schema_changed", read_model=self.model.name)
            await self._outdated(self.model)
        else:
            log.error("read_model_of_other_code", read_model=self.model.name)
            await asyncio.sleep(WAIT_SECONDS)

    async def _commit(self, stand: Standing, page: Sequence[RecordedEvent]) -> None:
        async def commit(part: Sequence[RecordedEvent], refused: Mapping[int, str]) -> None:
            before = replace(stand, position=part[0].position - 1)
            window = Window(self.model, self._tail.decode, parked=self._parked, refused=refused)
            await undisturbed(lambda: self._commit_folded(before, window, part))
            self._parked = window.parked
            for letter in window.changes().dead_letters:
                log.error(
                    "event_parked",
                    read_model=self.model.name,
                    position=letter.position,
                    reason=letter.reason,
                )

        await store.by_halves(page, commit)

    async def _commit_folded(
        self, stand: Standing, window: Window, page: Sequence[RecordedEvent]
    ) -> None:
        touches = window.touches(page)
        async with self._pool.connection() as connection:
            await store.commit_page(connection, self._table, stand, window, touches, page[-1])

    async def _look(self) -> Standing:
        """The catalogue's line, made with an empty table at the first start."""

        async def look() -> Standing:
            async with self._pool.connection() as connection:
                stand = await catalogue.standing(connection, self.model.name)
                if stand is None:
                    stand = await catalogue.begin(connection, self.model)
                if stand.state == RESTING:
                    stand = await catalogue.end_rest(connection, stand)
                self._parked = await store.parked_queues(connection, stand.name, stand.build)
                return stand

        with translated():
            stand = await undisturbed(look)
        self.position = stand.position
        return stand

    async def _look_for_change(self, before: Standing) -> Standing:
        stand = await self._look()
        if stand == before:  # locked by somebody at work, who will change it or let go
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)
        return stand
