"""``python -m bench.http``: durable commands over HTTP beside the library and a plain CRUD service.

Each server runs in a process of its own with uvicorn, uvloop and httptools and one worker; the load
comes from another. Huimin's is its whole API as it is served: token, retries, claims, events,
metadata. All share one PostgreSQL with fsync and synchronous_commit on.
"""

import argparse
import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import psutil
import psycopg

from bench import Comparison, Figures
from bench.appends import postgres
from bench.load import Load
from infra.engines import ports
from infra.log.migrate import migrate
from infra.tokens import DevelopmentIssuer

NAMESPACE = "bench_http"
COMMAND = "/commands/company-registration/reserve-name"
BODY = json.dumps(
    {
        "registry": "330203",
        "division": "330203",
        "trade_name": "{name}",
        "industry_code": "F5199",
        "organisation_form": "limited-company",
    },
    ensure_ascii=False,
)
ACTORS = 200
BASE = "library in FastAPI"
START_SECONDS = 60.0


def tokens(data_dir: Path, role: str = "citizen") -> tuple[str, ...]:
    """Of many citizens, or people of another role, so that nobody asks too often."""
    issuer = DevelopmentIssuer(data_dir)
    return tuple(issuer.issue(f"{role}-{n}", [role]) for n in range(ACTORS))


@contextmanager
def serving(
    arguments: list[str], port: int, path: str, **environment: str
) -> Iterator[psutil.Process]:
    """A server process, from its first answer on."""
    process = subprocess.Popen(
        [sys.executable, *arguments], env={**os.environ, **environment}, stdout=subprocess.DEVNULL
    )
    try:
        _wait(f"http://127.0.0.1:{port}{path}", process)
        yield psutil.Process(process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _wait(url: str, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            urlopen(url, timeout=1).close()
            return
        except URLError as error:
            if getattr(error, "code", None) is not None:
                return
            time.sleep(0.05)
    raise RuntimeError(f"nothing answers at {url}")


def measured(load: Load, server: psutil.Process, url: str, counted: str) -> Figures:
    """Runs the load in its process; what was answered must be in the database."""
    used = _cpu(server)
    done = subprocess.run(
        [sys.executable, "-m", "bench.load"],
        input=json.dumps(asdict(load)),
        capture_output=True,
        text=True,
        check=True,
    )
    told = json.loads(done.stdout)
    if told["bad"]:
        raise AssertionError(told["first_bad"])
    with psycopg.connect(url) as connection:
        rows = connection.execute(counted).fetchone()
    kept = rows[0] if rows else 0
    if kept < told["per_second"] * load.seconds:
        raise AssertionError("the database does not hold what was answered")
    return {
        "commands/s": told["per_second"],
        "p50 ms": told["p50_ms"],
        "p99 ms": told["p99_ms"],
        "server CPU µs": (_cpu(server) - used) / kept * 1e6,
    }


def _cpu(server: psutil.Process) -> float:
    times = server.cpu_times()
    return float(times.user + times.system)


def peer(name: str, url: str, load: Load, counted: str) -> Figures:
    """One of ``bench.http_peers``."""
    fresh(url, "peer")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA peer")
    port = ports.choose()
    arguments = ["-m", "uvicorn", "--factory", f"bench.http_peers:{name}", "--port", str(port)]
    arguments += ["--loop", "uvloop", "--http", "httptools", "--no-access-log"]
    arguments += ["--log-level", "warning"]
    with serving(arguments, port, "/openapi.json", BENCH_DATABASE_URL=url) as server:
        return measured(replace(load, port=port, path="/reserve-name"), server, url, counted)


def settings(url: str, data_dir: Path, port: int) -> dict[str, str]:
    """The product's environment; without NATS, which neither commands nor queries need."""
    return {
        "HUIMIN_DATABASE_URL": url,
        "HUIMIN_NATS_URL": "nats://127.0.0.1:1",
        "HUIMIN_NAMESPACE": NAMESPACE,
        "HUIMIN_DATA_DIR": str(data_dir),
        "HUIMIN_HTTP": f"127.0.0.1:{port}",
        "HUIMIN_LOG": "json",
    }


def fresh(url: str, schema: str) -> None:
    """Drops what an earlier round left."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
        connection.execute("CHECKPOINT")


def huimin(url: str, data_dir: Path, load: Load) -> Figures:
    """The role ``api`` of the product."""
    fresh(url, NAMESPACE)
    asyncio.run(migrate(url, NAMESPACE))
    port = ports.choose()
    environment = settings(url, data_dir, port)
    with serving(["-m", "main", "serve", "api"], port, "/health/live", **environment) as server:
        counted = f"SELECT count(*) FROM {NAMESPACE}.events"
        return measured(replace(load, port=port), server, url, counted)


def comparison(url: str, data_dir: Path, seconds: float, connections: int) -> Comparison:
    """All cases, against the database at ``url``."""
    load = Load(0, COMMAND, BODY, tokens(data_dir), connections, seconds)
    cases = {
        BASE: partial(peer, "library", url, load, "SELECT count(*) FROM peer.application_events"),
        "CRUD in FastAPI": partial(
            peer, "crud", url, load, "SELECT count(*) FROM peer.reservations"
        ),
        "Huimin": partial(huimin, url, data_dir, load),
    }
    title = f"HTTP: reserve a name, {connections} connections, one worker"
    return Comparison(title, BASE, cases)


def main() -> None:
    """Prints the table and the ratio to the CRUD service."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--only", default="", help="cases whose name holds this text")
    chosen = parser.parse_args()
    data_dir = Path(tempfile.mkdtemp(prefix="huimin-bench-"))
    try:
        with postgres() as url:
            found = comparison(url, data_dir, chosen.seconds, chosen.connections)
            found.cases = {n: c for n, c in found.cases.items() if chosen.only in n}
            if chosen.only:
                found.base = next(iter(found.cases))
            found.run(chosen.rounds)
    finally:
        shutil.rmtree(data_dir)
    print(found.markdown())
    if {"Huimin", "CRUD in FastAPI"} <= found.measured.keys():
        ratio = found.median("Huimin") / found.median("CRUD in FastAPI")
        print(f"Huimin / CRUD in FastAPI: {ratio:.2f}\n")


if __name__ == "__main__":
    main()
