"""Let care rest and go on, have the elder looked at again, rate the service, end it."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from commands.base import Context, Role, command
from commands.care_orders.access import OFFICE, elder_of, provider_of, require_family
from commands.care_orders.assigning import FAMILY, days_of
from commands.care_orders.given import OrderCommand, Text
from domain.care_orders import CareOrder, Elder, ProviderCapacity, Visit, VisitState
from domain.care_orders.limits import HELD_PLACE, REASSESSMENT
from domain.care_orders.people import month_of
from domain.care_orders.refusals import VisitNotOfOrder
from domain.care_orders.states import EndReason, ReassessmentReason, SuspensionReason
from domain.shared.instants import shanghai_date
from domain.shared.personal import Personal

MADE = {
    VisitState.COMPLETED,
    VisitState.NEEDS_REVIEW,
    VisitState.VERIFIED,
    VisitState.DISPUTED,
    VisitState.SETTLED,
}


class Suspend(OrderCommand):
    """Let care rest while the elder is away. The place is held for fifteen days."""

    reason: SuspensionReason


@command(key="order_id", roles=FAMILY, department=OFFICE)
def suspend(cmd: Suspend, order: CareOrder, ctx: Context) -> None:
    """By the family, the office, or a policy when a hospital admits the elder."""
    require_family(order, ctx)
    order.suspend(cmd.reason, calendar=ctx.calendar)


class ReleaseHeldPlace(OrderCommand):
    """Give back a place that was held long enough."""


@command(key="order_id", roles={Role.SYSTEM}, when_due=HELD_PLACE.name)
def release_held_place(cmd: ReleaseHeldPlace, order: CareOrder, ctx: Context) -> None:
    """Sent by the scheduler."""
    order.require_allowed("release_held_place")
    provider = provider_of(order.assigned, ctx)
    order.release_held_place()
    provider.release_place(order.id)


class Resume(OrderCommand):
    """Go on with care. Who comes back after the place was given away needs a free one."""


@command(key="order_id", roles=FAMILY, department=OFFICE)
def resume(cmd: Resume, order: CareOrder, ctx: Context) -> None:
    """With the place that was held, or with a new one of the same provider.

    Huimin asks after a discharge, which ends no other rest than that for a hospital.
    """
    require_family(order, ctx)
    if ctx.by_huimin and order.rests_for is not SuspensionReason.HOSPITAL:
        return
    order.require_allowed("resume")
    place_no = None
    if not order.place_held:
        provider = provider_of(order.assigned, ctx)
        place_no = provider.take_place(order.id, order.mode, days_of(order))
    order.resume(place_no)


class RequestReassessment(OrderCommand):
    """Ask that the elder's grade be found anew."""

    reason: ReassessmentReason = ReassessmentReason.GRADE_EXPIRING


@command(key="order_id", roles=FAMILY, department=OFFICE, when_due=REASSESSMENT.name)
def request_reassessment(cmd: RequestReassessment, order: CareOrder, ctx: Context) -> None:
    """By the scheduler after twelve months, by a policy after a hospital, by the family."""
    require_family(order, ctx)
    order.request_reassessment(cmd.reason, calendar=ctx.calendar)


class RateService(OrderCommand):
    """Say how good the care is, once a month, after a visit that was made."""

    visit_id: UUID
    stars: Annotated[int, Field(ge=1, le=5)]
    text: Personal[Text] | None = None


@command(key="order_id", roles={Role.CITIZEN, Role.AGENT})
def rate_service(cmd: RateService, order: CareOrder, ctx: Context) -> None:
    """By the elder or the family only."""
    require_family(order, ctx)
    order.require_allowed("rate_service")
    visit = ctx.matter(Visit, cmd.visit_id)
    if visit is None or visit.whose.order_id != order.id or visit.state not in MADE:
        raise VisitNotOfOrder()
    month = month_of(shanghai_date(ctx.now))
    order.rate_service(visit.id, visit.whose.provider, month, cmd.stars, cmd.text)


class EndCare(OrderCommand):
    """End an order. Visits to come are called off; after a death, later ones are not paid."""

    reason: EndReason
    on: date | None = Field(
        default=None, description="Last day: today, or the day of the death; left out, today"
    )


@command(key="order_id", roles=FAMILY, department=OFFICE)
def end_care(cmd: EndCare, order: CareOrder, ctx: Context) -> None:
    """A death becomes known of the elder, so that other orders end, too."""
    require_family(order, ctx)
    order.require_allowed("end_care")
    elder = elder_of(order.elder.subject, ctx)
    provider = provider_of(order.provider, ctx) if order.provider else None
    waited_at = provider_of(order.waiting_at, ctx) if order.waiting_at else None
    on = cmd.on or shanghai_date(ctx.now)
    order.end_care(cmd.reason, on)
    _leave(order, on, elder, provider, waited_at)
    if cmd.reason is EndReason.DEATH:
        elder.note_death(on)


def _leave(
    order: CareOrder,
    on: date,
    elder: Elder,
    provider: ProviderCapacity | None,
    waited_at: ProviderCapacity | None,
) -> None:
    """The elder has this order no more, the provider its place, another one who waits."""
    elder.close_order(order.mode, order.id, on)
    if provider is not None:
        provider.release_place(order.id)
    if waited_at is not None:
        waited_at.leave_queue(order.id)


class RecallCare(OrderCommand):
    """Take back an order that a hospital's desk asked for, on a consent that was withdrawn."""

    consent_id: Text


@command(key="order_id", roles={Role.SYSTEM, Role.OFFICER}, department=OFFICE)
def recall_care(cmd: RecallCare, order: CareOrder, ctx: Context) -> None:
    """Sent by the policy that follows the way home from a hospital."""
    elder = elder_of(order.elder.subject, ctx)
    provider = provider_of(order.provider, ctx) if order.provider else None
    waited_at = provider_of(order.waiting_at, ctx) if order.waiting_at else None
    order.recall_care(cmd.consent_id)
    _leave(order, shanghai_date(ctx.now), elder, provider, waited_at)
