"""Given, when, then: one command on one matter, without any engine.

``given`` runs the commands that led to where the test begins, each a minute after the other unless
it says when; ``when`` runs one more at once; ``then`` compares the events it led to in order, count
and every field. What may surprise: the past is told in commands, not in events, so that a due time
in it is the one that the domain computes and never one that a test invented. Claims are collected
and not judged: who needs the judge uses ``tests.claim_book`` or a real log.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Self
from uuid import NAMESPACE_OID, UUID, uuid5

import pytest

from commands.base import Caller, Claim, Command, CommandSpec, Context, Decision, Role, decide
from domain.shared.aggregate import ENVELOPE, Aggregate, EventBase
from domain.shared.calendar import Calendar
from domain.shared.clocks import ClockedAggregate, ClockReading
from domain.shared.refusals import Refused
from infra.discovery import discover

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
    """A matter after its steps; ``happened`` are all its events, ``at`` the time of the last."""

    matter: Aggregate | None = None
    at: datetime = MONDAY_MORNING
    happened: list[EventBase] = field(default_factory=list)
    calendar: Calendar = CALENDAR

    def run(self, step: Step) -> Decision:
        """Decides one step. Raises Refused."""
        self.at = step.at or (self.at + timedelta(minutes=1) if self.happened else self.at)
        ctx = context(self.at, step.by, calendar=self.calendar, number=len(self.happened))
        spec = spec_of(step.command)
        decision = decide(spec, step.command, None if spec.begins else self.matter, ctx)
        self.matter = decision.aggregate
        self.happened += decision.events
        return decision

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
        assert [_shown(event) for event in self.decision.events] == [e.shown() for e in expected]
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
    """An expected event; every field of its class has to be named, if only with ``ANY``."""

    event_class: type[EventBase]
    fields: dict[str, Any]

    def shown(self) -> tuple[str, dict[str, Any]]:
        """As :func:`_shown` shows what happened."""
        if missing := set(self.event_class.model_fields) - ENVELOPE - set(self.fields):
            pytest.fail(f"{self.event_class.__name__}: say what {sorted(missing)} should be")
        return self.event_class.type_name, self.fields

    def but(self, **fields: Any) -> "Happened":
        """The same with other fields."""
        return Happened(self.event_class, {**self.fields, **fields})


def happened(event_class: type[EventBase], **fields: Any) -> Happened:
    """An event that is expected."""
    return Happened(event_class, fields)


def given(*steps: Step, calendar: Calendar = CALENDAR) -> Scenario:
    """A matter to which these steps have happened."""
    scenario = Scenario(calendar=calendar)
    for step in steps:
        scenario.run(step)
    return scenario


def folded(events: Iterable[EventBase], read: Callable[[EventBase], EventBase]) -> Aggregate:
    """The matter that comes of its events, each read back from the form in which it is stored."""
    matter: Any = None
    for event in events:
        matter = read(event).mutate(matter)  # type: ignore[attr-defined]  # the library's
    return matter  # type: ignore[no-any-return]  # there was an event


def _shown(event: EventBase) -> tuple[str, dict[str, Any]]:
    fields = {name: getattr(event, name) for name in type(event).model_fields}
    return type(event).type_name, {n: v for n, v in fields.items() if n not in ENVELOPE}


def _claim(claim: Claim) -> tuple[str, str, str, str, str]:
    refused = claim.refused.code if claim.refused else ""
    return claim.kind, claim.scope, claim.value, str(claim.until), refused
