"""Give notice of a black listing, plead against it, decide it, and take the subject off again."""

from datetime import date
from typing import Literal

from pydantic import Field, ValidationInfo, field_validator

from commands.base import Command, Context, Role, command
from commands.credit_records.access import (
    official_department,
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
    SubjectGiven,
)
from domain.credit_records import Colour, CreditRecord, CreditSubject
from domain.credit_records.lists import LISTS, ListCode
from domain.credit_records.periods import PLEA
from domain.credit_records.refusals import (
    GroundNotLegal,
    MinorNotListable,
    SubjectUnknown,
)
from domain.shared.checks import bad
from domain.shared.instants import shanghai_date
from domain.shared.refusals import Forbidden


class NotifyListing(Command):
    """Give a subject notice that it is to be put on a black list. Begins the entry.

    The subject has five working days to plead.
    """

    subject: SubjectGiven
    list: ListCode
    legal_ground: str = Field(
        min_length=1, max_length=100, description="A ground of the list's law, by its code"
    )
    facts: FreeText
    duty_outstanding: bool = Field(
        default=False, description="The subject owes something that the entry is about"
    )


@command(roles={Role.OFFICER})
def notify_listing(cmd: NotifyListing, ctx: Context) -> CreditRecord:
    """By an officer of the department that keeps the list; adults only."""
    listed = LISTS[cmd.list]
    if official_department(ctx) != listed.keeper:
        raise Forbidden()
    subject = ctx.matter(CreditSubject, cmd.subject.id(ctx))
    today = shanghai_date(ctx.now)
    if listed.colour is Colour.RED or not listed.in_force(today):
        raise GroundNotLegal()
    if cmd.legal_ground not in listed.grounds:
        raise GroundNotLegal()
    if subject is None:
        raise SubjectUnknown()
    subject.require_open(today)
    if subject.is_minor(today):
        raise MinorNotListable()
    subject.notice_place(listed.code, ctx.new_id)
    return CreditRecord.begin(
        CreditRecord.ListingNotified,
        id=ctx.new_id,
        at=ctx.now,
        subject=subject.subject,
        subject_id=subject.id,
        source=listed.keeper,
        list=listed.code,
        ground=cmd.legal_ground,
        facts=cmd.facts,
        duty_outstanding=cmd.duty_outstanding,
        officer=ctx.actor,
        plea_until=PLEA.after(ctx.now, ctx.calendar),
    )


class Plead(RecordCommand):
    """Say why you should not be put on the list, within five working days of the notice."""

    plea: FreeText
    evidence: EvidenceGiven = ()


@command(key="record_id", roles={Role.CITIZEN, Role.AGENT, Role.OFFICER})
def plead(cmd: Plead, record: CreditRecord, ctx: Context) -> None:
    """By the subject or who acts for it."""
    require_party(subject_of(record, ctx), ctx)
    record.plead(cmd.plea, cmd.evidence)


class DecideListing(RecordCommand):
    """Decide whether the subject is put on the list, after its plea or the time for it.

    A listing ends what is good: the subject's entries on red lists end with it.
    """

    outcome: Literal["list", "drop"]
    decision_no: DecisionNo | None = Field(
        default=None, validate_default=True, description="Of the decision to list"
    )
    plea_answer: FreeText | None = Field(
        default=None, description="What is answered to the plea, when there was one"
    )
    term_until: date | None = Field(
        default=None, description="Last day of the entry, which only a court sets"
    )

    @field_validator("decision_no")
    @classmethod
    def _decision_to_list(cls, value: str | None, info: ValidationInfo) -> str | None:
        if "outcome" in info.data and (info.data["outcome"] == "list") == (value is None):
            bad("listing-decision-unclear", "A listing has a decision's number, a drop has none")
        return value


@command(key="record_id", roles={Role.OFFICER})
def decide_listing(cmd: DecideListing, record: CreditRecord, ctx: Context) -> None:
    """By another officer of the same department than the one who gave notice."""
    require_source(record, ctx)
    subject = subject_of(record, ctx)
    red_entries = red_entries_of(subject, ctx)
    record.decide_listing(
        cmd.decision_no,
        officer=ctx.actor,
        plea_answer=cmd.plea_answer,
        term_until=cmd.term_until,
        public_name=subject.masked_name,
        calendar=ctx.calendar,
    )
    if record.listed:
        take_black_place(record, subject, red_entries)
    else:
        settle_place(record, subject)


def red_entries_of(subject: CreditSubject, ctx: Context) -> tuple[CreditRecord, ...]:
    """The subject's entries on red lists: a handful, one a list at most."""
    asked = [ctx.matter(CreditRecord, id) for id in subject.entries(Colour.RED)]
    return tuple(entry for entry in asked if entry is not None)


def take_black_place(
    record: CreditRecord, subject: CreditSubject, red_entries: tuple[CreditRecord, ...]
) -> None:
    """The subject comes onto the black list and off all red ones, in one decision."""
    for entry in red_entries:
        entry.end_red_entry()
        settle_place(entry, subject)
    listed = record.its_list
    subject.enter_list(listed.code, listed.colour, record.id)


class Delist(RecordCommand):
    """Take a subject off a black list, as a court does within three working days of payment."""


@command(key="record_id", roles={Role.OFFICER, Role.DEPARTMENT})
def delist(cmd: Delist, record: CreditRecord, ctx: Context) -> None:
    """By the department that keeps the list alone."""
    require_source(record, ctx)
    subject = subject_of(record, ctx)
    record.delist(calendar=ctx.calendar)
    settle_place(record, subject)
