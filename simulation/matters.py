"""What a simulation is made of: matters, each a row of steps that one sender after another takes.

A programme's own module plans its matters as plain values, before anything is sent; so the same
seed gives the same matters whatever the server does. What may surprise: some steps are meant to be
refused, because real people ask for a name that is taken and tired officers do what they may not.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

from commands.base import Role

Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Sender:
    """Who takes a step; ``actor`` tells nothing of the person."""

    actor: str
    role: Role
    department: str | None = None


@dataclass(frozen=True, slots=True)
class Until:
    """What a step waits for: so many events of a kind (``filing-recorded``) on its own matter.

    For steps which in life come days later, when all that follows by itself has followed.
    """

    event: str
    count: int


@dataclass(frozen=True, slots=True)
class Step:
    """One command at its instant on the simulated clock.

    ``refused``: the code it is meant to be refused with. ``instead``: by code, what the sender
    tries when refused unexpectedly; it gets the number of the attempt, from 1. ``after``: another
    matter whose first accepted command must come first.
    """

    at: datetime
    sender: Sender
    command: str
    body: Body
    refused: str | None = None
    instead: Mapping[str, Callable[[int], Body]] = field(default_factory=dict)
    after: UUID | None = None
    until: Until | None = None


@dataclass(frozen=True, slots=True)
class Matter:
    """One matter from its first step to the last that is told of it.

    ``about`` is for the programme's own report.
    """

    id: UUID
    program: str
    steps: tuple[Step, ...]
    about: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        instants = [step.at for step in self.steps]
        if any(later <= earlier for earlier, later in pairwise(instants)):
            raise ValueError("a matter's steps follow one another in time")


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """A command that the server said is durable: the matter's events lie at ``first`` to
    ``position``, those of other matters that it also decided on at ``beside``."""

    command: str
    version: int
    position: int
    event_types: tuple[str, ...]
    beside: tuple[int, ...] = ()

    @property
    def first(self) -> int:
        """Position of its first event."""
        return self.position - len(self.event_types) + 1


@dataclass(slots=True)
class Played:
    """What became of a matter. ``stopped`` says why it did not go on to its last step.

    ``refusals`` are codes in order, ``unplanned`` how many of them nobody had planned.
    """

    matter: Matter
    acknowledged: list[Acknowledged] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    unplanned: int = 0
    stopped: str | None = None
