"""The limits of retail imports, as dated data: money per order and year, and the clocks.

Sources: 财关税〔2016〕18号 (2,000 and 20,000 yuan), 财关税〔2018〕49号 (5,000 and 26,000 yuan from
2019-01-01), both with 70% of the tax; Customs Announcements 2018 No. 194 (tax paid from day 31 to
45) and 2020 No. 45 (returns: applied for in 30 days, back in 45). The hours are the city's own.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from domain.shared.clocks import Clock, Limit, Unit
from domain.shared.instants import SHANGHAI, shanghai_date

HOUR = 3600

MATCHING = Clock(
    "matching",
    Limit(24 * HOUR, Unit.ELAPSED_SECONDS),
    # Early enough to call the one whose document is missing on the same day.
    warn=Limit(20 * HOUR, Unit.ELAPSED_SECONDS),
)

CLEARANCE = Clock(
    "clearance",
    Limit(2 * HOUR, Unit.ELAPSED_SECONDS),
    warn=Limit(90 * 60, Unit.ELAPSED_SECONDS),
    escalate=Limit(2 * HOUR, Unit.ELAPSED_SECONDS),
)

RETURN_ARRIVAL = Clock("return-arrival", Limit(45, Unit.CALENDAR_DAYS), kind="deadline")
RETURN_APPLICATION = Limit(30, Unit.CALENDAR_DAYS)

TAX_PAYMENT = Clock(
    "tax-payment",
    Limit(45, Unit.CALENDAR_DAYS),
    escalate=Limit(1, Unit.WORKING_DAYS),
)
TAX_PAYABLE_AFTER_DAYS = 30
AFTER_A_RETURN = Limit(1, Unit.WORKING_DAYS)
"""The least time to pay once a return is over: no tax can be paid while it is open."""

CLOCKS = (MATCHING, CLEARANCE, RETURN_ARRIVAL, TAX_PAYMENT)


@dataclass(frozen=True, slots=True)
class Allowance:
    """What one person may import this way, and the part of the tax that is levied on it."""

    since: date
    order_fen: int
    year_fen: int
    levied_percent: int = 70


ALLOWANCES = (
    Allowance(date(2016, 4, 8), 200_000, 2_000_000),
    Allowance(date(2019, 1, 1), 500_000, 2_600_000),
)


def allowance_on(day: date) -> Allowance:
    """What is in force on a day of the city. Raises LookupError before the scheme began."""
    in_force = [allowance for allowance in ALLOWANCES if allowance.since <= day]
    if not in_force:
        raise LookupError("retail import began on 2016-04-08")
    return in_force[-1]


def quota_year(at: datetime) -> int:
    """The calendar year that a declaration counts in: by its day in the city."""
    return shanghai_date(at).year


def tax_payable_from(released_at: datetime) -> datetime:
    """The beginning of day 31 (UTC). A rest day does not move it: it begins a time, it ends none."""
    day = shanghai_date(released_at) + timedelta(days=TAX_PAYABLE_AFTER_DAYS + 1)
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI).astimezone(UTC)
