"""The embedded engines start, stop, are killed and come back with their data and their address."""

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import nats
import psutil
import psycopg
import pytest
from psycopg_pool import AsyncConnectionPool

from infra.engines import EngineFailed, EngineInUse, Engines, EngineUrls, locate
from infra.engines.kept import read_kept, write_kept
from infra.settings import Settings

IS_ROOT = os.geteuid() == 0
PATIENCE = timedelta(seconds=30)

# A program that starts the engines, says so, and goes on until it is killed.
HOLDER = """
import sys, signal
from pathlib import Path
from infra.engines import Engines
from infra.settings import Settings
Engines(Settings(data_dir=Path(sys.argv[1]))).start()
print("up", flush=True)
signal.pause()
"""


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """Settings with a data directory of this test's own, which PostgreSQL's user can reach."""
    monkeypatch.delenv("HUIMIN_DATABASE_URL", raising=False)
    monkeypatch.delenv("HUIMIN_NATS_URL", raising=False)
    parent = Path(tempfile.mkdtemp(prefix="huimin-test-"))
    parent.chmod(0o711)
    yield Settings(data_dir=parent / "data")
    shutil.rmtree(parent)


@pytest.fixture
def own(settings: Settings) -> Iterator[Engines]:
    engines = Engines(settings)
    yield engines
    engines.stop()


def remember(urls: EngineUrls, what: str) -> None:
    with psycopg.connect(urls.database) as database:
        database.execute("CREATE TABLE IF NOT EXISTS note (what text)")
        database.execute("INSERT INTO note VALUES (%s)", [what])


def remembered(urls: EngineUrls) -> list[str]:
    with psycopg.connect(urls.database) as database:
        return [what for (what,) in database.execute("SELECT what FROM note ORDER BY what")]


async def publish(urls: EngineUrls) -> int:
    client = await nats.connect(urls.nats)
    await client.jetstream().add_stream(name="NOTES", subjects=["notes"])
    position = (await client.jetstream().publish("notes", b"note")).seq
    await client.close()
    return position


async def test_a_restart_finds_the_same_data_at_the_same_address(own: Engines) -> None:
    first = own.start()
    remember(first, "before")
    assert await publish(first) == 1
    own.stop()
    assert [engine.running for engine in own.embedded] == [False, False]
    second = own.start()
    assert second == first
    assert remembered(second) == ["before"]
    assert await publish(second) == 2


async def test_a_killed_engine_is_started_again_in_place(own: Engines) -> None:
    urls = own.start()
    remember(urls, "acknowledged")
    await publish(urls)
    pids = [engine.pid for engine in own.embedded]
    for engine in own.embedded:
        engine.kill()
        assert not engine.running
    assert own.ensure_running() == ["postgres", "nats"]
    assert own.ensure_running() == []
    assert [engine.pid for engine in own.embedded] != pids
    assert remembered(urls) == ["acknowledged"]
    assert await publish(urls) == 2


def test_a_stopped_engine_is_not_started_by_the_supervisor(own: Engines) -> None:
    own.start()
    own.stop()
    assert own.ensure_running() == []


async def test_the_supervisor_brings_a_killed_database_back_to_its_clients(own: Engines) -> None:
    urls = await asyncio.to_thread(own.start)
    supervisor = asyncio.create_task(own.supervise())
    async with AsyncConnectionPool(
        urls.database, min_size=1, open=False, check=AsyncConnectionPool.check_connection
    ) as pool:
        for engine in own.embedded:
            await asyncio.to_thread(engine.kill)
        async with pool.connection(PATIENCE.total_seconds()) as database:
            assert await (await database.execute("SELECT 1")).fetchone() == (1,)
    supervisor.cancel()
    with suppress(asyncio.CancelledError):
        await supervisor


def test_a_second_instance_on_the_same_directory_is_refused_in_two_languages(
    own: Engines, settings: Settings
) -> None:
    own.start()
    with pytest.raises(EngineInUse) as refusal:
        Engines(settings).start()
    assert f"进程 {os.getpid()}" in str(refusal.value)
    assert f"process {os.getpid()}" in str(refusal.value)
    assert all(engine.running for engine in own.embedded)


def test_others_learn_the_addresses_without_starting_anything(
    own: Engines, settings: Settings
) -> None:
    with pytest.raises(EngineFailed, match="huimin up"):
        locate(settings)
    urls = own.start()
    assert locate(settings) == urls


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's promise is Linux's, 2026-11-25")
def test_the_engines_stop_when_their_parent_is_killed_and_start_again(
    own: Engines, settings: Settings
) -> None:
    with holder(settings.data_dir) as parent:
        engines = children(settings.data_dir)
        assert len(engines) == 2
        remember(locate(settings), "acknowledged")
        parent.kill()
    _, left = psutil.wait_procs(engines, timeout=PATIENCE.total_seconds())
    assert not left
    assert remembered(own.start()) == ["acknowledged"]


def test_everything_killed_at_once_comes_back(own: Engines, settings: Settings) -> None:
    with holder(settings.data_dir) as parent:
        remember(locate(settings), "acknowledged")
        for process in [psutil.Process(parent.pid), *children(settings.data_dir)]:
            process.kill()
    assert remembered(own.start()) == ["acknowledged"]


def test_an_orphan_of_ours_is_ended_and_a_stranger_with_its_number_is_not(
    own: Engines, settings: Settings
) -> None:
    urls = own.start()
    remember(urls, "acknowledged")
    own.stop()
    with subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"]) as stranger:
        # a process id that was recycled, once by its number only, once also in PostgreSQL's file
        started = psutil.Process(stranger.pid).create_time()
        write_kept(settings.data_dir / "nats.pid", {"pid": stranger.pid, "started": started})
        write_kept(settings.data_dir / "postgres.pid", {"pid": stranger.pid, "started": 1.0})
        cluster = (settings.data_dir / "postgres").resolve()
        (cluster / "postmaster.pid").write_text(f"{stranger.pid}\n{cluster}\n")
        assert remembered(own.start()) == ["acknowledged"]
        assert stranger.poll() is None
        stranger.kill()


def test_a_taken_port_is_given_up_for_another(own: Engines, settings: Settings) -> None:
    with Engines(settings):
        remember(locate(settings), "before")
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        kept = read_kept(settings.data_dir / "postgres.json")
        write_kept(settings.data_dir / "postgres.json", kept | {"port": taken})
        urls = own.start()
    assert f":{taken}/" not in urls.database
    assert remembered(urls) == ["before"]


def test_a_start_that_was_cut_off_in_the_middle_is_done_again(
    own: Engines, settings: Settings
) -> None:
    half = settings.data_dir / "postgres.new"
    half.mkdir(parents=True)
    settings.data_dir.chmod(0o711)
    (half / "PG_VERSION").write_text("18\n")
    remember(own.start(), "first")
    assert not half.exists()


def test_a_directory_that_is_no_cluster_is_refused(own: Engines, settings: Settings) -> None:
    (settings.data_dir / "postgres").mkdir(parents=True)
    (settings.data_dir / "postgres" / "PG_VERSION").write_text("9.6\n")
    write_kept(settings.data_dir / "postgres.json", {"port": 20000, "password": "x"})
    with pytest.raises(EngineFailed, match=r"9\.6"):
        own.start()


def test_passwords_are_readable_by_nobody_else(own: Engines, settings: Settings) -> None:
    own.start()
    for name in ("postgres.json", "nats.json", "nats.conf"):
        assert (settings.data_dir / name).stat().st_mode & 0o077 == 0
    assert (settings.data_dir / "postgres").resolve().stat().st_mode & 0o077 == 0


def test_a_wrong_password_is_refused(own: Engines) -> None:
    urls = own.start()
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(urls.database, password="wrong")


def test_external_engines_are_only_named(tmp_path: Path) -> None:
    engines = Engines(
        Settings(
            data_dir=tmp_path / "unused",
            database_url="postgresql://somewhere/huimin",
            nats_url="nats://a:4222,nats://b:4222",
        )
    )
    urls = engines.start()
    assert urls == EngineUrls("postgresql://somewhere/huimin", ["nats://a:4222", "nats://b:4222"])
    assert (engines.postgres, engines.nats) == (None, None)
    assert not (tmp_path / "unused").exists()
    engines.stop()


@pytest.mark.skipif(not IS_ROOT, reason="only root has another user's server, 2026-11-25")
def test_as_root_a_closed_directory_stays_closed_and_the_cluster_lives_elsewhere(
    settings: Settings,
) -> None:
    closed = settings.data_dir.parent / "closed"
    closed.mkdir(mode=0o700)
    with Engines(Settings(data_dir=closed / "data")) as engines:
        assert engines.postgres is not None
        cluster = engines.postgres.cluster
        remember(locate(Settings(data_dir=closed / "data")), "before")
    with Engines(Settings(data_dir=closed / "data")):
        assert remembered(locate(Settings(data_dir=closed / "data"))) == ["before"]
    assert closed.stat().st_mode & 0o777 == 0o700
    assert cluster.is_relative_to("/var/lib/huimin")
    assert cluster.stat().st_uid != 0
    shutil.rmtree(cluster.parent)
    with pytest.raises(EngineFailed, match="begin anew"):
        Engines(Settings(data_dir=closed / "data")).start()


def holder(data_dir: Path) -> subprocess.Popen[str]:
    """A process that has started the engines of `data_dir`, and only waits to be killed."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(data_dir)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert "up\n" in iter(process.stdout.readline, "")
    return process


def children(data_dir: Path) -> list[psutil.Process]:
    """The engines' processes, by the records in `data_dir`."""
    pids = [int(read_kept(data_dir / f"{name}.pid")["pid"]) for name in ("postgres", "nats")]
    return [psutil.Process(pid) for pid in pids]
