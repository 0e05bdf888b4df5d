"""Nobody changes what is in the log, and only the writer adds to it."""

from uuid import uuid4

import psycopg
import pytest
from psycopg import errors

from infra import database
from infra.log.append import GroupCommit
from tests.infra.log.appending import append, demand, rows

CHANGES = [
    "UPDATE events SET actor = 'someone else'",
    "UPDATE events SET actor = 'someone else' WHERE position = 99",
    "DELETE FROM events",
    "TRUNCATE events",
    "INSERT INTO events SELECT * FROM events"
    " ON CONFLICT (position) DO UPDATE SET actor = 'someone else'",
    "MERGE INTO events AS e USING (SELECT 1) AS x ON true WHEN MATCHED THEN DELETE",
]
OWNER = None


@pytest.fixture
async def one_event(commit: GroupCommit) -> None:
    """In the log."""
    stream = uuid4()
    await commit.append(append(stream, claims=[demand("take", stream)]))


def as_role(url: str, log: str, role: str | None, statement: str) -> None:
    """In a session of that role, or of the owner."""
    address = database.conninfo(url, log, role=role)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(statement.encode())


@pytest.mark.usefixtures("one_event")
@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("role", [OWNER, database.WRITER, database.PROJECTOR, database.READER])
async def test_an_event_stays_as_it_is(
    database_url: str, log: str, role: str | None, change: str
) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        as_role(database_url, log, role, change)
    assert rows(database_url, log, "SELECT actor FROM events") == [("officer-7",)]


@pytest.mark.usefixtures("one_event")
async def test_an_owner_who_plays_a_replica_is_refused_too(database_url: str, log: str) -> None:
    for change in CHANGES:
        with pytest.raises(errors.InsufficientPrivilege):
            as_role(database_url, log, OWNER, f"SET session_replication_role = replica; {change}")


ADDITIONS = [
    "INSERT INTO events SELECT position + 1, version + 1, causation_position, occurred_at,"
    " recorded_at, stream_id, command_id, correlation_id, type, data, actor FROM events",
    "INSERT INTO commands SELECT gen_random_uuid(), stream_id, version, first_position,"
    " recorded_at, event_count, fingerprint FROM commands",
    "UPDATE claims SET until = now()",
    "DELETE FROM claims",
]


@pytest.mark.usefixtures("one_event")
@pytest.mark.parametrize("addition", ADDITIONS)
async def test_only_the_writer_adds(database_url: str, log: str, addition: str) -> None:
    for role in (database.PROJECTOR, database.READER):
        with pytest.raises(errors.InsufficientPrivilege):
            as_role(database_url, log, role, addition)
    as_role(database_url, log, database.WRITER, addition)


@pytest.mark.usefixtures("one_event")
async def test_the_writer_does_not_change_the_answers_of_commands(
    database_url: str, log: str
) -> None:
    for change in ("UPDATE commands SET version = 9", "DELETE FROM commands"):
        with pytest.raises(errors.InsufficientPrivilege):
            as_role(database_url, log, database.WRITER, change)


@pytest.mark.usefixtures("one_event")
async def test_every_role_reads(database_url: str, log: str) -> None:
    for role in (database.WRITER, database.PROJECTOR, database.READER):
        for table in ("events", "commands", "claims", "snapshots"):
            as_role(database_url, log, role, f"SELECT * FROM {table}")
