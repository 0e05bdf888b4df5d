"""The clocks of care, as data, and how far a check-in may be off.

Source: the brief's table of clocks; its defaults. Four alarms belong to a visit that nobody began,
all counted from its planned start: the warning to carer and coordinator, ``visit missed``, the
breach that the help centre hears of, the escalation to a visit at the door.
"""

from datetime import UTC, datetime, time, timedelta

from domain.care_orders.people import first_day_of, month_after
from domain.shared.calendar import Calendar
from domain.shared.clocks import Clock, ClockReading, Limit, Unit
from domain.shared.instants import SHANGHAI

MINUTE = 60

FIRST_CONTACT = Clock("first-contact", Limit(1, Unit.WORKING_DAYS))
ASSESSMENT = Clock(
    "assessment",
    Limit(10, Unit.WORKING_DAYS),
    warn=Limit(8, Unit.WORKING_DAYS),
    escalate=Limit(5, Unit.WORKING_DAYS),
    escalate_to="civil-affairs",
)
REASSESSMENT = Clock("reassessment", Limit(12, Unit.MONTHS), kind="deadline")
HELD_PLACE = Clock("held-place", Limit(15, Unit.CALENDAR_DAYS), kind="deadline")

ORDER_CLOCKS = (FIRST_CONTACT, ASSESSMENT, REASSESSMENT, HELD_PLACE)

NO_CHECK_IN = Clock("no-check-in", Limit(30 * MINUTE, Unit.ELAPSED_SECONDS), kind="deadline")
MISSED_VISIT = Clock(
    "missed-visit",
    Limit(60 * MINUTE, Unit.ELAPSED_SECONDS),
    warn=Limit(15 * MINUTE, Unit.ELAPSED_SECONDS),
    escalate=Limit(60 * MINUTE, Unit.ELAPSED_SECONDS),
    escalate_to="community",
)
FORGOTTEN = Clock("forgotten-check-out", Limit(120 * MINUTE, Unit.ELAPSED_SECONDS), kind="deadline")

VISIT_CLOCKS = (NO_CHECK_IN, MISSED_VISIT, FORGOTTEN)

SETTLEMENT = Clock("settlement", Limit(10, Unit.WORKING_DAYS), escalate=Limit(5, Unit.WORKING_DAYS))
SETTLEMENT_CLOCKS = (SETTLEMENT,)

GRADE_MONTHS = 12
DISPUTE = Limit(7, Unit.CALENDAR_DAYS)

EARLIEST_CHECK_IN = timedelta(minutes=30)
FARTHEST_M = 300.0
CLOCK_SKEW = timedelta(minutes=10)
QUARTER = timedelta(minutes=15)
SHORTEST_VISIT = timedelta(minutes=15)
LONGEST_VISIT = timedelta(minutes=480)
LONGEST_NOTICE = timedelta(days=30)
"""How far ahead a place may be taken."""

VISITS_KEPT = timedelta(days=400)
"""How long an order remembers its visits: past any month whose subsidy may still be reclaimed."""


def quarters(starts_at: datetime, ends_at: datetime) -> tuple[datetime, ...]:
    """The quarter hours that a visit touches, by their beginnings (UTC)."""
    midnight = datetime.combine(starts_at.astimezone(UTC).date(), time(), UTC)
    first = (starts_at - midnight) // QUARTER
    last = -((midnight - ends_at) // QUARTER)
    return tuple(midnight + n * QUARTER for n in range(first, last))


def month_end(month: str) -> datetime:
    """The instant (UTC) at which a month of the city is over."""
    return datetime.combine(first_day_of(month_after(month)), time(), SHANGHAI).astimezone(UTC)


def settlement_reading(month: str, at: datetime, calendar: Calendar) -> ClockReading:
    """Ten working days after the month's last day; its own day does not count."""
    over = month_end(month)
    due_at = SETTLEMENT.limit.after(over - timedelta(microseconds=1), calendar)
    return SETTLEMENT.due(at, due_at, calendar)
