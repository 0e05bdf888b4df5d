"""Check visits, dispute them, settle them by the month, take back what was not owed.

A visit, the elder's subsidies and the month's settlement change in one decision, so that no subsidy
is granted twice and every line has its visit.
"""

from uuid import UUID

from pydantic import Field

from commands.base import Command, Context, Role, command
from commands.care_orders.access import (
    OFFICE,
    at_office,
    begun_settlement,
    elder_of,
    open_settlement,
    provider_of,
    require_coordinator,
)
from commands.care_orders.given import ServiceCodes, Text, VisitCommand
from domain.care_orders import MonthlySettlement, Visit, VisitState
from domain.care_orders.services import SubsidyKind
from domain.care_orders.settlement import Amounts
from domain.care_orders.states import ReclaimReason
from domain.care_orders.visit import PAYABLE
from domain.shared.instants import shanghai_date
from domain.shared.personal import Personal
from domain.shared.refusals import Forbidden, NotInState


class VerifyVisit(VisitCommand):
    """Vouch for a visit, and correct what was done if need be."""

    items: ServiceCodes | None = Field(
        default=None, description="What was really done; left out, what the carer said"
    )


@command(key="visit_id", roles={Role.AGENT, Role.OFFICER}, department=OFFICE)
def verify_visit(cmd: VerifyVisit, visit: Visit, ctx: Context) -> None:
    """By a coordinator who is not the carer, or the office."""
    provider = provider_of(visit.whose.provider, ctx)
    if ctx.actor != visit.carer.actor:
        require_coordinator(provider, ctx)
    visit.verify_visit(cmd.items, by=ctx.actor)


class DisputeVisit(VisitCommand):
    """Say that a visit was not as recorded, within seven days."""

    text: Personal[Text]


@command(key="visit_id", roles={Role.CITIZEN, Role.AGENT, Role.OFFICER}, department=OFFICE)
def dispute_visit(cmd: DisputeVisit, visit: Visit, ctx: Context) -> None:
    """By the elder or the family, also at the office."""
    if not at_office(ctx) and ctx.actor != visit.family:
        raise Forbidden()
    visit.dispute_visit(cmd.text)


class ResolveDispute(VisitCommand):
    """Decide a dispute: upheld, the visit is not paid; else it counts as verified."""

    upheld: bool


@command(key="visit_id", roles={Role.OFFICER}, department=OFFICE)
def resolve_dispute(cmd: ResolveDispute, visit: Visit, ctx: Context) -> None:
    """By the office."""
    visit.resolve_dispute(upheld=cmd.upheld, by=ctx.actor)


class IncludeInSettlement(VisitCommand):
    """Put a verified visit into the first month from its own on that is still open."""

    without_subsidy: bool = Field(
        default=False, description="The elder pays all of it, e.g. after double-subsidy"
    )


@command(key="visit_id", roles={Role.SYSTEM, Role.OFFICER}, department=OFFICE)
def include_in_settlement(cmd: IncludeInSettlement, visit: Visit, ctx: Context) -> None:
    """The subsidy is what the elder's month still holds."""
    visit.require_allowed("include_in_settlement")
    whose = visit.whose
    elder = elder_of(whose.elder, ctx)
    found, month = open_settlement(whose.provider, visit.month, ctx)
    day = shanghai_date(visit.starts_at)
    elder.require_payable(day)
    subsidy_fen = 0
    if whose.subsidy_kind is not SubsidyKind.NONE and not cmd.without_subsidy:
        subsidy_fen = elder.grant_subsidy(
            visit.id,
            whose.order_id,
            day,
            whose.subsidy_kind,
            visit.wanted_subsidy_fen(),
            whose.month_subsidy_fen,
        )
    visit.include_in_settlement(month, subsidy_fen)
    amounts = Amounts(minutes=visit.minutes, subsidy_fen=subsidy_fen, own_fen=visit.own_fen)
    if found is not None:
        found.add_line(visit.id, amounts)
        return
    settlement = begun_settlement(whose.provider, month, ctx)
    with settlement.deciding(ctx.now):
        settlement.add_line(visit.id, amounts)


class ReclaimVisit(VisitCommand):
    """Do not pay a visit, or take back what was paid by a counter-entry.

    After an admission to an institution only the subsidy is taken back, and the elder owes it.
    """

    reason: ReclaimReason


@command(key="visit_id", roles={Role.SYSTEM, Role.OFFICER}, department=OFFICE)
def reclaim_visit(cmd: ReclaimVisit, visit: Visit, ctx: Context) -> None:
    """A policy asks for every visit after a death, also for those that cost nothing."""
    settled = visit.state is VisitState.SETTLED
    only_subsidy = cmd.reason is ReclaimReason.ADMISSION
    if visit.state not in PAYABLE or (only_subsidy and not settled):
        if ctx.by_huimin:
            return
        raise NotInState(state=visit.state, allowed=visit.allowed())
    if not settled or visit.settled_in is None:
        visit.reclaim_visit(cmd.reason, None)
        return
    elder = elder_of(visit.whose.elder, ctx)
    found, month = open_settlement(visit.whose.provider, visit.settled_in, ctx)
    amounts = Amounts(
        minutes=0 if only_subsidy else -visit.minutes,
        subsidy_fen=-visit.subsidy_fen,
        own_fen=visit.subsidy_fen if only_subsidy else -visit.own_fen,
    )
    of_month = visit.settled_in
    visit.reclaim_visit(cmd.reason, month)
    elder.return_subsidy(visit.id)
    if found is not None:
        found.make_counter_entry(visit.id, of_month, cmd.reason, amounts)
        return
    settlement = begun_settlement(visit.whose.provider, month, ctx)
    with settlement.deciding(ctx.now):
        settlement.make_counter_entry(visit.id, of_month, cmd.reason, amounts)


class ConfirmSettlement(Command):
    """Confirm a provider's month after its end. What comes later enters the next one."""

    settlement_id: UUID


@command(key="settlement_id", roles={Role.OFFICER}, department=OFFICE)
def confirm_settlement(cmd: ConfirmSettlement, settlement: MonthlySettlement, ctx: Context) -> None:
    """By the office, within ten working days."""
    settlement.confirm_settlement(by=ctx.actor)


class PaySettlement(Command):
    """Record that a confirmed month was paid."""

    settlement_id: UUID


@command(key="settlement_id", roles={Role.OFFICER}, department="finance")
def pay_settlement(cmd: PaySettlement, settlement: MonthlySettlement, ctx: Context) -> None:
    """By the treasury, and never by who confirmed it."""
    settlement.pay_settlement(by=ctx.actor)
