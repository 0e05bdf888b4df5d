"""What departments say about the measures of a listing, and what the process is told by policies.

The latter is sent by nobody else; an operator may, to mend what a policy could not do.
"""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from commands.base import Command, Context, Role, command
from domain.credit_consequence import CONFIRMING, CreditConsequence, consequence_id
from domain.credit_records import Colour, CreditRecord
from domain.credit_records.identities import SubjectKey
from domain.credit_records.lists import ListCode, Measure
from domain.credit_records.states import DelistingReason
from domain.shared.departments import DepartmentCode
from domain.shared.instants import Instant
from domain.shared.refusals import Forbidden

BY_POLICY = frozenset({Role.SYSTEM, Role.OPERATOR})
BY_DEPARTMENT = frozenset({Role.OFFICER, Role.DEPARTMENT})


class ConsequenceCommand(Command):
    """Base of the commands on one process."""

    consequence_id: UUID = Field(description="The process, as its read models give it")


MeasureGiven = Annotated[
    str, Field(max_length=100, description="Code of a measure", examples=["no-subsidy"])
]


class ConfirmMeasure(ConsequenceCommand):
    """Confirm that your department applies a measure, or grants it, because of the listing."""

    measure: MeasureGiven


@command(key="consequence_id", roles=BY_DEPARTMENT)
def confirm_measure(cmd: ConfirmMeasure, consequence: CreditConsequence, ctx: Context) -> None:
    """Each department for itself. Refused from the position on at which the listing ended."""
    record = ctx.matter(CreditRecord, consequence.record_id)
    consequence.confirm_measure(
        cmd.measure,
        department=_own_department(ctx),
        listed=record is not None and record.listed,
    )


class ConfirmLifting(ConsequenceCommand):
    """Confirm that your department applies a measure no longer, after the listing ended."""

    measure: MeasureGiven


@command(key="consequence_id", roles=BY_DEPARTMENT)
def confirm_lifting(cmd: ConfirmLifting, consequence: CreditConsequence, ctx: Context) -> None:
    """Each department for itself; whoever confirms the removal of the record says it with that."""
    consequence.confirm_lifting(cmd.measure, department=_own_department(ctx))


class BeginConsequence(Command):
    """Begin to watch the measures of a listing, or begin anew when it stands again."""

    record_id: UUID
    subject: SubjectKey
    list: ListCode
    colour: Colour
    source: DepartmentCode
    measures: Annotated[tuple[Measure, ...], Field(min_length=1, max_length=30)]
    listed_at: Instant = Field(description="When it was decided; the limit counts from it")


@command(roles=BY_POLICY)
def begin_consequence(cmd: BeginConsequence, ctx: Context) -> CreditConsequence:
    """Its id follows from the record's, so that there is one."""
    id = consequence_id(cmd.record_id)
    known = ctx.matter(CreditConsequence, id)
    if known is not None:
        known.begin_consequence(cmd.measures, cmd.listed_at, ctx.calendar)
        return known
    begun = CreditConsequence.begin(
        CreditConsequence.ConsequenceBegun,
        id=id,
        at=ctx.now,
        record_id=cmd.record_id,
        subject=cmd.subject,
        list=cmd.list,
        colour=cmd.colour,
        source=cmd.source,
        clocks=(CONFIRMING.start(cmd.listed_at, ctx.calendar),),
    )
    with begun.deciding(ctx.now):
        begun.order_measures(cmd.measures)
    return begun


class LiftMeasures(ConsequenceCommand):
    """Record that the listing ended, whereupon its measures are lifted or called off."""

    reason: DelistingReason
    delisted_at: Instant = Field(description="When it ended; the time to lift counts from it")


@command(key="consequence_id", roles=BY_POLICY)
def lift_measures(cmd: LiftMeasures, consequence: CreditConsequence, ctx: Context) -> None:
    """What was confirmed waits for its department once more."""
    consequence.lift_measures(cmd.reason, cmd.delisted_at, ctx.calendar)


class RecordRemoval(ConsequenceCommand):
    """Record that a department has taken the record away, and with it lifted its measures."""

    department: DepartmentCode


@command(key="consequence_id", roles=BY_POLICY)
def record_removal(cmd: RecordRemoval, consequence: CreditConsequence | None, ctx: Context) -> None:
    """Of a record that put nobody on a list there is no process, and nothing to record."""
    if consequence is not None:
        consequence.record_removal(cmd.department)


def _own_department(ctx: Context) -> str:
    if ctx.caller.department is None:
        raise Forbidden()
    return ctx.caller.department
