"""One line per order: where it stands, who cares for the elder, and when somebody comes next.

What may surprise: a fold has no clock, so ``next_visit`` is the earliest visit that nobody has begun,
called off or missed.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated
from uuid import UUID

from domain.care_orders import CareOrder as Order
from domain.care_orders import Mode, OrderState, ProviderCapacity, Visit
from domain.care_orders.assessment import Grade
from domain.care_orders.limits import ASSESSMENT, FIRST_CONTACT, REASSESSMENT
from domain.shared.clocks import ClockReading, Phase
from domain.shared.districts import District
from domain.shared.identifiers import SubjectRef, Uscc
from domain.shared.personal import Sensitive
from projections.base import Index, Row, fold


class CareOrder(Row, key="order_id", main=True):
    """One line per order. ``due_at`` is the running limit of the office: call or assessment."""

    order_id: UUID
    elder: Annotated[SubjectRef, Index]
    applicant: Annotated[SubjectRef, Index]
    mode: Annotated[Mode, Index]
    district: Annotated[District, Index]
    state: Annotated[OrderState, Index] = OrderState.REQUESTED
    grade: Sensitive[Grade | None] = None
    valid_until: Annotated[datetime | None, Index] = None
    provider: Annotated[Uscc | None, Index] = None
    place_no: str | None = None
    waiting_at: Annotated[Uscc | None, Index] = None
    position: int | None = None
    next_visit: Annotated[datetime | None, Index] = None
    to_come: Mapping[str, datetime] = {}
    due_at: Annotated[datetime | None, Index] = None
    alarm: Annotated[str | None, Index] = None
    transfer_proposed: Annotated[bool, Index] = False
    reassessing: Annotated[bool, Index] = False
    consent: bool = True
    week_price_fen: int | None = None
    own_part_fen: int | None = None
    subsidy_fen: int | None = None
    stars: int | None = None
    requested_at: Annotated[datetime, Index]
    ended_at: datetime | None = None

    def timed(self, clocks: tuple[ClockReading, ...], **changes: object) -> "CareOrder":
        """This row with what the readings say, and other changes."""
        for reading in clocks:
            due_at = reading.due_at if reading.phase is Phase.RUNNING else None
            if reading.clock in (FIRST_CONTACT.name, ASSESSMENT.name):
                changes["due_at"] = due_at
            if reading.clock == REASSESSMENT.name and due_at is not None:
                changes["valid_until"] = due_at
        return self.replace(**changes)

    def visits(self, to_come: Mapping[str, datetime]) -> "CareOrder":
        """This row with these visits to come."""
        return self.replace(to_come=to_come, next_visit=min(to_come.values(), default=None))

    def without(self, visit: UUID) -> "CareOrder":
        """This row with one visit less to come."""
        return self.visits({id: at for id, at in self.to_come.items() if id != str(visit)})


@fold(CareOrder)
def care_requested(row: None, e: Order.CareRequested) -> CareOrder:
    begun = CareOrder(
        order_id=e.id,
        elder=e.elder.subject,
        applicant=e.applicant.subject,
        mode=e.mode,
        district=e.district,
        requested_at=e.at,
    )
    return begun.timed(e.clocks[:1])


@fold(CareOrder)
def timed(
    row: CareOrder,
    e: Order.FirstContactMade | Order.AssessmentPaused | Order.AssessmentResumed,
) -> CareOrder:
    return row.timed(e.clocks)


@fold(CareOrder)
def ability_assessed(row: CareOrder, e: Order.AbilityAssessed) -> CareOrder:
    state = OrderState.ASSESSED if row.state is OrderState.REQUESTED else row.state
    return row.timed(
        e.clocks,
        state=state,
        grade=e.grade,
        valid_until=e.valid_until,
        reassessing=False,
        alarm=None,
    )


@fold(CareOrder)
def plan_proposed(row: CareOrder, e: Order.PlanProposed) -> CareOrder:
    return row.replace(
        state=OrderState.PLANNED,
        week_price_fen=e.plan.price_fen,
        own_part_fen=e.plan.own_part_fen,
        subsidy_fen=e.plan.subsidy_fen,
    )


@fold(CareOrder)
def plan_accepted(row: CareOrder, e: Order.PlanAccepted) -> CareOrder:
    return row.replace(state=OrderState.WAITING)


@fold(CareOrder)
def plan_declined(row: CareOrder, e: Order.PlanDeclined) -> CareOrder:
    nothing = {"week_price_fen": None, "own_part_fen": None, "subsidy_fen": None}
    return row.replace(state=OrderState.ASSESSED, **nothing)


@fold(CareOrder)
def waiting_listed(row: CareOrder, e: Order.WaitingListed) -> CareOrder:
    return row.replace(waiting_at=e.provider, position=e.position)


@fold(CareOrder, key="order_id")
def position_changed(row: CareOrder, e: ProviderCapacity.WaitingLeft) -> CareOrder:
    if row.waiting_at != e.uscc:
        return row
    return row.replace(waiting_at=None, position=None)


@fold(CareOrder)
def provider_assigned(row: CareOrder, e: Order.ProviderAssigned) -> CareOrder:
    return row.timed(
        e.clocks,
        state=OrderState.ACTIVE,
        provider=e.provider,
        place_no=e.place_no,
        waiting_at=None,
        position=None,
    )


@fold(CareOrder)
def provider_changed(row: CareOrder, e: Order.ProviderChanged) -> CareOrder:
    return row.replace(provider=e.provider, place_no=e.place_no, transfer_proposed=False)


@fold(CareOrder)
def transfer_proposed(row: CareOrder, e: Order.TransferProposed) -> CareOrder:
    return row.replace(transfer_proposed=True)


@fold(CareOrder)
def care_suspended(row: CareOrder, e: Order.CareSuspended) -> CareOrder:
    return row.replace(state=OrderState.SUSPENDED)


@fold(CareOrder)
def held_place_released(row: CareOrder, e: Order.HeldPlaceReleased) -> CareOrder:
    return row.replace(place_no=None)


@fold(CareOrder)
def care_resumed(row: CareOrder, e: Order.CareResumed) -> CareOrder:
    return row.replace(state=OrderState.ACTIVE, place_no=e.place_no or row.place_no)


@fold(CareOrder)
def reassessment_requested(row: CareOrder, e: Order.ReassessmentRequested) -> CareOrder:
    return row.timed(e.clocks, reassessing=True)


@fold(CareOrder)
def consent_withdrawn(row: CareOrder, e: Order.ConsentWithdrawn) -> CareOrder:
    return row.replace(consent=False)


@fold(CareOrder)
def service_rated(row: CareOrder, e: Order.ServiceRated) -> CareOrder:
    return row.replace(stars=e.stars)


@fold(CareOrder)
def alarmed(
    row: CareOrder, e: Order.ClockWarned | Order.ClockBreached | Order.ClockEscalated
) -> CareOrder:
    return row.replace(alarm=type(e).__name__.removeprefix("Clock").lower())


@fold(CareOrder)
def visit_booked(row: CareOrder, e: Order.VisitBooked) -> CareOrder:
    return row.visits({**row.to_come, str(e.visit_id): e.starts_at})


@fold(CareOrder)
def visit_unbooked(row: CareOrder, e: Order.VisitUnbooked) -> CareOrder:
    return row.without(e.visit_id)


@fold(CareOrder, key="order_id")
def visit_begun_or_off(row: CareOrder, e: Visit.VisitStarted | Visit.VisitCancelled) -> CareOrder:
    return row.without(e.id)


@fold(CareOrder, key=lambda e: e.whose.order_id)
def visit_missed(row: CareOrder, e: Visit.VisitMissed) -> CareOrder:
    return row.without(e.id)


@fold(CareOrder)
def care_ended(row: CareOrder, e: Order.CareEnded) -> CareOrder:
    ended = row.visits({})
    return ended.replace(
        state=OrderState.ENDED,
        ended_at=e.at,
        due_at=None,
        waiting_at=None,
        position=None,
        place_no=None,
    )


@fold(CareOrder)
def care_recalled(row: CareOrder, e: Order.CareRecalled) -> CareOrder:
    """Nothing is left by which a provider would find the line, or learn anything from it."""
    return CareOrder(
        order_id=row.order_id,
        elder=row.elder,
        applicant=row.applicant,
        mode=row.mode,
        district=row.district,
        state=OrderState.ENDED,
        consent=False,
        requested_at=row.requested_at,
        ended_at=row.ended_at or e.at,
    )
