"""The latest events in memory, without a gap, so that many consumers share one reading."""

from collections.abc import Sequence

from domain.shared.aggregate import EventBase
from infra.log.records import RecordedEvent


class Ring:
    """Events ``first`` … ``last``. Holds at most about ``most`` events or ``most_bytes`` of data."""

    def __init__(self, most: int = 20_000, most_bytes: int = 64 * 1024 * 1024) -> None:
        self.last = 0
        self._most = most
        self._most_bytes = most_bytes
        self._bytes = 0
        self._events: list[RecordedEvent] = []
        self._decoded: list[EventBase | None] = []

    @property
    def first(self) -> int:
        """The oldest position held; ``last`` + 1 when none is."""
        return self.last + 1 - len(self._events)

    def reset(self, last: int) -> None:
        """Forgets everything; the next event to come is ``last`` + 1."""
        self.last = last
        self._bytes = 0
        self._events = []
        self._decoded = []

    def append(self, event: RecordedEvent) -> bool:
        """Takes the event if it is the next one."""
        if event.position != self.last + 1:
            return False
        self.last = event.position
        self._events.append(event)
        self._decoded.append(None)
        self._bytes += len(event.data)
        # in large steps, since each costs a move of the rest
        if len(self._events) > self._most * 5 // 4 or self._bytes > self._most_bytes * 5 // 4:
            self._shrink()
        return True

    def covers(self, after: int) -> bool:
        """Whether the event behind ``after`` is here."""
        return self.first - 1 <= after < self.last

    def read(self, after: int, limit: int) -> Sequence[RecordedEvent]:
        """At most ``limit`` events behind ``after``, which must be covered."""
        start = after + 1 - self.first
        return self._events[start : start + limit]

    def decoded(self, event: RecordedEvent) -> EventBase | None:
        """What was kept by `keep_decoded` for this very event."""
        index = event.position - self.first
        if 0 <= index < len(self._events) and self._events[index] is event:
            return self._decoded[index]
        return None

    def keep_decoded(self, event: RecordedEvent, decoded: EventBase) -> None:
        """Keeps the decoded form as long as the event, if that is here."""
        index = event.position - self.first
        if 0 <= index < len(self._events) and self._events[index] is event:
            self._decoded[index] = decoded

    def _shrink(self) -> None:
        drop = max(0, len(self._events) - self._most)
        size = self._bytes - sum(len(e.data) for e in self._events[:drop])
        while size > self._most_bytes and drop < len(self._events) - 1:
            size -= len(self._events[drop].data)
            drop += 1
        del self._events[:drop]
        del self._decoded[:drop]
        self._bytes = size
