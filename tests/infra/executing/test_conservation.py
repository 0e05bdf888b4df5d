"""What is moved between matters is neither lost nor made, whoever races and whoever is killed."""

import asyncio
import sys
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Sequence
from itertools import count
from uuid import UUID, uuid4

import orjson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commands.base import Command
from infra.database import READER, open_pool
from infra.executing.asking import Outcome
from infra.log.migrate import migrate
from infra.log.read import LogReader
from infra.log.records import RecordedEvent
from tests.infra.executing.process import Process
from tests.shelves import CountStock, MoveStock, OpenStore, Short, registry

Pair = tuple[Process, Process]


async def with_processes(url: str, namespace: str, work: Callable[[Pair], Awaitable[None]]) -> None:
    """Runs ``work`` with two processes, as far as commands go, over one log."""
    pool = await open_pool(url, namespace, size=4, role=READER)
    pair = tuple(Process(url, namespace, pool, registry()) for _ in range(2))
    for process in pair:
        await process.appends.start()
    try:
        await work((pair[0], pair[1]))
    finally:
        for process in pair:
            await process.appends.stop()
        await pool.close()


def stocks(events: Sequence[RecordedEvent]) -> dict[UUID, int]:
    """What each store has after these events. Fails where one falls below nothing, or where a count
    over all stores differs from what they had at that very position."""
    held: dict[UUID, int] = defaultdict(int)
    for event in events:
        data = orjson.loads(event.data)
        if event.name == "opened":
            held[event.stream_id] = data["stock"]
        elif event.name == "given":
            held[event.stream_id] -= data["count"]
        elif event.name == "received":
            held[event.stream_id] += data["count"]
        elif event.name == "counted":
            assert data["total"] == sum(held.values())
        assert held[event.stream_id] >= 0
    return held


def assert_whole(events: Sequence[RecordedEvent]) -> None:
    """Each move has both its halves, side by side; each store's versions have no gap."""
    halves = Counter(e.command_id for e in events if e.name in ("given", "received"))
    assert set(halves.values()) <= {2}
    versions: dict[UUID, int] = defaultdict(int)
    for event, position in zip(events, count(events[0].position), strict=False):
        assert event.position == position
        versions[event.stream_id] += 1
        assert event.version == versions[event.stream_id]


MOVES = st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(1, 8))
COUNTS = st.tuples(st.integers(0, 3))
ROUNDS = st.lists(
    st.lists(st.tuples(st.booleans(), MOVES | COUNTS), min_size=1, max_size=8),
    min_size=1,
    max_size=4,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, 12), min_size=4, max_size=4), ROUNDS)
def test_racing_moves_in_any_order_keep_the_sum(
    database_url: str,
    namespace: str,
    opened: list[int],
    rounds: list[list[tuple[bool, tuple[int, ...]]]],
) -> None:
    async def work(pair: Pair) -> None:
        stores = [uuid4() for _ in opened]
        before = await pair[0].reader.head()
        for store, stock in zip(stores, opened, strict=True):
            await pair[0].send(OpenStore(store_id=store, stock=stock))

        def asked(what: tuple[int, ...]) -> Command:
            if len(what) == 3:
                source, to, number = what
                return MoveStock(store_id=stores[source], to_store_id=stores[to], count=number)
            others = tuple(s for s in stores if s is not stores[what[0]])
            # what is refused was refused on what all stores had at one instant
            return CountStock(store_id=stores[what[0]], others=others, at_least=sum(opened))

        for together in rounds:
            told = await asyncio.gather(
                *(pair[second].send(asked(what)) for second, what in together),
                return_exceptions=True,
            )
            for (_, what), answer in zip(together, told, strict=True):
                if isinstance(answer, Short) and len(what) == 3:
                    continue
                assert isinstance(answer, Outcome), answer
        events = await pair[0].reader.read(before, 10_000)
        assert_whole(events)
        assert sum(stocks(events).values()) == sum(opened)

    asyncio.run(migrate(database_url, namespace))
    asyncio.run(with_processes(database_url, namespace, work))


async def test_processes_that_are_killed_leave_no_half_of_a_move(
    database_url: str, namespace: str
) -> None:
    await migrate(database_url, namespace)
    stores = [uuid4() for _ in range(5)]

    async def open_stores(pair: Pair) -> None:
        for store in stores:
            await pair[0].send(OpenStore(store_id=store, stock=20))

    await with_processes(database_url, namespace, open_stores)
    # far more than one of them gets done while the other gives its hundred answers
    workers = [await mover(database_url, namespace, seed, 10**9, stores) for seed in range(2)]
    for worker in workers:
        for _ in range(100):
            assert worker.stdout is not None
            assert await worker.stdout.readline() == b"answered\n"
        worker.kill()
    survivor = await mover(database_url, namespace, 2, 80, stores)
    answered, _ = await survivor.communicate()
    assert answered.count(b"answered") == 80
    for worker in workers:
        await worker.communicate()
    pool = await open_pool(database_url, namespace, size=1, role=READER)
    events = await LogReader(pool).read(0, 100_000)
    await pool.close()
    assert_whole(events)
    assert sum(stocks(events).values()) == 100


async def mover(
    url: str, namespace: str, seed: int, most: int, stores: Sequence[UUID]
) -> asyncio.subprocess.Process:
    """A process of its own that moves stock about."""
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.infra.executing.mover", url, namespace),
        *(str(seed), str(most), *map(str, stores)),
        stdout=asyncio.subprocess.PIPE,
    )
