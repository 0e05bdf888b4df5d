"""Whatever happens to the line or in the database: an append is there once or not at all."""

import asyncio
from uuid import uuid4

import psycopg
import pytest

from infra.errors import HuiminError, Misconfigured, StoreUnavailable
from infra.log.append import GroupCommit
from infra.log.records import Appended, Duplicate
from tests.infra.log.appending import append, rows
from tests.infra.log.broken_line import line
from tests.infra.log.together import send_together

TERMINATE = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s
"""


async def test_killed_connections_lose_nothing_and_double_nothing(
    commit: GroupCommit, database_url: str, log: str
) -> None:
    asked = [append(events=1 + n % 2) for n in range(600)]
    told: list[object] = []

    moved = asyncio.Event()

    async def send() -> None:
        for n in range(0, len(asked), 20):
            told.extend(await send_together(commit, asked[n : n + 20]))
            moved.set()

    sending = asyncio.create_task(send())
    killer = await psycopg.AsyncConnection.connect(database_url, autocommit=True)
    async with killer:
        while not sending.done():
            # once in the middle of each twenty, so that a slow machine comes through, too
            moved.clear()
            await killer.execute(TERMINATE, [f"huimin-append-{log}"])
            await asyncio.wait(
                {sending, asyncio.create_task(moved.wait())}, return_when="FIRST_COMPLETED"
            )
    await sending
    assert commit.lost_connections > 0
    assert {type(v) for v in told} == {Appended}
    stored = {
        command: (first, count)
        for command, first, count in rows(
            database_url,
            log,
            "SELECT command_id, min(position), count(*) FROM events GROUP BY command_id",
        )
    }
    expected = {
        a.command_id: (v.first_position, len(a.events))
        for a, v in zip(asked, told, strict=True)
        if isinstance(v, Appended)
    }
    assert stored == expected
    assert rows(database_url, log, "SELECT max(position) FROM events") == [(900,)]


@pytest.mark.parametrize("events", [0, 1, 3])
async def test_an_answer_lost_after_the_commit_is_found_again(
    database_url: str, log: str, events: int
) -> None:
    async with line(database_url) as broken:
        commit = GroupCommit(broken.url, log)
        await commit.start()
        await commit.append(append())
        broken.swallow_answer = True
        told = await send_together(commit, [append(events=events), append()])
        await commit.stop()
    assert broken.swallowed == 1
    assert told == ([Appended(2), Appended(2 + events)] if events else [Appended(0), Appended(2)])
    found = rows(database_url, log, "SELECT count(*), max(position) FROM events")
    assert found == [(2 + events, 2 + events)]


async def test_another_processs_write_of_the_same_command_stays_a_duplicate(
    database_url: str, log: str
) -> None:
    """A client that retried elsewhere while our answer was lost: it is not our decision."""
    async with line(database_url) as broken:
        commit = GroupCommit(broken.url, log)
        await commit.start()
        other = GroupCommit(database_url, log)
        await other.start()
        ours, theirs = append(), append()
        theirs.command_id = ours.command_id
        await other.append(theirs)
        broken.swallow_answer = True
        told = await commit.append(ours)
        assert isinstance(told, Duplicate)
        assert told.stored.stream_id == theirs.stream_id
        await commit.stop()
        await other.stop()


async def test_a_database_that_is_away_is_waited_for(database_url: str, log: str) -> None:
    async with line(database_url) as broken:
        commit = GroupCommit(broken.url, log)
        await commit.start()
        await broken.close()
        asked = asyncio.create_task(commit.append(append()))
        done, _ = await asyncio.wait([asked], timeout=0.3)
        assert not done
        await broken.open()
        assert await asked == Appended(1)
        await commit.stop()


async def test_a_database_that_stays_away_is_told(database_url: str, log: str) -> None:
    async with line(database_url) as broken:
        commit = GroupCommit(broken.url, log, limit_seconds=0.5)
        await commit.start()
        await broken.close()
        told = await send_together(commit, [append() for _ in range(50)], exceptions=True)
        assert {type(v) for v in told} == {StoreUnavailable}
        assert commit.queue_length == 0
        await broken.open()
        assert await commit.append(append()) == Appended(1)
        await commit.stop()


async def test_a_frozen_database_is_left_and_found_again(database_url: str, log: str) -> None:
    async with line(database_url) as broken:
        commit = GroupCommit(broken.url, log, limit_seconds=0.5)
        await commit.start()
        broken.freeze()
        with pytest.raises(StoreUnavailable):
            await commit.append(append())
        broken.thaw()
        assert isinstance(await commit.append(append()), Appended)
        await commit.stop()


async def test_starting_without_a_database_says_so(log: str) -> None:
    with pytest.raises(StoreUnavailable):
        await GroupCommit("postgresql://nobody@127.0.0.1:1/none", log).start()


async def test_starting_before_the_migration_says_so(database_url: str, log: str) -> None:
    # the roles are there, of whichever namespace was migrated first; this one was not
    with pytest.raises(Misconfigured):
        await GroupCommit(database_url, f"{log}_unmigrated").start()


FAILING = """
CREATE SEQUENCE {log}.failures;
GRANT USAGE ON SEQUENCE {log}.failures TO huimin_writer;
CREATE FUNCTION {log}.fail() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF nextval('{log}.failures') <= {times} THEN RAISE SQLSTATE '{state}'; END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER fail AFTER INSERT ON {log}.events FOR EACH STATEMENT EXECUTE FUNCTION {log}.fail();
"""


def let_inserts_fail(url: str, log: str, state: str, times: int) -> None:
    """The next statements that insert events raise the SQLSTATE, as late as possible."""
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute(FAILING.format(log=log, state=state, times=times).encode())


@pytest.mark.parametrize("state", ["53100", "53200", "25006", "57014", "58030", "XX001"])
async def test_a_full_disk_or_a_read_only_database_is_unavailable_and_nothing_is_half_done(
    commit: GroupCommit, database_url: str, log: str, state: str
) -> None:
    let_inserts_fail(database_url, log, state, times=1)
    asked = [append() for _ in range(5)]
    told = await send_together(commit, asked, exceptions=True)
    assert {type(v) for v in told} == {StoreUnavailable}
    assert rows(database_url, log, "SELECT count(*) FROM commands") == [(0,)]
    assert rows(database_url, log, "SELECT count(*) FROM events") == [(0,)]
    assert {type(v) for v in await send_together(commit, asked)} == {Appended}


@pytest.mark.parametrize("state", ["40001", "40P01", "55P03"])
async def test_what_passes_by_itself_is_tried_again(
    commit: GroupCommit, database_url: str, log: str, state: str
) -> None:
    let_inserts_fail(database_url, log, state, times=2)
    told = await send_together(commit, [append() for _ in range(5)])
    assert [type(v) for v in told] == [Appended] * 5


async def test_a_fault_of_ours_is_told_and_the_next_batch_goes_on(
    commit: GroupCommit, database_url: str, log: str
) -> None:
    # the batch of two, then each of them alone
    let_inserts_fail(database_url, log, "P0001", times=3)
    told = await send_together(commit, [append(), append(uuid4())], exceptions=True)
    assert [type(v) for v in told] == [HuiminError, HuiminError]
    assert isinstance(await commit.append(append()), Appended)
