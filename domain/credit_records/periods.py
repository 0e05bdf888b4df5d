"""How long a credit record is published, from when it may be repaired, and the clocks of the work.

Sources: 信用修复管理办法 (NDRC, in force from 1 April 2026) for severity, minimum and maximum; the
brief for the working days. A list's own law goes before this table. All is counted from the
decision's date, not from the upload, and an end never moves while a record is disputed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType

from domain.credit_records.states import Severity
from domain.shared.calendar import same_day_after_months
from domain.shared.clocks import Clock, Limit, Unit
from domain.shared.instants import SHANGHAI


@dataclass(frozen=True, slots=True)
class Period:
    """Months from the decision: before ``minimum`` no repair, at ``maximum`` it disappears.

    A maximum of None has no end of its own.
    """

    minimum: int = 0
    maximum: int | None = None


NO_END_OF_ITS_OWN = Period()

PUBLICITY: Mapping[Severity, Period] = MappingProxyType(
    {
        Severity.MINOR: Period(0, 3),
        Severity.GENERAL: Period(3, 12),
        Severity.SERIOUS: Period(12, 36),
    }
)

HIDDEN_WHILE_DISPUTED = True
"""Whether a disputed item is hidden from the public page; otherwise it is marked there."""

REPAIR_BAR_MONTHS = 36
"""How long nobody may apply for repair who got one by a false commitment. The rules of 2023 (NDRC
Order 58), which those of 2026 continue, say three years."""

ADULT_YEARS = 18
LONGEST_AUTHORISATION_MONTHS = 12

CONTRIBUTE = Clock("contribute", Limit(7, Unit.WORKING_DAYS))
PLEA = Limit(5, Unit.WORKING_DAYS)
OBJECTION = Clock(
    "objection",
    Limit(7, Unit.WORKING_DAYS),
    warn=Limit(5, Unit.WORKING_DAYS),
    escalate=Limit(2, Unit.WORKING_DAYS),
)
REPAIR_ACCEPT = Clock(
    "repair-accept", Limit(3, Unit.WORKING_DAYS), escalate=Limit(2, Unit.WORKING_DAYS)
)
REPAIR_DECIDE = Clock(
    "repair-decide",
    Limit(10, Unit.WORKING_DAYS),
    warn=Limit(8, Unit.WORKING_DAYS),
    escalate=Limit(2, Unit.WORKING_DAYS),
)
REMOVAL = Clock("removal", Limit(3, Unit.WORKING_DAYS), escalate=Limit(1, Unit.WORKING_DAYS))
PUBLICITY_END = Clock("publicity", Limit(36, Unit.MONTHS), kind="deadline")
AUTHORISATION = Clock("authorisation", Limit(12, Unit.MONTHS), kind="deadline")

RECORD_CLOCKS = (CONTRIBUTE, OBJECTION, REPAIR_ACCEPT, REPAIR_DECIDE, REMOVAL, PUBLICITY_END)


def end_of_day(day: date) -> datetime:
    """24:00 of a day in the city, UTC."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=SHANGHAI) + timedelta(days=1)
    return midnight.astimezone(UTC)


def start_of_day(day: date) -> datetime:
    """0:00 of a day in the city, UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI).astimezone(UTC)


def ends(period: Period, since: date) -> tuple[datetime | None, datetime | None]:
    """From when repair may be applied for, and when publicity is over; None: at once, never.

    Civil Code art. 201, 202: the first day does not count, and a month ends with the last one.
    """
    minimum = end_of_day(same_day_after_months(since, period.minimum)) if period.minimum else None
    if period.maximum is None:
        return minimum, None
    return minimum, end_of_day(same_day_after_months(since, period.maximum))
