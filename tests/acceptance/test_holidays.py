"""Clocks that run across National Day 2026, with the scheduler awake all the while.

The State Council's notice: free from 1 to 7 October, and Saturday 10 October is worked. The
calendar is the real one; only the time of day is set by hand.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from domain.business_opening import opening_id
from tests import registrations as r
from tests.acceptance.city import NEW_COMPANY, City, a_city
from tests.infra.reacting.market import HandClock
from tests.infra.reacting.roles import running

WARNED, BREACHED, ESCALATED = "clock-warned", "clock-breached", "clock-escalated"


@asynccontextmanager
async def office(url: str, namespace: str, at: str) -> AsyncIterator[tuple[City, HandClock]]:
    """A city at an instant of Shanghai, whose timers are kept and acted on."""
    clock = HandClock(datetime.now(UTC))
    clock.shanghai(at)
    async with a_city(url, namespace, clock) as city, running(city.projector(), city.scheduler()):
        yield city, clock


async def raised(city: City, matter: UUID, clock: str) -> list[str]:
    """Which levels of a clock the log holds, once timers and scheduler have seen the present."""
    for _ in range(3):
        await city.timers_seen()
        await city.scheduler_looked()
    levels = [e for e in await city.happened(matter) if e.name.startswith("clock-")]
    decoded: list[Any] = [city.codec.decode(e) for e in levels]
    return [e.name for e, d in zip(levels, decoded, strict=True) if d.clock == clock]


async def test_the_hour_rests_with_the_office_over_national_day(
    database_url: str, namespace: str
) -> None:
    async with office(database_url, namespace, "2026-09-30 17:00") as (city, clock):
        matter = uuid4()
        await city.play(matter, r.name_reserved(), r.submitted())
        # half an hour on Wednesday, the other one on Thursday of the week after
        for at, expected in [
            ("2026-09-30 23:59", []),
            ("2026-10-01 12:00", []),
            ("2026-10-04 10:00", []),
            ("2026-10-07 17:30", []),
            ("2026-10-08 08:45", []),
            ("2026-10-08 08:45:01", [WARNED]),
            ("2026-10-08 09:00", [WARNED]),
            ("2026-10-08 09:00:01", [WARNED, BREACHED]),
            ("2026-10-08 09:30:01", [WARNED, BREACHED, ESCALATED]),
        ]:
            clock.shanghai(at)
            assert await raised(city, matter, "licence-1h") == expected, at


async def test_the_saturday_that_is_worked_counts_as_the_third_day_of_the_legal_term(
    database_url: str, namespace: str
) -> None:
    async with office(database_url, namespace, "2026-09-30 17:00") as (city, clock):
        matter = uuid4()
        await city.play(matter, r.name_reserved(), r.submitted())
        # Thursday 8, Friday 9, Saturday 10; Monday 12 is one working day later
        for at, expected in [
            ("2026-10-10 17:30", []),
            ("2026-10-10 17:30:01", [BREACHED]),
            ("2026-10-12 17:30", [BREACHED]),
            ("2026-10-12 17:30:01", [BREACHED, ESCALATED]),
        ]:
            clock.shanghai(at)
            assert await raised(city, matter, "registration-legal") == expected, at


async def test_an_hour_paused_over_the_holiday_goes_on_on_the_worked_saturday(
    database_url: str, namespace: str
) -> None:
    async with office(database_url, namespace, "2026-09-30 17:00") as (city, clock):
        matter = uuid4()
        await city.play(matter, r.name_reserved(), r.submitted())
        clock.shanghai("2026-09-30 17:10")
        await city.play(matter, r.correction_requested())
        for at in ("2026-10-08 12:00", "2026-10-09 17:30"):
            clock.shanghai(at)
            assert await raised(city, matter, "licence-1h") == [], at
        clock.shanghai("2026-10-10 09:00")
        await city.play(matter, r.resubmitted())
        # 50 of the 60 minutes remained
        clock.shanghai("2026-10-10 09:50")
        assert await raised(city, matter, "licence-1h") == [WARNED]
        clock.shanghai("2026-10-10 09:50:01")
        assert await raised(city, matter, "licence-1h") == [WARNED, BREACHED]


async def test_a_licence_of_the_last_day_before_leaves_the_departments_the_first_day_after(
    database_url: str, namespace: str
) -> None:
    async with office(database_url, namespace, "2026-09-30 16:00") as (city, clock):
        company = uuid4()
        await city.play(company, *NEW_COMPANY, r.announced())  # which keeps the filings waiting
        async with running(city.runner(pauses=(timedelta(days=1),))):
            await city.answered()
            for at, expected in [
                ("2026-10-07 23:00", []),
                ("2026-10-08 17:30", []),
                ("2026-10-08 17:30:01", [BREACHED]),
                ("2026-10-09 17:30:01", [BREACHED, ESCALATED]),
            ]:
                clock.shanghai(at)
                found = await raised(city, opening_id(company), "business-opening")
                assert found == expected, at
