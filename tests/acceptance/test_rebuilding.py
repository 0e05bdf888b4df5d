"""All read models made again by the real command, while clocks are overdue and answers wait."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest

from domain.business_opening import opening_id
from domain.shared.identifiers import make_uscc
from infra.projecting.read_model import read_models
from infra.settings import Settings
from tests import registrations as r
from tests.acceptance.city import SIX, City, a_city
from tests.infra.reacting.market import HandClock
from tests.infra.reacting.roles import running
from tests.scenario import Step

ROOT = Path(__file__).parents[2]
A_DAY = (timedelta(days=1),)
"""Whoever is put off waits longer than the test."""


@pytest.fixture
def clock() -> HandClock:
    """A Friday morning."""
    clock = HandClock(datetime.now(UTC))
    clock.shanghai("2026-11-20 09:00")
    return clock


@pytest.fixture
async def city(database_url: str, namespace: str, clock: HandClock) -> AsyncIterator[City]:
    async with a_city(database_url, namespace, clock) as made:
        yield made


def new_company(trade_name: str, organisation: str) -> tuple[Step, ...]:
    """From the name to the licence, with six departments to file with."""
    return (
        r.name_reserved(trade_name=trade_name),
        r.submitted(foreign_trader=True),
        r.approved(),
        r.licensed(make_uscc("enterprise", "330203", organisation)),
    )


async def rebuilt(settings: Settings, which: str) -> list[dict[str, Any]]:
    """``huimin projections rebuild NAME|--all``, in a process of its own; what it reports."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("HUIMIN_")}
    environment |= {
        "HUIMIN_DATA_DIR": str(settings.data_dir),
        "HUIMIN_DATABASE_URL": str(settings.database_url),
        "HUIMIN_NATS_URL": str(settings.nats_url),
        "HUIMIN_NAMESPACE": settings.namespace,
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "main", "projections", "rebuild", which, "--workers", "1"),
        "--json",
        cwd=ROOT,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    printed, failed = await process.communicate()
    assert process.returncode == 0, failed.decode()
    return list(orjson.loads(printed)["read_models"])


async def kept(city: City) -> list[Any]:
    """What policies know beside the log: how far each is, and what waits since how many tries."""
    checkpoints = await city.rows(
        "SELECT policy, position, state FROM policy_checkpoints ORDER BY 1"
    )
    waiting = await city.rows(
        "SELECT policy, position, ordinal, attempts, due_at FROM policy_retries ORDER BY 1, 2, 3"
    )
    return [*checkpoints, *waiting]


async def filed(city: City, company: UUID) -> list[str]:
    return sorted(city.departments(await city.happened(company), "filing-recorded"))


@pytest.mark.slow
@pytest.mark.parametrize("which", ["timers", pytest.param("--all", marks=pytest.mark.faults)])
async def test_a_rebuild_of_the_timers_or_of_everything_sets_no_policy_and_no_clock_off(
    city: City, clock: HandClock, settings: Settings, which: str
) -> None:
    served, announced, forgotten, unanswered = (uuid4() for _ in range(4))
    async with running(city.projector()):
        async with running(city.runner(pauses=A_DAY)):
            await city.play(served, *new_company("甬江", "MA2AF3XQ"))
            await city.answered()
        await city.play(announced, *new_company("姚江", "MA2A0007"), r.announced())
        async with running(city.runner(pauses=A_DAY)):
            await city.answered()
        # nobody answers this one, and nobody acts on the hour of the next, which is over
        await city.play(unanswered, *new_company("东钱湖", "MA2A0008"))
        await city.play(forgotten, r.name_reserved(trade_name="奉化江"), r.submitted())
        clock.shanghai("2026-12-01 12:00")
        await city.timers_seen()
        overdue = "SELECT count(*) FROM read_timers WHERE next_at < %s"
        assert (await city.rows(overdue, clock()))[0][0] >= 2
        before, known = await city.events(), await kept(city)
        assert len(known) > len(city.registry.policies)  # some answers wait
        report = await rebuilt(settings, which)
        asked = set(read_models(city.registry)) if which == "--all" else {which}
        assert {line["name"] for line in report} == asked
        assert all(line["verified"] and line["switched"] for line in report)
        assert await city.events() == before
        assert await kept(city) == known

        # who wakes over the new tables does what was due, once, and a rebuild beside them no more
        async with running(city.runner(pauses=A_DAY), city.scheduler()):
            await city.answered()
            for _ in range(3):
                await city.timers_seen()
                await city.scheduler_looked()
            after = await city.events()
            await rebuilt(settings, "timers")
            for _ in range(3):
                await city.timers_seen()
                await city.scheduler_looked()
            await city.answered()
        assert await city.events() == after
    assert await filed(city, served) == sorted(SIX)
    assert await filed(city, unanswered) == sorted(SIX)
    own = [e.name for e in await city.happened(forgotten)]
    assert own[2:] == [
        "clock-warned",
        "clock-breached",
        "clock-escalated",
        "clock-breached",
        "clock-escalated",
    ]
    opening = [e.name for e in await city.happened(opening_id(unanswered))]
    assert opening.count("clock-breached") == 1
