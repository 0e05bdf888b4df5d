"""Where goods come from, for whoever holds them in his hand; and which orders had a batch's goods.

``trace`` names no person and is for everybody. ``traced_orders`` tells who is to hear of a recall,
by reference, for customs and the help centre.
"""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from domain.customs_declarations import CustomsDeclaration, TraceBatch
from domain.customs_declarations.documents import Country
from domain.customs_declarations.tariff import HsCode
from domain.customs_declarations.tracing import Finding
from domain.shared.departments import DepartmentCode
from domain.shared.identifiers import SubjectRef
from projections.base import Index, Row, fold


class Trace(Row, key="trace_code"):
    """One line per trace code. ``inspections`` are of the form ``2026-03-02 customs sound``."""

    trace_code: str
    batch_no: Annotated[str, Index]
    goods: str
    hs_code: Annotated[HsCode, Index]
    origin: Annotated[Country, Index]
    producer: str
    inspections: tuple[str, ...] = ()
    last_finding: Annotated[Finding | None, Index] = None
    recalled: Annotated[bool, Index] = False
    recalled_at: datetime | None = None
    recall_reason: str | None = None
    recalled_by: DepartmentCode | None = None


@fold(Trace, key="trace_code")
def batch_registered(row: None, e: TraceBatch.BatchRegistered) -> Trace:
    return Trace(
        trace_code=e.trace_code,
        batch_no=e.batch_no,
        goods=e.goods,
        hs_code=e.hs_code,
        origin=e.origin,
        producer=e.producer,
    )


@fold(Trace, key="trace_code")
def batch_inspected(row: Trace, e: TraceBatch.BatchInspected) -> Trace:
    told = f"{e.on} {e.by} {e.finding}"
    return row.replace(inspections=(*row.inspections, told), last_finding=e.finding)


@fold(Trace, key="trace_code")
def recall_issued(row: Trace, e: TraceBatch.RecallIssued) -> Trace:
    return row.replace(recalled=True, recalled_at=e.at, recall_reason=e.reason, recalled_by=e.by)


@fold(Trace, key="trace_code")
def recall_ended(row: Trace, e: TraceBatch.RecallEnded) -> Trace:
    return row.replace(recalled=False)


class TracedOrders(Row, key=("trace_code", "declaration_id")):
    """One line per batch and order that had goods of it released."""

    trace_code: Annotated[str, Index]
    declaration_id: Annotated[UUID, Index]
    buyer: Annotated[SubjectRef, Index]
    pieces: int
    released_on: date


def which_batch(e: CustomsDeclaration.ItemReleased) -> tuple[str, UUID]:
    """Key of released goods; those without a code make no row."""
    return e.trace_code or "", e.id


@fold(TracedOrders, key=which_batch)
def item_released(
    row: TracedOrders | None, e: CustomsDeclaration.ItemReleased
) -> TracedOrders | None:
    if e.trace_code is None:
        return None
    if row is not None:
        return row.replace(pieces=row.pieces + e.qty)
    return TracedOrders(
        trace_code=e.trace_code,
        declaration_id=e.id,
        buyer=e.buyer,
        pieces=e.qty,
        released_on=e.on,
    )
