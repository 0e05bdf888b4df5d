"""Who looked at a subject's report, who was refused, and whom the subject allows to look."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from domain.credit_records import AuthorisationState, CreditSubject, QueryAuthorisation
from domain.credit_records.identities import SubjectKey
from domain.credit_records.reports import Basis, Purpose, ReportPart
from domain.shared.departments import DepartmentCode
from domain.shared.personal import Personal
from projections.base import Index, Row, fold


class QueryLog(Row, key=("subject", "at", "number")):
    """One line per request for a report; ``number`` tells those of one instant apart."""

    subject: Annotated[SubjectKey, Index]
    at: Annotated[datetime, Index]
    number: int
    reader: Annotated[Personal[str], Index]
    department: Annotated[DepartmentCode | None, Index] = None
    purpose: Annotated[Purpose, Index]
    outcome: Annotated[Literal["issued", "refused"], Index]
    basis: Basis | None = None
    reference: str | None = None
    fields: tuple[ReportPart, ...]
    as_of: int | None = None
    code: str | None = None


def request(
    e: CreditSubject.ReportIssued | CreditSubject.ReportRefused,
) -> tuple[str, datetime, int]:
    """Key of a request."""
    return e.subject, e.at, e.version


@fold(QueryLog, key=request)
def report_issued(row: None, e: CreditSubject.ReportIssued) -> QueryLog:
    return QueryLog(
        subject=e.subject,
        at=e.at,
        number=e.version,
        reader=e.reader,
        department=e.department,
        purpose=e.purpose,
        outcome="issued",
        basis=e.basis,
        reference=e.reference,
        fields=e.fields,
        as_of=e.as_of,
    )


@fold(QueryLog, key=request)
def report_refused(row: None, e: CreditSubject.ReportRefused) -> QueryLog:
    return QueryLog(
        subject=e.subject,
        at=e.at,
        number=e.version,
        reader=e.reader,
        department=e.department,
        purpose=e.purpose,
        outcome="refused",
        reference=e.reference,
        fields=e.fields,
        code=e.code,
    )


class QueryAuthorisations(Row, key="authorisation_id", main=True):
    """One line per authorisation."""

    authorisation_id: UUID
    subject: Annotated[SubjectKey, Index]
    reader: Annotated[Personal[str], Index]
    scope: tuple[ReportPart, ...]
    purpose: Purpose
    until: Annotated[date, Index]
    state: Annotated[AuthorisationState, Index] = AuthorisationState.GRANTED


@fold(QueryAuthorisations)
def authorisation_granted(
    row: None, e: QueryAuthorisation.AuthorisationGranted
) -> QueryAuthorisations:
    return QueryAuthorisations(
        authorisation_id=e.id,
        subject=e.subject,
        reader=e.reader,
        scope=e.scope,
        purpose=e.purpose,
        until=e.until,
    )


@fold(QueryAuthorisations)
def authorisation_revoked(
    row: QueryAuthorisations, e: QueryAuthorisation.AuthorisationRevoked
) -> QueryAuthorisations:
    return row.replace(state=AuthorisationState.REVOKED)


@fold(QueryAuthorisations)
def authorisation_expired(
    row: QueryAuthorisations, e: QueryAuthorisation.AuthorisationExpired
) -> QueryAuthorisations:
    return row.replace(state=AuthorisationState.EXPIRED)
