"""Members: apply, be admitted, change what one offers, be suspended, reinstated or expelled.

A member's id follows from its uscc (``member_company_id``), so policies need no look-up.
"""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints

from commands.base import Command, Context, Role, command
from commands.help_center_tickets.access import CENTRE_DEPARTMENT, is_officer_of, require_centre
from commands.help_center_tickets.given import Reason
from commands.help_center_tickets.opening import service_today
from domain.help_center_tickets import MemberCompany, member_company_id
from domain.help_center_tickets.states import CompanyState, SuspensionCause
from domain.help_center_tickets.values import ItemCode
from domain.shared.address import Point
from domain.shared.districts import District, current
from domain.shared.identifiers import OfficerId, Uscc
from domain.shared.instants import shanghai_date
from domain.shared.money import Fen
from domain.shared.refusals import Forbidden

Items = Annotated[tuple[ItemCode, ...], Field(max_length=60)]
Districts = Annotated[tuple[District, ...], Field(max_length=12)]
Capacity = Annotated[
    int, Field(ge=0, le=10_000, description="Tickets it carries at once", examples=[20])
]


class MemberCommand(Command):
    """Base of the commands on one membership."""

    company_id: UUID = Field(description="The membership, as apply-membership answered it")


def _by_company(company: MemberCompany, ctx: Context) -> None:
    """The company's staff, or the centre. Raises Forbidden."""
    staff = ctx.keyed_hash("actor", ctx.actor) in company.staff
    if not staff and not is_officer_of(ctx, CENTRE_DEPARTMENT):
        raise Forbidden()


class ApplyMembership(Command):
    """Apply to become a member company (加盟企业)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "uscc": "91330203MA2AF3XQ2G",
                    "name": "甬江家政服务有限公司",
                    "items": ["A101", "A105"],
                    "districts": ["330203"],
                    "capacity": 20,
                    "licence_until": "2030-12-31",
                }
            ]
        }
    )

    uscc: Uscc
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=100)]
    items: Annotated[Items, Field(min_length=1)]
    districts: Annotated[Districts, Field(min_length=1)]
    capacity: Capacity
    licence_until: date = Field(description="Last day of the licence for the trade")
    base: Point | None = Field(default=None, description="Where its people set out from, WGS-84")
    staff: Annotated[tuple[OfficerId, ...], Field(max_length=50)] = Field(
        default=(), description="Token subjects of who may act for it, besides the sender"
    )


@command(roles={Role.CITIZEN, Role.AGENT, Role.OFFICER})
def apply_membership(cmd: ApplyMembership, ctx: Context) -> MemberCompany:
    """Once per company; services have to be in the catalogue."""
    for item in cmd.items:
        service_today(item, ctx)
    staff = {ctx.keyed_hash("actor", actor) for actor in (*cmd.staff, ctx.actor)}
    return MemberCompany.begin(
        MemberCompany.MemberApplied,
        id=member_company_id(cmd.uscc),
        at=ctx.now,
        uscc=cmd.uscc,
        name=cmd.name,
        items=tuple(dict.fromkeys(cmd.items)),
        districts=_in_force(cmd.districts, ctx),
        capacity=cmd.capacity,
        licence_until=cmd.licence_until,
        base=cmd.base,
        staff=tuple(sorted(staff)),
    )


def _in_force(districts: tuple[str, ...], ctx: Context) -> tuple[str, ...]:
    today = shanghai_date(ctx.now)
    return tuple(dict.fromkeys(current(district, today) for district in districts))


class AdmitMember(MemberCommand):
    """Let an applicant work, after its deposit is paid and its licence was seen."""

    deposit_fen: Fen


@command(key="company_id", roles={Role.OFFICER})
def admit_member(cmd: AdmitMember, company: MemberCompany, ctx: Context) -> None:
    """By the centre."""
    require_centre(ctx)
    company.admit_member(cmd.deposit_fen, officer=ctx.actor, today=shanghai_date(ctx.now))


class ChangeServices(MemberCommand):
    """Say what the company offers from now on, and where; all of it, not only what changes."""

    items: Items
    districts: Districts


@command(key="company_id", roles={Role.CITIZEN, Role.AGENT, Role.OFFICER})
def change_services(cmd: ChangeServices, company: MemberCompany, ctx: Context) -> None:
    """By the company or the centre."""
    _by_company(company, ctx)
    for item in cmd.items:
        service_today(item, ctx)
    company.change_services(tuple(dict.fromkeys(cmd.items)), _in_force(cmd.districts, ctx))


class SetCapacity(MemberCommand):
    """Say how many tickets the company carries at once."""

    capacity: Capacity


@command(key="company_id", roles={Role.CITIZEN, Role.AGENT, Role.OFFICER})
def set_capacity(cmd: SetCapacity, company: MemberCompany, ctx: Context) -> None:
    """By the company or the centre."""
    _by_company(company, ctx)
    company.set_capacity(cmd.capacity)


class RenewLicence(MemberCommand):
    """Record that the licence for the trade was renewed."""

    licence_until: date


@command(key="company_id", roles={Role.OFFICER})
def renew_licence(cmd: RenewLicence, company: MemberCompany, ctx: Context) -> None:
    """By the centre, who has seen it."""
    require_centre(ctx)
    company.renew_licence(cmd.licence_until, today=shanghai_date(ctx.now))


SOURCE = Field(
    default=None,
    description="What stands behind the cause, when several things may, such as the entries on "
    "several credit lists; the cause is gone with the last of them",
)


class SuspendMember(MemberCommand):
    """Give a member no more tickets, and take those it has back to the centre."""

    cause: SuspensionCause
    reason: Reason = Field(examples=["营业执照被吊销"])
    source: UUID | None = SOURCE


@command(key="company_id", roles={Role.SYSTEM, Role.OFFICER})
def suspend_member(
    cmd: SuspendMember, company: MemberCompany | None, ctx: Context
) -> MemberCompany | None:
    """By Huimin or the centre. What is no member, or none any more, stays as it is."""
    require_centre(ctx)
    if company is not None and company.state is not CompanyState.EXPELLED:
        company.suspend_member(cmd.cause, cmd.reason, cmd.source)
    return company


class ReinstateMember(MemberCommand):
    """Let a suspended member work again, once every cause is gone."""

    cause: SuspensionCause = Field(description="The cause that is gone")
    source: UUID | None = SOURCE


@command(key="company_id", roles={Role.SYSTEM, Role.OFFICER})
def reinstate_member(
    cmd: ReinstateMember, company: MemberCompany | None, ctx: Context
) -> MemberCompany | None:
    """By Huimin or the centre. To Huimin, what is none any more is as what never was a member."""
    require_centre(ctx)
    expelled = company is not None and company.state is CompanyState.EXPELLED
    if company is not None and not (ctx.by_huimin and expelled):
        company.reinstate_member(cmd.cause, cmd.source)
    return company


class ExpelMember(MemberCommand):
    """End a membership for good."""

    reason: Reason


@command(key="company_id", roles={Role.OFFICER})
def expel_member(cmd: ExpelMember, company: MemberCompany, ctx: Context) -> None:
    """By the centre."""
    require_centre(ctx)
    company.expel_member(cmd.reason, officer=ctx.actor)
