"""When the centre, departments and members work: always, in office hours, in daylight.

Each is a pace: from an instant and a number of seconds of work to the instant at which it is done.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from domain.shared.calendar import Calendar
from domain.shared.instants import SHANGHAI
from simulation.office import local

Pace = Callable[[datetime, int], datetime]


def round_the_clock(at: datetime, seconds: int) -> datetime:
    """The telephones, and whoever is on duty."""
    return at + timedelta(seconds=seconds)


def in_daylight(at: datetime, seconds: int, opens: int = 8, closes: int = 20) -> datetime:
    """Members and call-backs: on every day of the week, between these hours of the city."""
    day = at.astimezone(SHANGHAI).date()
    while True:
        begin = max(at, local(day, opens * 3600))
        room = int((local(day, closes * 3600) - begin).total_seconds())
        if room > seconds:
            return begin + timedelta(seconds=seconds)
        seconds -= max(0, room)
        day += timedelta(days=1)


def office_hours(calendar: Calendar) -> Pace:
    """A department's desks; instants are whole seconds."""

    def pace(at: datetime, seconds: int) -> datetime:
        return calendar.add_working_time(at, seconds).replace(microsecond=0)

    return pace
