"""The scheduler on real engines: each level of each clock once, whatever happens around it."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from infra.reacting import derived_ids
from tests.infra.reacting.market import HandClock, Late, Market, market
from tests.infra.reacting.roles import running
from tests.infra.reacting.stalls import Apply, License

HOUR = timedelta(hours=1)


@pytest.fixture
def clock() -> HandClock:
    """Friday afternoon, twenty minutes before closing."""
    clock = HandClock(datetime.now(UTC))
    clock.shanghai("2026-11-27 17:10")
    return clock


@asynccontextmanager
async def watched(url: str, namespace: str, clock: HandClock) -> AsyncIterator[Market]:
    """A market whose timers are kept and acted on."""
    async with (
        market(url, namespace, clock=clock) as m,
        running(m.projector(), m.scheduler()),
    ):
        yield m


async def applied(m: Market, **ask: Any) -> UUID:
    stall = uuid4()
    await m.do(Apply(stall_id=stall), **ask)
    return stall


async def names(m: Market, stall: UUID) -> list[str]:
    return [e.name for e in await m.reader.stream(stall)]


async def settled(m: Market) -> None:
    """The scheduler has looked since the last turn of the clock, and the timers are behind nothing."""
    for _ in range(3):
        await m.timers_seen()
        await m.scheduler_looked()


async def test_each_level_is_recorded_when_office_hours_have_used_it_up(
    database_url: str, namespace: str, clock: HandClock
) -> None:
    async with watched(database_url, namespace, clock) as m:
        stall = await applied(m)
        # 20 minutes on Friday, then nothing until Monday 08:30: warning at 08:55, due at 09:10
        for at, expected in [
            ("2026-11-27 20:00", []),
            ("2026-11-29 12:00", []),
            ("2026-11-30 08:55", []),
            ("2026-11-30 08:55:00.000001", ["clock-warned"]),
            ("2026-11-30 09:10", ["clock-warned"]),
            ("2026-11-30 09:10:01", ["clock-warned", "clock-breached"]),
            ("2026-11-30 10:10:01", ["clock-warned", "clock-breached", "clock-escalated"]),
            ("2026-12-01 12:00", ["clock-warned", "clock-breached", "clock-escalated"]),
        ]:
            clock.shanghai(at)
            await settled(m)
            assert (await names(m, stall))[1:] == expected, at
        warned = (await m.events("clock-warned"))[0]
        decoded: Any = m.codec.decode(warned)
        assert warned.actor == "clock:answer"
        assert warned.command_id == derived_ids.of_clock(
            stall, "answer", "warned", decoded.clocks[0].warn_at
        )


async def test_a_clock_that_stopped_in_the_instant_it_fell_due_is_not_breached(
    database_url: str, namespace: str, clock: HandClock
) -> None:
    async with watched(database_url, namespace, clock) as m:
        stall = await applied(m)
        clock.shanghai("2026-11-30 09:10")
        await settled(m)
        await m.do(License(stall_id=stall))
        clock.shanghai("2026-12-24 12:00")
        await settled(m)
        assert await names(m, stall) == ["applied", "clock-warned", "licensed"]


async def test_a_scheduler_that_starts_late_records_every_level_in_order(
    database_url: str, namespace: str, clock: HandClock
) -> None:
    async with market(database_url, namespace, clock=clock) as m:
        stall = await applied(m)
        clock.shanghai("2026-12-01 12:00")
        async with running(m.projector(), m.scheduler()):
            await settled(m)
        assert await names(m, stall) == [
            "applied",
            "clock-warned",
            "clock-breached",
            "clock-escalated",
        ]


async def test_a_deadline_leads_to_its_command(
    database_url: str, namespace: str, clock: HandClock
) -> None:
    async with watched(database_url, namespace, clock) as m:
        stall = await applied(m)
        clock.shanghai("2026-12-07 17:10")
        await settled(m)
        assert "lapsed" not in await names(m, stall)
        clock.shanghai("2026-12-07 17:10:01")
        await settled(m)
        (lapsed,) = await m.events("lapsed")
        assert lapsed.actor == "clock:lapse"
        before = await m.events()
        clock.shanghai("2027-12-07 17:10")
        await settled(m)
        assert await m.events() == before


async def test_two_schedulers_record_each_level_once(
    database_url: str, namespace: str, clock: HandClock
) -> None:
    async with market(database_url, namespace, clock=clock) as m:
        stalls = [await applied(m) for _ in range(20)]
        # without the lease that keeps all but one of them quiet
        schedulers = [m.scheduler() for _ in range(3)]
        for n, scheduler in enumerate(schedulers):
            scheduler._lease._name = f"scheduler-{n}"
        async with running(m.projector(), *schedulers):
            for at in ("2026-11-30 09:00", "2026-11-30 09:30", "2026-12-01 12:00"):
                clock.shanghai(at)
                await settled(m)
            clock.shanghai("2026-12-24 12:00")
            await settled(m)
        assert {tuple(await names(m, s)) for s in stalls} == {
            ("applied", "clock-warned", "clock-breached", "clock-escalated", "lapsed")
        }


async def test_timers_made_again_fire_nothing_again(
    database_url: str, namespace: str, clock: HandClock
) -> None:
    async with watched(database_url, namespace, clock) as m:
        licensed, waiting = await applied(m), await applied(m)
        clock.shanghai("2026-11-30 09:30")
        await settled(m)
        await m.do(License(stall_id=licensed))
        await settled(m)
        before = await m.events()
        # what a rebuild shows for a while at worst: every row as it was at an old position
        await m.rows_as_owner(
            "UPDATE read_timers SET next_at = now() - interval '10 years', level = 'breached',"
            " clock_name = 'answer'"
        )
        await settled(m)
        await m.rows_as_owner("UPDATE read_timers SET level = 'due', clock_name = 'lapse'")
        await m.rows_as_owner("DELETE FROM read_timers WHERE stream_id = %s", licensed)
        await settled(m)
        after = await m.events()
        # the forged deadline is a command as any other; the programme itself lets the stall lapse
        assert after[: len(before)] == before
        assert [(e.name, e.stream_id) for e in after[len(before) :]] == [("lapsed", waiting)]


async def test_a_clock_that_steps_back_fires_nothing_again(
    database_url: str, namespace: str, clock: HandClock
) -> None:
    async with watched(database_url, namespace, clock) as m:
        stall = await applied(m)
        clock.shanghai("2026-11-30 09:11")
        await settled(m)
        assert (await names(m, stall))[1:] == ["clock-warned", "clock-breached"]
        clock.at -= 2 * HOUR
        await settled(m)
        clock.at += 2 * HOUR
        await settled(m)
        assert (await names(m, stall))[1:] == ["clock-warned", "clock-breached"]
        times = [e.occurred_at for e in await m.reader.stream(stall)]
        assert times == sorted(times)


async def test_a_simulated_matter_is_left_alone(
    database_url: str, namespace: str, clock: HandClock
) -> None:
    async with watched(database_url, namespace, clock) as m:
        stall = await applied(m, now=clock.at, clock="spring")
        clock.shanghai("2026-12-24 12:00")
        await settled(m)
        assert await names(m, stall) == ["applied"]


async def test_a_command_before_the_scheduler_leaves_it_nothing_to_do(
    database_url: str, namespace: str, clock: HandClock
) -> None:
    async with market(database_url, namespace, clock=clock) as m:
        stall = await applied(m)
        clock.shanghai("2026-11-30 09:30")
        await m.do(License(stall_id=stall))
        async with running(m.projector(), m.scheduler()):
            await settled(m)
        assert await names(m, stall) == ["applied", "clock-warned", "clock-breached", "licensed"]


async def test_a_row_that_leads_to_nothing_is_not_tried_all_the_time(
    database_url: str, namespace: str, clock: HandClock
) -> None:
    async with market(database_url, namespace, clock=clock) as m:
        stall = await applied(m)
        tries: Counter[UUID] = Counter()

        class Counting:
            """The executor, counted."""

            async def settle(self, aggregate: Any, matter: UUID, **more: Any) -> Any:
                tries[matter] += 1
                return await m.executor.settle(aggregate, matter, **more)

            async def execute(self, *command: Any) -> Any:
                return await m.executor.execute(*command)

        async with running(m.projector()):
            await m.timers_seen()
        await m.rows_as_owner(
            "UPDATE read_timers SET next_at = '2026-11-01', level = 'warned', clock_name = 'answer'"
        )
        async with running(m.scheduler(executor=Counting())):
            for _ in range(10):
                await m.scheduler_looked()
        assert tries[stall] == 1


async def test_a_level_is_recorded_within_a_second_of_its_time(
    database_url: str, namespace: str
) -> None:
    late = Late()
    async with market(database_url, namespace, clock=late) as m:
        stall = await applied(m)
        async with running(m.projector(), m.scheduler()):
            await m.timers_seen()
            first: Any = m.codec.decode((await m.events("applied"))[0])
            due: Any = next(r for r in first.clocks if r.clock == "lapse").due_at
            late.ahead = due - late() + late.ahead - timedelta(seconds=0.3)
            await m.poke()

            async def has_lapsed() -> bool:
                return "lapsed" in await names(m, stall)

            await asyncio.wait_for(m.until(has_lapsed), 10)
        (lapsed,) = await m.events("lapsed")
        assert timedelta(0) < lapsed.occurred_at - due < timedelta(seconds=1)
