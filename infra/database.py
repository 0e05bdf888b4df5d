"""PostgreSQL as every part of Huimin uses it: how to connect, and what its failures mean here.

A connection sees one namespace (a schema of that name, the only entry of its search path) and
acts as one of three roles, so that SQL names tables plainly and rights are checked by the database
itself. Error texts of PostgreSQL may quote stored values, so none of them is ever passed on.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import psycopg
from psycopg import errors
from psycopg.conninfo import make_conninfo
from psycopg_pool import AsyncConnectionPool

from infra.errors import BadRequest, HuiminError, Misconfigured, StoreUnavailable, VersionConflict

T = TypeVar("T")
Connection = psycopg.AsyncConnection[Any]
Pool = AsyncConnectionPool[Connection]

WRITER = "huimin_writer"
PROJECTOR = "huimin_projector"
READER = "huimin_reader"

CONNECT_SECONDS = 5
POOL_WAIT_SECONDS = 10.0


def conninfo(url: str, namespace: str, *, role: str | None = None, application: str = "") -> str:
    """The address with everything that Huimin wants of a session, as libpq takes it."""
    # As start-up options, not SET: no round trip, and a reset of the session comes back to them.
    options = f"-c search_path={namespace} -c timezone=UTC"
    if role is not None:
        options += f" -c role={role}"
    return make_conninfo(
        url,
        options=options,
        application_name=application or "huimin",
        connect_timeout=CONNECT_SECONDS,
        # a peer that vanished without a word is found out in half a minute, not in two hours
        keepalives=1,
        keepalives_idle=10,
        keepalives_interval=5,
        keepalives_count=4,
        tcp_user_timeout=30_000,
    )


async def connect(
    url: str, namespace: str, *, role: str | None = None, application: str = "huimin"
) -> Connection:
    """One connection in autocommit. Raises psycopg's errors; wrap it in :func:`translated`."""
    return await psycopg.AsyncConnection.connect(
        conninfo(url, namespace, role=role, application=application), autocommit=True
    )


async def open_pool(
    url: str, namespace: str, *, size: int, role: str | None = None, application: str = "huimin"
) -> Pool:
    """A pool of at most ``size`` connections in autocommit, open at once.

    It does not wait for the database: a first use while it is away fails like any other.
    """
    pool: Pool = AsyncConnectionPool(
        conninfo(url, namespace, role=role, application=application),
        kwargs={"autocommit": True},
        min_size=1,
        max_size=size,
        timeout=POOL_WAIT_SECONDS,
        open=False,
        name=application,
    )
    await pool.open(wait=False)
    return pool


@contextmanager
def translated() -> Iterator[None]:
    """Turns any error of psycopg raised inside into one of ours, without its text."""
    try:
        yield
    except psycopg.Error as error:
        # from None: the original's text and its query may hold personal data
        raise translate(error) from None


def translate(error: psycopg.Error) -> HuiminError:
    """What an error of psycopg means to Huimin.

    StoreUnavailable when the same may succeed later, VersionConflict when a unique key was lost
    to another, BadRequest when a value cannot be stored, Misconfigured when the database is not
    the one this version needs; anything else is a fault of ours, a plain HuiminError.
    """
    name, state = type(error).__name__, error.sqlstate or ""
    told = f"PostgreSQL: {name} {state}".rstrip()
    if isinstance(error, errors.UniqueViolation | errors.ExclusionViolation):
        return VersionConflict(told)
    if isinstance(error, errors.DataError):
        return BadRequest("invalid", 422, told)
    if _is_setup(state) or isinstance(error, errors.NotSupportedError):
        return Misconfigured(
            f"{told}；请先以模式所有者运行 huimin migrate · "
            "has `huimin migrate` run as an owner of the schema?"
        )
    if _is_passing(error, state):
        return StoreUnavailable(told)
    return HuiminError(told)


# Undefined schema, table, column, function or object; missing right; missing database; bad login.
_SETUP = frozenset(
    {"3F000", "42P01", "42703", "42883", "42704", "42501", "3D000", "28000", "28P01", "22023"}
)


def _is_setup(state: str) -> bool:
    return state in _SETUP


def _is_passing(error: psycopg.Error, state: str) -> bool:
    if state:
        # connection, transaction state (read-only), rollback, resources, operator, system
        return state[:2] in {"08", "25", "40", "53", "55", "57", "58", "F0", "XX"}
    return isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)


async def undisturbed(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Runs ``work`` to its end even when the caller is cancelled meanwhile.

    A cancel in the middle of a query has taken pool connections along (psycopg #1345), so
    nothing that holds one is ever cancelled from outside.
    """
    task = asyncio.ensure_future(work())
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        # Nobody waits any more: read its outcome, or asyncio warns that nobody did.
        task.add_done_callback(lambda t: t.cancelled() or t.exception())
        raise
