"""What a caller reads of his own tickets: the state and what was promised.

A report's row names no caller: who reported asks by the ticket's id, which only he was given.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated
from uuid import UUID

from domain.help_center_tickets import HelpTicket, Kind, State
from domain.help_center_tickets.limits import SETTLE
from domain.help_center_tickets.values import ItemCode
from domain.shared.clocks import ClockReading
from domain.shared.identifiers import SubjectRef
from projections.base import Index, Row, fold

T = HelpTicket


class MyTickets(Row, key="ticket_id"):
    """One line per ticket. ``caller`` is the reference of the identity, never the identity."""

    ticket_id: UUID
    caller: Annotated[SubjectRef | None, Index] = None
    kind: Kind
    item: ItemCode | None = None
    state: Annotated[State, Index] = State.OPEN
    opened_at: Annotated[datetime, Index]
    promised_at: datetime | None = None
    quoted_fen: int | None = None
    door: str | None = None
    reopen_until: datetime | None = None


@fold(MyTickets)
def opened(row: None, e: T.TicketOpened) -> MyTickets:
    named = e.caller is not None and not e.identity_sealed
    return MyTickets(
        ticket_id=e.id,
        caller=e.caller.subject if named and e.caller else None,
        kind=e.kind,
        opened_at=e.at,
    )


def _promised(row: MyTickets, clocks: Iterable[ClockReading]) -> datetime | None:
    """What is promised once the limit to settle has moved, if it has."""
    return next((r.due_at for r in clocks if r.clock == SETTLE.name), row.promised_at)


@fold(MyTickets)
def classified(row: MyTickets, e: T.TicketClassified) -> MyTickets:
    promised = _promised(row, e.clocks)
    return row.replace(state=State.CLASSIFIED, item=e.item, promised_at=promised)


@fold(MyTickets)
def reclassified(row: MyTickets, e: T.TicketReclassified) -> MyTickets:
    return row.replace(item=e.item, promised_at=_promised(row, e.clocks))


@fold(MyTickets)
def joined(row: MyTickets, e: T.TicketJoined) -> MyTickets:
    return row.replace(promised_at=_promised(row, e.clocks))


@fold(MyTickets)
def given(row: MyTickets, e: T.TicketDispatched | T.TicketTransferred) -> MyTickets:
    return row.replace(state=State.DISPATCHED, promised_at=e.due_at or row.promised_at)


@fold(MyTickets)
def at_work(row: MyTickets, e: T.DispatchAccepted | T.HolderDecided) -> MyTickets:
    return row.replace(state=State.WORKING)


@fold(MyTickets)
def back(row: MyTickets, e: T.DispatchReturned) -> MyTickets:
    return row.replace(state=State.RETURNED)


@fold(MyTickets)
def taken_back(row: MyTickets, e: T.TicketTakenBack) -> MyTickets:
    """A pause ends with it."""
    return row.replace(state=State.RETURNED, promised_at=_promised(row, e.clocks))


@fold(MyTickets)
def paused(row: MyTickets, e: T.TicketPaused) -> MyTickets:
    """A limit that has run out already is not stopped."""
    return row.replace(state=State.PAUSED, promised_at=_promised(row, e.clocks))


@fold(MyTickets)
def resumed(row: MyTickets, e: T.TicketResumed) -> MyTickets:
    return row.replace(state=State.WORKING, promised_at=e.due_at)


@fold(MyTickets)
def extended(row: MyTickets, e: T.DeadlineExtended) -> MyTickets:
    return row.replace(promised_at=e.until)


@fold(MyTickets)
def quoted(row: MyTickets, e: T.QuoteGiven | T.QuoteAccepted) -> MyTickets:
    return row.replace(quoted_fen=e.amount_fen)


@fold(MyTickets)
def merged(row: MyTickets, e: T.TicketMerged) -> MyTickets:
    return row.replace(state=State.MERGED)


@fold(MyTickets)
def alone(row: MyTickets, e: T.MergeUndone) -> MyTickets:
    return row.replace(state=e.state)


@fold(MyTickets)
def done(row: MyTickets, e: T.WorkReported | T.TicketAnswered | T.ResultShared) -> MyTickets:
    state = State.CLOSED if e.closes else State.CALLING_BACK
    return row.replace(state=state, reopen_until=e.reopen_until)


@fold(MyTickets)
def tried(row: MyTickets, e: T.CallBackTried) -> MyTickets:
    if not e.closes:
        return row
    return row.replace(state=State.CLOSED, reopen_until=e.reopen_until)


@fold(MyTickets)
def answered(row: MyTickets, e: T.CallBackAnswered) -> MyTickets:
    if e.outcome != "closed":
        return row
    return row.replace(state=State.CLOSED, reopen_until=e.reopen_until)


@fold(MyTickets)
def reopened(row: MyTickets, e: T.TicketReopened) -> MyTickets:
    promised = _promised(row.replace(promised_at=None), e.clocks)
    state = State.CLASSIFIED if row.item is not None else State.OPEN
    return row.replace(state=state, promised_at=promised, reopen_until=None)


@fold(MyTickets)
def declined(row: MyTickets, e: T.TicketDeclined) -> MyTickets:
    return row.replace(state=State.DECLINED, door=e.door)


@fold(MyTickets)
def withdrawn(row: MyTickets, e: T.TicketWithdrawn) -> MyTickets:
    return row.replace(state=State.WITHDRAWN)


@fold(MyTickets)
def handed_over(row: MyTickets, e: T.EmergencyHandedOver) -> MyTickets:
    return row.replace(state=State.HANDED_OVER, door=",".join(sorted(e.receipts)))
