"""Bonded stock comes in (711), or is written off."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from commands.base import Command, Context, command
from commands.customs_declarations.access import BY_CUSTOMS, CUSTOMS
from commands.customs_declarations.given import BookNo, ItemNo, Number, TraceCode
from domain.customs_declarations import BondedStock
from domain.customs_declarations.refusals import LedgerItemMismatch
from domain.customs_declarations.stock import WriteOffReason, stock_id
from domain.customs_declarations.tariff import HsCode


class StockCommand(Command):
    """Base of the commands on an item of a bonded ledger."""

    book_no: BookNo
    item_no: ItemNo

    @property
    def stock_id(self) -> UUID:
        """The ledger item's matter."""
        return stock_id(self.book_no, self.item_no)


Quantity = Annotated[int, Field(ge=1, le=10_000_000, description="Number of pieces")]


class ReceiveCentralPurchase(StockCommand):
    """Record a central stock-in (711) of one item of a bonded ledger."""

    stock_in_no: Number = Field(description="Number of the stock-in; counts once for an item")
    sku: Number = Field(description="The article that the item is for")
    hs_code: HsCode
    qty: Quantity
    trace_code: TraceCode | None = None


@command(key="stock_id", roles=BY_CUSTOMS, department=CUSTOMS)
def receive_central_purchase(
    cmd: ReceiveCentralPurchase, stock: BondedStock | None, ctx: Context
) -> BondedStock:
    """The first stock-in opens the item; it stays the same article for ever."""
    if stock is None:
        stock = BondedStock.opened(
            cmd.book_no, cmd.item_no, sku=cmd.sku, hs_code=cmd.hs_code, at=ctx.now
        )
        with stock.deciding(ctx.now):
            stock.receive(cmd.stock_in_no, cmd.qty, cmd.trace_code)
        return stock
    if (stock.sku, stock.hs_code) != (cmd.sku, cmd.hs_code):
        raise LedgerItemMismatch(lines=())
    stock.receive(cmd.stock_in_no, cmd.qty, cmd.trace_code)
    return stock


class WriteOffStock(StockCommand):
    """Write off free pieces of a ledger item."""

    qty: Quantity
    reason: Annotated[WriteOffReason, Field(strict=False)]


@command(key="stock_id", roles=BY_CUSTOMS, department=CUSTOMS)
def write_off_stock(cmd: WriteOffStock, stock: BondedStock, ctx: Context) -> None:
    """Reserved pieces belong to their lists."""
    stock.write_off(cmd.qty, cmd.reason)
