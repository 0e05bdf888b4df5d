"""The clocks of a credit file with the scheduler awake: who is late is told, and what ends ends."""

from datetime import UTC, datetime
from uuid import uuid4

from infra.executing.asking import Ask
from tests import credits as c
from tests.acceptance.city import City, a_city
from tests.infra.reacting.market import HandClock
from tests.infra.reacting.roles import running
from tests.scenario import Step, spec_of

AUTHORISATION = uuid4()


async def send(city: City, *steps: Step) -> None:
    for step in steps:
        ask = Ask(caller=step.by, command_id=uuid4(), fingerprint=b"credit")
        await city.executor.execute(spec_of(step.command), step.command, ask)


async def test_a_late_answer_is_told_and_publicity_and_authorisation_end_by_themselves_once(
    database_url: str, namespace: str
) -> None:
    """Acceptance 3, with the timer that ends the publicity."""
    clock = HandClock(datetime.now(UTC))
    clock.shanghai("2026-12-21 10:00")
    async with a_city(database_url, namespace, clock) as city:
        await send(city, *c.PUBLISHED, c.objected(), c.authorised(authorisation=AUTHORISATION))
        async with running(city.projector(), city.scheduler()):
            # the penalty was decided on New Year's Day; 22 to 25, 28 to 30 December
            for at, about_record, about_authorisation in [
                ("2026-12-30 17:30", ["clock-warned"], "authorisation-granted"),
                (
                    "2026-12-30 17:30:01",
                    ["clock-warned", "clock-breached"],
                    "authorisation-granted",
                ),
                (
                    "2027-01-01 00:00:01",
                    ["clock-warned", "clock-breached"],
                    "authorisation-expired",
                ),
                (
                    "2027-01-02 00:00:01",
                    ["clock-warned", "clock-breached", "publicity-ended"],
                    "authorisation-expired",
                ),
                (
                    "2027-01-03 12:00",
                    ["clock-warned", "clock-breached", "publicity-ended"],
                    "authorisation-expired",
                ),
            ]:
                clock.shanghai(at)
                for _ in range(3):
                    await city.timers_seen()
                    await city.scheduler_looked()
                names = [e.name for e in await city.happened(c.RECORD)]
                assert names[3:] == about_record, at
                assert (await city.happened(AUTHORISATION))[-1].name == about_authorisation, at
        await send(city, c.corrected())
        assert (await city.happened(c.RECORD))[-1].name == "record-corrected"
