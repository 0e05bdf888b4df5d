"""Commands against a real log: one effect each, whatever is stale, beaten, doubled or cut off."""

import asyncio
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from enum import StrEnum
from uuid import UUID, uuid4

import pytest

from commands.base import Command, Context, Role, command
from domain.shared.aggregate import Aggregate, allowed_in, event
from domain.shared.clocks import Clock, ClockedAggregate, ClockReading, Limit, Unit
from domain.shared.refusals import NotFound, NotInState, Refused
from infra.database import READER, Pool, open_pool
from infra.discovery import collect
from infra.errors import KeyReused, VersionMismatch
from infra.executing.asking import Outcome
from infra.log.migrate import migrate
from tests.infra.executing.process import START, Process

ANSWER = Clock("answer", Limit(600, Unit.ELAPSED_SECONDS), escalate=Limit(60, Unit.ELAPSED_SECONDS))


class State(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


class Taken(Refused, code="taken"):
    """The label belongs to another box."""


class Box(ClockedAggregate, program="boxes"):
    """A box that counts what is put into it."""

    class Opened(Aggregate.Created):
        label: str
        clocks: tuple[ClockReading, ...]

    class Filled(Aggregate.Event):
        count: int

    class Closed(Aggregate.Event):
        pass

    class Reopened(Aggregate.Event):
        pass

    @event(Opened)
    def __init__(self, label: str, clocks: tuple[ClockReading, ...]) -> None:
        self.label = label
        self.count = 0
        self.state = State.OPEN
        self.read_clocks(clocks)

    @allowed_in(State.OPEN)
    def fill(self, count: int) -> None:
        self._filled(count=count)

    @allowed_in(State.OPEN)
    def close(self) -> None:
        self._closed()

    @allowed_in(State.CLOSED)
    def reopen(self) -> None:
        self._reopened()

    @event(Filled)
    def _filled(self, count: int) -> None:
        self.count += count

    @event(Closed)
    def _closed(self) -> None:
        self.state = State.CLOSED

    @event(Reopened)
    def _reopened(self) -> None:
        self.state = State.OPEN


class OpenBox(Command):
    label: str
    box_id: UUID | None = None


class FillBox(Command):
    box_id: UUID
    count: int


class CloseBox(Command):
    box_id: UUID


class ReopenBox(Command):
    box_id: UUID


@command(roles={Role.CITIZEN}, id_field="box_id")
def open_box(cmd: OpenBox, ctx: Context) -> Box:
    ctx.claims.take("label", cmd.label, refused=Taken())
    clocks = (ANSWER.start(ctx.now, ctx.calendar),)
    return Box.begin(Box.Opened, id=ctx.new_id, at=ctx.now, label=cmd.label, clocks=clocks)


@command(roles={Role.CITIZEN}, key="box_id")
def fill_box(cmd: FillBox, box: Box, ctx: Context) -> None:
    box.fill(cmd.count)


@command(roles={Role.CITIZEN}, key="box_id")
def close_box(cmd: CloseBox, box: Box, ctx: Context) -> None:
    box.close()


@command(roles={Role.CITIZEN}, key="box_id")
def reopen_box(cmd: ReopenBox, box: Box, ctx: Context) -> None:
    box.reopen()


REGISTRY = collect([sys.modules[__name__]])


@pytest.fixture
async def pool(database_url: str, namespace: str) -> AsyncIterator[Pool]:
    await migrate(database_url, namespace)
    opened = await open_pool(database_url, namespace, size=4, role=READER)
    yield opened
    await opened.close()


@pytest.fixture
async def processes(
    database_url: str, namespace: str, pool: Pool
) -> AsyncIterator[tuple[Process, Process]]:
    pair = (
        Process(database_url, namespace, pool, REGISTRY),
        Process(database_url, namespace, pool, REGISTRY),
    )
    for process in pair:
        await process.appends.start()
    yield pair
    for process in pair:
        await process.appends.stop()


async def test_a_command_is_answered_with_where_it_stands(
    processes: tuple[Process, Process],
) -> None:
    one, _ = processes
    opened = await one.send(OpenBox(label="a"))
    filled = await one.send(FillBox(box_id=opened.aggregate_id, count=2))
    assert (opened.version, opened.position, opened.event_types) == (1, 1, ("boxes.opened.v1",))
    assert (filled.version, filled.position, filled.replayed) == (2, 2, False)


async def test_the_same_command_id_has_one_effect_and_one_answer(
    processes: tuple[Process, Process],
) -> None:
    one, other = processes
    key = uuid4()
    answers = await asyncio.gather(
        *(p.send(OpenBox(label="a"), key=key) for p in (one, one, other, other))
    )
    assert len({(a.aggregate_id, a.version, a.position) for a in answers}) == 1
    assert sorted(a.replayed for a in answers) == [False, True, True, True]
    assert await one.reader.head() == 1


async def test_a_retry_is_replayed_although_the_matter_has_moved_on(
    processes: tuple[Process, Process],
) -> None:
    one, _ = processes
    box = (await one.send(OpenBox(label="a"))).aggregate_id
    key = uuid4()
    first = await one.send(FillBox(box_id=box, count=1), key=key, if_match=1)
    await one.send(CloseBox(box_id=box))
    again = await one.send(FillBox(box_id=box, count=1), key=key, if_match=1)
    assert again.replayed
    assert (again.version, again.position) == (first.version, first.position)


async def test_a_key_that_comes_back_with_another_body_is_refused(
    processes: tuple[Process, Process],
) -> None:
    one, _ = processes
    key = uuid4()
    await one.send(OpenBox(label="a"), key=key)
    with pytest.raises(KeyReused):
        await one.send(OpenBox(label="b"), key=key, fingerprint=b"other")
    assert await one.reader.head() == 1


async def test_a_stale_warm_aggregate_neither_refuses_wrongly_nor_writes_wrongly(
    processes: tuple[Process, Process],
) -> None:
    one, other = processes
    box = (await one.send(OpenBox(label="a"))).aggregate_id
    await other.send(CloseBox(box_id=box))
    with pytest.raises(NotInState) as refused:
        await one.send(FillBox(box_id=box, count=1))
    assert refused.value == NotInState(state="closed", allowed=("reopen",))
    assert await one.reader.head() == 2


async def test_a_stale_version_in_if_match_is_judged_by_the_log(
    processes: tuple[Process, Process],
) -> None:
    one, other = processes
    box = (await one.send(OpenBox(label="a"))).aggregate_id
    await other.send(FillBox(box_id=box, count=1))
    filled = await one.send(FillBox(box_id=box, count=1), if_match=2)
    assert filled.version == 3
    with pytest.raises(VersionMismatch):
        await other.send(FillBox(box_id=box, count=1), if_match=2)


async def test_many_fill_one_box_at_once_and_nothing_is_lost(
    processes: tuple[Process, Process],
) -> None:
    box = (await processes[0].send(OpenBox(label="a"))).aggregate_id
    await asyncio.gather(*(processes[n % 2].send(FillBox(box_id=box, count=1)) for n in range(40)))
    stored = await processes[0].reader.stream(box)
    assert [e.version for e in stored] == list(range(1, 42))


async def test_a_claimed_value_is_refused_and_hurts_nobody(
    processes: tuple[Process, Process],
) -> None:
    one, other = processes
    results = await asyncio.gather(
        *(p.send(OpenBox(label=label)) for p in (one, other) for label in ("a", "b", "a")),
        return_exceptions=True,
    )
    assert sum(isinstance(r, Taken) for r in results) == 4
    assert await one.reader.head() == 2


async def test_what_does_not_exist_is_not_found(processes: tuple[Process, Process]) -> None:
    with pytest.raises(NotFound):
        await processes[0].send(FillBox(box_id=uuid4(), count=1))


async def test_an_id_in_use_begins_nothing_a_second_time(
    processes: tuple[Process, Process],
) -> None:
    one, _ = processes
    box = uuid4()
    await one.send(OpenBox(label="a", box_id=box))
    with pytest.raises(Refused) as refused:
        await one.send(OpenBox(label="b", box_id=box))
    assert refused.value.code == "id-in-use"


async def test_a_matters_events_never_step_back_in_time(
    processes: tuple[Process, Process],
) -> None:
    one, _ = processes
    box = (await one.send(OpenBox(label="a"))).aggregate_id
    one.now = START - timedelta(hours=1)
    await one.send(FillBox(box_id=box, count=1))
    assert [e.occurred_at for e in await one.reader.stream(box)] == [START, START]


async def test_an_overdue_clock_is_recorded_before_the_command_that_comes_late(
    processes: tuple[Process, Process],
) -> None:
    one, _ = processes
    box = (await one.send(OpenBox(label="a"))).aggregate_id
    one.now = START + timedelta(seconds=601)
    outcome = await one.send(CloseBox(box_id=box))
    assert outcome.event_types == ("boxes.clock-breached.v1", "boxes.closed.v1")


async def test_a_stale_copy_refuses_nothing_also_when_its_clock_has_run_out(
    processes: tuple[Process, Process],
) -> None:
    one, other = processes
    box = (await one.send(OpenBox(label="a"))).aggregate_id
    await other.send(CloseBox(box_id=box))
    # what the late clock adds to the stale copy must not hide that it is stale
    one.now = START + timedelta(seconds=601)
    reopened = await one.send(ReopenBox(box_id=box))
    assert reopened.event_types == ("boxes.clock-breached.v1", "boxes.reopened.v1")


async def test_settling_records_each_level_once_also_from_two_processes(
    processes: tuple[Process, Process],
) -> None:
    box = (await processes[0].send(OpenBox(label="a"))).aggregate_id
    for process in processes:
        process.now = START + timedelta(hours=1)
    await asyncio.gather(
        *(
            p.executor.settle(Box, box, command_id=uuid4(), actor="clock:answer")
            for p in processes * 3
        )
    )
    types = [e.name for e in await processes[0].reader.stream(box)]
    assert types == ["opened", "clock-breached", "clock-escalated"]


async def test_a_caller_that_goes_away_leaves_all_or_nothing_and_the_queue_whole(
    processes: tuple[Process, Process],
) -> None:
    one, _ = processes
    box = (await one.send(OpenBox(label="a"))).aggregate_id
    tasks = [asyncio.create_task(one.send(FillBox(box_id=box, count=1))) for _ in range(30)]
    await asyncio.sleep(0)  # allow: sleep, one turn of the loop lets them all begin
    for task in tasks[::2]:
        task.cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    accepted = sum(isinstance(r, Outcome) for r in results)
    assert accepted >= 15
    stored = await one.reader.stream(box)
    assert [e.version for e in stored] == list(range(1, len(stored) + 1))
    after = await one.send(FillBox(box_id=box, count=1))
    assert after.version == len(stored) + 1
