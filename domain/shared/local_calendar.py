"""The form of the local calendar file: closures, notices of the State Council, other hours.

The file is TOML or JSON; who reads it hands the parsed mapping to ``LocalCalendar`` and gets a
``Calendar``. Example::

    [[closures]]
    day = 2026-08-11
    why = "typhoon, office of flood control, no. 14"

    [[years]]
    year = 2027
    source = "国办发明电〔2026〕…号"
    holidays = [2027-01-01, 2027-02-05]
    make_up_days = [2027-02-20]
"""

from datetime import date, time

from pydantic import BaseModel, ConfigDict, model_validator

from domain.shared.calendar import Calendar, OfficeHours, YearNotice


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Closure(_Part):
    """A day on which no office works, and who ordered that."""

    day: date
    why: str


class Year(_Part):
    """A year's holidays and the weekend days that are worked, and the notice that says so."""

    year: int
    source: str
    holidays: frozenset[date]
    make_up_days: frozenset[date] = frozenset()

    def notice(self) -> YearNotice:
        """The same as the calendar takes it. Raises ValueError for days of another year."""
        return YearNotice(self.year, self.holidays, self.make_up_days)


class Hours(_Part):
    """Opening and closing time."""

    opens: time
    closes: time


class LocalCalendar(_Part):
    """What the city adds to the library's calendar; everything may be left out."""

    closures: tuple[Closure, ...] = ()
    years: tuple[Year, ...] = ()
    hours: Hours | None = None

    @model_validator(mode="after")
    def _makes_a_calendar(self) -> "LocalCalendar":
        self.calendar()
        return self

    def calendar(self, base: Calendar | None = None) -> Calendar:
        """``base`` (the library's) with everything of this file."""
        calendar = (base or Calendar()).with_closures(closure.day for closure in self.closures)
        calendar = calendar.with_notices(year.notice() for year in self.years)
        if self.hours:
            calendar = calendar.with_hours(OfficeHours(self.hours.opens, self.hours.closes))
        return calendar
