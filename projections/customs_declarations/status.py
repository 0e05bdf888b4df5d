"""One line per order: where is my parcel, and who has it.

Buyers are there by reference only. What may surprise: a list that customs returned is ``matched``
again, with the receipt that says so.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from domain.customs_declarations import CustomsDeclaration, State, limits
from domain.customs_declarations.receipts import Receipt
from domain.customs_declarations.returning import RefusalGround
from domain.customs_declarations.tax import Mode
from domain.shared.clocks import ClockReading, Phase
from domain.shared.identifiers import SubjectRef, Uscc
from domain.shared.money import Fen
from projections.base import Index, Row, fold

HeldBy = Literal["platform", "agent", "customs", "carrier", "buyer", "nobody"]
Alarm = Literal["warned", "breached", "escalated"]


class DeclarationStatus(Row, key="declaration_id", main=True):
    """One line per order of a platform.

    ``held_by``: whose turn it is. ``receipts``: codes of customs in the order they came, ignored
    ones too. ``due_at``: end of the city's own limit while it runs; ``tax_due_at`` and
    ``arrive_by`` are the law's.
    """

    declaration_id: UUID
    ebp_code: Annotated[Uscc, Index]
    order_no: Annotated[str, Index]
    state: Annotated[State, Index] = State.COLLECTING
    held_by: Annotated[HeldBy, Index] = "platform"
    receipts: tuple[int, ...] = ()
    buyer: Annotated[SubjectRef | None, Index] = None
    agent_code: Annotated[Uscc | None, Index] = None
    logistics_no: Annotated[str | None, Index] = None
    cop_no: Annotated[str | None, Index] = None
    invt_no: Annotated[str | None, Index] = None
    mode: Annotated[Mode | None, Index] = None
    port: str | None = None
    value_fen: Fen | None = None
    tax_fen: Fen | None = None
    full_rates: bool = False
    begun_at: Annotated[datetime, Index]
    due_at: Annotated[datetime | None, Index] = None
    alarm: Annotated[Alarm | None, Index] = None
    released_at: Annotated[datetime | None, Index] = None
    return_until: datetime | None = None
    tax_due_at: Annotated[datetime | None, Index] = None
    arrive_by: Annotated[datetime | None, Index] = None
    return_refused: RefusalGround | None = None
    returned_pieces: int = 0
    technical_fault: int | None = None

    def timed(self, clocks: Iterable[ClockReading], **changes: object) -> "DeclarationStatus":
        """This row with what the readings say, and other changes."""
        for reading in clocks:
            due_at = reading.due_at if reading.phase is Phase.RUNNING else None
            if reading.clock == limits.TAX_PAYMENT.name:
                changes["tax_due_at"] = due_at
            elif reading.clock == limits.RETURN_ARRIVAL.name:
                changes["arrive_by"] = due_at
            else:
                changes["due_at"] = due_at
        return self.replace(**changes)

    def answered(
        self, receipt: Receipt, clocks: Iterable[ClockReading] = (), **changes: object
    ) -> "DeclarationStatus":
        """This row after a receipt that counted."""
        changes["receipts"] = (*self.receipts, receipt.code)
        if receipt.invt_no is not None:
            changes["invt_no"] = receipt.invt_no
        return self.timed(clocks, technical_fault=None, **changes)


@fold(DeclarationStatus)
def collection_begun(row: None, e: CustomsDeclaration.CollectionBegun) -> DeclarationStatus:
    begun = DeclarationStatus(
        declaration_id=e.id, ebp_code=e.ebp_code, order_no=e.order_no, begun_at=e.at
    )
    return begun.timed(e.clocks)


@fold(DeclarationStatus)
def order_received(
    row: DeclarationStatus, e: CustomsDeclaration.OrderReceived
) -> DeclarationStatus:
    return row.replace(buyer=e.order.buyer.subject)


@fold(DeclarationStatus)
def waybill_received(
    row: DeclarationStatus, e: CustomsDeclaration.WaybillReceived
) -> DeclarationStatus:
    return row.replace(logistics_no=e.waybill.logistics_no)


@fold(DeclarationStatus)
def documents_matched(
    row: DeclarationStatus, e: CustomsDeclaration.DocumentsMatched
) -> DeclarationStatus:
    return row.timed(e.clocks, state=State.MATCHED, held_by="agent")


@fold(DeclarationStatus)
def mismatch_found(
    row: DeclarationStatus, e: CustomsDeclaration.MismatchFound
) -> DeclarationStatus:
    return row.replace(state=State.MISMATCHED)


@fold(DeclarationStatus)
def list_declared(row: DeclarationStatus, e: CustomsDeclaration.ListDeclared) -> DeclarationStatus:
    return row.timed(
        e.clocks,
        state=State.DECLARED,
        held_by="customs",
        agent_code=e.list.agent_code,
        cop_no=e.list.cop_no,
        mode=e.list.mode,
        port=e.list.port,
        value_fen=e.list.assessment.value_fen,
        tax_fen=e.list.assessment.tax_fen,
        full_rates=e.list.assessment.full_rates,
    )


@fold(DeclarationStatus)
def list_accepted(row: DeclarationStatus, e: CustomsDeclaration.ListAccepted) -> DeclarationStatus:
    return row.answered(e.receipt, state=State.ACCEPTED)


@fold(DeclarationStatus)
def sent_to_review(row: DeclarationStatus, e: CustomsDeclaration.SentToReview) -> DeclarationStatus:
    return row.answered(e.receipt, state=State.REVIEWING)


@fold(DeclarationStatus)
def list_returned(row: DeclarationStatus, e: CustomsDeclaration.ListReturned) -> DeclarationStatus:
    return row.answered(e.receipt, e.clocks, state=State.MATCHED, held_by="agent", due_at=None)


@fold(DeclarationStatus)
def inspection_ordered(
    row: DeclarationStatus, e: CustomsDeclaration.InspectionOrdered
) -> DeclarationStatus:
    return row.answered(e.receipt, e.clocks, state=State.INSPECTING)


@fold(DeclarationStatus)
def goods_detained(
    row: DeclarationStatus, e: CustomsDeclaration.GoodsDetained
) -> DeclarationStatus:
    return row.answered(e.receipt, e.clocks, state=State.DETAINED)


@fold(DeclarationStatus)
def list_cleared(row: DeclarationStatus, e: CustomsDeclaration.ListCleared) -> DeclarationStatus:
    return row.answered(e.receipt, e.clocks, state=State.CLEARED)


@fold(DeclarationStatus)
def goods_released(
    row: DeclarationStatus, e: CustomsDeclaration.GoodsReleased
) -> DeclarationStatus:
    return row.answered(
        e.receipt,
        e.clocks,
        state=State.RELEASED,
        held_by="carrier",
        invt_no=e.invt_no,
        released_at=e.released_at,
        return_until=e.return_until,
    )


@fold(DeclarationStatus)
def ordered_back_abroad(
    row: DeclarationStatus, e: CustomsDeclaration.OrderedBackAbroad
) -> DeclarationStatus:
    return row.answered(e.receipt, e.clocks, state=State.RETURNED_ABROAD, held_by="nobody")


@fold(DeclarationStatus)
def technical_fault(
    row: DeclarationStatus, e: CustomsDeclaration.TechnicalFaultReceived
) -> DeclarationStatus:
    return row.replace(technical_fault=e.receipt.code)


@fold(DeclarationStatus)
def receipt_ignored(
    row: DeclarationStatus, e: CustomsDeclaration.ReceiptIgnored
) -> DeclarationStatus:
    return row.replace(receipts=(*row.receipts, e.receipt.code))


@fold(DeclarationStatus)
def list_cancelled(
    row: DeclarationStatus, e: CustomsDeclaration.ListCancelled
) -> DeclarationStatus:
    return row.timed(e.clocks, state=State.CANCELLED, held_by="nobody")


@fold(DeclarationStatus)
def return_applied(
    row: DeclarationStatus, e: CustomsDeclaration.ReturnApplied
) -> DeclarationStatus:
    return row.timed(e.clocks, state=State.RETURN_OPEN, held_by="buyer", return_refused=None)


@fold(DeclarationStatus)
def return_completed(
    row: DeclarationStatus, e: CustomsDeclaration.ReturnCompleted
) -> DeclarationStatus:
    pieces = row.returned_pieces + sum(item.qty for item in e.items)
    state = State.RETURNED if e.whole else State.RELEASED
    held_by = "nobody" if e.whole else "buyer"
    return row.timed(e.clocks, state=state, held_by=held_by, returned_pieces=pieces)


@fold(DeclarationStatus)
def return_refused(
    row: DeclarationStatus, e: CustomsDeclaration.ReturnRefused
) -> DeclarationStatus:
    return row.timed(e.clocks, state=State.RELEASED, held_by="buyer", return_refused=e.ground)


@fold(DeclarationStatus)
def tax_settled(row: DeclarationStatus, e: CustomsDeclaration.TaxSettled) -> DeclarationStatus:
    return row.timed(e.clocks, state=State.SETTLED, held_by="buyer")


@fold(DeclarationStatus)
def list_closed(row: DeclarationStatus, e: CustomsDeclaration.ListClosed) -> DeclarationStatus:
    return row.replace(state=State.CLOSED, held_by="nobody")


@fold(DeclarationStatus)
def clock_warned(row: DeclarationStatus, e: CustomsDeclaration.ClockWarned) -> DeclarationStatus:
    return row.replace(alarm="warned")


@fold(DeclarationStatus)
def clock_breached(
    row: DeclarationStatus, e: CustomsDeclaration.ClockBreached
) -> DeclarationStatus:
    return row.replace(alarm="breached")


@fold(DeclarationStatus)
def clock_escalated(
    row: DeclarationStatus, e: CustomsDeclaration.ClockEscalated
) -> DeclarationStatus:
    return row.replace(alarm="escalated")
