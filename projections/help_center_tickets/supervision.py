"""What leaders watch: escalated and supervised tickets while they live, and unsealed identities.

No text of a caller's stands here; who reported is shown in a row of its own, after two officers
opened it.
"""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from domain.help_center_tickets import HelpTicket
from domain.help_center_tickets.values import Caller
from domain.shared.identifiers import OfficerId
from domain.shared.personal import Personal
from projections.base import Index, Row, fold

T = HelpTicket


class Supervision(Row, key="ticket_id"):
    """One line per ticket that was escalated, supervised or urged, until its work is done."""

    ticket_id: UUID
    level: Annotated[int, Index] = 0
    to: Annotated[str | None, Index] = None
    officer: Annotated[OfficerId | None, Index] = None
    reason: str | None = None
    urged: Annotated[int, Index] = 0
    since: Annotated[datetime, Index]


@fold(Supervision)
def escalated(row: Supervision | None, e: T.TicketEscalated) -> Supervision:
    row = row or Supervision(ticket_id=e.id, since=e.at)
    if e.level < row.level:
        return row
    return row.replace(level=e.level, to=e.to)


@fold(Supervision)
def supervised(row: Supervision | None, e: T.SupervisionOpened) -> Supervision:
    row = row or Supervision(ticket_id=e.id, since=e.at)
    return row.replace(officer=e.officer, reason=e.reason)


@fold(Supervision)
def urged(row: Supervision | None, e: T.TicketUrged) -> Supervision:
    row = row or Supervision(ticket_id=e.id, since=e.at)
    return row.replace(urged=row.urged + 1)


@fold(Supervision)
def done(
    row: Supervision | None,
    e: T.WorkReported
    | T.TicketAnswered
    | T.TicketWithdrawn
    | T.TicketDeclined
    | T.TicketMerged
    | T.EmergencyHandedOver,
) -> None:
    return None


class OpenedIdentities(Row, key="ticket_id"):
    """Who reported, for the two officers who opened it; every look is in the log."""

    ticket_id: UUID
    reporter: Personal[Caller]
    requested_by: Annotated[OfficerId, Index]
    officer: Annotated[OfficerId, Index]
    opened_at: datetime


@fold(OpenedIdentities)
def unsealed(row: OpenedIdentities | None, e: T.IdentityUnsealed) -> OpenedIdentities:
    return OpenedIdentities(
        ticket_id=e.id,
        reporter=e.reporter,
        requested_by=e.requested_by,
        officer=e.officer,
        opened_at=e.at,
    )


class ProvenMisconduct(Row, key="ticket_id"):
    """What members were found to have done, for the credit office."""

    ticket_id: UUID
    uscc: Annotated[str, Index]
    severity: Annotated[str, Index]
    finding: str
    decision_no: str
    officer: OfficerId
    proven_at: Annotated[datetime, Index]


@fold(ProvenMisconduct)
def proven(row: None, e: T.MisconductProven) -> ProvenMisconduct:
    return ProvenMisconduct(
        ticket_id=e.id,
        uscc=e.uscc,
        severity=e.severity,
        finding=e.finding,
        decision_no=e.decision_no,
        officer=e.officer,
        proven_at=e.at,
    )
