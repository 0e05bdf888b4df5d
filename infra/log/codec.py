"""Between events of the domain and events of the log.

Data is the event's own fields as JSON; what the library puts on an event (matter, version, time)
is in columns. Pydantic's core reads and writes the bytes directly, in JSON mode, so that a field
which is strict in Python still reads its own JSON. Old shapes are lifted by ``upcast_vN`` of the
event's class, one version after another.
"""

from collections.abc import Callable, Mapping
from typing import Any, Protocol
from uuid import UUID

import orjson
from eventsourcing.domain import CanInitAggregate
from eventsourcing.utils import get_topic
from pydantic import ValidationError

from domain.shared.aggregate import ENVELOPE, EventBase
from domain.shared.checks import STORED
from infra.errors import Corrupt, Misconfigured
from infra.log.records import NewEvent, RecordedEvent

_ENVELOPE = set(ENVELOPE)


class Events(Protocol):
    """What the codec needs of the registry."""

    @property
    def events(self) -> Mapping[str, type[EventBase]]: ...

    @property
    def event_owner(self) -> Mapping[str, Any]: ...


class _Reader:
    """How one stored type becomes an event: the class, its extra envelope, the lifts needed."""

    __slots__ = ("event_class", "extra", "lifts", "validate")

    def __init__(
        self,
        event_class: type[EventBase],
        extra: bytes,
        lifts: tuple[Callable[[dict[str, Any]], dict[str, Any]], ...],
    ) -> None:
        self.event_class = event_class
        self.extra = extra
        self.lifts = lifts
        self.validate = event_class.__pydantic_validator__.validate_json


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
            recorded.occurred_at.isoformat(),
        )
        event.__dict__["_recorded"] = recorded
        return event

    def event_from(
        self, type_name: str, data: bytes, stream_id: UUID, version: int, occurred_at: str
    ) -> EventBase:
        """As :meth:`decode`, from the bare values; ``occurred_at`` in ISO 8601."""
        reader = self._readers.get(type_name) or self._reader(type_name)
        if reader.lifts:
            data = _lift(reader, data)
        envelope = (
            f'"originator_id":"{stream_id}","originator_version":{version},'
            f'"timestamp":"{occurred_at}"'
        ).encode()
        # The data is a JSON object: the envelope takes the place of its closing brace, so that
        # it has the last word.
        separator = b"," if len(data) > 2 else b""
        document = b"".join((data[:-1], separator, envelope, reader.extra, b"}"))
        try:
            event: EventBase = reader.validate(document, context=STORED)
        except ValidationError as error:
            # from None: Pydantic's text repeats the data, which may be personal
            fields = sorted(
                {str(e["loc"][0]) for e in error.errors(include_input=False) if e["loc"]}
            )
            raise Corrupt(f"{type_name}, version {version}: {', '.join(fields)}") from None
        return event

    def _reader(self, type_name: str) -> _Reader:
        stem, _, number = type_name.rpartition(".v")
        event_class = self._registry.events.get(type_name)
        stored = int(number) if number.isdigit() else 0
        if event_class is None:
            event_class = self._current(stem, stored)
        if event_class is None:
            raise Misconfigured(f"no event class for the stored type {type_name!r}")
        extra = b""
        if issubclass(event_class, CanInitAggregate):
            owner = self._registry.event_owner[event_class.type_name]
            extra = b',"originator_topic":' + orjson.dumps(get_topic(owner))
        reader = _Reader(event_class, extra, _lifts(event_class, stored))
        self._readers[type_name] = reader
        return reader

    def _current(self, stem: str, stored: int) -> type[EventBase] | None:
        """The class that has taken over from an older version of the same name."""
        for event_class in self._registry.events.values():
            if event_class.type_name == f"{stem}.v{event_class.v}" and event_class.v > stored > 0:
                return event_class
        return None


def _lifts(
    event_class: type[EventBase], stored: int
) -> tuple[Callable[[dict[str, Any]], dict[str, Any]], ...]:
    lifts = []
    for version in range(stored, event_class.v):
        lift = getattr(event_class, f"upcast_v{version}", None)
        if lift is None:
            raise Misconfigured(f"{event_class.type_name} has no upcast_v{version}")
        lifts.append(lift)
    return tuple(lifts)


def _lift(reader: _Reader, data: bytes) -> bytes:
    fields = orjson.loads(data)
    for lift in reader.lifts:
        fields = lift(fields)
    return orjson.dumps(fields)
