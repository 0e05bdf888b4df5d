"""Legal traces: who had a public address and port, requests for logs, days that are gone."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from domain.shared.identifiers import OfficerId, SubjectRef
from domain.wifi_sessions import LogDay, LogRequest, LogRequestState, WifiSession
from domain.wifi_sessions.values import Ip
from projections.base import Index, Row, fold


class TraceIndex(Row, key=("public_ip", "first_port", "since")):
    """One line per block of ports and time: ask for the address, a first port not above the one
    sought, a beginning not after the instant."""

    public_ip: Annotated[Ip, Index]
    first_port: Annotated[int, Index]
    since: Annotated[datetime, Index]
    last_port: int
    until: datetime
    session: UUID
    user: Annotated[SubjectRef | None, Index] = None


def block_of(e: WifiSession.NatMapped) -> tuple[str, int, datetime]:
    """Which ports, from when."""
    return e.public_ip, e.first_port, e.since


@fold(TraceIndex, key=block_of)
def nat_mapped(row: None, e: WifiSession.NatMapped) -> TraceIndex:
    return TraceIndex(
        public_ip=e.public_ip,
        first_port=e.first_port,
        since=e.since,
        last_port=e.last_port,
        until=e.until,
        session=e.id,
        user=e.user,
    )


class LogRequests(Row, key="request_id", main=True):
    """One line per request for logs, also of those that were turned down."""

    request_id: UUID
    state: Annotated[LogRequestState, Index]
    legal_document_no: Annotated[str, Index]
    case_no: Annotated[str, Index]
    officer: Annotated[OfficerId, Index]
    requested_at: Annotated[datetime, Index]
    urgent: bool
    since: datetime
    until: datetime
    due_at: Annotated[datetime | None, Index] = None
    overdue: Annotated[bool, Index] = False
    approver: OfficerId | None = None
    reason: str | None = None
    row_count: int | None = None


@fold(LogRequests)
def log_requested(row: None, e: LogRequest.LogRequested) -> LogRequests:
    return LogRequests(
        request_id=e.id,
        state=LogRequestState.REQUESTED,
        legal_document_no=e.legal_document_no,
        case_no=e.case_no,
        officer=e.officer,
        requested_at=e.at,
        urgent=e.urgent,
        since=e.since,
        until=e.until,
    )


@fold(LogRequests)
def log_clock_started(row: LogRequests, e: LogRequest.LogClockStarted) -> LogRequests:
    return row.replace(due_at=e.clocks[0].due_at)


@fold(LogRequests)
def log_turned_down(row: LogRequests, e: LogRequest.LogTurnedDown) -> LogRequests:
    return row.replace(state=LogRequestState.TURNED_DOWN, reason=e.reason)


@fold(LogRequests)
def log_approved(row: LogRequests, e: LogRequest.LogApproved) -> LogRequests:
    return row.replace(state=LogRequestState.APPROVED, approver=e.officer)


@fold(LogRequests)
def log_rejected(row: LogRequests, e: LogRequest.LogRejected) -> LogRequests:
    return row.replace(state=LogRequestState.REJECTED, approver=e.officer, due_at=None)


@fold(LogRequests)
def log_overdue(row: LogRequests, e: LogRequest.ClockBreached) -> LogRequests:
    return row.replace(overdue=True)


@fold(LogRequests)
def log_disclosed(row: LogRequests, e: LogRequest.LogDisclosed) -> LogRequests:
    return row.replace(state=LogRequestState.DISCLOSED, due_at=None, row_count=e.row_count)


class LogDays(Row, key="day"):
    """One line per day whose logs are gone; ``late``: later than the law's thirty days."""

    day: date
    destroyed_at: datetime
    count: int
    late: Annotated[bool, Index]


@fold(LogDays, key="day")
def logs_destroyed(row: None, e: LogDay.LogsDestroyed) -> LogDays:
    return LogDays(day=e.day, destroyed_at=e.at, count=e.count, late=e.late)
