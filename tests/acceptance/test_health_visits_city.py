"""A morning at a hospital with policies, scheduler and read models over real engines."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from domain.health_visits.values import report_id
from infra.discovery import discover
from infra.executing.asking import Ask
from infra.log.migrate import migrate
from infra.reacting.operating import register_policies
from infra.settings import Settings
from tests import clinics as c
from tests.acceptance.city import City
from tests.acceptance.test_rebuilding import rebuilt
from tests.infra.reacting.market import HandClock
from tests.infra.reacting.roles import running
from tests.scenario import Step, spec_of


class Hospital(City):
    """The city's engines and roles; steps are sent at the time of the hand-set clock."""

    async def take(self, *steps: Step) -> UUID:
        """Sends the steps as people would; the id of the last one's matter."""
        matters = [await self.taken(step) for step in steps]
        return matters[-1]

    async def taken(self, step: Step) -> UUID:
        """Sends one step at the time of the clock."""
        ask = Ask(caller=step.by, command_id=uuid4(), fingerprint=b"acceptance", now=self.clock())
        outcome = await self.executor.execute(spec_of(step.command), step.command, ask)
        return outcome.aggregate_id

    async def names(self, matter: UUID) -> list[str]:
        """What happened to a matter."""
        return [e.name for e in await self.happened(matter)]


@pytest.fixture
def clock() -> HandClock:
    """The Sunday before."""
    clock = HandClock(datetime.now(UTC))
    clock.shanghai("2026-03-01 10:00")
    return clock


@pytest.fixture
async def hospital(database_url: str, namespace: str, clock: HandClock) -> AsyncIterator[Hospital]:
    await migrate(database_url, namespace)
    registry = discover()
    await register_policies(database_url, namespace, registry)
    made = Hospital(database_url, namespace, registry, clock)
    await made.start()
    try:
        yield made
    finally:
        await made.stop()


@pytest.mark.slow
async def test_a_morning_sets_off_what_it_should_once_also_after_a_rebuild(
    hospital: Hospital, clock: HandClock, settings: Settings
) -> None:
    """Acceptance 4 and 6 with the policies, and the no-show by the scheduler."""
    async with running(hospital.projector()):
        async with running(hospital.runner(), hospital.scheduler()):
            await hospital.take(c.archive_opened(), c.session_opened())
            await hospital.take(c.session_opened("doctor-2"))
            treated = await hospital.take(c.booked(1))
            missing = await hospital.take(c.booked(2))
            moved = await hospital.take(c.booked(3, session=c.OTHER_SESSION))
            told = await hospital.take(c.booked(4, session=c.OTHER_SESSION, rebook_if_closed=False))
            await hospital.take(c.session_closed(c.OTHER_SESSION, substitute=c.SESSION))
            await hospital.answered()
            clock.shanghai("2026-03-02 08:50")
            await hospital.take(c.checked_in(visit=treated))
            clock.shanghai("2026-03-02 09:05")
            await hospital.take(c.called(visit=treated), c.started(visit=treated))
            await hospital.take(c.diagnosed(visit=treated, icd10="A37.0"))
            clock.shanghai("2026-03-02 10:40")
            await hospital.timers_seen()
            await hospital.scheduler_looked()
            await hospital.answered()
        before = await hospital.events()
        assert await hospital.names(report_id(treated, "pertussis")) == [
            "report-fell-due",
            "notifiable-reported",
        ]
        assert (await hospital.names(missing)).count("no-show-recorded") == 1
        assert "appointment-rescheduled" in await hospital.names(moved)
        assert (await hospital.names(told))[-1] == "appointment-cancelled"
        freed = [e for e in await hospital.names(c.OTHER_SESSION) if e == "seat-freed"]
        assert len(freed) == 2
        for which in ("timers", "waiting_room"):
            report = await rebuilt(settings, which)
            assert all(line["verified"] and line["switched"] for line in report)
        hospital.schedulers.clear()  # the first one has ended, and looks no more
        async with running(hospital.runner(), hospital.scheduler()):
            await hospital.answered()
            await hospital.timers_seen()
            await hospital.scheduler_looked()
            await hospital.answered()
        assert await hospital.events() == before
