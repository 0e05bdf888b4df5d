"""Returns of parcels: what each waits for and with whom, which is late, and why one was refused.

The buyer's page is these rows by ``buyer``; the platform's by ``ebp_code``.
"""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from domain.customs_declarations.returning import RefusalGround
from domain.parcel_return import WHY_REFUSED, ParcelReturn, State, Step, steps
from domain.shared.clocks import ClockReading
from domain.shared.identifiers import SubjectRef, Uscc
from domain.shared.money import Fen
from projections.base import Index, Row, fold

WaitsOn = Literal["buyer", "customs", "nobody"]


class ParcelReturns(Row, key="return_id", main=True):
    """One line per order of which something goes back, with its latest return.

    ``waits_on``: whose turn it is. ``parts`` counts the returns of the order. ``why_zh`` and
    ``why_en`` are what the buyer reads when the return was ``refused``.
    """

    return_id: UUID
    declaration_id: Annotated[UUID, Index]
    ebp_code: Annotated[Uscc, Index]
    order_no: Annotated[str, Index]
    buyer: Annotated[SubjectRef, Index]
    parts: int = 1
    state: Annotated[State, Index] = State.OPEN
    waits_for: tuple[Step, ...]
    waits_on: Annotated[WaitsOn, Index] = "buyer"
    arrive_by: Annotated[datetime | None, Index]
    late: Annotated[bool, Index] = False
    escalated: bool = False
    tax_fen: Fen
    value_fen: Fen
    goods_back_at: datetime | None = None
    tax_back_at: datetime | None = None
    limit_back_at: datetime | None = None
    told_at: Annotated[datetime | None, Index] = None
    refused: Annotated[RefusalGround | None, Index] = None
    why_zh: str | None = None
    why_en: str | None = None

    def without(self, step: Step, **changes: object) -> "ParcelReturns":
        """This row after a step is done; what is left lies with customs."""
        left = tuple(s for s in self.waits_for if s is not step)
        return self.replace(waits_for=left, waits_on="customs", **changes)


def _due(clocks: tuple[ClockReading, ...]) -> datetime | None:
    return clocks[0].due_at


@fold(ParcelReturns)
def return_begun(row: None, e: ParcelReturn.ReturnBegun) -> ParcelReturns:
    return ParcelReturns(
        return_id=e.id,
        declaration_id=e.declaration_id,
        ebp_code=e.ebp_code,
        order_no=e.order_no,
        buyer=e.buyer,
        waits_for=steps(e.tax_fen, e.value_fen),
        arrive_by=_due(e.clocks),
        tax_fen=e.tax_fen,
        value_fen=e.value_fen,
    )


@fold(ParcelReturns)
def return_begun_again(row: ParcelReturns, e: ParcelReturn.ReturnBegunAgain) -> ParcelReturns:
    return ParcelReturns(
        return_id=row.return_id,
        declaration_id=row.declaration_id,
        ebp_code=row.ebp_code,
        order_no=row.order_no,
        buyer=row.buyer,
        parts=row.parts + 1,
        waits_for=steps(e.tax_fen, e.value_fen),
        arrive_by=_due(e.clocks),
        tax_fen=e.tax_fen,
        value_fen=e.value_fen,
    )


@fold(ParcelReturns)
def goods_back(row: ParcelReturns, e: ParcelReturn.GoodsBack) -> ParcelReturns:
    return row.without(Step.GOODS, goods_back_at=e.at)


@fold(ParcelReturns)
def tax_given_back(row: ParcelReturns, e: ParcelReturn.TaxGivenBack) -> ParcelReturns:
    return row.without(Step.TAX, tax_back_at=e.at)


@fold(ParcelReturns)
def limit_given_back(row: ParcelReturns, e: ParcelReturn.LimitGivenBack) -> ParcelReturns:
    return row.without(Step.LIMIT, limit_back_at=e.at)


@fold(ParcelReturns)
def turned_down(row: ParcelReturns, e: ParcelReturn.ReturnTurnedDown) -> ParcelReturns:
    why_zh, why_en = WHY_REFUSED[e.ground]
    return row.replace(refused=e.ground, why_zh=why_zh, why_en=why_en)


@fold(ParcelReturns)
def platform_told(row: ParcelReturns, e: ParcelReturn.PlatformTold) -> ParcelReturns:
    state = State.REFUSED if e.receipt.ground else State.DONE
    return row.replace(state=state, waits_for=(), waits_on="nobody", told_at=e.at)


@fold(ParcelReturns)
def limit_passed(
    row: ParcelReturns, e: ParcelReturn.ClockWarned | ParcelReturn.ClockBreached
) -> ParcelReturns:
    return row.replace(late=True)


@fold(ParcelReturns)
def limit_escalated(row: ParcelReturns, e: ParcelReturn.ClockEscalated) -> ParcelReturns:
    return row.replace(escalated=True)
