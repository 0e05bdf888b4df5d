"""A visit that was begun: its end, the check of it, a dispute, and its money.

With it the whole aggregate.
"""

from datetime import datetime, timedelta
from uuid import UUID

from domain.care_orders import limits
from domain.care_orders.people import month_of
from domain.care_orders.refusals import (
    BeforeCheckIn,
    DisputeTermOver,
    ItemsNotPlanned,
)
from domain.care_orders.states import ReclaimReason, VisitState
from domain.care_orders.timed import Readings
from domain.care_orders.visiting import Visiting
from domain.care_orders.whereabouts import Presence, Seen, Where, Whose
from domain.shared.aggregate import Aggregate, allowed_in, event
from domain.shared.calendar import Calendar
from domain.shared.clocks import ClockedAggregate, ClockReading, Level
from domain.shared.identifiers import SubjectRef, Uscc
from domain.shared.instants import shanghai_date
from domain.shared.money import Fen
from domain.shared.personal import Personal
from domain.shared.refusals import (
    FourEyes,
    NotDue,
)

S = VisitState

PAYABLE = (S.COMPLETED, S.NEEDS_REVIEW, S.VERIFIED, S.DISPUTED, S.SETTLED)


class Visit(Visiting, program="care-orders", clock_events="visit"):
    """One carer with one elder, once. Source: GB/T 43153-2023."""

    @property
    def month(self) -> str:
        """The month of the visit's day in the city."""
        return month_of(shanghai_date(self.starts_at))

    # --- alarms --------------------------------------------------------------------------------

    class ClockBreached(ClockedAggregate.ClockBreached, v=1):
        """Nobody began the visit for an hour: the shared event, with what the help centre needs."""

        whose: Whose
        where: Personal[Where]
        carer: SubjectRef
        starts_at: datetime

    def _record(self, reading: ClockReading, level: Level) -> None:
        if level != "breached":
            super()._record(reading, level)
            return
        # By its class: the library lets no second method apply an event that a base applies.
        self.trigger_event(
            Visit.ClockBreached,
            clocks=(reading.raise_level(level),),
            clock=reading.clock,
            due_at=reading.due_at,
            whose=self.whose,
            where=self.where,
            carer=self.carer.subject,
            starts_at=self.starts_at,
        )

    # --- ended ---------------------------------------------------------------------------------

    class VisitCompleted(Aggregate.Event, v=1):
        """The carer has done what ``items`` says. ``minutes`` are no more than planned."""

        order_id: UUID
        elder: SubjectRef
        provider: Uscc
        carer: SubjectRef
        starts_at: datetime
        presence: Presence
        items: tuple[str, ...]
        minutes: int
        disputable_until: datetime
        clocks: Readings

    @allowed_in(S.STARTED)
    def check_out(
        self, seen: Seen, items: tuple[str, ...], *, actor: str, calendar: Calendar
    ) -> None:
        """Raises what a check-in does, BeforeCheckIn and ItemsNotPlanned."""
        self._require_carer(actor)
        presence = self._presence(seen)
        began_at = self.began_at or self.starts_at
        if presence.at < began_at:
            raise BeforeCheckIn()
        planned = {line.code for line in self.lines}
        if not items or set(items) - planned:
            raise ItemsNotPlanned(services=tuple(sorted(set(items) - planned)))
        minutes = min(presence.at - began_at, self.ends_at - self.starts_at) // timedelta(minutes=1)
        self._visit_completed(
            order_id=self.whose.order_id,
            elder=self.whose.elder,
            provider=self.whose.provider,
            carer=self.carer.subject,
            starts_at=self.starts_at,
            presence=presence,
            items=tuple(line.code for line in self.lines if line.code in items),
            minutes=minutes,
            disputable_until=limits.DISPUTE.after(self.now, calendar),
            clocks=self._stopped(limits.FORGOTTEN),
        )

    @event(VisitCompleted)
    def _visit_completed(
        self,
        order_id: UUID,
        elder: str,
        provider: str,
        carer: str,
        starts_at: datetime,
        presence: Presence,
        items: tuple[str, ...],
        minutes: int,
        disputable_until: datetime,
        clocks: Readings,
    ) -> None:
        self.state = S.COMPLETED
        self.done = items
        self.minutes = minutes
        self.disputable_until = disputable_until
        self.read_clocks(clocks)

    class VisitLeftOpen(Aggregate.Event, v=1):
        """Nobody checked out; a coordinator is to find out what was done."""

        order_id: UUID
        elder: SubjectRef
        provider: Uscc
        carer: SubjectRef
        starts_at: datetime
        disputable_until: datetime
        clocks: Readings

    @allowed_in(S.STARTED)
    def close_forgotten(self, *, calendar: Calendar) -> None:
        """Raises NotDue before two hours after the planned end."""
        due_at = self.clocks[limits.FORGOTTEN.name].due_at or self.ends_at
        if self.now < due_at:
            raise NotDue(due_at=due_at)
        self._visit_left_open(
            order_id=self.whose.order_id,
            elder=self.whose.elder,
            provider=self.whose.provider,
            carer=self.carer.subject,
            starts_at=self.starts_at,
            disputable_until=limits.DISPUTE.after(self.now, calendar),
            clocks=self._stopped(limits.FORGOTTEN),
        )

    @event(VisitLeftOpen)
    def _visit_left_open(
        self,
        order_id: UUID,
        elder: str,
        provider: str,
        carer: str,
        starts_at: datetime,
        disputable_until: datetime,
        clocks: Readings,
    ) -> None:
        self.state = S.NEEDS_REVIEW
        self.done = tuple(line.code for line in self.lines)
        self.minutes = (self.ends_at - self.starts_at) // timedelta(minutes=1)
        self.disputable_until = disputable_until
        self.read_clocks(clocks)

    # --- checked -------------------------------------------------------------------------------

    class VisitVerified(Aggregate.Event, v=1):
        """A coordinator vouches for the visit."""

        order_id: UUID
        provider: Uscc
        month: str
        items: tuple[str, ...]
        minutes: int
        by: str

    @allowed_in(S.COMPLETED, S.NEEDS_REVIEW)
    def verify_visit(self, items: tuple[str, ...] | None, *, by: str) -> None:
        """``items`` corrects what was done. Raises FourEyes to the carer, ItemsNotPlanned."""
        if by == self.carer.actor:
            raise FourEyes()
        done = self.done if items is None else items
        if wrong := set(done) - {line.code for line in self.lines}:
            raise ItemsNotPlanned(services=tuple(sorted(wrong)))
        self._visit_verified(
            order_id=self.whose.order_id,
            provider=self.whose.provider,
            month=self.month,
            items=done,
            minutes=self.minutes,
            by=by,
        )

    @event(VisitVerified)
    def _visit_verified(
        self,
        order_id: UUID,
        provider: str,
        month: str,
        items: tuple[str, ...],
        minutes: int,
        by: str,
    ) -> None:
        self.state = S.VERIFIED
        self.done = items

    class VisitDisputed(Aggregate.Event, v=1):
        """The elder or the family says that the visit was not as recorded."""

        order_id: UUID
        provider: Uscc
        month: str
        text: Personal[str]

    @allowed_in(S.COMPLETED, S.NEEDS_REVIEW)
    def dispute_visit(self, text: str) -> None:
        """Raises DisputeTermOver after seven days."""
        if self.now > self.disputable_until:
            raise DisputeTermOver(due_at=self.disputable_until)
        self._visit_disputed(
            order_id=self.whose.order_id,
            provider=self.whose.provider,
            month=self.month,
            text=text,
        )

    @event(VisitDisputed)
    def _visit_disputed(self, order_id: UUID, provider: str, month: str, text: str) -> None:
        self.state = S.DISPUTED

    class DisputeResolved(Aggregate.Event, v=1):
        """The office found whether the visit was as recorded; ``upheld``: it was not."""

        order_id: UUID
        provider: Uscc
        month: str
        upheld: bool
        by: str

    @allowed_in(S.DISPUTED)
    def resolve_dispute(self, *, upheld: bool, by: str) -> None:
        """By the office, not by the provider."""
        self._dispute_resolved(
            order_id=self.whose.order_id,
            provider=self.whose.provider,
            month=self.month,
            upheld=upheld,
            by=by,
        )

    @event(DisputeResolved)
    def _dispute_resolved(
        self, order_id: UUID, provider: str, month: str, upheld: bool, by: str
    ) -> None:
        self.state = S.REJECTED if upheld else S.VERIFIED

    # --- money ---------------------------------------------------------------------------------

    def price_fen(self) -> int:
        """The price of what was done."""
        return sum(line.price_fen for line in self.lines if line.code in self.done)

    def wanted_subsidy_fen(self) -> int:
        """The subsidy that the plan holds for what was done."""
        return sum(line.subsidy_fen for line in self.lines if line.code in self.done)

    class VisitSettled(Aggregate.Event, v=1):
        """The visit stands in a month's settlement; the price is ``own_fen + subsidy_fen``."""

        order_id: UUID
        elder: SubjectRef
        provider: Uscc
        month: str
        minutes: int
        own_fen: Fen
        subsidy_fen: Fen

    @allowed_in(S.VERIFIED)
    def include_in_settlement(self, month: str, subsidy_fen: int) -> None:
        """``subsidy_fen`` is what the elder was granted, no more than the lines say."""
        self._visit_settled(
            order_id=self.whose.order_id,
            elder=self.whose.elder,
            provider=self.whose.provider,
            month=month,
            minutes=self.minutes,
            own_fen=self.price_fen() - subsidy_fen,
            subsidy_fen=subsidy_fen,
        )

    @event(VisitSettled)
    def _visit_settled(
        self,
        order_id: UUID,
        elder: str,
        provider: str,
        month: str,
        minutes: int,
        own_fen: int,
        subsidy_fen: int,
    ) -> None:
        self.state = S.SETTLED
        self.settled_in = month
        self.own_fen = own_fen
        self.subsidy_fen = subsidy_fen

    class VisitReclaimed(Aggregate.Event, v=1):
        """The visit is not owed, or not its subsidy; ``booked_in`` is the month of the
        counter-entry, if it was settled."""

        order_id: UUID
        provider: Uscc
        month: str
        was: VisitState
        booked_in: str | None
        reason: ReclaimReason

    @allowed_in(*PAYABLE)
    def reclaim_visit(self, reason: ReclaimReason, booked_in: str | None) -> None:
        """``booked_in`` is the month of the settlement with the counter-entry."""
        self._visit_reclaimed(
            order_id=self.whose.order_id,
            provider=self.whose.provider,
            month=self.month,
            was=self.state,
            booked_in=booked_in,
            reason=reason,
        )

    @event(VisitReclaimed)
    def _visit_reclaimed(
        self,
        order_id: UUID,
        provider: str,
        month: str,
        was: VisitState,
        booked_in: str | None,
        reason: ReclaimReason,
    ) -> None:
        self.state = S.REJECTED if booked_in is None else S.RECLAIMED
