"""What customs answers to a list: receipts (622), and its close (899)."""

from typing import Annotated

from pydantic import Field, field_validator

from commands.base import Context, command
from commands.customs_declarations.access import BY_CUSTOMS, CUSTOMS
from commands.customs_declarations.declaring import INVT_NOS
from commands.customs_declarations.given import DeclarationCommand, InvtNo, Number
from commands.customs_declarations.holdings import holdings
from domain.customs_declarations import CustomsDeclaration
from domain.customs_declarations.receipts import EFFECTS, Effect, Receipt
from domain.customs_declarations.refusals import (
    InvtNoUsed,
)
from domain.customs_declarations.states import TOLD_BY_CUSTOMS
from domain.shared.checks import bad
from domain.shared.instants import Instant, ahead_of_clock
from domain.shared.refusals import DateInFuture

CustomsTime = Annotated[Instant, Field(description="Customs' own time of the answer")]


class RecordReceipt(DeclarationCommand):
    """Record what customs answered to a list (622).

    It counts by customs' own time: what is older than the present state is noted as ignored. A
    negative code is a technical fault and changes nothing.
    """

    code: int = Field(
        ge=-999_999,
        le=999,
        description="100 returned, 120 accepted, 300 review, 399 cleared, 500 inspection, "
        "501 to 503 and 599 detained, 700 back abroad, 800 released; negative: technical fault",
        examples=[120],
    )
    customs_time: CustomsTime
    cop_no: Number = Field(description="The agent's number of the list that is answered")
    invt_no: InvtNo | None = None

    @field_validator("code")
    @classmethod
    def _known(cls, value: int) -> int:
        if value >= 0 and value not in EFFECTS:
            bad("receipt-code-unknown", "Customs has no such code for a list")
        return value


@command(key="declaration_id", roles=BY_CUSTOMS, department=CUSTOMS)
def record_receipt(cmd: RecordReceipt, declaration: CustomsDeclaration, ctx: Context) -> None:
    """Moves what the list holds in the same decision."""
    if ahead_of_clock(cmd.customs_time, ctx.now):
        raise DateInFuture()
    receipt = Receipt(
        code=cmd.code,
        customs_time=cmd.customs_time,
        cop_no=cmd.cop_no,
        invt_no=cmd.invt_no,
    )
    effect = None
    if declaration.state in TOLD_BY_CUSTOMS:
        effect, _ = declaration.effect_of(receipt)
    held = None
    if effect in (Effect.RETURN, Effect.CLEAR, Effect.RELEASE, Effect.SEND_BACK):
        held = holdings(declaration, ctx)
    before = declaration.invt_no
    declaration.record_receipt(receipt, calendar=ctx.calendar)
    if (number := declaration.invt_no) != before:
        if before is not None:
            ctx.claims.release(INVT_NOS, before)
        if number is not None:
            ctx.claims.take(INVT_NOS, number, refused=InvtNoUsed())
    if held is None:
        return
    if effect is Effect.RETURN:
        held.give_back()
    elif effect is Effect.SEND_BACK:
        held.send_back_abroad()
    else:
        held.confirm()
        if effect is Effect.RELEASE:
            held.ship()


class Close(DeclarationCommand):
    """Record that customs closed the list (899)."""

    customs_time: CustomsTime


@command(key="declaration_id", roles=BY_CUSTOMS, department=CUSTOMS)
def close(cmd: Close, declaration: CustomsDeclaration, ctx: Context) -> None:
    """Once nothing is owed."""
    if ahead_of_clock(cmd.customs_time, ctx.now):
        raise DateInFuture()
    declaration.close(cmd.customs_time)
