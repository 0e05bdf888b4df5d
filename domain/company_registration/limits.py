"""The limits of company registration, as data, and the ends that are computed from days.

Sources: the city's target of one hour; Regulations on Registration of Market Entities, art. 19
(three working days, three more by approval), 30 (three years of suspension), 33 (twenty days of
announcement, ten for sole traders); implementing rules, art. 49; Decree 734, art. 18.
"""

from datetime import date, datetime, timedelta

from domain.shared.calendar import Calendar, same_day_after_months
from domain.shared.clocks import Clock, Limit, Unit

LICENCE = Clock(
    "licence-1h",
    Limit(3600, Unit.WORKING_SECONDS),
    warn=Limit(2700, Unit.WORKING_SECONDS),
    # Half as long again: late enough for the office to mend it by itself, early enough for the
    # applicant to leave with a licence the same day.
    escalate=Limit(1800, Unit.WORKING_SECONDS),
)

LEGAL = Clock(
    "registration-legal",
    Limit(3, Unit.WORKING_DAYS),
    # A missed legal term is an unlawful omission; supervision hears of it within a working day.
    escalate=Limit(1, Unit.WORKING_DAYS),
)
LEGAL_EXTENDED = Limit(6, Unit.WORKING_DAYS)

NAME_RESERVATION = Clock("name-reservation", Limit(2, Unit.MONTHS), kind="deadline")
NAME_RESERVATION_WITH_PRIOR_APPROVAL = Limit(12, Unit.MONTHS)

CORRECTION = Clock("correction", Limit(30, Unit.CALENDAR_DAYS), kind="deadline")

SUSPENSION = Clock("suspension", Limit(36, Unit.MONTHS), kind="deadline")

DEREGISTRATION = Clock("deregistration", Limit(20, Unit.CALENDAR_DAYS), kind="deadline")
DEREGISTRATION_EXTENSION = Limit(30, Unit.CALENDAR_DAYS)

ANNOUNCED = Limit(20, Unit.CALENDAR_DAYS)
ANNOUNCED_SOLE_TRADER = Limit(10, Unit.CALENDAR_DAYS)

# A court's usual term (法释〔2017〕7号, art. 2); each bar brings its own end, or none.
BAR_END = Clock("officeholder-bar", Limit(24, Unit.MONTHS), kind="deadline")

NAME_KEPT_YEARS = 1
CONTRIBUTION_YEARS = 5

CLOCKS = (LICENCE, LEGAL, NAME_RESERVATION, CORRECTION, SUSPENSION, DEREGISTRATION)


def latest_end_of_suspension(today: date, days_used: int) -> date:
    """The last day a suspension may reach: three years in all, what was used before included."""
    return same_day_after_months(today, SUSPENSION.limit.amount) - timedelta(days=days_used)


def name_free_again(ended: datetime, calendar: Calendar) -> datetime:
    """When others may have the name of a company that ended or was renamed (art. 17)."""
    return calendar.add_years(ended, NAME_KEPT_YEARS)


def following(limit: Limit, end: datetime, calendar: Calendar) -> datetime:
    """The end of a limit that begins where another ended: its first day is the day after."""
    return limit.after(end - timedelta(microseconds=1), calendar)
