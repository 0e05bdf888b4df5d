"""A town whose harbour is at work, with the policies of the whole city."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from infra.executing.asking import Outcome
from infra.log.records import RecordedEvent
from tests import customs as c
from tests.acceptance.town import Town, a_town
from tests.infra.reacting.market import HandClock
from tests.infra.reacting.roles import running
from tests.scenario import Step


class CustomsTown(Town):
    """A town with a clock set by hand, that is told when something happened."""

    clock: HandClock

    async def send(self, *steps: Step) -> Outcome:
        """Sends the steps, each a minute after the last unless it says when; the last answer."""
        outcomes = []
        for step in steps:
            self.clock.at = step.at or self.clock.at + timedelta(minutes=1)
            outcomes.append(await self.take(step))
        return outcomes[-1]

    async def answered(self) -> None:
        """Every policy has answered all of the log."""
        async with running(self.runner()):
            await self.policies_done()

    async def only(self, name: str) -> RecordedEvent:
        """The one event of a name."""
        (found,) = await self.events(name)
        return found

    def follows(self, effect: RecordedEvent, cause: RecordedEvent) -> bool:
        """Whether an event is in the chain of another, which caused it."""
        return (effect.correlation_id, effect.causation_position) == (
            cause.correlation_id,
            cause.position,
        )

    async def delivered_again(self) -> None:
        """Every event of the log comes to every policy once more, and changes nothing."""
        before = await self.events()
        await self.rows("UPDATE policy_checkpoints SET position = 0")
        await self.answered()
        assert await self.events() == before


@asynccontextmanager
async def customs_town(url: str, namespace: str) -> AsyncIterator[CustomsTown]:
    """With its enterprises, in the morning of 2 March 2026, and no role running."""
    async with a_town(CustomsTown, url, namespace, None, HandClock(c.BEGIN)) as made:
        await made.send(*c.ENTERPRISES)
        yield made
