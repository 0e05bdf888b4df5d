"""Retail imports for tests: a harbour with its enterprises, and a step for each thing done there.

Each builder of a step has defaults for what a test does not talk about: the order is one face cream
at 1,000 yuan. What plays them is the ``Harbour`` of ``tests.customs_harbour``.
"""

from datetime import datetime, timedelta
from typing import Any

from commands.base import Caller, Role
from commands.customs_declarations import (
    answering,
    declaring,
    receiving,
    returning,
    stocking,
    supervising,
    tracing,
)
from commands.customs_declarations.given import ItemGiven, PersonGiven
from domain.customs_declarations.enterprise import EnterpriseKind
from domain.customs_declarations.returning import ReturnReason
from domain.customs_declarations.tax import Mode
from domain.shared.calendar import Calendar
from domain.shared.identifiers import make_uscc
from tests.customs_harbour import AGENT as AGENT
from tests.customs_harbour import BEGIN as BEGIN
from tests.customs_harbour import BOOK as BOOK
from tests.customs_harbour import PLATFORM as PLATFORM
from tests.customs_harbour import TRACE as TRACE
from tests.customs_harbour import Harbour as Harbour
from tests.customs_harbour import order_id as order_id
from tests.customs_harbour import resident as resident
from tests.customs_harbour import subject as subject
from tests.scenario import CALENDAR, HUIMIN, Step, caller

E = EnterpriseKind

PAY_FIRM = make_uscc("enterprise", "330203", "MA2PAY01")
CARRIER = make_uscc("enterprise", "330203", "MA2CAR01")
OTHER_AGENT = make_uscc("enterprise", "330206", "MA2AGT02")

PLATFORM_SENDS = caller("platform-1", Role.AGENT)
PAY_FIRM_SENDS = caller("pay-firm-1", Role.AGENT)
CARRIER_SENDS = caller("carrier-1", Role.AGENT)
AGENT_SENDS = caller("agent-1", Role.AGENT)
OTHER_AGENT_SENDS = caller("agent-2", Role.AGENT)
CUSTOMS = caller("customs-system", Role.DEPARTMENT, department="customs")
CUSTOMS_OFFICER = caller("officer-c1", Role.OFFICER, department="customs")
TAX_OFFICER = caller("officer-t1", Role.OFFICER, department="tax")
MARKET_OFFICER = caller("officer-m1", Role.OFFICER, department="market-regulation")
CITIZEN = caller("citizen-1", Role.CITIZEN)

CREAM, MILK, WINE = "3304990029", "1901101090", "2204210000"
PORT = "3105"


def person(order: int = 1, name: str = "王明") -> PersonGiven:
    """Someone, by number."""
    return PersonGiven(name=name, resident_id=resident(order))


def item(price_fen: int = 100_000, qty: int = 1, hs_code: str = CREAM, **more: Any) -> ItemGiven:
    """A line of an order."""
    fields = {"sku": f"SKU-{hs_code}", "name": "护肤面霜", "country": "FRA", **more}
    return ItemGiven(price_fen=price_fen, qty=qty, hs_code=hs_code, **fields)


# --- steps -------------------------------------------------------------------------------------


def registered(code: str, sender: Caller, *kinds: EnterpriseKind, guarantee_fen: int = 0) -> Step:
    """An enterprise is registered."""
    command = supervising.RegisterEnterprise(
        code=code,
        name="宁波某某有限公司",
        kinds=kinds,
        sender=sender.actor,
        guarantee_fen=guarantee_fen,
    )
    return Step(command, CUSTOMS_OFFICER)


ENTERPRISES = (
    registered(PLATFORM, PLATFORM_SENDS, E.PLATFORM),
    registered(PAY_FIRM, PAY_FIRM_SENDS, E.PAYMENT),
    registered(CARRIER, CARRIER_SENDS, E.CARRIER),
    registered(AGENT, AGENT_SENDS, E.AGENT, guarantee_fen=100_000_000),
)


def harbour(*steps: Step, calendar: Calendar = CALENDAR) -> Harbour:
    """A harbour with its enterprises, to which these steps have happened."""
    return Harbour(calendar=calendar).play(*ENTERPRISES, *steps)


def order(
    *items: ItemGiven,
    order_no: str = "A-1",
    by: Caller = PLATFORM_SENDS,
    at: datetime | None = None,
    **changes: Any,
) -> Step:
    """An order; what was paid adds up unless the test says otherwise."""
    items = items or (item(),)
    fields: dict[str, Any] = {"tax_fen": 23_059, "buyer": person(), **changes}
    goods = sum(one.qty * one.price_fen for one in items)
    extra = sum(fields.get(name, 0) for name in ("freight_fen", "insurance_fen", "tax_fen"))
    fields.setdefault("actual_paid_fen", goods + extra - fields.get("discount_fen", 0))
    command = receiving.ReceiveOrder(ebp_code=PLATFORM, order_no=order_no, items=items, **fields)
    return Step(command, by, at)


def payment(
    amount_fen: int = 123_059,
    *,
    order_no: str = "A-1",
    by: Caller = PAY_FIRM_SENDS,
    at: datetime | None = None,
    **changes: Any,
) -> Step:
    """A payment for the order."""
    fields: dict[str, Any] = {"transaction_id": f"pay-{order_no}", "payer": person(), **changes}
    command = receiving.ReceivePayment(
        ebp_code=PLATFORM, order_no=order_no, pay_code=PAY_FIRM, amount_fen=amount_fen, **fields
    )
    return Step(command, by, at)


def waybill(
    *goods: tuple[str, int],
    order_no: str = "A-1",
    by: Caller = CARRIER_SENDS,
    at: datetime | None = None,
    **changes: Any,
) -> Step:
    """A waybill for the order; its consignee is somebody else than the buyer."""
    goods = goods or ((f"SKU-{CREAM}", 1),)
    fields: dict[str, Any] = {
        "logistics_no": f"way-{order_no}",
        "consignee": "李四",
        "weight_g": 500,
        **changes,
    }
    command = receiving.ReceiveWaybill(
        ebp_code=PLATFORM,
        order_no=order_no,
        logistics_code=CARRIER,
        goods=tuple(receiving.GoodsGiven(sku=sku, qty=qty) for sku, qty in goods),
        **fields,
    )
    return Step(command, by, at)


def documents(*items: ItemGiven, order_no: str = "A-1", **changes: Any) -> tuple[Step, ...]:
    """Three documents that agree."""
    items = items or (item(),)
    first = order(*items, order_no=order_no, **changes)
    command = first.command
    assert isinstance(command, receiving.ReceiveOrder)
    return (
        first,
        payment(command.actual_paid_fen, order_no=order_no, payer=command.buyer),
        waybill(*((one.sku, one.qty) for one in items), order_no=order_no),
    )


def matching(*, order_no: str = "A-1", by: Caller = HUIMIN) -> Step:
    """The documents are compared."""
    return Step(receiving.MatchDocuments(declaration_id=order_id(order_no)), by)


def declared(
    cop_no: str = "cop-1",
    *,
    order_no: str = "A-1",
    ledger: tuple[tuple[int, int], ...] = (),
    by: Caller = AGENT_SENDS,
    at: datetime | None = None,
    **changes: Any,
) -> Step:
    """The list is declared; ``ledger`` pairs lines with ledger items, and makes it bonded."""
    fields: dict[str, Any] = {
        "mode": Mode.BONDED if ledger else Mode.DIRECT,
        "port": PORT,
        "agent_code": AGENT,
        "ledger": tuple(
            declaring.LedgerItemGiven(line=line, book_no=BOOK, item_no=item_no)
            for line, item_no in ledger
        ),
        **changes,
    }
    command = declaring.DeclareList(declaration_id=order_id(order_no), cop_no=cop_no, **fields)
    return Step(command, by, at)


def receipt(
    code: int,
    *,
    order_no: str = "A-1",
    cop_no: str = "cop-1",
    customs_time: datetime | None = None,
    at: datetime | None = None,
    invt_no: str | None = None,
    by: Caller = CUSTOMS,
) -> Step:
    """Customs answers, at its own time; a release comes with the list's number."""
    if code == 800 and invt_no is None:
        invt_no = f"{int.from_bytes(order_no.encode()) % 10**18:018d}"
    command = answering.RecordReceipt(
        declaration_id=order_id(order_no),
        code=code,
        customs_time=customs_time or at or BEGIN,
        cop_no=cop_no,
        invt_no=invt_no,
    )
    return Step(command, by, at)


def released(at: datetime | None = None, *, order_no: str = "A-1", cop_no: str = "cop-1") -> Step:
    """The goods are out."""
    return receipt(800, at=at, order_no=order_no, cop_no=cop_no)


def cancelled(*, order_no: str = "A-1", by: Caller = AGENT_SENDS) -> Step:
    """The list is cancelled."""
    command = declaring.Cancel(declaration_id=order_id(order_no), reason="买家取消订单")
    return Step(command, by)


def return_applied(
    *items: tuple[int, int],
    order_no: str = "A-1",
    at: datetime | None = None,
    by: Caller = AGENT_SENDS,
) -> Step:
    """Pieces of lines are to come back; one of the first by default."""
    given = tuple(returning.ReturnedGiven(line=n, qty=qty) for n, qty in items or ((1, 1),))
    command = returning.ApplyReturn(
        declaration_id=order_id(order_no), items=given, reason=ReturnReason.CHANGED_MIND
    )
    return Step(command, by, at)


def arrived(
    *,
    order_no: str = "A-1",
    at: datetime | None = None,
    by: Caller = CUSTOMS,
    place: str = PORT,
    inspected: bool = True,
    original: bool = True,
) -> Step:
    """They are back."""
    command = returning.RecordReturnArrival(
        declaration_id=order_id(order_no), place=place, inspected=inspected, original=original
    )
    return Step(command, by, at)


def return_refused(
    *, order_no: str = "A-1", at: datetime | None = None, by: Caller = HUIMIN, **changes: Any
) -> Step:
    """The return is refused."""
    command = returning.RefuseReturn(declaration_id=order_id(order_no), **changes)
    return Step(command, by, at)


def tax_paid(*, order_no: str = "A-1", at: datetime | None = None, by: Caller = CUSTOMS) -> Step:
    """The tax is paid."""
    command = returning.RecordTaxPaid(declaration_id=order_id(order_no), bill_no="bill-1")
    return Step(command, by, at)


def closed(*, order_no: str = "A-1", at: datetime | None = None, by: Caller = CUSTOMS) -> Step:
    """Customs closes the list."""
    command = answering.Close(declaration_id=order_id(order_no), customs_time=at or BEGIN)
    return Step(command, by, at)


def used_elsewhere(fen: int, *, order: int = 1, year: int = 2026) -> Step:
    """The national system counted this for a person."""
    command = supervising.RecordNationalUsage(
        resident_id=resident(order), year=year, elsewhere_fen=fen
    )
    return Step(command, CUSTOMS)


def stocked(
    qty: int,
    *,
    item_no: int = 1,
    hs_code: str = CREAM,
    stock_in_no: str = "in-1",
    trace_code: str | None = None,
) -> Step:
    """Pieces come into the bonded zone."""
    command = stocking.ReceiveCentralPurchase(
        book_no=BOOK,
        item_no=item_no,
        stock_in_no=stock_in_no,
        sku=f"SKU-{hs_code}",
        hs_code=hs_code,
        qty=qty,
        trace_code=trace_code,
    )
    return Step(command, CUSTOMS)


def batch_registered() -> Step:
    """A batch is known."""
    command = tracing.RegisterBatch(
        trace_code=TRACE,
        batch_no="b-1",
        goods="护肤面霜",
        hs_code=CREAM,
        origin="FRA",
        producer="Maison de Crème",
    )
    return Step(command, CUSTOMS)


def recalled(*, by: Caller = MARKET_OFFICER) -> Step:
    """The batch is recalled."""
    command = tracing.IssueRecall(trace_code=TRACE, reason="微生物超标", decision_no="甬市监召1号")
    return Step(command, by)


DECLARED = (*documents(), declared())
RELEASED = (*DECLARED, released(BEGIN + timedelta(hours=1)))
