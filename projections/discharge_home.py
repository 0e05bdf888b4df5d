"""Ways home from a hospital: where each stands, what is late, and which communities were told."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated
from uuid import UUID

from domain.care_orders import Mode
from domain.discharge_home import DischargeHome, EndReason, State
from domain.health_visits.institutions import InstitutionCode
from domain.shared.departments import DepartmentCode
from domain.shared.districts import District
from domain.shared.identifiers import SubjectRef, Uscc
from domain.shared.personal import Personal
from projections.base import Index, Row, fold

D = DischargeHome


class DischargesHome(Row, key="discharge_id", main=True):
    """One line per elder, about the last stay; those before are in the timeline.

    ``orders`` are those at care, by mode; ``order_id`` and ``provider`` the one that waits or is
    served. After a withdrawn consent the line says that, and nothing of care.
    """

    discharge_id: UUID
    elder: Annotated[SubjectRef, Index]
    visit_id: Annotated[UUID, Index]
    institution: Annotated[InstitutionCode, Index]
    state: Annotated[State, Index]
    discharged_at: Annotated[datetime, Index]
    due_at: Annotated[datetime | None, Index] = None
    late: Annotated[bool, Index] = False
    escalated: bool = False
    orders: Mapping[str, Mode] = {}
    order_id: UUID | None = None
    provider: Annotated[Uscc | None, Index] = None
    completed_at: Annotated[datetime | None, Index] = None
    ended: EndReason | None = None

    def with_order(self, order: UUID, mode: Mode) -> "DischargesHome":
        """This line with one more order."""
        state = State.ASKED if self.state is State.TO_ASK else self.state
        return self.replace(orders={**self.orders, str(order): mode}, state=state)

    def without(self, orders: tuple[UUID, ...]) -> "DischargesHome":
        """This line without these orders, and without what rested on one of them."""
        gone = {str(order) for order in orders}
        left = {id: mode for id, mode in self.orders.items() if id not in gone}
        if self.order_id is not None and self.order_id not in orders:
            return self.replace(orders=left)
        state = self.state
        if self.completed_at is None and self.ended is None and state is not State.RECALLED:
            state = State.ASKED if left else State.TO_ASK
        return self.replace(orders=left, state=state, order_id=None, provider=None)

    def closed(self, state: State) -> "DischargesHome":
        """This line when nothing is due any more."""
        return self.replace(state=state, due_at=None)


@fold(DischargesHome)
def begun(
    row: DischargesHome | None, e: D.DischargeBegun | D.DischargeBegunAnew
) -> DischargesHome | None:
    if isinstance(e, D.DischargeBegun):
        elder = e.elder
    elif row is not None:
        elder = row.elder
    else:
        return None
    return DischargesHome(
        discharge_id=e.id,
        elder=elder,
        visit_id=e.visit,
        institution=e.institution,
        state=State.ASKED if e.orders else State.TO_ASK,
        discharged_at=e.discharged_at,
        due_at=e.clocks[0].due_at,
        orders={str(id): mode for id, mode in e.orders.items()},
    )


@fold(DischargesHome)
def asked(row: DischargesHome, e: D.CareHandedOver | D.CareRequestSeen) -> DischargesHome:
    return row.with_order(e.order_id, e.mode)


@fold(DischargesHome)
def waiting(row: DischargesHome, e: D.CommunityTold) -> DischargesHome:
    return row.replace(state=State.WAITING, order_id=e.order_id, provider=e.waiting_at)


@fold(DischargesHome)
def served(row: DischargesHome, e: D.ProviderFound) -> DischargesHome:
    found = row.with_order(e.order_id, e.mode)
    return found.replace(state=State.SERVED, order_id=e.order_id, provider=e.provider)


@fold(DischargesHome)
def order_dropped(row: DischargesHome, e: D.OrderDropped) -> DischargesHome:
    return row.without((e.order_id,))


@fold(DischargesHome)
def completed(row: DischargesHome, e: D.HomecomingCompleted) -> DischargesHome:
    return row.closed(State.DONE).replace(completed_at=e.at)


@fold(DischargesHome)
def ended(row: DischargesHome, e: D.HomecomingEnded) -> DischargesHome:
    return row.closed(State.ENDED).replace(ended=e.reason)


@fold(DischargesHome)
def recalled(row: DischargesHome, e: D.DischargeRecalled) -> DischargesHome:
    if not e.current:
        return row.without(e.orders)
    return row.closed(State.RECALLED).replace(orders={}, order_id=None, provider=None)


@fold(DischargesHome)
def limit_passed(row: DischargesHome, e: D.ClockWarned | D.ClockBreached) -> DischargesHome:
    return row.replace(late=True)


@fold(DischargesHome)
def limit_escalated(row: DischargesHome, e: D.ClockEscalated) -> DischargesHome:
    return row.replace(escalated=True)


# --- who was told that nobody has a place ------------------------------------------------------


class CommunityNotices(Row, key="discharge_id"):
    """One line per elder for whom nobody has a place, for the district's office and the community.

    It is there until somebody has one, or the elder does not want it known any more.
    """

    discharge_id: UUID
    elder: Annotated[SubjectRef, Index]
    order_id: UUID
    mode: Annotated[Mode, Index]
    waiting_at: Annotated[Uscc, Index]
    department: Annotated[DepartmentCode, Index]
    district: Annotated[District, Index]
    street: Personal[str]
    community: Personal[str]
    told_at: Annotated[datetime, Index]


@fold(CommunityNotices)
def community_told(row: CommunityNotices | None, e: D.CommunityTold) -> CommunityNotices:
    return CommunityNotices(
        discharge_id=e.id,
        elder=e.elder,
        order_id=e.order_id,
        mode=e.mode,
        waiting_at=e.waiting_at,
        department=e.department,
        district=e.district,
        street=e.street,
        community=e.community,
        told_at=e.at,
    )


@fold(CommunityNotices)
def notice_over(
    row: CommunityNotices | None,
    e: D.ProviderFound | D.HomecomingCompleted | D.HomecomingEnded | D.DischargeBegunAnew,
) -> CommunityNotices | None:
    return None


@fold(CommunityNotices)
def notice_of_an_order_over(
    row: CommunityNotices | None, e: D.OrderDropped | D.DischargeRecalled
) -> CommunityNotices | None:
    orders = (e.order_id,) if isinstance(e, D.OrderDropped) else e.orders
    recalled = isinstance(e, D.DischargeRecalled) and e.current
    return None if row is None or recalled or row.order_id in orders else row
