"""A whole small city for the tests of the HTTP door: real engines, a real server on loopback.

It runs in a thread with a loop of its own, so that a test is a plain function with a plain HTTP
client, and one city can serve a whole module's tests.
"""

import asyncio
import secrets
import socket
import threading
from collections.abc import Coroutine, Iterator, Sequence
from concurrent.futures import Future
from contextlib import AsyncExitStack, contextmanager, suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import httpx
import psycopg
import uvloop
from psycopg import sql

from api.http.app import create_app
from api.http.parts import Parts
from api.http.rates import Rates
from api.http.serving import server
from domain.shared.calendar import Calendar
from infra import clock, database
from infra.auditing.audit import Audit
from infra.database import READER, WRITER
from infra.discovery import Registry
from infra.executing.executor import Executor
from infra.figures import Figures
from infra.keys import load_keys
from infra.log.append import GroupCommit
from infra.log.codec import Codec
from infra.log.load import Loader
from infra.log.migrate import migrate
from infra.log.read import LogReader
from infra.log.records import RecordedEvent
from infra.log.wakeups import Wakeups
from infra.metrics import Metrics
from infra.probes import last_sequence
from infra.projecting.projector import Projector
from infra.projecting.queries import ReadModels
from infra.tokens import DevelopmentIssuer, Verifier

T = TypeVar("T")


class LogFeed:
    """The feed's source that is always there: the log, with its wake-ups."""

    def __init__(self, reader: LogReader, wakeups: Wakeups) -> None:
        self._reader = reader
        self._wakeups = wakeups

    async def read(self, after: int, limit: int) -> Sequence[RecordedEvent]:
        return await self._reader.read(after, limit)

    async def wait(self, after: int, timeout: float) -> None:  # noqa: ASYNC109  the feed's own port
        with self._wakeups.subscribe("log") as subscription:
            if await self._reader.head() <= after:
                await subscription.wait(timeout)


class City:
    """Everything from the server to the log, over the given registry."""

    def __init__(
        self,
        url: str,
        namespace: str,
        registry: Registry,
        data_dir: Path,
        nats_urls: Sequence[str] = (),
    ) -> None:
        self.url = url
        self.namespace = namespace
        self.registry = registry
        self.data_dir = data_dir
        self.nats_urls = nats_urls
        self.issuer = DevelopmentIssuer(data_dir)
        self.now: datetime | None = None
        self._loop = uvloop.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="city", daemon=True)
        self._stack = AsyncExitStack()

    @property
    def stream(self) -> str:
        """The stream that a relay of this city fills."""
        return f"{self.namespace.upper()}_EVENTS"

    def start(self) -> None:
        """Migrates, starts every part and serves on a free port."""
        self._thread.start()
        self.run(self._start())

    def stop(self) -> None:
        """Stops all of it in reverse order."""
        self.run(self._stack.aclose())
        self.run(_rest())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Runs a coroutine in the city's loop and waits for it."""
        return self.begin(work).result(timeout=60)

    def begin(self, work: Coroutine[Any, Any, T]) -> "Future[T]":
        """Begins a coroutine in the city's loop."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def token(self, actor: str, *roles: str, department: str | None = None) -> dict[str, str]:
        """The header that speaks for an actor."""
        token = self.issuer.issue(actor, roles, department)
        return {"Authorization": f"Bearer {token}"}

    def client(self, **headers: str) -> httpx.Client:
        """An HTTP client of this city."""
        return httpx.Client(base_url=self.base_url, headers=headers, timeout=30)

    def head(self) -> int:
        """The log's last position."""
        return self.run(self.reader.head())

    async def _start(self) -> None:
        await migrate(self.url, self.namespace)
        self.pool = await database.open_pool(self.url, self.namespace, size=4, role=READER)
        self._stack.push_async_callback(self.pool.close)
        self.reader = LogReader(self.pool)
        self.codec = Codec(self.registry)
        self.writers = await database.open_pool(self.url, self.namespace, size=2, role=WRITER)
        self._stack.push_async_callback(self.writers.close)
        self.commit = GroupCommit(self.url, self.namespace)
        await self.commit.start()
        self._stack.push_async_callback(self.commit.stop)
        self.wakeups = Wakeups(self.url, self.namespace)
        await self.wakeups.start()
        self._stack.push_async_callback(self.wakeups.stop)
        keys = load_keys(None, self.data_dir)
        self.read_models = ReadModels(
            self.pool, self.wakeups, self.registry, cursor_key=keys.digest("cursors", b"")
        )
        self._stack.push_async_callback(self.read_models.stop)
        self.audit = Audit(
            self.reader, self.codec, self.writers, cursor_key=keys.digest("cursors", b"")
        )
        self.executor = Executor(
            appends=self.commit,
            loads=Loader(self.reader, self.codec),
            stored=self.reader,
            codec=self.codec,
            calendar=Calendar(),
            pseudonym=keys.pseudonym,
            clock=clock.now,
        )
        metrics = Metrics()
        self.parts = Parts(
            registry=self.registry,
            executor=self.executor,
            verifier=Verifier([self.issuer.trusted()]),
            keys=keys,
            metrics=metrics,
            read_models=self.read_models,
            audit=self.audit,
            namespace=self.namespace,
            figures=Figures(
                metrics,
                self.registry,
                self.reader,
                self.pool,
                self.commit,
                partial(last_sequence, self.nats_urls, self.stream) if self.nats_urls else None,
            ),
            probes={"postgresql": self._probe},
            rates=Rates(per_second=1e6, burst=1e6),
        )
        self.app = create_app(self.parts)
        self._project()
        self._serve()

    async def _probe(self) -> None:
        await self.reader.head()

    def _project(self) -> None:
        feed = LogFeed(self.reader, self.wakeups)
        projector = Projector(
            feed, self.reader, self.codec, self.registry, self.url, self.namespace
        )
        projecting = asyncio.create_task(projector.run())
        self._stack.push_async_callback(_ended, projecting)

    def _serve(self) -> None:
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self.address = self._socket.getsockname()
        self.base_url = f"http://127.0.0.1:{self.address[1]}"
        self._server = server(self.app)
        serving = asyncio.create_task(self._server._serve([self._socket]))
        self._stack.push_async_callback(self._end, serving)

    async def _end(self, serving: "asyncio.Task[None]") -> None:
        self._server.should_exit = True
        await serving


@contextmanager
def running(
    url: str, registry: Registry, data_dir: Path, nats_urls: Sequence[str] = ()
) -> Iterator[City]:
    """A city in a namespace of its own, whose schema is removed afterwards."""
    namespace = f"t{secrets.token_hex(6)}"
    city = City(url, namespace, registry, data_dir, nats_urls)
    city.start()
    try:
        yield city
    finally:
        city.stop()
        with psycopg.connect(url, autocommit=True) as database:
            database.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(namespace)))


async def _rest() -> None:
    """What goes on when it is cancelled comes to its end, or a transaction stays open."""
    if others := asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.wait(others, timeout=30)


async def _ended(task: "asyncio.Task[None]") -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
