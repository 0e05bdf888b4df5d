"""Some days of the city, played through the public API and then checked against the log.

Relies on nothing but HTTP and a way to get tokens. The same seed on a fresh instance gives the same
matters with the same names; what is played later on the same instance is another run, with ids and
names of its own.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from commands.base import Role
from domain.shared.calendar import Calendar
from simulation.checking import differences
from simulation.engine import Engine, Progress, Senders, TokenFor
from simulation.http import Client
from simulation.log import Log
from simulation.matters import KeyedHash, Played, Sender
from simulation.office import last_working_days
from simulation.programme import Findings, Report, Simulation, World
from simulation.reading import Reader

AUDITOR = Sender("demo-auditor", Role.AUDITOR, "supervision")
SEED = 2014
CONCURRENCY = 64
SETTLED_WITHIN_SECONDS = 180.0
LOOK_AGAIN_SECONDS = 0.5

Phase = Callable[[str], None]
"""Told what begins: ``planning``, ``playing``, ``settling``, ``checking``."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What a simulation came to. ``ok`` means that nothing differs from the log.

    ``run`` is the position behind which it began. ``events`` are those of the run, by whomever.
    ``refusals`` counts answers of refusal, of which ``unplanned`` were not meant.
    """

    seed: int
    run: int
    scale: float
    days: tuple[date, ...]
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


def days_before(today: date, count: int, calendar: Calendar) -> tuple[date, ...]:
    """So many days that follow one another; the last is the last working day before ``today``, so
    that a single day is never a Sunday with closed offices."""
    (last,) = last_working_days(today, 1, calendar)
    return tuple(last - timedelta(days=n) for n in reversed(range(count)))


async def simulate(
    base_url: str,
    token_for: TokenFor,
    simulations: Sequence[Simulation],
    *,
    days: tuple[date, ...],
    calendar: Calendar,
    scale: float,
    seed: int = SEED,
    concurrency: int = CONCURRENCY,
    keyed_hash: KeyedHash | None = None,
    progress: Progress | None = None,
    phase: Phase | None = None,
    client: Client | None = None,
) -> Summary:
    """Plays the programmes' days and checks them; ``keyed_hash`` is the played city's own, which
    those programmes need whose people get codes by text message. ``client`` is for those whose
    people ask in another way than once and patiently.

    Raises Unreachable when the API does not answer at all, and Surprise when it does not let the
    simulation read.
    """
    client = client or Client(base_url)
    senders = Senders(token_for)
    reader = Reader(client, senders.token(AUDITOR))
    tell = phase or (lambda _: None)
    try:
        tell("planning")
        run = await reader.position()
        name = f"{seed}/{scale}/{days[0]}/{len(days)}/{run}"
        world = World(seed, name, scale, days, calendar)
        log = Log(reader, run, frozenset().union(*(one.with_data for one in simulations)))
        clock = f"demo-{seed}-{run}"
        engine = Engine(client, senders, log, clock=clock, run=name, keyed_hash=keyed_hash)
        matters = [matter for one in simulations for matter in one.plan(world)]
        before = [await one.before(reader) for one in simulations]
        tell("playing")
        played = await engine.play(matters, concurrency=concurrency, progress=progress)
        tell("settling")
        findings = _findings(simulations, world, played, log, before)
        await _settle(simulations, findings, log)
        tell("checking")
        settled = _findings(simulations, world, played, log, before)
        pairs = zip(simulations, settled, strict=True)
        reports = [await one.report(found, reader) for one, found in pairs]
        return Summary(
            seed=seed,
            run=run,
            scale=scale,
            days=days,
            matters=len(played),
            commands_acknowledged=engine.acknowledged,
            commands_per_second=round(engine.rate, 1),
            seconds=round(engine.seconds, 1),
            refusals=sum(len(one.refusals) for one in played),
            unplanned=sum(one.unplanned for one in played),
            retries=client.retries,
            reconnects=client.reconnects,
            events=sum(e.clock == clock for stream in log.streams.values() for e in stream),
            reports=tuple(reports),
            differences=tuple(differences(played, log, clock)),
        )
    finally:
        await client.close()


async def _settle(
    simulations: Sequence[Simulation], findings: Sequence[Findings], log: Log
) -> None:
    """Reads the log on until all that follows by itself has followed, or patience is at its end."""
    loop = asyncio.get_running_loop()
    give_up_at = loop.time() + SETTLED_WITHIN_SECONDS
    while True:
        await log.catch_up()
        # the findings show the log's own streams, which have grown
        pairs = zip(simulations, findings, strict=True)
        if all(one.settled(found) for one, found in pairs) or loop.time() > give_up_at:
            return
        await asyncio.sleep(LOOK_AGAIN_SECONDS)


def _findings(
    simulations: Sequence[Simulation],
    world: World,
    played: Sequence[Played],
    log: Log,
    before: Sequence[Any],
) -> list[Findings]:
    found = []
    for one, known in zip(simulations, before, strict=True):
        own = [each for each in played if each.matter.program == one.program]
        found.append(Findings(world, own, log.streams, known, log.last))
    return found
