"""A doctor's half-day minute by minute: who comes, who is next, how long it takes.

The rule of the queue is written here anew, apart from the domain's: triage level, then the earlier
of appointment and arrival for who is on time, then the number taken; who was absent goes back three
places, who is late goes last. What this says is what the played city has to say, too: a call of
anybody else is refused.
"""

import heapq
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple

from simulation.health_visits.story import MINUTE, SECOND

UNTRIAGED = 4
PLACES_BACK = 3
ABSENT_AFTER = timedelta(seconds=185)


@dataclass(slots=True, eq=False)
class Coming:
    """Somebody who comes. ``seconds`` with the doctor; ``absent``: how often a call is not heard;
    ``patience`` until the queue is left; ``level`` as a nurse finds it, or None without triage."""

    who: int
    arrives: datetime
    slot: datetime | None
    seconds: int
    late: bool = False
    level: int | None = None
    absent: int = 0
    patience: timedelta | None = None
    rank: tuple[int, datetime, int] = field(init=False)


class Moment(NamedTuple):
    """What happens: ``arrive``, ``triage``, ``leave``, ``call``, ``absent``, ``out``, ``start`` and
    ``finish``; ``wrong-call`` and ``busy-call`` are refused, ``early-close`` too."""

    at: datetime
    what: str
    who: int


class HalfDay:
    """Plays one session's queue from the arrivals on."""

    def __init__(self, rng: Random, begins: datetime, coming: list[Coming]) -> None:
        self._rng = rng
        self._ready = begins
        self._queue: list[Coming] = []
        self._room: Coming | None = None
        self._numbers = 0
        self._count = 0
        self._last = datetime.min.replace(tzinfo=begins.tzinfo)
        self._heap: list[tuple[datetime, int, str, Coming]] = []
        for one in coming:
            self._push(one.arrives, "arrive", one)

    def moments(self) -> Iterator[Moment]:
        """All that happens, each later than the one before."""
        while self._heap or self._queue:
            call_at = max(self._ready, self._last + SECOND)
            may_call = self._room is None and self._queue
            if may_call and not (self._heap and self._heap[0][0] <= call_at):
                yield from self._call(call_at)
                continue
            at, _, what, one = heapq.heappop(self._heap)
            at = max(at, self._last + SECOND)
            if self._happens(at, what, one):
                self._last = at
                yield Moment(at, what, one.who)

    @property
    def over(self) -> datetime:
        """When the doctor was done with the last one."""
        return max(self._last, self._ready)

    def _push(self, at: datetime, what: str, one: Coming) -> None:
        self._count += 1
        heapq.heappush(self._heap, (at, self._count, what, one))

    def _call(self, at: datetime) -> Iterator[Moment]:
        rng = self._rng
        self._last = at
        if len(self._queue) > 1 and rng.random() < 0.01:
            # the counter mistakes one for another, and looks again
            self._ready = at + MINUTE
            yield Moment(at, "wrong-call", self._queue[1].who)
            return
        one = self._room = self._queue.pop(0)
        if one.absent:
            after = ABSENT_AFTER + timedelta(seconds=rng.randint(0, 60))
            self._push(at + after, "absent" if one.absent < 3 else "out", one)
        else:
            self._push(at + timedelta(seconds=rng.randint(20, 70)), "start", one)
        yield Moment(at, "call", one.who)

    def _happens(self, at: datetime, what: str, one: Coming) -> bool:
        """Whether it comes to that, and what follows."""
        match what:
            case "arrive":
                self._arrive(at, one)
            case "triage" | "leave" if one not in self._queue:
                return False
            case "triage":
                self._queue.remove(one)
                one.rank = (one.level or UNTRIAGED, *one.rank[1:])
                self._join(one)
            case "leave":
                self._queue.remove(one)
            case "absent" | "out":
                self._absent(at, what, one)
            case "start":
                self._start(at, one)
            case "finish":
                self._room = None
                self._ready = at + timedelta(seconds=self._rng.randint(10, 40))
            case "busy-call" | "early-close":
                return bool(self._room) and (what == "early-close" or one in self._queue)
        return True

    def _arrive(self, at: datetime, one: Coming) -> None:
        self._numbers += 1
        since = at if one.late or one.slot is None else min(at, one.slot)
        one.rank = (UNTRIAGED, since, self._numbers)
        self._join(one)
        if one.level is not None:
            self._push(at + timedelta(seconds=self._rng.randint(40, 150)), "triage", one)
        if one.patience is not None:
            self._push(at + one.patience, "leave", one)

    def _join(self, one: Coming) -> None:
        place = bisect_right([other.rank for other in self._queue], one.rank)
        self._queue.insert(place, one)

    def _absent(self, at: datetime, what: str, one: Coming) -> None:
        self._room = None
        self._ready = at + timedelta(seconds=self._rng.randint(5, 20))
        if what == "out":
            return
        # 1: heard at the second call; 2: not heard then either, and out
        one.absent = 3 if one.absent == 2 else 0
        place = min(PLACES_BACK, len(self._queue))
        if place:
            one.rank = self._queue[place - 1].rank
        self._queue.insert(place, one)

    def _start(self, at: datetime, one: Coming) -> None:
        rng = self._rng
        self._push(at + timedelta(seconds=one.seconds), "finish", one)
        if one.seconds > 240 and self._queue:
            middle = at + timedelta(seconds=rng.randint(70, 120))
            if rng.random() < 0.012:
                self._push(middle, "busy-call", self._queue[0])
            elif rng.random() < 0.006:
                self._push(middle, "early-close", one)
