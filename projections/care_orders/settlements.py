"""What a provider is paid for a month, for finance: sums only, no elder."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from domain.care_orders import MonthlySettlement as Month
from domain.care_orders import SettlementState, Visit, VisitState
from domain.care_orders.people import settlement_id
from domain.care_orders.settlement import Amounts
from domain.shared.identifiers import Uscc
from projections.base import Index, Row, fold


class Settlement(Row, key=("provider", "month")):
    """One line per provider and month; ``state`` is None before the first line came.

    ``disputes`` are those of visits of this month that are not decided yet, ``counter_fen`` the
    city's part of what counter-entries took back (0 or less).
    """

    provider: Annotated[Uscc, Index]
    month: Annotated[str, Index]
    settlement_id: UUID
    state: Annotated[SettlementState | None, Index] = None
    visits: int = 0
    minutes: int = 0
    subsidy_fen: int = 0
    own_fen: int = 0
    counter_fen: int = 0
    disputes: Annotated[int, Index] = 0
    due_at: Annotated[datetime | None, Index] = None
    late: Annotated[bool, Index] = False

    def plus(self, amounts: Amounts) -> "Settlement":
        """This row with more, or less."""
        return self.replace(
            minutes=self.minutes + amounts.minutes,
            subsidy_fen=self.subsidy_fen + amounts.subsidy_fen,
            own_fen=self.own_fen + amounts.own_fen,
        )


def by_month(
    e: Month.SettlementDrafted
    | Month.LineAdded
    | Month.CounterEntryMade
    | Month.SettlementConfirmed
    | Month.SettlementPaid
    | Visit.VisitDisputed
    | Visit.DisputeResolved
    | Visit.VisitReclaimed
    | Month.ClockBreached,
) -> tuple[str, str]:
    """Key of everything that is about a provider's month."""
    return e.provider, e.month


def line(row: Settlement | None, provider: str, month: str) -> Settlement:
    """The row, or a first one."""
    return row or Settlement(
        provider=provider, month=month, settlement_id=settlement_id(provider, month)
    )


@fold(Settlement, key=by_month)
def drafted(row: Settlement | None, e: Month.SettlementDrafted) -> Settlement:
    return line(row, e.provider, e.month).replace(
        state=SettlementState.DRAFTED, due_at=e.clocks[0].due_at
    )


@fold(Settlement, key=by_month)
def line_added(row: Settlement, e: Month.LineAdded) -> Settlement:
    return row.plus(e.amounts).replace(visits=row.visits + 1)


@fold(Settlement, key=by_month)
def counter_entry_made(row: Settlement, e: Month.CounterEntryMade) -> Settlement:
    return row.plus(e.amounts).replace(counter_fen=row.counter_fen + e.amounts.subsidy_fen)


@fold(Settlement, key=by_month)
def confirmed(row: Settlement, e: Month.SettlementConfirmed) -> Settlement:
    return row.replace(state=SettlementState.CONFIRMED, due_at=None)


@fold(Settlement, key=by_month)
def paid(row: Settlement, e: Month.SettlementPaid) -> Settlement:
    return row.replace(state=SettlementState.PAID)


@fold(Settlement, key=by_month)
def breached(row: Settlement, e: Month.ClockBreached) -> Settlement:
    return row.replace(late=True)


@fold(Settlement, key=by_month)
def visit_disputed(row: Settlement | None, e: Visit.VisitDisputed) -> Settlement:
    row = line(row, e.provider, e.month)
    return row.replace(disputes=row.disputes + 1)


@fold(Settlement, key=by_month)
def dispute_resolved(row: Settlement, e: Visit.DisputeResolved) -> Settlement:
    return row.replace(disputes=row.disputes - 1)


@fold(Settlement, key=by_month)
def visit_reclaimed(row: Settlement | None, e: Visit.VisitReclaimed) -> Settlement | None:
    if row is None or e.was is not VisitState.DISPUTED:
        return row
    return row.replace(disputes=row.disputes - 1)
