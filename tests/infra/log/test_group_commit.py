"""The group commit among others and under load: gapless, once, and never for ever."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from infra import database
from infra.errors import Overloaded, StoreUnavailable
from infra.log.append import GroupCommit
from infra.log.read import LogReader
from infra.log.records import Append, Appended, Verdict
from tests.infra.log.appending import append, rows
from tests.infra.log.together import send_together

ROOT = Path(__file__).parents[3]


@asynccontextmanager
async def the_log_is_locked(url: str, namespace: str) -> AsyncIterator[None]:
    """As another process would lock it that is slow to commit."""
    connection = await database.connect(url, namespace)
    async with connection, connection.transaction():
        await connection.execute("SELECT lock_log()")
        yield


async def test_positions_have_no_gap_and_no_twin_under_eight_processes(
    database_url: str, log: str, reader: LogReader
) -> None:
    command = [sys.executable, "-m", "tests.infra.log.worker", database_url, log, "100"]
    workers = [
        await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
        for _ in range(8)
    ]
    answers = asyncio.gather(*(w.communicate() for w in workers))
    seen: list[int] = []
    while not answers.done():
        # a reader that follows must never step over a position that appears later
        seen += [e.position for e in await reader.read(len(seen), 1000)]
        assert seen == list(range(1, len(seen) + 1))
    told = sorted(int(line) for out, _ in await answers for line in out.split())
    assert [w.returncode for w in workers] == [0] * 8
    stored = rows(database_url, log, "SELECT first_position, event_count FROM commands ORDER BY 1")
    assert told == [first for first, _ in stored]
    head = sum(count for _, count in stored)
    assert rows(database_url, log, "SELECT count(*), max(position) FROM events") == [(head, head)]
    assert len(stored) == 800


async def test_two_group_commits_share_one_log(
    commit: GroupCommit, database_url: str, log: str
) -> None:
    other = GroupCommit(database_url, log)
    await other.start()
    told = await asyncio.gather(
        *(send_together(c, [append() for _ in range(200)]) for c in (commit, other))
    )
    await other.stop()
    positions = sorted(v.first_position for verdicts in told for v in verdicts)
    assert positions == list(range(1, 401))


async def test_appends_that_wait_together_leave_together(commit: GroupCommit) -> None:
    await send_together(commit, [append() for _ in range(400)])
    assert commit.batches <= 12
    assert commit.appended == 400
    assert commit.judged_batches == 0


async def test_a_batch_is_announced_once_with_the_new_head(
    commit: GroupCommit, database_url: str, log: str
) -> None:
    listener = await database.connect(database_url, log)
    async with listener:
        await listener.execute(f"LISTEN log_{log}")
        await send_together(commit, [append(events=1 + n % 2) for n in range(50)])
        await commit.append(append(events=0))
        heads = [int(n.payload) async for n in listener.notifies(timeout=1.0, stop_after=99)]
    assert heads[-1] == 75
    assert len(heads) == len(set(heads)) == commit.batches - 1


async def test_more_than_a_batch_may_hold_goes_in_several(database_url: str, log: str) -> None:
    commit = GroupCommit(database_url, log, max_batch=10)
    await commit.start()
    told = await send_together(commit, [append(events=4), append(events=25), append(events=4)])
    await commit.stop()
    assert [type(v) for v in told] == [Appended] * 3
    assert commit.batches == 3


async def test_what_does_not_fit_into_the_queue_is_refused_at_once(
    database_url: str, log: str
) -> None:
    commit = GroupCommit(database_url, log, max_queue=20)
    await commit.start()
    async with the_log_is_locked(database_url, log):
        accepted: list[asyncio.Task[Verdict]] = []
        while commit.queue_length < 20:
            accepted.append(asyncio.create_task(commit.append(append())))
            await asyncio.sleep(0.001)  # allow: sleep, looks again at what nobody announces
        begun = time.monotonic()
        with pytest.raises(Overloaded):
            await commit.append(append())
        assert time.monotonic() - begun < 0.1
        assert commit.queue_length == 20
    assert all(isinstance(v, Appended) for v in await asyncio.gather(*accepted))
    await commit.stop()


async def test_nobody_waits_for_ever(database_url: str, log: str) -> None:
    commit = GroupCommit(database_url, log, limit_seconds=0.5)
    await commit.start()
    async with the_log_is_locked(database_url, log):
        begun = time.monotonic()
        told = await send_together(commit, [append() for _ in range(200)], exceptions=True)
        assert time.monotonic() - begun < 2
    assert {type(v) for v in told} == {StoreUnavailable}
    # the database may still have written what it was asked, when the lock was let go
    assert isinstance(await commit.append(append()), Appended)
    await commit.stop()


async def test_a_caller_that_goes_away_hurts_nobody(
    commit: GroupCommit, database_url: str, log: str
) -> None:
    asked: list[Append] = [append(events=2) for _ in range(300)]
    tasks: list[asyncio.Task[Verdict]] = []
    for n, one in enumerate(asked):
        tasks.append(asyncio.create_task(commit.append(one)))
        if n % 20 == 0:
            await asyncio.sleep(0.001)  # allow: sleep, looks again at what nobody announces
        if n % 3 == 0:
            tasks[n // 2].cancel()
    told = await asyncio.gather(*tasks, return_exceptions=True)
    assert {type(v) for v in told} == {Appended, asyncio.CancelledError}
    stored = dict(rows(database_url, log, "SELECT command_id, event_count FROM commands"))
    counted = dict(rows(database_url, log, "SELECT command_id, count(*) FROM events GROUP BY 1"))
    assert stored == counted
    answered = {a.command_id for a, v in zip(asked, told, strict=True) if isinstance(v, Appended)}
    assert answered <= set(stored)
    head = await commit.append(append())
    assert isinstance(head, Appended)


async def test_stop_waits_for_what_was_taken_and_takes_no_more(database_url: str, log: str) -> None:
    commit = GroupCommit(database_url, log)
    await commit.start()
    asked = [asyncio.create_task(commit.append(append())) for _ in range(100)]
    await asyncio.sleep(0)  # allow: sleep, one turn of the loop
    await commit.stop()
    assert all(isinstance(t.result(), Appended) for t in asked)
    with pytest.raises(StoreUnavailable):
        await commit.append(append())


async def test_the_library_may_leave_versions_out(commit: GroupCommit) -> None:
    stream = uuid4()
    assert await commit.append(append(stream, after=4), contiguous=False) == Appended(1)
    assert await commit.append(append(stream, after=9), contiguous=False) == Appended(2)
