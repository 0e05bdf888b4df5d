"""How good a source is: what it contributed on a day, what of it came late, what was refused."""

from datetime import date
from typing import Annotated

from domain.credit_records import ContributionLedger, CreditRecord
from domain.shared.departments import DepartmentCode
from domain.shared.instants import shanghai_date
from projections.base import Index, Row, fold


class Contributions(Row, key=("department", "day")):
    """One line per source and day of arrival; ``late`` are among the received."""

    department: Annotated[DepartmentCode, Index]
    day: Annotated[date, Index]
    received: int = 0
    rejected: Annotated[int, Index] = 0
    late: Annotated[int, Index] = 0


def received_by_day(e: CreditRecord.RecordContributed) -> tuple[str, date]:
    """Key of what was received."""
    return e.source, shanghai_date(e.at)


def rejected_by_day(e: ContributionLedger.ContributionRejected) -> tuple[str, date]:
    """Key of what was refused."""
    return e.department, e.day


@fold(Contributions, key=received_by_day)
def record_contributed(
    row: Contributions | None, e: CreditRecord.RecordContributed
) -> Contributions:
    row = row or Contributions(department=e.source, day=shanghai_date(e.at))
    return row.replace(received=row.received + 1, late=row.late + e.late)


@fold(Contributions, key=rejected_by_day)
def contribution_rejected(
    row: Contributions | None, e: ContributionLedger.ContributionRejected
) -> Contributions:
    row = row or Contributions(department=e.department, day=e.day)
    return row.replace(rejected=row.rejected + 1)
