"""The end of a record's publicity, its withdrawal, and what consumers confirm and report."""

from typing import Annotated

from pydantic import Field, StringConstraints

from commands.base import Context, Role, command
from commands.credit_records.access import (
    official_department,
    require_source,
    settle_place,
    subject_of,
)
from commands.credit_records.given import FreeText, Number, RecordCommand
from domain.credit_records import CreditRecord, RecordState
from domain.credit_records.periods import PUBLICITY_END
from domain.shared.refusals import Forbidden


class EndPublicity(RecordCommand):
    """End the publicity of a record at its maximum, disputed, being repaired or not."""


@command(key="record_id", roles={Role.SYSTEM}, when_due=PUBLICITY_END.name)
def end_publicity(cmd: EndPublicity, record: CreditRecord, ctx: Context) -> None:
    """Sent by the scheduler."""
    subject = subject_of(record, ctx)
    record.end_publicity()
    settle_place(record, subject)


class WithdrawBasis(RecordCommand):
    """Withdraw a record whose basis is void, as when a penalty was quashed."""

    answer: FreeText = Field(description="Which decision made it void")


@command(key="record_id", roles={Role.SYSTEM, Role.OFFICER, Role.DEPARTMENT})
def withdraw_basis(cmd: WithdrawBasis, record: CreditRecord, ctx: Context) -> None:
    """By the record's source, in any state; what is withdrawn already Huimin leaves as it is."""
    require_source(record, ctx)
    if ctx.by_huimin and record.state is RecordState.WITHDRAWN:
        return
    subject = subject_of(record, ctx)
    record.withdraw_basis(cmd.answer, calendar=ctx.calendar)
    settle_place(record, subject)


class ConfirmRemoval(RecordCommand):
    """Confirm that your department shows and applies the record no longer."""


@command(key="record_id", roles={Role.OFFICER, Role.DEPARTMENT})
def confirm_removal(cmd: ConfirmRemoval, record: CreditRecord, ctx: Context) -> None:
    """Within three working days, each department for itself."""
    record.confirm_removal(department=_own_department(ctx))


class ReportMeasure(RecordCommand):
    """Report that your department applied a measure of the list in one of its matters."""

    measure_code: Annotated[
        str, Field(max_length=100, description="A measure of the list", examples=["no-subsidy"])
    ]
    matter_no: Number = Field(description="Your department's number of the matter")
    result: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)
    ] = Field(description="What came of it; it names nobody")


@command(key="record_id", roles={Role.OFFICER, Role.DEPARTMENT})
def report_measure(cmd: ReportMeasure, record: CreditRecord, ctx: Context) -> None:
    """While the entry stands, by a department that applies the measure."""
    record.report_measure(
        cmd.measure_code, cmd.matter_no, cmd.result, department=_own_department(ctx)
    )


def _own_department(ctx: Context) -> str:
    department = official_department(ctx)
    if department is None:
        raise Forbidden()
    return department
