"""PostgreSQL and NATS: run here from their wheels, or reached where the settings say.

`Engines(settings).start()` gives addresses either way, and nothing else in Huimin asks which it is.
Other processes of the same installation learn the addresses with `locate(settings)`.
"""

import asyncio
import os
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

import structlog

from infra.engines.engine import EmbeddedEngine
from infra.engines.failure import EngineFailed, EngineInUse
from infra.engines.lock import DataDirLock
from infra.engines.nats import EmbeddedNats
from infra.engines.postgres import EmbeddedPostgres
from infra.errors import Misconfigured
from infra.settings import Settings

__all__ = [
    "EmbeddedNats",
    "EmbeddedPostgres",
    "EngineFailed",
    "EngineInUse",
    "EngineUrls",
    "Engines",
    "locate",
]

_LOOK_AFTER_EVERY = timedelta(seconds=0.5)

log = structlog.get_logger()


@dataclass(frozen=True)
class EngineUrls:
    """Where the engines are, passwords included, hence not shown."""

    database: str = field(repr=False)
    nats: list[str] = field(repr=False)


class Engines:
    """The engines of one installation, from `start()` to `stop()`; also a context manager.

    `postgres` and `nats` are None when the settings name an external one. The methods block.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        data_dir = settings.data_dir
        self.postgres = None if settings.database_url else EmbeddedPostgres(data_dir)
        self.nats = None if settings.nats_url else EmbeddedNats(data_dir)
        self._lock = DataDirLock(data_dir)

    @property
    def embedded(self) -> list[EmbeddedEngine]:
        """Those that run here, in the order of their start."""
        return [engine for engine in (self.postgres, self.nats) if engine is not None]

    def start(self) -> EngineUrls:
        """Starts what is embedded and returns when it answers.

        Raises EngineInUse when another process runs the engines of the same data directory, and
        EngineFailed when one cannot be started; then none is left running.
        """
        with ExitStack() as undo:
            if self.embedded:
                _make_data_dir(self._settings.data_dir)
                self._lock.acquire()
                undo.callback(self._lock.release)
            for engine in self.embedded:
                undo.callback(engine.stop)
                engine.start()
            undo.pop_all()
        return locate(self._settings)

    def stop(self) -> None:
        """Stops what is embedded, the last started first, and frees the data directory."""
        with ExitStack() as steps:
            steps.callback(self._lock.release)
            for engine in self.embedded:
                steps.callback(engine.stop)

    def ensure_running(self) -> list[str]:
        """Starts again what has died; the names of those.

        Raises EngineFailed when one does not come up.
        """
        return [engine.name for engine in self.embedded if engine.ensure_running()]

    async def supervise(self) -> None:
        """Starts again what dies, at the same address with the same data, until cancelled."""
        while True:
            try:
                await asyncio.to_thread(self.ensure_running)
            except EngineFailed as failure:
                log.error("engine_restart_failed", failure=str(failure))
            await asyncio.sleep(_LOOK_AFTER_EVERY.total_seconds())

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()


def locate(settings: Settings) -> EngineUrls:
    """The addresses, without starting anything: whether someone answers there is not asked.

    Raises EngineFailed when an embedded engine is meant that was never started.
    """
    return EngineUrls(
        database=settings.database_url or EmbeddedPostgres(settings.data_dir).url,
        nats=settings.nats_servers or [EmbeddedNats(settings.data_dir).url],
    )


def _make_data_dir(data_dir: Path) -> None:
    # As root, PostgreSQL's own user passes through to its cluster; every file inside is private.
    try:
        data_dir.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Misconfigured(
            f"HUIMIN_DATA_DIR={data_dir}: {error.strerror}；请换一个目录 · choose another directory"
        ) from error
    if not os.access(data_dir, os.W_OK):
        raise EngineFailed(
            f"数据目录 {data_dir} 属于其他用户，不可写入。\n"
            f"The data directory {data_dir} belongs to another user and cannot be written to."
        )
