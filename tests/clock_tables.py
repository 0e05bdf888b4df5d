"""Tables of clocks on a simulated calendar: what a matter records of one of its clocks, and when.

Each look is that of a scheduler which has just begun and knows nothing but the log, so it is cut
down between any two levels. What may surprise: the levels are named by the instant at which they
fall due, and are recorded right after it, because who comes in that very instant comes in time.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

from domain.shared.aggregate import EventBase
from domain.shared.clocks import Level
from domain.shared.refusals import NotDue
from tests.scenario import Scenario, Step, folded, given, shanghai

SECOND, A_YEAR = timedelta(seconds=1), timedelta(days=365)

Levels = tuple[Level, ...]


class Row(NamedTuple):
    """A clock of a matter after some steps. ``falls_due``: by the time in Shanghai either the
    levels that are recorded or, of a deadline, the command that the scheduler sends."""

    clock: str
    over: str
    steps: tuple[Step, ...]
    matter: UUID
    falls_due: Mapping[str, Levels | Step]

    def __str__(self) -> str:
        return f"{self.clock} over {self.over}"


def hold(row: Row) -> None:
    """Asserts that the clock does what the row says, once each, and nothing else."""
    scenario = given(*row.steps)
    log = [e for e in scenario.happened if e.id == row.matter]
    for time, expected in row.falls_due.items():
        if isinstance(expected, Step):
            _hold_deadline(scenario, expected, time)
        else:
            assert _recorded(log, row.clock, time, timedelta()) == (), time
            assert _recorded(log, row.clock, time, SECOND) == expected, time
    assert _recorded(log, row.clock, [*row.falls_due][-1], A_YEAR) == ()


def _hold_deadline(scenario: Scenario, step: Step, time: str) -> None:
    due_at = shanghai(time)
    scenario.when(step, at=due_at - SECOND).then_refused(NotDue(due_at=due_at))
    assert scenario.when(step, at=due_at).refused is None
    again = scenario.when(step, at=due_at + SECOND)
    assert again.decision is None or not again.decision.events


def _recorded(log: list[EventBase], clock: str, time: str, later: timedelta) -> Levels:
    matter: Any = folded(log, lambda stored: stored)
    with matter.deciding(shanghai(time) + later):
        matter.settle()
    new = matter.collect_events()
    log += new
    levels = (e for e in new if getattr(e, "clock", None) == clock)
    return tuple(e.clocks[0].raised[-1] for e in levels)
