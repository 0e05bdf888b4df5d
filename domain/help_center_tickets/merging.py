"""Tickets that need no holder: merged into another one, declined, or answered from knowledge.

What may surprise: two tickets change when one is merged, in one decision; and whoever was merged
stands alone again, his time unbroken, when the other ticket ends without work.
"""

from datetime import datetime
from uuid import UUID

from domain.help_center_tickets import limits
from domain.help_center_tickets.opening import Levels, Opening, Readings
from domain.help_center_tickets.refusals import (
    ArticleNotCurrent,
    MergeTooLate,
    NotSameMatter,
)
from domain.help_center_tickets.states import DeclineGround, State, Tier, Urgency
from domain.help_center_tickets.values import CENTRE
from domain.shared.aggregate import Aggregate, allowed_in, event
from domain.shared.calendar import Calendar

DOORS: dict[DeclineGround, str] = {
    DeclineGround.COURT: "court",
    DeclineGround.PETITION: "petition-office",
    DeclineGround.CONFIDENTIAL: "public-security",
    DeclineGround.ARBITRATION: "labour-arbitration",
    DeclineGround.OUTSIDE_CITY: "other-city-12345",
    DeclineGround.ABUSE: "none",
}
"""Where a declined caller is sent."""


class Merging(Opening):
    """Before somebody is to work on it."""

    # --- merging -------------------------------------------------------------------------------

    class TicketMerged(Aggregate.Event, v=1):
        """Another ticket's work serves this one, too; its caller is still called back."""

        lead: UUID
        clocks: Readings

    @allowed_in(State.OPEN, State.CLASSIFIED)
    def merge_into(self, lead: "Merging", *, calendar: Calendar) -> None:
        """Both change. Raises NotSameMatter and MergeTooLate."""
        fits = (
            lead.id != self.id
            and lead.state in (State.OPEN, State.CLASSIFIED, State.DISPATCHED, State.WORKING)
            and not self.merged
            and not (self.state is State.CLASSIFIED and lead.state is State.OPEN)
            and (self.item is None or self.item == lead.item)
            and (self.district is None or lead.district in (None, self.district))
            and self.kind is lead.kind
        )
        if not fits:
            raise NotSameMatter()
        apart = abs((lead.opened_at - self.opened_at).total_seconds())
        if apart > limits.MERGE_WITHIN_SECONDS:
            raise MergeTooLate()
        lead.join(self, calendar=calendar)
        self._ticket_merged(lead=lead.id, clocks=self._ended(cancelled=True))

    @event(TicketMerged)
    def _ticket_merged(self, lead: UUID, clocks: Readings) -> None:
        self.merged_in = self.state
        self.state = State.MERGED
        self.lead = lead
        self.levels = ()
        self.read_clocks(clocks)

    class TicketJoined(Aggregate.Event, v=1):
        """This ticket's work serves another one as well; the earliest clock counts for both."""

        ticket: UUID
        urgency: Urgency
        tier: Tier | None
        counted_from: datetime
        clocks: Readings
        levels: Levels

    def join(self, other: "Merging", *, calendar: Calendar) -> None:
        """Takes another ticket in; asked by :meth:`merge_into`."""
        counted_from = min(self.counted_from, other.counted_from)
        urgency = max(self.urgency, other.urgency, key=lambda u: u.rank)
        clocks: Readings = ()
        levels, tier = self.levels, self.tier
        if tier is not None:
            tier = limits.tier_of(self.kind, urgency, consumer=self.consumer)
            clocks, levels = self._not_later(tier, counted_from, calendar)
        self._ticket_joined(
            ticket=other.id,
            urgency=urgency,
            tier=tier,
            counted_from=counted_from,
            clocks=clocks,
            levels=levels,
        )

    @event(TicketJoined)
    def _ticket_joined(
        self,
        ticket: UUID,
        urgency: Urgency,
        tier: Tier | None,
        counted_from: datetime,
        clocks: Readings,
        levels: Levels,
    ) -> None:
        self.merged = (*self.merged, ticket)
        self.urgency, self.tier = urgency, tier
        self.counted_from = counted_from
        self.levels = levels
        self.read_clocks(clocks)

    class TicketLeft(Aggregate.Event, v=1):
        """A merged ticket stands alone again."""

        ticket: UUID

    def leave(self, ticket: UUID) -> None:
        """Lets a merged ticket go; one that is not here is none of its business."""
        if ticket in self.merged:
            self._ticket_left(ticket=ticket)

    @event(TicketLeft)
    def _ticket_left(self, ticket: UUID) -> None:
        self.merged = tuple(t for t in self.merged if t != ticket)

    class MergeUndone(Aggregate.Event, v=1):
        """The other ticket ended without work; this one stands alone again, its time unbroken."""

        state: State
        clocks: Readings
        levels: Levels

    @allowed_in(State.MERGED)
    def undo_merge(self, *, calendar: Calendar) -> None:
        """Counts from its own opening, as if it had never been merged."""
        clocks: Readings = ()
        levels: Levels = ()
        if self.tier is not None:
            clocks, levels = self._from_the_beginning(self.tier, self.opened_at, calendar)
        back = self.merged_in or State.OPEN
        self._merge_undone(state=back, clocks=clocks, levels=levels)

    @event(MergeUndone)
    def _merge_undone(self, state: State, clocks: Readings, levels: Levels) -> None:
        self.state = State(state)
        self.lead = None
        self.levels = levels
        self.read_clocks(clocks)

    # --- other ways out ------------------------------------------------------------------------

    class TicketDeclined(Aggregate.Event, v=1):
        """Not for the centre; ``door`` is where the caller is sent."""

        ground: DeclineGround
        door: str
        merged: tuple[UUID, ...]
        clocks: Readings

    @allowed_in(State.OPEN, State.CLASSIFIED)
    def decline(self, ground: DeclineGround) -> None:
        """With the right door."""
        self._ticket_declined(
            ground=ground, door=DOORS[ground], merged=self.merged, clocks=self._ended()
        )

    @event(TicketDeclined)
    def _ticket_declined(
        self, ground: DeclineGround, door: str, merged: tuple[UUID, ...], clocks: Readings
    ) -> None:
        self.state = State.DECLINED
        self.merged = ()
        self.levels = ()
        self.read_clocks(clocks)

    class TicketAnswered(Aggregate.Event, v=1):
        """The knowledge base had the answer. ``closes``: there is nobody to call back."""

        article: UUID
        merged: tuple[UUID, ...]
        closes: bool
        reopen_until: datetime | None
        clocks: Readings

    @allowed_in(State.CLASSIFIED)
    def answer_from_knowledge(self, article: UUID, *, current: bool, calendar: Calendar) -> None:
        """Raises ArticleNotCurrent."""
        if not current:
            raise ArticleNotCurrent()
        closes = self.caller is None
        self._ticket_answered(
            article=article,
            merged=self.merged,
            closes=closes,
            reopen_until=self._reopen_until(calendar) if closes else None,
            clocks=self._ended(),
        )

    @event(TicketAnswered)
    def _ticket_answered(
        self,
        article: UUID,
        merged: tuple[UUID, ...],
        closes: bool,
        reopen_until: datetime | None,
        clocks: Readings,
    ) -> None:
        self._result(CENTRE, closes, reopen_until, clocks)
