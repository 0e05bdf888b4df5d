"""Migrations: each once, by any number of processes, and none that was changed behind our back."""

import asyncio

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from infra.errors import Misconfigured, StoreUnavailable
from infra.log.migrate import migrate, migrations, pending
from tests.infra.log.appending import rows


async def test_all_is_applied_once_in_order_whoever_comes_first(
    database_url: str, namespace: str
) -> None:
    names = [m.name for m in migrations()]
    assert names[:2] == ["log/0001_log", "log/0002_library"]
    assert await pending(database_url, namespace) == names
    told = await asyncio.gather(*(migrate(database_url, namespace) for _ in range(4)))
    assert sorted(told) == [[], [], [], names]
    assert await pending(database_url, namespace) == []
    recorded = rows(database_url, namespace, "SELECT name FROM migrations ORDER BY applied_at")
    assert [name for (name,) in recorded] == names


async def test_namespaces_are_migrated_side_by_side(database_url: str, namespace: str) -> None:
    others = [f"{namespace}_{n}" for n in range(3)]
    told = await asyncio.gather(*(migrate(database_url, other) for other in others))
    assert all(told)
    with psycopg.connect(database_url, autocommit=True) as owner:
        for other in others:
            owner.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(other)))


async def test_a_file_that_was_changed_after_it_was_applied_stops_everything(
    database_url: str, namespace: str
) -> None:
    await migrate(database_url, namespace)
    schema = sql.Identifier(namespace)
    with psycopg.connect(database_url, autocommit=True) as owner:
        owner.execute(sql.SQL("UPDATE {}.migrations SET sha256 = 'another'").format(schema))
    with pytest.raises(Misconfigured, match="log/0001_log has changed"):
        await migrate(database_url, namespace)


async def test_a_user_without_rights_is_told_what_is_missing(
    database_url: str, namespace: str
) -> None:
    user = f"u{namespace}"
    with psycopg.connect(database_url, autocommit=True) as owner:
        owner.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD 'x'").format(sql.Identifier(user)))
        try:
            address = make_conninfo(database_url, user=user, password="x")
            with pytest.raises(Misconfigured, match="huimin migrate"):
                await migrate(address, namespace)
        finally:
            owner.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(user)))


async def test_a_database_that_does_not_answer_is_unavailable(namespace: str) -> None:
    with pytest.raises(StoreUnavailable):
        await migrate("postgresql://nobody@127.0.0.1:1/none", namespace)
