"""Give a ticket to a holder, and what holders do with it: accept, return, transfer.

A company's matter is looked at and changed in the same decision as the ticket, so that it never
carries more than it can.
"""

from pydantic import Field

from commands.base import Context, Role, command
from commands.help_center_tickets.access import (
    SUPERVISION,
    company_of,
    is_officer_of,
    relay_number,
    require_centre,
    require_holder,
)
from commands.help_center_tickets.given import HolderGiven, Reason, TicketCommand
from domain.help_center_tickets import HelpTicket, Holder, MemberCompany
from domain.help_center_tickets.refusals import CompanyNotAdmitted
from domain.help_center_tickets.states import ReturnGround
from domain.shared.identifiers import Uscc
from domain.shared.instants import shanghai_date


def given_to(
    holder: Holder, company: MemberCompany | None, ticket: HelpTicket, ctx: Context
) -> None:
    """Puts the ticket on the company's load, after the ticket itself was dispatched.

    Raises CompanyNotAdmitted, LicenceExpired, OutOfArea and CompanyFull.
    """
    if holder.kind != "company":
        return
    if company is None:
        raise CompanyNotAdmitted(state="none")
    company.take_ticket(
        ticket.id, ticket.item or "", ticket.district or "", today=shanghai_date(ctx.now)
    )


class Dispatch(TicketCommand):
    """Give a classified ticket to one holder. The holder gets a relay number, never the caller's."""

    holder: HolderGiven
    note: Reason | None = None


@command(key="ticket_id", roles={Role.OFFICER, Role.SYSTEM})
def dispatch(cmd: Dispatch, ticket: HelpTicket, ctx: Context) -> None:
    """By the centre. A company has to be admitted, near, licensed, and have a place left."""
    require_centre(ctx)
    holder = cmd.holder.known()
    company = company_of(holder, ctx)
    ticket.dispatch(
        holder,
        note=cmd.note,
        relay_number=relay_number(ticket, holder, ctx),
        calendar=ctx.calendar,
    )
    given_to(holder, company, ticket, ctx)


class Accept(TicketCommand):
    """Take a dispatched ticket on."""


@command(key="ticket_id", roles={Role.OFFICER, Role.DEPARTMENT, Role.AGENT, Role.CITIZEN})
def accept(cmd: Accept, ticket: HelpTicket, ctx: Context) -> None:
    """By the holder."""
    require_holder(ticket.holder, company_of(ticket.holder, ctx), ctx)
    ticket.accept(calendar=ctx.calendar)


class ReturnToCentre(TicketCommand):
    """Give a ticket back that is not yours, within one working day. The clocks run on."""

    ground: ReturnGround
    reason: Reason = Field(description="Whose it is instead", examples=["属于街道管理范围"])


@command(key="ticket_id", roles={Role.OFFICER, Role.DEPARTMENT, Role.AGENT, Role.CITIZEN})
def return_to_centre(cmd: ReturnToCentre, ticket: HelpTicket, ctx: Context) -> None:
    """By the holder; the second return leads to a decision, after which there are no more."""
    company = company_of(ticket.holder, ctx)
    require_holder(ticket.holder, company, ctx)
    ticket.judge_return()
    ticket.return_to_centre(cmd.ground, cmd.reason)
    if company is not None:
        company.give_ticket_back(ticket.id)


class Arbitrate(TicketCommand):
    """Decide whose a ticket is that was returned twice."""

    holder: HolderGiven
    reason: Reason


@command(key="ticket_id", roles={Role.OFFICER}, department=SUPERVISION)
def arbitrate(cmd: Arbitrate, ticket: HelpTicket, ctx: Context) -> None:
    """By supervision; the holder has accepted it thereby."""
    holder = cmd.holder.known()
    company = company_of(holder, ctx)
    ticket.arbitrate(
        holder,
        officer=ctx.actor,
        reason=cmd.reason,
        relay_number=relay_number(ticket, holder, ctx),
        calendar=ctx.calendar,
    )
    given_to(holder, company, ticket, ctx)


class Transfer(TicketCommand):
    """Hand work over to another holder who agrees, or whom supervision orders to take it."""

    holder: HolderGiven
    reason: Reason
    receiver_agrees: bool = False


@command(key="ticket_id", roles={Role.OFFICER, Role.DEPARTMENT, Role.AGENT, Role.CITIZEN})
def transfer(cmd: Transfer, ticket: HelpTicket, ctx: Context) -> None:
    """By the holder with the receiver's agreement, or by an officer of supervision."""
    giver, receiver = company_of(ticket.holder, ctx), company_of(cmd.holder.known(), ctx)
    ordered = is_officer_of(ctx, SUPERVISION)
    if not ordered:
        require_holder(ticket.holder, giver, ctx)
    holder = cmd.holder.known()
    ticket.transfer(
        holder,
        reason=cmd.reason,
        agreed=cmd.receiver_agrees,
        ordered_by=ctx.actor if ordered else None,
        relay_number=relay_number(ticket, holder, ctx),
        calendar=ctx.calendar,
    )
    if giver is not None:
        giver.give_ticket_back(ticket.id)
    given_to(holder, receiver, ticket, ctx)


class TakeBack(TicketCommand):
    """Take a ticket back from a company that may not work any more. Its clocks are unbroken."""

    uscc: Uscc
    reason: Reason


@command(key="ticket_id", roles={Role.SYSTEM, Role.OFFICER})
def take_back(cmd: TakeBack, ticket: HelpTicket, ctx: Context) -> None:
    """By Huimin when a member is suspended or expelled, or by the centre."""
    if not ctx.by_huimin:
        require_centre(ctx)
    company = company_of(Holder(kind="company", code=cmd.uscc), ctx)
    ticket.take_back(cmd.uscc, cmd.reason, calendar=ctx.calendar)
    if company is not None:
        company.give_ticket_back(ticket.id)
