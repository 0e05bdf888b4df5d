"""What a provider is paid for a month: one line a visit, and counter-entries for what was wrong.

Nothing is ever taken out of a settlement. A line that turns out not to be owed is answered by a
counter-entry in a month that is still open, with negative amounts.
"""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from domain.care_orders import limits
from domain.care_orders.people import Value
from domain.care_orders.refusals import MonthNotOver
from domain.care_orders.states import ReclaimReason, SettlementState
from domain.care_orders.timed import Readings, Timed
from domain.shared.aggregate import Aggregate, allowed_in, event
from domain.shared.clocks import ClockedAggregate, ClockReading, Level
from domain.shared.identifiers import Uscc
from domain.shared.refusals import FourEyes

S = SettlementState

SignedFen = Annotated[int, Field(description="Fen; negative in a counter-entry")]


class Amounts(Value):
    """Minutes of care, what the city pays for them and what elders pay."""

    minutes: int = 0
    subsidy_fen: SignedFen = 0
    own_fen: SignedFen = 0

    def plus(self, other: "Amounts") -> "Amounts":
        """The sum."""
        return Amounts(
            minutes=self.minutes + other.minutes,
            subsidy_fen=self.subsidy_fen + other.subsidy_fen,
            own_fen=self.own_fen + other.own_fen,
        )


class MonthlySettlement(Timed, program="care-orders", clock_events="settlement"):
    """A provider's month, from its first line until it is paid."""

    CLOCKS = limits.SETTLEMENT_CLOCKS

    class SettlementDrafted(Aggregate.Created, v=1):
        """The first line of a month is about to come."""

        provider: Uscc
        month: str
        clocks: Readings

    @event(SettlementDrafted)
    def __init__(self, provider: str, month: str, clocks: Readings) -> None:
        self.state: SettlementState = S.DRAFTED
        self.provider: str = provider
        self.month: str = month
        self.total: Amounts = Amounts()
        self.visits: int = 0
        self.confirmed_by: str | None = None
        self.read_clocks(clocks)

    class ClockBreached(ClockedAggregate.ClockBreached, v=1):
        """Nobody confirmed the month in time: the shared event, with whose month it is."""

        provider: Uscc
        month: str

    def _record(self, reading: ClockReading, level: Level) -> None:
        if level != "breached":
            super()._record(reading, level)
            return
        # By its class: the library lets no second method apply an event that a base applies.
        self.trigger_event(
            MonthlySettlement.ClockBreached,
            clocks=(reading.raise_level(level),),
            clock=reading.clock,
            due_at=reading.due_at,
            provider=self.provider,
            month=self.month,
        )

    class LineAdded(Aggregate.Event, v=1):
        """A visit is to be paid for."""

        provider: Uscc
        month: str
        visit_id: UUID
        amounts: Amounts

    def add_line(self, visit: UUID, amounts: Amounts) -> None:
        """While the settlement is drafted; a visit is settled once, so it comes once."""
        self._line_added(provider=self.provider, month=self.month, visit_id=visit, amounts=amounts)

    @event(LineAdded)
    def _line_added(self, provider: str, month: str, visit_id: UUID, amounts: Amounts) -> None:
        self.total = self.total.plus(amounts)
        self.visits += 1

    class CounterEntryMade(Aggregate.Event, v=1):
        """What was settled for a visit in ``of_month`` is taken back, in part or whole."""

        provider: Uscc
        month: str
        visit_id: UUID
        of_month: str
        reason: ReclaimReason
        amounts: Amounts

    def make_counter_entry(
        self, visit: UUID, of_month: str, reason: ReclaimReason, amounts: Amounts
    ) -> None:
        """While the settlement is drafted."""
        self._counter_entry_made(
            provider=self.provider,
            month=self.month,
            visit_id=visit,
            of_month=of_month,
            reason=reason,
            amounts=amounts,
        )

    @event(CounterEntryMade)
    def _counter_entry_made(
        self,
        provider: str,
        month: str,
        visit_id: UUID,
        of_month: str,
        reason: ReclaimReason,
        amounts: Amounts,
    ) -> None:
        self.total = self.total.plus(amounts)

    class SettlementConfirmed(Aggregate.Event, v=1):
        """The office confirms the month; what comes later enters the next one."""

        provider: Uscc
        month: str
        visits: int
        minutes: int
        subsidy_fen: SignedFen
        own_fen: SignedFen
        by: str
        clocks: Readings

    @allowed_in(S.DRAFTED)
    def confirm_settlement(self, *, by: str) -> None:
        """Raises MonthNotOver."""
        if self.now < (ends_at := limits.month_end(self.month)):
            raise MonthNotOver(ends_at=ends_at)
        self._settlement_confirmed(
            provider=self.provider,
            month=self.month,
            visits=self.visits,
            minutes=self.total.minutes,
            subsidy_fen=self.total.subsidy_fen,
            own_fen=self.total.own_fen,
            by=by,
            clocks=self._stopped(limits.SETTLEMENT),
        )

    @event(SettlementConfirmed)
    def _settlement_confirmed(
        self,
        provider: str,
        month: str,
        visits: int,
        minutes: int,
        subsidy_fen: int,
        own_fen: int,
        by: str,
        clocks: Readings,
    ) -> None:
        self.state = S.CONFIRMED
        self.confirmed_by = by
        self.read_clocks(clocks)

    class SettlementPaid(Aggregate.Event, v=1):
        """The treasury paid the subsidy; a negative one is set off or paid back."""

        provider: Uscc
        month: str
        subsidy_fen: SignedFen
        by: str

    @allowed_in(S.CONFIRMED)
    def pay_settlement(self, *, by: str) -> None:
        """Raises FourEyes to whoever confirmed it."""
        if by == self.confirmed_by:
            raise FourEyes()
        self._settlement_paid(
            provider=self.provider, month=self.month, subsidy_fen=self.total.subsidy_fen, by=by
        )

    @event(SettlementPaid)
    def _settlement_paid(self, provider: str, month: str, subsidy_fen: int, by: str) -> None:
        self.state = S.PAID
