"""Which limits of a record were passed, reckoned from its events and the calendar alone.

A limit that nobody met is recorded with the next thing that happens to the record, for a simulated
matter lives by its own clock. Limits: seven working days to decide an objection, three to accept an
application for repair, ten to decide it, three to confirm a removal.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from domain.shared.calendar import Calendar
from domain.shared.instants import shanghai_date
from simulation.reading import Event

OBJECTION, ACCEPT, DECIDE, REMOVAL = "objection", "repair-accept", "repair-decide", "removal"
WORKING_DAYS: Mapping[str, int] = {OBJECTION: 7, ACCEPT: 3, DECIDE: 10, REMOVAL: 3}

Passed = tuple[str, datetime]
"""A limit and when it was due."""

_STARTS = {
    "objection-raised": OBJECTION,
    "repair-applied": ACCEPT,
    "repair-accepted": DECIDE,
    "record-repaired": REMOVAL,
}
_REPAIR = (ACCEPT, DECIDE)
_STOPS = {
    "record-corrected": (OBJECTION,),
    "objection-dismissed": (OBJECTION,),
    "record-withdrawn": (OBJECTION, *_REPAIR),
    "repair-accepted": (ACCEPT,),
    "record-repaired": _REPAIR,
    "repair-refused": _REPAIR,
    "repair-revoked": (REMOVAL,),
    "publicity-ended": _REPAIR,
}


@dataclass(slots=True)
class _Running:
    """A limit: ``due_at`` None while it stands still with so many working days ``left``."""

    due_at: datetime | None
    left: int = 0
    passed: bool = False


@dataclass(slots=True)
class _Limits:
    calendar: Calendar
    running: dict[str, _Running] = field(default_factory=dict)
    passed: list[Passed] = field(default_factory=list)

    def take(self, e: Event) -> None:
        for name, limit in self.running.items():
            if limit.due_at is not None and not limit.passed and limit.due_at < e.at:
                limit.passed = True
                self.passed.append((name, limit.due_at))
        for name in _STOPS.get(e.name, ()):
            self.running.pop(name, None)
        if started := _STARTS.get(e.name):
            self._start(started, e.at)
        self._further(e)

    def _further(self, e: Event) -> None:
        objection = self.running.get(OBJECTION)
        match e.name:
            case "record-withdrawn" if e.data["live"]:
                self._start(REMOVAL, e.at)
            case "subject-delisted" if e.data["reason"] == "by-keeper":
                for name in _REPAIR:
                    self.running.pop(name, None)
                self._start(REMOVAL, e.at)
            case "removal-confirmed" if not e.data["outstanding"]:
                self.running.pop(REMOVAL, None)
            case "evidence-asked" if objection and objection.due_at:
                objection.left = self._days_between(e.at, objection.due_at)
                objection.due_at = None
            case "evidence-submitted" if objection:
                left = max(1, objection.left)
                objection.due_at = self.calendar.add_working_days(e.at, left)

    def _start(self, name: str, at: datetime) -> None:
        due_at = self.calendar.add_working_days(at, WORKING_DAYS[name])
        self.running[name] = _Running(due_at)

    def _days_between(self, start: datetime, end: datetime) -> int:
        """Working days after the one of ``start`` up to the one of ``end``."""
        day, last, count = shanghai_date(start), shanghai_date(end), 0
        while day < last:
            day += timedelta(days=1)
            count += self.calendar.is_working_day(day)
        return count


def limits_passed(stream: Sequence[Event], calendar: Calendar) -> list[Passed]:
    """The limits that were passed before something else happened, in the order of their ends."""
    limits = _Limits(calendar)
    for e in stream:
        limits.take(e)
    return sorted(limits.passed)


def limits_recorded(stream: Sequence[Event]) -> list[Passed]:
    """Those that the record's own events name."""
    return sorted(
        (e.data["clock"], datetime.fromisoformat(e.data["due_at"]))
        for e in stream
        if e.name == "clock-breached"
    )
