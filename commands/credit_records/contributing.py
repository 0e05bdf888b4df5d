"""Contribute an item of the catalogue, publish it, record that its duty is done.

A source keeps its own number for each record, and the record's id follows from it: a resend finds
the record that is there and changes nothing. What is refused is counted in the source's ledger.
"""

from datetime import date
from typing import Annotated

from pydantic import ConfigDict, Field, ValidationInfo, field_validator

from commands.base import Command, Context, Role, command
from commands.credit_records.access import (
    CREDIT_OFFICE,
    official_department,
    require_department,
    require_source,
    subject_of,
)
from commands.credit_records.given import (
    DecisionNo,
    FreeText,
    Number,
    RecordCommand,
    SubjectGiven,
)
from domain.credit_records import (
    ContributionLedger,
    CreditRecord,
    CreditSubject,
    Kind,
    Severity,
)
from domain.credit_records import periods as p
from domain.credit_records.entries import Sent, contribution_clock
from domain.credit_records.identities import ledger_id, record_id, subject_id
from domain.credit_records.items import NOT_COLLECTABLE, CatalogueItem, item_in_force
from domain.credit_records.ledgers import opened
from domain.credit_records.refusals import (
    CONTRIBUTION_REFUSALS,
    DuplicateSourceRecord,
    ItemNotCollectable,
    KindMismatch,
    NotTheSource,
    SeriousNotByItself,
    SubjectUnknown,
    UnknownItem,
)
from domain.shared.checks import bad
from domain.shared.departments import DepartmentCode
from domain.shared.instants import shanghai_date
from domain.shared.refusals import (
    DateInFuture,
    Forbidden,
    Refused,
)


class ContributeRecord(Command):
    """Contribute an item of the catalogue about a subject, within 7 working days of the decision.

    Sent again under the same number it changes nothing and gives the same record; something else
    under that number is refused.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "subject": {"uscc": "91330203MA2AF3XQ2G"},
                    "catalogue_item": "penalty-ecology",
                    "source_record_no": "2026-000123",
                    "kind": "negative",
                    "severity": "general",
                    "determined_on": "2026-03-02",
                    "decision_no": "甬环罚〔2026〕12号",
                    "facts": "未按规定处置危险废物",
                }
            ]
        }
    )

    subject: SubjectGiven
    catalogue_item: Annotated[str, Field(min_length=1, max_length=100)]
    source_record_no: Number = Field(description="The department's own number of the record")
    kind: Kind
    severity: Severity | None = Field(
        default=None, validate_default=True, description="Of a negative record; others have none"
    )
    determined_on: date = Field(description="Day of the decision; the publicity counts from it")
    decision_no: DecisionNo
    facts: FreeText
    duty_outstanding: bool = Field(
        default=False, description="The decision obliges the subject to something not done yet"
    )
    source: DepartmentCode | None = Field(
        default=None, description="The contributing department; left out, the sender's own"
    )

    @field_validator("severity")
    @classmethod
    def _severity_of_what_is_bad(
        cls, value: Severity | None, info: ValidationInfo
    ) -> Severity | None:
        kind = info.data.get("kind")
        if kind is not None and (kind is Kind.NEGATIVE) == (value is None):
            bad("severity-mismatch", "A negative record has a severity, and no other does")
        return value


@command(roles={Role.SYSTEM, Role.OFFICER, Role.DEPARTMENT})
def contribute_record(cmd: ContributeRecord, ctx: Context) -> CreditRecord | None:
    """By the source that the catalogue names.

    A policy's command is refused without a trace, since it is tried again under the same id.
    """
    source = cmd.source if ctx.by_huimin else official_department(ctx)
    if source is None:
        raise Forbidden()
    if ctx.by_huimin and cmd.severity is Severity.SERIOUS:
        raise SeriousNotByItself()
    key = cmd.subject.key(ctx)
    id = record_id(source, cmd.catalogue_item, cmd.source_record_no)
    subject = ctx.matter(CreditSubject, subject_id(key))
    there = ctx.matter(CreditRecord, id)
    try:
        item = _judged(cmd, source, ctx)
        if subject is None:
            raise SubjectUnknown()
        if there is not None:
            if there.sent != _sent(cmd, key):
                raise DuplicateSourceRecord()
            return there
    except Refused as refused:
        if ctx.by_huimin or refused.code not in CONTRIBUTION_REFUSALS:
            raise
        _reject(cmd, source, refused.code, ctx)
        return None
    subject.require_open(cmd.determined_on)
    minimum_end, maximum_end = p.ends(_period(cmd, item), cmd.determined_on)
    clock = contribution_clock(cmd.determined_on, ctx.now, ctx.calendar)
    return CreditRecord.begin(
        CreditRecord.RecordContributed,
        id=id,
        at=ctx.now,
        subject=key,
        subject_id=subject.id,
        source=source,
        item=item.code,
        source_record_no=cmd.source_record_no,
        kind=cmd.kind,
        severity=cmd.severity,
        determined_on=cmd.determined_on,
        decision_no=cmd.decision_no,
        facts=cmd.facts,
        duty_outstanding=cmd.duty_outstanding,
        minimum_end=minimum_end,
        maximum_end=maximum_end,
        late="breached" in clock.raised,
        clocks=(clock,),
    )


def _judged(cmd: ContributeRecord, source: str, ctx: Context) -> CatalogueItem:
    if cmd.catalogue_item in NOT_COLLECTABLE:
        raise ItemNotCollectable()
    if cmd.determined_on > shanghai_date(ctx.now):
        raise DateInFuture()
    item = item_in_force(cmd.catalogue_item, cmd.determined_on)
    if item is None:
        raise UnknownItem()
    if source not in item.sources or cmd.source not in (None, source):
        raise NotTheSource()
    if cmd.kind not in item.kinds:
        raise KindMismatch()
    return item


def _period(cmd: ContributeRecord, item: CatalogueItem) -> p.Period:
    return p.PUBLICITY[cmd.severity] if cmd.severity else item.validity


def _sent(cmd: ContributeRecord, key: str) -> Sent:
    return Sent(
        subject=key,
        kind=cmd.kind,
        severity=cmd.severity,
        determined_on=cmd.determined_on,
        decision_no=cmd.decision_no,
        facts=cmd.facts,
        duty_outstanding=cmd.duty_outstanding,
    )


def _reject(cmd: ContributeRecord, source: str, code: str, ctx: Context) -> None:
    """Asked for only now, so that a source that sends much does not wait for its own refusals."""
    month = f"{shanghai_date(ctx.now):%Y-%m}"
    id = ledger_id(source, month)
    ledger = ctx.matter(ContributionLedger, id)
    if ledger is not None:
        ledger.reject(cmd.catalogue_item, code)
        return
    ledger = opened(id, source, month, ctx.now)
    ctx.also(ledger)
    with ledger.deciding(ctx.now):
        ledger.reject(cmd.catalogue_item, code)


class Publish(RecordCommand):
    """Publish a record: a negative one that is not minor, a positive one, or what the law says."""


@command(key="record_id", roles={Role.SYSTEM, Role.OFFICER, Role.DEPARTMENT})
def publish(cmd: Publish, record: CreditRecord, ctx: Context) -> None:
    """By its source or the credit office. Nothing good of someone on a black list."""
    require_department(ctx, record.source, CREDIT_OFFICE)
    subject = subject_of(record, ctx)
    record.publish(calendar=ctx.calendar)
    if record.kind is Kind.POSITIVE:
        subject.require_not_blacklisted()
    if record.listed:
        listed = record.its_list
        subject.enter_list(listed.code, listed.colour, record.id)


class RecordDutyDone(RecordCommand):
    """Record that the subject has done what the decision obliged it to."""


@command(key="record_id", roles={Role.OFFICER, Role.DEPARTMENT})
def record_duty_done(cmd: RecordDutyDone, record: CreditRecord, ctx: Context) -> None:
    """By the department that decided."""
    require_source(record, ctx)
    record.record_duty_done(officer=ctx.actor)
