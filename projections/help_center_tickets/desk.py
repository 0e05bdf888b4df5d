"""The centre's desk: one line per ticket, what it is, who has it, what is due. No text, no caller."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from domain.help_center_tickets import Channel, HelpTicket, Kind, State, Urgency
from domain.help_center_tickets.limits import ACCEPT, CONTACT, PAUSE, SETTLE
from domain.help_center_tickets.states import Tier
from domain.help_center_tickets.values import CENTRE, ItemCode
from domain.shared.clocks import ClockReading, Phase
from domain.shared.departments import DepartmentCode
from domain.shared.districts import District
from projections.base import Index, Row, fold

Alarm = Literal["warned", "breached"]
T = HelpTicket


class TicketDesk(Row, key="ticket_id", main=True):
    """One line per ticket; "my work by time left" sorts a holder's by ``due_at``.

    ``due_at`` is when it is to be settled while that runs; ``level`` the highest that was raised;
    ``alarm`` the worst that a clock has come to.
    """

    ticket_id: UUID
    channel: Channel
    kind: Annotated[Kind, Index]
    state: Annotated[State, Index]
    item: Annotated[ItemCode | None, Index] = None
    district: Annotated[District | None, Index] = None
    owner: Annotated[DepartmentCode | None, Index] = None
    urgency: Annotated[Urgency | None, Index] = None
    tier: Annotated[Tier | None, Index] = None
    holder: Annotated[str, Index] = CENTRE.code
    opened_at: Annotated[datetime, Index]
    accept_due_at: Annotated[datetime | None, Index] = None
    contact_due_at: Annotated[datetime | None, Index] = None
    due_at: Annotated[datetime | None, Index] = None
    resumes_at: datetime | None = None
    level: Annotated[int, Index] = 0
    alarm: Annotated[Alarm | None, Index] = None
    returns: int = 0
    reopenings: int = 0
    lead: Annotated[UUID | None, Index] = None
    merged: int = 0
    anonymous: bool = False
    sealed: bool = False

    def timed(self, clocks: Iterable[ClockReading], **changes: object) -> "TicketDesk":
        """This row with what the readings say, and other changes."""
        for reading in clocks:
            due_at = reading.due_at if reading.phase is Phase.RUNNING else None
            if (column := _COLUMNS.get(reading.clock)) is not None:
                changes[column] = due_at
        return self.replace(**changes)


_COLUMNS = {
    ACCEPT.name: "accept_due_at",
    CONTACT.name: "contact_due_at",
    SETTLE.name: "due_at",
    PAUSE.name: "resumes_at",
}


@fold(TicketDesk)
def opened(row: None, e: T.TicketOpened) -> TicketDesk:
    return TicketDesk(
        ticket_id=e.id,
        channel=e.channel,
        kind=e.kind,
        state=State.OPEN,
        district=e.district,
        opened_at=e.at,
        anonymous=e.caller is None,
        sealed=e.identity_sealed,
    )


@fold(TicketDesk)
def handed_over(row: TicketDesk, e: T.EmergencyHandedOver) -> TicketDesk:
    return row.replace(state=State.HANDED_OVER, merged=0)


@fold(TicketDesk)
def classified(row: TicketDesk, e: T.TicketClassified) -> TicketDesk:
    return row.timed(
        e.clocks,
        state=State.CLASSIFIED,
        item=e.item,
        district=e.district,
        owner=e.owner,
        urgency=e.urgency,
        tier=e.tier,
    )


@fold(TicketDesk)
def reclassified(row: TicketDesk, e: T.TicketReclassified) -> TicketDesk:
    return row.timed(e.clocks, item=e.item, owner=e.owner, urgency=e.urgency, tier=e.tier)


@fold(TicketDesk)
def merged(row: TicketDesk, e: T.TicketMerged) -> TicketDesk:
    return row.timed(e.clocks, state=State.MERGED, lead=e.lead)


@fold(TicketDesk)
def joined(row: TicketDesk, e: T.TicketJoined) -> TicketDesk:
    return row.timed(e.clocks, merged=row.merged + 1, urgency=e.urgency, tier=e.tier)


@fold(TicketDesk)
def left(row: TicketDesk, e: T.TicketLeft) -> TicketDesk:
    return row.replace(merged=row.merged - 1)


@fold(TicketDesk)
def merge_undone(row: TicketDesk, e: T.MergeUndone) -> TicketDesk:
    return row.timed(e.clocks, state=e.state, lead=None)


@fold(TicketDesk)
def declined(row: TicketDesk, e: T.TicketDeclined) -> TicketDesk:
    return row.timed(e.clocks, state=State.DECLINED, merged=0)


@fold(TicketDesk)
def given(row: TicketDesk, e: T.TicketDispatched | T.TicketTransferred) -> TicketDesk:
    return row.timed(e.clocks, state=State.DISPATCHED, holder=e.holder.code)


@fold(TicketDesk)
def decided(row: TicketDesk, e: T.HolderDecided) -> TicketDesk:
    return row.timed(e.clocks, state=State.WORKING, holder=e.holder.code)


@fold(TicketDesk)
def accepted(row: TicketDesk, e: T.DispatchAccepted | T.TicketResumed) -> TicketDesk:
    return row.timed(e.clocks, state=State.WORKING)


@fold(TicketDesk)
def returned(row: TicketDesk, e: T.DispatchReturned) -> TicketDesk:
    return row.replace(state=State.RETURNED, holder=CENTRE.code, returns=e.number)


@fold(TicketDesk)
def taken_back(row: TicketDesk, e: T.TicketTakenBack) -> TicketDesk:
    return row.timed(e.clocks, state=State.RETURNED, holder=CENTRE.code)


@fold(TicketDesk)
def paused(row: TicketDesk, e: T.TicketPaused) -> TicketDesk:
    return row.timed(e.clocks, state=State.PAUSED)


@fold(TicketDesk)
def moved(row: TicketDesk, e: T.CallerContacted | T.DeadlineExtended) -> TicketDesk:
    return row.timed(e.clocks)


@fold(TicketDesk)
def done(row: TicketDesk, e: T.WorkReported | T.TicketAnswered) -> TicketDesk:
    state = State.CLOSED if e.closes else State.CALLING_BACK
    return row.timed(e.clocks, state=state, merged=0)


@fold(TicketDesk)
def shared(row: TicketDesk, e: T.ResultShared) -> TicketDesk:
    state = State.CLOSED if e.closes else State.CALLING_BACK
    return row.replace(state=state, lead=None, holder=e.holder.code)


@fold(TicketDesk)
def tried(row: TicketDesk, e: T.CallBackTried) -> TicketDesk:
    return row.replace(state=State.CLOSED) if e.closes else row


@fold(TicketDesk)
def answered(row: TicketDesk, e: T.CallBackAnswered) -> TicketDesk:
    return row.replace(state=State.CLOSED) if e.outcome == "closed" else row


@fold(TicketDesk)
def reopened(row: TicketDesk, e: T.TicketReopened) -> TicketDesk:
    return row.timed(
        e.clocks,
        state=State.CLASSIFIED if row.tier is not None else State.OPEN,
        holder=CENTRE.code,
        reopenings=e.number,
        returns=0,
        level=0,
        alarm=None,
    )


@fold(TicketDesk)
def withdrawn(row: TicketDesk, e: T.TicketWithdrawn) -> TicketDesk:
    return row.timed(e.clocks, state=State.WITHDRAWN, merged=0)


@fold(TicketDesk)
def escalated(row: TicketDesk, e: T.TicketEscalated) -> TicketDesk:
    return row.replace(level=max(row.level, e.level))


@fold(TicketDesk)
def clock_warned(row: TicketDesk, e: T.ClockWarned) -> TicketDesk:
    return row.replace(alarm=row.alarm or "warned")


@fold(TicketDesk)
def clock_breached(row: TicketDesk, e: T.ClockBreached | T.ClockEscalated) -> TicketDesk:
    return row.replace(alarm="breached")
