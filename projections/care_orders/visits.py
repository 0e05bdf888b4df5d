"""A visit's own line, and a carer's day: the visits in the order in which they are to be made."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from domain.care_orders import Visit, VisitState
from domain.care_orders.people import Value
from domain.shared.districts import District
from domain.shared.identifiers import SubjectRef, Uscc
from domain.shared.instants import shanghai_date
from projections.base import Index, Row, fold

V = VisitState


class CareVisit(Row, key="visit_id", main=True):
    """One line per visit. Money is there once the visit is settled."""

    visit_id: UUID
    order_id: Annotated[UUID, Index]
    elder: Annotated[SubjectRef, Index]
    carer: Annotated[SubjectRef, Index]
    provider: Annotated[Uscc, Index]
    district: Annotated[District, Index]
    state: Annotated[VisitState, Index] = V.SCHEDULED
    starts_at: Annotated[datetime, Index]
    ends_at: datetime
    items: tuple[str, ...]
    began_at: datetime | None = None
    skewed: Annotated[bool, Index] = False
    late: Annotated[bool, Index] = False
    minutes: int | None = None
    disputable_until: datetime | None = None
    settled_in: Annotated[str | None, Index] = None
    own_fen: int | None = None
    subsidy_fen: int | None = None


@fold(CareVisit)
def visit_scheduled(row: None, e: Visit.VisitScheduled) -> CareVisit:
    return CareVisit(
        visit_id=e.id,
        order_id=e.whose.order_id,
        elder=e.whose.elder,
        carer=e.carer.subject,
        provider=e.whose.provider,
        district=e.whose.district,
        starts_at=e.starts_at,
        ends_at=e.ends_at,
        items=tuple(line.code for line in e.lines),
    )


@fold(CareVisit)
def visit_reassigned(row: CareVisit, e: Visit.VisitReassigned) -> CareVisit:
    return row.replace(carer=e.carer.subject)


@fold(CareVisit)
def visit_cancelled(row: CareVisit, e: Visit.VisitCancelled) -> CareVisit:
    return row.replace(state=V.CANCELLED)


@fold(CareVisit)
def visit_begun(row: CareVisit, e: Visit.VisitStarted | Visit.LateStartAccepted) -> CareVisit:
    late = isinstance(e, Visit.LateStartAccepted)
    return row.replace(state=V.STARTED, began_at=e.presence.at, skewed=e.presence.skewed, late=late)


@fold(CareVisit)
def visit_missed(row: CareVisit, e: Visit.VisitMissed) -> CareVisit:
    return row.replace(state=V.MISSED)


@fold(CareVisit)
def missed_resolved(row: CareVisit, e: Visit.MissedVisitResolved) -> CareVisit:
    return row.replace(state=V.RESOLVED)


@fold(CareVisit)
def visit_completed(row: CareVisit, e: Visit.VisitCompleted) -> CareVisit:
    return row.replace(
        state=V.COMPLETED,
        items=e.items,
        minutes=e.minutes,
        disputable_until=e.disputable_until,
        skewed=row.skewed or e.presence.skewed,
    )


@fold(CareVisit)
def visit_left_open(row: CareVisit, e: Visit.VisitLeftOpen) -> CareVisit:
    return row.replace(state=V.NEEDS_REVIEW, disputable_until=e.disputable_until)


@fold(CareVisit)
def visit_verified(row: CareVisit, e: Visit.VisitVerified) -> CareVisit:
    return row.replace(state=V.VERIFIED, items=e.items, minutes=e.minutes)


@fold(CareVisit)
def visit_disputed(row: CareVisit, e: Visit.VisitDisputed) -> CareVisit:
    return row.replace(state=V.DISPUTED)


@fold(CareVisit)
def dispute_resolved(row: CareVisit, e: Visit.DisputeResolved) -> CareVisit:
    return row.replace(state=V.REJECTED if e.upheld else V.VERIFIED)


@fold(CareVisit)
def visit_settled(row: CareVisit, e: Visit.VisitSettled) -> CareVisit:
    return row.replace(
        state=V.SETTLED, settled_in=e.month, own_fen=e.own_fen, subsidy_fen=e.subsidy_fen
    )


@fold(CareVisit)
def visit_reclaimed(row: CareVisit, e: Visit.VisitReclaimed) -> CareVisit:
    return row.replace(state=V.REJECTED if e.booked_in is None else V.RECLAIMED)


# --- a carer's day -----------------------------------------------------------------------------


class DayVisit(Value):
    """A visit as a carer's phone shows it."""

    visit_id: UUID
    order_id: UUID
    starts_at: datetime
    ends_at: datetime
    state: VisitState


class CarerDay(Row, key=("carer", "day")):
    """The visits of a carer's day, in order of time."""

    carer: Annotated[SubjectRef, Index]
    day: Annotated[date, Index]
    visits: tuple[DayVisit, ...] = ()

    def with_visit(self, visit: DayVisit) -> "CarerDay":
        """This day with one more visit."""
        visits = sorted((*self.visits, visit), key=lambda v: (v.starts_at, v.visit_id))
        return self.replace(visits=tuple(visits))

    def without(self, visit: UUID) -> "CarerDay":
        """This day with one visit less."""
        return self.replace(visits=tuple(v for v in self.visits if v.visit_id != visit))

    def in_state(self, visit: UUID, state: VisitState) -> "CarerDay":
        """This day with a visit in another state."""
        return self.replace(
            visits=tuple(
                v.model_copy(update={"state": state}) if v.visit_id == visit else v
                for v in self.visits
            )
        )


@fold(CarerDay, key=lambda e: (e.carer.subject, shanghai_date(e.starts_at)))
def day_planned(row: CarerDay | None, e: Visit.VisitScheduled | Visit.VisitReassigned) -> CarerDay:
    day = row or CarerDay(carer=e.carer.subject, day=shanghai_date(e.starts_at))
    order_id = e.whose.order_id if isinstance(e, Visit.VisitScheduled) else e.order_id
    visit = DayVisit(
        visit_id=e.id,
        order_id=order_id,
        starts_at=e.starts_at,
        ends_at=e.ends_at,
        state=V.SCHEDULED,
    )
    return day.without(e.id).with_visit(visit)


@fold(CarerDay, key=lambda e: (e.old_carer, shanghai_date(e.starts_at)))
def day_taken_away(row: CarerDay, e: Visit.VisitReassigned) -> CarerDay:
    return row if e.old_carer == e.carer.subject else row.without(e.id)


@fold(CarerDay, key=lambda e: (e.carer, shanghai_date(e.starts_at)))
def day_changed(
    row: CarerDay,
    e: Visit.VisitStarted
    | Visit.LateStartAccepted
    | Visit.VisitCompleted
    | Visit.VisitLeftOpen
    | Visit.MissedVisitResolved,
) -> CarerDay:
    state = {
        Visit.VisitStarted: V.STARTED,
        Visit.LateStartAccepted: V.STARTED,
        Visit.VisitCompleted: V.COMPLETED,
        Visit.VisitLeftOpen: V.NEEDS_REVIEW,
        Visit.MissedVisitResolved: V.RESOLVED,
    }[type(e)]
    return row.in_state(e.id, state)


@fold(CarerDay, key=lambda e: (e.carer, shanghai_date(e.due_at)))
def day_missed(row: CarerDay, e: Visit.VisitMissed) -> CarerDay:
    return row.in_state(e.id, V.MISSED)


@fold(CarerDay, key=lambda e: (e.carer, shanghai_date(e.starts_at)))
def day_called_off(row: CarerDay, e: Visit.VisitCancelled) -> CarerDay:
    return row.without(e.id)
