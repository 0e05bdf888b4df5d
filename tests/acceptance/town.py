"""Programmes over real engines: two processes of the write side on one log, and the roles of the
city beside them with one programme's policies or with all. The clock goes only when told.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from typing import TypeVar
from uuid import UUID, uuid4

from infra.discovery import Registry, discover
from infra.executing.asking import Ask, Outcome
from infra.executing.executor import Executor
from infra.log.append import GroupCommit
from infra.log.load import Loader
from infra.log.migrate import migrate
from infra.reacting.operating import register_policies
from tests.infra.reacting.market import Market
from tests.scenario import CALENDAR, Step, keyed_hash, spec_of


class Town(Market):
    """The market's engines and roles, with a programme of the city and a second process."""

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
        """Sends one step to one of the two processes."""
        ask = Ask(caller=step.by, command_id=key or uuid4(), fingerprint=b"acceptance")
        executor = self.processes[process % 2]
        return await executor.execute(spec_of(step.command), step.command, ask)

    async def play(self, *steps: Step) -> None:
        """Sends the steps as people would, one after the other."""
        for step in steps:
            await self.take(step)

    async def names(self, matter: UUID) -> list[str]:
        """Names of a matter's events, in order."""
        return [e.name for e in await self.reader.stream(matter)]


T = TypeVar("T", bound=Town)


@asynccontextmanager
async def a_town(
    kind: type[T], url: str, namespace: str, policies: str | None, clock: Callable[[], datetime]
) -> AsyncIterator[T]:
    """A town with the policies of one module registered at the log's beginning, and none running;
    without a module, those of the whole city."""
    await migrate(url, namespace)
    registry = discover() if policies is None else _with_policies_of(policies)
    await register_policies(url, namespace, registry)
    town = kind(url, namespace, registry, clock)
    await town.start()
    try:
        yield town
    finally:
        await town.stop()


def _with_policies_of(module: str) -> Registry:
    whole = discover()
    own = {n: p for n, p in whole.policies.items() if p.react.__module__.endswith(f".{module}")}
    assert own, module
    return replace(whole, policies=own)
