"""A ticket's end, and with it the whole aggregate: the result, the call-back, what comes after.

What may surprise: an answer of a caller who is not content reopens the ticket by itself, twice at
most; whoever was merged into another ticket has an answer and a second life of his own.
"""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from domain.help_center_tickets import limits
from domain.help_center_tickets.opening import Levels, Readings
from domain.help_center_tickets.refusals import (
    AlreadyProven,
    HolderNotCompany,
    LevelRaised,
    NotMergedHere,
    ReopenSpent,
    ReopenTooLate,
    TooSoonToClose,
)
from domain.help_center_tickets.sealing import Sealing
from domain.help_center_tickets.states import LIVE, WITH_HOLDER, Severity, State
from domain.help_center_tickets.values import (
    CENTRE,
    Answered,
    Digest,
    Holder,
    ItemCode,
)
from domain.shared.aggregate import Aggregate, allowed_in, event
from domain.shared.calendar import Calendar
from domain.shared.districts import District
from domain.shared.identifiers import OfficerId, Uscc
from domain.shared.instants import shanghai_date
from domain.shared.personal import Personal

LEAST_CONTENT = 3
"""Of five; whoever says less is not satisfied."""


class HelpTicket(Sealing, program="help-center-tickets"):
    """One citizen's matter at 81890 or 12345, from the call to the call-back.

    Sources: 国办发〔2020〕53号; GB/T 33358-2016; SAMR Order 20; Petition Regulations (2022).
    """

    # a statement of misconduct may still be made there
    FINAL = frozenset({State.CLOSED})

    # --- the result ----------------------------------------------------------------------------

    class WorkReported(Aggregate.Event, v=1):
        """The work is done. ``merged`` are the tickets it served, too; ``closes``: there is
        nobody to call back. ``reason`` says why, when the cause of the ticket went away."""

        holder: Holder
        text: Personal[str]
        photos: Personal[tuple[Digest, ...]]
        reason: str | None
        merged: tuple[UUID, ...]
        closes: bool
        reopen_until: datetime | None
        clocks: Readings

    @allowed_in(State.WORKING)
    def report_done(
        self, text: str, photos: tuple[Digest, ...], *, reason: str | None, calendar: Calendar
    ) -> None:
        """By the holder, with proof."""
        self._done(text, photos, reason, calendar)

    @allowed_in(State.OPEN, State.CLASSIFIED, State.RETURNED, *WITH_HOLDER)
    def report_cause_gone(self, text: str, reason: str, *, calendar: Calendar) -> None:
        """By Huimin, in whatever state: what the ticket was opened for is no more."""
        self._done(text, (), reason, calendar)

    def _done(
        self, text: str, photos: tuple[Digest, ...], reason: str | None, calendar: Calendar
    ) -> None:
        closes = self.caller is None
        self._work_reported(
            holder=self.holder,
            text=text,
            photos=photos,
            reason=reason,
            merged=self.merged,
            closes=closes,
            reopen_until=self._reopen_until(calendar) if closes else None,
            clocks=self._ended(),
        )

    @event(WorkReported)
    def _work_reported(
        self,
        holder: Holder,
        text: str,
        photos: tuple[str, ...],
        reason: str | None,
        merged: tuple[UUID, ...],
        closes: bool,
        reopen_until: datetime | None,
        clocks: Readings,
    ) -> None:
        self._result(holder, closes, reopen_until, clocks)

    class ResultShared(Aggregate.Event, v=1):
        """The ticket this one was merged into has a result; this one's caller is called back."""

        lead: UUID
        holder: Holder
        closes: bool
        reopen_until: datetime | None

    @allowed_in(State.MERGED)
    def share_result(self, lead: UUID, holder: Holder, *, calendar: Calendar) -> None:
        """Raises NotMergedHere."""
        if lead != self.lead:
            raise NotMergedHere()
        closes = self.caller is None
        reopen_until = self._reopen_until(calendar) if closes else None
        self._result_shared(lead=lead, holder=holder, closes=closes, reopen_until=reopen_until)

    @event(ResultShared)
    def _result_shared(
        self, lead: UUID, holder: Holder, closes: bool, reopen_until: datetime | None
    ) -> None:
        self.lead = None
        self._result(holder, closes, reopen_until, ())

    # --- the call-back -------------------------------------------------------------------------

    class CallBackTried(Aggregate.Event, v=1):
        """Nobody answered. ``closes``: it was tried often enough; reported apart from answers."""

        holder: Holder
        day: date
        tries: int
        closes: bool
        reopen_until: datetime | None

    class CallBackAnswered(Aggregate.Event, v=1):
        """What the caller says; the last answer counts, and takes the place of ``replaces``."""

        holder: Holder
        solved: bool
        satisfied: int
        remark: Personal[str] | None
        counted: Answered
        replaces: Answered | None
        outcome: Literal["closed", "reopened"]
        reopen_until: datetime | None

    @allowed_in(State.CALLING_BACK)
    def record_call_back(
        self,
        *,
        answer: tuple[bool, int] | None,
        remark: str | None,
        close: bool,
        calendar: Calendar,
    ) -> None:
        """``answer`` is (solved, satisfied 1 to 5), None when nobody answered. The third try on
        a second day closes; raises TooSoonToClose when asked to before."""
        holder = self.worked_by or CENTRE
        if answer is None:
            tries = (*self.tries, shanghai_date(self.now))
            enough = (
                len(tries) >= limits.TRIES_BEFORE_UNREACHABLE
                and len(set(tries)) >= limits.DAYS_OF_TRIES
            )
            if close and not enough:
                raise TooSoonToClose(tries=len(tries), days=len(set(tries)))
            self._call_back_tried(
                holder=holder,
                day=tries[-1],
                tries=len(tries),
                closes=enough,
                reopen_until=self._reopen_until(calendar) if enough else None,
            )
            return
        solved, satisfied = answer
        content = solved and satisfied >= LEAST_CONTENT
        again = not content and self.reopenings < limits.REOPENINGS_AT_MOST
        counted = Answered(
            holder=holder.code,
            month=shanghai_date(self.now).isoformat()[:7],
            solved=solved,
            satisfied=satisfied,
        )
        self._call_back_answered(
            holder=holder,
            solved=solved,
            satisfied=satisfied,
            remark=remark,
            counted=counted,
            replaces=self.answered,
            outcome="reopened" if again else "closed",
            reopen_until=None if again else self._reopen_until(calendar),
        )
        if again:
            self._reopened(None, by="call-back", calendar=calendar)

    @event(CallBackTried)
    def _call_back_tried(
        self, holder: Holder, day: date, tries: int, closes: bool, reopen_until: datetime | None
    ) -> None:
        self.tries = (*self.tries, day)
        if closes:
            self.state = State.CLOSED
            self.reopen_until = reopen_until

    @event(CallBackAnswered)
    def _call_back_answered(
        self,
        holder: Holder,
        solved: bool,
        satisfied: int,
        remark: str | None,
        counted: Answered,
        replaces: Answered | None,
        outcome: str,
        reopen_until: datetime | None,
    ) -> None:
        self.answered = counted
        if outcome == "closed":
            self.state = State.CLOSED
            self.reopen_until = reopen_until

    # --- afterwards ----------------------------------------------------------------------------

    class TicketReopened(Aggregate.Event, v=1):
        """It begins again with its clocks; ``number`` counts the times. The levels of escalation
        may be raised once more."""

        by: Literal["caller", "call-back"]
        facts: Personal[str] | None
        number: int
        counted_from: datetime
        clocks: Readings
        levels: Levels

    @allowed_in(State.CLOSED)
    def reopen(self, facts: str, *, calendar: Calendar) -> None:
        """Within fifteen days, twice at most. Raises ReopenTooLate and ReopenSpent."""
        if self.reopenings >= limits.REOPENINGS_AT_MOST:
            raise ReopenSpent()
        if self.reopen_until is not None and self.now > self.reopen_until:
            raise ReopenTooLate(until=self.reopen_until)
        self._reopened(facts, by="caller", calendar=calendar)

    def _reopened(
        self, facts: str | None, *, by: Literal["caller", "call-back"], calendar: Calendar
    ) -> None:
        # Merged tickets may never have been classified themselves; then there are no clocks yet.
        clocks: Readings = ()
        levels: Levels = ()
        if self.tier is not None:
            clocks, levels = self._from_the_beginning(
                self.tier, self.now, calendar, raised=frozenset()
            )
        self._ticket_reopened(
            by=by,
            facts=facts,
            number=self.reopenings + 1,
            counted_from=self.now,
            clocks=clocks,
            levels=levels,
        )

    @event(TicketReopened)
    def _ticket_reopened(
        self,
        by: str,
        facts: str | None,
        number: int,
        counted_from: datetime,
        clocks: Readings,
        levels: Levels,
    ) -> None:
        self.state = State.CLASSIFIED if self.tier is not None else State.OPEN
        self.holder = CENTRE
        self.reopenings = number
        self.counted_from = counted_from
        self.raised = frozenset()
        self.returns, self.decided = 0, False
        self.paused_days, self.extended = 0, False
        self.quoted_fen = None
        self.levels = levels
        self.read_clocks(clocks)

    class MisconductProven(Aggregate.Event, v=1):
        """A supervisor found the company's misconduct proven; it goes to its credit record."""

        uscc: Uscc
        item: ItemCode | None
        district: District | None
        severity: Severity
        finding: str
        evidence: tuple[Digest, ...]
        decision_no: str
        officer: OfficerId

    @allowed_in(State.CLOSED)
    def prove_misconduct(
        self,
        severity: Severity,
        finding: str,
        evidence: tuple[Digest, ...],
        decision_no: str,
        *,
        officer: str,
    ) -> None:
        """Raises HolderNotCompany and AlreadyProven."""
        holder = self.worked_by or CENTRE
        if holder.kind != "company":
            raise HolderNotCompany()
        if self.misconduct_proven:
            raise AlreadyProven()
        self._misconduct_proven(
            uscc=holder.code,
            item=self.item,
            district=self.district,
            severity=severity,
            finding=finding,
            evidence=evidence,
            decision_no=decision_no,
            officer=officer,
        )

    @event(MisconductProven)
    def _misconduct_proven(
        self,
        uscc: str,
        item: str | None,
        district: str | None,
        severity: Severity,
        finding: str,
        evidence: tuple[str, ...],
        decision_no: str,
        officer: str,
    ) -> None:
        self.misconduct_proven = True

    class TicketWithdrawn(Aggregate.Event, v=1):
        """The caller takes it back; tickets that were merged into it stand alone again."""

        holder: Holder
        merged: tuple[UUID, ...]
        clocks: Readings

    @allowed_in(*LIVE)
    def withdraw(self) -> None:
        """By the caller."""
        self._ticket_withdrawn(holder=self.holder, merged=self.merged, clocks=self._ended())

    @event(TicketWithdrawn)
    def _ticket_withdrawn(self, holder: Holder, merged: tuple[UUID, ...], clocks: Readings) -> None:
        self.state = State.WITHDRAWN
        self.merged = ()
        self.levels = ()
        self.read_clocks(clocks)

    @allowed_in(*LIVE)
    def escalate(self, level: int, *, by: str, reason: str) -> None:
        """By an officer; time raises the first three by itself. Raises LevelRaised."""
        if level in self.raised:
            raise LevelRaised(level=level)
        self._escalate_to(level, by=by, reason=reason)
