"""The working calendar of Asia/Shanghai: office hours, working days, calendar days, months.

Relies on chinesecalendar for holidays and make-up days (调休); a local file, read elsewhere and
handed in, adds closures (typhoon) and years the library does not hold yet. A calendar is a frozen
value with a ``version`` that is stored beside every due time it made. All instants carry an
offset; results are UTC.

Three rules that may surprise. A limit is used up at the *earliest* instant at which so much time
has passed: twenty minutes from 17:10 end at 17:30, not at 08:30 of the next day. "24:00" is 00:00
of the next day; at that very instant the limit has not yet been passed. And a closure stops office
hours and working days but moves no limit in calendar days, because a typhoon is no holiday.

Art. 203 of the Civil Code moves a limit whose last day is a 法定休假日 to the day after it. Its
forerunner (art. 154 of the General Principles of 1986) said "Sunday or another 法定休假日", and
art. 7 of the State Council's rules on working hours makes Saturday and Sunday weekly rest days:
so weekends count, and a Saturday that is worked in exchange does not.
"""

import hashlib
from bisect import bisect_left, bisect_right
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

import chinese_calendar  # type: ignore[import-untyped]  # the library ships no types
from chinese_calendar import constants  # the years' holidays, as dicts by day

from domain.shared.instants import SHANGHAI, shanghai_date

_HOLIDAYS: frozenset[date] = frozenset(constants.holidays)
_MAKE_UP_DAYS: frozenset[date] = frozenset(constants.workdays)

HELD_YEARS = frozenset(day.year for day in _HOLIDAYS)
"""Years whose holidays the library knows."""

# All that is certain of a year before its notice (放假办法, revised for 2025): neither the lunar
# holidays nor Qingming nor the exchanged days.
_FIXED_HOLIDAYS = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})

_SECOND = 1_000_000
_EIGHT_HOURS = 8 * 3600 * _SECOND
_FIRST_MIDNIGHT = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """From when to when an office works on a working day; no lunch break."""

    opens: time = time(8, 30)
    closes: time = time(17, 30)

    def __post_init__(self) -> None:
        if self.opens >= self.closes:
            raise ValueError("an office opens before it closes")


@dataclass(frozen=True, slots=True)
class YearNotice:
    """A year's holidays as the State Council's notice sets them.

    ``holidays`` are all days of rest named in it, ``make_up_days`` the weekend days that are
    worked. It takes the place of what the library says of that year.
    """

    year: int
    holidays: frozenset[date]
    make_up_days: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        if any(day.year != self.year for day in self.holidays | self.make_up_days):
            raise ValueError("a notice names days of its own year only")
        if self.holidays & self.make_up_days:
            raise ValueError("a day is either of rest or worked")


def _days_of_year(year: int) -> range:
    return range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1)


@lru_cache(maxsize=256)
def _working_days_of_library(year: int) -> tuple[int, ...]:
    """Ordinals of the year's working days, from the library or by weekends and fixed holidays."""
    if year not in HELD_YEARS:
        return tuple(
            n
            for n in _days_of_year(year)
            if (n - 1) % 7 < 5
            and ((day := date.fromordinal(n)).month, day.day) not in _FIXED_HOLIDAYS
        )
    return _working_days(year, _HOLIDAYS, _MAKE_UP_DAYS)


def _working_days(year: int, rest: Iterable[date], make_up: Iterable[date]) -> tuple[int, ...]:
    off, on = {day.toordinal() for day in rest}, {day.toordinal() for day in make_up}
    # Ordinal 1, 1 January of year 1, was a Monday.
    return tuple(n for n in _days_of_year(year) if n in on or ((n - 1) % 7 < 5 and n not in off))


def _micro_of_day(moment: time | datetime) -> int:
    seconds = (moment.hour * 60 + moment.minute) * 60 + moment.second
    return seconds * _SECOND + moment.microsecond


def _split(instant: datetime) -> tuple[int, int]:
    """Day (ordinal) and microsecond of the day in Shanghai."""
    if instant.utcoffset() is None:
        raise ValueError("the calendar takes no time without its offset")
    local = instant.astimezone(SHANGHAI)
    return local.toordinal(), _micro_of_day(local)


def _join(day: int, micro: int) -> datetime:
    """The instant (UTC) of a day's microsecond in Shanghai."""
    return _FIRST_MIDNIGHT + timedelta(days=day - 1, microseconds=micro - _EIGHT_HOURS)


# Most limits of a day's matters end on the same few days: 0.1 µs to remember, 1.6 to work out.
@lru_cache(maxsize=1024)
def _midnight(day: int) -> datetime:
    """The instant (UTC) at which a day begins in Shanghai."""
    return _join(day, 0)


def same_day_after_months(day: date, months: int) -> date:
    """The same day of a later (or earlier) month, else that month's last (art. 202)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@lru_cache(maxsize=1024)
def _after_months(day: int, months: int) -> int:
    return same_day_after_months(date.fromordinal(day), months).toordinal()


@dataclass(frozen=True)
class Calendar:
    """Which days and hours count. Equal calendars have equal versions.

    ``Calendar()`` is the library's with the city's hours; :meth:`with_closures`,
    :meth:`with_notices` and :meth:`with_hours` give changed copies. ``version`` is
    ``chinesecalendar-1.11.0``, with ``+local-`` and a hash of what is local, if anything is.
    """

    hours: OfficeHours = OfficeHours()
    closures: frozenset[date] = frozenset()
    notices: tuple[YearNotice, ...] = ()
    version: str = field(init=False, compare=False)
    # Ordinals of a year's working days: without the closures, and with them.
    _years: dict[int, tuple[tuple[int, ...], tuple[int, ...]]] = field(
        init=False, compare=False, repr=False, default_factory=dict
    )

    def __post_init__(self) -> None:
        if len({notice.year for notice in self.notices}) < len(self.notices):
            raise ValueError("a year has one notice")
        version = f"chinesecalendar-{chinese_calendar.__version__}"
        if self.closures or self.notices or self.hours != OfficeHours():
            local = [
                f"{self.hours.opens}-{self.hours.closes}",
                *sorted(f"closed {day}" for day in self.closures),
                *sorted(f"{n.year} rest {d}" for n in self.notices for d in n.holidays),
                *sorted(f"{n.year} work {d}" for n in self.notices for d in n.make_up_days),
            ]
            version += "+local-" + hashlib.sha256("\n".join(local).encode()).hexdigest()[:12]
        object.__setattr__(self, "version", version)

    def with_closures(self, days: Iterable[date]) -> "Calendar":
        """This calendar with more days on which no office works, e.g. for a typhoon."""
        return replace(self, closures=self.closures | frozenset(days))

    def with_notices(self, notices: Iterable[YearNotice]) -> "Calendar":
        """This calendar with the State Council's notices of some years, instead of older ones."""
        by_year = {notice.year: notice for notice in (*self.notices, *notices)}
        return replace(self, notices=tuple(by_year[year] for year in sorted(by_year)))

    def with_hours(self, hours: OfficeHours) -> "Calendar":
        """This calendar for an office with its own hours."""
        return replace(self, hours=hours)

    # What a day is.

    def is_working_day(self, day: date) -> bool:
        """Whether offices work on that day."""
        return self._is_in(self._open_days(day.year), day.toordinal())

    def is_rest_day(self, day: date) -> bool:
        """Whether it is a 法定休假日 of art. 203: holiday or weekend, but no closure."""
        return not self._is_in(self._lawful_days(day.year), day.toordinal())

    def is_open(self, instant: datetime) -> bool:
        """Whether offices work at that instant; opening counts, closing time does not."""
        day, micro = _split(instant)
        opens, closes = self._opening
        return opens <= micro < closes and self.is_working_day(date.fromordinal(day))

    def guessed_years(self, start: date, end: date) -> tuple[int, ...]:
        """Years from ``start`` to ``end`` (days or instants) of which nobody holds the holidays.

        They count weekends and the holidays with a fixed date; a due time in them may move when
        the notice comes.
        """
        first, last = (
            (shanghai_date(d) if isinstance(d, datetime) else d).year for d in (start, end)
        )
        told = HELD_YEARS | {notice.year for notice in self.notices}
        return tuple(year for year in range(first, last + 1) if year not in told)

    # Limits. ``WH``, ``WD``, ``CD`` and months of the cross-programme brief.

    def add_working_time(self, start: datetime, seconds: int) -> datetime:
        """``WH``: the earliest instant with so many seconds of office hours since ``start``.

        A negative number counts back, for a clock that was overdue when it was paused; 0 gives
        ``start``. Exact to the microsecond. Raises ValueError past the year 9999.
        """
        day, micro = _split(start)
        opens, closes = self._opening
        length = closes - opens
        left = abs(seconds) * _SECOND
        open_today = self.is_working_day(date.fromordinal(day))
        inside = min(max(micro, opens), closes)
        if left == 0:
            return start.astimezone(UTC)
        if seconds > 0:
            today = closes - inside if open_today else 0
            if left <= today:
                return _join(day, inside + left)
            # The last day is used in part or whole, never not at all.
            whole_days, rest = divmod(left - today - 1, length)
            return _join(self._open_day_after(day, whole_days + 1), opens + rest + 1)
        today = inside - opens if open_today else 0
        if left <= today:
            return _join(day, inside - left)
        whole_days, rest = divmod(left - today - 1, length)
        return _join(self._open_day_before(day, whole_days + 1), closes - rest - 1)

    def working_seconds_between(self, start: datetime, end: datetime) -> int:
        """Whole seconds of office hours from ``start`` to ``end``; negative if ``end`` is first."""
        if end < start:
            return -self.working_seconds_between(end, start)
        first, first_micro = _split(start)
        last, last_micro = _split(end)
        opens, closes = self._opening
        total = self._open_days_between(first, last) * (closes - opens)
        if self.is_working_day(date.fromordinal(last)):
            total += min(max(last_micro, opens), closes) - opens
        if self.is_working_day(date.fromordinal(first)):
            total -= min(max(first_micro, opens), closes) - opens
        return total // _SECOND

    def add_working_days(self, start: datetime, days: int) -> datetime:
        """``WD``: closing time of the n-th working day after the day of ``start``.

        Art. 201: the day of the event does not count, whatever its hour. Raises ValueError for
        less than one day.
        """
        if days < 1:
            raise ValueError("a limit in working days has at least one")
        day, _ = _split(start)
        return _join(self._open_day_after(day, days), self._opening[1])

    def add_calendar_days(self, start: datetime, days: int) -> datetime:
        """``CD``: 24:00 of the n-th day after the day of ``start``, moved on past rest days.

        Raises ValueError for less than one day.
        """
        if days < 1:
            raise ValueError("a limit in calendar days has at least one")
        day, _ = _split(start)
        return _midnight(self._lawful_day_from(day + days) + 1)

    def add_months(self, start: datetime, months: int, *, past_rest_days: bool = False) -> datetime:
        """24:00 of the same day so many months later, or of that month's last day (art. 202).

        ``past_rest_days`` moves it on as art. 203 does for a limit within which someone has to
        act. Left off, it suits what lasts for a time (a reserved name, a bar, retention): nobody
        is kept waiting a day longer because of a Sunday.
        """
        day, _ = _split(start)
        last = _after_months(day, months)
        return _midnight((self._lawful_day_from(last) if past_rest_days else last) + 1)

    def add_years(self, start: datetime, years: int, *, past_rest_days: bool = False) -> datetime:
        """As :meth:`add_months`, with twelve to the year."""
        return self.add_months(start, 12 * years, past_rest_days=past_rest_days)

    def after(self, start: datetime, amount: int, unit: str) -> datetime:
        """The instant (UTC) at which a limit is used up; units are the brief's words.

        ``C24`` and ``WH`` take seconds, ``WD`` and ``CD`` days, ``months`` and ``years``
        themselves. Raises ValueError for any other unit.
        """
        match str(unit):
            case "C24":
                return start.astimezone(UTC) + timedelta(seconds=amount)
            case "WH":
                return self.add_working_time(start, amount)
            case "WD":
                return self.add_working_days(start, amount)
            case "CD":
                return self.add_calendar_days(start, amount)
            case "months":
                return self.add_months(start, amount)
            case "years":
                return self.add_years(start, amount)
        raise ValueError(f"no limit is counted in {unit}")

    # Tables: one sorted tuple of ordinals a year, so that a limit is a bisection or two, 4 µs.
    # The library's own is_workday takes 22 µs for one day.

    @property
    def _opening(self) -> tuple[int, int]:
        return _micro_of_day(self.hours.opens), _micro_of_day(self.hours.closes)

    def _tables(self, year: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
        tables = self._years.get(year)
        if tables is None:
            notice = next((n for n in self.notices if n.year == year), None)
            lawful = (
                _working_days(year, notice.holidays, notice.make_up_days)
                if notice
                else _working_days_of_library(year)
            )
            closed = {day.toordinal() for day in self.closures if day.year == year}
            tables = lawful, tuple(n for n in lawful if n not in closed) if closed else lawful
            self._years[year] = tables
        return tables

    def _lawful_days(self, year: int) -> tuple[int, ...]:
        return self._tables(year)[0]

    def _open_days(self, year: int) -> tuple[int, ...]:
        return self._tables(year)[1]

    @staticmethod
    def _is_in(days: tuple[int, ...], day: int) -> bool:
        i = bisect_left(days, day)
        return i < len(days) and days[i] == day

    def _open_day_after(self, day: int, count: int) -> int:
        """The count-th working day after ``day``."""
        year = date.fromordinal(day).year
        days = self._open_days(year)
        i = bisect_right(days, day) + count - 1
        while i >= len(days):
            i -= len(days)
            year += 1
            days = self._open_days(year)
        return days[i]

    def _open_day_before(self, day: int, count: int) -> int:
        """The count-th working day before ``day``."""
        year = date.fromordinal(day).year
        days = self._open_days(year)
        i = bisect_left(days, day) - count
        while i < 0:
            year -= 1
            days = self._open_days(year)
            i += len(days)
        return days[i]

    def _open_days_between(self, first: int, last: int) -> int:
        """Working days from ``first`` up to but not including ``last``."""
        first_year, last_year = date.fromordinal(first).year, date.fromordinal(last).year
        whole = sum(len(self._open_days(year)) for year in range(first_year, last_year))
        return (
            whole
            + bisect_left(self._open_days(last_year), last)
            - bisect_left(self._open_days(first_year), first)
        )

    def _lawful_day_from(self, day: int) -> int:
        """``day`` itself if it is no rest day, else the first day after the rest."""
        year = date.fromordinal(day).year
        while True:
            days = self._lawful_days(year)
            i = bisect_left(days, day)
            if i < len(days):
                return days[i]
            year += 1
