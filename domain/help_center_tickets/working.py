"""Work on a ticket: contact, quotes, pauses, a longer term; urging, supervision, statements."""

from datetime import date, datetime

from domain.help_center_tickets import limits
from domain.help_center_tickets.holding import Holding
from domain.help_center_tickets.opening import Levels, Readings
from domain.help_center_tickets.refusals import (
    AlreadyContacted,
    AlreadyExtended,
    AlreadyOverdue,
    ExtensionOutOfRange,
    NoQuote,
    NotAccused,
    NotPaidService,
    PauseEndPassed,
    PauseNotAgreed,
    PauseSpent,
    UrgedToday,
)
from domain.help_center_tickets.states import PauseGround, State
from domain.help_center_tickets.values import Holder
from domain.shared.aggregate import Aggregate, allowed_in, event
from domain.shared.calendar import Calendar
from domain.shared.clocks import Phase
from domain.shared.identifiers import OfficerId
from domain.shared.instants import shanghai_date
from domain.shared.money import Fen
from domain.shared.personal import Personal
from domain.shared.refusals import NotDue


class Working(Holding):
    """While a holder has it."""

    class CallerContacted(Aggregate.Event, v=1):
        """The holder spoke with the caller for the first time."""

        holder: Holder
        in_time: bool
        clocks: Readings

    @allowed_in(State.DISPATCHED, State.WORKING, State.PAUSED)
    def record_contact(self) -> None:
        """Raises AlreadyContacted, also when the service has no limit for it."""
        contact = self.clocks.get(limits.CONTACT.name)
        if contact is None or contact.phase is not Phase.RUNNING:
            raise AlreadyContacted()
        self._caller_contacted(
            holder=self.holder,
            in_time="breached" not in contact.raised,
            clocks=self._stopped(limits.CONTACT),
        )

    @event(CallerContacted)
    def _caller_contacted(self, holder: Holder, in_time: bool, clocks: Readings) -> None:
        self.read_clocks(clocks)

    # --- money ---------------------------------------------------------------------------------

    class QuoteGiven(Aggregate.Event, v=1):
        """What a paid service will cost; it takes the place of an earlier quote."""

        holder: Holder
        amount_fen: Fen
        what_for: str

    @allowed_in(State.WORKING)
    def quote(self, amount_fen: int, what_for: str) -> None:
        """Raises NotPaidService."""
        if not self.paid:
            raise NotPaidService()
        self._quote_given(holder=self.holder, amount_fen=amount_fen, what_for=what_for)

    @event(QuoteGiven)
    def _quote_given(self, holder: Holder, amount_fen: int, what_for: str) -> None:
        self.quoted_fen = amount_fen

    class QuoteAccepted(Aggregate.Event, v=1):
        """The caller agreed to the price."""

        amount_fen: Fen

    @allowed_in(State.WORKING)
    def accept_quote(self) -> None:
        """Raises NoQuote."""
        if self.quoted_fen is None:
            raise NoQuote()
        self._quote_accepted(amount_fen=self.quoted_fen)

    @event(QuoteAccepted)
    def _quote_accepted(self, amount_fen: int) -> None:
        self.quoted_fen = None

    # --- time ----------------------------------------------------------------------------------

    class TicketPaused(Aggregate.Event, v=1):
        """Work rests until ``until`` at the latest; only the settle clock stops."""

        ground: PauseGround
        until: datetime
        clocks: Readings
        levels: Levels

    @allowed_in(State.WORKING)
    def pause(
        self, ground: PauseGround, until: datetime, *, caller_agrees: bool, calendar: Calendar
    ) -> None:
        """Raises PauseNotAgreed, PauseEndPassed, and PauseSpent past ten working days in all.

        A settle clock that has run out already is not stopped by it.
        """
        if ground is PauseGround.CALLER and not caller_agrees:
            raise PauseNotAgreed()
        if until <= self.now:
            raise PauseEndPassed()
        today = shanghai_date(self.now)
        left = limits.PAUSED_DAYS_AT_MOST - self.paused_days
        if limits.working_days_between(today, shanghai_date(until), calendar) > left:
            raise PauseSpent(days_left=left)
        settle = self.clocks[limits.SETTLE.name]
        if settle.due_at is not None and self.now <= settle.due_at:
            settle = settle.pause(self.now, calendar)
        clocks: Readings = (settle, limits.PAUSE.due(self.now, until, calendar))
        clocks, levels = self._with_ladder(clocks, self._known_tier, calendar)
        self._ticket_paused(ground=ground, until=until, clocks=clocks, levels=levels)

    @event(TicketPaused)
    def _ticket_paused(
        self, ground: PauseGround, until: datetime, clocks: Readings, levels: Levels
    ) -> None:
        self.state = State.PAUSED
        self.levels = levels
        self.read_clocks(clocks)

    class TicketResumed(Aggregate.Event, v=1):
        """Work goes on; ``paused_days`` counts the working days of all pauses so far."""

        paused_days: int
        due_at: datetime | None
        clocks: Readings
        levels: Levels

    @allowed_in(State.PAUSED)
    def resume(self, *, by_timer: bool, calendar: Calendar) -> None:
        """At any time by the holder; by the timer only at the pause's end (NotDue)."""
        pause = self.clocks[limits.PAUSE.name]
        if by_timer and pause.due_at is not None and self.now < pause.due_at:
            raise NotDue(due_at=pause.due_at)
        clocks, levels, paused_days = self._going_on(calendar)
        due_at = next((r.due_at for r in clocks if r.clock == limits.SETTLE.name), None)
        self._ticket_resumed(paused_days=paused_days, due_at=due_at, clocks=clocks, levels=levels)

    @event(TicketResumed)
    def _ticket_resumed(
        self, paused_days: int, due_at: datetime | None, clocks: Readings, levels: Levels
    ) -> None:
        self.state = State.WORKING
        self.paused_days = paused_days
        self.levels = levels
        self.read_clocks(clocks)

    class DeadlineExtended(Aggregate.Event, v=1):
        """The settle limit was moved, once."""

        ground: str
        officer: OfficerId
        until: datetime
        clocks: Readings
        levels: Levels

    @allowed_in(State.WORKING)
    def extend_deadline(
        self, ground: str, until: datetime, *, officer: str, calendar: Calendar
    ) -> None:
        """Before it is due, once, by not more than the limit again.

        Raises AlreadyExtended, AlreadyOverdue and ExtensionOutOfRange.
        """
        settle = self.clocks[limits.SETTLE.name]
        due_at = settle.due_at or self.now  # never the latter: it runs while somebody works
        if self.extended:
            raise AlreadyExtended()
        if self.now > due_at:
            raise AlreadyOverdue(due_at=due_at)
        latest = self._sla(self._known_tier).settle.after(due_at, calendar)
        if not due_at < until <= latest:
            raise ExtensionOutOfRange(after=due_at, latest=latest)
        moved = settle.model_copy(update={"due_at": until})
        moved = limits.warned(moved, self.counted_from, calendar)
        clocks, levels = self._with_ladder((moved,), self._known_tier, calendar)
        self._deadline_extended(
            ground=ground, officer=officer, until=until, clocks=clocks, levels=levels
        )

    @event(DeadlineExtended)
    def _deadline_extended(
        self, ground: str, officer: str, until: datetime, clocks: Readings, levels: Levels
    ) -> None:
        self.extended = True
        self.levels = levels
        self.read_clocks(clocks)

    # --- pressure ------------------------------------------------------------------------------

    class TicketUrged(Aggregate.Event, v=1):
        """The caller asked where it is (催办), on ``day``."""

        holder: Holder
        day: date

    @allowed_in(State.DISPATCHED, State.WORKING, State.PAUSED)
    def urge(self) -> None:
        """Once on a day of the city. Raises UrgedToday."""
        if self.urged_on == shanghai_date(self.now):
            raise UrgedToday()
        self._ticket_urged(holder=self.holder, day=shanghai_date(self.now))

    @event(TicketUrged)
    def _ticket_urged(self, holder: Holder, day: date) -> None:
        self.urged_on = day

    class SupervisionOpened(Aggregate.Event, v=1):
        """An officer of supervision watches over it (督办)."""

        officer: OfficerId
        reason: str

    @allowed_in(State.DISPATCHED, State.WORKING, State.PAUSED)
    def supervise(self, *, officer: str, reason: str) -> None:
        """As often as there is reason to."""
        self._supervision_opened(officer=officer, reason=reason)

    @event(SupervisionOpened)
    def _supervision_opened(self, officer: str, reason: str) -> None:
        pass

    # --- the other side ------------------------------------------------------------------------

    class StatementRequested(Aggregate.Event, v=1, audit_only=True):
        """Whom the ticket is about is asked for a statement, and never for a judgement."""

        accused: str
        question: str

    @allowed_in(State.CLASSIFIED, State.DISPATCHED, State.WORKING, State.PAUSED)
    def request_statement(self, accused: str, question: str) -> None:
        """Raises NotAccused."""
        if accused not in self.accused:
            raise NotAccused()
        self._statement_requested(accused=accused, question=question)

    @event(StatementRequested)
    def _statement_requested(self, accused: str, question: str) -> None:
        pass

    class StatementRecorded(Aggregate.Event, v=1):
        """What the accused side says."""

        accused: str
        text: Personal[str]

    @allowed_in(State.CLASSIFIED, State.DISPATCHED, State.WORKING, State.PAUSED)
    def record_statement(self, accused: str, text: str) -> None:
        """Raises NotAccused."""
        if accused not in self.accused:
            raise NotAccused()
        self._statement_recorded(accused=accused, text=text)

    @event(StatementRecorded)
    def _statement_recorded(self, accused: str, text: str) -> None:
        pass
