"""The log since a run began, read page by page while the city plays.

Relies on the audit's search. Of each event is kept what the checks and the reports need: the data
of most events is let go at once, and texts that come again and again are kept once.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from sys import intern
from uuid import UUID

from simulation.reading import Event, Reader


class Log:
    """Events after ``since`` by matter, in order; ``last`` is the last position that was read.

    ``with_data`` are kinds (``company-registration.licence-issued``) whose data is kept. ``gapless``
    says that every position came once. ``commands`` counts events by command.
    """

    def __init__(self, reader: Reader, since: int, with_data: Collection[str]) -> None:
        self._reader = reader
        self._with_data = frozenset(with_data)
        self._same: dict[UUID, UUID] = {}
        self.streams: dict[UUID, list[Event]] = defaultdict(list)
        self.commands: Counter[str] = Counter()
        self.last = since
        self.gapless = True

    async def catch_up(self) -> None:
        """Reads on to where the log ends now. Raises Surprise."""
        async for page in self._reader.events(self.last + 1):
            for event in page:
                self.take(event)

    def take(self, event: Event) -> None:
        """One more event."""
        kind = event.type.rpartition(".")[0]
        kept = replace(
            event,
            matter=self._same.setdefault(event.matter, event.matter),
            type=intern(event.type),
            actor=intern(event.actor),
            command_id=intern(event.command_id),
            clock=event.clock and intern(event.clock),
            data=event.data if kind in self._with_data else {},
        )
        self.gapless = self.gapless and event.position == self.last + 1
        self.last = event.position
        self.commands[kept.command_id] += 1
        self.streams[kept.matter].append(kept)

    def of(self, matter: UUID | None) -> Sequence[Event]:
        """A matter's events in order."""
        return self.streams.get(matter, ()) if matter else ()

    def count(self, matter: UUID | None, name: str) -> int:
        """How many events of a name a matter has."""
        return sum(event.name == name for event in self.of(matter))
