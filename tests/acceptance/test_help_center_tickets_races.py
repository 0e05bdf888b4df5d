"""Many dispatch to one company at once, from two processes: it never carries more than it can."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from domain.help_center_tickets.refusals import CompanyFull
from infra.executing.asking import Outcome
from tests import tickets as t
from tests.acceptance.help_centre import HelpCentre, a_help_centre

CAPACITY = 5
TO_COMPANY = t.to(t.COMPANY)


@pytest.fixture
async def centre(database_url: str, namespace: str) -> AsyncIterator[HelpCentre]:
    async with a_help_centre(database_url, namespace) as made:
        await made.play(*t.MEMBER)
        yield made


async def race(centre: HelpCentre, first: int, racers: int) -> None:
    """Four places are taken, so many race for the fifth, and all are given back."""
    numbers = range(first, first + CAPACITY - 1 + racers)
    for n in numbers:
        await centre.play(t.opened(n), t.classified(n))
    for n in numbers[: CAPACITY - 1]:
        await centre.take(t.dispatched(n, holder=TO_COMPANY))
    came = await asyncio.gather(
        *(
            centre.take(t.dispatched(n, holder=TO_COMPANY), process=n)
            for n in numbers[CAPACITY - 1 :]
        ),
        return_exceptions=True,
    )
    assert sum(isinstance(one, Outcome) for one in came) == 1
    full = [one for one in came if one == CompanyFull(capacity=CAPACITY)]
    assert len(full) == racers - 1
    centre.clock.at += timedelta(minutes=1)
    held = [n for n in numbers if (await centre.names(t.ticket_id(n)))[-1] == "ticket-dispatched"]
    assert len(held) == CAPACITY
    for n in held:
        await centre.take(t.withdrawn(n))


async def test_the_last_place_goes_to_one_of_ten_at_once(centre: HelpCentre) -> None:
    """Acceptance 3."""
    await race(centre, first=1, racers=10)


@pytest.mark.slow
async def test_sixteen_race_for_the_last_place_five_times(centre: HelpCentre) -> None:
    for n in range(5):
        await race(centre, first=1 + 100 * n, racers=16)


@pytest.mark.slow
@pytest.mark.faults
async def test_sixteen_race_for_the_last_place_a_hundred_times(centre: HelpCentre) -> None:
    for n in range(100):
        await race(centre, first=1 + 100 * n, racers=16)
