"""An office's time: its days, when people come, how long work takes, who does it next.

Everything is drawn from a given source of randomness and counted on the city's calendar; nothing
here reads a clock. Instants are whole seconds, so that sums over them are exact.
"""

import math
from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import accumulate
from random import Random

from domain.shared.calendar import Calendar
from domain.shared.instants import SHANGHAI, shanghai_date

MINUTE = 60


def last_working_days(today: date, count: int, calendar: Calendar) -> tuple[date, ...]:
    """The ``count`` working days before ``today``, in order; yesterday may be the last."""
    found: list[date] = []
    day = today
    while len(found) < count:
        day -= timedelta(days=1)
        if calendar.is_working_day(day):
            found.append(day)
    return tuple(reversed(found))


def local(day: date, seconds: int) -> datetime:
    """So many seconds after the city's midnight."""
    return datetime.combine(day, time(), SHANGHAI) + timedelta(seconds=seconds)


# Share of a day's arrivals in each hour: two humps around lunch, and people at home at night.
_BY_HOUR = (
    *(0.3, 0.2, 0.1, 0.1, 0.1, 0.2, 0.5, 1.2),
    *(7.0, 12.5, 13.0, 8.5, 4.0, 7.5, 12.0, 11.5),
    *(9.0, 4.5, 1.6, 1.5, 1.9, 1.6, 0.9, 0.5),
)
# Monday brings what the weekend made ready.
_BY_WEEKDAY = (1.28, 1.12, 1.0, 0.95, 0.8, 0.9, 0.9)


class Arrivals:
    """When people come, over a row of days: more on Mondays, two humps a day, few at night.

    ``by_hour`` and ``by_weekday`` are shares of their own, for what people do elsewhere.
    """

    def __init__(
        self,
        days: Sequence[date],
        by_hour: Sequence[float] = _BY_HOUR,
        by_weekday: Sequence[float] = _BY_WEEKDAY,
    ) -> None:
        self._days = days
        self._day_sums = list(accumulate(by_weekday[day.weekday()] for day in days))
        self._hour_sums = list(accumulate(by_hour))

    def draw(self, rng: Random) -> datetime:
        """One arrival, to the second."""
        day = self._days[bisect(self._day_sums, rng.random() * self._day_sums[-1])]
        hour = bisect(self._hour_sums, rng.random() * self._hour_sums[-1])
        return local(day, hour * 3600 + rng.randrange(3600))


def lognormal_seconds(rng: Random, median: float, sigma: float, most: float = math.inf) -> int:
    """How long work takes: most of it near the median, some of it very long."""
    return max(20, round(min(median * math.exp(rng.gauss(0, sigma)), most)))


@dataclass(slots=True)
class Officer:
    """Who works at a counter; ``lunch`` is the second of the day at which the hour begins."""

    id: str
    lunch: int
    free_at: datetime | None = None


@dataclass(slots=True)
class Counter:
    """One district's officers with one queue before them, first come first served.

    Tasks must be handed in by the time they became ready, which makes the queue exact.
    """

    calendar: Calendar
    officers: list[Officer] = field(default_factory=list)

    def work(
        self, ready: datetime, seconds: int, *, pick_up: int, not_by: str | None = None
    ) -> tuple[str, datetime]:
        """Who does a task of so many seconds, and when it is done, within office hours.

        ``pick_up`` is how long it lies before somebody who is free looks at it.
        """
        seen = self.calendar.add_working_time(ready, pick_up)
        fit = [officer for officer in self.officers if officer.id != not_by]
        officer = min(fit, key=lambda one: (self._start(one, seen), one.id))
        start = self._start(officer, seen)
        done = self.calendar.add_working_time(start, seconds)
        officer.free_at = done
        return officer.id, done

    def _start(self, officer: Officer, seen: datetime) -> datetime:
        start = max(seen, officer.free_at) if officer.free_at else seen
        if not self.calendar.is_open(start):
            # the first second of the next office hours
            start = self.calendar.add_working_time(start, 1) - timedelta(seconds=1)
        away = local(shanghai_date(start), officer.lunch)
        back = away + timedelta(hours=1)
        return back if away <= start < back else start


def staffed(
    name: str, per_day: float, minutes_each: float, calendar: Calendar, *, busy: float = 0.55
) -> Counter:
    """A counter with as many officers as so many cases a day keep ``busy`` (0 to 1) on average.

    Never fewer than three: two pairs of eyes, and one at lunch.
    """
    count = max(3, math.ceil(per_day * minutes_each / (8 * 60 * busy)))
    half_past_eleven = 11 * 3600 + 1800
    return Counter(
        calendar,
        [Officer(f"{name}-{n:02d}", half_past_eleven + n % 2 * 3600) for n in range(1, count + 1)],
    )
