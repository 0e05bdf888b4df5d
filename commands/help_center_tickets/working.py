"""Work on a ticket: first contact, quotes, pauses, a longer term; urging, supervision, statements."""

from typing import Annotated

from pydantic import Field

from commands.base import Context, Role, command
from commands.help_center_tickets.access import (
    CENTRE_DEPARTMENT,
    SUPERVISION,
    company_of,
    is_officer_of,
    require_caller,
    require_holder,
)
from commands.help_center_tickets.given import Reason, Side, TicketCommand, TicketText
from domain.help_center_tickets import HelpTicket
from domain.help_center_tickets.limits import PAUSE
from domain.help_center_tickets.states import PauseGround
from domain.shared.instants import Instant
from domain.shared.money import Fen
from domain.shared.personal import Personal
from domain.shared.refusals import Forbidden

HOLDERS = frozenset({Role.OFFICER, Role.DEPARTMENT, Role.AGENT, Role.CITIZEN})
"""Roles of those who may hold a ticket: departments, and a company's staff by their own tokens."""
CALLERS = frozenset({Role.CITIZEN, Role.AGENT, Role.OFFICER})


def _by_holder(ticket: HelpTicket, ctx: Context) -> None:
    require_holder(ticket.holder, company_of(ticket.holder, ctx), ctx)


class RecordContact(TicketCommand):
    """Say that you spoke with the caller for the first time."""


@command(key="ticket_id", roles=HOLDERS)
def record_contact(cmd: RecordContact, ticket: HelpTicket, ctx: Context) -> None:
    """By the holder; stops the clock of the first contact."""
    _by_holder(ticket, ctx)
    ticket.record_contact()


class Quote(TicketCommand):
    """Say what a paid service will cost."""

    amount_fen: Fen
    what_for: Reason = Field(description="Parts and work", examples=["更换灯具一套，含人工"])


@command(key="ticket_id", roles=HOLDERS)
def quote(cmd: Quote, ticket: HelpTicket, ctx: Context) -> None:
    """By the holder, for paid services only."""
    _by_holder(ticket, ctx)
    ticket.quote(cmd.amount_fen, cmd.what_for)


class AcceptQuote(TicketCommand):
    """Agree to the price that was quoted last."""


@command(key="ticket_id", roles=CALLERS)
def accept_quote(cmd: AcceptQuote, ticket: HelpTicket, ctx: Context) -> None:
    """By the caller."""
    require_caller(ticket, ctx)
    ticket.accept_quote()


class Pause(TicketCommand):
    """Let work rest: the caller agrees, or weather or missing parts forbid it. Ten working days
    in all; only the limit to settle stops."""

    ground: PauseGround
    until: Instant = Field(examples=["2026-03-09T09:00:00+08:00"])
    caller_agrees: bool = False


@command(key="ticket_id", roles=HOLDERS)
def pause(cmd: Pause, ticket: HelpTicket, ctx: Context) -> None:
    """By the holder; it ends by itself."""
    _by_holder(ticket, ctx)
    ticket.pause(cmd.ground, cmd.until, caller_agrees=cmd.caller_agrees, calendar=ctx.calendar)


class Resume(TicketCommand):
    """Go on with work that rested. Sent by the scheduler at the pause's end."""


@command(key="ticket_id", roles=HOLDERS | {Role.SYSTEM}, when_due=PAUSE.name)
def resume(cmd: Resume, ticket: HelpTicket, ctx: Context) -> None:
    """By the holder at any time, by the timer when it is due."""
    if not ctx.by_huimin:
        _by_holder(ticket, ctx)
    ticket.resume(by_timer=ctx.by_huimin, calendar=ctx.calendar)


class ExtendDeadline(TicketCommand):
    """Allow a holder more time, once, before the deadline has passed."""

    ground: Reason
    until: Instant = Field(examples=["2026-03-20T17:30:00+08:00"])


@command(key="ticket_id", roles={Role.OFFICER}, department={CENTRE_DEPARTMENT, SUPERVISION})
def extend_deadline(cmd: ExtendDeadline, ticket: HelpTicket, ctx: Context) -> None:
    """By the centre or supervision: nobody gives himself more time."""
    ticket.extend_deadline(cmd.ground, cmd.until, officer=ctx.actor, calendar=ctx.calendar)


class Urge(TicketCommand):
    """Ask where it is (催办), once a day."""


@command(key="ticket_id", roles=CALLERS)
def urge(cmd: Urge, ticket: HelpTicket, ctx: Context) -> None:
    """By the caller."""
    require_caller(ticket, ctx)
    ticket.urge()


class Supervise(TicketCommand):
    """Watch over a ticket (督办)."""

    reason: Reason


@command(key="ticket_id", roles={Role.OFFICER}, department=SUPERVISION)
def supervise(cmd: Supervise, ticket: HelpTicket, ctx: Context) -> None:
    """By an officer of supervision."""
    ticket.supervise(officer=ctx.actor, reason=cmd.reason)


class RequestStatement(TicketCommand):
    """Ask whom the ticket is about for a statement. The question names no caller."""

    accused: Side
    question: Reason


@command(key="ticket_id", roles={Role.OFFICER})
def request_statement(cmd: RequestStatement, ticket: HelpTicket, ctx: Context) -> None:
    """By the centre, supervision, or the department that has the ticket."""
    if not is_officer_of(ctx, SUPERVISION):
        _by_holder(ticket, ctx)
    ticket.request_statement(cmd.accused, cmd.question)


class RecordStatement(TicketCommand):
    """Record what the accused side says."""

    accused: Side
    text: Personal[Annotated[TicketText, Field(description="The statement")]]


@command(key="ticket_id", roles={Role.OFFICER, Role.DEPARTMENT})
def record_statement(cmd: RecordStatement, ticket: HelpTicket, ctx: Context) -> None:
    """By an accused department itself, or by whoever asked."""
    if not is_officer_of(ctx, SUPERVISION, cmd.accused):
        _by_holder(ticket, ctx)
    ticket.record_statement(cmd.accused, cmd.text)


def forbid_accused(ticket: HelpTicket, ctx: Context) -> None:
    """Raises Forbidden to an officer of a department that the ticket is about."""
    if ctx.caller.department in ticket.accused:
        raise Forbidden()
