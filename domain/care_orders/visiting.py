"""A visit up to its end: planned, moved, called off, begun, missed, done.

The first part of the aggregate; ``visit`` adds what becomes of it afterwards. What may surprise:
the time of a check-in is the one the carer says it was made, if it was made offline, and the
server's else; a device whose clock is off is believed and flagged.
"""

from datetime import datetime
from uuid import UUID

from domain.care_orders import limits
from domain.care_orders.people import Carer
from domain.care_orders.refusals import (
    TooEarly,
    TooFar,
    TooLate,
    VisitInPast,
    WrongCarer,
    WrongTag,
)
from domain.care_orders.services import Line
from domain.care_orders.states import CancelReason, MissedOutcome, VisitState
from domain.care_orders.timed import Readings, Timed
from domain.care_orders.whereabouts import Presence, Seen, Where, Whose
from domain.shared.aggregate import Aggregate, allowed_in, event
from domain.shared.calendar import Calendar
from domain.shared.districts import District
from domain.shared.identifiers import SubjectRef
from domain.shared.instants import ahead_of_clock
from domain.shared.personal import Personal
from domain.shared.refusals import DateInFuture, NotDue

S = VisitState


class Visiting(Timed):
    """From a plan to what was done."""

    CLOCKS = limits.VISIT_CLOCKS

    # --- planned -------------------------------------------------------------------------------

    class VisitScheduled(Aggregate.Created, v=1):
        """A carer is to be with an elder. ``family`` may dispute the visit afterwards."""

        whose: Whose
        where: Personal[Where]
        family: Personal[str]
        carer: Carer
        starts_at: datetime
        ends_at: datetime
        lines: tuple[Line, ...]
        clocks: Readings

    @staticmethod
    def clocks_of(starts_at: datetime, calendar: Calendar) -> Readings:
        """The alarms of a visit that nobody begins."""
        return (
            limits.NO_CHECK_IN.start(starts_at, calendar),
            limits.MISSED_VISIT.start(starts_at, calendar),
        )

    @event(VisitScheduled)
    def __init__(
        self,
        whose: Whose,
        where: Where,
        family: str,
        carer: Carer,
        starts_at: datetime,
        ends_at: datetime,
        lines: tuple[Line, ...],
        clocks: Readings,
    ) -> None:
        self.state: VisitState = S.SCHEDULED
        self.whose: Whose = whose
        self.where: Where = where
        self.family: str = family
        self.carer: Carer = carer
        self.starts_at: datetime = starts_at
        self.ends_at: datetime = ends_at
        self.lines: tuple[Line, ...] = lines
        self.began_at: datetime | None = None
        self.minutes: int = 0
        self.done: tuple[str, ...] = ()
        self.disputable_until: datetime = ends_at
        # What was settled for it: the month, and what the city and the elder pay.
        self.settled_in: str | None = None
        self.subsidy_fen: int = 0
        self.own_fen: int = 0
        self.read_clocks(clocks)

    class VisitReassigned(Aggregate.Event, v=1):
        """Another carer is to come."""

        order_id: UUID
        starts_at: datetime
        ends_at: datetime
        old_carer: SubjectRef
        carer: Carer

    @allowed_in(S.SCHEDULED)
    def reassign(self, carer: Carer) -> None:
        """Before the start, else VisitInPast."""
        self._require_future()
        self._visit_reassigned(
            order_id=self.whose.order_id,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            old_carer=self.carer.subject,
            carer=carer,
        )

    @event(VisitReassigned)
    def _visit_reassigned(
        self,
        order_id: UUID,
        starts_at: datetime,
        ends_at: datetime,
        old_carer: str,
        carer: Carer,
    ) -> None:
        self.carer = carer

    class VisitCancelled(Aggregate.Event, v=1):
        """Nobody is to come."""

        order_id: UUID
        carer: SubjectRef
        starts_at: datetime
        reason: CancelReason
        clocks: Readings

    @allowed_in(S.SCHEDULED)
    def cancel_visit(self, reason: CancelReason) -> None:
        """Before the start, else VisitInPast."""
        self._require_future()
        self._visit_cancelled(
            order_id=self.whose.order_id,
            carer=self.carer.subject,
            starts_at=self.starts_at,
            reason=reason,
            clocks=tuple(
                reading.stop(self.now, cancelled=True) for reading in self.clocks.values()
            ),
        )

    @event(VisitCancelled)
    def _visit_cancelled(
        self,
        order_id: UUID,
        carer: str,
        starts_at: datetime,
        reason: CancelReason,
        clocks: Readings,
    ) -> None:
        self.state = S.CANCELLED
        self.read_clocks(clocks)

    def _require_future(self) -> None:
        if self.now >= self.starts_at:
            raise VisitInPast()

    # --- begun ---------------------------------------------------------------------------------

    class VisitStarted(Aggregate.Event, v=1):
        """The carer is with the elder."""

        order_id: UUID
        elder: SubjectRef
        carer: SubjectRef
        starts_at: datetime
        presence: Presence
        clocks: Readings

    class LateStartAccepted(Aggregate.Event, v=1):
        """A visit that counted as missed was begun after all, late or out of reach of the network.

        ``alarmed``: the help centre had been told.
        """

        order_id: UUID
        elder: SubjectRef
        district: District
        carer: SubjectRef
        starts_at: datetime
        presence: Presence
        alarmed: bool
        clocks: Readings

    @allowed_in(S.SCHEDULED, S.MISSED)
    def check_in(self, seen: Seen, *, actor: str, calendar: Calendar) -> None:
        """Raises WrongCarer, TooFar, WrongTag, TooEarly, TooLate and DateInFuture."""
        self._require_carer(actor)
        presence = self._presence(seen)
        if presence.at < (earliest := self.starts_at - limits.EARLIEST_CHECK_IN):
            raise TooEarly(earliest=earliest)
        if presence.at > self.ends_at:
            raise TooLate(latest=self.ends_at)
        forgotten = limits.FORGOTTEN.start(max(self.ends_at, presence.at), calendar)
        clocks = (*self._stopped(limits.NO_CHECK_IN, limits.MISSED_VISIT), forgotten)
        if self.state is S.MISSED:
            self._late_start_accepted(
                order_id=self.whose.order_id,
                elder=self.whose.elder,
                district=self.whose.district,
                carer=self.carer.subject,
                starts_at=self.starts_at,
                presence=presence,
                alarmed=self.alarmed,
                clocks=clocks,
            )
        else:
            self._visit_started(
                order_id=self.whose.order_id,
                elder=self.whose.elder,
                carer=self.carer.subject,
                starts_at=self.starts_at,
                presence=presence,
                clocks=clocks,
            )

    @event(VisitStarted)
    def _visit_started(
        self,
        order_id: UUID,
        elder: str,
        carer: str,
        starts_at: datetime,
        presence: Presence,
        clocks: Readings,
    ) -> None:
        self._begin(presence, clocks)

    @event(LateStartAccepted)
    def _late_start_accepted(
        self,
        order_id: UUID,
        elder: str,
        district: str,
        carer: str,
        starts_at: datetime,
        presence: Presence,
        alarmed: bool,
        clocks: Readings,
    ) -> None:
        self._begin(presence, clocks)

    def _begin(self, presence: Presence, clocks: Readings) -> None:
        self.state = S.STARTED
        self.began_at = presence.at
        self.read_clocks(clocks)

    def _require_carer(self, actor: str) -> None:
        if actor != self.carer.actor:
            raise WrongCarer()

    def _presence(self, seen: Seen) -> Presence:
        """Judged: the right tag, or near enough, and not ahead of the server."""
        if seen.offline and ahead_of_clock(seen.at, self.now):
            raise DateInFuture()
        if seen.tag is not None and seen.tag != self.where.tag:
            raise WrongTag()
        if seen.point is not None:
            metres = seen.point.distance_m(self.where.point)
            if metres > limits.FARTHEST_M:
                raise TooFar(metres=int(metres), at_most=int(limits.FARTHEST_M))
        return Presence(
            at=min(seen.at, self.now) if seen.offline else self.now,
            point=seen.point,
            offline=seen.offline,
            skewed=abs(seen.device_time - self.now) > limits.CLOCK_SKEW,
        )

    # --- missed --------------------------------------------------------------------------------

    @property
    def alarmed(self) -> bool:
        """Whether the help centre was told that nobody came."""
        return "breached" in self.clocks[limits.MISSED_VISIT.name].raised

    class VisitMissed(Aggregate.Event, v=1):
        """Nobody began the visit for half an hour; someone is to look after the elder."""

        whose: Whose
        where: Personal[Where]
        carer: SubjectRef
        due_at: datetime
        clocks: Readings

    @allowed_in(S.SCHEDULED)
    def mark_missed(self) -> None:
        """Raises NotDue before half an hour is over. The other alarms go on."""
        due_at = self.clocks[limits.NO_CHECK_IN.name].due_at or self.starts_at
        if self.now < due_at:
            raise NotDue(due_at=due_at)
        self._visit_missed(
            whose=self.whose,
            where=self.where,
            carer=self.carer.subject,
            due_at=self.starts_at,
            clocks=(
                *self._stopped(limits.NO_CHECK_IN),
                self.clocks[limits.MISSED_VISIT.name],  # as it is: a late scheduler raised it
            ),
        )

    @event(VisitMissed)
    def _visit_missed(
        self, whose: Whose, where: Where, carer: str, due_at: datetime, clocks: Readings
    ) -> None:
        self.state = S.MISSED
        self.read_clocks(clocks)

    class ContactTried(Aggregate.Event, v=1):
        """Someone tried to reach the elder; that alone clears no alarm."""

        district: District
        by: str
        reached: bool

    @allowed_in(S.MISSED)
    def record_contact(self, *, by: str, reached: bool) -> None:
        """As often as it is tried."""
        self._contact_tried(district=self.whose.district, by=by, reached=reached)

    @event(ContactTried)
    def _contact_tried(self, district: str, by: str, reached: bool) -> None:
        pass

    class MissedVisitResolved(Aggregate.Event, v=1):
        """Someone saw or reached the elder. ``alarmed``: the help centre had been told."""

        order_id: UUID
        elder: SubjectRef
        district: District
        carer: SubjectRef
        starts_at: datetime
        outcome: MissedOutcome
        note: Personal[str] | None
        by: str
        alarmed: bool
        clocks: Readings

    @allowed_in(S.MISSED)
    def resolve_missed(self, outcome: MissedOutcome, note: str | None, *, by: str) -> None:
        """The only end of a missed visit but a late beginning."""
        self._missed_visit_resolved(
            order_id=self.whose.order_id,
            elder=self.whose.elder,
            district=self.whose.district,
            carer=self.carer.subject,
            starts_at=self.starts_at,
            outcome=outcome,
            note=note,
            by=by,
            alarmed=self.alarmed,
            clocks=self._stopped(limits.MISSED_VISIT),
        )

    @event(MissedVisitResolved)
    def _missed_visit_resolved(
        self,
        order_id: UUID,
        elder: str,
        district: str,
        carer: str,
        starts_at: datetime,
        outcome: MissedOutcome,
        note: str | None,
        by: str,
        alarmed: bool,
        clocks: Readings,
    ) -> None:
        self.state = S.RESOLVED
        self.read_clocks(clocks)
