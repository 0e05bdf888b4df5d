"""What a listing or a proven misconduct sets off in other programmes, with the policies of the whole
city over a real log."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from commands.company_registration.barring import BarOfficeholder
from commands.credit_records.given import SubjectGiven
from domain.care_orders.refusals import ProviderBarred
from domain.company_registration import BarList
from domain.company_registration.refusals import OfficeholderBarred
from domain.credit_records import CreditRecord, Severity
from domain.credit_records.identities import record_id
from domain.help_center_tickets import member_company_id
from domain.help_center_tickets.refusals import CompanyNotAdmitted
from domain.shared.clocks import ClockReading, readings_of
from tests import care
from tests import credits as c
from tests import registrations as r
from tests import tickets as t
from tests.acceptance.town import Town, a_town
from tests.infra.reacting.market import HandClock
from tests.infra.reacting.roles import running
from tests.scenario import MONDAY_MORNING, Step

WANG = SubjectGiven(resident_id=r.resident(1))


class City(Town):
    """A town with companies and people who are listed."""

    async def company(self, matter: UUID, *steps: Step) -> None:
        """Sends the steps of one company."""
        for step in steps:
            command = step.command.model_copy(update={"registration_id": matter})
            await self.take(Step(command, step.by))

    async def noticed(self, notice: Step) -> UUID:
        """The entry of a notice whose subject has pleaded, so that it can be decided."""
        entry = (await self.take(notice)).aggregate_id
        await self.take(c.pleaded(record=entry))
        return entry

    async def blacklisted(self) -> UUID:
        """The entry with which the tax office puts 甬江 on its list."""
        entry = await self.noticed(c.notified())
        await self.take(c.decided(record=entry, plea_answer="不成立"))
        return entry

    async def clocks(self, matter: UUID) -> dict[str, ClockReading]:
        """How a matter's clocks stand."""
        stored = await self.reader.stream(matter)
        return {r.clock: r for e in stored for r in readings_of(self.codec.decode(e))}

    async def only(self, name: str) -> Any:
        """The one event of a name in the log."""
        (event,) = await self.events(name)
        return self.codec.decode(event)

    async def no_refusals(self) -> None:
        """No policy was refused anything in the end."""
        assert await self.events("policy-refused") == []


@pytest.fixture
async def city(database_url: str, namespace: str) -> AsyncIterator[City]:
    async with a_town(City, database_url, namespace, None, HandClock(MONDAY_MORNING)) as made:
        yield made


# --- officeholders -----------------------------------------------------------------------------


async def wang_noticed(city: City) -> UUID:
    """Who represents 甬江 has notice of the court's list."""
    await city.take(c.person_opened(resident_id=r.resident(1)))
    return await city.noticed(c.court_notified(subject=WANG))


def listed(entry: UUID) -> Step:
    return c.decided(record=entry, by=c.COURT_2, plea_answer="不成立", decision_no="甬执1号")


def delisted(entry: UUID) -> Step:
    return c.delisted(record=entry, sender=c.COURT_1)


async def test_a_director_listed_before_the_approval_is_refused_until_delisted(
    city: City,
) -> None:
    """Acceptance 3 across programmes, one position before."""
    company, entry = uuid4(), await wang_noticed(city)
    await city.company(company, r.name_reserved(), r.submitted())
    async with running(city.runner()):
        await city.take(listed(entry))
        await city.policies_done()
        with pytest.raises(OfficeholderBarred):
            await city.company(company, r.approved())
        await city.take(delisted(entry))
        await city.policies_done()
        await city.company(company, r.approved(), r.licensed())
        await city.policies_done()
    assert not await city.events("officeholder-flagged")
    await city.no_refusals()


async def test_a_director_listed_after_the_approval_is_flagged_until_delisted(
    city: City,
) -> None:
    """Acceptance 3 across programmes, one position after."""
    company, entry = uuid4(), await wang_noticed(city)
    await city.company(company, r.name_reserved(), r.submitted(), r.approved())
    async with running(city.runner()):
        await city.take(listed(entry))
        await city.policies_done()
        await city.company(company, r.licensed())
        await city.policies_done()
        assert (await city.names(company))[-1] == "officeholder-flagged"
        await city.take(delisted(entry))
        await city.policies_done()
        assert (await city.names(company))[-1] == "officeholder-flag-lifted"
    await city.no_refusals()


async def test_a_listing_that_no_policy_has_read_yet_flags_the_company_afterwards(
    city: City,
) -> None:
    """The window between the listing and its policy: nothing bars the approval there."""
    company, entry = uuid4(), await wang_noticed(city)
    await city.company(company, r.name_reserved(), r.submitted())
    await city.take(listed(entry))
    await city.company(company, r.approved(), r.licensed())
    async with running(city.runner()):
        await city.policies_done()
    assert "officeholder-flagged" in await city.names(company)
    await city.no_refusals()


async def test_a_company_in_business_is_flagged_in_the_chain_of_the_listing(city: City) -> None:
    company, entry = uuid4(), await wang_noticed(city)
    async with running(city.runner()):
        await city.company(company, *r.REGISTERED)
        await city.policies_done()
        await city.take(listed(entry))
        await city.policies_done()
    (cause,) = await city.events("subject-listed")
    (barred,) = await city.events("officeholder-listed")
    (flagged,) = await city.events("officeholder-flagged")
    assert (barred.causation_position, flagged.causation_position) == (
        cause.position,
        barred.position,
    )
    assert flagged.correlation_id == barred.correlation_id == cause.correlation_id


async def test_a_bar_set_by_hand_flags_and_ends_with_its_own_term(city: City) -> None:
    company, until = uuid4(), MONDAY_MORNING + timedelta(days=30)
    command = BarOfficeholder(
        list=BarList.MARKET_REGULATION,
        decision_no="甬市监1号",
        resident_id=r.resident(1),
        until=until,
    )
    async with running(city.runner(), city.projector(), city.scheduler()):
        await city.company(company, *r.REGISTERED)
        await city.policies_done()
        await city.take(Step(command, r.OFFICER_7))
        await city.policies_done()
        assert (await city.names(company))[-1] == "officeholder-flagged"
        city.clock.at = until + timedelta(seconds=1)
        await city.timers_seen()
        await city.until(lambda: has(city, "officeholder-flag-lifted"))
    assert (await city.names(company))[-1] == "officeholder-flag-lifted"


async def has(city: City, name: str) -> bool:
    return bool(await city.events(name))


async def test_a_company_that_is_listed_bars_nobody(city: City) -> None:
    await city.play(*c.COMPANY)
    entry = await city.noticed(c.court_notified(subject=c.company()))
    async with running(city.runner()):
        await city.take(listed(entry))
        await city.policies_done()
    assert not await city.events("officeholder-barred")


# --- members and providers ---------------------------------------------------------------------


async def test_a_listed_member_gives_back_its_five_live_tickets_and_gets_others_when_delisted(
    city: City,
) -> None:
    """Acceptance 5 across programmes."""
    tickets = [t.ticket_id(n) for n in range(1, 6)]
    await city.play(*c.COMPANY, *t.MEMBER)
    for n in range(1, 6):
        await city.play(t.opened(n), t.classified(n))
        await city.play(t.dispatched(n, holder=t.to(t.COMPANY)))
    await city.play(t.accepted(2, by=t.STAFF), t.accepted(3, by=t.STAFF))
    before = [await city.clocks(ticket) for ticket in tickets]
    async with running(city.runner()):
        entry = await city.blacklisted()
        await city.policies_done()
        assert [(await city.names(ticket))[-1] for ticket in tickets] == ["ticket-taken-back"] * 5
        assert [await city.clocks(ticket) for ticket in tickets] == before
        loads = [city.codec.decode(e) for e in await city.events("ticket-given-back")]
        assert [e.load for e in loads] == [4, 3, 2, 1, 0]  # type: ignore[attr-defined]  # theirs
        with pytest.raises(CompanyNotAdmitted):
            await city.take(t.dispatched(holder=t.to(t.COMPANY)))
        await city.take(c.delisted(record=entry))
        await city.policies_done()
        await city.take(t.dispatched(holder=t.to(t.COMPANY)))
    chain = {e.correlation_id for e in await city.events("ticket-taken-back")}
    assert chain == {e.correlation_id for e in await city.events("subject-listed")}
    assert (await city.names(member_company_id(t.USCC)))[-1] == "ticket-taken"
    await city.no_refusals()


async def test_a_listed_provider_gets_no_new_elders_until_delisted_and_tells_its_families(
    city: City,
) -> None:
    second = care.order_number(2)
    await city.play(*c.COMPANY, *care.ACTIVE, *care.planned(second, who=2))
    async with running(city.runner()):
        entry = await city.blacklisted()
        await city.policies_done()
        assert (await city.names(care.ORDER))[-1] == "transfer-proposed"
        with pytest.raises(ProviderBarred):
            await city.take(care.assigned(second))
        await city.take(c.delisted(record=entry))
        await city.policies_done()
        await city.take(care.assigned(second))
    await city.no_refusals()


# --- misconduct --------------------------------------------------------------------------------

PROVEN = (
    *t.MEMBER,
    t.opened(),
    t.classified(),
    t.dispatched(holder=t.to(t.COMPANY)),
    t.accepted(by=t.STAFF),
    t.reported_done(by=t.STAFF),
    t.content(),
    t.misconduct_proven(),
)


async def test_proven_misconduct_is_a_general_record_once_the_company_has_a_file(
    city: City,
) -> None:
    await city.play(*PROVEN)
    record = record_id("market-regulation", "service-misconduct", str(t.TICKET))
    async with running(city.runner(pauses=(timedelta(milliseconds=50),) * 400)):
        await city.until(lambda: waits(city, "misconduct-to-credit"))
        assert await city.names(record) == []
        await city.take(c.company_opened())
        await city.policies_done()
    contributed = await city.only("record-contributed")
    assert isinstance(contributed, CreditRecord.RecordContributed)
    assert (contributed.id, contributed.subject) == (record, t.USCC)
    assert (contributed.source, contributed.severity) == ("market-regulation", Severity.GENERAL)
    assert (contributed.decision_no, contributed.facts) == ("甬督字1号", "虚假报完工")
    await city.no_refusals()


async def waits(city: City, policy: str) -> bool:
    return any(p.policy == policy and p.waiting for p in await city.operations.status())
