"""What a simulation is made of: matters, each a row of steps that one sender after another takes.

A programme's own module plans its matters as plain values, before anything is sent; so the same
seed gives the same matters whatever the server does. What may surprise: some steps are meant to be
refused, because real people ask for a name that is taken and tired officers do what they may not;
and an id that only the server can make stands in the plan as a :class:`Ref` to the step it comes of.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

from commands.base import Role

Body = Mapping[str, Any]

KeyedHash = Callable[[str, str], str]
"""Who holds the city's key makes a pseudonym of a value of a kind with it."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who takes a step; ``actor`` tells nothing of the person."""

    actor: str
    role: Role
    department: str | None = None


@dataclass(frozen=True, slots=True)
class Ref:
    """Stands in a body, however deep, for an id from the answer to the step labelled ``label``.

    It is the id that the answer is about; with ``event`` (``visit-scheduled``) the id of the matter
    of the ``n``-th event of that name (from 1) in the answer. ``derived`` makes of it the id of a
    matter that follows from it, as the domain's own function does; ``keyed`` makes of it what only
    who holds the city's key works out, such as the code that a text message brings. ``command``:
    instead of a matter the id of the command itself, which names a consent from then on; the step
    waits until it is read in the log.
    """

    label: str
    event: str | None = None
    n: int = 1
    derived: Callable[[UUID], UUID] | None = None
    keyed: Callable[[UUID, KeyedHash], str] | None = None
    command: bool = False


@dataclass(frozen=True, slots=True)
class Until:
    """What a step waits for: so many events of a kind (``filing-recorded``) on a matter, its own
    or the one that ``of`` leads to.

    For steps which in life come days later, when all that follows by itself has followed.
    """

    event: str
    count: int = 1
    of: UUID | Ref | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One command at its instant on the simulated clock.

    ``label``: unique in the run, for those who refer to the answer. ``refused``: the code it is
    meant to be refused with; ``kept`` are the events that record it all the same (``code-rejected``)
    where an attempt has to be; ``kept_in`` begins the matter that keeps them (``ledger-opened``), by
    whoever happens to be the first there. ``instead``: by code, what the sender tries when refused
    unexpectedly; it gets the number of the attempt, from 1. ``after``: labels of steps that must
    have been accepted before, or refused as planned; what the body refers to need not be said
    again.
    """

    at: datetime
    sender: Sender
    command: str
    body: Body
    label: str | None = None
    refused: str | None = None
    kept: tuple[str, ...] = ()
    kept_in: str | None = None
    instead: Mapping[str, Callable[[int], Body]] = field(default_factory=dict)
    after: tuple[str, ...] = ()
    until: Until | None = None

    @property
    def needs(self) -> set[str]:
        """The labels that must be answered before it can be sent."""
        beside = [] if self.until is None else [self.until.of]
        return {*self.after, *(ref.label for ref in _refs([self.body, beside]))}

    @property
    def commands(self) -> set[str]:
        """The labels of commands whose own ids the body has."""
        return {ref.label for ref in _refs(self.body) if ref.command}


def _refs(value: Any) -> Iterator[Ref]:
    if isinstance(value, Ref):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _refs(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _refs(one)


def in_order(steps: Iterable[Step], end: datetime) -> tuple[Step, ...]:
    """Steps before ``end``, none at the instant of another: the first of two counts."""
    kept: list[Step] = []
    for step in sorted(steps, key=lambda s: s.at):
        if step.at < end and (not kept or step.at > kept[-1].at):
            kept.append(step)
    return tuple(kept)


def spaced(steps: Iterable[Step], end: datetime) -> tuple[Step, ...]:
    """Steps before ``end``, each at least a second after the one before."""
    kept: list[Step] = []
    for step in sorted(steps, key=lambda s: s.at):
        at = max(step.at, kept[-1].at + timedelta(seconds=1)) if kept else step.at
        if at >= end:
            break
        kept.append(step if at == step.at else replace(step, at=at))
    return tuple(kept)


@dataclass(frozen=True, slots=True)
class Matter:
    """One matter from its first step to the last that is told of it.

    ``name`` is unique in the run and begins with the programme (``care-orders/order/17``). ``id``
    is chosen by the sender, or None: then it is the one that the first answer is about. ``about``
    is for the programme's own report. Raises ValueError when steps do not follow one another.
    """

    name: str
    program: str
    steps: tuple[Step, ...]
    id: UUID | None = None
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

    ``id`` is None until a matter without a chosen one is begun. ``refusals`` are codes in order,
    ``unplanned`` how many of them nobody had planned, ``kept`` the events that record the planned,
    ``kept_in`` those that may have begun where they are.
    """

    matter: Matter
    acknowledged: list[Acknowledged] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    kept: list[tuple[str, ...]] = field(default_factory=list)
    kept_in: set[str] = field(default_factory=set)
    unplanned: int = 0
    stopped: str | None = None
    id: UUID | None = field(init=False)

    def __post_init__(self) -> None:
        self.id = self.matter.id
