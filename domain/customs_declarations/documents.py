"""What the three documents (三单) say, and where they differ: order, payment, waybill.

Values only, as the domain keeps them. Their numbers of order agree by construction, because the
matter's id is made of platform and order number. Source: Customs Announcement 2018 No. 194, art. 4
to 8, 21; CEB messages 311, 411, 511.
"""

from collections import Counter
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints

from domain.customs_declarations.tariff import HsCode
from domain.shared.derived_ids import derived_id
from domain.shared.identifiers import Mobile, PersonName, ResidentId, SubjectRef, Uscc
from domain.shared.money import Fen
from domain.shared.personal import Personal, Sensitive

Kind = Literal["order", "payment", "waybill"]
KINDS: tuple[Kind, ...] = ("order", "payment", "waybill")

Country = Annotated[str, StringConstraints(pattern="^[A-Z]{3}$")]
"""Country of origin, ISO 3166-1 alpha-3 as in GB/T 2659."""


def declaration_id(ebp_code: str, order_no: str) -> UUID:
    """The matter of one order of one platform, whichever document comes first."""
    return derived_id("customs-order", ebp_code, order_no)


class Value(BaseModel):
    """Base of the values here: frozen, nothing unknown."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Person(Value):
    """Buyer or payer. ``subject`` is whose key encrypts the rest, and whose year is counted."""

    subject: SubjectRef
    name: Personal[PersonName]
    resident_id: Sensitive[ResidentId]


class Item(Value):
    """A line of an order; ``price_fen`` is that of one piece."""

    sku: str
    hs_code: HsCode
    name: str
    qty: int
    price_fen: Fen
    country: Country
    trace_code: str | None

    @property
    def total_fen(self) -> int:
        """The price of the whole line."""
        return self.qty * self.price_fen


class Order(Value):
    """The platform's order (311). ``identity_check_no`` is the number under which the state's
    identity source confirmed who the buyer is; None when nobody asked it."""

    items: tuple[Item, ...]
    freight_fen: Fen
    insurance_fen: Fen
    discount_fen: Fen
    tax_fen: Fen
    actual_paid_fen: Fen
    buyer: Person
    phone: Personal[Mobile] | None
    address: Personal[str] | None
    identity_check_no: str | None


class Payment(Value):
    """The payment firm's document (411), in yuan by definition."""

    pay_code: Uscc
    transaction_id: str
    payer: Person
    amount_fen: Fen

    @property
    def claimed(self) -> str:
        """What one live list uses alone."""
        return f"{self.pay_code}:{self.transaction_id}"


class Goods(Value):
    """What the carrier has: so many pieces of an article."""

    sku: str
    qty: int


class Waybill(Value):
    """The carrier's document (511). The consignee may be anybody."""

    logistics_code: Uscc
    logistics_no: str
    consignee: Personal[PersonName]
    phone: Personal[Mobile] | None
    address: Personal[str] | None
    weight_g: int
    goods: tuple[Goods, ...]

    @property
    def claimed(self) -> str:
        """What one live list uses alone."""
        return f"{self.logistics_code}:{self.logistics_no}"


def differing_fields(order: Order, payment: Payment, waybill: Waybill) -> tuple[str, ...]:
    """Names of the fields in which the documents contradict the order; never their values."""
    differing = []
    if payment.amount_fen != order.actual_paid_fen:
        differing.append("payment.amount_fen")
    if order.identity_check_no is None:
        if payment.payer.subject != order.buyer.subject:
            differing.append("payment.payer_id")
        if payment.payer.name != order.buyer.name:
            differing.append("payment.payer_name")
    if _pieces(order.items) != _pieces(waybill.goods):
        differing.append("waybill.goods")
    return tuple(differing)


def _pieces(lines: tuple[Item, ...] | tuple[Goods, ...]) -> Counter[str]:
    pieces: Counter[str] = Counter()
    for line in lines:
        pieces[line.sku] += line.qty
    return pieces
