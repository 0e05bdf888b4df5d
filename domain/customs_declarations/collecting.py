"""The documents of one order come in, in any order, until they agree.

The first part of the aggregate; ``clearing`` and ``returning`` build on it. In each, a deciding
method bears its command's name and the states that allow it, and stands between its event and what
applies it.
"""

from datetime import date, datetime

from domain.customs_declarations import limits
from domain.customs_declarations.documents import (
    KINDS,
    Kind,
    Order,
    Payment,
    Value,
    Waybill,
    differing_fields,
)
from domain.customs_declarations.refusals import DocumentsMissing, DocumentsNotMatched
from domain.customs_declarations.states import State
from domain.customs_declarations.tax import Assessment, Mode
from domain.shared.aggregate import Aggregate, allowed_in, event
from domain.shared.clocks import ClockedAggregate, ClockReading
from domain.shared.identifiers import SubjectRef, Uscc
from domain.shared.refusals import NotInState

Readings = tuple[ClockReading, ...]
OPEN = (State.COLLECTING, State.MISMATCHED)


class LedgerItem(Value):
    """An item of the bonded ledger (账册项) that a line of the order is taken from."""

    line: int
    book_no: str
    item_no: int


class CustomsList(Value):
    """A list (清单, 621) as it was declared. ``day`` is the city's; its year is the quota's."""

    cop_no: str
    mode: Mode
    port: str
    agent_code: Uscc
    day: date
    ledger: tuple[LedgerItem, ...]
    assessment: Assessment


class ReturnedItem(Value):
    """So many pieces of a line, with the value and the tax that they carry."""

    line: int
    qty: int
    value_fen: int = 0
    tax_fen: int = 0


class Collecting(ClockedAggregate):
    """From the first document to three that agree."""

    CLOCKS = limits.CLOCKS

    class CollectionBegun(Aggregate.Created, v=1):
        """The first document of an order is here, whichever it is; 24 hours to have all three."""

        ebp_code: Uscc
        order_no: str
        clocks: Readings

    @event(CollectionBegun)
    def __init__(self, ebp_code: str, order_no: str, clocks: Readings) -> None:
        self.state: State = State.COLLECTING
        self.ebp_code: str = ebp_code
        self.order_no: str = order_no
        self.order: Order | None = None
        self.payment: Payment | None = None
        self.waybill: Waybill | None = None
        self.differing: tuple[str, ...] = ()
        # The list: the numbers it was declared under, and what is out now.
        self.cop_nos: tuple[str, ...] = ()
        self.list: CustomsList | None = None
        self.invt_no: str | None = None
        self.last_receipt: tuple[int, datetime] | None = None
        self.confirmed: bool = False
        self.detained_by: int | None = None
        # After the release.
        self.released_at: datetime | None = None
        self.returned: dict[int, int] = {}
        self.open_return: tuple[ReturnedItem, ...] = ()
        self.not_levied_fen: int = 0
        self.read_clocks(clocks)

    def known_order(self) -> Order:
        """The order; there is one in every state past collecting."""
        if self.order is None:
            raise LookupError("the order has not come in")
        return self.order

    def _missing(self) -> tuple[Kind, ...]:
        here = {"order": self.order, "payment": self.payment, "waybill": self.waybill}
        return tuple(kind for kind in KINDS if here[kind] is None)

    def _complete_with(self, kind: Kind) -> bool:
        return not set(self._missing()) - {kind}

    # --- documents -----------------------------------------------------------------------------

    class OrderReceived(Aggregate.Event, v=1):
        """The platform's order; ``complete`` when payment and waybill are here already."""

        order: Order
        complete: bool

    @allowed_in(*OPEN)
    def receive_order(self, order: Order) -> None:
        """A corrected order takes the place of the last one; the same again changes nothing."""
        if order != self.order:
            self._order_received(order=order, complete=self._complete_with("order"))

    @event(OrderReceived)
    def _order_received(self, order: Order, complete: bool) -> None:
        self.order = order

    class PaymentReceived(Aggregate.Event, v=1):
        """The payment firm's document."""

        payment: Payment
        complete: bool

    @allowed_in(*OPEN)
    def receive_payment(self, payment: Payment) -> None:
        """As with an order."""
        if payment != self.payment:
            self._payment_received(payment=payment, complete=self._complete_with("payment"))

    @event(PaymentReceived)
    def _payment_received(self, payment: Payment, complete: bool) -> None:
        self.payment = payment

    class WaybillReceived(Aggregate.Event, v=1):
        """The carrier's document."""

        waybill: Waybill
        complete: bool

    @allowed_in(*OPEN)
    def receive_waybill(self, waybill: Waybill) -> None:
        """As with an order."""
        if waybill != self.waybill:
            self._waybill_received(waybill=waybill, complete=self._complete_with("waybill"))

    @event(WaybillReceived)
    def _waybill_received(self, waybill: Waybill, complete: bool) -> None:
        self.waybill = waybill

    # --- matching ------------------------------------------------------------------------------

    class DocumentsMatched(Aggregate.Event, v=1):
        """The three agree. ``buyer`` by reference, for whoever asks where the parcel is."""

        buyer: SubjectRef
        clocks: Readings

    class MismatchFound(Aggregate.Event, v=1):
        """They contradict each other in these fields: names only, never values."""

        fields: tuple[str, ...]

    @allowed_in(*OPEN)
    def match_documents(self) -> None:
        """Raises DocumentsMissing until all three are here. The same mismatch is found once."""
        if self.order is None or self.payment is None or self.waybill is None:
            raise DocumentsMissing(missing=self._missing())
        fields = differing_fields(self.order, self.payment, self.waybill)
        if not fields:
            self._documents_matched(
                buyer=self.order.buyer.subject, clocks=self._stopped(limits.MATCHING)
            )
        elif fields != self.differing:
            self._mismatch_found(fields=fields)

    @event(DocumentsMatched)
    def _documents_matched(self, buyer: str, clocks: Readings) -> None:
        self.state = State.MATCHED
        self.differing = ()
        self.read_clocks(clocks)

    @event(MismatchFound)
    def _mismatch_found(self, fields: tuple[str, ...]) -> None:
        self.state = State.MISMATCHED
        self.differing = fields

    def require_matched(self) -> None:
        """Raises DocumentsNotMatched before that, and NotInState once a list is out."""
        if self.state in OPEN:
            raise DocumentsNotMatched(state=self.state)
        if self.state is not State.MATCHED:
            raise NotInState(state=self.state, allowed=self.allowed())
