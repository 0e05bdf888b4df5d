"""The city's WiFi over a real log: two processes of the write side, and its policies beside them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
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

PROGRAMME = "wifi-sessions"


class WifiTown(Market):
    """The market's engines and roles, with this programme and a second process."""

    async def start(self) -> None:
        await super().start()
        self.other_appends = GroupCommit(self.url, self.namespace)
        await self.other_appends.start()
        self.executor = self.process(self.appends)
        self.processes = (self.executor, self.process(self.other_appends))

    async def stop(self) -> None:
        await self.other_appends.stop()
        await super().stop()

    def process(self, appends: GroupCommit) -> Executor:
        """Another process of the write side."""
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
        """Sends the steps as they would come, one after the other."""
        for step in steps:
            await self.take(step)

    async def names(self, matter: UUID) -> list[str]:
        """Names of a matter's events, in order."""
        return [e.name for e in await self.reader.stream(matter)]


@asynccontextmanager
async def a_wifi_town(url: str, namespace: str) -> AsyncIterator[WifiTown]:
    """A town whose clock goes only when told."""
    await migrate(url, namespace)
    whole = discover()
    own = {
        name: policy
        for name, policy in whole.policies.items()
        if policy.event_classes[0].type_name.startswith(PROGRAMME)
    }
    registry = replace(whole, policies=own)
    await register_policies(url, namespace, registry)
    town = WifiTown(url, namespace, registry, HandClock(MONDAY_MORNING))
    await town.start()
    try:
        yield town
    finally:
        await town.stop()
