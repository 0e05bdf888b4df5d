"""Who may act on a ticket: its caller, its holder, the centre, supervision.

Roles stand at each handler; here is what depends on the ticket. Who takes calls works for the
centre, which acts for a caller on the phone and records what a holder reports by phone.
"""

from commands.base import Context, Role
from domain.help_center_tickets import HelpTicket, MemberCompany, member_company_id
from domain.help_center_tickets.values import CENTRE, Holder
from domain.shared.refusals import Forbidden

CENTRE_DEPARTMENT = CENTRE.code
SUPERVISION = "supervision"


def is_officer_of(ctx: Context, *departments: str) -> bool:
    """Whether an officer, or a system, of one of these departments asks."""
    official = bool(ctx.caller.roles & {Role.OFFICER, Role.DEPARTMENT})
    return official and ctx.caller.department in departments


def require_centre(ctx: Context) -> None:
    """The centre's officers and Huimin itself. Raises Forbidden."""
    if not ctx.by_huimin and not is_officer_of(ctx, CENTRE_DEPARTMENT):
        raise Forbidden()


def require_caller(ticket: HelpTicket, ctx: Context) -> None:
    """Who called, or the centre for one who calls again. Raises Forbidden."""
    if is_officer_of(ctx, CENTRE_DEPARTMENT):
        return
    if ticket.caller is None or ticket.caller.actor is None or ctx.actor != ticket.caller.actor:
        raise Forbidden()


def require_holder(holder: Holder, company: MemberCompany | None, ctx: Context) -> None:
    """The department, the company's staff, or the centre for them. Raises Forbidden."""
    if ctx.by_huimin or is_officer_of(ctx, CENTRE_DEPARTMENT):
        return
    if holder.kind == "department" and is_officer_of(ctx, holder.code):
        return
    if company is not None and ctx.keyed_hash("actor", ctx.actor) in company.staff:
        return
    raise Forbidden()


def company_of(holder: Holder, ctx: Context) -> MemberCompany | None:
    """The member company behind a holder, to look at and to change in the same decision."""
    if holder.kind != "company":
        return None
    return ctx.matter(MemberCompany, member_company_id(holder.code))


def relay_number(ticket: HelpTicket, holder: Holder, ctx: Context) -> str | None:
    """The number under which a holder reaches the caller, another for each holder.

    None when there is no phone, and for a sealed report, whose reporter only the centre calls.
    """
    if ticket.identity_sealed or ticket.caller is None or ticket.caller.phone is None:
        return None
    digest = ctx.keyed_hash("relay", f"{ticket.id}:{holder.code}")
    return f"81890-{int(digest, 16) % 10**8:08d}"
