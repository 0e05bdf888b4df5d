"""Who may act for whom, and the further matters that a decision looks at.

Roles stand at each handler; here is what depends on the matter: the family for its elder, a
coordinator for the provider, the civil affairs office for all.
"""

from uuid import UUID

from commands.base import Context, Role
from domain.care_orders import (
    CareOrder,
    Elder,
    MonthlySettlement,
    ProviderCapacity,
    SettlementState,
)
from domain.care_orders.limits import settlement_reading
from domain.care_orders.people import elder_id, month_after, provider_id, settlement_id
from domain.care_orders.refusals import ProviderUnknown
from domain.shared.refusals import Forbidden, NotFound

OFFICE = "civil-affairs"


def at_office(ctx: Context) -> bool:
    """Whether an officer of civil affairs asks."""
    return Role.OFFICER in ctx.caller.roles and ctx.caller.department == OFFICE


def require_family(order: CareOrder, ctx: Context) -> None:
    """Who asked for the care, the office that serves him, or Huimin. Raises Forbidden."""
    if not (ctx.by_huimin or at_office(ctx) or ctx.actor == order.applicant.actor):
        raise Forbidden()


def require_coordinator(provider: ProviderCapacity, ctx: Context) -> None:
    """The provider's own people, the office, or Huimin. Raises Forbidden."""
    if not (ctx.by_huimin or at_office(ctx) or ctx.actor in provider.coordinators):
        raise Forbidden()


def provider_of(uscc: str, ctx: Context) -> ProviderCapacity:
    """The provider with this code. Raises ProviderUnknown."""
    provider = ctx.matter(ProviderCapacity, provider_id(uscc))
    if provider is None:
        raise ProviderUnknown()
    return provider


def elder_of(subject: str, ctx: Context) -> Elder:
    """The elder of an order. Raises NotFound, which no order leads to."""
    elder = ctx.matter(Elder, elder_id(subject))
    if elder is None:
        raise NotFound()
    return elder


def order_of(id: UUID, ctx: Context) -> CareOrder:
    """An order. Raises NotFound."""
    order = ctx.matter(CareOrder, id)
    if order is None:
        raise NotFound()
    return order


def open_settlement(uscc: str, month: str, ctx: Context) -> tuple[MonthlySettlement | None, str]:
    """The first settlement from this month on that still takes lines, and its month; None when
    nobody has begun it yet."""
    while True:
        found = ctx.matter(MonthlySettlement, settlement_id(uscc, month))
        if found is None or found.state is SettlementState.DRAFTED:
            return found, month
        month = month_after(month)


def begun_settlement(uscc: str, month: str, ctx: Context) -> MonthlySettlement:
    """A settlement that begins with this decision."""
    settlement = MonthlySettlement.begin(
        MonthlySettlement.SettlementDrafted,
        id=settlement_id(uscc, month),
        at=ctx.now,
        provider=uscc,
        month=month,
        clocks=(settlement_reading(month, ctx.now, ctx.calendar),),
    )
    ctx.also(settlement)
    return settlement
