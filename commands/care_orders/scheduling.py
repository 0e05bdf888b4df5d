"""Plan visits, give them to another carer, call them off.

A carer's and an elder's time is claimed by quarter hours, so that neither is in two places at once.
"""

from collections.abc import Iterable
from uuid import UUID

from pydantic import Field, ValidationInfo, field_validator

from commands.base import Command, Context, Role, command
from commands.care_orders.access import OFFICE, order_of, provider_of, require_coordinator
from commands.care_orders.given import ServiceCodes, VisitCommand
from domain.care_orders import CareOrder, Mode, ProviderCapacity, Visit
from domain.care_orders.limits import LONGEST_VISIT, SHORTEST_VISIT, quarters
from domain.care_orders.people import Carer
from domain.care_orders.refusals import CarerBusy, CarerNotQualified, ElderBusy, VisitInPast
from domain.care_orders.services import SERVICES
from domain.care_orders.states import CancelReason
from domain.care_orders.whereabouts import Where, Whose
from domain.shared.checks import bad
from domain.shared.identifiers import SubjectRef
from domain.shared.instants import Instant

CARER = "carer-quarter"
ELDER = "elder-quarter"


def values(subject: str, visit: Visit) -> tuple[str, ...]:
    """What is claimed of someone's time for a visit."""
    return tuple(
        f"{subject}/{quarter:%Y-%m-%dT%H:%MZ}"
        for quarter in quarters(visit.starts_at, visit.ends_at)
    )


def able_carer(provider: ProviderCapacity, subject: str, services: Iterable[str]) -> Carer:
    """One of the provider's carers. Raises CarerUnknown and CarerNotQualified."""
    carer = provider.carer(subject)
    needed = {SERVICES[code].qualification for code in services}
    if missing := needed - set(carer.qualifications):
        raise CarerNotQualified(missing=tuple(sorted(missing)))
    return carer


class ScheduleVisit(Command):
    """Plan a visit: who comes when, to do what. It lasts from 15 to 480 minutes.

    Begins the visit's own matter.
    """

    visit_id: UUID | None = Field(
        default=None, description="An id of your own for the visit; left out, the server chooses"
    )
    order_id: UUID
    carer: SubjectRef = Field(description="A carer of the order's provider")
    starts_at: Instant
    ends_at: Instant
    items: ServiceCodes = Field(description="Services of the plan")

    @field_validator("ends_at")
    @classmethod
    def _length(cls, value: Instant, info: ValidationInfo) -> Instant:
        starts_at = info.data.get("starts_at")
        if starts_at is not None and not SHORTEST_VISIT <= value - starts_at <= LONGEST_VISIT:
            bad("visit-length", "A visit lasts from 15 to 480 minutes")
        return value


@command(roles={Role.AGENT, Role.OFFICER, Role.SYSTEM}, id_field="visit_id", department=OFFICE)
def schedule_visit(cmd: ScheduleVisit, ctx: Context) -> Visit:
    """By the provider's coordinator."""
    order = order_of(cmd.order_id, ctx)
    order.require_allowed("schedule_visit")
    provider = provider_of(order.assigned, ctx)
    require_coordinator(provider, ctx)
    if cmd.starts_at <= ctx.now:
        raise VisitInPast()
    carer = able_carer(provider, cmd.carer, cmd.items)
    order.schedule_visit(ctx.new_id, cmd.starts_at, cmd.ends_at, cmd.items)
    visit = Visit.begin(
        Visit.VisitScheduled,
        id=ctx.new_id,
        at=ctx.now,
        whose=_whose(order),
        where=_where(order, provider),
        family=order.applicant.actor,
        carer=carer,
        starts_at=cmd.starts_at,
        ends_at=cmd.ends_at,
        lines=tuple(line for line in order.agreed.items if line.code in cmd.items),
        clocks=Visit.clocks_of(cmd.starts_at, ctx.calendar),
    )
    _take(CARER, carer.subject, visit, ctx)
    _take(ELDER, order.elder.subject, visit, ctx)
    return visit


def _take(scope: str, subject: str, visit: Visit, ctx: Context) -> None:
    refused = CarerBusy() if scope == CARER else ElderBusy()
    ctx.claims.take(scope, *values(subject, visit), until=visit.ends_at, refused=refused)


def _whose(order: CareOrder) -> Whose:
    return Whose(
        order_id=order.id,
        elder=order.elder.subject,
        mode=order.mode,
        district=order.district,
        provider=order.assigned,
        subsidy_kind=order.agreed.subsidy_kind,
        month_subsidy_fen=order.agreed.month_subsidy_fen,
    )


def _where(order: CareOrder, provider: ProviderCapacity) -> Where:
    at_home = order.mode is Mode.HOME
    return Where(
        name=order.elder.name,
        address=order.address,
        point=order.location if at_home else provider.location,
        tag=order.home_tag if at_home else None,
    )


class Reassign(VisitCommand):
    """Let another carer of the provider come."""

    carer: SubjectRef


@command(key="visit_id", roles={Role.AGENT, Role.OFFICER}, department=OFFICE)
def reassign(cmd: Reassign, visit: Visit, ctx: Context) -> None:
    """Before the visit begins; the old carer's time is free at once."""
    provider = provider_of(visit.whose.provider, ctx)
    require_coordinator(provider, ctx)
    visit.require_allowed("reassign")
    carer = able_carer(provider, cmd.carer, (line.code for line in visit.lines))
    old = visit.carer.subject
    visit.reassign(carer)
    if carer.subject != old:
        ctx.claims.release(CARER, *values(old, visit))
        _take(CARER, carer.subject, visit, ctx)


class CancelVisit(VisitCommand):
    """Call a visit off before it begins."""

    reason: CancelReason


@command(
    key="visit_id",
    roles={Role.CITIZEN, Role.AGENT, Role.OFFICER, Role.SYSTEM},
    department=OFFICE,
)
def cancel_visit(cmd: CancelVisit, visit: Visit, ctx: Context) -> None:
    """By the family, the coordinator, or a policy when the order rests or ends."""
    provider = provider_of(visit.whose.provider, ctx)
    order = order_of(visit.whose.order_id, ctx)
    if ctx.actor != visit.family:
        require_coordinator(provider, ctx)
    visit.cancel_visit(cmd.reason)
    order.unbook_visit(visit.id)
    ctx.claims.release(CARER, *values(visit.carer.subject, visit))
    ctx.claims.release(ELDER, *values(visit.whose.elder, visit))
