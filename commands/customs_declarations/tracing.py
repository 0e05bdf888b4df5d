"""Batches of goods: register, inspect, recall."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from commands.base import Command, Context, Role, command
from commands.customs_declarations.access import BY_CUSTOMS, require_department
from commands.customs_declarations.given import DecisionNo, Number, Text, TraceCode
from domain.customs_declarations import TraceBatch
from domain.customs_declarations.documents import Country
from domain.customs_declarations.refusals import (
    BatchKnown,
)
from domain.customs_declarations.tariff import HsCode
from domain.customs_declarations.tracing import Finding, batch_id
from domain.shared.instants import shanghai_date
from domain.shared.refusals import DateInFuture

SUPERVISORS = ("customs", "market-regulation")


class BatchCommand(Command):
    """Base of the commands on a batch, named by the trace code on its goods."""

    trace_code: TraceCode

    @property
    def batch_id(self) -> UUID:
        """The batch's matter."""
        return batch_id(self.trace_code)


class RegisterBatch(BatchCommand):
    """Register a batch under the trace code that stands on its goods."""

    batch_no: Number = Field(description="The producer's number")
    goods: Text = Field(description="What it is", examples=["婴幼儿配方乳粉"])
    hs_code: HsCode
    origin: Country = Field(description="ISO 3166 alpha-3", examples=["NZL"])
    producer: Text


@command(key="batch_id", roles=BY_CUSTOMS, department=SUPERVISORS)
def register_batch(cmd: RegisterBatch, batch: TraceBatch | None, ctx: Context) -> TraceBatch:
    """Once per code."""
    if batch is not None:
        raise BatchKnown()
    return TraceBatch.registered(
        cmd.trace_code,
        batch_no=cmd.batch_no,
        goods=cmd.goods,
        hs_code=cmd.hs_code,
        origin=cmd.origin,
        producer=cmd.producer,
        at=ctx.now,
    )


class RecordInspection(BatchCommand):
    """Record what an inspection of a batch found."""

    finding: Annotated[Finding, Field(strict=False)]
    report_no: Number
    on: date = Field(description="Day of the inspection")


@command(key="batch_id", roles=BY_CUSTOMS, department=SUPERVISORS)
def record_inspection(cmd: RecordInspection, batch: TraceBatch, ctx: Context) -> None:
    """By customs or market regulation, each under its own name."""
    if cmd.on > shanghai_date(ctx.now):
        raise DateInFuture()
    by = require_department(ctx, *SUPERVISORS)
    batch.record_inspection(cmd.finding, cmd.report_no, by=by, on=cmd.on)


class IssueRecall(BatchCommand):
    """Recall a batch. Its buyers see it on their pages."""

    reason: Text = Field(description="What is wrong with it; it names no person")
    decision_no: DecisionNo


@command(key="batch_id", roles={Role.OFFICER}, department=SUPERVISORS)
def issue_recall(cmd: IssueRecall, batch: TraceBatch, ctx: Context) -> None:
    """An officer decides that, not a system."""
    by = require_department(ctx, *SUPERVISORS)
    batch.issue_recall(cmd.reason, cmd.decision_no, by=by)


class EndRecall(BatchCommand):
    """End the recall of a batch."""

    decision_no: DecisionNo


@command(key="batch_id", roles={Role.OFFICER}, department=SUPERVISORS)
def end_recall(cmd: EndRecall, batch: TraceBatch, ctx: Context) -> None:
    """By who may issue one."""
    batch.end_recall(cmd.decision_no)
