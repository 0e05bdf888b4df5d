"""After the release: goods come back, or do not, and the tax is paid."""

from typing import Annotated

from pydantic import Field, field_validator

from commands.base import Context, Role, command
from commands.customs_declarations.access import (
    BY_CUSTOMS,
    CUSTOMS,
    require_agent_or_platform,
)
from commands.customs_declarations.given import (
    MOST_ITEMS,
    DeclarationCommand,
    Given,
    LineNo,
    Number,
    Pieces,
)
from commands.customs_declarations.holdings import holdings
from domain.customs_declarations import CustomsDeclaration, State
from domain.customs_declarations.collecting import ReturnedItem
from domain.customs_declarations.limits import RETURN_ARRIVAL
from domain.customs_declarations.returning import RefusalGround, ReturnReason
from domain.shared.checks import bad


class ReturnedGiven(Given):
    """Pieces of a line that come back."""

    line: LineNo
    qty: Pieces


class ApplyReturn(DeclarationCommand):
    """Apply for the return of goods (625), within thirty days of their release."""

    items: Annotated[tuple[ReturnedGiven, ...], Field(min_length=1, max_length=MOST_ITEMS)]
    reason: Annotated[ReturnReason, Field(strict=False)]

    @field_validator("items")
    @classmethod
    def _each_line_once(cls, value: tuple[ReturnedGiven, ...]) -> tuple[ReturnedGiven, ...]:
        if len({item.line for item in value}) < len(value):
            bad("repeated-line", "A line is named once")
        return value


@command(key="declaration_id", roles={Role.AGENT})
def apply_return(cmd: ApplyReturn, declaration: CustomsDeclaration, ctx: Context) -> None:
    """By the agent of the list or the platform of the order, for the buyer."""
    require_agent_or_platform(declaration, ctx)
    items = tuple(ReturnedItem(line=item.line, qty=item.qty) for item in cmd.items)
    declaration.apply_return(items, cmd.reason, calendar=ctx.calendar)


class RecordReturnArrival(DeclarationCommand):
    """Record that returned goods are back. Late or other goods are recorded as refused."""

    place: str = Field(
        max_length=4, description="Supervised place where they are", examples=["3105"]
    )
    inspected: bool = Field(description="Whether they were looked at")
    original: bool = Field(description="Whether they are the goods that left")


@command(key="declaration_id", roles=BY_CUSTOMS, department=CUSTOMS)
def record_return_arrival(
    cmd: RecordReturnArrival, declaration: CustomsDeclaration, ctx: Context
) -> None:
    """Tax and the buyer's year get their share back in the same decision, and the stock its pieces."""
    held = holdings(declaration, ctx) if declaration.state is State.RETURN_OPEN else None
    items, returned = declaration.open_return, declaration.returned
    declaration.record_return_arrival(
        place=cmd.place, inspected=cmd.inspected, original=cmd.original, calendar=ctx.calendar
    )
    if held is not None and declaration.returned != returned:
        held.return_goods(items)


class RefuseReturn(DeclarationCommand):
    """Refuse a return: the goods are late, or not those that left."""

    ground: Annotated[RefusalGround, Field(strict=False)] = RefusalGround.LATE


@command(
    key="declaration_id",
    roles={Role.SYSTEM, *BY_CUSTOMS},
    department=CUSTOMS,
    when_due=RETURN_ARRIVAL.name,
)
def refuse_return(cmd: RefuseReturn, declaration: CustomsDeclaration, ctx: Context) -> None:
    """By customs, or by the scheduler after 45 days."""
    declaration.refuse_return(cmd.ground, calendar=ctx.calendar)


class RecordTaxPaid(DeclarationCommand):
    """Record that the agent paid the tax of a list, from day 31 after the release."""

    bill_no: Number = Field(description="Number of the tax bill")


@command(key="declaration_id", roles={Role.OFFICER, Role.DEPARTMENT}, department=(CUSTOMS, "tax"))
def record_tax_paid(cmd: RecordTaxPaid, declaration: CustomsDeclaration, ctx: Context) -> None:
    """Frees the agent's guarantee."""
    held = holdings(declaration, ctx) if declaration.state is State.RELEASED else None
    tax_fen = declaration.tax_due_fen() if held is not None else 0
    declaration.record_tax_paid(cmd.bill_no)
    if held is not None:
        held.pay(tax_fen)
