"""The peers of the append benchmark: what others would do for the same work.

The library as it comes, and a transaction per append by the fastest driver with everything tuned:
prepared statement, connections kept in a queue, no reset between uses, one statement for the events
of an append. The tuned peer writes less than Huimin does: events only, no command, no position
under a lock, no wake-up.
"""

import asyncio
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

import asyncpg
import psycopg
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from eventsourcing.utils import get_topic

from bench import Figures, percentile

DATA = (
    b'{"name":"Ningbo Hefeng Trading","district":"haishu","applicant":"8f14e45f","capital_fen":'
    b'500000000,"scope":["wholesale","storage"],"expires_at":"2014-11-23T21:00:00.123456Z",'
    b'"note":"' + b"x" * 60 + b'"}'
)
TYPE = "company-registration.name-reserved.v1"
CONNECTIONS = 32

Event = tuple[int, str, bytes]
"""Version, type, data."""

AppendTo = Callable[[uuid.UUID, int, Sequence[Event]], Any]


async def drive(append: AppendTo, *, in_flight: int, seconds: float) -> Figures:
    """A closed loop of ``in_flight`` callers: five appends to a stream, of one or two events,
    then the next stream. ``append(stream, head, events)`` is truthy when it was written."""
    clock = time.perf_counter
    latencies: list[float] = []
    end = clock() + seconds

    async def caller() -> None:
        done = 0
        stream, head = uuid.uuid4(), 0
        while (begun := clock()) < end:
            if done % 5 == 0:
                stream, head = uuid.uuid4(), 0
            done += 1
            events = [(head + 1 + n, TYPE, DATA) for n in range(1 + done % 2)]
            if await append(stream, head, events):
                head += len(events)
            latencies.append(clock() - begun)

    begun = clock()
    await asyncio.gather(*(caller() for _ in range(in_flight)))
    return {
        "appends/s": len(latencies) / (clock() - begun),
        "p50 ms": percentile(latencies, 50) * 1e3,
        "p99 ms": percentile(latencies, 99) * 1e3,
    }


_TUNED_TABLE = """
DROP TABLE IF EXISTS tuned;
CREATE TABLE tuned (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    stream  uuid   NOT NULL,
    version bigint NOT NULL,
    type    text   NOT NULL,
    data    bytea  NOT NULL,
    UNIQUE (stream, version)
)
"""
_TUNED_INSERT = """
INSERT INTO tuned (stream, version, type, data)
SELECT $1::uuid, v, t, d FROM unnest($2::bigint[], $3::text[], $4::bytea[]) AS e(v, t, d)
"""


async def tuned(url: str, *, in_flight: int, seconds: float) -> Figures:
    """A transaction per append with asyncpg over 32 connections."""
    connections = [await asyncpg.connect(url) for _ in range(CONNECTIONS)]
    await connections[0].execute(_TUNED_TABLE)
    free: asyncio.Queue[Any] = asyncio.Queue()
    for connection in connections:
        free.put_nowait(await connection.prepare(_TUNED_INSERT))

    async def append(stream: uuid.UUID, _head: int, events: Sequence[Event]) -> bool:
        statement = await free.get()
        try:
            versions, types, data = (list(column) for column in zip(*events, strict=True))
            await statement.fetch(stream, versions, types, data)
        finally:
            free.put_nowait(statement)
        return True

    try:
        return await drive(append, in_flight=in_flight, seconds=seconds)
    finally:
        for connection in connections:
            await connection.close()


class Company(Aggregate):
    """For the library, by its own means."""

    @event("Reserved")
    def __init__(self, name: str, note: str) -> None:
        self.name = name
        self.note = note

    @event("Corrected")
    def correct(self, note: str) -> None:
        self.note = note


class Registry(Application[uuid.UUID]):
    """The library's application over its own PostgreSQL module."""


def library(url: str, *, threads: int, seconds: float) -> Figures:
    """``Application.save`` of aggregates with one or two events, from so many threads."""
    at = urlsplit(url)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS library CASCADE; CREATE SCHEMA library")
    application = Registry(
        env={
            "PERSISTENCE_MODULE": "eventsourcing.postgres",
            "POSTGRES_DBNAME": at.path.lstrip("/"),
            "POSTGRES_HOST": str(at.hostname),
            "POSTGRES_PORT": str(at.port),
            "POSTGRES_USER": str(at.username),
            "POSTGRES_PASSWORD": unquote(at.password or ""),
            "POSTGRES_SCHEMA": "library",
            "POSTGRES_POOL_SIZE": str(threads),
            "POSTGRES_MAX_OVERFLOW": "2",
        }
    )
    figures = saves(application, threads=threads, seconds=seconds)
    application.close()
    return figures


def saves(application: Registry, *, threads: int, seconds: float) -> Figures:
    """Drives ``save`` of any application of the library."""
    get_topic(Company)
    latencies: list[float] = []
    application.save(Company("first", "x"))
    begun = time.perf_counter()

    def caller() -> None:
        done = 0
        while (start := time.perf_counter()) < begun + seconds:
            done += 1
            company = Company("Ningbo Hefeng Trading", "x" * 60)
            if done % 2:
                company.correct("y" * 60)
            application.save(company)
            latencies.append(time.perf_counter() - start)

    callers = [threading.Thread(target=caller) for _ in range(threads)]
    for thread in callers:
        thread.start()
    for thread in callers:
        thread.join()
    return {
        "appends/s": len(latencies) / (time.perf_counter() - begun),
        "p50 ms": percentile(latencies, 50) * 1e3,
        "p99 ms": percentile(latencies, 99) * 1e3,
    }
