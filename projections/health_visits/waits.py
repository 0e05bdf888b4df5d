"""How long people waited: by institution, department and day, against the waits of 2013.

Percentiles are exact: the row keeps the waits of its consultations, some hundreds a day.
"""

from bisect import insort
from datetime import date
from typing import Annotated

from domain.health_visits import HealthVisit
from domain.health_visits.institutions import INSTITUTIONS, InstitutionCode, Specialty
from projections.base import Index, Row, fold


class WaitingTimes(Row, key=("institution", "department", "day")):
    """Seconds waited, nearest rank. ``ratio_percent`` is the median against the institution's of
    2013: the city's target is 33 or less."""

    institution: Annotated[InstitutionCode, Index]
    department: Annotated[Specialty, Index]
    day: Annotated[date, Index]
    consultations: int = 0
    median_s: int | None = None
    p90_s: int | None = None
    baseline_s: int
    ratio_percent: Annotated[int | None, Index] = None
    waits_s: tuple[int, ...] = ()


def nearest_rank(ascending: list[int], percent: int) -> int:
    """The smallest value that so many percent of the values do not exceed."""
    return ascending[max(0, -(-len(ascending) * percent // 100) - 1)]


def where_and_when(e: HealthVisit.ConsultationStarted) -> tuple[str, Specialty, date]:
    """Key of a wait."""
    return e.clinic.institution, e.clinic.department, e.clinic.day


@fold(WaitingTimes, key=where_and_when)
def consultation_started(
    row: WaitingTimes | None, e: HealthVisit.ConsultationStarted
) -> WaitingTimes:
    row = row or WaitingTimes(
        institution=e.clinic.institution,
        department=e.clinic.department,
        day=e.clinic.day,
        baseline_s=INSTITUTIONS[e.clinic.institution].wait_2013_min * 60,
    )
    waits = list(row.waits_s)
    insort(waits, e.waited_s)
    median = nearest_rank(waits, 50)
    return row.replace(
        consultations=row.consultations + 1,
        median_s=median,
        p90_s=nearest_rank(waits, 90),
        ratio_percent=median * 100 // row.baseline_s,
        waits_s=tuple(waits),
    )
