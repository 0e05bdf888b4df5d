"""What a command needs of a running city: its settings, its addresses, its log and its catalogue.

Opened for one command and closed after it. Nothing is started: an engine that does not answer is
exit code 3.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from infra import logging
from infra.database import READER, Pool, connect, open_pool, translated
from infra.discovery import Registry, discover
from infra.engines import EngineUrls, locate
from infra.log.codec import Codec
from infra.log.read import LogReader
from infra.settings import Settings, read


@dataclass(frozen=True, slots=True)
class Reach:
    """The open parts."""

    settings: Settings
    urls: EngineUrls
    registry: Registry
    codec: Codec
    pool: Pool
    reader: LogReader


@asynccontextmanager
async def reach(role: str | None = None) -> AsyncIterator[Reach]:
    """Opens the parts over the settings of the environment.

    Raises EngineFailed when embedded engines were never started, StoreUnavailable when PostgreSQL
    does not answer.
    """
    settings = read()
    # to standard error: what is printed is for whoever reads, or parses, the command's own output
    logging.configure(level="warning", renderer=settings.log)
    urls = locate(settings)
    with translated():
        # asked once, because a pool would try again and again before it gave up
        await (await connect(urls.database, settings.namespace, role=role or READER)).close()
    registry = discover()
    pool = await open_pool(urls.database, settings.namespace, size=4, role=role or READER)
    try:
        with translated():
            yield Reach(settings, urls, registry, Codec(registry), pool, LogReader(pool))
    finally:
        await pool.close()
