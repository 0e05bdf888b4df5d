"""The tax of an agent's lists by the day of their declaration, without buyers, for settlement."""

from datetime import date
from typing import Annotated

from domain.customs_declarations import Enterprise
from domain.shared.identifiers import Uscc
from domain.shared.money import Fen
from projections.base import Index, Row, fold


class TaxLedger(Row, key=("agent_code", "day")):
    """One line per agent and day of declaration.

    ``due_fen``: of lists that stand, returned goods left out; ``paid_fen``: of that, paid;
    ``guarantee_fen``: the agent's at the last declaration of the day.
    """

    agent_code: Annotated[Uscc, Index]
    day: Annotated[date, Index]
    lists: int = 0
    due_fen: Fen = 0
    paid_fen: Fen = 0
    not_levied_fen: Fen = 0
    unpaid_fen: Annotated[Fen, Index] = 0
    guarantee_fen: Fen


def whose_day(e: Enterprise.GuaranteeHeld | Enterprise.GuaranteeFreed) -> tuple[str, date]:
    """Key of a list's tax, when it is declared and when it is owed no more."""
    return e.code, e.day


@fold(TaxLedger, key=whose_day)
def guarantee_held(row: TaxLedger | None, e: Enterprise.GuaranteeHeld) -> TaxLedger:
    row = row or TaxLedger(agent_code=e.code, day=e.day, guarantee_fen=e.guarantee_fen)
    return row.replace(
        lists=row.lists + 1,
        due_fen=row.due_fen + e.tax_fen,
        unpaid_fen=row.unpaid_fen + e.tax_fen,
        guarantee_fen=e.guarantee_fen,
    )


@fold(TaxLedger, key=whose_day)
def guarantee_freed(row: TaxLedger, e: Enterprise.GuaranteeFreed) -> TaxLedger:
    unpaid_fen = row.unpaid_fen - e.tax_fen
    if e.paid:
        return row.replace(paid_fen=row.paid_fen + e.tax_fen, unpaid_fen=unpaid_fen)
    return row.replace(
        due_fen=row.due_fen - e.tax_fen,
        not_levied_fen=row.not_levied_fen + e.tax_fen,
        unpaid_fen=unpaid_fen,
    )
