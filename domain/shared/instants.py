"""Instants and the city's own time.

An instant comes in with an offset, is kept as UTC and shown in Asia/Shanghai. The zone is a fixed
offset here: China has had no summer time since 1991, and a fixed offset needs no zone files of
the machine and no reading when this module is imported.
"""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Annotated

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")

CLOCK_TOLERANCE = timedelta(minutes=10)
"""How far a sender's clock may be ahead of ours."""


def _as_utc(value: datetime) -> datetime:
    if value.utcoffset() is None:
        raise PydanticCustomError(
            "instant-without-offset", "An instant needs its offset, as in 2026-03-02T09:00:00+08:00"
        )
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise PydanticCustomError(
            "instant-out-of-range", "An instant lies between the years 1 and 9999"
        ) from None


Instant = Annotated[datetime, AfterValidator(_as_utc)]
"""An RFC 3339 time with its offset, as UTC; codes ``instant-without-offset``,
``instant-out-of-range``."""


def ahead_of_clock(instant: datetime, now: datetime) -> bool:
    """Whether an instant lies more than ten minutes after ``now``: refuse ``date-in-future``."""
    return instant - now > CLOCK_TOLERANCE


def shanghai_date(instant: datetime) -> date:
    """The day in the city at that instant. Raises ValueError for a time without an offset."""
    if instant.utcoffset() is None:
        raise ValueError("a time without its offset has no day")
    return instant.astimezone(SHANGHAI).date()


def shown(instant: datetime) -> str:
    """An instant for people: ``2026-03-02 09:00`` in Asia/Shanghai."""
    return instant.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
