"""What a provider has: beds, day places, homes it can serve, carers; and who waits for a place.

One matter a provider, found by its code. Whoever takes a place changes this matter in the same
decision, so that no bed is given twice and nobody overtakes the waiting list.
"""

from collections import Counter
from collections.abc import Mapping
from uuid import UUID

from domain.care_orders.people import Carer
from domain.care_orders.places import EVERY_DAY, Capacity, Place, Weekdays, offered_to, used_of
from domain.care_orders.refusals import (
    AlreadyStopped,
    AlreadyWaiting,
    CapacityInUse,
    CarerKnown,
    CarerUnknown,
    NoPlace,
    NotStopped,
    PlaceFree,
    ProviderBarred,
    ProviderUnlicensed,
)
from domain.care_orders.states import Mode, StopGround
from domain.shared.address import Point
from domain.shared.aggregate import Aggregate, event
from domain.shared.districts import District
from domain.shared.identifiers import PersonName, SubjectRef, Uscc
from domain.shared.instants import shanghai_date
from domain.shared.personal import Personal


class ProviderCapacity(Aggregate, program="care-orders"):
    """One provider of care. Source: Ministry of Civil Affairs, Order 66; GB 38600-2019."""

    class ProviderRegistered(Aggregate.Created, v=1):
        """A provider may be given elders. ``coordinators`` are subjects of its people's tokens."""

        uscc: Uscc
        name: str
        district: District
        location: Point
        coordinators: Personal[tuple[str, ...]]
        capacity: Capacity

    @event(ProviderRegistered)
    def __init__(
        self,
        uscc: str,
        name: str,
        district: str,
        location: Point,
        coordinators: tuple[str, ...],
        capacity: Capacity,
    ) -> None:
        self.uscc: str = uscc
        self.name: str = name
        self.district: str = district
        self.location: Point = location
        self.coordinators: tuple[str, ...] = coordinators
        self.capacity: Capacity = capacity
        self.carers: dict[str, Carer] = {}
        self.grounds: frozenset[StopGround] = frozenset()
        # What a ground rests on, where several things may stand behind it at once.
        self.sources: dict[StopGround, tuple[UUID, ...]] = {}
        self.places: dict[UUID, Place] = {}
        self.queue: dict[UUID, Place] = {}

    # --- counting ------------------------------------------------------------------------------

    def used(self, mode: Mode, weekdays: Weekdays = EVERY_DAY) -> int:
        """Places taken; of a day centre, those of the fullest of these days."""
        taken = [p for p in self.places.values() if p.mode is mode]
        if mode is not Mode.DAY_CARE:
            return len(taken)
        by_day = Counter(day for place in taken for day in place.weekdays)
        return max((by_day[day] for day in weekdays), default=0)

    def free(self, mode: Mode, weekdays: Weekdays = EVERY_DAY) -> int:
        """Places that nobody has."""
        return self.capacity.licensed(mode) - self.used(mode, weekdays)

    def ahead(self, order: UUID, mode: Mode, weekdays: Weekdays) -> int:
        """How many who wait come before this order, for the same days."""
        before = 0
        for id, wanted in self.queue.items():
            if id == order:
                break
            before += wanted.mode is mode and not set(wanted.weekdays).isdisjoint(weekdays)
        return before

    def position(self, order: UUID) -> int | None:
        """The order's place in the list of its mode, from 1; None when it does not wait here."""
        if order not in self.queue:
            return None
        mode = self.queue[order].mode
        same = [id for id, wanted in self.queue.items() if wanted.mode is mode]
        return same.index(order) + 1

    def waiting(self, mode: Mode) -> int:
        """How many wait."""
        return sum(wanted.mode is mode for wanted in self.queue.values())

    def _offered(
        self, *, places: Mapping[UUID, Place], capacity: Capacity, stopped: bool
    ) -> tuple[UUID, ...]:
        """Who of those that wait would get a place, in their order."""
        if stopped:
            return ()
        return offered_to(self.queue, places, capacity)

    # --- places --------------------------------------------------------------------------------

    class PlaceTaken(Aggregate.Event, v=1):
        """An order has a place; ``used`` and ``waiting`` are the counts of its mode after it."""

        uscc: Uscc
        order_id: UUID
        place: Place
        used: int
        waiting: int

    def require_open(self) -> None:
        """Raises ProviderBarred and ProviderUnlicensed."""
        if self.grounds:
            raise ProviderBarred(grounds=tuple(sorted(self.grounds)))
        if shanghai_date(self.now) > self.capacity.licensed_until:
            raise ProviderUnlicensed(licensed_until=self.capacity.licensed_until)

    def has_place_for(self, order: UUID, mode: Mode, weekdays: Weekdays) -> bool:
        """Whether a place is free that nobody who waits comes before this order for."""
        days = [(day,) for day in weekdays]
        return all(self.free(mode, day) > self.ahead(order, mode, day) for day in days)

    def take_place(self, order: UUID, mode: Mode, weekdays: Weekdays) -> str | None:
        """Gives the order a place, the first free bed if it is one; its number or None.

        Raises NoPlace, ProviderBarred and ProviderUnlicensed.
        """
        self.require_open()
        if not self.has_place_for(order, mode, weekdays):
            raise NoPlace(position=self.position(order))
        place_no = None
        if mode is Mode.INSTITUTION:
            taken = {place.place_no for place in self.places.values()}
            place_no = next(bed for bed in self.capacity.beds if bed not in taken)
        place = Place(mode=mode, weekdays=weekdays, place_no=place_no)
        after = {**self.places, order: place}
        waits = order in self.queue
        self._place_taken(
            uscc=self.uscc,
            order_id=order,
            place=place,
            used=used_of(after, mode),
            waiting=self.waiting(mode) - waits,
        )
        return place_no

    @event(PlaceTaken)
    def _place_taken(
        self, uscc: str, order_id: UUID, place: Place, used: int, waiting: int
    ) -> None:
        self.places = {**self.places, order_id: place}
        self.queue = {id: wanted for id, wanted in self.queue.items() if id != order_id}

    class PlaceReleased(Aggregate.Event, v=1):
        """A place is free again; ``offered`` are who wait and may have it now."""

        uscc: Uscc
        order_id: UUID
        place: Place
        used: int
        offered: tuple[UUID, ...]

    def release_place(self, order: UUID) -> None:
        """Nothing happens when the order has none."""
        if (place := self.places.get(order)) is None:
            return
        after = {id: p for id, p in self.places.items() if id != order}
        self._place_released(
            uscc=self.uscc,
            order_id=order,
            place=place,
            used=used_of(after, place.mode),
            offered=self._offered(places=after, capacity=self.capacity, stopped=bool(self.grounds)),
        )

    @event(PlaceReleased)
    def _place_released(
        self, uscc: str, order_id: UUID, place: Place, used: int, offered: tuple[UUID, ...]
    ) -> None:
        self.places = {id: p for id, p in self.places.items() if id != order_id}

    # --- waiting -------------------------------------------------------------------------------

    class WaitingJoined(Aggregate.Event, v=1):
        """An order waits for a place; ``waiting`` counts those of its mode."""

        uscc: Uscc
        order_id: UUID
        wanted: Place
        position: int
        waiting: int

    def join_queue(self, order: UUID, mode: Mode, weekdays: Weekdays) -> int:
        """The position. Raises AlreadyWaiting, PlaceFree, ProviderBarred, ProviderUnlicensed."""
        self.require_open()
        if (position := self.position(order)) is not None:
            raise AlreadyWaiting(position=position)
        if self.has_place_for(order, mode, weekdays):
            raise PlaceFree(free=self.free(mode, weekdays))
        position = self.waiting(mode) + 1
        self._waiting_joined(
            uscc=self.uscc,
            order_id=order,
            wanted=Place(mode=mode, weekdays=weekdays),
            position=position,
            waiting=position,
        )
        return position

    @event(WaitingJoined)
    def _waiting_joined(
        self, uscc: str, order_id: UUID, wanted: Place, position: int, waiting: int
    ) -> None:
        self.queue = {**self.queue, order_id: wanted}

    class WaitingLeft(Aggregate.Event, v=1):
        """An order waits here no longer."""

        uscc: Uscc
        order_id: UUID
        mode: Mode
        waiting: int

    def leave_queue(self, order: UUID) -> None:
        """Nothing happens when the order does not wait."""
        if (wanted := self.queue.get(order)) is not None:
            self._waiting_left(
                uscc=self.uscc,
                order_id=order,
                mode=wanted.mode,
                waiting=self.waiting(wanted.mode) - 1,
            )

    @event(WaitingLeft)
    def _waiting_left(self, uscc: str, order_id: UUID, mode: Mode, waiting: int) -> None:
        self.queue = {id: wanted for id, wanted in self.queue.items() if id != order_id}

    # --- what is licensed ----------------------------------------------------------------------

    class CapacityChanged(Aggregate.Event, v=1):
        """What is licensed from now on; ``offered`` are who wait and may have a place now."""

        uscc: Uscc
        capacity: Capacity
        offered: tuple[UUID, ...]

    def change_capacity(self, capacity: Capacity) -> None:
        """Raises CapacityInUse when a place that is taken would go."""
        taken = {p.place_no for p in self.places.values() if p.mode is Mode.INSTITUTION}
        for mode in Mode:
            if self.used(mode) > capacity.licensed(mode) or (
                mode is Mode.INSTITUTION and taken - set(capacity.beds)
            ):
                raise CapacityInUse(mode=mode, used=self.used(mode))
        offered = self._offered(places=self.places, capacity=capacity, stopped=bool(self.grounds))
        self._capacity_changed(uscc=self.uscc, capacity=capacity, offered=offered)

    @event(CapacityChanged)
    def _capacity_changed(self, uscc: str, capacity: Capacity, offered: tuple[UUID, ...]) -> None:
        self.capacity = capacity

    # --- carers --------------------------------------------------------------------------------

    class CarerRegistered(Aggregate.Event, v=1):
        """Someone cares for this provider."""

        uscc: Uscc
        carer: Carer
        name: Personal[PersonName]

    def register_carer(self, carer: Carer, name: str) -> None:
        """Raises CarerKnown."""
        if carer.subject in self.carers:
            raise CarerKnown()
        self._carer_registered(uscc=self.uscc, carer=carer, name=name)

    @event(CarerRegistered)
    def _carer_registered(self, uscc: str, carer: Carer, name: str) -> None:
        self.carers = {**self.carers, carer.subject: carer}

    class CarerLeft(Aggregate.Event, v=1):
        """Someone cares for this provider no longer; visits that are planned are to be moved."""

        uscc: Uscc
        carer: SubjectRef

    def remove_carer(self, subject: str) -> None:
        """Raises CarerUnknown."""
        self._carer_left(uscc=self.uscc, carer=self.carer(subject).subject)

    @event(CarerLeft)
    def _carer_left(self, uscc: str, carer: str) -> None:
        self.carers = {subject: c for subject, c in self.carers.items() if subject != carer}

    def carer(self, subject: str) -> Carer:
        """One of its carers. Raises CarerUnknown."""
        if subject not in self.carers:
            raise CarerUnknown()
        return self.carers[subject]

    # --- new assignments -----------------------------------------------------------------------

    class AssignmentsStopped(Aggregate.Event, v=1):
        """No new elders on this ground; ``orders`` are those who have a place here."""

        uscc: Uscc
        ground: StopGround
        orders: tuple[UUID, ...]

    class StopSourceAdded(Aggregate.Event, v=1, audit_only=True):
        """One more thing stands behind a ground, such as an entry on a credit list."""

        uscc: Uscc
        ground: StopGround
        source: UUID

    class StopSourceGone(Aggregate.Event, v=1, audit_only=True):
        """One thing stands behind a ground no longer."""

        uscc: Uscc
        ground: StopGround
        source: UUID

    def stop_new_assignments(self, ground: StopGround, source: UUID | None = None) -> None:
        """Raises AlreadyStopped, but for another ``source`` of the same ground."""
        is_new = source is not None and source not in self.sources.get(ground, ())
        if ground in self.grounds and not is_new:
            raise AlreadyStopped(ground=ground)
        if source is not None and is_new:
            self._stop_source_added(uscc=self.uscc, ground=ground, source=source)
        if ground not in self.grounds:
            self._assignments_stopped(uscc=self.uscc, ground=ground, orders=tuple(self.places))

    @event(StopSourceAdded)
    def _stop_source_added(self, uscc: str, ground: StopGround, source: UUID) -> None:
        self.sources = {**self.sources, ground: (*self.sources.get(ground, ()), source)}

    @event(StopSourceGone)
    def _stop_source_gone(self, uscc: str, ground: StopGround, source: UUID) -> None:
        left = tuple(other for other in self.sources.get(ground, ()) if other != source)
        self.sources = {**self.sources, ground: left}

    @event(AssignmentsStopped)
    def _assignments_stopped(self, uscc: str, ground: StopGround, orders: tuple[UUID, ...]) -> None:
        self.grounds = self.grounds | {ground}

    class AssignmentsAllowed(Aggregate.Event, v=1):
        """A ground fell away; ``offered`` are who wait and may have a place now."""

        uscc: Uscc
        ground: StopGround
        offered: tuple[UUID, ...]

    def allow_new_assignments(self, ground: StopGround, source: UUID | None = None) -> None:
        """The ground falls away, or only this ``source`` of it as long as there is another.

        Raises NotStopped.
        """
        known = source is None or source in self.sources.get(ground, ())
        if ground not in self.grounds or not known:
            raise NotStopped(ground=ground)
        if source is not None:
            self._stop_source_gone(uscc=self.uscc, ground=ground, source=source)
            if self.sources[ground]:
                return
        offered = self._offered(
            places=self.places, capacity=self.capacity, stopped=self.grounds != {ground}
        )
        self._assignments_allowed(uscc=self.uscc, ground=ground, offered=offered)

    @event(AssignmentsAllowed)
    def _assignments_allowed(
        self, uscc: str, ground: StopGround, offered: tuple[UUID, ...]
    ) -> None:
        self.grounds = self.grounds - {ground}
        self.sources = {other: known for other, known in self.sources.items() if other != ground}
