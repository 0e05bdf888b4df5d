"""A simulation against the composed city, whose roles are killed meanwhile: nothing is lost."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from pathlib import Path

import pytest

import main
from domain.shared.calendar import Calendar
from domain.shared.districts import DISTRICTS_2014
from infra.keys import load_keys
from infra.settings import Settings
from infra.supervising import Role, Supervisor, listen
from infra.tokens import DevelopmentIssuer
from simulation.city import Summary, days_before, simulate
from simulation.company_registration import SIMULATION
from simulation.company_registration.plan import plan
from simulation.programme import discovered

CALENDAR = Calendar()
DAYS = days_before(date(2026, 11, 25), 30, CALENDAR)
ROOT = Path(main.__file__).parent


@asynccontextmanager
async def city(settings: Settings) -> AsyncIterator[tuple[str, Supervisor]]:
    """Every role but the scheduler, which has nothing to do with simulated matters."""
    await main.prepare(settings)
    with listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        api = ("serve", "api", "--listen-fd", str(listener.fileno()))
        supervisor = Supervisor(
            [
                *(Role(name, ("serve", name)) for name in ("relay", "projector", "policies")),
                Role("api", api, inherit=(listener.fileno(),)),
            ],
            settings.data_dir / "log",
            {
                **os.environ,
                "PYTHONPATH": str(ROOT),
                "HUIMIN_DATA_DIR": str(settings.data_dir),
                "HUIMIN_DATABASE_URL": str(settings.database_url),
                "HUIMIN_NATS_URL": str(settings.nats_url),
                "HUIMIN_NAMESPACE": settings.namespace,
                "HUIMIN_LOG": "json",
            },
        )
        running = asyncio.create_task(supervisor.run())
        try:
            yield f"http://127.0.0.1:{port}", supervisor
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running


async def play(
    settings: Settings, url: str, count: int, supervisor: Supervisor | None = None
) -> Summary:
    """Applications of a month; with a supervisor, its roles are killed one after the other on the way."""
    victims = ["api", "policies", "projector", "relay"]

    def progress(done: int, total: int, _: float, __: datetime) -> None:
        if supervisor is None or not victims or done < total * (5 - len(victims)) / 8:
            return
        if (pid := supervisor.pids.get(victims[0])) is not None:
            os.kill(pid, signal.SIGKILL)
            victims.pop(0)

    issuer = DevelopmentIssuer(settings.data_dir)
    summary = await simulate(
        url,
        issuer.issue,
        [replace(SIMULATION, plan=partial(plan, applications=count))],
        days=DAYS,
        calendar=CALENDAR,
        scale=1.0,
        concurrency=16,
        progress=progress,
    )
    assert supervisor is None or not victims
    return summary


@pytest.mark.faults
async def test_a_city_whose_roles_are_killed_agrees_with_the_log(settings: Settings) -> None:
    async with city(settings) as (url, supervisor):
        summary = await play(settings, url, 150, supervisor)
        assert summary.differences == ()
        assert summary.reports[0].differences == ()
        assert summary.ok
        assert summary.reconnects > 0
        report = summary.reports[0]
        assert report.figure("reserved") == 150
        assert report.figure("registered") > 120
        assert report.figure("opened_late") == 0  # the departments file at once
        assert {row["district"].split()[1] for row in report.tables[0].rows} == set(DISTRICTS_2014)


@pytest.mark.faults
async def test_a_further_simulation_is_another_run_and_comes_to_the_same(
    settings: Settings,
) -> None:
    async with city(settings) as (url, _):
        first = await play(settings, url, 40)
        second = await play(settings, url, 40)
    assert first.ok
    assert second.ok
    assert first.run == 0 < second.run
    same = ("registered", "refused", "withdrawn", "median_minutes", "p99_minutes", "breaches")
    one, other = first.reports[0], second.reports[0]
    assert [one.figure(key) for key in same] == [other.figure(key) for key in same]


@pytest.mark.slow
async def test_a_small_day_of_all_programmes_agrees_with_the_log(settings: Settings) -> None:
    async with city(settings) as (url, _):
        summary = await simulate(
            url,
            DevelopmentIssuer(settings.data_dir).issue,
            discovered(),
            days=DAYS[-1:],
            calendar=CALENDAR,
            scale=0.0002,
            keyed_hash=load_keys(None, settings.data_dir).pseudonym,
        )
    assert summary.differences == ()
    assert [report.differences for report in summary.reports] == [()] * 7
    assert summary.unplanned == 0
    assert summary.refusals > 100
