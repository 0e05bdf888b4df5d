"""Apply for repair, accept, grant or refuse it, and take a repair back that was got by a lie."""

from typing import Annotated

from pydantic import Field

from commands.base import Context, Role, command
from commands.credit_records.access import (
    require_party,
    require_source,
    settle_place,
    subject_of,
)
from commands.credit_records.given import FreeText, RecordCommand
from commands.credit_records.listing import red_entries_of, take_black_place
from domain.credit_records import Colour, CreditRecord
from domain.credit_records.identities import Digest
from domain.credit_records.periods import REPAIR_BAR_MONTHS


class ApplyRepair(RecordCommand):
    """Apply for the repair of a negative record, after the shortest publicity.

    The duties have to be done and a commitment signed.
    """

    evidence: Annotated[tuple[Digest, ...], Field(min_length=1, max_length=50)] = Field(
        description="SHA-256 of each file that shows what was mended"
    )
    commitment_signed: bool


@command(key="record_id", roles={Role.CITIZEN, Role.AGENT, Role.OFFICER})
def apply_repair(cmd: ApplyRepair, record: CreditRecord, ctx: Context) -> None:
    """By the subject or who acts for it, unless an earlier commitment was false."""
    subject = subject_of(record, ctx)
    require_party(subject, ctx)
    record.apply_repair(
        cmd.evidence, commitment_signed=cmd.commitment_signed, calendar=ctx.calendar
    )
    subject.require_repair_open()


class AcceptRepair(RecordCommand):
    """Accept an application for repair as complete; ten working days to decide it."""


@command(key="record_id", roles={Role.OFFICER})
def accept_repair(cmd: AcceptRepair, record: CreditRecord, ctx: Context) -> None:
    """By the department that recognised the fault."""
    require_source(record, ctx)
    record.accept_repair(officer=ctx.actor, calendar=ctx.calendar)


class GrantRepair(RecordCommand):
    """Grant the repair: the record is neither published nor shared any more, no measure holds."""


@command(key="record_id", roles={Role.OFFICER})
def grant_repair(cmd: GrantRepair, record: CreditRecord, ctx: Context) -> None:
    """By the department that recognised the fault, and by nobody else."""
    require_source(record, ctx)
    subject = subject_of(record, ctx)
    record.grant_repair(officer=ctx.actor, calendar=ctx.calendar)
    settle_place(record, subject)


class RefuseRepair(RecordCommand):
    """Refuse the repair; the record stays published."""

    reason: FreeText


@command(key="record_id", roles={Role.OFFICER})
def refuse_repair(cmd: RefuseRepair, record: CreditRecord, ctx: Context) -> None:
    """By the department that recognised the fault."""
    require_source(record, ctx)
    record.refuse_repair(cmd.reason, officer=ctx.actor)


class RevokeRepair(RecordCommand):
    """Take a repair back because the commitment was false. No repair for three years."""

    reason: FreeText


@command(key="record_id", roles={Role.OFFICER})
def revoke_repair(cmd: RevokeRepair, record: CreditRecord, ctx: Context) -> None:
    """By the department that recognised the fault. A listing stands again, and red ones end."""
    require_source(record, ctx)
    subject = subject_of(record, ctx)
    red_entries = red_entries_of(subject, ctx) if record.colour is Colour.BLACK else ()
    record.revoke_repair(cmd.reason, officer=ctx.actor, calendar=ctx.calendar)
    subject.bar_repair(record.id, ctx.calendar.add_months(ctx.now, REPAIR_BAR_MONTHS))
    if record.listed:
        take_black_place(record, subject, red_entries)
