"""The library's mapper for our events: topic is the event's own stored name, state its JSON.

``MAPPER_TOPIC=infra.log.mapper:LogMapper``. Everything else, such as the library's snapshots, is
mapped as the library does it.
"""

from typing import Any
from uuid import UUID

from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import Cipher, Compressor, Mapper, StoredEvent, Transcoder

from domain.shared.aggregate import EventBase
from infra.discovery import discover
from infra.errors import Misconfigured
from infra.log.codec import Codec, Events


class LogMapper(Mapper[UUID]):
    """Maps the events of :meth:`registry`."""

    def __init__(
        self,
        transcoder: Transcoder,
        compressor: Compressor | None = None,
        cipher: Cipher | None = None,
    ) -> None:
        if compressor is not None or cipher is not None:
            raise Misconfigured("the log's data is plain JSON; personal fields have their own keys")
        super().__init__(transcoder)
        self._codec = Codec(self.registry())

    @classmethod
    def registry(cls) -> Events:
        """Where event classes are looked up; all programmes unless a subclass says otherwise."""
        return discover()

    def to_stored_event(self, domain_event: DomainEventProtocol[UUID]) -> StoredEvent:
        """The event's time goes along in ``occurred_at``, for the log's own column."""
        if not isinstance(domain_event, EventBase):
            return super().to_stored_event(domain_event)
        new = self._codec.encode(domain_event)
        stored = StoredEvent(new.stream_id, new.version, new.type, new.data)
        object.__setattr__(stored, "occurred_at", domain_event.timestamp)
        return stored

    def to_domain_event(self, stored_event: StoredEvent) -> DomainEventProtocol[UUID]:
        """Raises Misconfigured for an unknown type, Corrupt for data that does not fit."""
        at: Any = getattr(stored_event, "occurred_at", None)
        if at is None or ":" in stored_event.topic:
            return super().to_domain_event(stored_event)
        event: Any = self._codec.event_from(
            stored_event.topic,
            stored_event.state,
            UUID(str(stored_event.originator_id)),
            stored_event.originator_version,
            at,
        )
        return event  # type: ignore[no-any-return]  # an EventBase of an aggregate is one
