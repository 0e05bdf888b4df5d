"""What one licence sets off in all programmes, with every policy of the city over a real log."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import pytest

from domain.business_opening import opening_id
from domain.company_registration.officeholders import officeholder_id
from domain.credit_records.identities import subject_id
from infra.clock import now
from infra.reacting.checkpoints import Checkpoints
from tests import registrations as r
from tests.acceptance.city import NEW_COMPANY, SIX
from tests.acceptance.town import Town, a_town
from tests.infra.reacting.roles import running
from tests.scenario import Step

SAVE = Checkpoints.save


@pytest.fixture
async def city(database_url: str, namespace: str) -> AsyncIterator[Town]:
    async with a_town(Town, database_url, namespace, None, now) as made:
        yield made


class Death:
    """Comes at the ``last`` step of the policies: that step and all that follow never end."""

    def __init__(self, last: int) -> None:
        self._left = last
        self.came = asyncio.Event()

    def around(self, work: Any) -> Any:
        """``work`` with a step before it and one behind it."""

        async def stepped(*args: Any, **more: Any) -> Any:
            await self._step()
            result = await work(*args, **more)
            await self._step()
            return result

        return stepped

    async def _step(self) -> None:
        self._left -= 1
        if self._left <= 0:
            self.came.set()
            await asyncio.Event().wait()


class Executing:
    """What the policies know of the executor."""

    def __init__(self, execute: Any) -> None:
        self.execute = execute


async def one_life(city: Town, death: Death, patch: pytest.MonkeyPatch) -> bool:
    """Runs the policies until they die, or until nothing is left to do; whether they died."""
    patch.setattr(Checkpoints, "save", death.around(SAVE))
    executor = Executing(death.around(city.executor.execute))
    async with running(city.runner(executor=executor)), asyncio.TaskGroup() as waiting:
        done = waiting.create_task(city.policies_done())
        died = waiting.create_task(death.came.wait())
        await asyncio.wait((done, died), return_when=asyncio.FIRST_COMPLETED)
        done.cancel()
        died.cancel()
    return death.came.is_set()


async def licensed(city: Town) -> UUID:
    """A foreign trader that has just got its licence."""
    company = uuid4()
    for step in NEW_COMPANY:
        command = step.command.model_copy(update={"registration_id": company})
        await city.take(Step(command, step.by))
    return company


async def followed_up(city: Town, company: UUID) -> None:
    """Everything that a licence sets off is there, each once, in the licence's own chain."""
    (licence,) = await city.events("licence-issued")
    filed: list[Any] = [city.codec.decode(e) for e in await city.events("filing-recorded")]
    assert sorted(e.department for e in filed) == sorted(SIX)
    assert await city.names(subject_id(r.USCC)) == ["subject-opened"]
    opening = await city.names(opening_id(company))
    assert opening == ["opening-begun", *["opening-filing-recorded"] * 6, "opening-completed"]
    in_office = await city.names(officeholder_id(r.subject(1)))
    assert in_office == ["officeholder-entered", "office-taken"]
    followed = [e for e in await city.events() if e.position > licence.position]
    assert {e.correlation_id for e in followed} == {licence.correlation_id}
    assert "policy-refused" not in {e.name for e in followed}


async def test_a_licence_is_followed_up_in_every_programme_in_one_chain(city: Town) -> None:
    """Acceptance 1 across programmes."""
    async with running(city.runner()):
        company = await licensed(city)
        await city.policies_done()
    await followed_up(city, company)


async def test_a_licence_is_followed_up_once_though_the_policies_die_at_every_step(
    city: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Acceptance 1 across programmes, with deaths before and behind each answer and checkpoint."""
    company = await licensed(city)
    deaths = 0
    # each life starts from what the one before left behind
    while await one_life(city, Death(deaths + 1), monkeypatch):
        deaths += 1
    assert deaths >= 20, deaths
    await followed_up(city, company)
