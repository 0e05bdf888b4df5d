"""The queue of a session: who is next, as a function of its events alone.

The rule: triage level; then the earlier of the appointment, for who came on time, and the arrival;
then the number taken. Who did not answer goes back three places, who came late goes last. What may
surprise: who went back keeps the rank of the one he stands behind, so that others who come still
find their place by the rule.
"""

from bisect import bisect_right
from datetime import datetime
from uuid import UUID

from domain.health_visits.values import Value
from domain.shared.personal import Sensitive

UNTRIAGED = 4
"""Who was not looked at yet waits with those who can wait longest."""

PLACES_BACK = 3

Rank = tuple[int, datetime, int]


class Waiting(Value):
    """One who waits. ``number`` is the one taken, which the screen shows; ``since`` and ``turn`` are
    what the rule counts from: of whoever went back, those of the one he stands behind."""

    visit: UUID
    level: Sensitive[int]
    since: datetime
    number: int
    turn: int

    @property
    def rank(self) -> Rank:
        """By this the queue is in order."""
        return self.level, self.since, self.turn


Queue = tuple[Waiting, ...]
"""The next one first."""


def counted_from(arrived: datetime, appointment: datetime | None, *, late: bool) -> datetime:
    """What the rule counts from: whoever is late, or has no appointment, from the arrival."""
    return arrived if late or appointment is None else min(arrived, appointment)


def joined(queue: Queue, one: Waiting) -> Queue:
    """The queue with one more, at the place that the rule gives."""
    place = bisect_right([other.rank for other in queue], one.rank)
    return (*queue[:place], one, *queue[place:])


def without(queue: Queue, visit: UUID) -> Queue:
    """The queue without this visit."""
    return tuple(one for one in queue if one.visit != visit)


def triaged(queue: Queue, visit: UUID, level: int) -> Queue:
    """The queue after this visit was given a level."""
    (one,) = (other for other in queue if other.visit == visit)
    return joined(without(queue, visit), one.model_copy(update={"level": level}))


def set_back(queue: Queue, one: Waiting) -> Queue:
    """The queue after who was called first and did not answer went back three places."""
    if not queue:
        return (one,)
    place = min(PLACES_BACK, len(queue))
    behind = queue[place - 1]
    rank = {"level": behind.level, "since": behind.since, "turn": behind.turn}
    return (*queue[:place], one.model_copy(update=rank), *queue[place:])
