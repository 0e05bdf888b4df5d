"""Merge a ticket into another one, decline it, or answer it from what the centre knows."""

from uuid import UUID

from pydantic import Field

from commands.base import Context, Role, command
from commands.help_center_tickets.access import require_centre
from commands.help_center_tickets.given import TicketCommand
from domain.help_center_tickets import HelpTicket, Holder, KnowledgeArticle
from domain.help_center_tickets.knowledge import article_is_current
from domain.help_center_tickets.states import DeclineGround
from domain.shared.instants import shanghai_date
from domain.shared.refusals import NotFound


class MergeInto(TicketCommand):
    """Let another ticket's work serve this one, too; its caller is still called back."""

    lead: UUID = Field(description="The ticket that is worked on")


@command(key="ticket_id", roles={Role.OFFICER})
def merge_into(cmd: MergeInto, ticket: HelpTicket, ctx: Context) -> None:
    """By the centre; both tickets change."""
    require_centre(ctx)
    lead = ctx.matter(HelpTicket, cmd.lead) if cmd.lead != ticket.id else ticket
    if lead is None:
        raise NotFound()
    ticket.merge_into(lead, calendar=ctx.calendar)


class UndoMerge(TicketCommand):
    """Let a merged ticket stand alone again; its time counts from its own opening."""


@command(key="ticket_id", roles={Role.SYSTEM, Role.OFFICER})
def undo_merge(cmd: UndoMerge, ticket: HelpTicket, ctx: Context) -> None:
    """By Huimin when the other ticket ends without work; by the centre when it was a mistake."""
    require_centre(ctx)
    lead = ctx.matter(HelpTicket, ticket.lead) if ticket.lead else None
    ticket.undo_merge(calendar=ctx.calendar)
    if lead is not None:
        lead.leave(ticket.id)


class ShareResult(TicketCommand):
    """Tell a merged ticket that the work is done, so that its caller is called back."""

    lead: UUID
    holder: Holder


@command(key="ticket_id", roles={Role.SYSTEM})
def share_result(cmd: ShareResult, ticket: HelpTicket, ctx: Context) -> None:
    """By Huimin, for each merged ticket alone."""
    ticket.share_result(cmd.lead, cmd.holder, calendar=ctx.calendar)


class Decline(TicketCommand):
    """Decline what is not for the centre, and name the right door."""

    ground: DeclineGround


@command(key="ticket_id", roles={Role.OFFICER})
def decline(cmd: Decline, ticket: HelpTicket, ctx: Context) -> None:
    """By the centre."""
    require_centre(ctx)
    ticket.decline(cmd.ground)


class AnswerFromKnowledge(TicketCommand):
    """Answer with an article of the knowledge base that is current."""

    article_id: UUID


@command(key="ticket_id", roles={Role.OFFICER})
def answer_from_knowledge(cmd: AnswerFromKnowledge, ticket: HelpTicket, ctx: Context) -> None:
    """By the centre; the article is about the ticket's own service."""
    require_centre(ctx)
    article = ctx.matter(KnowledgeArticle, cmd.article_id)
    current = article_is_current(article, ticket.item, shanghai_date(ctx.now))
    ticket.answer_from_knowledge(cmd.article_id, current=current, calendar=ctx.calendar)
