"""Object to a published record, ask for and give evidence, uphold or dismiss."""

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from commands.base import Context, Role, command
from commands.credit_records.access import (
    require_party,
    require_source,
    settle_place,
    subject_of,
)
from commands.credit_records.given import (
    DecisionNo,
    EvidenceGiven,
    FreeText,
    RecordCommand,
)
from domain.credit_records import CreditRecord, Severity
from domain.credit_records.disputes import Correction
from domain.shared.checks import bad
from domain.shared.instants import shanghai_date
from domain.shared.refusals import DateInFuture


class RaiseObjection(RecordCommand):
    """Object to a published record. Its source decides within seven working days.

    The record is hidden meanwhile; the end of its publicity does not move.
    """

    ground: FreeText
    evidence: EvidenceGiven = ()


@command(key="record_id", roles={Role.CITIZEN, Role.AGENT, Role.OFFICER})
def raise_objection(cmd: RaiseObjection, record: CreditRecord, ctx: Context) -> None:
    """By the subject or who acts for it; one at a time."""
    require_party(subject_of(record, ctx), ctx)
    record.require_no_objection()
    record.raise_objection(cmd.ground, cmd.evidence, calendar=ctx.calendar)


class AskEvidence(RecordCommand):
    """Ask the subject for evidence; the time to decide stands still until it comes."""

    what: FreeText


@command(key="record_id", roles={Role.OFFICER})
def ask_evidence(cmd: AskEvidence, record: CreditRecord, ctx: Context) -> None:
    """By the record's source."""
    require_source(record, ctx)
    record.ask_evidence(cmd.what, calendar=ctx.calendar)


class SubmitEvidence(RecordCommand):
    """Give the evidence that was asked for; the time to decide goes on."""

    evidence: EvidenceGiven


@command(key="record_id", roles={Role.CITIZEN, Role.AGENT, Role.OFFICER})
def submit_evidence(cmd: SubmitEvidence, record: CreditRecord, ctx: Context) -> None:
    """By the subject or who acts for it."""
    require_party(subject_of(record, ctx), ctx)
    record.submit_evidence(cmd.evidence, calendar=ctx.calendar)


class CorrectionGiven(BaseModel):
    """What the record is to say instead; leave out what stays."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    severity: Severity | None = None
    determined_on: date | None = None
    decision_no: DecisionNo | None = None
    facts: FreeText | None = None

    def known(self) -> Correction:
        """As the domain keeps it."""
        return Correction(
            severity=self.severity,
            determined_on=self.determined_on,
            decision_no=self.decision_no,
            facts=self.facts,
        )


class UpholdObjection(RecordCommand):
    """Decide that the subject is right: correct the record, or withdraw it."""

    outcome: Literal["correct", "withdraw"]
    answer: FreeText
    correction: CorrectionGiven | None = Field(default=None, validate_default=True)

    @field_validator("correction")
    @classmethod
    def _correction_of_what_stays(
        cls, value: CorrectionGiven | None, info: ValidationInfo
    ) -> CorrectionGiven | None:
        if "outcome" in info.data and (info.data["outcome"] == "correct") == (value is None):
            bad("correction-unclear", "A correction says what; a withdrawal corrects nothing")
        return value


@command(key="record_id", roles={Role.OFFICER})
def uphold_objection(cmd: UpholdObjection, record: CreditRecord, ctx: Context) -> None:
    """By the record's source. After the end of publicity it corrects the history."""
    require_source(record, ctx)
    subject = subject_of(record, ctx)
    correction = cmd.correction.known() if cmd.correction else None
    if (
        correction
        and correction.determined_on
        and correction.determined_on > shanghai_date(ctx.now)
    ):
        raise DateInFuture()
    record.uphold_objection(cmd.answer, correction, calendar=ctx.calendar)
    settle_place(record, subject)


class DismissObjection(RecordCommand):
    """Decide that the record is right; it is shown again."""

    answer: FreeText


@command(key="record_id", roles={Role.OFFICER})
def dismiss_objection(cmd: DismissObjection, record: CreditRecord, ctx: Context) -> None:
    """By the record's source."""
    require_source(record, ctx)
    record.dismiss_objection(cmd.answer)
