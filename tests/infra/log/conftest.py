"""A migrated namespace, and the log's parts over it."""

from collections.abc import AsyncIterator

import pytest

from infra import database
from infra.log.append import GroupCommit
from infra.log.migrate import migrate
from infra.log.read import LogReader


@pytest.fixture
async def log(database_url: str, namespace: str) -> str:
    """The namespace, migrated."""
    await migrate(database_url, namespace)
    return namespace


@pytest.fixture
async def commit(database_url: str, log: str) -> AsyncIterator[GroupCommit]:
    """A running group commit."""
    commit = GroupCommit(database_url, log)
    await commit.start()
    yield commit
    await commit.stop()


@pytest.fixture
async def reader(database_url: str, log: str) -> AsyncIterator[LogReader]:
    """A reader over a pool of its own."""
    pool = await database.open_pool(database_url, log, size=3, role=database.READER)
    yield LogReader(pool)
    await pool.close()
