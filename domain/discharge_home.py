"""From a hospital bed to the first care at home as one thing (出院到家).

A process of its own: it begins when a patient who lost abilities goes home and agreed that care is
told, and it ends with the first visit of a carer. It knows which orders of care were made for the
elder under which consent, so that a consent that is withdrawn takes all of it back. One matter an
elder, found by the keyed hash, because that is what health and care both know of a person.
"""

from collections.abc import Container, Mapping
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from domain.care_orders import Mode
from domain.health_visits.institutions import InstitutionCode
from domain.shared.aggregate import Aggregate, allowed_in, event
from domain.shared.clocks import Clock, ClockedAggregate, ClockReading, Limit, Unit
from domain.shared.departments import DepartmentCode
from domain.shared.derived_ids import derived_id
from domain.shared.districts import District
from domain.shared.identifiers import SubjectRef, Uscc
from domain.shared.personal import Personal
from domain.shared.refusals import Refused

HOMECOMING = Clock(
    "discharge-home",
    Limit(7, Unit.CALENDAR_DAYS),
    escalate=Limit(1, Unit.WORKING_DAYS),
)

COMMUNITY = "civil-affairs"
"""Whose office in the elder's district is told when nobody has a place."""


def discharge_id(subject: str) -> UUID:
    """The way home of a person, found by what stands for him; there is one at a time."""
    return derived_id("discharge-home", subject)


class State(StrEnum):
    """``TO_ASK``: nobody has asked for care yet. ``SERVED``: a provider has been found."""

    TO_ASK = "to-ask"
    ASKED = "asked"
    WAITING = "waiting"
    SERVED = "served"
    DONE = "done"
    RECALLED = "recalled"
    ENDED = "ended"


S = State
UNSERVED = (S.TO_ASK, S.ASKED, S.WAITING)
OPEN = (*UNSERVED, S.SERVED)


class EndReason(StrEnum):
    """Why nobody is to come: ``CARE_ENDED`` is the family's own decision."""

    DEATH = "death"
    READMITTED = "readmitted"
    CARE_ENDED = "care-ended"


class WrongElder(Refused, code="wrong-elder", status=422):
    """The resident identity number is another person's than the discharged patient's."""


Orders = Mapping[UUID, Mode]
Readings = tuple[ClockReading, ...]


class DischargeHome(ClockedAggregate, program="discharge-home"):
    """An elder's way home after a stay in hospital.

    What policies tell it and it has no use for any more (a second visit, an order of one who came
    home long ago) changes nothing and is no refusal: care tells of every elder.
    Source: cross-programme brief, section 3.
    """

    CLOCKS = (HOMECOMING,)

    class DischargeBegun(Aggregate.Created, v=1):
        """A patient who lost abilities went home; ``orders`` of care were live already."""

        elder: SubjectRef
        visit: UUID
        consent: UUID
        institution: InstitutionCode
        discharged_at: datetime
        orders: dict[UUID, Mode]
        clocks: Readings

    @event(DischargeBegun)
    def __init__(
        self,
        elder: str,
        visit: UUID,
        consent: UUID,
        institution: str,
        discharged_at: datetime,
        orders: Orders,
        clocks: Readings,
    ) -> None:
        self.elder: str = elder
        # Orders that this process asked for, by the consent that they rest on.
        self.sent: dict[UUID, UUID] = {}
        # Consents that were withdrawn, at health or at care, and carry nothing ever again.
        self.withdrawn: frozenset[UUID] = frozenset()
        self._start(visit, consent, discharged_at, orders, clocks)

    class DischargeBegunAnew(Aggregate.Event, v=1):
        """The same person went home from another stay."""

        visit: UUID
        consent: UUID
        institution: InstitutionCode
        discharged_at: datetime
        orders: dict[UUID, Mode]
        clocks: Readings

    def begin_discharge_home(
        self,
        visit: UUID,
        consent: UUID,
        institution: str,
        discharged_at: datetime,
        orders: Orders,
        reading: ClockReading,
    ) -> None:
        """Of the same stay nothing happens twice."""
        if visit != self.visit:
            self._discharge_begun_anew(
                visit=visit,
                consent=consent,
                institution=institution,
                discharged_at=discharged_at,
                orders=dict(orders),
                clocks=(reading,),
            )

    @event(DischargeBegunAnew)
    def _discharge_begun_anew(
        self,
        visit: UUID,
        consent: UUID,
        institution: str,
        discharged_at: datetime,
        orders: Orders,
        clocks: Readings,
    ) -> None:
        self._start(visit, consent, discharged_at, orders, clocks)

    def _start(
        self,
        visit: UUID,
        consent: UUID,
        discharged_at: datetime,
        orders: Orders,
        clocks: Readings,
    ) -> None:
        self.state: State = S.ASKED if orders else S.TO_ASK
        self.visit: UUID = visit
        self.consent: UUID = consent
        self.discharged_at: datetime = discharged_at
        self.orders: dict[UUID, Mode] = dict(orders)
        # What WAITING and SERVED rest on: an order, and whom it waits for or who serves it.
        self.rests_on: tuple[UUID, str] | None = None
        self.read_clocks(clocks)

    def _leave(self, orders: Container[UUID]) -> None:
        """These orders are no more; a state that rests on one of them falls back."""
        self.orders = {id: mode for id, mode in self.orders.items() if id not in orders}
        if self.state in OPEN and (self.rests_on is None or self.rests_on[0] in orders):
            self.state = S.ASKED if self.orders else S.TO_ASK
            self.rests_on = None

    # --- care is asked for ---------------------------------------------------------------------

    class CareHandedOver(Aggregate.Event, v=1):
        """Care was asked for on behalf of the elder; the order rests on ``consent``."""

        order_id: UUID
        mode: Mode
        consent: UUID

    @allowed_in(*UNSERVED)
    def hand_over_to_care(self, order: UUID, mode: Mode) -> None:
        """In the decision that begins the order, which asks whether the consent stands."""
        self._care_handed_over(order_id=order, mode=mode, consent=self.consent)

    @event(CareHandedOver)
    def _care_handed_over(self, order_id: UUID, mode: Mode, consent: UUID) -> None:
        self.sent = {**self.sent, order_id: consent}
        self._add(order_id, mode)

    class CareRequestSeen(Aggregate.Event, v=1):
        """The elder or the family asked for care; that is theirs, and never recalled here."""

        order_id: UUID
        mode: Mode

    def note_care_request(self, order: UUID, mode: Mode) -> None:
        """Of an order that it knows, as of those that it sent, nothing happens."""
        if self.state in OPEN and order not in self.orders:
            self._care_request_seen(order_id=order, mode=mode)

    @event(CareRequestSeen)
    def _care_request_seen(self, order_id: UUID, mode: Mode) -> None:
        self._add(order_id, mode)

    def _add(self, order: UUID, mode: Mode) -> None:
        self.orders = {**self.orders, order: mode}
        if self.state is S.TO_ASK:
            self.state = S.ASKED

    # --- a provider, or none -------------------------------------------------------------------

    class CommunityTold(Aggregate.Event, v=1):
        """No provider has a place: the order waits, and the district's office and the community
        hear of it, who may find a day centre meanwhile."""

        elder: SubjectRef
        order_id: UUID
        mode: Mode
        waiting_at: Uscc
        department: DepartmentCode
        district: District
        street: Personal[str]
        community: Personal[str]

    def note_waiting_list(
        self, order: UUID, waiting_at: str, *, district: str, street: str, community: str
    ) -> None:
        """Told once, however many lists the order is on."""
        if self.state in (S.TO_ASK, S.ASKED) and order in self.orders:
            self._community_told(
                elder=self.elder,
                order_id=order,
                mode=self.orders[order],
                waiting_at=waiting_at,
                department=COMMUNITY,
                district=district,
                street=street,
                community=community,
            )

    @event(CommunityTold)
    def _community_told(
        self,
        elder: str,
        order_id: UUID,
        mode: Mode,
        waiting_at: str,
        department: str,
        district: str,
        street: str,
        community: str,
    ) -> None:
        self.state = S.WAITING
        self.rests_on = (order_id, waiting_at)

    class ProviderFound(Aggregate.Event, v=1):
        """Somebody cares for the elder: at home, in a day centre or in an institution."""

        order_id: UUID
        mode: Mode
        provider: Uscc

    def note_provider(self, order: UUID, mode: Mode, provider: str) -> None:
        """The first time, and when it is another."""
        served = self.state is S.SERVED and self.rests_on == (order, provider)
        if self.state in OPEN and not served:
            self._provider_found(order_id=order, mode=mode, provider=provider)

    @event(ProviderFound)
    def _provider_found(self, order_id: UUID, mode: Mode, provider: str) -> None:
        self.state = S.SERVED
        self.orders = {**self.orders, order_id: mode}
        self.rests_on = (order_id, provider)

    # --- the end -------------------------------------------------------------------------------

    class HomecomingCompleted(Aggregate.Event, v=1):
        """A carer has been with the elder for the first time."""

        order_id: UUID
        care_visit: UUID
        clocks: Readings

    def note_care_visit(self, order: UUID, visit: UUID, starts_at: datetime) -> None:
        """A visit from before the stay, told late by a carer out of reach, is not the one."""
        if self.state in OPEN and starts_at >= self.discharged_at:
            self._homecoming_completed(
                order_id=order, care_visit=visit, clocks=self._stopped(HOMECOMING)
            )

    @event(HomecomingCompleted)
    def _homecoming_completed(self, order_id: UUID, care_visit: UUID, clocks: Readings) -> None:
        self.state = S.DONE
        self.read_clocks(clocks)

    class OrderDropped(Aggregate.Event, v=1):
        """One of several orders ended; the others go on."""

        order_id: UUID

    def note_care_end(self, order: UUID, *, died: bool) -> None:
        """With the last order the way home ends, too."""
        if self.state not in OPEN or order not in self.orders:
            return
        if died or len(self.orders) == 1:
            self.end_discharge_home(EndReason.DEATH if died else EndReason.CARE_ENDED)
        else:
            self._order_dropped(order_id=order)

    @event(OrderDropped)
    def _order_dropped(self, order_id: UUID) -> None:
        self._leave((order_id,))

    class HomecomingEnded(Aggregate.Event, v=1):
        """Nobody is to come any more, and nobody is late."""

        reason: EndReason
        clocks: Readings

    def end_discharge_home(self, reason: EndReason) -> None:
        """Once; what is over stays as it ended."""
        if self.state in OPEN:
            self._homecoming_ended(reason=reason, clocks=self._stopped(HOMECOMING, cancelled=True))

    @event(HomecomingEnded)
    def _homecoming_ended(self, reason: EndReason, clocks: Readings) -> None:
        self.state = S.ENDED
        self.read_clocks(clocks)

    # --- the consent ---------------------------------------------------------------------------

    class DischargeRecalled(Aggregate.Event, v=1):
        """The consent was withdrawn: what was sent under it is taken back, ``orders`` at care, the
        notice at the community, the row that tells of it."""

        consent: UUID
        current: bool
        orders: tuple[UUID, ...]
        clocks: Readings

    def recall_discharge(self, consent: UUID) -> None:
        """At any time, also when the carer has come. ``current``: it is this stay's consent, not
        one of a stay before. Nothing happens when nothing rests on it."""
        orders = tuple(order for order, on in self.sent.items() if on == consent)
        current = consent == self.consent and self.state is not S.RECALLED
        if current or orders:
            self._discharge_recalled(
                consent=consent,
                current=current,
                orders=orders,
                clocks=self._stopped(HOMECOMING, cancelled=True) if current else (),
            )

    @event(DischargeRecalled)
    def _discharge_recalled(
        self, consent: UUID, current: bool, orders: tuple[UUID, ...], clocks: Readings
    ) -> None:
        self.sent = {order: on for order, on in self.sent.items() if order not in orders}
        self.withdrawn |= {consent}
        self._leave(orders)
        if current:
            self.state = S.RECALLED
        self.read_clocks(clocks)


SENTENCES: dict[str, tuple[str, str]] = {
    "wrong-elder": (
        "该公民身份号码不是这位出院患者的。",
        "This resident identity number is not the discharged patient's.",
    ),
}
"""Code → Chinese, English."""
