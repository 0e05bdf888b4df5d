"""Aggregates from the log, with and without snapshots: always the fold of the stream."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import UUID, uuid4

import pytest
from structlog.testing import capture_logs

from domain.shared.aggregate import Aggregate, event
from infra import database
from infra.errors import StoreUnavailable
from infra.log import snapshots as module
from infra.log.append import GroupCommit
from infra.log.load import PAGE, Loader
from infra.log.read import LogReader
from infra.log.snapshots import Snapshots
from tests.infra.log.appending import rows
from tests.infra.log.lamps import AT, Lamp, codec, lamp, save, switch

ID = UUID(int=1)


@pytest.fixture
async def snapshots(database_url: str, log: str, reader: LogReader) -> AsyncIterator[Snapshots]:
    """Running, over a pool of the writer's."""
    pool = await database.open_pool(database_url, log, size=2, role=database.WRITER)
    made = Snapshots(pool)
    await made.start(Loader(reader, codec()).load)
    yield made
    await made.stop()
    await pool.close()


@pytest.fixture
def loader(reader: LogReader, snapshots: Snapshots) -> Loader:
    return Loader(reader, codec(), snapshots)


async def until(condition: Callable[[], bool | Awaitable[bool]]) -> None:
    """Asks again and again, for ten seconds at most."""
    async with asyncio.timeout(10):
        while True:
            answer = condition()
            if answer if isinstance(answer, bool) else await answer:
                return
            await asyncio.sleep(0.01)  # allow: sleep, looks again at what nobody announces


async def until_remembered(url: str, log: str, version: int) -> None:
    """Waits for the snapshot of a version."""
    await until(lambda: rows(url, log, "SELECT version FROM snapshots") == [(version,)])


@pytest.mark.parametrize("switches", [0, 3, PAGE - 1, PAGE, 2 * PAGE + 7])
async def test_an_aggregate_is_the_fold_of_its_stream(
    commit: GroupCommit, loader: Loader, switches: int
) -> None:
    made = lamp(ID, switches)
    await save(commit, made)
    for _ in range(3):
        assert await loader.load(Lamp, ID) == made


async def test_what_is_not_there_or_of_another_class_is_none(
    commit: GroupCommit, loader: Loader
) -> None:
    class Bench(Aggregate, program="benches"):
        """Not a lamp."""

        class Built(Aggregate.Created, v=1):
            """Begins it."""

        @event(Built)
        def __init__(self) -> None:
            """Nothing to set."""

    await save(commit, lamp(ID))
    assert await loader.load(Lamp, uuid4()) is None
    assert await loader.load(Bench, ID) is None


async def test_catching_up_folds_in_what_is_new(commit: GroupCommit, loader: Loader) -> None:
    made = lamp(ID, 2)
    await save(commit, made)
    loaded = await loader.load(Lamp, ID)
    assert loaded is not None
    assert not await loader.catch_up(loaded)
    switch(made, 3)
    await save(commit, made)
    # two of the same process at once do it once
    await asyncio.gather(loader.catch_up(loaded), loader.catch_up(loaded))
    assert loaded == made


async def test_a_long_stream_gets_a_snapshot_behind_the_scenes_and_is_loaded_from_it(
    commit: GroupCommit, loader: Loader, database_url: str, log: str, snapshots: Snapshots
) -> None:
    made = lamp(ID, PAGE + 20)
    await save(commit, made)
    await loader.load(Lamp, ID)
    await until_remembered(database_url, log, PAGE + 21)
    assert await snapshots.recall(Lamp, ID) == made
    switch(made, 5)
    await save(commit, made)
    assert await loader.load(Lamp, ID) == made
    # a short tail is not worth another snapshot, a long one is
    switch(made, PAGE)
    await save(commit, made)
    assert await loader.load(Lamp, ID) == made
    await until_remembered(database_url, log, made.version)


async def test_a_snapshot_of_other_code_is_ignored_and_replaced(
    commit: GroupCommit,
    loader: Loader,
    database_url: str,
    log: str,
    snapshots: Snapshots,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = lamp(ID, PAGE)
    await save(commit, made)
    await snapshots.remember(made)
    monkeypatch.setattr(module, "code_fingerprint", lambda _: b"another code")
    assert await snapshots.recall(Lamp, ID) is None
    assert await loader.load(Lamp, ID) == made

    async def remembered() -> bool:
        return await snapshots.recall(Lamp, ID) == made

    await until(remembered)


@pytest.mark.parametrize("damage", ["state = 'nonsense'", "version = 3", "state = '{}'"])
async def test_a_damaged_snapshot_is_only_a_cache(
    commit: GroupCommit,
    loader: Loader,
    database_url: str,
    log: str,
    snapshots: Snapshots,
    damage: str,
) -> None:
    made = lamp(ID, PAGE)
    await save(commit, made)
    await snapshots.remember(made)
    rows(database_url, log, f"UPDATE snapshots SET {damage} RETURNING 1")
    with capture_logs():
        assert await snapshots.recall(Lamp, ID) is None
        assert await loader.load(Lamp, ID) == made


async def test_snapshots_that_cannot_be_reached_hurt_nobody(
    commit: GroupCommit, reader: LogReader, database_url: str, log: str
) -> None:
    made = lamp(ID, PAGE)
    await save(commit, made)
    pool = await database.open_pool(database_url, log, size=1, role=database.READER)
    unreachable = Snapshots(pool)
    await unreachable.start(Loader(reader, codec()).load)
    await pool.close()
    with capture_logs() as said:
        assert await Loader(reader, codec(), unreachable).load(Lamp, ID) == made
        await until(lambda: any(line["event"] == "snapshot_failed" for line in said))
        with pytest.raises(StoreUnavailable):
            await unreachable.remember(made)
    await unreachable.stop()


class Odd:
    """Something that no transcoding knows; equal to nothing else."""


async def test_a_state_that_would_not_come_back_the_same_gets_no_snapshot(
    snapshots: Snapshots, database_url: str, log: str
) -> None:
    made = lamp(ID, 3)
    made.collect_events()
    made.odd = Odd()  # type: ignore[attr-defined]  # what a programme might do
    with pytest.raises(TypeError, match="not serializable"):
        await snapshots.remember(made)
    made.odd = Fickle("x")  # type: ignore[attr-defined]  # as above
    with capture_logs() as said:
        assert not await snapshots.remember(made)
    assert [line["event"] for line in said] == ["snapshot_unfaithful"]
    assert rows(database_url, log, "SELECT count(*) FROM snapshots") == [(0,)]


class Fickle(str):
    """A text that is another one when it is made again."""

    __slots__ = ()

    def __new__(cls, value: str) -> "Fickle":
        return super().__new__(cls, value + "!")


def test_the_lamp_begins_at_its_own_time() -> None:
    assert lamp(ID).created_on == AT
