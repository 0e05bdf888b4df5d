"""The three documents, each from the one who made it, in any order; and their comparison.

The first one begins the matter. A payment or a waybill belongs to one live list: the claim is taken
with the document, and given back when a corrected one takes its place.
"""

from typing import Annotated

from pydantic import ConfigDict, Field, field_validator, model_validator

from commands.base import Context, Role, command
from commands.customs_declarations.access import require_sender
from commands.customs_declarations.given import (
    MOST_ITEMS,
    AddressText,
    Amount,
    DeclarationCommand,
    EnterpriseCode,
    Given,
    ItemGiven,
    Number,
    OrderKey,
    PersonGiven,
    Pieces,
)
from domain.customs_declarations import CustomsDeclaration, limits
from domain.customs_declarations.documents import Goods, Item, Order, Payment, Waybill
from domain.customs_declarations.enterprise import EnterpriseKind
from domain.customs_declarations.refusals import PaymentUsed, WaybillUsed
from domain.shared.checks import bad
from domain.shared.identifiers import Mobile, PersonName
from domain.shared.personal import Personal

PAYMENTS = "customs-payment"
WAYBILLS = "customs-waybill"


def begun(cmd: OrderKey, ctx: Context) -> CustomsDeclaration:
    """The matter of an order whose first document is here."""
    return CustomsDeclaration.begin(
        CustomsDeclaration.CollectionBegun,
        id=cmd.declaration_id,
        at=ctx.now,
        ebp_code=cmd.ebp_code,
        order_no=cmd.order_no,
        clocks=(limits.MATCHING.start(ctx.now, ctx.calendar),),
    )


class ReceiveOrder(OrderKey):
    """Hand in an order (311). Only the platform itself may."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "ebp_code": "91330203MA2AF3XQ2G",
                    "order_no": "20261111-0001",
                    "items": [
                        {
                            "sku": "SKU-1",
                            "hs_code": "3304990029",
                            "name": "护肤面霜",
                            "qty": 1,
                            "price_fen": 100_000,
                            "country": "FRA",
                        }
                    ],
                    "tax_fen": 23_059,
                    "actual_paid_fen": 123_059,
                    "buyer": {"name": "王明", "resident_id": "330203199001011236"},
                }
            ]
        }
    )

    items: Annotated[tuple[ItemGiven, ...], Field(min_length=1, max_length=MOST_ITEMS)]
    freight_fen: Amount = 0
    insurance_fen: Amount = 0
    discount_fen: Amount = 0
    tax_fen: Amount = Field(description="Tax that the platform collected")
    actual_paid_fen: Amount = Field(description="Goods, freight, insurance and tax less discount")
    buyer: PersonGiven
    phone: Personal[Mobile] | None = None
    address: Personal[AddressText] | None = None
    identity_check_no: Number | None = Field(
        default=None,
        description="Number under which the state's identity source confirmed the buyer; "
        "someone else may pay then",
    )

    @model_validator(mode="after")
    def _adds_up(self) -> "ReceiveOrder":
        goods = sum(item.qty * item.price_fen for item in self.items)
        due = goods + self.freight_fen + self.insurance_fen + self.tax_fen
        if due != self.actual_paid_fen + self.discount_fen:
            bad("sum-mismatch", "Goods, freight, insurance and tax less discount are what was paid")
        return self

    def order(self, ctx: Context) -> Order:
        """As the domain keeps it."""
        return Order(
            items=tuple(Item(**item.model_dump()) for item in self.items),
            freight_fen=self.freight_fen,
            insurance_fen=self.insurance_fen,
            discount_fen=self.discount_fen,
            tax_fen=self.tax_fen,
            actual_paid_fen=self.actual_paid_fen,
            buyer=self.buyer.known(ctx),
            phone=self.phone,
            address=self.address,
            identity_check_no=self.identity_check_no,
        )


@command(key="declaration_id", roles={Role.AGENT})
def receive_order(
    cmd: ReceiveOrder, declaration: CustomsDeclaration | None, ctx: Context
) -> CustomsDeclaration:
    """A corrected order takes the place of the last one until the documents agree."""
    require_sender(ctx, cmd.ebp_code, EnterpriseKind.PLATFORM)
    order = cmd.order(ctx)
    if declaration is None:
        declaration = begun(cmd, ctx)
        with declaration.deciding(ctx.now):
            declaration.receive_order(order)
    else:
        declaration.receive_order(order)
    return declaration


class ReceivePayment(OrderKey):
    """Hand in a payment (411). Only the payment firm itself may."""

    pay_code: EnterpriseCode = Field(description="The payment firm")
    transaction_id: Number = Field(description="The payment firm's number")
    payer: PersonGiven
    amount_fen: Annotated[Amount, Field(gt=0)]
    currency: str = Field(
        default="CNY",
        description="Yuan; nothing else is taken",
        json_schema_extra={"enum": ["CNY"]},
    )

    @field_validator("currency")
    @classmethod
    def _in_yuan(cls, value: str) -> str:
        if value != "CNY":
            bad("currency-not-cny", "Payments are in CNY")
        return value

    def payment(self, ctx: Context) -> Payment:
        """As the domain keeps it."""
        return Payment(
            pay_code=self.pay_code,
            transaction_id=self.transaction_id,
            payer=self.payer.known(ctx),
            amount_fen=self.amount_fen,
        )


@command(key="declaration_id", roles={Role.AGENT})
def receive_payment(
    cmd: ReceivePayment, declaration: CustomsDeclaration | None, ctx: Context
) -> CustomsDeclaration:
    """The claim is by number, so a repeated payment is found whoever sends it."""
    require_sender(ctx, cmd.pay_code, EnterpriseKind.PAYMENT)
    payment = cmd.payment(ctx)
    ctx.claims.take(PAYMENTS, payment.claimed, refused=PaymentUsed())
    if declaration is None:
        declaration = begun(cmd, ctx)
        with declaration.deciding(ctx.now):
            declaration.receive_payment(payment)
        return declaration
    if declaration.payment is not None and declaration.payment.claimed != payment.claimed:
        ctx.claims.release(PAYMENTS, declaration.payment.claimed)
    declaration.receive_payment(payment)
    return declaration


class GoodsGiven(Given):
    """What the carrier has of an article."""

    sku: Number
    qty: Pieces


class ReceiveWaybill(OrderKey):
    """Hand in a waybill (511). Only the carrier itself may. The consignee may be anybody."""

    logistics_code: EnterpriseCode = Field(description="The carrier")
    logistics_no: Number = Field(description="Number of the waybill")
    consignee: Personal[PersonName]
    phone: Personal[Mobile] | None = None
    address: Personal[AddressText] | None = None
    weight_g: int = Field(ge=1, le=1_000_000, description="Gross weight in grams")
    goods: Annotated[tuple[GoodsGiven, ...], Field(min_length=1, max_length=MOST_ITEMS)]

    def waybill(self) -> Waybill:
        """As the domain keeps it."""
        return Waybill(
            logistics_code=self.logistics_code,
            logistics_no=self.logistics_no,
            consignee=self.consignee,
            phone=self.phone,
            address=self.address,
            weight_g=self.weight_g,
            goods=tuple(Goods(sku=g.sku, qty=g.qty) for g in self.goods),
        )


@command(key="declaration_id", roles={Role.AGENT})
def receive_waybill(
    cmd: ReceiveWaybill, declaration: CustomsDeclaration | None, ctx: Context
) -> CustomsDeclaration:
    """As with a payment."""
    require_sender(ctx, cmd.logistics_code, EnterpriseKind.CARRIER)
    waybill = cmd.waybill()
    ctx.claims.take(WAYBILLS, waybill.claimed, refused=WaybillUsed())
    if declaration is None:
        declaration = begun(cmd, ctx)
        with declaration.deciding(ctx.now):
            declaration.receive_waybill(waybill)
        return declaration
    if declaration.waybill is not None and declaration.waybill.claimed != waybill.claimed:
        ctx.claims.release(WAYBILLS, declaration.waybill.claimed)
    declaration.receive_waybill(waybill)
    return declaration


class MatchDocuments(DeclarationCommand):
    """Compare order, payment and waybill. Huimin does so by itself once all three are here."""


@command(key="declaration_id", roles={Role.SYSTEM, Role.OFFICER}, department="customs")
def match_documents(cmd: MatchDocuments, declaration: CustomsDeclaration, ctx: Context) -> None:
    """Sent by a policy, or again by customs."""
    declaration.match_documents()
