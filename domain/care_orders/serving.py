"""An order that is served: its visits, its rests, its transfers, what the elder thinks of it.

An order knows its visits, so that what ends or rests can call off those to come. It remembers each
for somewhat more than a year.
"""

from datetime import date, datetime, timedelta
from uuid import UUID

from domain.care_orders import limits
from domain.care_orders.planning import Planning
from domain.care_orders.refusals import (
    NoHeldPlace,
    OutsidePlan,
    RatedThisMonth,
    ReassessmentOpen,
    SameProvider,
)
from domain.care_orders.requesting import Booking
from domain.care_orders.states import (
    Mode,
    OrderState,
    ReassessmentReason,
    StopGround,
    SuspensionReason,
)
from domain.care_orders.timed import Readings
from domain.shared.aggregate import Aggregate, allowed_in, event
from domain.shared.calendar import Calendar
from domain.shared.districts import District
from domain.shared.identifiers import SubjectRef, Uscc
from domain.shared.instants import shanghai_date
from domain.shared.personal import Personal
from domain.shared.refusals import NotDue

S = OrderState
Visits = tuple[UUID, ...]


class Serving(Planning):
    """While a provider cares for the elder."""

    @property
    def assigned(self) -> str:
        """The provider's code; there is one in every state that asks for it."""
        if self.provider is None:
            raise LookupError("no provider has been assigned")
        return self.provider

    # --- visits --------------------------------------------------------------------------------

    class VisitBooked(Aggregate.Event, v=1):
        """A visit was planned for this order."""

        visit_id: UUID
        starts_at: datetime
        items: tuple[str, ...]

    @allowed_in(S.ACTIVE)
    def schedule_visit(
        self, visit: UUID, starts_at: datetime, ends_at: datetime, items: tuple[str, ...]
    ) -> None:
        """Raises OutsidePlan when a service is not planned, is done often enough that week
        already, falls on no day of the day centre, or does not fit into the time."""
        plan = self.agreed
        wrong = {code for code in items if plan.line(code) is None}
        week = shanghai_date(starts_at).isocalendar()[:2]
        for line in (line for line in plan.items if line.code in items):
            booked = sum(
                line.code in b.items and shanghai_date(b.starts_at).isocalendar()[:2] == week
                for b in self.bookings.values()
            )
            if booked >= line.times_per_week:
                wrong.add(line.code)
        if plan.weekdays and shanghai_date(starts_at).isoweekday() not in plan.weekdays:
            wrong |= set(items)
        needed = sum(line.minutes for line in plan.items if line.code in items)
        if timedelta(minutes=needed) > ends_at - starts_at:
            wrong |= set(items)
        if wrong:
            raise OutsidePlan(services=tuple(sorted(wrong)))
        self._visit_booked(visit_id=visit, starts_at=starts_at, items=items)

    @event(VisitBooked)
    def _visit_booked(self, visit_id: UUID, starts_at: datetime, items: tuple[str, ...]) -> None:
        oldest = self.modified_on - limits.VISITS_KEPT
        kept = {id: b for id, b in self.bookings.items() if b.starts_at >= oldest}
        self.bookings = {**kept, visit_id: Booking(starts_at=starts_at, items=items)}

    class VisitUnbooked(Aggregate.Event, v=1):
        """A visit of this order was called off."""

        visit_id: UUID

    def unbook_visit(self, visit: UUID) -> None:
        """When the visit was cancelled; its services may be planned anew."""
        if self.state is not S.ENDED and visit in self.bookings:
            self._visit_unbooked(visit_id=visit)

    @event(VisitUnbooked)
    def _visit_unbooked(self, visit_id: UUID) -> None:
        self.bookings = {id: b for id, b in self.bookings.items() if id != visit_id}

    def visits_to_come(self) -> Visits:
        """Visits that are not to have begun yet, in order of time."""
        found = [(b.starts_at, id) for id, b in self.bookings.items() if b.starts_at > self.now]
        return tuple(id for _, id in sorted(found))

    def visits_after(self, day: date) -> Visits:
        """Visits of later days than this that should have begun by now, in order of time."""
        found = [
            (b.starts_at, id)
            for id, b in self.bookings.items()
            if b.starts_at <= self.now and shanghai_date(b.starts_at) > day
        ]
        return tuple(id for _, id in sorted(found))

    # --- rest ----------------------------------------------------------------------------------

    class CareSuspended(Aggregate.Event, v=1):
        """The elder is away; ``later_visits`` are called off, the place is held for a time."""

        elder: SubjectRef
        mode: Mode
        district: District
        reason: SuspensionReason
        later_visits: Visits
        clocks: Readings

    @allowed_in(S.ACTIVE)
    def suspend(self, reason: SuspensionReason, *, calendar: Calendar) -> None:
        """By the family, the office, or because a hospital admitted the elder."""
        self._care_suspended(
            elder=self.elder.subject,
            mode=self.mode,
            district=self.district,
            reason=reason,
            later_visits=self.visits_to_come(),
            clocks=(limits.HELD_PLACE.start(self.now, calendar),),
        )

    @event(CareSuspended)
    def _care_suspended(
        self,
        elder: str,
        mode: Mode,
        district: str,
        reason: SuspensionReason,
        later_visits: Visits,
        clocks: Readings,
    ) -> None:
        self.state = S.SUSPENDED
        self.rests_for = reason
        self.read_clocks(clocks)

    class HeldPlaceReleased(Aggregate.Event, v=1):
        """The place was held long enough; who comes back needs another."""

        provider: Uscc
        mode: Mode
        clocks: Readings

    @allowed_in(S.SUSPENDED)
    def release_held_place(self) -> None:
        """Raises NotDue before the limit, NoHeldPlace when it was released already."""
        reading = self.clocks[limits.HELD_PLACE.name]
        if not self.place_held:
            raise NoHeldPlace()
        if reading.due_at is not None and self.now < reading.due_at:
            raise NotDue(due_at=reading.due_at)
        self._held_place_released(
            provider=self.assigned, mode=self.mode, clocks=self._stopped(limits.HELD_PLACE)
        )

    @event(HeldPlaceReleased)
    def _held_place_released(self, provider: str, mode: Mode, clocks: Readings) -> None:
        self.place_held = False
        self.read_clocks(clocks)

    class CareResumed(Aggregate.Event, v=1):
        """The elder is back; ``place_no`` is the bed, if it has a number and is a new one."""

        elder: SubjectRef
        mode: Mode
        district: District
        provider: Uscc
        place_no: str | None
        clocks: Readings

    @allowed_in(S.SUSPENDED)
    def resume(self, place_no: str | None = None) -> None:
        """``place_no`` of a place taken anew, when the old one was not held."""
        self._care_resumed(
            elder=self.elder.subject,
            mode=self.mode,
            district=self.district,
            provider=self.assigned,
            place_no=place_no,
            clocks=self._stopped(limits.HELD_PLACE),
        )

    @event(CareResumed)
    def _care_resumed(
        self,
        elder: str,
        mode: Mode,
        district: str,
        provider: str,
        place_no: str | None,
        clocks: Readings,
    ) -> None:
        self.state = S.ACTIVE
        self.place_held = True
        self.rests_for = None
        self.read_clocks(clocks)

    # --- transfer ------------------------------------------------------------------------------

    class TransferProposed(Aggregate.Event, v=1):
        """The provider may not go on; the family is to choose another."""

        provider: Uscc
        ground: StopGround

    @allowed_in(S.ACTIVE)
    def propose_transfer(self, ground: StopGround) -> None:
        """As often as there is a new ground."""
        self._transfer_proposed(provider=self.assigned, ground=ground)

    @event(TransferProposed)
    def _transfer_proposed(self, provider: str, ground: StopGround) -> None:
        pass

    class ProviderChanged(Aggregate.Event, v=1):
        """Another provider cares for the elder; ``later_visits`` of the old one are called off."""

        elder: SubjectRef
        mode: Mode
        old_provider: Uscc
        provider: Uscc
        place_no: str | None
        from_day: date
        later_visits: Visits

    @allowed_in(S.ACTIVE)
    def transfer_provider(self, provider: str, place_no: str | None) -> None:
        """The new place is taken before the old one is given back. Raises SameProvider."""
        self.require_consent()
        if provider == self.provider:
            raise SameProvider()
        self._provider_changed(
            elder=self.elder.subject,
            mode=self.mode,
            old_provider=self.assigned,
            provider=provider,
            place_no=place_no,
            from_day=shanghai_date(self.now),
            later_visits=self.visits_to_come(),
        )

    @event(ProviderChanged)
    def _provider_changed(
        self,
        elder: str,
        mode: Mode,
        old_provider: str,
        provider: str,
        place_no: str | None,
        from_day: date,
        later_visits: Visits,
    ) -> None:
        self.provider = provider

    # --- reassessment --------------------------------------------------------------------------

    class ReassessmentRequested(Aggregate.Event, v=1):
        """The grade is to be found anew; the limit for it begins."""

        elder: SubjectRef
        reason: ReassessmentReason
        clocks: Readings

    @allowed_in(S.ACTIVE, S.SUSPENDED)
    def request_reassessment(self, reason: ReassessmentReason, *, calendar: Calendar) -> None:
        """Raises ReassessmentOpen, NotDue when the grade is not expiring yet, and ConsentMissing
        to whoever asks for more than that: nobody could be assessed."""
        if self.reassessing:
            raise ReassessmentOpen()
        due_at = self.clocks[limits.REASSESSMENT.name].due_at
        expiring = reason is ReassessmentReason.GRADE_EXPIRING
        if expiring and due_at is not None and self.now < due_at:
            raise NotDue(due_at=due_at)
        if not expiring:
            self.require_consent()
        self._reassessment_requested(
            elder=self.elder.subject,
            reason=reason,
            clocks=(
                *self._stopped(limits.REASSESSMENT),
                limits.ASSESSMENT.start(self.now, calendar),
            ),
        )

    @event(ReassessmentRequested)
    def _reassessment_requested(
        self, elder: str, reason: ReassessmentReason, clocks: Readings
    ) -> None:
        self.reassessing = True
        self.read_clocks(clocks)

    # --- rating --------------------------------------------------------------------------------

    class ServiceRated(Aggregate.Event, v=1):
        """One to five stars for a month's care."""

        provider: Uscc
        visit_id: UUID
        month: str
        stars: int
        text: Personal[str] | None

    @allowed_in(S.ACTIVE, S.SUSPENDED)
    def rate_service(
        self, visit: UUID, provider: str, month: str, stars: int, text: str | None
    ) -> None:
        """Of a visit that was made. Raises RatedThisMonth."""
        if month in self.rated:
            raise RatedThisMonth(month=month)
        self._service_rated(provider=provider, visit_id=visit, month=month, stars=stars, text=text)

    @event(ServiceRated)
    def _service_rated(
        self, provider: str, visit_id: UUID, month: str, stars: int, text: str | None
    ) -> None:
        self.rated = self.rated | {month}
