"""``python -m bench.appends``: the group commit beside the library and a tuned transaction each.

Starts a PostgreSQL of its own, with the settings of the product: fsync and synchronous_commit on.
"""

import argparse
import asyncio
import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import uvloop

from bench import Comparison, Figures
from bench.peers import Event, Registry, drive, library, saves, tuned
from infra import clock
from infra.engines import EmbeddedPostgres
from infra.log.append import GroupCommit
from infra.log.migrate import migrate
from infra.log.records import Append, Appended, ClaimDemand, NewEvent

NAMESPACE = "bench"
TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
BASE = "library, 1 thread"


async def group_commit(
    url: str,
    *,
    in_flight: int,
    seconds: float,
    claims: bool = False,
    conflicts_percent: int = 0,
) -> Figures:
    """Full metadata and the command's row with each append; what is counted must be in the log."""
    await _fresh(url)
    commit = GroupCommit(url, NAMESPACE)
    await commit.start()
    fingerprint = os.urandom(32)
    written = asked = 0

    async def append(stream: uuid.UUID, _head: int, events: Sequence[Event]) -> bool:
        nonlocal written, asked
        asked += 1
        moved = conflicts_percent > 0 and asked * conflicts_percent % 100 < conflicts_percent
        behind = 7 if moved else 0
        verdict = await commit.append(
            Append(
                command_id=uuid.uuid4(),
                fingerprint=fingerprint,
                stream_id=stream,
                version=events[-1][0] + behind,
                occurred_at=clock.now(),
                actor="officer-1234567",
                events=[NewEvent(stream, v + behind, t, d) for v, t, d in events],
                claims=[ClaimDemand("take", "name", uuid.uuid4().hex, stream)] if claims else (),
                department="market-regulation",
                causation_position=12,
                traceparent=TRACEPARENT,
            )
        )
        good = isinstance(verdict, Appended)
        if good == moved:
            raise AssertionError(verdict)
        written += len(events) if good else 0
        return good

    figures = dict(await drive(append, in_flight=in_flight, seconds=seconds))
    figures["batch"] = (commit.appended + commit.conflicts) / commit.batches
    await commit.stop()
    with psycopg.connect(url) as connection:
        rows = connection.execute(f"SELECT count(*), max(position) FROM {NAMESPACE}.events")
        if rows.fetchall() != [(written, written)]:
            raise AssertionError("the log does not hold what was appended, without a gap")
    return figures


def library_over_our_log(url: str, *, threads: int, seconds: float) -> Figures:
    """The library's ``save`` again, with our persistence module in place of its own."""
    asyncio.run(_fresh(url))
    application = Registry(
        env={
            "PERSISTENCE_MODULE": "infra.log.library",
            "HUIMIN_DATABASE_URL": url,
            "HUIMIN_NAMESPACE": NAMESPACE,
        }
    )
    figures = saves(application, threads=threads, seconds=seconds)
    application.close()
    return figures


async def _fresh(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"DROP SCHEMA IF EXISTS {NAMESPACE} CASCADE")
        connection.execute("CHECKPOINT")
    await migrate(url, NAMESPACE)


def comparison(url: str, seconds: float) -> Comparison:
    """All cases, against the database at ``url``."""

    def looped(work: Callable[..., Coroutine[Any, Any, Figures]], **how: Any) -> Figures:
        return uvloop.run(work(url, seconds=seconds, **how))

    cases = {
        f"library, {n} thread{'s' if n > 1 else ''}": partial(
            library, url, threads=n, seconds=seconds
        )
        for n in (1, 8, 32)
    }
    cases |= {
        f"library over our log, {n} threads": partial(
            library_over_our_log, url, threads=n, seconds=seconds
        )
        for n in (1, 32)
    }
    cases |= {
        f"transaction per append, asyncpg × 32, {n} in flight": partial(looped, tuned, in_flight=n)
        for n in (64, 256)
    }
    variants: dict[str, dict[str, Any]] = {
        "": {},
        ", a claim each": {"claims": True},
        ", 10 % conflicts": {"conflicts_percent": 10},
    }
    cases |= {
        f"group commit, {n} in flight{name}": partial(looped, group_commit, in_flight=n, **how)
        for name, how in variants.items()
        for n in (64, 256)
    }
    return Comparison("Appends", BASE, cases)


@contextmanager
def postgres(keep: Path | None = None) -> Iterator[str]:
    """The address of a PostgreSQL in a directory of its own, which is removed afterwards; or in
    ``keep``, which stays."""
    directory = keep or Path(tempfile.mkdtemp(prefix="huimin-bench-"))
    directory.chmod(0o711)
    engine = EmbeddedPostgres(directory)
    try:
        engine.start()
        yield engine.url
    finally:
        engine.stop()
        if keep is None:
            shutil.rmtree(directory, ignore_errors=True)


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--only", default="", help="cases whose name holds this text, and the base")
    chosen = parser.parse_args()
    with postgres() as url:
        found = comparison(url, chosen.seconds)
        found.cases = {n: c for n, c in found.cases.items() if n == BASE or chosen.only in n}
        found.run(chosen.rounds)
    print(found.markdown())


if __name__ == "__main__":
    main()
