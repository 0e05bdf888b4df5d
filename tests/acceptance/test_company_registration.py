"""The brief's examples that turn on claims, judged by a real log: names, freeing, codes, bars."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from commands.company_registration.barring import BarOfficeholder
from domain.company_registration.business import BarList
from domain.company_registration.refusals import NameTaken, OfficeholderBarred, UsccTaken
from domain.shared.refusals import Refused
from infra.database import READER, open_pool
from infra.discovery import discover
from infra.executing.asking import Ask, Outcome
from infra.executing.executor import Executor
from infra.log.append import GroupCommit
from infra.log.codec import Codec
from infra.log.load import Loader
from infra.log.migrate import migrate
from infra.log.read import LogReader
from tests.registrations import (
    REGISTERED,
    approved,
    deregistered,
    licensed,
    name_reserved,
    shareholder,
    subject,
    submitted,
)
from tests.scenario import CALENDAR, HUIMIN, MONDAY_MORNING, Step, keyed_hash, spec_of


class Office:
    """The write side over a real log, told the time with each command."""

    def __init__(self, reader: LogReader, appends: GroupCommit) -> None:
        codec = Codec(discover())
        self.now = MONDAY_MORNING
        self._executor = Executor(
            appends=appends,
            loads=Loader(reader, codec),
            stored=reader,
            codec=codec,
            calendar=CALENDAR,
            pseudonym=keyed_hash,
            clock=lambda: self.now,
        )

    async def take(self, step: Step, matter: UUID, at: datetime | None = None) -> Outcome:
        """Runs the step on this matter, a minute after the last one unless it says when."""
        self.now = at or self.now + timedelta(minutes=1)
        command = step.command.model_copy(update={"registration_id": matter})
        ask = Ask(caller=step.by, command_id=uuid4(), fingerprint=b"acceptance", now=self.now)
        return await self._executor.execute(spec_of(step.command), command, ask)

    async def play(self, *steps: Step) -> UUID:
        """Runs the steps on a new matter."""
        matter = uuid4()
        for step in steps:
            await self.take(step, matter)
        return matter


@pytest.fixture
async def office(database_url: str, namespace: str) -> AsyncIterator[Office]:
    await migrate(database_url, namespace)
    pool = await open_pool(database_url, namespace, size=4, role=READER)
    appends = GroupCommit(database_url, namespace)
    await appends.start()
    yield Office(LogReader(pool), appends)
    await appends.stop()
    await pool.close()


async def test_a_name_without_an_industry_takes_all_twenty(office: Office) -> None:
    await office.play(name_reserved(industry_code=None))
    with pytest.raises(NameTaken):
        await office.play(name_reserved(industry_code="F5199"))


async def test_the_same_words_in_another_industry_are_free(office: Office) -> None:
    await office.play(name_reserved(industry_code="F5199"))
    await office.play(name_reserved(industry_code="I6510"))


async def test_a_name_is_free_one_year_after_deregistration_and_no_day_before(
    office: Office,
) -> None:
    await office.play(*REGISTERED, deregistered())
    ended = office.now
    with pytest.raises(NameTaken):
        await office.take(name_reserved(), uuid4(), ended + timedelta(days=364))
    later = await office.take(name_reserved(), uuid4(), ended + timedelta(days=366))
    assert later.event_types == ("company-registration.name-reserved.v1",)


async def test_of_two_issues_of_one_code_at_once_one_wins(office: Office) -> None:
    matters = [
        await office.play(name_reserved(trade_name=name), submitted(), approved())
        for name in ("甬江", "姚江")
    ]
    came = await asyncio.gather(
        *(office.take(licensed(), matter) for matter in matters), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in came) == ["Outcome", "UsccTaken"]
    assert any(isinstance(one, UsccTaken) for one in came)


async def test_a_bar_one_position_before_the_approval_stops_it(office: Office) -> None:
    matter = await office.play(name_reserved(), submitted())
    bar = BarOfficeholder(list=BarList.COURT, decision_no="甬执1号", subject=subject(1))
    await office.take(Step(bar, HUIMIN), uuid4())
    with pytest.raises(OfficeholderBarred):
        await office.take(approved(), matter)


async def test_a_bar_of_a_shareholder_who_holds_no_office_stops_nothing(office: Office) -> None:
    matter = await office.play(name_reserved(), submitted(shareholders=(shareholder(9),)))
    bar = BarOfficeholder(list=BarList.COURT, decision_no="甬执2号", subject=subject(9))
    await office.take(Step(bar, HUIMIN), uuid4())
    assert (await office.take(approved(), matter)).version == 3


async def test_sixteen_race_for_one_name_and_one_wins(office: Office) -> None:
    for trade_name in ("甬江", "姚江", "奉化江", "东钱湖"):
        came = await asyncio.gather(
            *(office.take(name_reserved(trade_name=trade_name), uuid4()) for _ in range(16)),
            return_exceptions=True,
        )
        assert sum(isinstance(one, Outcome) for one in came) == 1
        assert all(isinstance(one, NameTaken) for one in came if isinstance(one, Refused))
