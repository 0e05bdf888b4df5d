"""What the process of a return is told, by policies and, when one failed, by hand.

Nobody else sends these; an operator may, to mend what a policy could not do.
"""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from commands.base import Command, Context, Role, command
from domain.customs_declarations import CustomsDeclaration
from domain.customs_declarations.returning import RefusalGround
from domain.parcel_return import RETURN, ParcelReturn, parcel_return_id
from domain.shared.identifiers import Uscc
from domain.shared.instants import Instant
from domain.shared.money import Fen
from domain.shared.refusals import NotFound

BY_POLICY = frozenset({Role.SYSTEM, Role.OPERATOR})


class ReturnCommand(Command):
    """Base of the commands on the return of an order."""

    declaration_id: UUID = Field(description="The order's declaration at customs")

    @property
    def return_id(self) -> UUID:
        """The process; there is one for an order."""
        return parcel_return_id(self.declaration_id)


class BeginParcelReturn(ReturnCommand):
    """Begin to watch goods that a buyer sends back; again for another part of the order."""

    ebp_code: Uscc
    order_no: str = Field(max_length=60)
    tax_fen: Fen = Field(description="Tax that the goods carry")
    value_fen: Fen = Field(description="Their part of the year's limit")
    arrive_by: Instant = Field(description="By when the goods have to be back")


@command(key="return_id", roles=BY_POLICY)
def begin_parcel_return(
    cmd: BeginParcelReturn, parcel: ParcelReturn | None, ctx: Context
) -> ParcelReturn:
    """Whose page shows it, the declaration tells."""
    clock = RETURN.due(ctx.now, cmd.arrive_by, ctx.calendar)
    if parcel is not None:
        parcel.begin_parcel_return(cmd.tax_fen, cmd.value_fen, clock)
        return parcel
    declaration = ctx.matter(CustomsDeclaration, cmd.declaration_id)
    if declaration is None:
        raise NotFound()
    return ParcelReturn.begin(
        ParcelReturn.ReturnBegun,
        id=cmd.return_id,
        at=ctx.now,
        declaration_id=cmd.declaration_id,
        ebp_code=cmd.ebp_code,
        order_no=cmd.order_no,
        buyer=declaration.known_order().buyer.subject,
        tax_fen=cmd.tax_fen,
        value_fen=cmd.value_fen,
        clocks=(clock,),
    )


class RecordGoodsBack(ReturnCommand):
    """Record that customs has the goods back."""


@command(key="return_id", roles=BY_POLICY)
def record_goods_back(cmd: RecordGoodsBack, parcel: ParcelReturn, ctx: Context) -> None:
    """In time and the same ones, as customs decided."""
    parcel.record_goods_back()


class RecordTaxBack(ReturnCommand):
    """Record that the tax of the goods is owed no longer."""

    tax_fen: Fen


@command(key="return_id", roles=BY_POLICY)
def record_tax_back(
    cmd: RecordTaxBack, parcel: ParcelReturn | None, ctx: Context
) -> ParcelReturn | None:
    """Tax also falls away with a list that came to nothing, of which nothing is returned."""
    if parcel is not None:
        parcel.record_tax_back(cmd.tax_fen)
    return parcel


class RecordLimitBack(ReturnCommand):
    """Record that the buyer's year has the value of the goods again."""

    value_fen: Fen


@command(key="return_id", roles=BY_POLICY)
def record_limit_back(
    cmd: RecordLimitBack, parcel: ParcelReturn | None, ctx: Context
) -> ParcelReturn | None:
    """As with the tax."""
    if parcel is not None:
        parcel.record_limit_back(cmd.value_fen)
    return parcel


class RecordRefusal(ReturnCommand):
    """Record that customs does not count the goods as returned."""

    ground: Annotated[RefusalGround, Field(strict=False)]


@command(key="return_id", roles=BY_POLICY)
def record_refusal(cmd: RecordRefusal, parcel: ParcelReturn, ctx: Context) -> None:
    """The buyer's page says why, and the platform is told."""
    parcel.record_refusal(cmd.ground)
