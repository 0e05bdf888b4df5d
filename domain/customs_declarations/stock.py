"""Bonded stock: one matter per item of a bonded ledger (账册项), in pieces.

Goods come in with a central stock-in (711), are reserved by lists, leave with the release, may come
back, or are written off. None of the numbers is ever negative.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from domain.customs_declarations.refusals import StockInRecorded, StockShort
from domain.customs_declarations.tariff import HsCode
from domain.shared.aggregate import Aggregate, event
from domain.shared.derived_ids import derived_id


def stock_id(book_no: str, item_no: int) -> UUID:
    """The matter of a ledger item."""
    return derived_id("customs-stock", book_no, item_no)


class WriteOffReason(StrEnum):
    """Why pieces leave the stock without a list."""

    EXPIRED = "expired"
    DAMAGED = "damaged"
    LOST = "lost"
    RECALLED = "recalled"
    SENT_BACK_ABROAD = "sent-back-abroad"


class BondedStock(Aggregate, program="customs-declarations"):
    """One ledger item. Source: Customs Announcement 2018 No. 194, art. 10 to 14."""

    class StockItemOpened(Aggregate.Created, v=1):
        """An item of the ledger came to be."""

        book_no: str
        item_no: int
        sku: str
        hs_code: HsCode

    @event(StockItemOpened)
    def __init__(self, book_no: str, item_no: int, sku: str, hs_code: str) -> None:
        self.book_no: str = book_no
        self.item_no: int = item_no
        self.sku: str = sku
        self.hs_code: str = hs_code
        self.free: int = 0
        self.reserved: int = 0
        self.shipped: int = 0
        self.written_off: int = 0
        self.stock_ins: frozenset[str] = frozenset()

    @classmethod
    def opened(
        cls, book_no: str, item_no: int, *, sku: str, hs_code: str, at: datetime
    ) -> "BondedStock":
        """Begins a ledger item, with nothing in it."""
        return cls.begin(
            cls.StockItemOpened,
            id=stock_id(book_no, item_no),
            at=at,
            book_no=book_no,
            item_no=item_no,
            sku=sku,
            hs_code=hs_code,
        )

    class CentralPurchaseReceived(Aggregate.Event, v=1):
        """Pieces came in (711)."""

        stock_in_no: str
        qty: int
        trace_code: str | None

    def receive(self, stock_in_no: str, qty: int, trace_code: str | None) -> None:
        """Raises StockInRecorded: a stock-in counts once for an item."""
        if stock_in_no in self.stock_ins:
            raise StockInRecorded()
        self._central_purchase_received(stock_in_no=stock_in_no, qty=qty, trace_code=trace_code)

    @event(CentralPurchaseReceived)
    def _central_purchase_received(
        self, stock_in_no: str, qty: int, trace_code: str | None
    ) -> None:
        self.free += qty
        self.stock_ins |= {stock_in_no}

    class StockReserved(Aggregate.Event, v=1):
        """A list was declared on pieces of it."""

        declaration_id: UUID
        qty: int

    def reserve(self, declaration_id: UUID, qty: int) -> None:
        """Raises StockShort."""
        self._require_free(qty)
        self._stock_reserved(declaration_id=declaration_id, qty=qty)

    def _require_free(self, qty: int) -> None:
        if qty > self.free:
            raise StockShort(book_no=self.book_no, item_no=self.item_no, free=self.free)

    @event(StockReserved)
    def _stock_reserved(self, declaration_id: UUID, qty: int) -> None:
        self.free -= qty
        self.reserved += qty

    class StockFreed(Aggregate.Event, v=1):
        """The list came to nothing; its pieces are free again."""

        declaration_id: UUID
        qty: int

    def set_free(self, declaration_id: UUID, qty: int) -> None:
        """What a list of this very quantity had reserved."""
        self._stock_freed(declaration_id=declaration_id, qty=qty)

    @event(StockFreed)
    def _stock_freed(self, declaration_id: UUID, qty: int) -> None:
        self.reserved -= qty
        self.free += qty

    class StockShipped(Aggregate.Event, v=1):
        """Reserved pieces were released by customs and left."""

        declaration_id: UUID
        qty: int

    def ship(self, declaration_id: UUID, qty: int) -> None:
        """What a list of this very quantity had reserved."""
        self._stock_shipped(declaration_id=declaration_id, qty=qty)

    @event(StockShipped)
    def _stock_shipped(self, declaration_id: UUID, qty: int) -> None:
        self.reserved -= qty
        self.shipped += qty

    class StockReturned(Aggregate.Event, v=1):
        """Shipped pieces came back and may be sold again."""

        declaration_id: UUID
        qty: int

    def take_back(self, declaration_id: UUID, qty: int) -> None:
        """What a list of at least this quantity had shipped."""
        self._stock_returned(declaration_id=declaration_id, qty=qty)

    @event(StockReturned)
    def _stock_returned(self, declaration_id: UUID, qty: int) -> None:
        self.shipped -= qty
        self.free += qty

    class StockWrittenOff(Aggregate.Event, v=1):
        """Pieces left the ledger; ``declaration_id`` when a list had reserved them."""

        declaration_id: UUID | None
        qty: int
        reason: WriteOffReason

    def write_off(self, qty: int, reason: WriteOffReason) -> None:
        """Free pieces only. Raises StockShort."""
        self._require_free(qty)
        self._stock_written_off(declaration_id=None, qty=qty, reason=reason)

    def send_back_abroad(self, declaration_id: UUID, qty: int) -> None:
        """What a list of this very quantity had reserved."""
        self._stock_written_off(
            declaration_id=declaration_id, qty=qty, reason=WriteOffReason.SENT_BACK_ABROAD
        )

    @event(StockWrittenOff)
    def _stock_written_off(
        self, declaration_id: UUID | None, qty: int, reason: WriteOffReason
    ) -> None:
        if declaration_id is None:
            self.free -= qty
        else:
            self.reserved -= qty
        self.written_off += qty
