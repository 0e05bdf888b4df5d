"""Who has a ticket: dispatched, accepted, returned, decided, transferred, taken back.

Whether a company may get it is asked of the company, in the same decision; here is what the ticket
itself knows: who is accused, how often it came back, since when somebody has it.
"""

from datetime import datetime

from domain.help_center_tickets import limits
from domain.help_center_tickets.merging import Merging
from domain.help_center_tickets.opening import Levels, Readings
from domain.help_center_tickets.refusals import (
    ArbitrationNeeded,
    HolderHasIt,
    HolderIsAccused,
    NothingToArbitrate,
    NotHolder,
    ReturnSpent,
    ReturnTooLate,
    TransferNotAgreed,
)
from domain.help_center_tickets.states import ReturnGround, State, Tier
from domain.help_center_tickets.values import CENTRE, Holder, ItemCode
from domain.shared.aggregate import Aggregate, allowed_in, event
from domain.shared.calendar import Calendar
from domain.shared.clocks import ClockReading, Phase
from domain.shared.districts import District


class Holding(Merging):
    """From the classification until somebody works on it."""

    def judge_holder(self, holder: Holder) -> None:
        """Raises HolderIsAccused: a complaint is never sent to whom it is about, as judge."""
        if holder.code in self.accused:
            raise HolderIsAccused()

    # --- dispatch ------------------------------------------------------------------------------

    class TicketDispatched(Aggregate.Event, v=1):
        """One holder has it now. Contact only by ``relay_number``, which hides the caller's own;
        None when there is none, or the reporter's identity is sealed."""

        holder: Holder
        item: ItemCode
        district: District
        note: str | None
        relay_number: str | None
        due_at: datetime | None
        return_until: datetime
        clocks: Readings
        levels: Levels

    @allowed_in(State.CLASSIFIED, State.RETURNED)
    def dispatch(
        self, holder: Holder, *, note: str | None, relay_number: str | None, calendar: Calendar
    ) -> None:
        """Raises ArbitrationNeeded after the second return, and HolderIsAccused."""
        if self.returns >= limits.RETURNS_AT_MOST and not self.decided:
            raise ArbitrationNeeded()
        self.judge_holder(holder)
        clocks, levels = self._accept_anew(calendar)
        self._ticket_dispatched(
            holder=holder,
            item=self._known_item,
            district=self._known_district,
            note=note,
            relay_number=relay_number,
            due_at=self.due_at,
            return_until=limits.RETURN_WITHIN.after(self.now, calendar),
            clocks=clocks,
            levels=levels,
        )

    @event(TicketDispatched)
    def _ticket_dispatched(
        self,
        holder: Holder,
        item: str,
        district: str,
        note: str | None,
        relay_number: str | None,
        due_at: datetime | None,
        return_until: datetime,
        clocks: Readings,
        levels: Levels,
    ) -> None:
        self.state = State.DISPATCHED
        self.holder = holder
        self.return_until = return_until
        self.levels = levels
        self.read_clocks(clocks)

    def _accept_anew(self, calendar: Calendar) -> tuple[Readings, Levels]:
        """Acceptance runs on since the opening; a new holder of accepted work has his own."""
        accept = self.clocks.get(limits.ACCEPT.name)
        limit = self._sla(self._known_tier).accept
        if limit is None or (accept is not None and accept.phase is Phase.RUNNING):
            return (), self.levels
        reading = limits.started(limits.ACCEPT, limit, self.now, calendar)
        return self._with_ladder((reading,), self._known_tier, calendar)

    # --- accept and return ---------------------------------------------------------------------

    class DispatchAccepted(Aggregate.Event, v=1):
        """The holder works on it. ``in_time``: before the limit of acceptance had passed."""

        holder: Holder
        in_time: bool
        clocks: Readings
        levels: Levels

    @allowed_in(State.DISPATCHED)
    def accept(self, *, calendar: Calendar) -> None:
        """By the holder."""
        clocks, levels = self._accepted(calendar)
        accept = self.clocks.get(limits.ACCEPT.name)
        in_time = accept is None or "breached" not in accept.raised
        self._dispatch_accepted(holder=self.holder, in_time=in_time, clocks=clocks, levels=levels)

    def _accepted(self, calendar: Calendar) -> tuple[Readings, Levels]:
        return self._with_ladder(self._stopped(limits.ACCEPT), self._known_tier, calendar)

    @event(DispatchAccepted)
    def _dispatch_accepted(
        self, holder: Holder, in_time: bool, clocks: Readings, levels: Levels
    ) -> None:
        self.state = State.WORKING
        self.levels = levels
        self.read_clocks(clocks)

    class DispatchReturned(Aggregate.Event, v=1):
        """The holder says it is not his; the clocks run on. ``number`` counts the returns."""

        holder: Holder
        ground: ReturnGround
        reason: str
        number: int

    def judge_return(self) -> None:
        """Raises ReturnSpent once a supervisor has decided whose it is, in whatever state."""
        if self.decided:
            raise ReturnSpent()

    @allowed_in(State.DISPATCHED)
    def return_to_centre(self, ground: ReturnGround, reason: str) -> None:
        """Within one working day. Raises ReturnTooLate."""
        if self.return_until is not None and self.now > self.return_until:
            raise ReturnTooLate(until=self.return_until)
        self._dispatch_returned(
            holder=self.holder, ground=ground, reason=reason, number=self.returns + 1
        )

    @event(DispatchReturned)
    def _dispatch_returned(
        self, holder: Holder, ground: ReturnGround, reason: str, number: int
    ) -> None:
        self.state = State.RETURNED
        self.holder = CENTRE
        self.returns = number
        self.return_until = None

    class HolderDecided(Aggregate.Event, v=1):
        """A supervisor decided whose it is: it is accepted thereby, and cannot be returned."""

        holder: Holder
        item: ItemCode
        district: District
        officer: str
        reason: str
        relay_number: str | None
        due_at: datetime | None
        clocks: Readings
        levels: Levels

    @allowed_in(State.RETURNED)
    def arbitrate(
        self,
        holder: Holder,
        *,
        officer: str,
        reason: str,
        relay_number: str | None,
        calendar: Calendar,
    ) -> None:
        """Raises NothingToArbitrate before the second return, and HolderIsAccused."""
        if self.returns < limits.RETURNS_AT_MOST:
            raise NothingToArbitrate()
        self.judge_holder(holder)
        clocks, levels = self._accepted(calendar)
        self._holder_decided(
            holder=holder,
            item=self._known_item,
            district=self._known_district,
            officer=officer,
            reason=reason,
            relay_number=relay_number,
            due_at=self.due_at,
            clocks=clocks,
            levels=levels,
        )

    @event(HolderDecided)
    def _holder_decided(
        self,
        holder: Holder,
        item: str,
        district: str,
        officer: str,
        reason: str,
        relay_number: str | None,
        due_at: datetime | None,
        clocks: Readings,
        levels: Levels,
    ) -> None:
        self.state = State.WORKING
        self.holder = holder
        self.decided = True
        self.levels = levels
        self.read_clocks(clocks)

    # --- transfer and taking back --------------------------------------------------------------

    class TicketTransferred(Aggregate.Event, v=1):
        """Another holder has it; what was promised to the caller stays."""

        from_holder: Holder
        holder: Holder
        item: ItemCode
        district: District
        reason: str
        ordered_by: str | None
        relay_number: str | None
        due_at: datetime | None
        return_until: datetime
        clocks: Readings
        levels: Levels

    @allowed_in(State.WORKING)
    def transfer(
        self,
        holder: Holder,
        *,
        reason: str,
        agreed: bool,
        ordered_by: str | None,
        relay_number: str | None,
        calendar: Calendar,
    ) -> None:
        """Raises TransferNotAgreed, HolderHasIt and HolderIsAccused."""
        if not agreed and ordered_by is None:
            raise TransferNotAgreed()
        if holder == self.holder:
            raise HolderHasIt()
        self.judge_holder(holder)
        clocks, levels = self._accept_anew(calendar)
        self._ticket_transferred(
            from_holder=self.holder,
            holder=holder,
            item=self._known_item,
            district=self._known_district,
            reason=reason,
            ordered_by=ordered_by,
            relay_number=relay_number,
            due_at=self.due_at,
            return_until=limits.RETURN_WITHIN.after(self.now, calendar),
            clocks=clocks,
            levels=levels,
        )

    @event(TicketTransferred)
    def _ticket_transferred(
        self,
        from_holder: Holder,
        holder: Holder,
        item: str,
        district: str,
        reason: str,
        ordered_by: str | None,
        relay_number: str | None,
        due_at: datetime | None,
        return_until: datetime,
        clocks: Readings,
        levels: Levels,
    ) -> None:
        self.state = State.DISPATCHED
        self.holder = holder
        self.return_until = return_until
        self.levels = levels
        self.read_clocks(clocks)

    class TicketTakenBack(Aggregate.Event, v=1):
        """The centre took it from a company that may not work any more; no return of a holder's.

        A pause ends with it; the settle clock goes on with what remained.
        """

        holder: Holder
        reason: str
        paused_days: int
        clocks: Readings
        levels: Levels

    @allowed_in(State.DISPATCHED, State.WORKING, State.PAUSED)
    def take_back(self, uscc: str, reason: str, *, calendar: Calendar) -> None:
        """Raises NotHolder when another has it by now."""
        if self.holder != Holder(kind="company", code=uscc):
            raise NotHolder()
        clocks, levels, paused_days = self._going_on(calendar)
        self._ticket_taken_back(
            holder=self.holder,
            reason=reason,
            paused_days=paused_days,
            clocks=clocks,
            levels=levels,
        )

    @event(TicketTakenBack)
    def _ticket_taken_back(
        self,
        holder: Holder,
        reason: str,
        paused_days: int,
        clocks: Readings,
        levels: Levels,
    ) -> None:
        self.state = State.RETURNED
        self.holder = CENTRE
        self.return_until = None
        self.paused_days = paused_days
        self.levels = levels
        self.read_clocks(clocks)

    def _going_on(self, calendar: Calendar) -> tuple[Readings, Levels, int]:
        """Clocks, levels and days of pause after a pause that ends now, if there is one."""
        pause = self.clocks.get(limits.PAUSE.name)
        if self.state is not State.PAUSED or pause is None:
            return (), self.levels, self.paused_days
        settle = limits.SETTLE.resume(self.clocks[limits.SETTLE.name], self.now, calendar)
        clocks: Readings = (settle, pause.stop(self.now))
        clocks, levels = self._with_ladder(clocks, self._known_tier, calendar)
        return clocks, levels, self.paused_days + limits.days_paused(pause, self.now, calendar)

    # --- what is known once the ticket is classified -------------------------------------------

    @property
    def due_at(self) -> datetime | None:
        """When it is to be settled, UTC; None while it is paused or not classified."""
        settle: ClockReading | None = self.clocks.get(limits.SETTLE.name)
        return settle.due_at if settle is not None and settle.phase is Phase.RUNNING else None

    @property
    def _known_tier(self) -> Tier:
        if self.tier is None:
            raise LookupError("the ticket is not classified")
        return self.tier

    @property
    def _known_item(self) -> str:
        if self.item is None:
            raise LookupError("the ticket is not classified")
        return self.item

    @property
    def _known_district(self) -> str:
        if self.district is None:
            raise LookupError("the ticket is not classified")
        return self.district
