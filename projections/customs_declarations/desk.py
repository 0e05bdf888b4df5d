"""The desk of the operator: orders whose documents are missing or differ. A matched one leaves it."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from domain.customs_declarations import CustomsDeclaration, State
from domain.customs_declarations.documents import KINDS, Kind
from domain.shared.identifiers import Uscc
from projections.base import Index, Row, fold


class MatchDesk(Row, key="declaration_id"):
    """One line per order that does not match yet. ``differing`` has names of fields, no values."""

    declaration_id: UUID
    ebp_code: Annotated[Uscc, Index]
    order_no: Annotated[str, Index]
    state: Annotated[State, Index] = State.COLLECTING
    missing: tuple[Kind, ...] = KINDS
    differing: tuple[str, ...] = ()
    begun_at: datetime
    due_at: Annotated[datetime | None, Index]
    late: Annotated[bool, Index] = False

    def without(self, kind: Kind) -> "MatchDesk":
        """This row once a document is here."""
        return self.replace(missing=tuple(k for k in self.missing if k != kind))


@fold(MatchDesk)
def collection_begun(row: None, e: CustomsDeclaration.CollectionBegun) -> MatchDesk:
    return MatchDesk(
        declaration_id=e.id,
        ebp_code=e.ebp_code,
        order_no=e.order_no,
        begun_at=e.at,
        due_at=e.clocks[0].due_at,
    )


@fold(MatchDesk)
def order_received(row: MatchDesk, e: CustomsDeclaration.OrderReceived) -> MatchDesk:
    return row.without("order")


@fold(MatchDesk)
def payment_received(row: MatchDesk, e: CustomsDeclaration.PaymentReceived) -> MatchDesk:
    return row.without("payment")


@fold(MatchDesk)
def waybill_received(row: MatchDesk, e: CustomsDeclaration.WaybillReceived) -> MatchDesk:
    return row.without("waybill")


@fold(MatchDesk)
def mismatch_found(row: MatchDesk, e: CustomsDeclaration.MismatchFound) -> MatchDesk:
    return row.replace(state=State.MISMATCHED, differing=e.fields)


@fold(MatchDesk)
def documents_matched(row: MatchDesk, e: CustomsDeclaration.DocumentsMatched) -> None:
    return None


@fold(MatchDesk)
def limit_breached(row: MatchDesk | None, e: CustomsDeclaration.ClockBreached) -> MatchDesk | None:
    """The order's other clocks run when it has left the desk."""
    return None if row is None else row.replace(late=True)
