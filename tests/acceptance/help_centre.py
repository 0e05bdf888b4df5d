"""The help centre over a real log, with its policies and its scheduler beside it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from infra.discovery import discover
from infra.executing.asking import Ask, Outcome
from infra.executing.executor import Executor
from infra.log.append import GroupCommit
from infra.log.load import Loader
from infra.log.migrate import migrate
from infra.reacting.operating import register_policies
from tests.infra.reacting.market import HandClock, Market
from tests.scenario import CALENDAR, MONDAY_MORNING, Step, keyed_hash, spec_of
from tests.tickets import ticket_id

PROGRAMME = "help-center-tickets"


class HelpCentre(Market):
    """The market's engines and roles, with the help centre's programme and a second process."""

    async def start(self) -> None:
        await super().start()
        self.other_appends = GroupCommit(self.url, self.namespace)
        await self.other_appends.start()
        self.executor = self._process(self.appends)
        self.processes = (self.executor, self._process(self.other_appends))

    async def stop(self) -> None:
        await self.other_appends.stop()
        await super().stop()

    def _process(self, appends: GroupCommit) -> Executor:
        return Executor(
            appends=appends,
            loads=Loader(self.reader, self.codec),
            stored=self.reader,
            codec=self.codec,
            calendar=CALENDAR,
            pseudonym=keyed_hash,
            clock=self.clock,
        )

    async def take(self, step: Step, *, process: int = 0, key: UUID | None = None) -> Outcome:
        """Sends one step to one of two processes."""
        ask = Ask(caller=step.by, command_id=key or uuid4(), fingerprint=b"acceptance")
        executor = self.processes[process % 2]
        return await executor.execute(spec_of(step.command), step.command, ask)

    async def play(self, *steps: Step) -> None:
        """Sends the steps as people would, one after the other."""
        for step in steps:
            await self.take(step)

    async def names(self, matter: UUID) -> list[str]:
        """Names of a matter's events, in order."""
        return [e.name for e in await self.events() if e.stream_id == matter]

    async def decoded(self, number: int, name: str) -> list[Any]:
        """The events of one name of a ticket."""
        return [
            self.codec.decode(e)
            for e in await self.events(name)
            if e.stream_id == ticket_id(number)
        ]


@asynccontextmanager
async def a_help_centre(
    url: str, namespace: str, at: datetime = MONDAY_MORNING
) -> AsyncIterator[HelpCentre]:
    """A help centre whose clock goes only when told."""
    await migrate(url, namespace)
    whole = discover()
    own = {
        name: policy
        for name, policy in whole.policies.items()
        if policy.event_classes[0].type_name.startswith(PROGRAMME)
    }
    registry = replace(whole, policies=own)
    await register_policies(url, namespace, registry)
    centre = HelpCentre(url, namespace, registry, HandClock(at))
    await centre.start()
    try:
        yield centre
    finally:
        await centre.stop()
