"""What a command is: a Pydantic model, a handler that decides, and who may send it.

``@command`` and ``@policy`` only attach a description to the function; the machinery finds it by
discovery. Handlers are plain functions without I/O: what they need from the world is in
:class:`Context`, and what must be unique across the city is asked for with ``ctx.claims``.
"""

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal, NamedTuple, TypeVar, get_args, get_type_hints
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from domain.shared.aggregate import Aggregate, EventBase, kebab
from domain.shared.calendar import Calendar
from domain.shared.clocks import ClockedAggregate
from domain.shared.refusals import IdInUse, Refused


class Role(StrEnum):
    """Who may ask. ``SYSTEM`` is Huimin's own policies and scheduler and is never issued."""

    CITIZEN = "citizen"
    AGENT = "agent"
    OFFICER = "officer"
    DEPARTMENT = "department"
    AUDITOR = "auditor"
    OPERATOR = "operator"
    SIMULATOR = "simulator"
    SYSTEM = "system"


class Command(BaseModel):
    """Base of all commands: strict JSON types, unknown fields refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sends a command: from the bearer token, or Huimin itself."""

    actor: str
    roles: frozenset[Role]
    department: str | None = None


class Claim(NamedTuple):
    """One demand on ``(scope, value)``, judged in the transaction that appends the events.

    ``take``: nobody else may hold it until ``until`` (None: for ever); the holder may take it
    again to change ``until``. ``release``: the holder keeps it until ``until`` (None: gives it
    back at once). ``absent``: nobody may hold it. ``refused`` is raised when the demand fails.
    """

    kind: Literal["take", "release", "absent"]
    scope: str
    value: str
    until: datetime | None
    refused: Refused | None


@dataclass(slots=True)
class Claims:
    """Collects what a handler demands; nothing is looked up here."""

    asked: list[Claim] = field(default_factory=list)

    def take(
        self, scope: str, *values: str, refused: Refused, until: datetime | None = None
    ) -> None:
        """Demands each value for the matter; ``refused`` is the answer if one is taken."""
        self.asked += [Claim("take", scope, v, until, refused) for v in values]

    def release(self, scope: str, *values: str, until: datetime | None = None) -> None:
        """Gives each value back, at once or at ``until``; values it does not hold stay."""
        self.asked += [Claim("release", scope, v, until, None) for v in values]

    def require_absent(self, scope: str, *values: str, refused: Refused) -> None:
        """Demands that nobody holds any of the values at this very position of the log."""
        self.asked += [Claim("absent", scope, v, None, refused) for v in values]


class MattersNeeded(Exception):
    """A handler asks for matters that are not at hand: they are brought, and it runs anew."""

    def __init__(self, ids: Sequence[UUID]) -> None:
        super().__init__(len(ids))
        self.ids = ids


A = TypeVar("A", bound=Aggregate)


@dataclass(slots=True)
class Context:
    """What a handler may know of the world.

    ``now`` is the instant of the decision (UTC); ``new_id`` the id for a matter that this command
    begins; ``keyed_hash(kind, value)`` makes a stable pseudonym of a personal value (hex).
    ``at_hand`` are the further matters that were asked for, None for one that does not exist.
    """

    now: datetime
    caller: Caller
    calendar: Calendar
    command_id: UUID
    new_id: UUID
    keyed_hash: Callable[[str, str], str]
    claims: Claims = field(default_factory=Claims)
    at_hand: Mapping[UUID, Aggregate | None] = field(default_factory=dict)
    begun: list[Aggregate] = field(default_factory=list)

    def matter(self, kind: type[A], id: UUID) -> A | None:
        """Another matter, to look at or to change in the same decision; None when there is none.

        Whatever a decision looked at must still be so when it is appended, or it is made anew.
        Ask before anything is changed: asking may begin the handler from its top.
        """
        return self.matters(kind, [id])[0]

    def matters(self, kind: type[A], ids: Iterable[UUID]) -> list[A | None]:
        """As :meth:`matter`, of several at once, in the order of ``ids``: brought in one go."""
        ids = list(ids)
        if missing := [id for id in ids if id not in self.at_hand]:
            raise MattersNeeded(missing)
        found = [self.at_hand[id] for id in ids]
        return [matter if isinstance(matter, kind) else None for matter in found]

    def also(self, matter: Aggregate) -> None:
        """Begins another matter in the same decision. Refused when its id is in use."""
        if self.at_hand.get(matter.id) is not None:
            raise IdInUse()
        self.begun.append(matter)

    @property
    def actor(self) -> str:
        """Who asks; the token's subject, or ``policy:…`` and ``clock:…`` for Huimin itself."""
        return self.caller.actor

    @property
    def by_huimin(self) -> bool:
        """Whether a policy or the scheduler asks."""
        return Role.SYSTEM in self.caller.roles


@dataclass(frozen=True, slots=True)
class CommandSpec:
    """A command as the machinery sees it; ``name`` and ``program`` are kebab-case.

    ``or_begins``: the handler also takes None for a matter that does not exist, and may begin it.
    """

    name: str
    program: str
    model: type[Command]
    handler: Callable[..., Any]
    aggregate: type[Aggregate]
    key: str | None
    id_field: str | None
    roles: frozenset[Role]
    departments: frozenset[str]
    when_due: str | None
    or_begins: bool = False

    @property
    def begins(self) -> bool:
        """Whether the command begins a matter (201) rather than changes one (200)."""
        return self.key is None

    @property
    def summary(self) -> str:
        """First line of the model's docstring: what the sender reads."""
        return (inspect.getdoc(self.model) or "").partition("\n")[0]


SPEC = "__huimin_command__"
POLICY = "__huimin_policy__"


def command(
    *,
    roles: Iterable[Role],
    key: str | None = None,
    id_field: str | None = None,
    department: str | Iterable[str] | None = None,
    when_due: str | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Marks a handler.

    ``key`` names the field with the aggregate's id; without it the handler begins a matter and
    returns it, and ``id_field`` may name an optional field with which the sender chooses the id; it
    may return a matter at hand instead, or None when all it records lies in other matters.
    A handler with a key that takes ``Aggregate | None`` is also asked about a matter that does not
    exist: it returns the matter it begins under that id, or None to leave things as they are.
    ``department``: whose officers may send it (any when None). ``when_due`` names the deadline
    clock at whose due time the scheduler sends it; a simulator may, too, because the scheduler
    leaves simulated matters alone.
    """
    may = frozenset(roles) | (frozenset({Role.SIMULATOR}) if when_due else frozenset())
    departments = frozenset([department] if isinstance(department, str) else department or ())

    def mark(handler: Callable[..., Any]) -> Callable[..., Any]:
        hints = get_type_hints(handler)
        parameters = list(inspect.signature(handler).parameters)
        model = hints[parameters[0]]
        aggregate = hints["return"] if key is None else hints[parameters[1]]
        optional = type(None) in get_args(aggregate)
        or_begins = key is not None and optional
        if optional:
            (aggregate,) = (a for a in get_args(aggregate) if a is not type(None))
        spec = CommandSpec(
            name=kebab(model.__name__),
            program=aggregate.program,
            model=model,
            handler=handler,
            aggregate=aggregate,
            key=key,
            id_field=id_field,
            roles=may,
            departments=departments,
            when_due=when_due,
            or_begins=or_begins,
        )
        setattr(handler, SPEC, spec)
        return handler

    return mark


class Decision(NamedTuple):
    """What a command came to: the aggregate after it, its new events, its demands.

    ``aggregate`` is None when the matter did not exist and was not begun. ``others`` are the
    further matters that changed; ``events`` has those of the matter itself first, then theirs.
    """

    aggregate: Aggregate | None
    events: Sequence[EventBase]
    claims: Sequence[Claim]
    others: Sequence[Aggregate] = ()


def decide(spec: CommandSpec, cmd: Command, aggregate: Aggregate | None, ctx: Context) -> Decision:
    """Runs a handler at ``ctx.now``; pure but for the aggregates, which it changes.

    Overdue clocks are settled first. Raises :class:`Refused`, and :class:`MattersNeeded` when the
    handler asks for matters that are not at hand; what it changed must then be thrown away.
    """
    if not ctx.at_hand:
        decided = _decided(spec, cmd, aggregate, ctx)
        if not ctx.begun:
            alone: Any = tuple(decided.collect_events()) if decided is not None else ()
            return Decision(decided, alone, tuple(ctx.claims.asked))
        others = []
    else:
        others = [m for m in ctx.at_hand.values() if m is not None and m is not aggregate]
        with ExitStack() as deciding:
            for matter in others:
                deciding.enter_context(matter.deciding(ctx.now))
                if isinstance(matter, ClockedAggregate):
                    matter.settle()
            decided = _decided(spec, cmd, aggregate, ctx)
    events: list[Any] = list(decided.collect_events()) if decided is not None else []
    changed = []
    for matter in (*others, *ctx.begun):
        if new := matter.collect_events():
            changed.append(matter)
            events += new
    return Decision(decided, tuple(events), tuple(ctx.claims.asked), tuple(changed))


def _decided(
    spec: CommandSpec, cmd: Command, aggregate: Aggregate | None, ctx: Context
) -> Aggregate | None:
    decided: Aggregate | None
    if aggregate is not None:
        with aggregate.deciding(ctx.now):
            if isinstance(aggregate, ClockedAggregate):
                aggregate.settle()
            spec.handler(cmd, aggregate, ctx)
        return aggregate
    decided = spec.handler(cmd, None, ctx) if spec.or_begins else spec.handler(cmd, ctx)
    return decided


FailureMode = Literal["wait", "note"]


@dataclass(frozen=True, slots=True)
class PolicySpec:
    """A policy as the machinery sees it; ``name`` is stored for ever in derived command ids.

    ``event_classes`` are what it reacts to. ``fails``: what happens when the command is
    refused, see the cross-programme brief, section 3.
    """

    name: str
    react: Callable[[Any], Command | Sequence[Command] | None]
    event_classes: tuple[type[EventBase], ...]
    fails: FailureMode


def policy(
    name: str, *, fails: FailureMode = "wait"
) -> Callable[[Callable[[Any], Any]], Callable[[Any], Any]]:
    """Marks a function from an event (or a union of events) to the commands it asks for."""

    def mark(react: Callable[[Any], Any]) -> Callable[[Any], Any]:
        parameter = next(iter(inspect.signature(react).parameters))
        hint = get_type_hints(react)[parameter]
        classes = tuple(getattr(hint, "__args__", ())) or (hint,)
        setattr(react, POLICY, PolicySpec(name, react, classes, fails))
        return react

    return mark
