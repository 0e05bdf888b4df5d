"""From a hospital's bed to the first visit of a carer, with the policies of the whole city on a real
log: how it goes well, what happens when nobody has a place, and what is left when the consent is
withdrawn, at whatever moment.
"""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from commands.health_visits.ending import ConsentMissing as NoConsent
from domain.care_orders import Mode
from domain.care_orders.refusals import ConsentMissing
from domain.care_orders.states import EndReason as CareEndReason
from domain.discharge_home import EndReason, State
from domain.shared.refusals import NotInState, Refused
from projections.care_orders.orders import CareOrder
from projections.discharge_home import CommunityNotices, DischargesHome
from tests import care as c
from tests import clinics as h
from tests import discharges as d
from tests import visits as v
from tests.acceptance.care_city import CareCity
from tests.acceptance.town import a_town
from tests.infra.reacting.market import HandClock
from tests.infra.reacting.roles import running
from tests.projections.rows import R, rows_of
from tests.scenario import Step, shanghai

CONSENT = UUID(int=41)
STEPS = ("discharged", "handed-over", "planned", "waiting", "assigned", "scheduled", "visited")


class Homecoming(CareCity):
    """A city in which 王明 lies in the first hospital."""

    clock: HandClock
    stay: UUID

    async def admit(self) -> None:
        """He has agreed that care is told, and has a bed."""
        self.clock.at = h.ARCHIVE_OPENING
        await self.play(*c.PROVIDERS, d.archive_opened())
        await self.take(d.agreed(), key=CONSENT)
        self.clock.at = h.BOOKING
        await self.play(h.session_opened())
        self.stay = (await self.take(h.booked(patient=d.PATIENT))).aggregate_id
        self.clock.at = h.EARLY
        await self.play(h.checked_in(visit=self.stay))
        self.clock.at = h.SLOT
        await self.play(*(step(visit=self.stay) for step in (h.called, h.started, h.admitted)))
        self.clock.at = d.DISCHARGED_AT

    def leaves(self, consent: UUID | None = CONSENT) -> Step:
        """He is discharged with less than he could do."""
        return h.discharged(visit=self.stay, care_consent_id=consent)

    async def goes_on(self, step: str) -> None:
        """One step nearer to the first visit, by the order that the desk asked for."""
        sent = await self.decoded("care-handed-over")
        order = sent[-1].order_id if sent else c.ORDER
        match step:
            case "discharged":
                await self.play(self.leaves())
            case "handed-over":
                await self.play(d.handed_over())
            case "planned":
                await self.play(
                    c.assessed(order=order),
                    c.proposed(order=order),
                    c.accepted(order, sender=c.OFFICE),
                )
            case "waiting":
                full = c.capacity_changed(home_places=0)
                await self.play(full, c.waiting_joined(order, sender=c.OFFICE))
            case "assigned":
                await self.play(c.capacity_changed())
            case "scheduled":
                await self.play(v.scheduled(order=order))
            case "visited":
                for part in v.done():
                    self.clock.at = part.at or v.START
                    await self.play(part)
        await self.policies_done()

    async def read(self, row: type[R]) -> dict[UUID, R]:
        """The rows of a read model after all of the log."""
        return rows_of(row, [self.codec.decode(e) for e in await self.events()])

    async def way_home(self) -> DischargesHome:
        """Where it stands."""
        return (await self.read(DischargesHome))[d.WAY_HOME]

    async def sent(self) -> UUID:
        """The order that the desk asked for last."""
        order: UUID = (await self.decoded("care-handed-over"))[-1].order_id
        return order

    async def nothing_is_at_a_provider(self) -> None:
        """No line of an order by which a provider finds the elder, or that tells anything."""
        for line in (await self.read(CareOrder)).values():
            assert (line.provider, line.waiting_at, line.place_no) == (None, None, None)
            assert (line.grade, line.next_visit, line.week_price_fen) == (None, None, None)
            assert (line.state, line.consent) == ("ended", False)
        assert await self.read(CommunityNotices) == {}
        assert await self.decoded("policy-refused") == []


@pytest.fixture
async def city(database_url: str, namespace: str) -> AsyncIterator[Homecoming]:
    clock = HandClock(h.ARCHIVE_OPENING)
    async with a_town(Homecoming, database_url, namespace, None, clock) as made:
        await made.admit()
        yield made


async def test_the_first_visit_ends_the_way_home(city: Homecoming) -> None:
    seen = []
    async with running(city.runner()):
        for step in STEPS:
            await city.goes_on(step)
            seen.append((await city.way_home()).state)
    assert seen == ["to-ask", "asked", "asked", "waiting", "served", "served", "done"]
    (told,) = await city.decoded("community-told")
    assert (told.department, told.district, told.community) == (
        "civil-affairs",
        "330203",
        "秀水社区",
    )
    assert await city.names(d.WAY_HOME) == [
        "discharge-begun",
        "care-handed-over",
        "community-told",
        "provider-found",
        "homecoming-completed",
    ]
    assert await city.decoded("policy-refused") == []


@pytest.mark.parametrize("last", STEPS)
async def test_a_consent_withdrawn_at_any_step_takes_everything_back(
    city: Homecoming, last: str
) -> None:
    steps = STEPS[: STEPS.index(last) + 1]
    async with running(city.runner()):
        for step in steps:
            await city.goes_on(step)
        await city.play(d.withdrawn(CONSENT))
        await city.policies_done()
        with pytest.raises(NotInState):
            await city.play(d.handed_over())
    line = await city.way_home()
    assert (line.state, line.orders, line.provider) == (State.RECALLED, {}, None)
    assert (await city.names(d.WAY_HOME))[-1] == "discharge-recalled"
    recalled = await city.decoded("care-recalled")
    assert [e.id for e in recalled] == ([await city.sent()] if "handed-over" in steps else [])
    await city.nothing_is_at_a_provider()


async def test_what_care_did_while_the_policies_were_down_is_taken_back_too(
    city: Homecoming,
) -> None:
    """The log has the withdrawal, and care, which was not told, finds a provider."""
    async with running(city.runner()):
        for step in STEPS[:2]:
            await city.goes_on(step)
    order = await city.sent()
    await city.play(
        d.withdrawn(CONSENT),
        c.assessed(order=order),
        c.proposed(order=order),
        c.accepted(order, sender=c.OFFICE),
        c.assigned(order, sender=c.OFFICE),
        v.scheduled(order=order),
    )
    # the log refuses before any policy could
    with pytest.raises(ConsentMissing):
        await city.play(d.handed_over(Mode.DAY_CARE))
    async with running(city.runner()):
        await city.policies_done()
    assert (await city.names(c.VISIT))[-1] == "visit-cancelled"
    assert (await city.way_home()).state is State.RECALLED
    await city.nothing_is_at_a_provider()


async def test_discharged_and_withdrawn_in_one_second_nothing_is_at_the_provider(
    city: Homecoming,
) -> None:
    """Acceptance 8 across programmes, the first order."""
    await city.play(city.leaves(), d.withdrawn(CONSENT))
    async with running(city.runner()):
        await city.policies_done()
        with pytest.raises(NotInState):
            await city.play(d.handed_over())
    assert await city.names(d.WAY_HOME) == ["discharge-begun", "discharge-recalled"]
    await city.nothing_is_at_a_provider()


async def test_withdrawn_and_discharged_in_one_second_nothing_is_at_the_provider(
    city: Homecoming,
) -> None:
    """Acceptance 8 across programmes, the other order."""
    await city.play(d.withdrawn(CONSENT))
    with pytest.raises(NoConsent):
        await city.play(city.leaves())
    await city.play(city.leaves(None))
    async with running(city.runner()):
        await city.policies_done()
    assert await city.names(d.WAY_HOME) == []
    await city.nothing_is_at_a_provider()


@pytest.mark.parametrize("first", [0, 1])
async def test_two_desks_at_once_one_discharges_the_other_withdraws(
    city: Homecoming, first: int
) -> None:
    """Acceptance 8 across programmes, by two processes of the write side at the same time."""
    both = [city.leaves(), d.withdrawn(CONSENT)]
    asked = [city.take(step, process=n) for n, step in enumerate(both)]
    answers = await asyncio.gather(*asked[::-1] if first else asked, return_exceptions=True)
    assert all(not isinstance(a, BaseException) or isinstance(a, Refused) for a in answers)
    async with running(city.runner()):
        await city.policies_done()
    events = await city.names(d.WAY_HOME)
    assert events in ([], ["discharge-begun", "discharge-recalled"])
    await city.nothing_is_at_a_provider()


@pytest.mark.parametrize("first", [0, 1])
async def test_two_desks_at_once_one_hands_over_the_other_withdraws(
    city: Homecoming, first: int
) -> None:
    async with running(city.runner()):
        await city.goes_on("discharged")
        both = [d.handed_over(), d.withdrawn(CONSENT)]
        asked = [city.take(step, process=n) for n, step in enumerate(both)]
        answers = await asyncio.gather(*asked[::-1] if first else asked, return_exceptions=True)
        await city.policies_done()
    assert all(not isinstance(a, BaseException) or isinstance(a, Refused) for a in answers)
    sent = len(await city.decoded("care-handed-over"))
    assert len(await city.decoded("care-recalled")) == sent
    assert (await city.way_home()).state is State.RECALLED
    await city.nothing_is_at_a_provider()


async def test_who_goes_home_to_care_that_rested_is_served_again(city: Homecoming) -> None:
    await city.play(*c.planned(), c.assigned(), c.suspended())
    async with running(city.runner()):
        await city.goes_on("discharged")
        line = await city.way_home()
        assert (line.state, line.provider) == (State.SERVED, c.USCC)
        await city.play(v.scheduled())
        await city.goes_on("visited")
    assert (await city.way_home()).state is State.DONE
    assert await city.decoded("care-handed-over") == []


async def test_a_day_centre_takes_the_elder_while_nobody_has_time_at_home(
    city: Homecoming,
) -> None:
    async with running(city.runner()):
        for step in STEPS[:4]:
            await city.goes_on(step)
        assert set(await city.read(CommunityNotices)) == {d.WAY_HOME}
        await city.play(d.handed_over(Mode.DAY_CARE, by=c.OFFICE))
        order = await city.sent()
        day_care = c.item("day-programme", 60, 5)
        await city.play(
            c.assessed(order=order),
            c.proposed(day_care, order=order, mode=Mode.DAY_CARE),
            c.accepted(order, sender=c.OFFICE),
            c.assigned(order, sender=c.OFFICE),
        )
        await city.policies_done()
        line = await city.way_home()
        assert (line.state, line.order_id) == (State.SERVED, order)
        assert await city.read(CommunityNotices) == {}
        await city.play(d.withdrawn(CONSENT))
        await city.policies_done()
    assert len(await city.decoded("care-recalled")) == 2
    await city.nothing_is_at_a_provider()


async def test_a_death_at_care_ends_the_way_home(city: Homecoming) -> None:
    async with running(city.runner()):
        for step in STEPS[:2]:
            await city.goes_on(step)
        order = await city.sent()
        await city.play(c.ended(order, sender=c.OFFICE, reason=CareEndReason.DEATH))
        await city.policies_done()
    line = await city.way_home()
    assert (line.state, line.ended) == (State.ENDED, EndReason.DEATH)


async def test_nobody_came_for_seven_days_and_supervision_hears_of_it_once(
    city: Homecoming,
) -> None:
    async with running(city.runner(), city.projector(), city.scheduler()):
        await city.goes_on("discharged")
        for at in ("2026-03-10 00:01", "2026-03-12 09:00", "2026-04-12 09:00"):
            city.clock.shanghai(at)
            await city.looked()
    assert await city.names(d.WAY_HOME) == [
        "discharge-begun",
        "clock-breached",
        "clock-escalated",
    ]
    assert city.clock.at > shanghai("2026-03-11T17:30")


async def test_told_again_from_the_beginning_nothing_more_happens(city: Homecoming) -> None:
    async with running(city.runner()):
        for step in STEPS[:5]:
            await city.goes_on(step)
        await city.play(d.withdrawn(CONSENT))
        await city.policies_done()
    before = await city.events()
    await city.rows("UPDATE policy_checkpoints SET position = 0")
    async with running(city.runner()):
        await city.policies_done()
    assert await city.events() == before
