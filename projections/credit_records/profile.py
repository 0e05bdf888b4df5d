"""A subject's credit file at a glance: counts, lists, measures. It can be asked as of any time.

What counts is what stands: contributed, and neither repaired, withdrawn nor at its end.
"""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from domain.credit_records import (
    CreditRecord,
    CreditSubject,
    Kind,
    Severity,
    SubjectState,
    SubjectType,
)
from domain.credit_records.identities import SubjectKey
from domain.credit_records.lists import ListCode
from domain.shared.identifiers import PersonName, Uscc
from domain.shared.personal import Personal
from projections.base import Index, Row, fold
from projections.credit_records.lists import Left


class Standing(BaseModel):
    """A record that counts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    record_id: UUID
    kind: Kind
    severity: Severity | None


class Listed(BaseModel):
    """A list on which the subject stands."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    record_id: UUID
    list: ListCode
    measures: tuple[str, ...]


class CreditProfile(Row, key="subject", history=True):
    """One line per subject. ``records`` and ``entries`` are what the counts come from."""

    subject: SubjectKey
    type: Annotated[SubjectType, Index]
    uscc: Annotated[Uscc | None, Index] = None
    name: Personal[PersonName] | None = None
    state: Annotated[SubjectState, Index] = SubjectState.OPEN
    minor: int = 0
    general: int = 0
    serious: Annotated[int, Index] = 0
    positive: int = 0
    neutral: int = 0
    lists: tuple[ListCode, ...] = ()
    measures: tuple[str, ...] = ()
    repair_barred_until: datetime | None = None
    records: tuple[Standing, ...] = ()
    entries: tuple[Listed, ...] = ()

    def counting(
        self, records: tuple[Standing, ...], entries: tuple[Listed, ...]
    ) -> "CreditProfile":
        """This row with other records and list entries, and what they come to."""
        return self.replace(
            records=records,
            entries=entries,
            minor=sum(r.severity is Severity.MINOR for r in records),
            general=sum(r.severity is Severity.GENERAL for r in records),
            serious=sum(r.severity is Severity.SERIOUS for r in records),
            positive=sum(r.kind is Kind.POSITIVE for r in records),
            neutral=sum(r.kind is Kind.NEUTRAL for r in records),
            lists=tuple(e.list for e in entries),
            measures=tuple(dict.fromkeys(m for e in entries for m in e.measures)),
        )

    def others(self, record: UUID) -> tuple[tuple[Standing, ...], tuple[Listed, ...]]:
        """What stands besides a record."""
        return (
            tuple(r for r in self.records if r.record_id != record),
            tuple(e for e in self.entries if e.record_id != record),
        )


@fold(CreditProfile, key="subject")
def subject_opened(row: None, e: CreditSubject.SubjectOpened) -> CreditProfile:
    return CreditProfile(subject=e.subject, type=e.type, uscc=e.uscc, name=e.name)


@fold(CreditProfile, key="subject")
def subject_closed(row: CreditProfile, e: CreditSubject.SubjectClosed) -> CreditProfile:
    return row.replace(state=SubjectState.CLOSED)


@fold(CreditProfile, key="subject")
def repair_barred(row: CreditProfile, e: CreditSubject.SubjectRepairBarred) -> CreditProfile:
    return row.replace(repair_barred_until=e.until)


@fold(CreditProfile, key="subject")
def record_contributed(row: CreditProfile, e: CreditRecord.RecordContributed) -> CreditProfile:
    standing = Standing(record_id=e.id, kind=e.kind, severity=e.severity)
    return row.counting((*row.records, standing), row.entries)


@fold(CreditProfile, key="subject")
def record_corrected(row: CreditProfile, e: CreditRecord.RecordCorrected) -> CreditProfile:
    corrected = tuple(
        r.model_copy(update={"severity": e.severity}) if r.record_id == e.id else r
        for r in row.records
    )
    return row.counting(corrected, row.entries)


@fold(CreditProfile, key="subject")
def repair_revoked(row: CreditProfile, e: CreditRecord.RepairRevoked) -> CreditProfile:
    if e.shown.item is None:
        return row  # a listing, which is listed again
    records, entries = row.others(e.id)
    standing = Standing(record_id=e.id, kind=e.shown.kind, severity=e.shown.severity)
    return row.counting((*records, standing), entries)


@fold(CreditProfile, key="subject")
def subject_listed(row: CreditProfile, e: CreditRecord.SubjectListed) -> CreditProfile:
    _, entries = row.others(e.id)
    entered = Listed(
        record_id=e.id, list=e.list, measures=tuple(measure.code for measure in e.measures)
    )
    return row.counting(row.records, (*entries, entered))


@fold(CreditProfile, key="subject")
def gone(row: CreditProfile, e: Left) -> CreditProfile:
    return row.counting(*row.others(e.id))
