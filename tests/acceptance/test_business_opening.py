"""What a licence and its annulment set off, with the policies running over a real log."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from domain.business_opening import opening_id
from tests import registrations as r
from tests.acceptance.city import NEW_COMPANY, SIX, City, a_city
from tests.infra.reacting.roles import running


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
