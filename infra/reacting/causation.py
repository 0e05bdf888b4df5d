"""How long the chain of reactions behind an event is, by walking from cause to cause.

Nothing is stored for it: each event names the position that caused it. The latest positions are
remembered, so the walk seldom asks the log.
"""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from typing import Protocol

from infra.log.records import RecordedEvent

DEEPEST = 16
"""No command is issued whose events would have more causes behind them than this."""

REMEMBERED = 50_000


class ReadsPositions(Protocol):
    """The log."""

    async def read(self, after: int, limit: int) -> Sequence[RecordedEvent]: ...


class Causation:
    """Depths of events; 0 for what people, clocks and demonstrations set off."""

    def __init__(self, log: ReadsPositions) -> None:
        self._log = log
        self._causes: OrderedDict[int, int | None] = OrderedDict()

    def remember(self, events: Iterable[RecordedEvent]) -> None:
        """Keeps the causes of events that were read anyway."""
        for event in events:
            self._causes[event.position] = event.causation_position
        while len(self._causes) > REMEMBERED:
            self._causes.popitem(last=False)

    async def depth(self, event: RecordedEvent) -> int:
        """How many causes lie behind the event; counted up to DEEPEST, not further."""
        depth, cause = 0, event.causation_position
        while cause is not None and depth < DEEPEST:
            depth += 1
            if cause not in self._causes:
                self.remember(await self._log.read(cause - 1, 1))
            cause = self._causes.get(cause)
        return depth
