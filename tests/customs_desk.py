"""The write side of customs over a real log, as two processes hold it at the same time."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID, uuid4

from commands.customs_declarations.given import ItemGiven
from domain.shared.aggregate import Aggregate
from infra.database import READER, open_pool
from infra.discovery import discover
from infra.executing.asking import Ask, Outcome
from infra.executing.executor import Executor
from infra.log.append import GroupCommit
from infra.log.codec import Codec
from infra.log.load import Loader
from infra.log.migrate import migrate
from infra.log.read import LogReader
from tests import customs as c
from tests.scenario import CALENDAR, Step, keyed_hash, spec_of

A = TypeVar("A", bound=Aggregate)


class Desk:
    """The write side over a real log, of one of several processes; told the time."""

    def __init__(self, reader: LogReader, appends: GroupCommit) -> None:
        codec = Codec(discover())
        self.now = c.BEGIN
        self.loads = Loader(reader, codec)
        self.executor = Executor(
            appends=appends,
            loads=self.loads,
            stored=reader,
            codec=codec,
            calendar=CALENDAR,
            pseudonym=keyed_hash,
            clock=lambda: self.now,
        )

    async def take(self, step: Step, at: datetime | None = None) -> Outcome:
        """Runs one step, a minute after the last unless it says when."""
        self.now = step.at or at or self.now + timedelta(minutes=1)
        ask = Ask(caller=step.by, command_id=uuid4(), fingerprint=b"customs", now=self.now)
        return await self.executor.execute(spec_of(step.command), step.command, ask)

    async def play(self, *steps: Step) -> None:
        """Runs the steps one after another."""
        for step in steps:
            await self.take(step)

    async def ordered(self, *items: ItemGiven, order_no: str, buyer: int = 1) -> None:
        """An order whose documents agree."""
        documents = c.documents(*items, order_no=order_no, buyer=c.person(buyer), tax_fen=0)
        await self.play(*documents, c.matching(order_no=order_no))


@asynccontextmanager
async def two_desks(database_url: str, namespace: str) -> AsyncIterator[tuple[Desk, Desk]]:
    """Two processes over one log, in which the enterprises are registered."""
    await migrate(database_url, namespace)
    pool = await open_pool(database_url, namespace, size=4, role=READER)
    lanes = [GroupCommit(database_url, namespace) for _ in range(2)]
    for lane in lanes:
        await lane.start()
    one, other = (Desk(LogReader(pool), lane) for lane in lanes)
    await one.play(*c.ENTERPRISES)
    yield one, other
    for lane in lanes:
        await lane.stop()
    await pool.close()


async def found(desk: Desk, kind: type[A], id: UUID) -> A:
    """A matter as the log has it."""
    matter = await desk.loads.load(kind, id)
    assert isinstance(matter, kind)
    return matter


def outcomes(came: Sequence[Outcome | BaseException]) -> tuple[int, list[str]]:
    """How many were accepted, and with what the others were refused."""
    accepted = sum(isinstance(one, Outcome) for one in came)
    return accepted, sorted(type(one).__name__ for one in came if not isinstance(one, Outcome))
