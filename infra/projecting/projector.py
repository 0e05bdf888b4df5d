"""Keeps the read models of one process live: a task each, over one feed, one pool and one tail.

Relies on PostgreSQL alone for who is active (leases) and how far each read model is (checkpoints
that commit with the rows). Run as many of these as you like: the others are standbys.
"""

import asyncio
from collections.abc import Collection, Mapping
from contextlib import AsyncExitStack, suppress

import structlog

from infra.database import Pool
from infra.discovery import Registry
from infra.errors import HuiminError
from infra.log.codec import Codec
from infra.log.read import LogReader
from infra.projecting.advances import Advances
from infra.projecting.decoding import BulkDecoder
from infra.projecting.drift import DriftAudit
from infra.projecting.follower import Follower
from infra.projecting.leases import ASK_AGAIN_SECONDS, Leases
from infra.projecting.pool import open_work_pool
from infra.projecting.read_model import ReadModel, read_models
from infra.projecting.rebuild import DISCOVERED, Rebuilder, VerifyRefused
from infra.projecting.tail import Feed, Tail

log = structlog.get_logger(__name__)

CONNECTIONS = 4
PAGE = 500
_FIRST_PAUSE_SECONDS = 0.05
_LONGEST_PAUSE_SECONDS = 5.0
_REFUSED_PAUSE_SECONDS = 600.0


class Projector:
    """Keeps all read models of the registry, or ``only`` these, while :meth:`run` runs.

    ``positions`` are the checkpoints of those it has the lease of.
    """

    def __init__(
        self,
        feed: Feed,
        reader: LogReader,  # noqa: ARG002  # of the port; the feed and the parts read by themselves
        codec: Codec,
        registry: Registry,
        database_url: str,
        namespace: str,
        only: Collection[str] | None = None,
        *,
        registry_source: str = DISCOVERED,
        page: int = PAGE,
    ) -> None:
        self._rebuilder = Rebuilder(
            database_url, namespace, registry, registry_source=registry_source
        )
        self.models: Mapping[str, ReadModel] = {
            name: model
            for name, model in read_models(registry).items()
            if only is None or name in only
        }
        self._audit = DriftAudit(database_url, namespace, codec)
        self._tail = Tail(feed, BulkDecoder(registry, codec))
        self._url = database_url
        self._namespace = namespace
        self._page = page
        self._leases = Leases(database_url, namespace)
        self._advances: Advances
        self._followers: dict[str, Follower] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    @property
    def positions(self) -> dict[str, int]:
        """Checkpoints of the read models that this process keeps."""
        return {name: self._followers[name].position for name in self._tasks}

    async def run(self) -> None:
        """Takes leases and follows the log with each, until cancelled. Outlives every outage."""
        async with AsyncExitStack() as parts:
            size = max(1, min(CONNECTIONS, len(self.models)))
            pool = await open_work_pool(self._url, self._namespace, size=size)
            parts.push_async_callback(pool.close)
            self._advances = Advances(pool)
            parts.push_async_callback(self._leases.close)
            parts.push_async_callback(self._stop)
            audit = asyncio.create_task(
                self._audit.run(self.models, lambda model: model in self._tasks), name="drift audit"
            )
            parts.push_async_callback(_ended, audit)
            await self._lead(pool)

    async def _lead(self, pool: Pool) -> None:
        pause = _FIRST_PAUSE_SECONDS
        while True:
            try:
                await self._leases.open()
                while True:
                    for name in await self._leases.take(self.models):
                        self._begin(name, pool)
                    pause = _FIRST_PAUSE_SECONDS
                    await asyncio.sleep(ASK_AGAIN_SECONDS)
            except HuiminError as error:
                log.warning("leases_lost", problem=str(error), again_in_seconds=pause)
            await self._stop()
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)

    def _begin(self, name: str, pool: Pool) -> None:
        log.info("lease_taken", read_model=name)
        follower = Follower(
            self.models[name], self._tail, pool, self._advances, self._outdated, page=self._page
        )
        self._followers[name] = follower
        self._tasks[name] = asyncio.create_task(_persist(follower), name=f"projection {name}")

    async def _stop(self) -> None:
        tasks, self._tasks = list(self._tasks.values()), {}
        for task in tasks:
            task.cancel()
        for task in tasks:
            await _ended(task)

    async def _outdated(self, model: ReadModel) -> None:
        try:
            await self._rebuilder.rebuild(model.name)
        except VerifyRefused as error:
            # the old table goes on serving; trying again at once would find the same
            log.error("rebuild_refused", read_model=model.name, problem=str(error))
            await asyncio.sleep(_REFUSED_PAUSE_SECONDS)


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def _persist(follower: Follower) -> None:
    """Follows for ever: an engine that is away, or data that cannot be right, is waited for."""
    pause = _FIRST_PAUSE_SECONDS
    name = follower.model.name
    while True:
        before = follower.position
        try:
            await follower.run()
        except HuiminError as error:
            if follower.position != before:
                pause = _FIRST_PAUSE_SECONDS
            log.warning(
                "projection_waits",
                read_model=name,
                position=follower.position,
                error=type(error).__name__,
                problem=str(error),
                again_in_seconds=pause,
            )
        await asyncio.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
