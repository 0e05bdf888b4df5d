"""What a company's life sets off in credit records."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from domain.credit_records import CreditRecord, Severity
from domain.credit_records.identities import record_id, subject_id
from infra.clock import now
from infra.discovery import discover
from infra.log.migrate import migrate
from infra.reacting.operating import register_policies
from tests import registrations as r
from tests.acceptance.city import City
from tests.infra.reacting.roles import running

OURS = {"open-credit-subject", "close-credit-subject", "revocation-to-credit"}


@pytest.fixture
async def city(database_url: str, namespace: str) -> AsyncIterator[City]:
    await migrate(database_url, namespace)
    found = discover()
    registry = replace(
        found, policies={name: p for name, p in found.policies.items() if name in OURS}
    )
    await register_policies(database_url, namespace, registry)
    made = City(database_url, namespace, registry, now)
    await made.start()
    yield made
    await made.stop()


async def names(city: City, matter: UUID) -> list[str]:
    return [e.name for e in await city.happened(matter)]


async def test_a_licence_opens_the_companys_file_in_its_own_chain(city: City) -> None:
    """Acceptance 1 across programmes, as far as it lies in credit records."""
    company = uuid4()
    async with running(city.runner()):
        await city.play(company, *r.REGISTERED)
        await city.policies_done()
    (opened,) = await city.happened(subject_id(r.USCC))
    (licence,) = [e for e in await city.happened(company) if e.name == "licence-issued"]
    assert opened.name == "subject-opened"
    assert opened.correlation_id == licence.correlation_id
    assert opened.causation_position == licence.position


async def test_a_revocation_is_a_general_record_and_waits_for_the_file(city: City) -> None:
    company = uuid4()
    # both events lie in the log before any policy looks
    await city.play(company, *r.REGISTERED, r.revoked())
    async with running(city.runner()):
        await city.policies_done()
    id = record_id("market-regulation", "licence-revoked", f"{r.USCC}-吊销-1")
    (event,) = await city.happened(id)
    contributed: Any = city.codec.decode(event)
    assert isinstance(contributed, CreditRecord.RecordContributed)
    assert (contributed.source, contributed.severity) == ("market-regulation", Severity.GENERAL)
    assert (contributed.subject, contributed.decision_no) == (r.USCC, "吊销-1")
    assert not contributed.late


async def test_an_annulment_is_a_record_too(city: City) -> None:
    company = uuid4()
    async with running(city.runner()):
        await city.play(company, *r.REGISTERED)
        await city.policies_done()
        await city.play(company, r.annulled())
        await city.policies_done()
    id = record_id("market-regulation", "registration-annulled", f"{r.USCC}-撤销-1")
    assert await names(city, id) == ["record-contributed"]


async def test_a_deregistration_closes_the_file_and_keeps_it(city: City) -> None:
    company = uuid4()
    async with running(city.runner()):
        await city.play(company, *r.REGISTERED)
        await city.policies_done()
        await city.play(company, r.deregistered())
        await city.policies_done()
    assert await names(city, subject_id(r.USCC)) == ["subject-opened", "subject-closed"]
