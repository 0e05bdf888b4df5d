"""Allow someone to read one's report, take that back, and ask for a report.

Every request for a report is recorded, those that are refused too; the report itself is read from
the read models as of the position that the answer gives.
"""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from commands.base import Command, Context, Role, command
from commands.credit_records.access import official_department, require_party
from commands.credit_records.given import Number, SubjectGiven
from domain.credit_records import CreditSubject, QueryAuthorisation
from domain.credit_records.periods import (
    AUTHORISATION,
    LONGEST_AUTHORISATION_MONTHS,
    end_of_day,
)
from domain.credit_records.refusals import (
    REPORT_REFUSALS,
    AuthorisationEndPassed,
    AuthorisationTooLong,
    NoAuthorisation,
    OutOfScope,
    PurposeNotAllowed,
    SubjectUnknown,
)
from domain.credit_records.reports import (
    BY_CASE,
    Asked,
    Basis,
    Purpose,
    ReportPart,
    covered_by_case,
)
from domain.shared.calendar import same_day_after_months
from domain.shared.identifiers import OfficerId
from domain.shared.instants import shanghai_date
from domain.shared.personal import Personal
from domain.shared.refusals import Refused

PartsGiven = Annotated[
    tuple[ReportPart, ...],
    Field(min_length=1, max_length=len(ReportPart), description="What of it"),
]


class GrantAuthorisation(Command):
    """Allow a reader to ask for your credit report, for one purpose and a year at most."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "subject": {"uscc": "91330203MA2AF3XQ2G"},
                    "reader": "bank-1",
                    "scope": ["counts", "lists", "negative"],
                    "purpose": "loan",
                    "until": "2026-12-31",
                }
            ]
        }
    )

    authorisation_id: UUID | None = Field(
        default=None, description="An id of your own; left out, the server chooses"
    )
    subject: SubjectGiven
    reader: Personal[OfficerId] = Field(description="The token's subject of the reader")
    scope: PartsGiven
    purpose: Purpose
    until: date = Field(description="Last day, at most a year ahead")


@command(roles={Role.CITIZEN, Role.AGENT, Role.OFFICER}, id_field="authorisation_id")
def grant_authorisation(cmd: GrantAuthorisation, ctx: Context) -> QueryAuthorisation:
    """By the subject or who acts for it."""
    subject = ctx.matter(CreditSubject, cmd.subject.id(ctx))
    if subject is None:
        raise SubjectUnknown()
    require_party(subject, ctx)
    today = shanghai_date(ctx.now)
    latest = same_day_after_months(today, LONGEST_AUTHORISATION_MONTHS)
    if cmd.until > latest:
        raise AuthorisationTooLong(latest=latest)
    if cmd.until < today:
        raise AuthorisationEndPassed()
    return QueryAuthorisation.begin(
        QueryAuthorisation.AuthorisationGranted,
        id=ctx.new_id,
        at=ctx.now,
        subject=subject.subject,
        subject_id=subject.id,
        reader=cmd.reader,
        scope=cmd.scope,
        purpose=cmd.purpose,
        until=cmd.until,
        clocks=(AUTHORISATION.due(ctx.now, end_of_day(cmd.until), ctx.calendar),),
    )


class AuthorisationCommand(Command):
    """Base of the commands on one authorisation."""

    authorisation_id: UUID = Field(
        description="The authorisation, as the answer to grant-authorisation gave it"
    )


class RevokeAuthorisation(AuthorisationCommand):
    """Take an authorisation back; from then on it is no basis for a report."""


@command(key="authorisation_id", roles={Role.CITIZEN, Role.AGENT, Role.OFFICER})
def revoke_authorisation(
    cmd: RevokeAuthorisation, authorisation: QueryAuthorisation, ctx: Context
) -> None:
    """By the subject or who acts for it, at any time."""
    subject = ctx.matter(CreditSubject, authorisation.subject_id)
    if subject is None:
        raise SubjectUnknown()
    require_party(subject, ctx)
    authorisation.revoke_authorisation()


class ExpireAuthorisation(AuthorisationCommand):
    """Let an authorisation expire whose last day is over."""


@command(key="authorisation_id", roles={Role.SYSTEM}, when_due=AUTHORISATION.name)
def expire_authorisation(
    cmd: ExpireAuthorisation, authorisation: QueryAuthorisation, ctx: Context
) -> None:
    """Sent by the scheduler."""
    authorisation.expire_authorisation()


class RequestReport(Command):
    """Ask for a subject's credit report. Recorded in any case, with what came of it.

    Bring the subject's authorisation, or an officer the number of a case; one's own report needs
    neither. The report is what the read models show as of the answer's position.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "subject": {"uscc": "91330203MA2AF3XQ2G"},
                    "purpose": "licensing",
                    "case_no": "2026-000123",
                    "parts": ["lists", "measures"],
                }
            ]
        }
    )

    subject: SubjectGiven
    purpose: Purpose
    authorisation_id: UUID | None = None
    case_no: Number | None = Field(default=None, description="An officer's case")
    parts: PartsGiven
    as_of: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="Position to show it as of; left out, that of the answer"
    )


@command(roles={Role.CITIZEN, Role.AGENT, Role.OFFICER, Role.DEPARTMENT})
def request_report(cmd: RequestReport, ctx: Context) -> CreditSubject:
    """Refusals for want of a basis are recorded like reports, and answered."""
    subject = ctx.matter(CreditSubject, cmd.subject.id(ctx))
    if subject is None:
        raise SubjectUnknown()
    authorisation = (
        ctx.matter(QueryAuthorisation, cmd.authorisation_id) if cmd.authorisation_id else None
    )
    asked = Asked(
        reader=ctx.actor,
        department=official_department(ctx),
        purpose=cmd.purpose,
        reference=str(cmd.authorisation_id) if cmd.authorisation_id else cmd.case_no,
        parts=cmd.parts,
        as_of=cmd.as_of,
    )
    try:
        basis = _basis(cmd, asked, subject, authorisation, ctx)
    except Refused as refused:
        if refused.code not in REPORT_REFUSALS:
            raise
        subject.refuse_report(asked, refused.code)
    else:
        subject.issue_report(asked, basis)
    return subject


def _basis(
    cmd: RequestReport,
    asked: Asked,
    subject: CreditSubject,
    authorisation: QueryAuthorisation | None,
    ctx: Context,
) -> Basis:
    """On what the request rests. Raises NoAuthorisation, PurposeNotAllowed or OutOfScope."""
    if cmd.authorisation_id is not None:
        if authorisation is None:
            raise NoAuthorisation()
        authorisation.require_covers(asked, subject.subject)
        return "authorisation"
    if cmd.purpose is Purpose.OWN:
        if not subject.acts_for(ctx.actor, ctx.now):
            raise NoAuthorisation()
        return "own"
    if cmd.case_no is None or asked.department is None:
        raise NoAuthorisation()
    if cmd.purpose not in BY_CASE:
        raise PurposeNotAllowed()
    allowed = BY_CASE[cmd.purpose]
    if allowed is not None and asked.department not in allowed:
        raise PurposeNotAllowed()
    if not set(cmd.parts) <= covered_by_case(asked.department, subject.type):
        raise OutOfScope()
    return "case"
