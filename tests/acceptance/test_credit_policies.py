"""What a company's life sets off in credit records, and a court's listing among its officeholders."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from commands.credit_records.given import SubjectGiven
from domain.company_registration import BarList
from domain.company_registration.bars import bar_id
from domain.company_registration.refusals import OfficeholderBarred
from domain.credit_records import CreditRecord, Severity
from domain.credit_records.identities import record_id, subject_id
from infra.clock import now
from infra.discovery import discover
from infra.executing.asking import Ask
from infra.log.migrate import migrate
from infra.reacting.operating import register_policies
from tests import credits as c
from tests import registrations as r
from tests.acceptance.city import City
from tests.infra.reacting.roles import running
from tests.scenario import Step, spec_of

OURS = {"open-credit-subject", "close-credit-subject", "revocation-to-credit", "bar-officeholders"}


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


async def send(city: City, *steps: Step) -> UUID:
    """Runs steps of credit records; the last one's matter."""
    outcomes = [
        await city.executor.execute(
            spec_of(step.command),
            step.command,
            Ask(caller=step.by, command_id=uuid4(), fingerprint=b"credit"),
        )
        for step in steps
    ]
    return outcomes[-1].aggregate_id


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


async def test_a_director_whom_the_court_has_listed_is_not_approved_until_delisted(
    city: City,
) -> None:
    """Acceptance 3 across programmes: the listing comes before the approval."""
    company = uuid4()
    entry = await send(city, c.person_opened(resident_id=r.resident(1)), _noticed())
    await send(
        city,
        c.pleaded(record=entry),
        c.decided(record=entry, by=c.COURT_2, plea_answer="不成立", decision_no="甬执1号"),
    )
    async with running(city.runner()):
        await city.policies_done()
        await city.play(company, r.name_reserved(), r.submitted())
        with pytest.raises(OfficeholderBarred):
            await city.play(company, r.approved())
        await send(city, c.delisted(record=entry, sender=c.COURT_1))
        await city.policies_done()
        await city.play(company, r.approved())
    bar = bar_id(r.subject(1), BarList.COURT, "甬执1号")
    assert await names(city, bar) == ["officeholder-barred", "officeholder-bar-lifted"]


async def test_a_company_that_is_listed_bars_nobody(city: City) -> None:
    entry = await send(city, *c.COMPANY, c.court_notified(subject=c.company()))
    await send(
        city,
        c.pleaded(record=entry),
        c.decided(record=entry, by=c.COURT_2, plea_answer="不成立"),
    )
    async with running(city.runner()):
        await city.policies_done()
    assert not await city.events("officeholder-barred")


def _noticed() -> Step:
    return c.court_notified(subject=SubjectGiven(resident_id=r.resident(1)))
