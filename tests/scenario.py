"""Given, when, then: one command on a small world of matters, without any engine.

``given`` runs the commands that led to where the test begins, each a minute after the other unless
it says when; ``when`` runs one more at once; ``then`` compares the events it led to in order, count
and every field. What may surprise: the past is told in commands, not in events, so that a due time
in it is the one that the domain computes and never one that a test invented. Each step finds its
matter, and those that its handler asks for, among those that the steps before have begun. Claims
are collected and not judged: who needs the judge uses ``tests.claim_book`` or a real log.
"""

import copy
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Self
from uuid import NAMESPACE_OID, UUID, uuid5

import pytest

from commands.base import (
    Caller,
    Claim,
    Command,
    CommandSpec,
    Context,
    Decision,
    MattersNeeded,
    Role,
    decide,
)
from domain.shared.aggregate import ENVELOPE, Aggregate, EventBase
from domain.shared.calendar import Calendar
from domain.shared.clocks import ClockedAggregate, ClockReading
from domain.shared.refusals import Refused
from infra.discovery import Registry, discover

CALENDAR = Calendar()
MATTER = UUID("01970000-0000-7000-8000-000000000001")


def shanghai(text: str) -> datetime:
    """An instant (UTC) from the city's time: ``2026-03-02T09:00``."""
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


MONDAY_MORNING = shanghai("2026-03-02T09:00")


def keyed_hash(kind: str, value: str) -> str:
    """Stands in for the city's: the same value gives the same pseudonym."""
    return hashlib.sha256(f"{kind}:{value}".encode()).hexdigest()[:32]


class Anything:
    """Equal to everything: for a field that a test says nothing about."""

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0

    def __repr__(self) -> str:
        return "ANY"


ANY: Any = Anything()


@dataclass(frozen=True)
class Step:
    """A command, who sends it and when (a minute after the last one by default)."""

    command: Command
    by: Caller
    at: datetime | None = None

    def but(self, *, by: Caller | None = None, at: datetime | None = None) -> Self:
        """The same command by another, or at another time."""
        return replace(self, by=by or self.by, at=at or self.at)


def caller(actor: str, *roles: Role, department: str | None = None) -> Caller:
    """Who sends a command."""
    return Caller(actor=actor, roles=frozenset(roles), department=department)


HUIMIN = caller("clock:test", Role.SYSTEM)


def spec_of(cmd: Command) -> CommandSpec:
    """The handler that discovery finds for a command."""
    return discover().command_for(type(cmd))


def context(at: datetime, by: Caller, *, calendar: Calendar = CALENDAR, number: int = 0) -> Context:
    """What a handler knows at an instant; ``number`` tells commands of one instant apart."""
    return Context(
        now=at,
        caller=by,
        calendar=calendar,
        command_id=uuid5(NAMESPACE_OID, f"{at.isoformat()}#{number}"),
        new_id=MATTER,
        keyed_hash=keyed_hash,
    )


@dataclass
class Scenario:
    """A small world after its steps: ``matters`` by id, and the one of the last step, ``matter``.

    ``happened`` are all events, ``at`` the time of the last step. A refused step changes nothing.
    ``registry`` is for a test's own programme; else the city's are discovered.
    """

    matter: Aggregate | None = None
    at: datetime = MONDAY_MORNING
    happened: list[EventBase] = field(default_factory=list)
    calendar: Calendar = CALENDAR
    registry: Registry | None = None
    matters: dict[UUID, Aggregate] = field(default_factory=dict)

    def after(self, *steps: Step) -> Self:
        """The same world after these steps. Raises Refused."""
        for step in steps:
            self.run(step)
        return self

    def run(self, step: Step) -> Decision:
        """Decides one step. Raises Refused."""
        self.at = step.at or (self.at + timedelta(minutes=1) if self.happened else self.at)
        spec = (self.registry or discover()).command_for(type(step.command))
        decision = self._decide(spec, step)
        self.matter = decision.aggregate
        touched = (decision.aggregate, *decision.others)
        self.matters |= {matter.id: matter for matter in touched if matter is not None}
        self.happened += decision.events
        return decision

    def _decide(self, spec: CommandSpec, step: Step, *asked: UUID) -> Decision:
        """Runs the handler on copies, so that a run that was broken off leaves no trace."""
        field = spec.key or spec.id_field
        named: UUID | None = getattr(step.command, field) if field else None
        found = copy.deepcopy(self._found(spec, named)) if spec.key else None
        ctx = context(self.at, step.by, calendar=self.calendar, number=len(self.happened))
        ctx.new_id = named or self._free_id()
        ctx.at_hand = {id: copy.deepcopy(self.matters.get(id)) for id in asked}
        if found is not None and found.id in asked:
            ctx.at_hand = {**ctx.at_hand, found.id: found}
        try:
            return decide(spec, step.command, found, ctx)
        except MattersNeeded as more:
            return self._decide(spec, step, *asked, *more.ids)

    def _free_id(self) -> UUID:
        """The first matter that is begun without an id is ``MATTER``."""
        return MATTER if MATTER not in self.matters else uuid5(MATTER, str(len(self.matters)))

    def _found(self, spec: CommandSpec, named: UUID | None) -> Aggregate | None:
        if spec.or_begins:
            return self.matters.get(named) if named is not None else None
        assert named is not None
        if named in self.matters:
            return self.matters[named]
        return self.matter

    def when(self, step: Step, *, by: Caller | None = None, at: datetime | None = None) -> "Answer":
        """Runs the step that the test is about."""
        try:
            return Answer(self, self.run(step.but(by=by, at=at)), None)
        except Refused as refused:
            return Answer(self, None, refused)

    def settled(self, at: datetime) -> list[EventBase]:
        """What the scheduler would record of overdue clocks at an instant."""
        assert isinstance(self.matter, ClockedAggregate)
        with self.matter.deciding(at):
            self.matter.settle()
        events: Any = list(self.matter.collect_events())
        self.happened += events
        return events  # type: ignore[no-any-return]  # our events

    def clock(self, name: str) -> ClockReading:
        """The latest reading of a clock."""
        assert isinstance(self.matter, ClockedAggregate)
        return self.matter.clocks[name]


@dataclass
class Answer:
    """What the command came to: a decision or a refusal."""

    scenario: Scenario
    decision: Decision | None
    refused: Refused | None

    def then(self, *expected: "Happened") -> Self:
        """These events and no others, in this order, with these fields."""
        assert self.refused is None, f"refused: {self.refused!r}"
        assert self.decision is not None
        own = self.decision.aggregate.id if self.decision.aggregate is not None else None
        shown = [_shown(event, own) for event in self.decision.events]
        assert shown == [e.shown(own) for e in expected]
        return self

    def then_turned_down(self, refused: Refused, *expected: "Happened") -> Self:
        """These events, and among them one that has its sender told this refusal."""
        self.then(*expected)
        assert self.decision is not None
        told = [r for event in self.decision.events if (r := event.refusal()) is not None]
        assert told == [refused]
        return self

    def then_refused(self, refused: Refused) -> Self:
        """This refusal with these facts, and nothing else."""
        assert self.refused is not None, f"accepted: {self.decision}"
        assert (type(self.refused), self.refused.__dict__) == (type(refused), refused.__dict__)
        return self

    def then_claims(self, *claims: Claim) -> Self:
        """Exactly these demands, in any order."""
        assert self.decision is not None, f"refused: {self.refused!r}"
        assert sorted(map(_claim, self.decision.claims)) == sorted(map(_claim, claims))
        return self


@dataclass(frozen=True)
class Happened:
    """An expected event; every field of its class has to be named, if only with ``ANY``.

    ``on`` is its matter, when it is another than the command's own.
    """

    event_class: type[EventBase]
    fields: dict[str, Any]
    on: UUID | None = None

    def shown(self, own: UUID | None) -> "Shown":
        """As :func:`_shown` shows what happened."""
        if missing := set(self.event_class.model_fields) - ENVELOPE - set(self.fields):
            pytest.fail(f"{self.event_class.__name__}: say what {sorted(missing)} should be")
        return self.event_class.type_name, self.fields, None if self.on == own else self.on

    def but(self, **fields: Any) -> "Happened":
        """The same with other fields."""
        return replace(self, fields={**self.fields, **fields})


Shown = tuple[str, dict[str, Any], UUID | None]
"""Of an event: its type, its fields, and its matter when it is not the command's own."""


def happened(event_class: type[EventBase], *, on: UUID | None = None, **fields: Any) -> Happened:
    """An event that is expected, of the command's own matter or ``on`` another."""
    return Happened(event_class, fields, on)


def given(*steps: Step, calendar: Calendar = CALENDAR) -> Scenario:
    """The matters to which these steps have happened."""
    return Scenario(calendar=calendar).after(*steps)


def folded(events: Iterable[EventBase], read: Callable[[EventBase], EventBase]) -> Aggregate:
    """The matter that comes of its events, each read back from the form in which it is stored."""
    matter: Any = None
    for event in events:
        matter = read(event).mutate(matter)  # type: ignore[attr-defined]  # the library's
    return matter  # type: ignore[no-any-return]  # there was an event


def _shown(event: EventBase, own: UUID | None) -> Shown:
    fields = {name: getattr(event, name) for name in type(event).model_fields}
    whose = None if event.id == own else event.id
    return type(event).type_name, {n: v for n, v in fields.items() if n not in ENVELOPE}, whose


def _claim(claim: Claim) -> tuple[str, str, str, str, str]:
    refused = claim.refused.code if claim.refused else ""
    return claim.kind, claim.scope, claim.value, str(claim.until), refused
