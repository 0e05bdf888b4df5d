"""Between events of the domain and events of the log.

Data is the event's own fields as JSON; what the library puts on an event (matter, version, time)
is in columns. Pydantic's core writes the bytes, and reads them in one of two ways that give the same
event: as values, where the class has only types that JSON and Python spell alike (2 µs an event),
else as one JSON document (4.5 µs). Old shapes are lifted by ``upcast_vN`` of the event's class, one
version after another.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Protocol, cast
from uuid import UUID

import orjson
from eventsourcing.domain import CanInitAggregate
from eventsourcing.utils import get_topic
from pydantic import ValidationError
from pydantic_core import from_json

from domain.shared.aggregate import ENVELOPE, EventBase
from domain.shared.checks import STORED
from domain.shared.refusals import Refused
from infra.errors import Corrupt, Misconfigured
from infra.log.records import NewEvent, RecordedEvent

_ENVELOPE = set(ENVELOPE)


class Events(Protocol):
    """What the codec needs of the registry."""

    @property
    def events(self) -> Mapping[str, type[EventBase]]: ...

    @property
    def event_owner(self) -> Mapping[str, Any]: ...


Lift = Callable[[dict[str, Any]], dict[str, Any]]

_ALIKE = frozenset(
    [
        "model",
        "model-fields",
        "model-field",
        "definitions",
        "definition-ref",
        "default",
        "nullable",
        "str",
        "int",
        "float",
        "bool",
        "none",
        "uuid",
        "datetime",
        "date",
        "time",
        "timedelta",
        "decimal",
        "enum",
        "literal",
        "list",
        "tuple",
        "set",
        "frozenset",
        "dict",
        "function-after",
        "function-before",
        "tagged-union",
        "lax-or-strict",
        "chain",
    ]
)
"""Core schema types that validate a parsed JSON value, when not strict, to what JSON mode gives.

Not among them: ``union``, whose choice prefers the exact type, which is another one in JSON; and
``bytes``, which may be base64 there.
"""


class _Reader:
    """How one stored type becomes an event: the class, its extra envelope, the lifts needed."""

    __slots__ = ("alike", "event_class", "extra", "lifts", "validator")

    def __init__(
        self, event_class: type[EventBase], extra: dict[str, str], lifts: tuple[Lift, ...]
    ) -> None:
        self.event_class = event_class
        self.extra = extra
        self.lifts = lifts
        event_class.model_rebuild()  # made only now, when somebody reads this kind of event
        self.validator = event_class.__pydantic_validator__
        self.alike = _types(event_class.__pydantic_core_schema__) <= _ALIKE

    def read(self, data: bytes, envelope: dict[str, Any]) -> EventBase:
        """The event, whose values are not judged again: they were when they were written.

        Raises ValueError, of which Pydantic's errors are a kind.
        """
        if self.alike:
            fields = self._fields(data)
            fields.update(envelope)
            fields.update(self.extra)
            event = self.validator.validate_python(fields, strict=False, context=STORED)
        else:
            if self.lifts:
                data = orjson.dumps(self._fields(data))
            outside = orjson.dumps({**envelope, **self.extra})
            # The envelope takes the place of the closing brace, so that it has the last word.
            separator = b"," if len(data) > 2 else b""
            document = b"".join((data[:-1], separator, outside[1:]))
            event = self.validator.validate_json(document, context=STORED)
        return cast(EventBase, event)

    def _fields(self, data: bytes) -> dict[str, Any]:
        parsed = from_json(data)
        if not isinstance(parsed, dict):
            raise ValueError("not an object")
        fields: dict[str, Any] = parsed
        for lift in self.lifts:
            fields = lift(fields)
        return fields


def _types(schema: Any) -> set[str]:
    """The types of validation in a core schema, all the way down."""
    if isinstance(schema, list | tuple):
        return set().union(*map(_types, schema))
    if not isinstance(schema, dict):
        return set()
    named = {schema["type"]} if isinstance(schema.get("type"), str) else set()
    below = (v for k, v in schema.items() if k not in ("serialization", "metadata", "expected"))
    return named.union(*map(_types, below))


class Codec:
    """Encodes and decodes the events of a registry."""

    def __init__(self, registry: Events) -> None:
        self._registry = registry
        self._readers: dict[str, _Reader] = {}

    def encode(self, event: EventBase) -> NewEvent:
        """The event as it is appended."""
        event_class = type(event)
        return NewEvent(
            event.originator_id,
            event.originator_version,
            event_class.type_name,
            event_class.__pydantic_serializer__.to_json(event, exclude=_ENVELOPE),
        )

    def decode(self, recorded: RecordedEvent) -> EventBase:
        """The event, with the record it came from in ``event.recorded``.

        Raises Misconfigured when no class bears the stored type (it names the type), Corrupt
        when the data does not fit the class.
        """
        event = self.event_from(
            recorded.type,
            recorded.data,
            recorded.stream_id,
            recorded.version,
            recorded.occurred_at,
        )
        event.__dict__["_recorded"] = recorded
        return event

    def refusal(self, recorded: RecordedEvent) -> Refused | None:
        """What the event's sender was told, when it records that a request was turned down.

        Raises what :meth:`decode` does, but for types that record no such thing.
        """
        reader = self._readers.get(recorded.type) or self._reader(recorded.type)
        if reader.event_class.refusal is EventBase.refusal:
            return None
        return self.decode(recorded).refusal()

    def event_from(
        self, type_name: str, data: bytes, stream_id: UUID, version: int, occurred_at: datetime
    ) -> EventBase:
        """As :meth:`decode`, from the bare values."""
        reader = self._readers.get(type_name) or self._reader(type_name)
        envelope = {
            "originator_id": stream_id,
            "originator_version": version,
            "timestamp": occurred_at,
        }
        try:
            return reader.read(data, envelope)
        except ValidationError as error:
            # from None: Pydantic's text repeats the data, which may be personal
            errors = error.errors(include_input=False, include_context=False, include_url=False)
            fields = ", ".join(sorted({str(e["loc"][0]) for e in errors if e["loc"]}))
            raise Corrupt(f"{type_name}, version {version}: {fields or 'no JSON'}") from None
        except ValueError:
            raise Corrupt(f"{type_name}, version {version}: no JSON object") from None

    def _reader(self, type_name: str) -> _Reader:
        stem, _, number = type_name.rpartition(".v")
        event_class = self._registry.events.get(type_name)
        stored = int(number) if number.isdigit() else 0
        if event_class is None:
            event_class = self._current(stem, stored)
        if event_class is None:
            raise Misconfigured(f"no event class for the stored type {type_name!r}")
        extra = {}
        if issubclass(event_class, CanInitAggregate):
            owner = self._registry.event_owner[event_class.type_name]
            extra["originator_topic"] = get_topic(owner)
        reader = _Reader(event_class, extra, _lifts(event_class, stored))
        self._readers[type_name] = reader
        return reader

    def _current(self, stem: str, stored: int) -> type[EventBase] | None:
        """The class that has taken over from an older version of the same name."""
        for event_class in self._registry.events.values():
            if event_class.type_name == f"{stem}.v{event_class.v}" and event_class.v > stored > 0:
                return event_class
        return None


def _lifts(event_class: type[EventBase], stored: int) -> tuple[Lift, ...]:
    lifts = []
    for version in range(stored, event_class.v):
        lift = getattr(event_class, f"upcast_v{version}", None)
        if lift is None:
            raise Misconfigured(f"{event_class.type_name} has no upcast_v{version}")
        lifts.append(lift)
    return tuple(lifts)
