"""``python -m bench.queries``: questions over HTTP to a full register while others write.

The register is filled through the product's own door. Then one client asks, by key and by filters
with sorts, while four connections reserve further names as fast as they are answered; API, projector,
PostgreSQL and both clients share the machine. The targets stand beside what was measured.
"""

import argparse
import asyncio
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import psycopg

from bench import percentile
from bench.appends import postgres
from bench.http import BODY, COMMAND, NAMESPACE, serving, settings, tokens
from bench.load import Load
from infra.engines import ports
from infra.log.migrate import migrate

MODEL = "/queries/registration-overview"
BY_FILTER = (
    "?state=name_reserved&sort=-begun_at&limit=50",
    "?district=330203&sort=name&limit=50",
    "?name__prefix=宁波市海曙区安&sort=name&limit=50",
    "?applicant={applicant}&sort=begun_at&limit=50",
    "?lapses_at__gte=2026-01-01T00:00:00Z&sort=lapses_at&limit=50",
)
TARGETS_P95_MS = {"by key": 10.0, "by filter": 50.0}
WRITERS = 4
FILL_SECONDS = 5.0


class Asker:
    """One client that keeps its connection, as one of many people."""

    def __init__(self, port: int, people: tuple[str, ...]) -> None:
        self._connection = HTTPConnection("127.0.0.1", port)
        self._people = people
        self._asked = 0

    def ask(self, question: str) -> tuple[Any, float]:
        """The answer and how long it took (ms). Raises AssertionError when it is not 200."""
        self._asked += 1
        token = self._people[self._asked % len(self._people)]
        begun = time.perf_counter()
        path = _quoted(MODEL + question)
        self._connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
        answer = self._connection.getresponse()
        body = answer.read()
        spent = (time.perf_counter() - begun) * 1e3
        if answer.status != 200:
            raise AssertionError(body)
        return json.loads(body), spent


def _quoted(path: str) -> str:
    return "".join(c if c.isascii() else "".join(f"%{b:02X}" for b in c.encode()) for c in path)


@contextmanager
def writing(load: Load) -> Iterator[Callable[[], Any]]:
    """A load in a process of its own; the function waits for its end and gives what it measured."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.load"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    process.stdin.write(json.dumps(asdict(load)))
    process.stdin.close()
    process.stdin = None

    def measured() -> Any:
        return json.loads(process.communicate()[0])

    try:
        yield measured
    finally:
        process.kill()
        process.wait()


def fill(url: str, load: Load, rows: int) -> int:
    """Reserves names until there are so many; the log's head."""
    head = 0
    while head < rows:
        # a number that was under way at the last end is the same command, and answered again
        with writing(replace(load, connections=64, seconds=FILL_SECONDS, first=head)) as end:
            end()
        head = _head(url)
    return head


def caught_up(url: str, head: int) -> None:
    """Waits until the read model has reached the head, and lets PostgreSQL look at its tables."""
    query = f"SELECT position FROM {NAMESPACE}.projections WHERE name = 'registration_overview'"
    with psycopg.connect(url, autocommit=True) as connection:
        while (found := connection.execute(query).fetchone()) is None or found[0] < head:
            time.sleep(0.2)
        connection.execute("VACUUM ANALYZE")


def measure(url: str, data_dir: Path, rows: int, questions: int) -> dict[str, list[float]]:
    """Milliseconds of each question, by its kind."""
    asyncio.run(migrate(url, NAMESPACE))
    port = ports.choose()
    people = tokens(data_dir)
    environment = settings(url, data_dir, port)
    load = Load(port, COMMAND, BODY, people, connections=WRITERS)
    spent: dict[str, list[float]] = {kind: [] for kind in TARGETS_P95_MS}
    with (
        serving(["-m", "main", "serve", "api"], port, "/health/live", **environment),
        projecting(environment),
    ):
        filled = fill(url, load, rows)
        caught_up(url, filled)
        asker = Asker(port, people)
        known = asker.ask("?sort=begun_at&limit=500")[0]["items"]
        with writing(replace(load, seconds=3600.0, first=10_000_000)):
            for n in range(questions):
                row = random.choice(known)
                found, took = asker.ask(f"/{row['registration_id']}")
                if found["registration_id"] != row["registration_id"]:
                    raise AssertionError(found)
                spent["by key"].append(took)
                question = BY_FILTER[n % len(BY_FILTER)].format(applicant=row["applicant"])
                found, took = asker.ask(question)
                if not found["items"]:
                    raise AssertionError(question)
                spent["by filter"].append(took)
            print(f"  {_head(url) - filled:,} names were reserved meanwhile", file=sys.stderr)
    return spent


@contextmanager
def projecting(environment: dict[str, str]) -> Iterator[None]:
    """The role ``projector`` of the product."""
    process = subprocess.Popen(
        [sys.executable, "-m", "main", "serve", "projector"],
        env={**os.environ, **environment},
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(30)


def _head(url: str) -> int:
    with psycopg.connect(url) as connection:
        rows = connection.execute(f"SELECT coalesce(max(position), 0) FROM {NAMESPACE}.events")
        return int(rows.fetchall()[0][0])


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--questions", type=int, default=1_000, help="of each kind, in each round")
    chosen = parser.parse_args()
    data_dir = Path(tempfile.mkdtemp(prefix="huimin-bench-"))
    try:
        with postgres() as url:
            spent = measure(url, data_dir, chosen.rows, chosen.rounds * chosen.questions)
    finally:
        shutil.rmtree(data_dir)
    print(f"### Questions to {chosen.rows:,} registrations, {WRITERS} connections writing\n")
    print("| question | p50 ms | p95 ms | p99 ms | target p95 ms |")
    print("|---|---|---|---|---|")
    for kind, target in TARGETS_P95_MS.items():
        p50, p95, p99 = (f"{percentile(spent[kind], p):.2f}" for p in (50, 95, 99))
        print(f"| {kind} | {p50} | {p95} | {p99} | {target:.0f} |")
    print()


if __name__ == "__main__":
    main()
