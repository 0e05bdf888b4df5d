"""What a listing and its end set off at the departments, with all policies over a real log."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

from domain.credit_consequence import ListingOver, consequence_id
from domain.credit_records.identities import record_id
from domain.shared.refusals import NotInState
from tests import consequences as k
from tests import credits as c
from tests.acceptance.town import Town, a_town
from tests.infra.reacting.market import HandClock
from tests.infra.reacting.roles import running
from tests.scenario import MONDAY_MORNING

RED = consequence_id(record_id("tax", "tax-grade-a", "A-1"))


class City(Town):
    """A town in which the tax office lists 甬江."""

    clock: HandClock

    async def listed(self) -> UUID:
        """甬江's entry, after its plea."""
        await self.play(*c.COMPANY)
        return await self.listed_again()

    async def listed_again(self) -> UUID:
        """One more entry of the same company."""
        entry = (await self.take(c.notified())).aggregate_id
        await self.play(c.pleaded(record=entry), c.decided(record=entry, plea_answer="不成立"))
        return entry

    async def pairs(self, matter: UUID, name: str) -> list[tuple[str, str]]:
        """Measures and departments that the events of one name are about, in order."""
        events = [e for e in await self.reader.stream(matter) if e.name == name]
        decoded: list[Any] = [self.codec.decode(e) for e in events]
        return [(e.measure, e.department) for e in decoded]

    async def refused(self) -> list[Any]:
        """What this process was refused in the end."""
        noted: list[Any] = [self.codec.decode(e) for e in await self.events("policy-refused")]
        return [n for n in noted if n.policy == "credit-consequence"]


@pytest.fixture
async def city(database_url: str, namespace: str) -> AsyncIterator[City]:
    async with a_town(City, database_url, namespace, None, HandClock(MONDAY_MORNING)) as made:
        yield made


async def test_a_listing_is_done_when_each_measure_is_confirmed_by_its_department(
    city: City,
) -> None:
    async with running(city.runner()):
        entry = await city.listed()
        process = consequence_id(entry)
        await city.policies_done()
        assert await city.pairs(process, "measure-ordered") == list(k.MEASURES.items())
        await city.play(*(k.confirmed(measure, consequence=process) for measure in k.MEASURES))
        await city.policies_done()
    assert await city.pairs(process, "measure-confirmed") == list(k.MEASURES.items())
    *_, last = await city.reader.stream(process)
    assert last.name == "consequence-completed"
    (listing,) = await city.events("subject-listed")
    begun = (await city.reader.stream(process))[: 1 + len(k.MEASURES)]
    assert {e.causation_position for e in begun} == {listing.position}
    assert {e.correlation_id for e in begun} == {listing.correlation_id}
    assert await city.refused() == []


async def test_a_delisting_lifts_what_was_confirmed_and_nothing_more_can_be_confirmed(
    city: City,
) -> None:
    async with running(city.runner()):
        entry = await city.listed()
        process = consequence_id(entry)
        await city.policies_done()
        for measure in ("no-land", "no-procurement"):
            await city.take(k.confirmed(measure, consequence=process))
    in_flight = ("customs-inspection", "no-honours")
    await city.take(c.delisted(record=entry))
    # no policy runs, and yet it is over
    for measure in in_flight:
        with pytest.raises(ListingOver):
            await city.take(k.confirmed(measure, consequence=process))
    async with running(city.runner()):
        await city.policies_done()
        for measure in in_flight:
            with pytest.raises(NotInState):
                await city.take(k.confirmed(measure, consequence=process))
        # one department says so of the record, the other of the measure
        await city.take(c.removal_confirmed(record=entry, sender=k.OFFICERS["finance"]))
        await city.take(k.lifting_confirmed("no-land", consequence=process))
        await city.policies_done()
    names = await city.names(process)
    assert names[1 + len(k.MEASURES) : -3] == [
        "measure-confirmed",
        "measure-confirmed",
        "lifting-begun",
        "measure-called-off",
        "measure-called-off",
        "lifting-ordered",
        "lifting-ordered",
    ]
    assert sorted(names[-3:-1]) == ["measure-lifted", "measure-lifted"]
    assert names[-1] == "lifting-completed"
    assert sorted(await city.pairs(process, "measure-lifted")) == [
        ("no-land", "natural-resources"),
        ("no-procurement", "finance"),
    ]
    assert await city.refused() == []


async def test_a_repair_lifts_all_and_its_revocation_begins_anew(city: City) -> None:
    async with running(city.runner()):
        entry = await city.listed()
        process = consequence_id(entry)
        await city.policies_done()
        await city.play(*(k.confirmed(measure, consequence=process) for measure in k.MEASURES))
        city.clock.at = c.LISTING_REPAIRABLE
        await city.play(c.applied(record=entry), c.granted(record=entry))
        await city.policies_done()
        assert await city.pairs(process, "lifting-ordered") == list(k.MEASURES.items())
        await city.take(c.repair_revoked(record=entry))
        await city.policies_done()
    names = await city.names(process)
    assert names[-5:] == ["consequence-begun-again", *["measure-ordered"] * 4]
    assert await city.refused() == []


async def test_a_new_listing_after_a_delisting_is_a_process_of_its_own(city: City) -> None:
    async with running(city.runner()):
        first = await city.listed()
        await city.take(c.delisted(record=first))
        second = await city.listed_again()
        await city.policies_done()
    assert (await city.names(consequence_id(first)))[-1] == "lifting-completed"
    assert (await city.names(consequence_id(second)))[-1] == "measure-ordered"


async def test_the_rewards_of_a_red_list_end_with_a_black_listing(city: City) -> None:
    async with running(city.runner()):
        await city.play(*c.RED_LISTED)
        await city.policies_done()
        await city.take(k.confirmed("bonus-points", by=c.FINANCE, consequence=RED))
        await city.listed_again()
        await city.policies_done()
    assert await city.pairs(RED, "lifting-ordered") == [("bonus-points", "finance")]
    called_off = await city.pairs(RED, "measure-called-off")
    assert {measure for measure, _ in called_off} == {"green-channel"}


async def test_a_plain_records_removal_is_nothing_to_any_process(city: City) -> None:
    async with running(city.runner()):
        await city.play(*c.PUBLISHED, c.basis_withdrawn(), c.removal_confirmed())
        await city.policies_done()
    assert await city.names(consequence_id(c.RECORD)) == []
    assert await city.refused() == []


async def test_an_unconfirmed_measure_is_brought_before_supervision_once(city: City) -> None:
    """Across National Day 2026, with Saturday 10 October worked: ten working days from Monday,
    28 September, end on Friday, 16 October."""
    city.clock.shanghai("2026-09-28 10:00")
    async with running(city.runner(), city.projector(), city.scheduler()):
        entry = await city.listed()
        process = consequence_id(entry)
        await city.policies_done()
        for at, expected in [
            ("2026-10-14 17:30", []),
            ("2026-10-14 17:30:01", ["clock-warned"]),
            ("2026-10-16 17:30", ["clock-warned"]),
            ("2026-10-16 17:30:01", ["clock-warned", "clock-breached", "clock-escalated"]),
            ("2026-11-30 12:00", ["clock-warned", "clock-breached", "clock-escalated"]),
        ]:
            city.clock.shanghai(at)
            for _ in range(3):
                await city.timers_seen()
                await city.scheduler_looked()
            names = await city.names(process)
            assert names[1 + len(k.MEASURES) :] == expected, at
