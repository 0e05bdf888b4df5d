"""The city's own programmes over real engines, for what is about several of them at once."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from infra.clock import now
from infra.discovery import discover
from infra.executing.asking import Ask
from infra.executing.executor import Executor
from infra.log.load import Loader
from infra.log.migrate import migrate
from infra.log.records import RecordedEvent
from infra.reacting.operating import register_policies
from tests import registrations as r
from tests.infra.reacting.market import Market
from tests.scenario import CALENDAR, Step, keyed_hash, spec_of

NEW_COMPANY = (r.name_reserved(), r.submitted(foreign_trader=True), r.approved(), r.licensed())
SIX = ["tax", "hrss", "housing-fund", "public-security", "statistics", "customs"]
PROGRAMMES = ("company-registration", "business-opening")


class City(Market):
    """The market's engines and roles, with the city's own programmes."""

    async def start(self) -> None:
        await super().start()
        self.executor = Executor(
            appends=self.appends,
            loads=Loader(self.reader, self.codec),
            stored=self.reader,
            codec=self.codec,
            calendar=CALENDAR,
            pseudonym=keyed_hash,
            clock=self.clock,
        )

    async def play(self, matter: UUID, *steps: Step) -> None:
        """Sends the steps as people would."""
        for step in steps:
            command = step.command.model_copy(update={"registration_id": matter})
            ask = Ask(caller=step.by, command_id=uuid4(), fingerprint=b"acceptance")
            await self.executor.execute(spec_of(command), command, ask)

    async def happened(self, matter: UUID) -> list[RecordedEvent]:
        """A matter's events."""
        return [e for e in await self.events() if e.stream_id == matter]

    async def answered(self) -> None:
        """Every policy has seen all of the log; what was refused may still wait."""

        async def seen() -> bool:
            return all(p.lag == 0 for p in await self.operations.status())

        await self.until(seen)

    def departments(self, events: list[RecordedEvent], name: str) -> list[str]:
        """Which departments the events of one name are about, in order."""
        decoded: list[Any] = [self.codec.decode(e) for e in events if e.name == name]
        return [event.department for event in decoded]


@asynccontextmanager
async def a_city(
    url: str, namespace: str, clock: Callable[[], datetime] = now
) -> AsyncIterator[City]:
    """A city with its policies registered at the log's beginning, and nothing running."""
    await migrate(url, namespace)
    registry = discover()
    own = {
        name: policy
        for name, policy in registry.policies.items()
        if policy.event_classes[0].type_name.startswith(PROGRAMMES)
    }
    registry = replace(registry, policies=own)
    await register_policies(url, namespace, registry)
    city = City(url, namespace, registry, clock)
    await city.start()
    try:
        yield city
    finally:
        await city.stop()
