"""What a matter's events say, worked out anew: its state, and how long the office took.

It uses neither the readings nor the sums that the events carry, only their names and instants, so
that it can be held against them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from domain.shared.calendar import Calendar
from simulation.reading import Event

HOUR = 3600

STATE_AFTER: Mapping[str, str] = MappingProxyType(
    {
        "name-reserved": "name_reserved",
        "name-lapsed": "lapsed",
        "application-submitted": "submitted",
        "correction-requested": "correcting",
        "application-resubmitted": "submitted",
        "application-lapsed": "lapsed",
        "application-withdrawn": "withdrawn",
        "application-approved": "approved",
        "application-rejected": "rejected",
        "licence-issued": "registered",
        "business-suspended": "suspended",
        "business-resumed": "registered",
        "deregistration-announced": "announcing",
        "deregistration-objected": "registered",
        "announcement-ended": "registered",
        "deregistered": "deregistered",
        "licence-revoked": "revoked",
        "registration-annulled": "annulled",
    }
)
_STARTS = frozenset({"application-submitted", "application-resubmitted"})
_STOPS = frozenset(
    {"licence-issued", "application-rejected", "application-withdrawn", "application-lapsed"}
)
_OPENING_ENDS = frozenset({"opening-completed", "opening-abandoned"})


def state_of(stream: Sequence[Event]) -> str:
    """The state after all events, in the read model's words; empty before the first."""
    states = [STATE_AFTER[event.name] for event in stream if event.name in STATE_AFTER]
    return states[-1] if states else ""


@dataclass(frozen=True, slots=True)
class Hour:
    """How the one-hour promise went. ``seconds`` of office hours until the licence, None without
    one; ``passed_at`` is when the hour was over while it ran and something came after it."""

    seconds: int | None
    passed_at: datetime | None


def hour_of(stream: Sequence[Event], calendar: Calendar) -> Hour:
    """Counts office hours from submission to licence, without the time for corrections."""
    used = 0
    running_since: datetime | None = None
    due_at: datetime | None = None
    passed_at: datetime | None = None
    licensed = False
    for event in stream:
        if event.name.startswith("clock-"):
            continue
        if running_since and due_at and passed_at is None and event.at > due_at:
            passed_at = due_at
        if event.name in _STARTS:
            running_since = event.at
            due_at = calendar.add_working_time(event.at, HOUR - used)
        elif running_since and (event.name in _STOPS or event.name == "correction-requested"):
            used += calendar.working_seconds_between(running_since, event.at)
            running_since = None
            licensed = licensed or event.name == "licence-issued"
    return Hour(used if licensed else None, passed_at)


def opening_passed_at(
    stream: Sequence[Event], licensed_at: datetime, calendar: Calendar
) -> datetime | None:
    """When a company's opening ran past its working day, counted from the licence; None when the
    last filing came in time, or nothing came after the day was over."""
    due_at = calendar.add_working_days(licensed_at, 1)
    for event in stream:
        if event.name.startswith("clock-"):
            continue
        if event.at > due_at:
            return due_at
        if event.name in _OPENING_ENDS:
            return None
    return None
