"""The peers of the HTTP benchmark: the same request kept by what others would write.

``library``: the eventsourcing library in FastAPI, as its documentation has it: blocking, so with
synchronous endpoints. ``crud``: FastAPI and psycopg with everything tuned: an open pool, prepared
statements, autocommit, one INSERT a request, and a unique key where Huimin takes a claim. Neither
knows tokens, retries, a log, read models or an audit.
"""

import os
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any
from urllib.parse import unquote, urlsplit

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from fastapi import FastAPI
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool
from pydantic import BaseModel, StringConstraints

URL = os.environ["BENCH_DATABASE_URL"]
CONNECTIONS = 32


class ReserveName(BaseModel):
    """The fields of the same command, with plain rules."""

    registration_id: uuid.UUID | None = None
    registry: Annotated[str, StringConstraints(pattern=r"^\d{6}$")]
    division: Annotated[str, StringConstraints(pattern=r"^\d{6}$")]
    trade_name: Annotated[str, StringConstraints(min_length=2, max_length=50)]
    industry_code: str | None = None
    organisation_form: str
    needs_prior_approval: bool = False


class Reservation(Aggregate):
    """For the library, by its own means."""

    @event("Reserved")
    def __init__(
        self, registry: str, division: str, trade_name: str, organisation_form: str, actor: str
    ) -> None:
        self.registry = registry
        self.division = division
        self.trade_name = trade_name
        self.organisation_form = organisation_form
        self.applicant = actor


def library() -> FastAPI:
    """Synchronous endpoints: FastAPI runs them in its threads."""
    at = urlsplit(URL)
    application: Application[uuid.UUID] = Application(
        env={
            "PERSISTENCE_MODULE": "eventsourcing.postgres",
            "POSTGRES_DBNAME": at.path.lstrip("/"),
            "POSTGRES_HOST": str(at.hostname),
            "POSTGRES_PORT": str(at.port),
            "POSTGRES_USER": str(at.username),
            "POSTGRES_PASSWORD": unquote(at.password or ""),
            "POSTGRES_SCHEMA": "peer",
            "POSTGRES_POOL_SIZE": "10",
            "POSTGRES_MAX_OVERFLOW": "10",
        }
    )
    app = FastAPI()

    @app.post("/reserve-name", status_code=201)
    def reserve_name(cmd: ReserveName) -> dict[str, Any]:
        made = Reservation(
            cmd.registry, cmd.division, cmd.trade_name, cmd.organisation_form, "citizen-1"
        )
        application.save(made)
        return {"id": made.id, "version": made.version}

    return app


TABLE = """
CREATE TABLE IF NOT EXISTS peer.reservations (
    id                   uuid        PRIMARY KEY,
    registry             text        NOT NULL,
    division             text        NOT NULL,
    trade_name           text        NOT NULL,
    industry_code        text,
    organisation_form    text        NOT NULL,
    needs_prior_approval boolean     NOT NULL,
    actor                text        NOT NULL,
    reserved_at          timestamptz NOT NULL DEFAULT now(),
    UNIQUE (registry, trade_name)
)
"""
INSERT = """
INSERT INTO peer.reservations (id, registry, division, trade_name, industry_code,
                               organisation_form, needs_prior_approval, actor)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
"""


def crud() -> FastAPI:
    """Asynchronous endpoints over a pool."""
    pool: AsyncConnectionPool[AsyncConnection[Any]] = AsyncConnectionPool(
        URL,
        kwargs={"autocommit": True, "prepare_threshold": 0},
        min_size=CONNECTIONS,
        max_size=CONNECTIONS,
        open=False,
    )

    @asynccontextmanager
    async def living(_app: FastAPI) -> AsyncIterator[None]:
        async with pool:
            async with pool.connection() as connection:
                await connection.execute(TABLE)
            yield

    app = FastAPI(lifespan=living)

    @app.post("/reserve-name", status_code=201)
    async def reserve_name(cmd: ReserveName) -> dict[str, Any]:
        made = cmd.registration_id or uuid.uuid4()
        async with pool.connection() as connection:
            await connection.execute(
                INSERT,
                (
                    made,
                    cmd.registry,
                    cmd.division,
                    cmd.trade_name,
                    cmd.industry_code,
                    cmd.organisation_form,
                    cmd.needs_prior_approval,
                    "citizen-1",
                ),
            )
        return {"id": made, "version": 1}

    return app
