"""The list (621): positive list, tax, the buyer's year, stock and guarantee in one decision.

Either all of them hold it, or none does; what two lists race for, the log gives to one of them.
"""

from typing import Annotated

from pydantic import Field, StringConstraints, ValidationInfo, field_validator

from commands.base import Context, Role, command
from commands.customs_declarations.access import by_customs, require_sender
from commands.customs_declarations.given import (
    MOST_ITEMS,
    BookNo,
    DeclarationCommand,
    EnterpriseCode,
    Given,
    ItemNo,
    LineNo,
    Number,
    Text,
)
from commands.customs_declarations.holdings import holdings, ordered, pieces
from commands.customs_declarations.receiving import PAYMENTS, WAYBILLS
from domain.customs_declarations import (
    BondedStock,
    CustomsDeclaration,
    Enterprise,
    PersonQuota,
    State,
)
from domain.customs_declarations.collecting import CustomsList, LedgerItem
from domain.customs_declarations.documents import Order
from domain.customs_declarations.enterprise import (
    DEFAULT_INSPECTION_PPM,
    EnterpriseKind,
    enterprise_id,
)
from domain.customs_declarations.limits import allowance_on, quota_year
from domain.customs_declarations.quota import quota_id
from domain.customs_declarations.refusals import LedgerItemMismatch
from domain.customs_declarations.stock import stock_id
from domain.customs_declarations.tax import Mode, assess
from domain.shared.checks import bad
from domain.shared.instants import shanghai_date
from domain.shared.refusals import Forbidden

INVT_NOS = "customs-invt"


def _port(value: str) -> str:
    if not (len(value) == 4 and value.isdecimal() and value.isascii() and value[:2] == "31"):
        bad("port-unknown", "A place of Ningbo Customs has four digits, from 31")
    return value


class LedgerItemGiven(Given):
    """From which item of the bonded ledger a line is taken."""

    line: LineNo
    book_no: BookNo
    item_no: ItemNo


class DeclareList(DeclarationCommand):
    """Declare the list (621) of an order whose documents agree. By the agent who pays the tax."""

    mode: Annotated[Mode, Field(strict=False, description="9610 direct, 1210 from a bonded zone")]
    cop_no: Number = Field(description="The agent's own number of the list; new for each try")
    port: Annotated[str, StringConstraints(max_length=4)] = Field(
        description="Supervised place, four digits of Ningbo Customs", examples=["3105"]
    )
    agent_code: EnterpriseCode = Field(description="The agent, whose guarantee covers the tax")
    ledger: Annotated[tuple[LedgerItemGiven, ...], Field(max_length=MOST_ITEMS)] = Field(
        default=(), validate_default=True, description="For 1210: an item of the ledger a line"
    )

    _known_port = field_validator("port")(_port)

    @field_validator("ledger")
    @classmethod
    def _for_bonded_only(
        cls, value: tuple[LedgerItemGiven, ...], info: ValidationInfo
    ) -> tuple[LedgerItemGiven, ...]:
        if len({item.line for item in value}) < len(value):
            bad("repeated-line", "A line is named once")
        if "mode" in info.data and bool(value) != (info.data["mode"] is Mode.BONDED):
            bad("ledger-items-for-bonded-only", "1210 needs ledger items, 9610 has none")
        return value


@command(key="declaration_id", roles={Role.AGENT})
def declare_list(cmd: DeclareList, declaration: CustomsDeclaration, ctx: Context) -> None:
    """What is looked at: agent, platform, quota, stock. What changes: all but the platform."""
    declaration.require_matched()
    agent = require_sender(ctx, cmd.agent_code, EnterpriseKind.AGENT)
    platform = ctx.matter(Enterprise, enterprise_id(declaration.ebp_code))
    order, day = declaration.known_order(), shanghai_date(ctx.now)
    assessment = assess(order, cmd.mode, day)
    ledger = tuple(LedgerItem(**item.model_dump()) for item in cmd.ledger)
    needed = pieces(ledger, ordered(order.items))
    year, subject = quota_year(ctx.now), order.buyer.subject
    found = ctx.matter(PersonQuota, quota_id(subject, year))
    stock = ctx.matters(BondedStock, [stock_id(*item) for item in needed])
    at_hand = {(one.book_no, one.item_no): one for one in stock if one is not None}
    if cmd.mode is Mode.BONDED:
        _require_fit(order, ledger, at_hand)

    declared = CustomsList(
        cop_no=cmd.cop_no,
        mode=cmd.mode,
        port=cmd.port,
        agent_code=cmd.agent_code,
        day=day,
        ledger=ledger,
        assessment=assessment,
    )
    declaration.declare_list(
        declared,
        inspection_rate_ppm=platform.inspection_rate_ppm if platform else DEFAULT_INSPECTION_PPM,
        calendar=ctx.calendar,
    )
    limit_fen = allowance_on(day).year_fen
    if found is not None:
        found.reserve(declaration.id, assessment.value_fen, limit_fen=limit_fen)
    else:
        quota = PersonQuota.opened(subject, year, ctx.now)
        with quota.deciding(ctx.now):
            quota.reserve(declaration.id, assessment.value_fen, limit_fen=limit_fen)
        ctx.also(quota)
    for item, qty in needed.items():
        at_hand[item].reserve(declaration.id, qty)
    agent.hold(declaration.id, day, assessment.tax_fen)


def _require_fit(
    order: Order, ledger: tuple[LedgerItem, ...], at_hand: dict[tuple[str, int], BondedStock]
) -> None:
    """Every line has an item of its own article and code. Raises LedgerItemMismatch."""
    items = {item.line: at_hand.get((item.book_no, item.item_no)) for item in ledger}
    wrong = {line for line in items if line > len(order.items)}
    for line, ordered_item in enumerate(order.items, 1):
        item = items.get(line)
        if item is None or (item.sku, item.hs_code) != (ordered_item.sku, ordered_item.hs_code):
            wrong.add(line)
    if wrong:
        raise LedgerItemMismatch(lines=tuple(sorted(wrong)))


class Cancel(DeclarationCommand):
    """Cancel a list (623) whose goods are not out. What it held is given back."""

    reason: Text = Field(description="Why; it names no person", examples=["买家取消订单"])


@command(key="declaration_id", roles={Role.AGENT, Role.OFFICER, Role.DEPARTMENT})
def cancel(cmd: Cancel, declaration: CustomsDeclaration, ctx: Context) -> None:
    """By the agent; while customs inspects or detains the goods, by customs alone."""
    if not by_customs(ctx):
        if Role.AGENT not in ctx.caller.roles:
            raise Forbidden()
        if declaration.list is not None:
            require_sender(ctx, declaration.list.agent_code, EnterpriseKind.AGENT)
        if declaration.state in (State.INSPECTING, State.DETAINED):
            raise Forbidden()
    held = holdings(declaration, ctx) if declaration.list is not None else None
    declaration.cancel(cmd.reason)
    if held is not None:
        held.give_back()
    release_documents(declaration, ctx)


def release_documents(declaration: CustomsDeclaration, ctx: Context) -> None:
    """Payment, waybill and number are no live list's any more, and may be used by another."""
    if declaration.payment is not None:
        ctx.claims.release(PAYMENTS, declaration.payment.claimed)
    if declaration.waybill is not None:
        ctx.claims.release(WAYBILLS, declaration.waybill.claimed)
    if declaration.invt_no is not None:
        ctx.claims.release(INVT_NOS, declaration.invt_no)
