"""What a programme brings to a simulation, and what comes out of it.

A module or package of this one that has a ``SIMULATION`` is found by discovery; nothing lists them.
"""

import importlib
import pkgutil
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from domain.shared.calendar import Calendar
from simulation.matters import Matter, Played
from simulation.reading import Event, Reader


@dataclass(frozen=True, slots=True)
class World:
    """What is fixed for one run. The seed decides what happens, ``run`` what it is called."""

    seed: int
    run: str
    today: date
    calendar: Calendar


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
    """What a report is made from: the matters as played, what stood before, and the events of
    all matters since the run began, by matter, up to position ``last``."""

    world: World
    played: Sequence[Played]
    events: Mapping[UUID, Sequence[Event]]
    before: Any
    last: int = field(default=0)


class Simulation(ABC):
    """One programme's part of a simulated city."""

    program: str

    @abstractmethod
    def plan(self, world: World, count: int) -> list[Matter]:
        """So many matters in order of their first step; a function of its arguments."""

    async def before(self, reader: Reader) -> Any:  # noqa: ARG002  for those who need it
        """What has to be known of the read models before the first step."""
        return None

    @abstractmethod
    def settled(self, findings: Findings) -> bool:
        """Whether everything that follows by itself has followed."""

    @abstractmethod
    async def report(self, findings: Findings, reader: Reader) -> Report:
        """What happened, checked."""


def discovered() -> list[Simulation]:
    """The simulations of all programmes, by name."""
    root = importlib.import_module("simulation")
    found = []
    for info in pkgutil.iter_modules(root.__path__, "simulation."):
        simulation = getattr(importlib.import_module(info.name), "SIMULATION", None)
        if isinstance(simulation, Simulation):
            found.append(simulation)
    return sorted(found, key=lambda simulation: simulation.program)
