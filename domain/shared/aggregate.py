"""The base of every aggregate: the library's aggregate with Pydantic events and a given clock.

Relies on ``eventsourcing``: ``@event`` binds an event class to the method that applies it. What
may surprise: an event's time is never read from the system clock but is the instant of the
decision (``self.now``), and an event's stored name comes from ``program`` and the class name,
never from a module path.
"""

import re
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from datetime import datetime
from functools import wraps
from inspect import Parameter, Signature
from typing import TYPE_CHECKING, Any, ClassVar, Concatenate, ParamSpec, Self, TypeVar
from uuid import UUID

from eventsourcing.domain import (
    BaseAggregate,
    CanInitAggregate,
    CanMutateAggregate,
    decorated_funcs,
    event,
)
from pydantic import BaseModel, ConfigDict

from domain.shared.refusals import NotInState, Refused

__all__ = ["Aggregate", "allowed_in", "event", "event_type", "kebab"]

P = ParamSpec("P")
A = TypeVar("A", bound="Aggregate")

_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")

ENVELOPE = frozenset({"originator_id", "originator_version", "timestamp", "originator_topic"})
"""Fields the library puts on an event; they are stored as columns, not in the event's data."""


def kebab(class_name: str) -> str:
    """``LicenceIssued`` → ``licence-issued``."""
    return _CAPITAL.sub("-", class_name).lower()


class EventBase(BaseModel):
    """What every event has: the matter's id, its version, and the instant of the decision (UTC).

    ``v`` is the version of the event's shape. A changed shape gets the next ``v`` and a static
    method ``upcast_vN(data) -> data`` that makes the data of version N into that of N + 1.
    ``audit_only`` marks an event that no read model needs.
    """

    # defer_build: a process decides or reads few of the many kinds, and the library makes two or
    # three classes of each; so what judges the fields is made when it is first needed
    model_config = ConfigDict(
        frozen=True, extra="forbid", revalidate_instances="never", defer_build=True
    )

    v: ClassVar[int] = 1
    audit_only: ClassVar[bool] = False
    type_name: ClassVar[str] = ""

    originator_id: UUID
    originator_version: int
    timestamp: datetime

    def __init_subclass__(
        cls, *, v: int | None = None, audit_only: bool | None = None, **kwargs: Any
    ) -> None:
        super().__init_subclass__(**kwargs)
        if v is not None:
            cls.v = v
        if audit_only is not None:
            cls.audit_only = audit_only

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Swallows ``v`` and ``audit_only``, which Pydantic hands on a second time.

        Who triggers an event asks its signature which values it takes, before there is anything
        that judges them; so the names stand there from the beginning.
        """
        names = (Parameter(name, Parameter.KEYWORD_ONLY) for name in cls.__pydantic_fields__)
        cls.__signature__ = Signature(list(names))

    def _as_dict(self) -> dict[str, Any]:
        return self.__dict__

    @property
    def id(self) -> UUID:
        """The matter this event belongs to."""
        return self.originator_id

    @property
    def version(self) -> int:
        """1 for the first event of a matter, then 2, 3, …"""
        return self.originator_version

    @property
    def recorded(self) -> Any:
        """The stored event (position, actor, …) this was read from; None while deciding."""
        return self.__dict__.get("_recorded")

    @property
    def at(self) -> datetime:
        """The instant of the decision, UTC."""
        return self.timestamp

    def refusal(self) -> Refused | None:
        """What its sender is told when the event records that a request was turned down.

        None, as of nearly every event, when the command was accepted.
        """
        return None


class Aggregate(BaseAggregate[UUID]):
    """One matter of a programme. A subclass names its programme: ``program="care-orders"``.

    ``FINAL`` are states that nothing leads out of although something is still done in them.

    Deciding and applying are two methods: the first may refuse, the second (under ``@event``)
    only sets attributes, so that an old log loads under new rules.
    """

    program: ClassVar[str] = ""
    events: ClassVar[dict[str, type[EventBase]]] = {}
    actions: ClassVar[dict[str, frozenset[str]]] = {}
    FINAL: ClassVar[frozenset[str]] = frozenset()

    # Outside __dict__, so that it is neither compared nor put into a snapshot.
    __slots__ = ("_now",)
    if TYPE_CHECKING:  # at run time an annotation would make it a field of a dataclass
        _now: datetime

    class Event(EventBase, CanMutateAggregate[UUID]):
        """Base of this aggregate's events."""

    class Created(Event, CanInitAggregate[UUID]):
        """Base of the event that begins a matter."""

        originator_topic: str

    def __init_subclass__(cls, *, program: str | None = None, **kwargs: Any) -> None:
        begins = "__init__" in cls.__dict__
        super().__init_subclass__(**kwargs)
        if not begins and "__init__" in cls.__dict__:
            # The library makes every class with annotations a dataclass, and the empty __init__
            # of that would hide the base's, which applies the first event.
            del cls.__init__
        if program is not None:
            cls.program = program
        cls.events = {}
        cls.actions = {}
        for name in dir(cls):
            member = getattr(cls, name, None)
            if isinstance(member, type) and issubclass(member, EventBase):
                if name in ("Event", "Created"):
                    continue
                member.type_name = f"{cls.program}.{kebab(name)}.v{member.v}"
                _applied_as_in_base(member)
                cls.events[member.type_name] = member
            elif (states := getattr(member, "allowed_states", None)) is not None:
                cls.actions[name] = states

    @property
    def now(self) -> datetime:
        """The instant of the decision being made, UTC; only while deciding."""
        return self._now

    @contextmanager
    def deciding(self, now: datetime) -> Any:
        """Within it the aggregate decides at ``now``; its new events carry that time."""
        self._now = now
        try:
            yield self
        finally:
            del self._now

    @classmethod
    def begin(cls, event_class: type[Any], *, id: UUID, at: datetime, **fields: Any) -> Self:
        """Begins a matter with its first event, at the instant of the decision ``at``."""
        return cls._create(event_class, id=id, timestamp=at, **fields)

    def trigger_event(self, event_class: type[CanMutateAggregate[UUID]], **kwargs: Any) -> None:
        """The library's, with the decision's instant instead of the system clock.

        Of an event that a base class declares, it takes this class's own, which bears this
        programme's name; the library would take the base's.
        """
        own = getattr(type(self), event_class.__name__, event_class)
        super().trigger_event(own, **{"timestamp": self._now, **kwargs})

    def allowed(self) -> tuple[str, ...]:
        """The actions that the present state allows, sorted, in kebab-case."""
        state = str(getattr(self, "state", ""))
        return tuple(
            sorted(n.replace("_", "-") for n, states in self.actions.items() if state in states)
        )


def allowed_in(
    *states: str,
) -> Callable[[Callable[Concatenate[A, P], None]], Callable[Concatenate[A, P], None]]:
    """Marks a deciding method with the states that allow it.

    In any other state it raises :class:`NotInState` with the state and what is allowed there.
    The marks of a class together are its transition table, ``Aggregate.actions``.
    """
    permitted = frozenset(str(s) for s in states)

    def mark(decide: Callable[Concatenate[A, P], None]) -> Callable[Concatenate[A, P], None]:
        @wraps(decide)
        def guarded(self: A, /, *args: P.args, **kwargs: P.kwargs) -> None:
            state = str(self.state)  # type: ignore[attr-defined]  # each aggregate has its own State
            if state not in permitted:
                raise NotInState(state=state, allowed=self.allowed())
            decide(self, *args, **kwargs)

        guarded.allowed_states = permitted  # type: ignore[attr-defined]  # read by Aggregate
        return guarded

    return mark


def _applied_as_in_base(event_class: type[EventBase]) -> None:
    """Lets an inherited event find the method that applies it.

    The library gives each aggregate class a class of its own for every event of its bases, but
    knows the applying method only for the class that the decorator made.
    """
    for base in event_class.__mro__:
        if (method := decorated_funcs.get(base)) is not None:
            decorated_funcs[event_class] = method
            return


def event_type(event_class: type[EventBase]) -> str:
    """The stored name of an event class, e.g. ``company-registration.licence-issued.v1``."""
    return event_class.type_name


def all_events(aggregates: Iterable[type[Aggregate]]) -> dict[str, type[EventBase]]:
    """Every current event type of the given aggregates, by stored name."""
    return {name: cls for aggregate in aggregates for name, cls in aggregate.events.items()}
