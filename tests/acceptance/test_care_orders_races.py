"""Sixteen at once, over two processes: one bed, one carer's hour; never two winners, never none."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import pytest

from domain.care_orders import Mode
from domain.care_orders.people import provider_id
from domain.care_orders.refusals import CarerBusy, NoPlace
from infra.executing.asking import Outcome
from tests import care as c
from tests import visits as v
from tests.acceptance.care_city import Offices, offices, provider_code
from tests.scenario import HUIMIN, Step

RACERS = 16
A_FEW = pytest.param(5, id="few")
MANY = pytest.param(100, marks=pytest.mark.faults, id="hundred")
Race = Callable[[Offices, int], Awaitable[None]]


async def all_at_once(office: Offices, *steps: Step) -> list[Outcome | BaseException]:
    return await asyncio.gather(*(office.send(step) for step in steps), return_exceptions=True)


def winners(came: list[Outcome | BaseException]) -> list[int]:
    return [n for n, one in enumerate(came) if isinstance(one, Outcome)]


@pytest.mark.slow
@pytest.mark.parametrize("rounds", [A_FEW, MANY])
async def test_sixteen_race_for_one_bed(database_url: str, namespace: str, rounds: int) -> None:
    async with offices(database_url, namespace) as office:
        for n in range(rounds):
            await one_bed(office, n)


async def one_bed(office: Offices, round_no: int) -> None:
    uscc = provider_code(round_no)
    orders = [c.order_number(10_000 * (round_no + 1) + n) for n in range(RACERS)]
    await office.send(c.provider(uscc, beds=("1-1",)))
    for n, order in enumerate(orders):
        await office.play(*c.planned(order, Mode.INSTITUTION, who=n + 1))
    came = await all_at_once(office, *(c.assigned(order, provider=uscc) for order in orders))
    (winner,) = winners(came)
    turned_down = [one for one in came if isinstance(one, NoPlace)]
    assert sorted(one.position or 0 for one in turned_down) == list(range(1, RACERS))
    taken = await office.happened(provider_id(uscc))
    assert taken.count("place-taken") == 1
    assert (await office.happened(orders[winner]))[-1] == "provider-assigned"
    for order in orders:  # so that each elder may ask in the next round
        await office.send(c.ended(order, sender=HUIMIN))


@pytest.mark.slow
@pytest.mark.parametrize("rounds", [A_FEW, MANY])
async def test_sixteen_race_for_one_hour_of_a_carer(
    database_url: str, namespace: str, rounds: int
) -> None:
    async with offices(database_url, namespace) as office:
        await office.play(*c.PROVIDERS)
        orders = [c.order_number(n + 1) for n in range(RACERS)]
        for n, order in enumerate(orders):
            plan = c.proposed(c.item(times_per_week=20), order=order)
            asked = (c.requested(order, who=n + 1), c.assessed(order=order), plan)
            await office.play(*asked, c.accepted(order), c.assigned(order))
        for n in range(rounds):
            # twenty a week, as planned, should one order win them all
            start = v.START + timedelta(weeks=n // 20, days=n % 20 // 4, hours=n % 4)
            visits = [UUID(int=c.VISIT.int + RACERS * n + k) for k in range(RACERS)]
            steps = [
                v.scheduled(visit, order=order, start=start)
                for visit, order in zip(visits, orders, strict=True)
            ]
            came = await all_at_once(office, *steps)
            (winner,) = winners(came)
            assert sum(isinstance(one, CarerBusy) for one in came) == RACERS - 1
            assert await office.happened(visits[winner]) == ["visit-scheduled"]
