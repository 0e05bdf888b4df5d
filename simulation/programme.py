"""What a programme brings to a simulated city, and what comes out of it.

A package of this one, named like the programme, that has a ``SIMULATION`` (an instance of
:class:`Simulation`) is found by discovery; nothing lists them. It is written like this:

- ``program`` is the programme's name; ``with_data`` names the kinds of events (programme and name,
  without version) whose data the report reads, of other programmes too; of all other events only
  name, matter, version, time, actor and position are kept.
- ``plan(world)`` makes matters: how much of everything ``world.scaled(500_000)`` says, on the days
  of ``world.days``; what stood before the first day is made by steps with earlier instants. All is
  drawn from ``Random(f"{world.seed}:…")``; ids, names and numbers that may be there only once from
  ``world.run``. So a further run on the same instance meets nothing of the one before.
- A :class:`~simulation.matters.Matter` is what one aggregate goes through by the hands of people:
  its steps are commands with sender and instant. Its id is chosen (``id=``), or the server's, and
  then others say ``Ref(label)`` where they need it, ``Ref(label, event="visit-scheduled", n=2)``
  for one that came beside it, ``Ref(label, derived=opening_id)`` for one that follows from it.
- Steps are sent in the order of their instants, at most a minute of simulated time ahead of one
  another. Who needs more than that says ``after=("label",)``; what is needed lies strictly earlier.
  ``until=Until("filing-recorded", 5)`` waits for what Huimin does by itself, on the own matter or
  on the one that ``of`` names.
- People are refused, too: ``refused="four-eyes"`` for what is meant to be, with
  ``kept=("code-rejected",)`` when an event records the attempt, ``kept_in="ledger-opened"`` when it
  does so in a matter that may have to be begun; ``instead`` for what depends on the instance.
  Every other refusal stops its matter and is a difference.
- ``settled(findings)`` says whether all has followed that follows by itself; ``report(findings,
  reader)`` counts from the events and names every difference to the read models.
"""

import importlib
import pkgutil
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from domain.shared.calendar import Calendar
from simulation.matters import Matter, Played
from simulation.reading import Event, Reader


@dataclass(frozen=True, slots=True)
class World:
    """What is fixed for one run. The seed decides what happens, ``run`` what it is called.

    ``scale`` is the share (above 0, at most 1) of the plan's own city that is played: 160,000
    elders, 500,000 credit subjects, 9,000 access points. ``days`` follow one another in the
    calendar; the last is a working day.
    """

    seed: int
    run: str
    scale: float
    days: tuple[date, ...]
    calendar: Calendar

    @property
    def today(self) -> date:
        """The day after the last; nothing happens on it any more."""
        return self.days[-1] + timedelta(days=1)

    @property
    def working_days(self) -> tuple[date, ...]:
        """Those of the days on which offices are open; never none."""
        return tuple(day for day in self.days if self.calendar.is_working_day(day))

    def scaled(self, count: float, least: int = 1) -> int:
        """So much of what the whole city has, rounded."""
        return max(least, round(count * self.scale))


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a report with its words in Chinese and English."""

    key: str
    zh: str
    en: str
    value: int | float


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under columns; a column has a key and its words in Chinese and English."""

    zh: str
    en: str
    columns: tuple[tuple[str, str, str], ...]
    rows: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Report:
    """What happened in one programme, from the log alone; ``differences`` is empty when read
    models and recorded figures agree with it."""

    program: str
    zh: str
    en: str
    figures: tuple[Figure, ...] = ()
    tables: tuple[Table, ...] = ()
    differences: tuple[str, ...] = ()

    def figure(self, key: str) -> int | float:
        """The value of a figure. Raises KeyError."""
        return {figure.key: figure.value for figure in self.figures}[key]


@dataclass(frozen=True, slots=True)
class Findings:
    """What a report is made from: the programme's matters as played, what stood before, and the
    events of all matters since the run began, by matter, up to position ``last``."""

    world: World
    played: Sequence[Played]
    events: Mapping[UUID, Sequence[Event]]
    before: Any
    last: int = field(default=0)


async def _nothing(_: Reader) -> Any:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """One programme's part of a simulated city.

    ``plan``: what happens in the programme, a function of the world. ``before``: what has to be
    known of the read models before the first step. ``settled``: whether everything that follows by
    itself has followed. ``report``: what happened, checked.
    """

    program: str
    plan: Callable[[World], list[Matter]]
    settled: Callable[[Findings], bool]
    report: Callable[[Findings, Reader], Awaitable[Report]]
    before: Callable[[Reader], Awaitable[Any]] = _nothing
    with_data: frozenset[str] = frozenset()


def discovered() -> list[Simulation]:
    """The simulations of all programmes, by name."""
    root = importlib.import_module("simulation")
    found = []
    for info in pkgutil.iter_modules(root.__path__, "simulation."):
        simulation = getattr(importlib.import_module(info.name), "SIMULATION", None)
        if isinstance(simulation, Simulation):
            found.append(simulation)
    return sorted(found, key=lambda simulation: simulation.program)
