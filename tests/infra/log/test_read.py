"""Reading: what comes back, in which order, and that questions asked together leave together."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from infra import database
from infra.log.append import GroupCommit
from infra.log.read import Gathered, LogReader
from infra.log.records import NewEvent, RecordedEvent, StoredCommand
from tests.infra.log.appending import NOW, append

ONE, TWO = UUID(int=1), UUID(int=2)


def positions(events: list[RecordedEvent]) -> list[int]:
    return [e.position for e in events]


async def test_an_event_comes_back_with_everything_that_was_said_of_it(
    commit: GroupCommit, reader: LogReader
) -> None:
    written = append(
        ONE,
        department="market-regulation",
        correlation_id=UUID(int=9),
        causation_position=7,
        traceparent="00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        clock="demo",
        events=1,
    )
    await commit.append(written)
    (event,) = await reader.read(0, 10)
    assert event == RecordedEvent(
        position=1,
        stream_id=ONE,
        version=1,
        type="lamps.switched.v1",
        data=b'{"on":true}',
        occurred_at=NOW,
        recorded_at=event.recorded_at,
        actor="officer-7",
        department="market-regulation",
        command_id=written.command_id,
        correlation_id=UUID(int=9),
        causation_position=7,
        traceparent="00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        clock="demo",
    )
    assert event.occurred_at.utcoffset() == timedelta(0)
    assert abs(event.recorded_at - datetime.now(NOW.tzinfo)) < timedelta(minutes=1)


async def test_what_was_left_out_is_none_and_the_correlation_is_the_command(
    commit: GroupCommit, reader: LogReader
) -> None:
    written = append()
    await commit.append(written)
    (event,) = await reader.read(0, 10)
    assert event.correlation_id == written.command_id
    absent = (event.department, event.causation_position, event.traceparent, event.clock)
    assert absent == (None, None, None, None)


async def test_the_log_is_read_by_position_from_anywhere(
    commit: GroupCommit, reader: LogReader
) -> None:
    assert await reader.head() == 0
    assert await reader.read(0, 10) == []
    for _ in range(3):
        await commit.append(append(events=2))
    assert await reader.head() == 6
    assert positions(await reader.read(0, 4)) == [1, 2, 3, 4]
    assert positions(await reader.read(4, 4)) == [5, 6]
    assert positions(await reader.read(1, 100, upto=3)) == [2, 3]


async def test_types_leave_the_others_out(commit: GroupCommit, reader: LogReader) -> None:
    for n, name in enumerate(["a.b.v1", "a.c.v1", "a.b.v1", "d.b.v1"]):
        one = append(UUID(int=10 + n))
        one.events = [NewEvent(one.stream_id, 1, name, b"{}")]
        await commit.append(one)
    assert positions(await reader.read(0, 10, types=["a.b.v1", "d.b.v1"])) == [1, 3, 4]
    assert positions(await reader.read(1, 10, types={"a.b.v1"})) == [3]
    assert await reader.read(0, 10, types=[]) == []


async def test_a_stream_is_read_up_to_a_version_a_position_or_a_time(
    commit: GroupCommit, reader: LogReader
) -> None:
    for n in range(4):
        await commit.append(append(ONE, after=n))
        await commit.append(append())
    whole = await reader.stream(ONE)
    assert positions(whole) == [1, 3, 5, 7]
    assert positions(await reader.stream(ONE, after_version=1, upto_version=3)) == [3, 5]
    assert positions(await reader.stream(ONE, upto_position=5)) == [1, 3, 5]
    assert positions(await reader.stream(ONE, upto_position=4)) == [1, 3]
    at = whole[1].recorded_at
    assert positions(await reader.stream(ONE, upto_time=at)) == [1, 3]
    assert await reader.stream(ONE, upto_time=at - timedelta(days=1)) == []
    assert await reader.stream(TWO) == []


async def test_streams_come_together_and_unknown_ones_are_empty(
    commit: GroupCommit, reader: LogReader
) -> None:
    await commit.append(append(ONE, events=3))
    await commit.append(append(TWO))
    unknown = uuid4()
    found = await reader.streams([ONE, unknown, TWO, ONE])
    assert {id_: positions(events) for id_, events in found.items()} == {
        ONE: [1, 2, 3],
        unknown: [],
        TWO: [4],
    }
    assert positions(await reader.tail(ONE, 1)) == [2, 3]
    assert positions(await reader.tail(ONE, 0, 2)) == [1, 2]


async def test_a_command_is_found_and_leads_to_its_events(
    commit: GroupCommit, reader: LogReader
) -> None:
    two, none = append(ONE, events=2), append(ONE, after=2, events=0)
    await commit.append(append())
    await commit.append(two)
    await commit.append(none)
    found = await asyncio.gather(*map(reader.command, [two.command_id, none.command_id, uuid4()]))
    assert found == [
        StoredCommand(two.command_id, b"fingerprint", ONE, 2, 2, 2),
        StoredCommand(none.command_id, b"fingerprint", ONE, 2, 0, 0),
        None,
    ]
    assert found[0]
    assert found[1]
    assert [e.position for e in await reader.events_of(found[0])] == [2, 3]
    assert await reader.events_of(found[1]) == []


async def test_a_chain_is_found_whole_by_its_correlation(
    commit: GroupCommit, reader: LogReader
) -> None:
    root = append(ONE, events=2)
    await commit.append(root)
    await commit.append(append())
    await commit.append(append(TWO, correlation_id=root.command_id, causation_position=2))
    await commit.append(append(TWO, after=1, correlation_id=root.command_id))
    assert positions(await reader.by_correlation(root.command_id)) == [1, 2, 4, 5]
    assert await reader.by_correlation(uuid4()) == []
    # a root whose correlation came from outside
    outside = append(correlation_id=UUID(int=77))
    await commit.append(outside)
    assert positions(await reader.by_correlation(UUID(int=77))) == [6]
    assert await reader.by_correlation(outside.command_id) == []


async def test_the_reads_that_many_make_use_an_index(
    commit: GroupCommit, database_url: str, log: str
) -> None:
    await commit.append(append(ONE))
    queries = [
        f"SELECT * FROM events WHERE stream_id = '{ONE}' AND version > 0 ORDER BY version LIMIT 9",
        "SELECT * FROM events WHERE position > 0 ORDER BY position LIMIT 9",
        "SELECT max(position) FROM events",
        f"SELECT * FROM events WHERE correlation_id = '{ONE}' AND correlation_id <> command_id",
    ]
    connection = await database.connect(database_url, log)
    async with connection:
        # a table of one row is not worth an index, unless nothing else is allowed
        await connection.execute("SET enable_seqscan = off; SET enable_bitmapscan = off")
        for query in queries:
            plan = await (await connection.execute(f"EXPLAIN {query}".encode())).fetchall()
            assert "Index" in str(plan), plan


async def test_questions_that_come_while_one_is_answered_leave_in_one_round() -> None:
    rounds: list[list[int]] = []
    go = asyncio.Event()

    async def fetch(asked: Sequence[int]) -> dict[int, int]:
        rounds.append(list(asked))
        await go.wait()
        return {q: q * q for q in asked}

    gathered: Gathered[int, int] = Gathered(fetch)
    first = [asyncio.create_task(gathered.ask(n)) for n in (1, 2)]
    await asyncio.sleep(0.01)  # allow: sleep, looks again at what nobody announces
    later = [asyncio.create_task(gathered.ask(n)) for n in (3, 4, 4, 3)]
    await asyncio.sleep(0.01)  # allow: sleep, looks again at what nobody announces
    later[0].cancel()
    go.set()
    assert await asyncio.gather(*first) == [1, 4]
    gone, *others = await asyncio.gather(*later, return_exceptions=True)
    assert isinstance(gone, asyncio.CancelledError)
    assert others == [16, 16, 9]
    assert rounds == [[1, 2], [3, 4]]


async def test_readers_that_go_away_take_no_connection_along(
    commit: GroupCommit, reader: LogReader
) -> None:
    await commit.append(append(ONE))
    for n in range(60):
        read = asyncio.create_task(reader.query("SELECT pg_sleep(0.01)"))
        await asyncio.sleep(0.001 * (n % 5))  # allow: sleep, looks again at what nobody announces
        read.cancel()
        await asyncio.gather(read, return_exceptions=True)
    assert await asyncio.gather(*(reader.head() for _ in range(20))) == [1] * 20
