"""What a licence and its annulment set off, with the policies running over a real log."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from domain.business_opening import opening_id
from infra.clock import now
from infra.discovery import discover
from infra.executing.executor import Ask, Executor
from infra.log.load import Loader
from infra.log.migrate import migrate
from infra.log.records import RecordedEvent
from infra.reacting.operating import register_policies
from tests import registrations as r
from tests.infra.reacting.market import Market
from tests.infra.reacting.roles import running
from tests.scenario import CALENDAR, Step, keyed_hash, spec_of

NEW_COMPANY = (r.name_reserved(), r.submitted(foreign_trader=True), r.approved(), r.licensed())
SIX = ["tax", "hrss", "housing-fund", "public-security", "statistics", "customs"]
PROGRAMMES = ("company-registration", "business-opening")


class City(Market):
    """The market's engines and roles, with the city's own programmes."""

    async def start(self) -> None:
        await super().start()
        self.executor = Executor(
            appends=self.appends,
            loads=Loader(self.reader, self.codec),
            stored=self.reader,
            codec=self.codec,
            calendar=CALENDAR,
            pseudonym=keyed_hash,
            clock=self.clock,
        )

    async def play(self, matter: UUID, *steps: Step) -> None:
        """Sends the steps as people would."""
        for step in steps:
            command = step.command.model_copy(update={"registration_id": matter})
            ask = Ask(caller=step.by, command_id=uuid4(), fingerprint=b"acceptance")
            await self.executor.execute(spec_of(command), command, ask)

    async def happened(self, matter: UUID) -> list[RecordedEvent]:
        """A matter's events."""
        return [e for e in await self.events() if e.stream_id == matter]

    def departments(self, events: list[RecordedEvent], name: str) -> list[str]:
        """Which departments the events of one name are about, in order."""
        decoded: list[Any] = [self.codec.decode(e) for e in events if e.name == name]
        return [event.department for event in decoded]


@asynccontextmanager
async def a_city(url: str, namespace: str) -> AsyncIterator[City]:
    await migrate(url, namespace)
    registry = discover()
    own = {
        name: policy
        for name, policy in registry.policies.items()
        if policy.event_classes[0].type_name.startswith(PROGRAMMES)
    }
    registry = replace(registry, policies=own)
    await register_policies(url, namespace, registry)
    city = City(url, namespace, registry, now)
    await city.start()
    try:
        yield city
    finally:
        await city.stop()


@pytest.fixture
async def city(database_url: str, namespace: str) -> AsyncIterator[City]:
    async with a_city(database_url, namespace) as made:
        yield made


async def test_a_licence_is_filed_with_six_departments_and_the_opening_done(city: City) -> None:
    """Acceptance 1 across programmes, as far as it lies in company registration."""
    company = uuid4()
    async with running(city.runner()):
        await city.play(company, *NEW_COMPANY)
        await city.policies_done()
    own = await city.happened(company)
    opening = await city.happened(opening_id(company))
    (licence,) = [e for e in own if e.name == "licence-issued"]
    assert sorted(city.departments(own, "filing-recorded")) == sorted(SIX)
    assert sorted(city.departments(opening, "opening-filing-recorded")) == sorted(SIX)
    assert opening[-1].name == "opening-completed"
    caused = [*own[own.index(licence) :], *opening]
    assert {e.correlation_id for e in caused} == {licence.correlation_id}
    assert not [e for e in await city.events() if e.name == "policy-refused"]


async def test_an_annulment_takes_back_what_was_filed_and_stops_what_was_not(city: City) -> None:
    """Acceptance 2 across programmes."""
    company = uuid4()
    made = SIX[:4]
    await city.play(company, *NEW_COMPANY, *(r.filed(d) for d in made), r.annulled())
    # whoever is put off waits longer than the test
    async with running(city.runner(pauses=(timedelta(days=1),))):
        await city.policies_done()
    own = await city.happened(company)
    assert city.departments(own, "filing-recorded") == made
    assert city.departments(own, "filing-taken-back") == made[::-1]
    opening = await city.happened(opening_id(company))
    assert city.departments(opening, "opening-filing-taken-back") == made[::-1]
    assert "opening-completed" not in [e.name for e in opening]
    noted: list[Any] = [
        city.codec.decode(e) for e in await city.events() if e.name == "policy-refused"
    ]
    refused = {n.ordinal for n in noted if n.command == "company-registration/file-with-department"}
    assert refused == set(range(1, 7))


async def test_three_departments_are_asked_about_an_announced_end(city: City) -> None:
    company = uuid4()
    await city.play(company, *NEW_COMPANY, r.announced())
    async with running(city.runner()):
        await city.policies_done()
    asked = city.departments(await city.happened(company), "objection-requested")
    assert asked == ["tax", "hrss", "customs"]
