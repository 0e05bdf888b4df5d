"""Some weeks of the city, played through the public API and then checked against the log.

Relies on nothing but HTTP and a way to get tokens. The same seed on a fresh instance gives the same
matters with the same ids; a further demo on the same instance is the next run, with ids and names
of its own.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from commands.base import Role
from domain.shared.calendar import Calendar
from simulation.checking import by_matter, differences
from simulation.engine import Engine, Progress, Senders, TokenFor
from simulation.http import Client
from simulation.matters import Matter, Played, Sender
from simulation.programme import Findings, Report, World, discovered
from simulation.reading import Event, Reader

AUDITOR = Sender("demo-auditor", Role.AUDITOR, "supervision")
SETTLED_WITHIN_SECONDS = 180.0
LOOK_AGAIN_SECONDS = 0.5

Phase = Callable[[str], None]
"""Told what begins: ``planning``, ``playing``, ``settling``, ``checking``."""


@dataclass(frozen=True, slots=True)
class DemoSummary:
    """What a demo came to. ``ok`` means that nothing differs from the log.

    ``refusals`` counts answers of refusal, of which ``unplanned`` were not meant.
    """

    seed: int
    run: int
    matters: int
    commands_acknowledged: int
    commands_per_second: float
    seconds: float
    refusals: int
    unplanned: int
    retries: int
    reconnects: int
    events: int
    reports: tuple[Report, ...]
    differences: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether log, read models and acknowledgements say the same."""
        return not self.differences and not any(report.differences for report in self.reports)

    def as_json(self) -> dict[str, Any]:
        """Plain values, for ``--json``."""
        return {"ok": self.ok, **asdict(self)}


async def run_demo(
    base_url: str,
    token_for: TokenFor,
    *,
    today: date,
    calendar: Calendar,
    seed: int = 2014,
    applications: int = 2000,
    concurrency: int = 64,
    progress: Progress | None = None,
    phase: Phase | None = None,
) -> DemoSummary:
    """Plays and checks. ``today``: everything happens on working days before it.

    Raises Unreachable when the API does not answer at all, and Surprise when it does not let the
    demo read.
    """
    client = Client(base_url)
    try:
        demo = _Demo(client, Senders(token_for), seed, applications, today, calendar)
        return await demo.run(concurrency, progress, phase or (lambda _: None))
    finally:
        await client.close()


class _Demo:
    def __init__(
        self,
        client: Client,
        senders: Senders,
        seed: int,
        applications: int,
        today: date,
        calendar: Calendar,
    ) -> None:
        self._client = client
        self._senders = senders
        self._reader = Reader(client, senders.token(AUDITOR))
        self._seed = seed
        self._count = applications
        self._today = today
        self._calendar = calendar
        self._simulations = discovered()

    async def run(self, concurrency: int, progress: Progress | None, phase: Phase) -> DemoSummary:
        phase("planning")
        run, world, plans = await self._planned()
        before = [await simulation.before(self._reader) for simulation in self._simulations]
        clock = f"demo-{self._seed}-{run}"
        engine = Engine(self._client, self._senders, self._reader, clock=clock, run=world.run)
        matters = sorted((m for plan in plans for m in plan), key=lambda m: m.steps[0].at)
        phase("playing")
        played = await engine.play(matters, concurrency=concurrency, progress=progress)
        phase("settling")
        events, findings = await self._settled(world, played, before)
        phase("checking")
        mine = {one.matter.id for one in played}
        reports = [
            await simulation.report(found, self._reader)
            for simulation, found in zip(self._simulations, findings, strict=True)
        ]
        return DemoSummary(
            seed=self._seed,
            run=run,
            matters=len(played),
            commands_acknowledged=engine.acknowledged,
            commands_per_second=round(engine.rate, 1),
            seconds=round(engine.seconds, 1),
            refusals=sum(len(one.refusals) for one in played),
            unplanned=sum(one.unplanned for one in played),
            retries=self._client.retries,
            reconnects=self._client.reconnects,
            events=sum(event.matter in mine for event in events),
            reports=tuple(reports),
            differences=tuple(differences(played, events, clock)),
        )

    async def _planned(self) -> tuple[int, World, list[list[Matter]]]:
        """The next run that this instance has not seen, and what is to happen in it."""
        run = 1
        while True:
            name = f"{self._seed}/{self._count}/{self._today}/{run}"
            world = World(self._seed, name, self._today, self._calendar)
            plans = [simulation.plan(world, self._count) for simulation in self._simulations]
            if not await self._seen(plans):
                return run, world, plans
            run += 1

    async def _seen(self, plans: Sequence[Sequence[Matter]]) -> bool:
        for plan in plans:
            first = plan[0]
            if await self._reader.timeline(first.program, first.id):
                return True
        return False

    async def _settled(
        self, world: World, played: Sequence[Played], before: Sequence[Any]
    ) -> tuple[list[Event], list[Findings]]:
        """The log from the first acknowledged position on, once all that follows has followed."""
        loop = asyncio.get_running_loop()
        give_up_at = loop.time() + SETTLED_WITHIN_SECONDS
        told = [command.first for one in played for command in one.acknowledged]
        since = min(told, default=1)
        events: list[Event] = []
        while True:
            events += await self._reader.events(events[-1].position + 1 if events else since)
            findings = self._findings(world, played, events, before)
            pairs = zip(self._simulations, findings, strict=True)
            if all(simulation.settled(found) for simulation, found in pairs):
                return events, findings
            if loop.time() > give_up_at:
                return events, findings
            await asyncio.sleep(LOOK_AGAIN_SECONDS)

    def _findings(
        self,
        world: World,
        played: Sequence[Played],
        events: Sequence[Event],
        before: Sequence[Any],
    ) -> list[Findings]:
        streams = by_matter(events)
        last = events[-1].position if events else 0
        found = []
        for simulation, known in zip(self._simulations, before, strict=True):
            own = [one for one in played if one.matter.program == simulation.program]
            found.append(Findings(world, own, streams, known, last))
        return found
