"""The connections behind the library's recorders, and its errors in place of ours."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from eventsourcing.persistence import (
    DataError,
    IntegrityError,
    OperationalError,
    PersistenceError,
)
from psycopg_pool import ConnectionPool

from infra import database
from infra.errors import BadRequest, HuiminError, Unavailable, VersionConflict
from infra.log.background import Background, shared
from infra.log.migrate import migrate
from infra.log.packing import register

Cursor = psycopg.Cursor[Any]

_POOL_SIZE = 8


@contextmanager
def library_errors() -> Iterator[None]:
    """Turns our errors and psycopg's into the library's."""
    try:
        with database.translated():
            yield
    except VersionConflict as error:
        raise IntegrityError(str(error)) from None
    except Unavailable as error:
        raise OperationalError(str(error)) from None
    except BadRequest as error:
        raise DataError(str(error)) from None
    except HuiminError as error:
        raise PersistenceError(str(error)) from None


class Datastore:
    """The connections behind the recorders of one factory."""

    def __init__(self, url: str, namespace: str, *, create: bool) -> None:
        self._key = (url, namespace)
        with library_errors():
            if create:
                asyncio.run(migrate(url, namespace))
            self.background: Background = shared.acquire(url, namespace)
        self.pool: ConnectionPool[psycopg.Connection[Any]] = ConnectionPool(
            database.conninfo(url, namespace, role=database.WRITER, application="huimin-library"),
            kwargs={"autocommit": True},
            configure=lambda connection: register(connection.adapters),
            min_size=1,
            max_size=_POOL_SIZE,
            timeout=database.POOL_WAIT_SECONDS,
            open=True,
        )

    def close(self) -> None:
        """Ends the connections, and the background when nobody else uses it."""
        self.pool.close()
        shared.release(*self._key)

    @contextmanager
    def transaction(self) -> Iterator[Cursor]:
        """One transaction; raises the library's errors."""
        with (
            library_errors(),
            self.pool.connection() as connection,
            connection.transaction(),
            connection.cursor(binary=True) as cursor,
        ):
            yield cursor

    def rows(self, statement: str, values: Sequence[Any]) -> list[Any]:
        """The rows of a reading statement."""
        with library_errors(), self.pool.connection() as connection:
            return connection.execute(statement, values, prepare=True, binary=True).fetchall()
