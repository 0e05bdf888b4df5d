"""The wall of the one-hour promise: per district and day, how many licences and how long they took.

Percentiles are exact: the row keeps the minutes of its licences, some dozens a day.
"""

from bisect import insort
from datetime import date
from typing import Annotated

from domain.company_registration import CompanyRegistration
from domain.company_registration.limits import LICENCE
from domain.shared.districts import District
from domain.shared.instants import shanghai_date
from projections.base import Index, Row, fold


class SlaWall(Row, key=("district", "day")):
    """Licences of a day, and breaches of the limit that fell due on it.

    Minutes are begun minutes of office hours, without the time the applicant took to correct:
    ``p50_min`` and ``p95_min`` are minutes that occurred (nearest rank), ascending in ``minutes``.
    """

    district: Annotated[District, Index]
    day: Annotated[date, Index]
    issued: int = 0
    p50_min: int | None = None
    p95_min: int | None = None
    breaches: Annotated[int, Index] = 0
    minutes: tuple[int, ...] = ()


def issued_where_and_when(e: CompanyRegistration.LicenceIssued) -> tuple[str, date]:
    """Key of a licence: its registry and its day in the city."""
    return e.registry, shanghai_date(e.at)


def due_where_and_when(e: CompanyRegistration.ClockBreached) -> tuple[str, date]:
    """Key of a breach: the day on which the limit fell due, not on which that was recorded."""
    return e.registry, shanghai_date(e.due_at)


def nearest_rank(ascending: list[int], percent: int) -> int:
    """The smallest value that so many percent of the values do not exceed."""
    return ascending[max(0, -(-len(ascending) * percent // 100) - 1)]


@fold(SlaWall, key=issued_where_and_when)
def licence_issued(row: SlaWall | None, e: CompanyRegistration.LicenceIssued) -> SlaWall:
    row = row or SlaWall(district=e.registry, day=shanghai_date(e.at))
    minutes = list(row.minutes)
    insort(minutes, -(-e.office_seconds // 60))
    return row.replace(
        issued=row.issued + 1,
        p50_min=nearest_rank(minutes, 50),
        p95_min=nearest_rank(minutes, 95),
        minutes=tuple(minutes),
    )


@fold(SlaWall, key=due_where_and_when)
def limit_breached(row: SlaWall | None, e: CompanyRegistration.ClockBreached) -> SlaWall | None:
    if e.clock != LICENCE.name:
        return row
    row = row or SlaWall(district=e.registry, day=shanghai_date(e.due_at))
    return row.replace(breaches=row.breaches + 1)
