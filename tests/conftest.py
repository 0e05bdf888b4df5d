"""Real engines for the tests that need one, and shut sockets for those that must not.

The engines start when the first test asks for them. With xdist all workers share one pair: the
controller starts it on a worker's request, so that it lives until the last worker is done. Each
test gets a namespace of its own (a schema, and the streams that begin with its name), so that tests
run side by side and leave nothing behind.
"""

import asyncio
import os
import secrets
import shutil
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Client, Listener
from pathlib import Path
from typing import Any

import hypothesis
import nats
import psycopg
import pytest
from psycopg import sql
from structlog.testing import capture_logs

from infra.engines import EngineFailed, Engines, EngineUrls
from infra.settings import Settings

TESTS = Path(__file__).parent
NO_SOCKETS = {"domain", "commands", "projections"}
Card = dict[str, Any]

hypothesis.settings.register_profile("quick", max_examples=50, deadline=None)
# the same examples each time, so that a red run is about the change and can be run again
hypothesis.settings.register_profile(
    "ci", max_examples=100, deadline=None, derandomize=True, print_blob=True
)
hypothesis.settings.load_profile(
    os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "quick")
)


class SharedEngines:
    """Engines in a directory of their own, started at most once, by whichever thread asks first."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._engines: Engines | None = None
        self._urls: EngineUrls | None = None
        self._directory: Path | None = None

    def urls(self) -> EngineUrls:
        """The addresses, after starting the engines if need be."""
        with self._turn:
            if self._urls is None:
                self._directory = Path(tempfile.mkdtemp(prefix="huimin-tests-"))
                self._directory.chmod(0o711)  # for PostgreSQL's own user, when we are root
                self._engines = Engines(Settings(data_dir=self._directory))
                with capture_logs():
                    self._urls = self._engines.start()
            return self._urls

    def stop(self) -> None:
        """Stops the engines and removes their directory."""
        with self._turn:
            if self._engines is not None and self._directory is not None:
                with capture_logs():  # pytest's closing line is to be the last
                    self._engines.stop()
                shutil.rmtree(self._directory)
                self._engines = self._urls = self._directory = None


class EngineDesk:
    """Hands the addresses of one pair of engines to the workers that ask for them."""

    def __init__(self, engines: SharedEngines) -> None:
        self._engines = engines
        self._key = secrets.token_bytes(32)
        self._listener = Listener(("127.0.0.1", 0), authkey=self._key)
        threading.Thread(target=self._serve, name="engine desk", daemon=True).start()

    def card(self) -> Card:
        """What a worker needs in order to ask; plain values, as xdist demands."""
        return {"address": self._listener.address, "key": self._key.hex()}

    def _serve(self) -> None:
        while True:
            with self._listener.accept() as worker:
                try:
                    urls = self._engines.urls()
                except EngineFailed as failure:
                    worker.send(str(failure))
                else:
                    worker.send((urls.database, urls.nats))


def ask(card: Card) -> EngineUrls:
    """The addresses, from the desk that `card` names."""
    address = (card["address"][0], card["address"][1])
    with Client(address, authkey=bytes.fromhex(card["key"])) as desk:
        answer = desk.recv()
    if isinstance(answer, str):
        raise EngineFailed(answer)
    return EngineUrls(*answer)


_shared = SharedEngines()
_desk: list[EngineDesk] = []


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """On the xdist controller, for each worker it starts."""
    if not _desk:
        _desk.append(EngineDesk(_shared))
    node.workerinput["engine_desk"] = _desk[0].card()


def pytest_unconfigure() -> None:
    """Also on the controller, where the engines are when there are workers."""
    _shared.stop()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Shuts the sockets for the tests that are about functions of values."""
    for item in items:
        if item.path.is_relative_to(TESTS) and item.path.relative_to(TESTS).parts[0] in NO_SOCKETS:
            item.add_marker("disable_socket")


@pytest.fixture(scope="session")
def engines(request: pytest.FixtureRequest) -> EngineUrls:
    """A PostgreSQL and a NATS, shared by all tests of the run: never stop or break these."""
    card = getattr(request.config, "workerinput", {}).get("engine_desk")
    return ask(card) if card else _shared.urls()


@pytest.fixture(scope="session")
def database_url(engines: EngineUrls) -> str:
    """The owner's address of the shared PostgreSQL."""
    return engines.database


@pytest.fixture(scope="session")
def nats_url(engines: EngineUrls) -> str:
    """The city's address of the shared NATS."""
    return ",".join(engines.nats)


@pytest.fixture
def namespace(database_url: str, nats_url: str) -> Iterator[str]:
    """A name for this test's schema, streams and subjects. What bears it is removed afterwards."""
    name = f"t{secrets.token_hex(6)}"
    yield name
    # lock_timeout: a test that leaves a transaction open fails here instead of hanging the run
    with psycopg.connect(database_url, autocommit=True, options="-c lock_timeout=10s") as database:
        database.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(name)))
    with ThreadPoolExecutor(1) as thread:  # the test's own loop is none of our business
        thread.submit(asyncio.run, _delete_streams(nats_url, f"{name.upper()}_")).result()


@pytest.fixture
def settings(database_url: str, nats_url: str, namespace: str, tmp_path: Path) -> Settings:
    """Settings over the shared engines, in this test's namespace, on any free port."""
    return Settings(
        data_dir=tmp_path,
        database_url=database_url,
        nats_url=nats_url,
        namespace=namespace,
        http="127.0.0.1:0",
    )


async def _delete_streams(url: str, prefix: str) -> None:
    client = await nats.connect(url.split(","))
    try:
        jetstream = client.jetstream()
        for stream in await jetstream.streams_info():
            if stream.config.name and stream.config.name.startswith(prefix):
                await jetstream.delete_stream(stream.config.name)
    finally:
        await client.close()
