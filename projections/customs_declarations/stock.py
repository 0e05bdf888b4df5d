"""Bonded stock by ledger item, in pieces."""

from typing import Annotated
from uuid import UUID

from domain.customs_declarations import BondedStock
from domain.customs_declarations.tariff import HsCode
from projections.base import Index, Row, fold


class StockLedger(Row, key="stock_id", main=True):
    """One line per item of a bonded ledger."""

    stock_id: UUID
    book_no: Annotated[str, Index]
    item_no: int
    sku: Annotated[str, Index]
    hs_code: Annotated[HsCode, Index]
    free: Annotated[int, Index] = 0
    reserved: int = 0
    shipped: int = 0
    written_off: int = 0


@fold(StockLedger)
def stock_item_opened(row: None, e: BondedStock.StockItemOpened) -> StockLedger:
    return StockLedger(
        stock_id=e.id, book_no=e.book_no, item_no=e.item_no, sku=e.sku, hs_code=e.hs_code
    )


@fold(StockLedger)
def central_purchase_received(
    row: StockLedger, e: BondedStock.CentralPurchaseReceived
) -> StockLedger:
    return row.replace(free=row.free + e.qty)


@fold(StockLedger)
def stock_reserved(row: StockLedger, e: BondedStock.StockReserved) -> StockLedger:
    return row.replace(free=row.free - e.qty, reserved=row.reserved + e.qty)


@fold(StockLedger)
def stock_freed(row: StockLedger, e: BondedStock.StockFreed) -> StockLedger:
    return row.replace(free=row.free + e.qty, reserved=row.reserved - e.qty)


@fold(StockLedger)
def stock_shipped(row: StockLedger, e: BondedStock.StockShipped) -> StockLedger:
    return row.replace(reserved=row.reserved - e.qty, shipped=row.shipped + e.qty)


@fold(StockLedger)
def stock_returned(row: StockLedger, e: BondedStock.StockReturned) -> StockLedger:
    return row.replace(shipped=row.shipped - e.qty, free=row.free + e.qty)


@fold(StockLedger)
def stock_written_off(row: StockLedger, e: BondedStock.StockWrittenOff) -> StockLedger:
    written_off = row.written_off + e.qty
    if e.declaration_id is None:
        return row.replace(free=row.free - e.qty, written_off=written_off)
    return row.replace(reserved=row.reserved - e.qty, written_off=written_off)
