"""The end of a ticket: the result, the call-back, reopening, misconduct; withdrawing, escalating."""

from typing import Annotated

from pydantic import Field, StringConstraints, ValidationInfo, field_validator

from commands.base import Context, Role, command
from commands.help_center_tickets.access import (
    CENTRE_DEPARTMENT,
    SUPERVISION,
    company_of,
    require_caller,
    require_centre,
    require_holder,
)
from commands.help_center_tickets.given import (
    DecisionNo,
    Photos,
    Reason,
    TicketCommand,
    TicketText,
)
from commands.help_center_tickets.working import CALLERS, HOLDERS, forbid_accused
from domain.help_center_tickets import HelpTicket
from domain.help_center_tickets.states import Severity
from domain.help_center_tickets.values import Digest
from domain.shared.checks import bad
from domain.shared.personal import Personal

Remark = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]


class ReportDone(TicketCommand):
    """Report the result with its proof. The caller is called back."""

    text: Personal[TicketText]
    photos: Personal[Photos] = ()
    reason: Reason | None = Field(
        default=None,
        description="For Huimin itself: why the ticket's cause is gone",
        examples=["missed-visit-resolved"],
    )


@command(key="ticket_id", roles=HOLDERS | {Role.SYSTEM})
def report_done(cmd: ReportDone, ticket: HelpTicket, ctx: Context) -> None:
    """By the holder while he works on it; by Huimin, with a reason, in whatever state it is."""
    company = company_of(ticket.holder, ctx)
    require_holder(ticket.holder, company, ctx)
    if ctx.by_huimin and cmd.reason is not None:
        ticket.report_cause_gone(cmd.text, cmd.reason, calendar=ctx.calendar)
    else:
        ticket.report_done(cmd.text, cmd.photos, reason=cmd.reason, calendar=ctx.calendar)
    if company is not None:
        company.give_ticket_back(ticket.id)


class RecordCallBack(TicketCommand):
    """Record a try to call back, or what the caller said.

    The third try without an answer, on a second day, closes the ticket.
    """

    contacted: bool
    solved: bool | None = None
    satisfied: Annotated[int, Field(ge=1, le=5)] | None = Field(
        default=None, validate_default=True, description="1, not at all, to 5, very"
    )
    remark: Personal[Remark] | None = None
    close: bool = Field(default=False, description="Close it as unreachable with this try")

    @field_validator("satisfied")
    @classmethod
    def _whole_answer(cls, value: int | None, info: ValidationInfo) -> int | None:
        if "contacted" in info.data and "solved" in info.data:
            given = {value is not None, info.data["solved"] is not None}
            if given != {info.data["contacted"]}:
                bad("answer-incomplete", "Solved and satisfied are given when contacted, only then")
        return value


@command(key="ticket_id", roles={Role.OFFICER})
def record_call_back(cmd: RecordCallBack, ticket: HelpTicket, ctx: Context) -> None:
    """By the centre, never by who did the work."""
    require_centre(ctx)
    answer = None
    if cmd.solved is not None and cmd.satisfied is not None:
        answer = cmd.solved, cmd.satisfied
    ticket.record_call_back(
        answer=answer, remark=cmd.remark, close=cmd.close, calendar=ctx.calendar
    )


class Reopen(TicketCommand):
    """Take a closed ticket up again with new facts, within fifteen days and twice at most."""

    facts: Personal[TicketText]


@command(key="ticket_id", roles=CALLERS)
def reopen(cmd: Reopen, ticket: HelpTicket, ctx: Context) -> None:
    """By the caller."""
    require_caller(ticket, ctx)
    ticket.reopen(cmd.facts, calendar=ctx.calendar)


class ProveMisconduct(TicketCommand):
    """Find the misconduct of the company that held a closed ticket proven, with evidence."""

    severity: Severity
    finding: Reason = Field(description="What it did; names no person", examples=["虚假报完工"])
    evidence: Annotated[tuple[Digest, ...], Field(min_length=1, max_length=20)]
    decision_no: DecisionNo


@command(key="ticket_id", roles={Role.OFFICER}, department=SUPERVISION)
def prove_misconduct(cmd: ProveMisconduct, ticket: HelpTicket, ctx: Context) -> None:
    """By supervision."""
    ticket.prove_misconduct(
        cmd.severity, cmd.finding, cmd.evidence, cmd.decision_no, officer=ctx.actor
    )


class Withdraw(TicketCommand):
    """Take a ticket back; tickets that were merged into it go on alone."""


@command(key="ticket_id", roles=CALLERS)
def withdraw(cmd: Withdraw, ticket: HelpTicket, ctx: Context) -> None:
    """By the caller."""
    company = company_of(ticket.holder, ctx)
    require_caller(ticket, ctx)
    ticket.withdraw()
    if company is not None:
        company.give_ticket_back(ticket.id)


class Escalate(TicketCommand):
    """Raise a ticket to a level, each once. Time raises the first three by itself."""

    level: int = Field(ge=1, le=4, description="4 goes to the city's supervision", examples=[2])
    reason: Reason


@command(key="ticket_id", roles={Role.OFFICER}, department={CENTRE_DEPARTMENT, SUPERVISION})
def escalate(cmd: Escalate, ticket: HelpTicket, ctx: Context) -> None:
    """By the centre or supervision."""
    ticket.escalate(cmd.level, by=ctx.actor, reason=cmd.reason)


UNSEALERS = {CENTRE_DEPARTMENT, SUPERVISION, "public-security"}


class RequestUnsealing(TicketCommand):
    """Ask, with grounds, to learn who made a report."""

    ground: Reason


@command(key="ticket_id", roles={Role.OFFICER}, department=UNSEALERS)
def request_unsealing(cmd: RequestUnsealing, ticket: HelpTicket, ctx: Context) -> None:
    """By an officer whom the report is not about."""
    forbid_accused(ticket, ctx)
    ticket.request_unsealing(cmd.ground, officer=ctx.actor)


class ApproveUnsealing(TicketCommand):
    """Agree, as a second officer, that the reporter's identity is opened."""


@command(key="ticket_id", roles={Role.OFFICER}, department=UNSEALERS)
def approve_unsealing(cmd: ApproveUnsealing, ticket: HelpTicket, ctx: Context) -> None:
    """By another officer than the one who asked."""
    forbid_accused(ticket, ctx)
    ticket.approve_unsealing(officer=ctx.actor)
