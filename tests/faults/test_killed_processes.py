"""kill -9 of every process of the city, one after the other, while the demo plays."""

import asyncio
from datetime import date, datetime

import pytest

from domain.shared.calendar import Calendar
from infra.keys import load_keys
from simulation.city import days_before, simulate
from simulation.programme import discovered
from tests.faults.city import ENGINES, ROLES, City

pytestmark = pytest.mark.faults

CALENDAR = Calendar()
DAYS = days_before(date(2026, 11, 25), 1, CALENDAR)
SCALE = 0.002
VICTIMS = (*ROLES, *ENGINES)


async def test_whatever_is_killed_during_the_demo_nothing_acknowledged_is_lost(city: City) -> None:
    """Each acknowledged command is in the log once, in a stream equal to it, in equal models."""
    share = 0.0
    moved = asyncio.Event()

    def progress(done: int, total: int, _: float, __: datetime) -> None:
        nonlocal share
        share = done / total
        moved.set()

    async def kill_all() -> None:
        for number, victim in enumerate(VICTIMS):
            while share < (number + 1) / (len(VICTIMS) + 2):
                moved.clear()
                await moved.wait()
            await city.kill(victim)

    killing = asyncio.create_task(kill_all())
    summary = await simulate(
        city.base_url,
        city.issuer.issue,
        discovered(),
        days=DAYS,
        calendar=CALENDAR,
        scale=SCALE,
        keyed_hash=load_keys(None, city.data_dir).pseudonym,
        progress=progress,
    )
    await killing
    assert summary.reconnects > 0
    assert summary.differences == ()
    assert [report.differences for report in summary.reports] == [()] * len(summary.reports)
    assert summary.commands_acknowledged > 5_000
    await city.agrees()
    rebuilt = await asyncio.to_thread(city.asked, "projections", "rebuild", "--all")
    assert all(one["verified"] and one["switched"] for one in rebuilt["read_models"])
