"""Be with an elder, or fail to: check in and out, missed visits and what became of them."""

from pydantic import Field

from commands.base import Context, Role, command
from commands.care_orders.access import OFFICE, at_office, provider_of
from commands.care_orders.given import SeenGiven, ServiceCodes, Text, VisitCommand
from domain.care_orders import Visit
from domain.care_orders.limits import FORGOTTEN, NO_CHECK_IN
from domain.care_orders.states import MissedOutcome
from domain.shared.personal import Personal
from domain.shared.refusals import Forbidden

LOOKS_AFTER = (OFFICE, "emergency")
"""Departments whose officers look after elders whom nobody visited."""


class CheckIn(SeenGiven):
    """Say that you are with the elder: at most 300 m away, or with the home's tag.

    A check-in that was made offline counts from when it was made, also after the visit was marked
    as missed.
    """


@command(key="visit_id", roles={Role.AGENT})
def check_in(cmd: CheckIn, visit: Visit, ctx: Context) -> None:
    """By the visit's own carer."""
    visit.check_in(cmd.seen(), actor=ctx.actor, calendar=ctx.calendar)


class CheckOut(SeenGiven):
    """Say what was done, when you leave the elder."""

    items: ServiceCodes


@command(key="visit_id", roles={Role.AGENT})
def check_out(cmd: CheckOut, visit: Visit, ctx: Context) -> None:
    """By the visit's own carer."""
    visit.check_out(cmd.seen(), cmd.items, actor=ctx.actor, calendar=ctx.calendar)


class MarkMissed(VisitCommand):
    """Note that nobody began a visit for half an hour."""


@command(key="visit_id", roles={Role.SYSTEM}, when_due=NO_CHECK_IN.name)
def mark_missed(cmd: MarkMissed, visit: Visit, ctx: Context) -> None:
    """Sent by the scheduler."""
    visit.mark_missed()


class CloseForgotten(VisitCommand):
    """Note that nobody ended a visit for two hours after its planned end."""


@command(key="visit_id", roles={Role.SYSTEM}, when_due=FORGOTTEN.name)
def close_forgotten(cmd: CloseForgotten, visit: Visit, ctx: Context) -> None:
    """Sent by the scheduler."""
    visit.close_forgotten(calendar=ctx.calendar)


class RecordContact(VisitCommand):
    """Record a try to reach an elder whom nobody visited. It clears no alarm."""

    reached: bool = Field(description="Whether somebody answered")


@command(key="visit_id", roles={Role.AGENT, Role.OFFICER, Role.SYSTEM}, department=LOOKS_AFTER)
def record_contact(cmd: RecordContact, visit: Visit, ctx: Context) -> None:
    """By the coordinator, the carer or an office."""
    _require_who_looks_after(visit, ctx)
    visit.record_contact(by=ctx.actor, reached=cmd.reached)


class ResolveMissed(VisitCommand):
    """Record that the elder of a missed visit was seen or reached."""

    outcome: MissedOutcome
    note: Personal[Text] | None = None


@command(key="visit_id", roles={Role.AGENT, Role.OFFICER, Role.SYSTEM}, department=LOOKS_AFTER)
def resolve_missed(cmd: ResolveMissed, visit: Visit, ctx: Context) -> None:
    """The alarm ends with it."""
    _require_who_looks_after(visit, ctx)
    visit.resolve_missed(cmd.outcome, cmd.note, by=ctx.actor)


def _require_who_looks_after(visit: Visit, ctx: Context) -> None:
    """The carer, the provider's coordinator, or an officer of the departments above."""
    if ctx.by_huimin or at_office(ctx) or ctx.caller.department in LOOKS_AFTER:
        return
    provider = provider_of(visit.whose.provider, ctx)
    if ctx.actor != visit.carer.actor and ctx.actor not in provider.coordinators:
        raise Forbidden()
