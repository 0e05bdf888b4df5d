"""The composition root: reads the settings, builds the parts of each role and joins them.

Read it top to bottom. Nothing else in Huimin builds a part that another part needs, and importing
this module starts nothing.
"""

import asyncio
import gc
import os
import signal
import socket
import tomllib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from urllib.request import urlopen

import structlog
import uvloop

from api.cli.app import build
from api.cli.city import City
from api.cli.simulate import Wanted
from api.http.app import create_app
from api.http.parts import Parts
from api.http.rates import Rates
from api.http.serving import server
from domain.shared.calendar import Calendar
from domain.shared.instants import shanghai_date
from domain.shared.local_calendar import LocalCalendar
from infra import clock, logging
from infra.auditing.audit import Audit
from infra.database import READER, WRITER, Pool, open_pool
from infra.discovery import Registry, discover
from infra.engines import Engines, EngineUrls, locate
from infra.errors import Misconfigured
from infra.executing.executor import Executor
from infra.feed.feed import Feed
from infra.figures import Figures
from infra.keys import Keys, load_keys
from infra.log.append import GroupCommit
from infra.log.codec import Codec
from infra.log.load import Loader
from infra.log.migrate import migrate
from infra.log.read import LogReader
from infra.log.snapshots import Snapshots
from infra.log.wakeups import Wakeups
from infra.metrics import Metrics
from infra.probes import ask_database, ask_nats, last_sequence
from infra.projecting.projector import Projector
from infra.projecting.queries import ReadModels
from infra.reacting.operating import register_policies
from infra.reacting.policies import PolicyRunner
from infra.reacting.scheduler import Scheduler
from infra.relay.relay import Relay
from infra.settings import Settings, read
from infra.supervising import Role, Supervisor, inherited, listen
from infra.tokens import DevelopmentIssuer, verifier
from simulation.city import Summary, days_before, simulate
from simulation.programme import discovered

log = structlog.get_logger(__name__)

READ_CONNECTIONS = 8
_LOOK_AGAIN_SECONDS = 0.1
_COLLECT_AFTER = (50_000, 50, 100)
"""Allocations between garbage collections: a warm cache is many live objects, and walking them
after every 700 allocations, the default, cost a command a tenth of its time."""


@dataclass(frozen=True, slots=True)
class Base:
    """What every role has: the settings, the programmes, the log to read from."""

    settings: Settings
    urls: EngineUrls
    registry: Registry
    codec: Codec
    keys: Keys
    calendar: Calendar
    pool: Pool
    reader: LogReader
    wakeups: Wakeups


@asynccontextmanager
async def base(settings: Settings) -> AsyncIterator[Base]:
    """Opens the parts that every role has, and closes them."""
    urls = locate(settings)
    registry = discover()
    async with AsyncExitStack() as parts:
        pool = await open_pool(
            urls.database, settings.namespace, size=READ_CONNECTIONS, role=READER
        )
        parts.push_async_callback(pool.close)
        wakeups = Wakeups(urls.database, settings.namespace)
        await wakeups.start()
        parts.push_async_callback(wakeups.stop)
        yield Base(
            settings=settings,
            urls=urls,
            registry=registry,
            codec=Codec(registry),
            keys=load_keys(settings.master_key, settings.data_dir),
            calendar=city_calendar(settings.data_dir),
            pool=pool,
            reader=LogReader(pool),
            wakeups=wakeups,
        )


@dataclass(frozen=True, slots=True)
class Writing:
    """The write side of a process."""

    executor: Executor
    appends: GroupCommit
    pool: Pool


@asynccontextmanager
async def executing(parts: Base) -> AsyncIterator[Writing]:
    """The write side: a group commit, warm aggregates, snapshots behind them."""
    async with AsyncExitStack() as stack:
        pool = await open_pool(parts.urls.database, parts.settings.namespace, size=2, role=WRITER)
        stack.push_async_callback(pool.close)
        snapshots = Snapshots(pool)
        await snapshots.start(Loader(parts.reader, parts.codec).load)
        stack.push_async_callback(snapshots.stop)
        appends = GroupCommit(parts.urls.database, parts.settings.namespace)
        await appends.start()
        stack.push_async_callback(appends.stop)
        executor = Executor(
            appends=appends,
            loads=Loader(parts.reader, parts.codec, snapshots),
            stored=parts.reader,
            codec=parts.codec,
            calendar=parts.calendar,
            pseudonym=parts.keys.pseudonym,
            clock=clock.now,
        )
        yield Writing(executor, appends, pool)


@asynccontextmanager
async def following(parts: Base) -> AsyncIterator[Feed]:
    """The feed of a role that follows the log."""
    feed = Feed(parts.reader, parts.wakeups, parts.urls.nats, parts.settings.namespace, parts.codec)
    await feed.start()
    try:
        yield feed
    finally:
        await feed.stop()


async def serve_api(settings: Settings, listener: socket.socket | None = None) -> None:
    """Commands, queries and audit over HTTP."""
    async with base(settings) as parts, executing(parts) as writing:
        cursor_key = parts.keys.digest("cursors", b"")
        read_models = ReadModels(parts.pool, parts.wakeups, parts.registry, cursor_key=cursor_key)
        metrics = Metrics()
        app = create_app(
            Parts(
                registry=parts.registry,
                executor=writing.executor,
                verifier=verifier(settings),
                keys=parts.keys,
                metrics=metrics,
                read_models=read_models,
                audit=Audit(parts.reader, parts.codec, writing.pool, cursor_key=cursor_key),
                namespace=settings.namespace,
                rates=Rates(settings.requests_per_second),
                figures=Figures(
                    metrics,
                    parts.registry,
                    parts.reader,
                    parts.pool,
                    writing.appends,
                    partial(last_sequence, parts.urls.nats, settings.events_stream),
                ),
                probes={
                    "postgresql": partial(ask_database, parts.pool),
                    "nats": partial(ask_nats, parts.urls.nats),
                },
            )
        )
        try:
            await server(app).serve(sockets=[listener or listen(*settings.http_address)])
        finally:
            await read_models.stop()


async def serve_relay(settings: Settings) -> None:
    """From the log to JetStream."""
    async with base(settings) as parts:
        await Relay(parts.reader, parts.wakeups, parts.urls.nats, settings.namespace).run()


async def serve_projector(settings: Settings) -> None:
    """Read models, timers included."""
    async with base(settings) as parts, following(parts) as feed:
        await Projector(
            feed,
            parts.reader,
            parts.codec,
            parts.registry,
            parts.urls.database,
            settings.namespace,
        ).run()


async def serve_policies(settings: Settings) -> None:
    """When this happened there, ask for that here."""
    async with (
        base(settings) as parts,
        executing(parts) as writing,
        following(parts) as feed,
    ):
        await PolicyRunner(
            feed=feed,
            reader=parts.reader,
            codec=parts.codec,
            registry=parts.registry,
            executor=writing.executor,
            database_url=parts.urls.database,
            namespace=settings.namespace,
        ).run()


async def serve_scheduler(settings: Settings) -> None:
    """Clocks that fall due."""
    async with base(settings) as parts, executing(parts) as writing:
        await Scheduler(
            registry=parts.registry,
            executor=writing.executor,
            wakeups=parts.wakeups,
            database_url=parts.urls.database,
            namespace=settings.namespace,
        ).run()


ROLES: Mapping[str, Callable[[Settings], Awaitable[None]]] = {
    "api": serve_api,
    "relay": serve_relay,
    "projector": serve_projector,
    "policies": serve_policies,
    "scheduler": serve_scheduler,
}


def serve(role: str, listen_fd: int | None = None) -> None:
    """Runs one role in this process until it is told to end; 0 when it ended as told."""
    settings = read()
    logging.configure(renderer=settings.log)
    logging.bind(role=role)
    gc.freeze()
    gc.set_threshold(*_COLLECT_AFTER)
    work: Callable[[Settings], Awaitable[None]] = ROLES[role]
    if listen_fd is not None:
        work = partial(serve_api, listener=inherited(listen_fd))

    async def body() -> None:
        stopped = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stopped.set)
        working = asyncio.ensure_future(work(settings))
        stopping = asyncio.ensure_future(stopped.wait())
        await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not working.done():
            working.cancel()
        try:
            await working
        except asyncio.CancelledError:
            return
        except Exception as error:  # the log says where, standard error what to do
            log.error("role_failed", exc_info=error)
            raise

    uvloop.run(body())


async def up(settings: Settings, on_ready: Callable[[str, Path], None]) -> None:
    """Starts the engines, migrates, keeps every role running until cancelled, then stops it all.

    ``on_ready`` is told the API's address and the directory of the logs once commands are taken.
    """
    data_dir = settings.data_dir.absolute()
    engines = Engines(settings)
    await asyncio.to_thread(engines.start)
    try:
        await prepare(settings)
        await ask_nats(locate(settings).nats)
        listener = listen(*settings.http_address)
        host, port = listener.getsockname()[:2]
        address = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        api = ("serve", "api", "--listen-fd", str(listener.fileno()))
        roles = [Role("relay", ("serve", "relay")), Role("projector", ("serve", "projector"))]
        roles += [
            Role("policies", ("serve", "policies")),
            Role("scheduler", ("serve", "scheduler")),
        ]
        roles += [
            Role("api" if n == 0 else f"api-{n + 1}", api, inherit=(listener.fileno(),))
            for n in range(settings.api_workers)
        ]
        environment = {**os.environ, "HUIMIN_DATA_DIR": str(data_dir), "HUIMIN_LOG": "json"}
        supervisor = Supervisor(roles, data_dir / "log", environment)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(engines.supervise())
            tasks.create_task(supervisor.run())
            tasks.create_task(_announce(address, data_dir / "log", on_ready))
    finally:
        await asyncio.to_thread(engines.stop)


async def prepare(settings: Settings) -> list[str]:
    """Brings the database to this version's form; the names of what was applied.

    A policy that is new begins where the log ends now, before anything can happen unseen.
    """
    urls = locate(settings)
    applied = await migrate(urls.database, settings.namespace)
    await register_policies(urls.database, settings.namespace, discover())
    return applied


async def _announce(address: str, logs: Path, on_ready: Callable[[str, Path], None]) -> None:
    while True:
        # one look a thread: a thread that looked for ever would outlive the cancelling of this
        if await asyncio.to_thread(_is_ready, f"{address}/health/ready"):
            break
        await asyncio.sleep(_LOOK_AGAIN_SECONDS)
    on_ready(address, logs)


def _is_ready(url: str) -> bool:
    try:
        with urlopen(url, timeout=5) as answer:  # noqa: S310  # our own address
            return bool(answer.status == 200)
    except OSError:  # not listening yet, or an engine is missing: the next look tells
        return False


async def play(
    settings: Settings,
    url: str,
    wanted: Wanted,
    progress: Callable[[int, int, float, datetime], None],
    phase: Callable[[str], None],
) -> Summary:
    """Plays some days of the city, with tokens of the development issuer."""
    calendar = city_calendar(settings.data_dir)
    return await simulate(
        url,
        DevelopmentIssuer(settings.data_dir).issue,
        [one for one in discovered() if not wanted.only or one.program in wanted.only],
        days=days_before(shanghai_date(clock.now()), wanted.days, calendar),
        calendar=calendar,
        scale=wanted.scale,
        seed=wanted.seed,
        keyed_hash=load_keys(settings.master_key, settings.data_dir).pseudonym,
        progress=progress,
        phase=phase,
    )


def city_calendar(data_dir: Path) -> Calendar:
    """The working calendar, with what the city adds in ``calendar.toml`` of its data directory.

    Raises Misconfigured when the file is there and not as it should be.
    """
    path = data_dir / "calendar.toml"
    try:
        return LocalCalendar.model_validate(tomllib.loads(path.read_text())).calendar()
    except FileNotFoundError:
        return Calendar()
    except (OSError, ValueError) as error:  # of TOML, of the model, of what it says
        raise Misconfigured(f"{path}: {error}") from error


def run() -> None:
    """The ``huimin`` command."""
    build(
        City(
            roles=tuple(ROLES),
            serve=serve,
            up=up,
            prepare=prepare,
            play=play,
            simulated=lambda: [one.program for one in discovered()],
        )
    )()


if __name__ == "__main__":
    run()
