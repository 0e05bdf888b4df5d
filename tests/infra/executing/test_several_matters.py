"""One decision over several matters: all of it or nothing, and only while what it saw is still so."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest

from domain.shared.refusals import IdInUse, NotFound
from infra.database import READER, Pool, open_pool
from infra.errors import HuiminError, VersionMismatch
from infra.executing.asking import Outcome
from infra.executing.executor import MOST_MATTERS
from infra.log.migrate import migrate
from tests.infra.executing.process import Process
from tests.shelves import (
    Barred,
    BuildShelf,
    CountShelf,
    CountStock,
    Full,
    GrowShelf,
    Labelled,
    LabelTaken,
    MakeAndPlace,
    MakeBox,
    MakePair,
    MoveStock,
    OpenStore,
    PlaceBox,
    PutLabel,
    Short,
    TakeDown,
    TurnAway,
    registry,
)

REGISTRY = registry()
Pair = tuple[Process, Process]


@pytest.fixture
async def pool(database_url: str, namespace: str) -> AsyncIterator[Pool]:
    await migrate(database_url, namespace)
    opened = await open_pool(database_url, namespace, size=4, role=READER)
    yield opened
    await opened.close()


@pytest.fixture
async def processes(database_url: str, namespace: str, pool: Pool) -> AsyncIterator[Pair]:
    one, other = (Process(database_url, namespace, pool, REGISTRY) for _ in range(2))
    await one.appends.start()
    await other.appends.start()
    yield one, other
    await one.appends.stop()
    await other.appends.stop()


async def shelf_of(process: Process, places: int) -> UUID:
    return (await process.send(BuildShelf(places=places))).aggregate_id


async def box_of(process: Process) -> UUID:
    return (await process.send(MakeBox())).aggregate_id


async def store_of(process: Process, stock: int) -> UUID:
    return (await process.send(OpenStore(stock=stock))).aggregate_id


async def test_one_append_holds_the_events_of_both_its_own_first(processes: Pair) -> None:
    one, _ = processes
    shelf, box, key = await shelf_of(one, 2), await box_of(one), uuid4()
    placed = await one.send(PlaceBox(box_id=box, shelf_id=shelf), key=key)
    assert placed.events == (("shelves.placed.v1", box, 2), ("shelves.taken.v1", shelf, 2))
    assert (placed.aggregate_id, placed.version, placed.position) == (box, 2, 4)
    again = await one.send(PlaceBox(box_id=box, shelf_id=shelf), key=key)
    assert again == Outcome(box, 2, 3, placed.events, replayed=True)


async def test_a_refusal_of_the_other_leaves_both_as_they_were(processes: Pair) -> None:
    one, _ = processes
    shelf, boxes = await shelf_of(one, 1), [await box_of(one) for _ in range(2)]
    await one.send(PlaceBox(box_id=boxes[0], shelf_id=shelf))
    with pytest.raises(Full):
        await one.send(PlaceBox(box_id=boxes[1], shelf_id=shelf))
    with pytest.raises(NotFound):
        await one.send(PlaceBox(box_id=boxes[1], shelf_id=uuid4()))
    assert [e.version for e in await one.reader.stream(boxes[1])] == [1]
    assert await one.reader.head() == 5


async def test_the_last_places_go_to_as_many_whoever_asks_where(processes: Pair) -> None:
    shelf = await shelf_of(processes[0], 5)
    told = await asyncio.gather(
        *(processes[n % 2].send(MakeAndPlace(shelf_id=shelf)) for n in range(40)),
        return_exceptions=True,
    )
    assert sum(isinstance(one, Outcome) for one in told) == 5
    assert sum(isinstance(one, Full) for one in told) == 35
    stored = await processes[0].reader.stream(shelf)
    assert [e.name for e in stored] == ["built", *["taken"] * 5]


async def test_what_was_only_looked_at_must_still_be_so(processes: Pair) -> None:
    one, other = processes
    shelf, looker, box = await shelf_of(one, 9), await box_of(one), await box_of(one)
    await one.send(CountShelf(box_id=looker, shelf_id=shelf))
    # the copy that the first process keeps is behind from here on
    await other.send(PlaceBox(box_id=box, shelf_id=shelf))
    await one.send(CountShelf(box_id=looker, shelf_id=shelf))
    seen = [e.data for e in await one.reader.stream(looker)][1:]
    assert seen == [b'{"boxes":0}', b'{"boxes":1}']


async def test_copies_that_do_not_fit_together_are_brought_anew(processes: Pair) -> None:
    one, other = processes
    shelf, box = await shelf_of(one, 9), await box_of(other)
    # the first process knows the shelf as it was before the box came, and the box not at all
    await one.send(CountShelf(box_id=await box_of(one), shelf_id=shelf))
    await other.send(PlaceBox(box_id=box, shelf_id=shelf))
    await one.send(TakeDown(box_id=box, shelf_id=shelf))
    assert (await one.reader.stream(box))[-1].data == b'{"boxes":0}'


async def test_a_retry_of_what_can_not_be_done_twice_is_replayed(processes: Pair) -> None:
    one, other = processes
    shelf, box, key = await shelf_of(one, 9), await box_of(one), uuid4()
    await one.send(PlaceBox(box_id=box, shelf_id=shelf))
    taken_down = TakeDown(box_id=box, shelf_id=shelf)
    first = await one.send(taken_down, key=key)
    for process in (one, other):
        again = await process.send(taken_down, key=key)
        assert (again.events, again.replayed) == (first.events, True)


async def test_what_fails_on_what_the_log_has_fails_and_leaves_nothing_half_done(
    processes: Pair,
) -> None:
    one, _ = processes
    shelf, box = await shelf_of(one, 1), await box_of(one)
    await one.send(PlaceBox(box_id=box, shelf_id=shelf))
    await one.send(TakeDown(box_id=box, shelf_id=shelf))
    for _ in range(2):
        with pytest.raises(ValueError, match="not in tuple"):
            await one.send(TakeDown(box_id=box, shelf_id=shelf))
    # its place is there, which the failure had taken away in the copy
    await one.send(PlaceBox(box_id=await box_of(one), shelf_id=shelf))


async def test_what_does_not_exist_must_still_not_exist(processes: Pair) -> None:
    one, other = processes
    shelf, looker = uuid4(), await box_of(one)
    for _ in range(20):
        box = await box_of(one)
        await asyncio.gather(
            one.send(CountShelf(box_id=box, shelf_id=shelf)),
            other.send(CountShelf(box_id=looker, shelf_id=shelf)),
        )
    await other.send(BuildShelf(places=3, shelf_id=shelf))
    counted = await one.send(CountShelf(box_id=looker, shelf_id=shelf))
    assert counted.version == 22


async def test_crossing_orders_wait_for_nobody_who_waits_for_them(processes: Pair) -> None:
    one, _ = processes
    shelves = [await shelf_of(one, 50) for _ in range(2)]
    boxes = [await box_of(one) for _ in range(2)]
    told = await asyncio.gather(
        *(one.send(PlaceBox(box_id=boxes[n % 2], shelf_id=shelves[n // 2 % 2])) for n in range(60))
    )
    assert [outcome.replayed for outcome in told] == [False] * 60
    assert sum([len(await one.reader.stream(box)) for box in boxes]) == 62


async def test_a_matter_may_be_begun_by_whoever_needs_it_first(processes: Pair) -> None:
    shelf, box = uuid4(), uuid4()
    idle = await processes[0].send(GrowShelf(shelf_id=shelf, box=None))
    assert (idle.aggregate_id, idle.version, idle.events) == (shelf, 0, ())
    told = await asyncio.gather(*(p.send(GrowShelf(shelf_id=shelf, box=box)) for p in processes))
    assert sorted(outcome.version for outcome in told) == [1, 2]


async def test_a_request_that_was_turned_down_on_record_is_refused_each_time(
    processes: Pair,
) -> None:
    one, _ = processes
    box, key = await box_of(one), uuid4()
    for _ in range(2):
        with pytest.raises(Barred) as refused:
            await one.send(TurnAway(box_id=box), key=key)
        assert refused.value == Barred(why="dusty")
        assert refused.value.on_record
    assert [e.name for e in await one.reader.stream(box)] == ["made", "turned-away"]


async def test_a_matter_may_be_its_own_other(processes: Pair) -> None:
    one, _ = processes
    store = await store_of(one, 3)
    moved = await one.send(MoveStock(store_id=store, to_store_id=store, count=2))
    assert moved.events == (("shelves.given.v1", store, 2), ("shelves.received.v1", store, 3))


async def test_an_id_of_another_kind_of_matter_is_no_matter_of_this_kind(processes: Pair) -> None:
    one, _ = processes
    box, store = await box_of(one), await store_of(one, 3)
    looked = await one.send(CountShelf(box_id=box, shelf_id=store))
    assert looked.version == 2
    for wrong in (GrowShelf(shelf_id=box, box=None), GrowShelf(shelf_id=box, box=store)):
        with pytest.raises(NotFound):
            await one.send(wrong)
    with pytest.raises(NotFound):
        await one.send(MoveStock(store_id=store, to_store_id=box, count=1))


@pytest.mark.parametrize("look_first", [False, True])
async def test_two_are_begun_at_once_or_none(processes: Pair, look_first: bool) -> None:
    one, other = processes
    second = uuid4()
    pair = MakePair(other_id=second, look_first=look_first)
    made = await one.send(pair)
    assert made.events == (
        ("shelves.made.v1", made.aggregate_id, 1),
        ("shelves.made.v1", second, 1),
    )
    if look_first:
        alone = await other.send(pair)
        assert [whose for _, whose, _ in alone.events] == [alone.aggregate_id]
    else:
        with pytest.raises(IdInUse):
            await other.send(pair)
        assert await one.reader.head() == 2


async def test_what_is_begun_by_whoever_needs_it_first_is_begun_once(processes: Pair) -> None:
    second = uuid4()
    pair = MakePair(other_id=second, look_first=True)
    await asyncio.gather(*(processes[n % 2].send(pair) for n in range(20)))
    assert [e.version for e in await processes[0].reader.stream(second)] == [1]
    assert await processes[0].reader.head() == 21


async def test_a_version_that_the_caller_saw_is_that_of_the_matter_alone(processes: Pair) -> None:
    one, other = processes
    stores = [await store_of(one, 9) for _ in range(3)]
    await one.send(MoveStock(store_id=stores[0], to_store_id=stores[1], count=1))
    await other.send(MoveStock(store_id=stores[2], to_store_id=stores[1], count=1))
    # the first process's copy of the second store is behind; the first store is as it was seen
    asked = MoveStock(store_id=stores[0], to_store_id=stores[1], count=1)
    assert (await one.send(asked, if_match=2)).version == 3
    with pytest.raises(VersionMismatch) as refused:
        await other.send(asked, if_match=2)
    assert refused.value.facts == {"version": 3}


async def test_a_refusal_holds_for_one_instant_of_all_that_was_looked_at(processes: Pair) -> None:
    one, other = processes
    stores = [await store_of(one, 10) for _ in range(4)]
    first, *others = stores
    count = CountStock(store_id=first, others=tuple(others), at_least=40)
    await asyncio.gather(
        *(one.send(count) for _ in range(20)),
        *(
            (one, other)[n % 2].send(
                MoveStock(store_id=stores[n % 4], to_store_id=stores[(n + 1) % 4], count=1)
            )
            for n in range(40)
        ),
    )
    with pytest.raises(Short) as refused:
        await one.send(count.model_copy(update={"at_least": 41}))
    assert refused.value == Short(stock=40)


async def test_a_claim_that_was_asked_for_on_what_is_no_longer_so_refuses_nothing(
    processes: Pair,
) -> None:
    one, other = processes
    box, owner = await box_of(one), await box_of(one)
    await one.send(PutLabel(box_id=owner, label="taken"))
    # the first process believes the box to be without a label, and so asks for one
    await other.send(PutLabel(box_id=box, label="free"))
    with pytest.raises(Labelled):
        await one.send(PutLabel(box_id=box, label="taken"))
    with pytest.raises(LabelTaken):
        await other.send(PutLabel(box_id=await box_of(other), label="taken"))


async def test_one_decision_asks_for_a_hundred_matters_and_no_more(processes: Pair) -> None:
    one, _ = processes
    store = await store_of(one, 1)
    others = tuple(uuid4() for _ in range(MOST_MATTERS))
    counted = await one.send(CountStock(store_id=store, others=others, at_least=1))
    assert counted.version == 2
    with pytest.raises(HuiminError, match="too many matters"):
        await one.send(CountStock(store_id=store, others=(*others, uuid4()), at_least=1))
