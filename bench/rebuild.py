"""``python -m bench.rebuild``: keeping and rebuilding a read model beside the library's runner.

The same accounts (one opening, nine deposits each) go through the library's ProjectionRunner with a
row per account in PostgreSQL, through our live pages and through our rebuild. The library works on a
prefix of the log, because its rate does not depend on the length; ours gets all of it. "made" counts
until the new table stands with its indexes, "whole" until it has been compared with the log by an
independent fold and switched to.
"""

import argparse
import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Any
from urllib.parse import unquote, urlsplit
from uuid import UUID

import psycopg
import uvloop
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate as LibraryAggregate
from eventsourcing.domain import event as library_event
from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner
from psycopg.sql import SQL, Identifier

from bench import Comparison, Figures
from bench.appends import postgres
from domain.shared.aggregate import Aggregate, event
from infra import logging
from infra.database import READER, conninfo, open_pool
from infra.discovery import Registry
from infra.log.codec import Codec
from infra.log.migrate import migrate
from infra.log.read import LogReader
from infra.log.records import RecordedEvent
from infra.projecting.projector import Projector
from infra.projecting.rebuild import Rebuilder
from projections.base import FOLD, FoldSpec, Index, Row, fold

NAMESPACE = "bench"
SOURCE = "bench.rebuild:registry"
BASE = "library's ProjectionRunner"
EVENTS_AN_ACCOUNT = 10


class Account(Aggregate, program="bench"):
    """The aggregate, in our way."""

    class Opened(Aggregate.Created):
        owner: str
        currency: str
        at_branch: datetime

    class Deposited(Aggregate.Event):
        amount: int
        actor: str
        at_branch: datetime

    @event(Opened)
    def __init__(self, owner: str, currency: str, at_branch: datetime) -> None:
        self.owner, self.currency, self.since = owner, currency, at_branch

    @event(Deposited)
    def _deposited(self, amount: int, actor: str, at_branch: datetime) -> None:
        pass


class Balance(Row, key="account_id"):
    """The read model: as the library's below, and who owns it, with an index."""

    account_id: UUID
    owner: Annotated[str, Index]
    balance: int
    deposits: int


@fold(Balance)
def opened(row: None, e: Account.Opened) -> Balance:
    """Begins a row."""
    return Balance(account_id=e.id, owner=e.owner, balance=0, deposits=0)


@fold(Balance)
def deposited(row: Balance, e: Account.Deposited) -> Balance:
    """Adds up."""
    return row.replace(balance=row.balance + e.amount, deposits=row.deposits + 1)


def registry() -> Registry:
    """Of this one programme."""
    folds: tuple[FoldSpec, ...] = (*getattr(opened, FOLD), *getattr(deposited, FOLD))
    return Registry(
        aggregates={"bench.Account": Account},
        events=Account.events,
        event_owner=dict.fromkeys(Account.events, Account),
        rows={"balance": Balance},
        folds={"balance": folds},
    )


_FILL = f"""
INSERT INTO events (position, version, occurred_at, recorded_at, stream_id, command_id,
                    correlation_id, type, data, actor)
SELECT i + 1, i / a.n + 1, now(), now(), md5((i %% a.n)::text)::uuid, gen_random_uuid(),
       gen_random_uuid(),
       CASE WHEN i < a.n THEN 'bench.opened.v1' ELSE 'bench.deposited.v1' END,
       convert_to(
           CASE WHEN i < a.n THEN
               '{{"owner":"Owner ' || i || '","currency":"CNY","at_branch":"2014-11-23T21:00:00Z"}}'
           ELSE '{{"amount":' || (i %% 1000) || ',"actor":"u-' || (i %% 5000)
               || '","at_branch":"2014-11-23T21:00:00.123456Z"}}' END, 'UTF8'),
       'u-1'
FROM (SELECT %s::bigint / {EVENTS_AN_ACCOUNT} AS n) AS a,
     generate_series(0, %s::bigint - 1) AS i
"""


def fill(url: str, events: int) -> None:
    """A log of so many events."""
    asyncio.run(migrate(url, NAMESPACE))
    with psycopg.connect(conninfo(url, NAMESPACE), autocommit=True) as connection:
        connection.execute(_FILL, [events, events])
        connection.execute("VACUUM ANALYZE events")
        connection.execute("CHECKPOINT")


def check(url: str, events: int) -> None:
    """Every event is in the rows."""
    with psycopg.connect(conninfo(url, NAMESPACE)) as connection:
        found = connection.execute("SELECT count(*), sum(deposits) FROM read_balance")
        accounts = events // EVENTS_AN_ACCOUNT
        if found.fetchall() != [(accounts, events - accounts)]:
            raise AssertionError("the read model does not hold the log")


async def rebuild(url: str, *, events: int, workers: int) -> Figures:
    """A whole rebuild beside the live table."""
    rebuilder = Rebuilder(url, NAMESPACE, registry(), registry_source=SOURCE)
    begun = time.perf_counter()
    done = await rebuilder.rebuild("balance", workers=workers)
    whole = time.perf_counter() - begun
    check(url, events)
    made = done.seconds["fill"] + done.seconds["index"]
    return {"events/s": events / made, "whole, events/s": events / whole}


@dataclass
class LogFeed:
    """The log as a feed, as it is when NATS is away."""

    reader: LogReader

    async def read(self, after: int, limit: int) -> Sequence[RecordedEvent]:
        """From the log."""
        return await self.reader.read(after, limit)

    async def wait(self, after: int, timeout: float) -> None:  # noqa: ARG002, ASYNC109  # the port
        """There is nothing more to come."""
        await asyncio.sleep(0.01)


async def live(url: str, *, events: int) -> Figures:
    """The projector from the first event to the last, page by page."""
    with psycopg.connect(conninfo(url, NAMESPACE), autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS read_balance; TRUNCATE projections, builds")
    pool = await open_pool(url, NAMESPACE, size=2, role=READER)
    reader = LogReader(pool)
    projector = Projector(LogFeed(reader), reader, Codec(registry()), registry(), url, NAMESPACE)
    begun = time.perf_counter()
    running = asyncio.create_task(projector.run())
    while projector.positions.get("balance", 0) < events:  # noqa: ASYNC110  # nobody tells
        await asyncio.sleep(0.005)
    spent = time.perf_counter() - begun
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await pool.close()
    check(url, events)
    return {"events/s": events / spent}


class LibraryAccount(LibraryAggregate):
    """The aggregate, in the library's way."""

    @library_event("Opened")
    def __init__(self, owner: str, currency: str, at_branch: datetime) -> None:
        self.owner, self.currency, self.since, self.balance = owner, currency, at_branch, 0

    @library_event("Deposited")
    def deposit(self, amount: int, actor: str, at_branch: datetime) -> None:  # noqa: ARG002  # stored
        """Adds up."""
        self.balance += amount


class Bank(Application[UUID]):
    """The library's application."""


class View(PostgresTrackingRecorder):
    """A row per account, written in the transaction of the library's tracking."""

    def __init__(self, datastore: Any, **options: Any) -> None:
        super().__init__(datastore, **options)
        self._add = SQL(
            "INSERT INTO {0}.account_view AS v VALUES (%s, %s, %s) ON CONFLICT (id) DO UPDATE"
            " SET balance = v.balance + excluded.balance,"
            " deposits = v.deposits + excluded.deposits"
        ).format(Identifier(self.datastore.schema))
        self.sql_create_statements.append(
            SQL(
                "CREATE TABLE IF NOT EXISTS {0}.account_view"
                " (id uuid PRIMARY KEY, balance bigint NOT NULL, deposits bigint NOT NULL)"
            ).format(Identifier(self.datastore.schema))
        )

    def add(self, account: UUID, amount: int | None, tracking: Tracking) -> None:
        """Adds an event to its account's row."""
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            values = (account, amount or 0, 0 if amount is None else 1)
            cursor.execute(self._add, values, prepare=True)


class Balances(Projection[View]):
    """The library's projection."""

    name = "balances"
    topics = ()

    def process_event(self, domain_event: Any, tracking: Tracking) -> None:
        """One event."""
        amount = getattr(domain_event, "amount", None)
        self.view.add(domain_event.originator_id, amount, tracking)


def library_environment(url: str) -> dict[str, str]:
    """The library's settings."""
    at = urlsplit(url)
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": at.path.lstrip("/"),
        "POSTGRES_HOST": str(at.hostname),
        "POSTGRES_PORT": str(at.port),
        "POSTGRES_USER": str(at.username),
        "POSTGRES_PASSWORD": unquote(at.password or ""),
        "POSTGRES_SCHEMA": "library",
    }


def fill_library(url: str, events: int) -> None:
    """The first ``events`` of the same log, as the library stores them."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS library CASCADE; CREATE SCHEMA library")
    bank = Bank(env=library_environment(url))
    at = datetime(2014, 11, 23, 21, tzinfo=UTC)
    for n in range(events // EVENTS_AN_ACCOUNT):
        account = LibraryAccount(f"Owner {n}", "CNY", at)
        for m in range(EVENTS_AN_ACCOUNT - 1):
            account.deposit(m, f"u-{m}", at)
        bank.save(account)
    bank.close()


def library(url: str, *, events: int) -> Figures:
    """The runner from the first event to the last."""
    with psycopg.connect(url, autocommit=True) as connection:
        found = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'library'"
            " AND (tablename = 'account_view' OR tablename LIKE '%tracking')"
        )
        for (table,) in found.fetchall():
            connection.execute(SQL("DROP TABLE library.{}").format(Identifier(table)))
    begun = time.perf_counter()
    with ProjectionRunner(
        application_class=Bank,
        projection_class=Balances,
        view_class=View,
        env=library_environment(url),
    ) as runner:
        runner.wait(events, timeout=600)
        spent = time.perf_counter() - begun
    return {"events/s": events / spent}


def comparison(url: str, events: int, library_events: int) -> Comparison:
    """All cases, over logs that are filled once."""
    fill(url, events)
    fill_library(url, library_events)

    def looped(work: Any, **how: Any) -> Figures:
        figures: Figures = uvloop.run(work(url, events=events, **how))
        return figures

    return Comparison(
        f"Read model of {events:,} events, {events // EVENTS_AN_ACCOUNT:,} rows",
        BASE,
        {
            BASE: partial(library, url, events=library_events),
            "live, pages of 500": partial(looped, live),
            "rebuild, 1 worker": partial(looped, rebuild, workers=1),
            "rebuild, 2 workers": partial(looped, rebuild, workers=2),
        },
    )


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--library-events", type=int, default=5_000)
    chosen = parser.parse_args()
    logging.configure()
    with postgres() as url:
        found = comparison(url, chosen.events, chosen.library_events)
        found.run(chosen.rounds)
    print(found.markdown())


if __name__ == "__main__":
    main()
