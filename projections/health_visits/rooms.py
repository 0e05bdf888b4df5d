"""The waiting room of a session: who is next, who is in the room, and how long it may take.

Folded with the same functions by which the session itself decides, so that no screen shows another
next patient than the one who can be called.
"""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from domain.health_visits import ClinicSession, SessionState, queueing
from domain.health_visits.institutions import InstitutionCode, Specialty
from domain.health_visits.queueing import Queue, Waiting
from domain.shared.identifiers import OfficerId
from domain.shared.personal import Sensitive
from projections.base import Index, Row, fold

FIRST_ESTIMATE_S = 480
"""Seconds a consultation takes as long as the session has none to go by."""


class WaitingRoom(Row, key="session_id", main=True):
    """One line per session. ``numbers`` are the queue as a screen shows it, the next one first;
    ``estimates_min`` says for each in how many minutes its turn may come."""

    session_id: UUID
    institution: Annotated[InstitutionCode, Index]
    department: Annotated[Specialty, Index]
    doctor: Annotated[OfficerId, Index]
    day: Annotated[date, Index]
    room: str
    state: Annotated[SessionState, Index] = SessionState.OPEN
    delayed_min: int = 0
    queue: Sensitive[Queue] = ()
    numbers: tuple[int, ...] = ()
    next_visit: UUID | None = None
    now_serving: int | None = None
    serving: Waiting | None = None
    serving_since: datetime | None = None
    served: int = 0
    served_s: int = 0
    estimates_min: tuple[int, ...] = ()

    def queued(self, queue: Queue, **changes: object) -> "WaitingRoom":
        """This row with another queue and what follows from it, and other changes."""
        served = changes.get("served", self.served)
        served_s = changes.get("served_s", self.served_s)
        each = FIRST_ESTIMATE_S
        if isinstance(served, int) and isinstance(served_s, int) and served:
            each = served_s // served
        return self.replace(
            queue=queue,
            numbers=tuple(one.number for one in queue),
            next_visit=queue[0].visit if queue else None,
            estimates_min=tuple(-(-each * (n + 1) // 60) for n in range(len(queue))),
            **changes,
        )


@fold(WaitingRoom)
def session_opened(row: None, e: ClinicSession.SessionOpened) -> WaitingRoom:
    return WaitingRoom(
        session_id=e.id,
        institution=e.clinic.institution,
        department=e.clinic.department,
        doctor=e.clinic.doctor,
        day=e.clinic.day,
        room=e.room,
    )


@fold(WaitingRoom)
def session_delayed(row: WaitingRoom, e: ClinicSession.SessionDelayed) -> WaitingRoom:
    return row.replace(delayed_min=row.delayed_min + e.minutes)


@fold(WaitingRoom)
def session_ended(row: WaitingRoom, e: ClinicSession.SessionEnded) -> WaitingRoom:
    return row.replace(state=SessionState.CLOSED)


@fold(WaitingRoom)
def queue_joined(row: WaitingRoom, e: ClinicSession.QueueJoined) -> WaitingRoom:
    return row.queued(queueing.joined(row.queue, e.one))


@fold(WaitingRoom)
def queue_triaged(row: WaitingRoom, e: ClinicSession.QueueTriaged) -> WaitingRoom:
    return row.queued(queueing.triaged(row.queue, e.visit, e.level))


@fold(WaitingRoom)
def next_called(row: WaitingRoom, e: ClinicSession.NextCalled) -> WaitingRoom:
    first = row.queue[0]
    return row.queued(row.queue[1:], serving=first, now_serving=first.number, serving_since=e.at)


@fold(WaitingRoom)
def called_away(row: WaitingRoom, e: ClinicSession.CalledAway) -> WaitingRoom:
    queue = row.queue
    if row.serving is not None and not e.out:
        queue = queueing.set_back(queue, row.serving)
    return row.queued(queue, serving=None, now_serving=None, serving_since=None)


@fold(WaitingRoom)
def queue_left(row: WaitingRoom, e: ClinicSession.QueueLeft) -> WaitingRoom:
    return row.queued(queueing.without(row.queue, e.visit))


@fold(WaitingRoom)
def room_freed(row: WaitingRoom, e: ClinicSession.RoomFreed) -> WaitingRoom:
    taken = int((e.at - row.serving_since).total_seconds()) if row.serving_since else 0
    return row.queued(
        row.queue,
        serving=None,
        now_serving=None,
        serving_since=None,
        served=row.served + 1,
        served_s=row.served_s + taken,
    )
