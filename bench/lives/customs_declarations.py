"""A day of one platform: its four firms register, six orders come in and one piece goes back."""

from typing import Any

from bench.lives.life import HUIMIN, KeyedHash, Life, Telling, resident_id, sender, uscc
from commands.base import Role
from commands.customs_declarations.answering import RecordReceipt
from commands.customs_declarations.declaring import DeclareList
from commands.customs_declarations.given import ItemGiven, PersonGiven
from commands.customs_declarations.receiving import (
    GoodsGiven,
    MatchDocuments,
    ReceiveOrder,
    ReceivePayment,
    ReceiveWaybill,
)
from commands.customs_declarations.returning import (
    ApplyReturn,
    RecordReturnArrival,
    ReturnedGiven,
)
from commands.customs_declarations.supervising import RegisterEnterprise
from domain.customs_declarations.enterprise import EnterpriseKind
from domain.customs_declarations.returning import ReturnReason
from domain.customs_declarations.tax import Mode

CUSTOMS = sender("customs-system", Role.DEPARTMENT, "customs")
OFFICER = sender("officer-c", Role.OFFICER, "customs")
PORT = "3105"
ORDERS = 6
BUYERS = 5_000_000
"""Numbers of people from here on buy abroad."""

CREAM = ItemGiven(
    sku="SKU-1", hs_code="3304990029", name="护肤面霜", qty=1, price_fen=100_000, country="FRA"
)
TAX_FEN = 23_059
"""What the platform collects beforehand on one of it."""

ACCEPTED, RELEASED = 120, 800


def life(n: int, keyed_hash: KeyedHash) -> Life:
    """Documents agree and every list is released; the first buyer changes his mind."""
    tell = Telling(n)
    codes = {}
    senders = {}
    for series, kind in zip("PQRA", FIRMS, strict=True):
        codes[kind] = uscc(n, series)
        senders[kind] = sender(f"{kind.value}-{n}", Role.AGENT)
        registered = RegisterEnterprise(
            code=codes[kind],
            name="宁波跨境贸易有限公司",
            kinds=(kind,),
            sender=senders[kind].actor,
            guarantee_fen=100_000_000 if kind is EnterpriseKind.AGENT else 0,
        )
        yield tell(registered, OFFICER)
    platform, payment, carrier, agent = FIRMS
    for k in range(ORDERS):
        order_no = f"{n}-{k}"
        buyer = PersonGiven(name="王明", resident_id=resident_id(BUYERS + ORDERS * n + k))
        named: dict[str, Any] = {"ebp_code": codes[platform], "order_no": order_no}
        ordered = ReceiveOrder(
            items=(CREAM,),
            tax_fen=TAX_FEN,
            actual_paid_fen=CREAM.price_fen + TAX_FEN,
            buyer=buyer,
            **named,
        )
        declaration = yield tell(ordered, senders[platform])
        paid = ReceivePayment(
            pay_code=codes[payment],
            transaction_id=f"pay-{order_no}",
            payer=buyer,
            amount_fen=CREAM.price_fen + TAX_FEN,
            **named,
        )
        yield tell(paid, senders[payment])
        sent = ReceiveWaybill(
            logistics_code=codes[carrier],
            logistics_no=f"way-{order_no}",
            consignee="李四",
            weight_g=500,
            goods=(GoodsGiven(sku=CREAM.sku, qty=1),),
            **named,
        )
        yield tell(sent, senders[carrier])
        yield tell(MatchDocuments(declaration_id=declaration), HUIMIN, 0)
        cop_no = f"cop-{order_no}"
        declared = DeclareList(
            declaration_id=declaration,
            cop_no=cop_no,
            mode=Mode.DIRECT,
            port=PORT,
            agent_code=codes[agent],
        )
        yield tell(declared, senders[agent])
        for code in (ACCEPTED, RELEASED):
            answer = RecordReceipt(
                declaration_id=declaration,
                code=code,
                customs_time=tell.at,
                cop_no=cop_no,
                invt_no=f"{ORDERS * n + k:018d}" if code == RELEASED else None,
            )
            yield tell(answer, CUSTOMS, 2)
        if k == 0:
            back = ApplyReturn(
                declaration_id=declaration,
                items=(ReturnedGiven(line=1, qty=1),),
                reason=ReturnReason.CHANGED_MIND,
            )
            yield tell(back, senders[agent], 5)
            arrived = RecordReturnArrival(
                declaration_id=declaration, place=PORT, inspected=True, original=True
            )
            yield tell(arrived, CUSTOMS, 5)


FIRMS = (
    EnterpriseKind.PLATFORM,
    EnterpriseKind.PAYMENT,
    EnterpriseKind.CARRIER,
    EnterpriseKind.AGENT,
)
