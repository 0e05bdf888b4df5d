"""Brings a namespace's tables to what this version needs: ``infra/*/migrations/NNNN_name.sql``.

The log's own files come first, then those of the other packages by name; each is applied once, in
a transaction with the record of it. Any number of processes may call this at the same time.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import psycopg
from psycopg import sql

from infra.database import PROJECTOR, READER, WRITER, Connection, connect, translated
from infra.errors import Misconfigured

INFRA = Path(__file__).parents[1]

_RECORD = """
CREATE TABLE IF NOT EXISTS migrations (
    name       text        PRIMARY KEY,
    sha256     text        NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
)
"""

# Roles belong to the whole cluster, and schemas of other databases may be migrated at this very
# moment, where no lock of ours is seen: losing that race means that the role is there.
_ROLE = """
DO $$
BEGIN
    IF to_regrole({name}) IS NULL THEN
        CREATE ROLE {role} NOLOGIN;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL;
END $$
"""


class Migration(NamedTuple):
    """One file; ``name`` is ``package/NNNN_name``."""

    name: str
    script: str

    @property
    def sha256(self) -> str:
        """Of the file as it is now, hexadecimal."""
        return hashlib.sha256(self.script.encode()).hexdigest()


def migrations() -> Iterator[Migration]:
    """All files, in the order in which they are applied."""
    packages = sorted(
        {path.parent.parent for path in INFRA.glob("*/migrations/*.sql")},
        key=lambda package: (package.name != "log", package.name),
    )
    for package in packages:
        for path in sorted((package / "migrations").glob("*.sql")):
            yield Migration(f"{package.name}/{path.stem}", path.read_text(encoding="utf-8"))


async def migrate(url: str, namespace: str) -> list[str]:
    """Applies what is missing and returns its names, in order; an empty list when all was there.

    ``url`` must be of a user who may create schemas and roles, or an operator has created them.
    Raises Misconfigured when an applied file has been changed since, StoreUnavailable when the
    database does not answer.
    """
    with translated():
        connection = await connect(url, namespace, application="huimin-migrate")
        async with connection:
            # one at a time in this database, and not only in this namespace: rights on roles
            # and the creation of roles are common to all of them
            await connection.execute(
                "SELECT pg_advisory_lock(hashtextextended('huimin.migrate', 0))"
            )
            await _prepare(connection, namespace)
            return [m.name for m in migrations() if await _apply(connection, m)]


async def pending(url: str, namespace: str) -> list[str]:
    """The names that :func:`migrate` would apply now; changes nothing."""
    with translated():
        connection = await connect(url, namespace, application="huimin-migrate")
        async with connection:
            found = await connection.execute("SELECT to_regclass('migrations') IS NOT NULL")
            if not (await found.fetchall())[0][0]:
                return [m.name for m in migrations()]
            found = await connection.execute("SELECT name FROM migrations")
            applied = {name for (name,) in await found.fetchall()}
            return [m.name for m in migrations() if m.name not in applied]


async def _prepare(connection: Connection, namespace: str) -> None:
    for role in (WRITER, PROJECTOR, READER):
        await connection.execute(
            sql.SQL(_ROLE).format(name=sql.Literal(role), role=sql.Identifier(role))
        )
        if not await _may_become(connection, role):
            await connection.execute(
                sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(role))
            )
    schema = sql.Identifier(namespace)
    await connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(schema))
    await connection.execute(
        sql.SQL(
            "GRANT USAGE ON SCHEMA {} TO huimin_writer, huimin_projector, huimin_reader"
        ).format(schema)
    )
    await connection.execute(_RECORD)


async def _may_become(connection: Connection, role: str) -> bool:
    """Processes log in as this user and act as the role, which is tried here: what membership
    allows differs between PostgreSQL 15 and 16."""
    try:
        await connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(role)))
    except psycopg.errors.InsufficientPrivilege:
        return False
    await connection.execute("RESET ROLE")
    return True


async def _apply(connection: Connection, migration: Migration) -> bool:
    found = await connection.execute(
        "SELECT sha256 FROM migrations WHERE name = %s", [migration.name]
    )
    row = await found.fetchone()
    if row is not None:
        if row[0] != migration.sha256:
            raise Misconfigured(
                f"the migration {migration.name} has changed since it was applied here; "
                "a change needs a file of its own"
            )
        return False
    async with connection.transaction():
        await connection.execute(migration.script.encode())
        await connection.execute(
            "INSERT INTO migrations (name, sha256) VALUES (%s, %s)",
            [migration.name, migration.sha256],
        )
    return True
