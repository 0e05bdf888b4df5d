"""The brief's examples that turn on claims, clocks or policies, on a real log with the roles running."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date, timedelta
from uuid import UUID

import pytest

from domain.care_orders import Mode
from domain.care_orders.refusals import CarerBusy, ElderBusy, NoPlace, OpenOrderExists
from domain.care_orders.states import EndReason
from domain.shared.refusals import IdInUse, NotInState
from infra.executing.asking import Outcome
from tests import care as c
from tests import visits as v
from tests.acceptance.care_city import CareCity, Offices, care_city, offices
from tests.infra.reacting.market import HandClock
from tests.infra.reacting.roles import running
from tests.scenario import MONDAY_MORNING, Step, shanghai

START, MINUTE, HOUR = v.START, v.MINUTE, v.HOUR
ANOTHER = UUID(int=c.VISIT.int + 1)
TWO = c.order_number(2)


@pytest.fixture
async def office(database_url: str, namespace: str) -> AsyncIterator[Offices]:
    async with offices(database_url, namespace) as made:
        yield made


def two_for_one_bed() -> tuple[Step, ...]:
    full = (c.provider(beds=("1-1",)), *c.planned(mode=Mode.INSTITUTION))
    return (*full, *c.planned(TWO, Mode.INSTITUTION, who=2))


async def test_of_two_families_for_the_last_bed_one_has_it_and_one_a_position(
    office: Offices,
) -> None:
    """Acceptance 3."""
    await office.play(*two_for_one_bed())
    came = await asyncio.gather(
        office.send(c.assigned()), office.send(c.assigned(TWO)), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in came) == ["NoPlace", "Outcome"]
    assert NoPlace(position=1) in came
    last = {(await office.happened(order))[-1] for order in (c.ORDER, TWO)}
    assert last == {"provider-assigned", "waiting-listed"}
    provider = await office.happened(c.PROVIDER)
    assert sorted(provider[1:]) == ["place-taken", "waiting-joined"]


async def test_a_carer_is_in_one_place_by_the_log(office: Offices) -> None:
    """Acceptance 4."""
    await office.play(*c.ACTIVE, *c.planned(TWO, who=2), c.assigned(TWO), v.scheduled())
    with pytest.raises(CarerBusy):
        await office.send(v.scheduled(ANOTHER, order=TWO, start=START + 45 * MINUTE))
    with pytest.raises(ElderBusy):
        await office.send(v.scheduled(ANOTHER, who=2, start=START + 45 * MINUTE))
    await office.send(v.scheduled(ANOTHER, order=TWO, start=START + HOUR))
    assert await office.happened(ANOTHER) == ["visit-scheduled"]
    await office.play(v.cancelled(ANOTHER))
    await office.send(v.scheduled(UUID(int=9), order=TWO, start=START + HOUR))


async def test_two_requests_of_one_elder_at_once_begin_one_order(office: Offices) -> None:
    asks = [office.send(c.requested(c.order_number(n))) for n in range(1, 9)]
    came = await asyncio.gather(*asks, return_exceptions=True)
    assert sum(isinstance(one, Outcome) for one in came) == 1
    assert sum(isinstance(one, OpenOrderExists) for one in came) == 7


async def test_a_provider_and_an_order_are_begun_once(office: Offices) -> None:
    await office.play(c.provider(), c.requested())
    for step in (c.provider(), c.requested(who=2)):
        with pytest.raises(IdInUse):
            await office.send(step)


async def test_a_timer_and_a_check_in_of_one_second_leave_one_visit_begun(office: Offices) -> None:
    """Acceptance 8."""
    due = START + 30 * MINUTE
    await office.play(*v.SCHEDULED)
    office.now = due
    came = await asyncio.gather(
        office.send(v.missed()), office.send(v.checked_in(at=due)), return_exceptions=True
    )
    refused = [one for one in came if not isinstance(one, Outcome)]
    names = await office.happened(c.VISIT)
    assert names[-1] == ("visit-started" if refused else "late-start-accepted")
    assert all(isinstance(one, NotInState) for one in refused)
    assert "visit-clock-breached" not in names


# --- with the roles running --------------------------------------------------------------------


@pytest.fixture
def clock() -> HandClock:
    return HandClock(MONDAY_MORNING)


@pytest.fixture
async def city(database_url: str, namespace: str, clock: HandClock) -> AsyncIterator[CareCity]:
    async with care_city(database_url, namespace, clock) as made:
        yield made


@pytest.mark.parametrize(("found", "alarmed"), [("09:59", False), ("10:01", True)])
async def test_an_elder_found_within_the_hour_needs_no_ticket(
    city: CareCity, clock: HandClock, found: str, alarmed: bool
) -> None:
    """Acceptance 4 across programmes: the alarm that the ticket follows, with the scheduler."""
    async with running(city.projector(), city.scheduler()):
        await city.play(*v.SCHEDULED)
        for at in ("09:16", "09:31", found):
            clock.shanghai(f"2026-03-03 {at}")
            await city.looked()
        await city.play(v.resolved())
        clock.shanghai("2026-03-03 18:00")
        await city.looked()
    names = await city.names(c.VISIT)
    told = ["visit-clock-breached"] if alarmed else []
    assert names[1:3] == ["visit-clock-warned", "visit-missed"]
    assert names[3:] == [*told, "missed-visit-resolved"]


async def test_the_alarms_of_a_visit_come_once_whoever_looks(
    city: CareCity, clock: HandClock
) -> None:
    """The scheduler is cut down between two alarms, and two more take its place."""
    await city.play(*v.SCHEDULED)
    async with running(city.projector()):
        for at in ("09:16", "09:31", "10:01"):
            clock.shanghai(f"2026-03-03 {at}")
            city.schedulers.clear()
            async with running(city.scheduler()):
                await city.looked()
        clock.shanghai("2026-03-03 23:00")
        city.schedulers.clear()
        async with running(city.scheduler(), city.scheduler()):
            await city.looked()
    assert (await city.names(c.VISIT))[1:] == [
        "visit-clock-warned",
        "visit-missed",
        "visit-clock-breached",
        "visit-clock-escalated",
    ]


async def test_a_death_told_late_calls_off_and_reclaims(city: CareCity, clock: HandClock) -> None:
    """Acceptance 5: on the 10th, told on the 25th; the policies do the rest."""
    days = {day: UUID(int=c.VISIT.int + day) for day in (9, 11, 26)}
    async with running(city.runner()):
        await city.play(*c.ACTIVE)
        for day in (9, 11):
            start = shanghai(f"2026-03-{day:02d}T09:00")
            clock.at = start - HOUR
            await city.play(v.scheduled(days[day], start=start))
            clock.at = start
            await city.play(v.checked_in(days[day], at=start))
            clock.at = start + HOUR
            await city.play(v.checked_out(days[day], at=clock.at), v.verified(days[day]))
        await city.policies_done()  # which settle what is verified
        clock.shanghai("2026-03-25 09:00")
        await city.play(v.scheduled(days[26], start=shanghai("2026-03-26T09:00")))
        await city.play(c.ended(reason=EndReason.DEATH, on=date(2026, 3, 10)))
        await city.policies_done()
    last = {day: (await city.names(visit))[-1] for day, visit in days.items()}
    assert last == {9: "visit-settled", 11: "visit-reclaimed", 26: "visit-cancelled"}
    (entry,) = await city.decoded("counter-entry-made")
    assert (entry.amounts.subsidy_fen, entry.amounts.own_fen) == (-3_000, -3_000)
    (end,) = await city.events("care-ended")
    caused = {e.correlation_id for e in await city.events("visit-reclaimed")}
    assert caused == {end.correlation_id}


async def test_a_free_bed_goes_to_who_waits(city: CareCity) -> None:
    async with running(city.runner()):
        await city.play(*two_for_one_bed(), c.assigned())
        with pytest.raises(NoPlace):
            await city.play(c.assigned(TWO))
        await city.play(c.ended())
        await city.policies_done()
    assert (await city.names(TWO))[-1] == "provider-assigned"


async def test_a_hospital_a_stop_and_a_death_reach_every_order(
    city: CareCity, clock: HandClock
) -> None:
    async with running(city.runner()):
        await city.play(*c.ACTIVE, v.admitted())
        await city.policies_done()
        assert (await city.names(c.ORDER))[-1] == "care-suspended"
        clock.at += timedelta(days=3)
        await city.play(v.discharged())
        await city.policies_done()
        assert (await city.names(c.ORDER))[-2:] == ["care-resumed", "reassessment-requested"]
        await city.play(c.stopped())
        await city.policies_done()
        assert (await city.names(c.ORDER))[-1] == "transfer-proposed"
        await city.play(v.died(date(2026, 3, 4)))
        await city.policies_done()
    assert (await city.names(c.ORDER))[-1] == "care-ended"
