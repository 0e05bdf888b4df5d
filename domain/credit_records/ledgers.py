"""What was turned down of a department's contributions, month by month: how good a source is.

A contribution that is refused is recorded here and refused. Commands of Huimin's own policies are
not counted: they are tried again under the same id, and an answer that is recorded stands for ever.
"""

from datetime import date, datetime
from uuid import UUID

from domain.credit_records.refusals import CONTRIBUTION_REFUSALS
from domain.shared.aggregate import Aggregate, event
from domain.shared.departments import DepartmentCode
from domain.shared.instants import shanghai_date
from domain.shared.refusals import Refused


class ContributionLedger(Aggregate, program="credit-records"):
    """A department's refused contributions of a month."""

    class LedgerOpened(Aggregate.Created, v=1, audit_only=True):
        """The first of the month."""

        department: DepartmentCode
        month: str

    @event(LedgerOpened)
    def __init__(self, department: str, month: str) -> None:
        self.department: str = department
        self.month: str = month
        self.rejected: int = 0

    class ContributionRejected(Aggregate.Event, v=1):
        """What the department sent was refused with ``code``; nothing else of it is kept."""

        department: DepartmentCode
        item: str
        day: date
        code: str

        def refusal(self) -> Refused:
            """What the source is told."""
            return CONTRIBUTION_REFUSALS[self.code]()

    def reject(self, item: str, code: str) -> None:
        """``item`` as it was sent, known or not."""
        self._contribution_rejected(
            department=self.department, item=item, day=shanghai_date(self.now), code=code
        )

    @event(ContributionRejected)
    def _contribution_rejected(self, department: str, item: str, day: date, code: str) -> None:
        self.rejected += 1


def opened(id: UUID, department: str, month: str, at: datetime) -> ContributionLedger:
    """A new month's ledger."""
    return ContributionLedger.begin(
        ContributionLedger.LedgerOpened, id=id, at=at, department=department, month=month
    )
