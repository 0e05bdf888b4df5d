"""What a holder sees of his tickets: the matter, the place, a relay number. Never who called.

An accused department that gets a report for its information reads it here, so this row has no
column of the caller's at all.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated
from uuid import UUID

from domain.help_center_tickets import HelpTicket, Kind, State
from domain.help_center_tickets.limits import SETTLE
from domain.help_center_tickets.states import WITH_HOLDER
from domain.help_center_tickets.values import CENTRE, Attachment, ItemCode, Place
from domain.shared.clocks import ClockReading
from domain.shared.personal import Personal
from projections.base import Index, Row, fold

T = HelpTicket


class HolderTickets(Row, key="ticket_id"):
    """One line per ticket. Work that left a holder leaves his list with it."""

    ticket_id: UUID
    holder: Annotated[str, Index] = CENTRE.code
    state: Annotated[State, Index] = State.OPEN
    kind: Kind
    item: Annotated[ItemCode | None, Index] = None
    text: Personal[str]
    place: Personal[Place] | None = None
    attachments: tuple[Attachment, ...] = ()
    relay_number: str | None = None
    note: str | None = None
    due_at: Annotated[datetime | None, Index] = None
    quoted_fen: int | None = None
    statements: Personal[tuple[str, ...]] = ()


@fold(HolderTickets)
def opened(row: None, e: T.TicketOpened) -> HolderTickets:
    return HolderTickets(
        ticket_id=e.id, kind=e.kind, text=e.text, place=e.place, attachments=e.attachments
    )


@fold(HolderTickets)
def classified(row: HolderTickets, e: T.TicketClassified) -> HolderTickets:
    return row.replace(item=e.item, state=State.CLASSIFIED)


def _due(row: HolderTickets, clocks: Iterable[ClockReading]) -> datetime | None:
    """When it is to be settled once that has moved, if it has; a holder is told by the dispatch."""
    if row.state not in WITH_HOLDER:
        return row.due_at
    return next((r.due_at for r in clocks if r.clock == SETTLE.name), row.due_at)


@fold(HolderTickets)
def reclassified(row: HolderTickets, e: T.TicketReclassified) -> HolderTickets:
    return row.replace(item=e.item, due_at=_due(row, e.clocks))


@fold(HolderTickets)
def joined(row: HolderTickets, e: T.TicketJoined) -> HolderTickets:
    """The earliest clock counts for both."""
    return row.replace(due_at=_due(row, e.clocks))


@fold(HolderTickets)
def dispatched(row: HolderTickets, e: T.TicketDispatched) -> HolderTickets:
    return row.replace(
        holder=e.holder.code,
        state=State.DISPATCHED,
        relay_number=e.relay_number,
        note=e.note,
        due_at=e.due_at,
    )


@fold(HolderTickets)
def transferred(row: HolderTickets, e: T.TicketTransferred) -> HolderTickets:
    return row.replace(
        holder=e.holder.code,
        state=State.DISPATCHED,
        relay_number=e.relay_number,
        note=e.reason,
        due_at=e.due_at,
    )


@fold(HolderTickets)
def decided(row: HolderTickets, e: T.HolderDecided) -> HolderTickets:
    return row.replace(
        holder=e.holder.code,
        state=State.WORKING,
        relay_number=e.relay_number,
        note=e.reason,
        due_at=e.due_at,
    )


@fold(HolderTickets)
def at_work(row: HolderTickets, e: T.DispatchAccepted) -> HolderTickets:
    return row.replace(state=State.WORKING)


@fold(HolderTickets)
def back(row: HolderTickets, e: T.DispatchReturned | T.TicketTakenBack) -> HolderTickets:
    return row.replace(holder=CENTRE.code, state=State.RETURNED, relay_number=None, note=None)


@fold(HolderTickets)
def paused(row: HolderTickets, e: T.TicketPaused) -> HolderTickets:
    """A limit that has run out already is not stopped."""
    return row.replace(state=State.PAUSED, due_at=_due(row, e.clocks))


@fold(HolderTickets)
def resumed(row: HolderTickets, e: T.TicketResumed) -> HolderTickets:
    return row.replace(state=State.WORKING, due_at=e.due_at)


@fold(HolderTickets)
def extended(row: HolderTickets, e: T.DeadlineExtended) -> HolderTickets:
    return row.replace(due_at=e.until)


@fold(HolderTickets)
def quoted(row: HolderTickets, e: T.QuoteGiven | T.QuoteAccepted) -> HolderTickets:
    return row.replace(quoted_fen=e.amount_fen)


@fold(HolderTickets)
def stated(row: HolderTickets, e: T.StatementRecorded) -> HolderTickets:
    return row.replace(statements=(*row.statements, e.text))


@fold(HolderTickets)
def reopened(row: HolderTickets, e: T.TicketReopened) -> HolderTickets:
    state = State.CLASSIFIED if row.item is not None else State.OPEN
    return row.replace(holder=CENTRE.code, state=state, relay_number=None, note=None)


@fold(HolderTickets)
def done(
    row: HolderTickets, e: T.WorkReported | T.TicketAnswered | T.ResultShared
) -> HolderTickets:
    return row.replace(state=State.CLOSED if e.closes else State.CALLING_BACK, due_at=None)


@fold(HolderTickets)
def answered(row: HolderTickets, e: T.CallBackAnswered) -> HolderTickets:
    return row.replace(state=State.CLOSED) if e.outcome == "closed" else row


@fold(HolderTickets)
def tried(row: HolderTickets, e: T.CallBackTried) -> HolderTickets:
    return row.replace(state=State.CLOSED) if e.closes else row


@fold(HolderTickets)
def merged(row: HolderTickets, e: T.TicketMerged) -> HolderTickets:
    return row.replace(state=State.MERGED)


@fold(HolderTickets)
def alone(row: HolderTickets, e: T.MergeUndone) -> HolderTickets:
    return row.replace(state=e.state)


@fold(HolderTickets)
def ended(
    row: HolderTickets, e: T.TicketWithdrawn | T.TicketDeclined | T.EmergencyHandedOver
) -> None:
    """Nobody works on it, so nobody need read it."""
    return
