"""Whose turn it is: the steps of all matters in the order of the simulated time.

Many matters share a registry, a room, an access point, and none of these steps back in time; so a
step has its turn only when nothing that comes much earlier is still to be answered. No clock and
no server here: one heap of turns that may be taken, one of those not answered yet.
"""

import heapq
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from simulation.matters import Matter

WINDOW = timedelta(seconds=60)
"""How much later than the earliest unanswered step another may be sent, in simulated time."""


class Turn(NamedTuple):
    """The next step of a matter; both are counted from 0."""

    at: datetime
    matter: int
    step: int


class Order:
    """Turns of matters by their instants. Of each matter one step at a time is in it."""

    def __init__(self, matters: Sequence[Matter]) -> None:
        self._matters = matters
        self._ready = [Turn(m.steps[0].at, n, 0) for n, m in enumerate(matters) if m.steps]
        heapq.heapify(self._ready)
        self._open = list(self._ready)
        self._done: set[Turn] = set()
        self.unfinished = len(self._ready)

    @property
    def now(self) -> datetime | None:
        """The instant of the earliest step that is not answered; None when nobody is waited for."""
        while self._open and self._open[0] in self._done:
            self._done.discard(heapq.heappop(self._open))
        return self._open[0].at if self._open else None

    def take(self) -> Turn | None:
        """The earliest turn that may be taken now, which then is somebody's; None for none."""
        now = self.now
        if not self._ready or (now is not None and self._ready[0].at > now + WINDOW):
            return None
        return heapq.heappop(self._ready)

    def give_back(self, turn: Turn) -> None:
        """A turn that was taken too early may be taken again."""
        heapq.heappush(self._ready, turn)

    def let_go(self, turn: Turn) -> None:
        """A turn that was taken holds up nobody any more; it may still be given back."""
        self._done.add(turn)

    def answered(self, turn: Turn) -> None:
        """The matter's next step comes to its turn."""
        self._done.add(turn)
        following = turn.step + 1
        steps = self._matters[turn.matter].steps
        if following == len(steps):
            self.unfinished -= 1
            return
        coming = Turn(steps[following].at, turn.matter, following)
        heapq.heappush(self._ready, coming)
        heapq.heappush(self._open, coming)

    def stopped(self, turn: Turn) -> None:
        """The matter has no further step."""
        self._done.add(turn)
        self.unfinished -= 1


def labelled(matters: Sequence[Matter]) -> Mapping[str, datetime]:
    """The instant of each label. Raises ValueError when names or labels come twice, or a step
    needs what does not come before it: it would wait for ever."""
    if len({matter.name for matter in matters}) < len(matters):
        raise ValueError("two matters have the same name")
    found: dict[str, datetime] = {}
    for step in (step for matter in matters for step in matter.steps):
        if step.label is not None:
            if step.label in found:
                raise ValueError(f"two steps have the label {step.label}")
            found[step.label] = step.at
    for matter in matters:
        for step in matter.steps:
            for label in step.needs:
                if label not in found or found[label] >= step.at:
                    raise ValueError(f"{matter.name}: {step.command} needs {label} before it")
    return found
