"""Sixteen devices of one person ask for access at once, at two processes: three get it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from domain.wifi_sessions.limits import LIVE_DEVICES
from domain.wifi_sessions.refusals import TooManyDevices
from infra.executing.asking import Outcome
from tests import wifi as w
from tests.acceptance.town import Town, a_town
from tests.infra.reacting.market import HandClock
from tests.scenario import MONDAY_MORNING

RACERS = 16
PHONES = 4  # a person has ten codes a day, so most devices come back as known ones


@pytest.fixture
async def town(database_url: str, namespace: str) -> AsyncIterator[Town]:
    clock = HandClock(MONDAY_MORNING)
    async with a_town(Town, database_url, namespace, "wifi_sessions", clock) as made:
        await made.play(w.installed())
        yield made


async def race(town: Town, person: int) -> None:
    sessions = []
    for n in range(PHONES):
        town.clock.at += timedelta(minutes=1)
        session = (await town.take(w.code_sent(person, w.mac(n)))).aggregate_id
        await town.take(w.verified(session))
        sessions.append(session)
    for n in range(RACERS - PHONES):
        sessions.append((await town.take(w.recognised(w.mac(n % PHONES)))).aggregate_id)
    came = await asyncio.gather(
        *(town.take(w.access(session), process=n) for n, session in enumerate(sessions)),
        return_exceptions=True,
    )
    assert sum(isinstance(one, Outcome) for one in came) == LIVE_DEVICES
    refused = [one for one in came if one == TooManyDevices(most=LIVE_DEVICES)]
    assert len(refused) == RACERS - LIVE_DEVICES
    ends = [(await town.names(session))[-1] for session in sessions]
    assert ends.count("access-granted") == LIVE_DEVICES
    assert ends.count("access-refused") == RACERS - LIVE_DEVICES


@pytest.mark.slow
async def test_sixteen_race_for_three_places_five_times(town: Town) -> None:
    for person in range(5):
        await race(town, person)


@pytest.mark.slow
@pytest.mark.faults
async def test_sixteen_race_for_three_places_a_hundred_times(town: Town) -> None:
    for person in range(100):
        await race(town, person)
