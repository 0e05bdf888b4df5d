"""The public credit pages: companies' published items, and judgment defaulters by masked name.

No natural person appears but on the court's list. A disputed item is left out meanwhile, or marked.
"""

from datetime import date, datetime
from typing import Annotated, TypeAlias
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from domain.credit_records import CreditRecord, Kind, Severity
from domain.credit_records.entries import Shown
from domain.credit_records.identities import company_of
from domain.credit_records.lists import ListCode
from domain.shared.departments import DepartmentCode
from domain.shared.identifiers import Uscc
from projections.base import Index, Row, fold
from projections.credit_records.lists import Left, Settled


class PublicItem(BaseModel):
    """What everybody may read of a record; ``ends_at`` None: no end of its own."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    record_id: UUID
    source: DepartmentCode
    item: str | None
    list: ListCode | None
    kind: Kind
    severity: Severity | None
    determined_on: date
    decision_no: str
    ends_at: datetime | None
    disputed: bool = False


class PublicRecords(Row, key="uscc"):
    """One line per company of which something is published, oldest first."""

    uscc: Uscc
    items: tuple[PublicItem, ...]
    negative: Annotated[int, Index]
    next_end_at: Annotated[datetime | None, Index] = None


class CourtDefaulters(Row, key="record_id"):
    """One line per person on the court's list, by masked name."""

    record_id: UUID
    name: str
    list: ListCode
    decision_no: str
    since: Annotated[date, Index]
    until: datetime | None = None


Shows: TypeAlias = CreditRecord.RecordPublished | CreditRecord.RepairRevoked


def company(
    e: Shows | Left | Settled | CreditRecord.SubjectListed | CreditRecord.ObjectionRaised,
) -> str:
    """Key of a company's page; no company has an empty code, so persons have none."""
    return company_of(e.subject) or ""


def shown_as(e: CreditRecord.SubjectListed) -> Shown:
    """A listing as others see it."""
    return Shown(
        source=e.source,
        item=e.item,
        list=e.list,
        kind=Kind.POSITIVE if e.item else Kind.NEGATIVE,
        severity=None,
        determined_on=e.since,
        decision_no=e.decision_no,
        minimum_end=e.minimum_end,
        maximum_end=e.maximum_end,
        public_name=e.public_name,
    )


def page_of(uscc: str, items: tuple[PublicItem, ...]) -> PublicRecords | None:
    """A company's page, or none when nothing is on it."""
    if not items:
        return None
    return PublicRecords(
        uscc=uscc,
        items=items,
        negative=sum(item.kind is Kind.NEGATIVE for item in items),
        next_end_at=min((i.ends_at for i in items if i.ends_at is not None), default=None),
    )


def without(row: PublicRecords | None, record: UUID) -> tuple[PublicItem, ...]:
    """The other items of a page."""
    return tuple(i for i in row.items if i.record_id != record) if row is not None else ()


def with_item(
    row: PublicRecords | None, subject: str, record: UUID, shown: Shown
) -> PublicRecords | None:
    """A page with a record on it; a person has no page."""
    uscc = company_of(subject)
    if uscc is None:
        return None
    item = PublicItem(
        record_id=record,
        source=shown.source,
        item=shown.item,
        list=shown.list,
        kind=shown.kind,
        severity=shown.severity,
        determined_on=shown.determined_on,
        decision_no=shown.decision_no,
        ends_at=shown.maximum_end,
    )
    return page_of(uscc, (*without(row, record), item))


@fold(PublicRecords, key=company)
def shown(row: PublicRecords | None, e: Shows) -> PublicRecords | None:
    return with_item(row, e.subject, e.id, e.shown)


@fold(PublicRecords, key=company)
def listed(row: PublicRecords | None, e: CreditRecord.SubjectListed) -> PublicRecords | None:
    return with_item(row, e.subject, e.id, shown_as(e))


@fold(PublicRecords, key=company)
def decided(row: PublicRecords | None, e: Settled) -> PublicRecords | None:
    return with_item(row, e.subject, e.id, e.shown) if e.shown is not None else row


@fold(PublicRecords, key=company)
def disputed(row: PublicRecords | None, e: CreditRecord.ObjectionRaised) -> PublicRecords | None:
    if row is None:
        return None
    if e.hidden:
        return page_of(row.uscc, without(row, e.id))
    marked = tuple(
        i.model_copy(update={"disputed": True}) if i.record_id == e.id else i for i in row.items
    )
    return row.replace(items=marked)


@fold(PublicRecords, key=company)
def hidden(row: PublicRecords | None, e: Left) -> PublicRecords | None:
    return page_of(row.uscc, without(row, e.id)) if row is not None else None


def defaulter(record: UUID, shown: Shown) -> CourtDefaulters | None:
    """A person's line, if the record puts one on the page."""
    if shown.public_name is None or shown.list is None:
        return None
    return CourtDefaulters(
        record_id=record,
        name=shown.public_name,
        list=shown.list,
        decision_no=shown.decision_no,
        since=shown.determined_on,
        until=shown.maximum_end,
    )


@fold(CourtDefaulters)
def defaulter_listed(
    row: CourtDefaulters | None, e: CreditRecord.SubjectListed
) -> CourtDefaulters | None:
    return defaulter(e.id, shown_as(e))


@fold(CourtDefaulters)
def defaulter_decided(row: CourtDefaulters | None, e: Settled) -> CourtDefaulters | None:
    return defaulter(e.id, e.shown) if e.shown is not None else row


@fold(CourtDefaulters)
def defaulter_disputed(
    row: CourtDefaulters | None, e: CreditRecord.ObjectionRaised
) -> CourtDefaulters | None:
    return None if e.hidden else row


@fold(CourtDefaulters)
def defaulter_gone(row: CourtDefaulters | None, e: Left) -> None:
    return None
