"""Each record as its department, the credit office and the subject see it, with what is due."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from domain.credit_records import CreditRecord, Kind, RecordState, Severity
from domain.credit_records.identities import SubjectKey
from domain.credit_records.lists import ListCode
from domain.credit_records.periods import OBJECTION, REMOVAL, REPAIR_ACCEPT, REPAIR_DECIDE
from domain.shared.clocks import ClockReading, Phase
from domain.shared.departments import DepartmentCode
from domain.shared.personal import Personal
from projections.base import Index, Row, fold

S = RecordState
Alarm = Literal["warned", "breached", "escalated"]

_COLUMNS = {
    OBJECTION.name: "objection_due_at",
    REPAIR_ACCEPT.name: "repair_due_at",
    REPAIR_DECIDE.name: "repair_due_at",
    REMOVAL.name: "removal_due_at",
}


class CreditRecords(Row, key="record_id", main=True):
    """One line per item or list entry. What is due is None when nothing is."""

    record_id: UUID
    subject: Annotated[SubjectKey, Index]
    source: Annotated[DepartmentCode, Index]
    item: Annotated[str | None, Index] = None
    list: Annotated[ListCode | None, Index] = None
    source_record_no: str | None = None
    kind: Annotated[Kind, Index] = Kind.NEGATIVE
    severity: Annotated[Severity | None, Index] = None
    state: Annotated[RecordState, Index]
    determined_on: Annotated[date | None, Index] = None
    decision_no: str | None = None
    facts: Personal[str]
    duty_outstanding: bool = False
    minimum_end: datetime | None = None
    maximum_end: Annotated[datetime | None, Index] = None
    plea_until: datetime | None = None
    pleas: int = 0
    objection_due_at: Annotated[datetime | None, Index] = None
    repair_due_at: Annotated[datetime | None, Index] = None
    removal_due_at: Annotated[datetime | None, Index] = None
    to_confirm: tuple[DepartmentCode, ...] = ()
    alarm: Annotated[Alarm | None, Index] = None
    begun_at: Annotated[datetime, Index]

    def timed(self, clocks: Iterable[ClockReading], **changes: object) -> "CreditRecords":
        """This row with what the readings say, and other changes."""
        for reading in clocks:
            if (column := _COLUMNS.get(reading.clock)) is not None:
                changes[column] = reading.due_at if reading.phase is Phase.RUNNING else None
        return self.replace(**changes)


@fold(CreditRecords)
def record_contributed(row: None, e: CreditRecord.RecordContributed) -> CreditRecords:
    return CreditRecords(
        record_id=e.id,
        subject=e.subject,
        source=e.source,
        item=e.item,
        source_record_no=e.source_record_no,
        kind=e.kind,
        severity=e.severity,
        state=S.RECORDED,
        determined_on=e.determined_on,
        decision_no=e.decision_no,
        facts=e.facts,
        duty_outstanding=e.duty_outstanding,
        minimum_end=e.minimum_end,
        maximum_end=e.maximum_end,
        begun_at=e.at,
    )


@fold(CreditRecords)
def listing_notified(row: None, e: CreditRecord.ListingNotified) -> CreditRecords:
    return CreditRecords(
        record_id=e.id,
        subject=e.subject,
        source=e.source,
        list=e.list,
        state=S.NOTIFIED,
        facts=e.facts,
        duty_outstanding=e.duty_outstanding,
        plea_until=e.plea_until,
        begun_at=e.at,
    )


@fold(CreditRecords)
def plea_made(row: CreditRecords, e: CreditRecord.PleaMade) -> CreditRecords:
    return row.replace(pleas=row.pleas + 1)


@fold(CreditRecords)
def subject_listed(row: CreditRecords, e: CreditRecord.SubjectListed) -> CreditRecords:
    return row.timed(
        e.clocks,
        state=S.PUBLISHED,
        list=e.list,
        determined_on=row.determined_on or e.since,
        decision_no=e.decision_no,
        minimum_end=e.minimum_end,
        maximum_end=e.maximum_end,
    )


@fold(CreditRecords)
def listing_dropped(row: CreditRecords, e: CreditRecord.ListingDropped) -> CreditRecords:
    return row.replace(state=S.DROPPED)


@fold(CreditRecords)
def record_published(row: CreditRecords, e: CreditRecord.RecordPublished) -> CreditRecords:
    return row.timed(e.clocks, state=S.PUBLISHED)


@fold(CreditRecords)
def duty_done(row: CreditRecords, e: CreditRecord.DutyDone) -> CreditRecords:
    return row.replace(duty_outstanding=False)


@fold(CreditRecords)
def objection_raised(row: CreditRecords, e: CreditRecord.ObjectionRaised) -> CreditRecords:
    return row.timed(e.clocks, state=S.DISPUTED)


@fold(CreditRecords)
def evidence_moved(
    row: CreditRecords, e: CreditRecord.EvidenceAsked | CreditRecord.EvidenceSubmitted
) -> CreditRecords:
    return row.timed(e.clocks)


@fold(CreditRecords)
def record_corrected(row: CreditRecords, e: CreditRecord.RecordCorrected) -> CreditRecords:
    return row.timed(
        e.clocks,
        state=S.PUBLISHED if e.shown else S.ENDED,
        severity=e.severity,
        determined_on=e.determined_on,
        decision_no=e.decision_no,
        facts=e.facts,
        minimum_end=e.minimum_end,
        maximum_end=e.maximum_end,
        alarm=None,
    )


@fold(CreditRecords)
def objection_dismissed(row: CreditRecords, e: CreditRecord.ObjectionDismissed) -> CreditRecords:
    return row.timed(e.clocks, state=S.PUBLISHED if e.shown else S.ENDED, alarm=None)


@fold(CreditRecords)
def repair_applied(row: CreditRecords, e: CreditRecord.RepairApplied) -> CreditRecords:
    return row.timed(e.clocks, state=S.REPAIRING)


@fold(CreditRecords)
def repair_accepted(row: CreditRecords, e: CreditRecord.RepairAccepted) -> CreditRecords:
    return row.timed(e.clocks)


@fold(CreditRecords)
def published_again(
    row: CreditRecords, e: CreditRecord.RepairRefused | CreditRecord.RepairRevoked
) -> CreditRecords:
    return row.timed(e.clocks, state=S.PUBLISHED, to_confirm=(), alarm=None)


@fold(CreditRecords)
def record_repaired(row: CreditRecords, e: CreditRecord.RecordRepaired) -> CreditRecords:
    return row.timed(e.clocks, state=S.REPAIRED, to_confirm=e.to_confirm, alarm=None)


@fold(CreditRecords)
def record_withdrawn(row: CreditRecords, e: CreditRecord.RecordWithdrawn) -> CreditRecords:
    return row.timed(e.clocks, state=S.WITHDRAWN, to_confirm=e.to_confirm, alarm=None)


@fold(CreditRecords)
def publicity_ended(row: CreditRecords, e: CreditRecord.PublicityEnded) -> CreditRecords:
    return row.timed(e.clocks, state=S.ENDED)


@fold(CreditRecords)
def subject_delisted(row: CreditRecords, e: CreditRecord.SubjectDelisted) -> CreditRecords:
    state = S.ENDED if e.ends_record else row.state
    return row.timed(e.clocks, state=state, to_confirm=e.to_confirm)


@fold(CreditRecords)
def removal_confirmed(row: CreditRecords, e: CreditRecord.RemovalConfirmed) -> CreditRecords:
    return row.timed(e.clocks, to_confirm=e.outstanding)


@fold(CreditRecords)
def clock_warned(row: CreditRecords, e: CreditRecord.ClockWarned) -> CreditRecords:
    return row.replace(alarm="warned")


@fold(CreditRecords)
def clock_breached(row: CreditRecords, e: CreditRecord.ClockBreached) -> CreditRecords:
    return row.replace(alarm="breached")


@fold(CreditRecords)
def clock_escalated(row: CreditRecords, e: CreditRecord.ClockEscalated) -> CreditRecords:
    return row.replace(alarm="escalated")


class MeasureReports(Row, key=("record_id", "number")):
    """One line per measure that a department applied because of a listing."""

    record_id: UUID
    number: int
    subject: Annotated[SubjectKey, Index]
    list: Annotated[ListCode, Index]
    department: Annotated[DepartmentCode, Index]
    measure: Annotated[str, Index]
    matter: str
    result: str
    reported_at: Annotated[datetime, Index]


def report_of(e: CreditRecord.MeasureReported) -> tuple[UUID, int]:
    """Key of a report: the record and the number of the event among its events."""
    return e.id, e.version


@fold(MeasureReports, key=report_of)
def measure_reported(row: None, e: CreditRecord.MeasureReported) -> MeasureReports:
    return MeasureReports(
        record_id=e.id,
        number=e.version,
        subject=e.subject,
        list=e.list,
        department=e.department,
        measure=e.measure,
        matter=e.matter,
        result=e.result,
        reported_at=e.at,
    )
