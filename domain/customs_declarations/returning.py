"""After the release: goods come back, the tax is paid, the list is closed. The aggregate is whole.

Sources: Customs Announcement 2020 No. 45 (applied for in 30 days, back in the original supervised
place in 45; tax is then not levied and the buyer's year gets the value back) and 2018 No. 194 (tax
paid from day 31 to 45 after the release).
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from domain.customs_declarations import limits
from domain.customs_declarations.clearing import Clearing
from domain.customs_declarations.collecting import Readings, ReturnedItem
from domain.customs_declarations.refusals import (
    NothingToPay,
    NotInspected,
    QuantityExceeds,
    ReturnTooLate,
    TaxUnpaid,
    WrongSupervisedPlace,
)
from domain.customs_declarations.states import State
from domain.customs_declarations.tax import share
from domain.shared.aggregate import Aggregate, allowed_in, event
from domain.shared.calendar import Calendar
from domain.shared.identifiers import Uscc
from domain.shared.money import Fen
from domain.shared.refusals import NotDue


class ReturnReason(StrEnum):
    """Why a buyer returns goods."""

    CHANGED_MIND = "changed-mind"
    DEFECTIVE = "defective"
    WRONG_GOODS = "wrong-goods"
    UNDELIVERED = "undelivered"
    RECALLED = "recalled"


class RefusalGround(StrEnum):
    """Why returned goods do not count."""

    LATE = "late"
    NOT_ORIGINAL = "not-original-goods"


class CustomsDeclaration(Clearing, program="customs-declarations"):
    """One order's list, from its first document to its close.

    Source: Customs Announcement 2018 No. 194.
    """

    FINAL = frozenset({State.RETURNED, State.RETURNED_ABROAD, State.CANCELLED, State.CLOSED})

    def left(self, line: int) -> int:
        """Pieces of a line that were bought and not returned. 0 for a line that is not there."""
        items = self.known_order().items
        if not 1 <= line <= len(items):
            return 0
        return items[line - 1].qty - self.returned.get(line, 0)

    def tax_due_fen(self) -> int:
        """What the agent owes for this list, less what is not levied on returned goods."""
        return self.out().assessment.tax_fen - self.not_levied_fen

    def carried_by(self, items: Iterable[ReturnedItem]) -> tuple[ReturnedItem, ...]:
        """The same pieces with their part of value and tax; the last piece takes the remainder."""
        taxed, carried = self.out().assessment.items, []
        for item in items:
            line, before = taxed[item.line - 1], self.returned.get(item.line, 0)
            carried.append(
                ReturnedItem(
                    line=item.line,
                    qty=item.qty,
                    value_fen=share(line.value_fen, line.qty, before, item.qty),
                    # Each kind of tax by itself, since each is what is not levied.
                    tax_fen=sum(
                        share(tax, line.qty, before, item.qty)
                        for tax in (line.duty_fen, line.consumption_fen, line.vat_fen)
                    ),
                )
            )
        return tuple(carried)

    # --- returns -------------------------------------------------------------------------------

    class ReturnApplied(Aggregate.Event, v=1):
        """Goods are to come back (625), and to be there by ``arrive_by``."""

        ebp_code: Uscc
        order_no: str
        items: tuple[ReturnedItem, ...]
        reason: ReturnReason
        arrive_by: datetime
        clocks: Readings

    @allowed_in(State.RELEASED)
    def apply_return(
        self, items: tuple[ReturnedItem, ...], reason: ReturnReason, *, calendar: Calendar
    ) -> None:
        """Each line once. Raises ReturnTooLate after the thirty days, and QuantityExceeds."""
        if self.now > self.return_until:
            raise ReturnTooLate(until=self.return_until)
        for item in items:
            if item.qty > self.left(item.line):
                raise QuantityExceeds(line=item.line, left=self.left(item.line))
        arrive_by = limits.RETURN_ARRIVAL.limit.after(self.released, calendar)
        self._return_applied(
            ebp_code=self.ebp_code,
            order_no=self.order_no,
            items=self.carried_by(items),
            reason=reason,
            arrive_by=arrive_by,
            clocks=(
                limits.RETURN_ARRIVAL.due(self.now, arrive_by, calendar),
                *self._stopped(limits.TAX_PAYMENT, cancelled=True),
            ),
        )

    @property
    def released(self) -> datetime:
        """When customs released the goods. Raises LookupError before that."""
        if self.released_at is None:
            raise LookupError("the goods are not released")
        return self.released_at

    @event(ReturnApplied)
    def _return_applied(
        self,
        ebp_code: str,
        order_no: str,
        items: tuple[ReturnedItem, ...],
        reason: ReturnReason,
        arrive_by: datetime,
        clocks: Readings,
    ) -> None:
        self.state = State.RETURN_OPEN
        self.open_return = items
        self.arrive_by = arrive_by
        self.read_clocks(clocks)

    class ReturnCompleted(Aggregate.Event, v=1):
        """The goods are back and count as never sold: tax and quota by their share.

        ``whole``: nothing of the order is left with the buyer.
        """

        ebp_code: Uscc
        order_no: str
        items: tuple[ReturnedItem, ...]
        tax_not_levied_fen: Fen
        quota_restored_fen: Fen
        whole: bool
        clocks: Readings

    class ReturnRefused(Aggregate.Event, v=1):
        """The goods do not count as returned; the buyer's page says why."""

        ebp_code: Uscc
        order_no: str
        ground: RefusalGround
        clocks: Readings

    @allowed_in(State.RETURN_OPEN)
    def record_return_arrival(
        self, *, place: str, inspected: bool, original: bool, calendar: Calendar
    ) -> None:
        """Completes the return; goods that are late, or others, are recorded as refused.

        Raises WrongSupervisedPlace and NotInspected, which can still be mended.
        """
        if self.now > self.arrive_by:
            self._refuse(RefusalGround.LATE, calendar)
            return
        if place != self.out().port:
            raise WrongSupervisedPlace(place=self.out().port)
        if not inspected:
            raise NotInspected()
        if not original:
            self._refuse(RefusalGround.NOT_ORIGINAL, calendar)
            return
        back = Counter({item.line: item.qty for item in self.open_return})
        whole = all(self.left(n) == back[n] for n in range(1, len(self.known_order().items) + 1))
        not_levied = sum(item.tax_fen for item in self.open_return)
        self._return_completed(
            ebp_code=self.ebp_code,
            order_no=self.order_no,
            items=self.open_return,
            tax_not_levied_fen=not_levied,
            quota_restored_fen=sum(item.value_fen for item in self.open_return),
            whole=whole,
            clocks=self._after_a_return(self.tax_due_fen() - not_levied, calendar),
        )

    def _after_a_return(self, tax_fen: int, calendar: Calendar) -> Readings:
        """The tax falls due when it would have, but no sooner than it can be paid."""
        clocks = self._stopped(limits.RETURN_ARRIVAL)
        if tax_fen:
            due_at = max(
                limits.TAX_PAYMENT.limit.after(self.released, calendar),
                limits.AFTER_A_RETURN.after(self.now, calendar),
            )
            clocks += (limits.TAX_PAYMENT.due(self.now, due_at, calendar),)
        return clocks

    @event(ReturnCompleted)
    def _return_completed(
        self,
        ebp_code: str,
        order_no: str,
        items: tuple[ReturnedItem, ...],
        tax_not_levied_fen: int,
        quota_restored_fen: int,
        whole: bool,
        clocks: Readings,
    ) -> None:
        self.state = State.RETURNED if whole else State.RELEASED
        for item in items:
            returned = self.returned.get(item.line, 0) + item.qty
            self.returned = {**self.returned, item.line: returned}
        self.open_return = ()
        self.not_levied_fen += tax_not_levied_fen
        self.read_clocks(clocks)

    @allowed_in(State.RETURN_OPEN)
    def refuse_return(self, ground: RefusalGround, *, calendar: Calendar) -> None:
        """Raises NotDue when they could still arrive in time."""
        if ground is RefusalGround.LATE and self.now < self.arrive_by:
            raise NotDue(due_at=self.arrive_by)
        self._refuse(ground, calendar)

    def _refuse(self, ground: RefusalGround, calendar: Calendar) -> None:
        self._return_refused(
            ebp_code=self.ebp_code,
            order_no=self.order_no,
            ground=ground,
            clocks=self._after_a_return(self.tax_due_fen(), calendar),
        )

    @event(ReturnRefused)
    def _return_refused(
        self, ebp_code: str, order_no: str, ground: RefusalGround, clocks: Readings
    ) -> None:
        self.state = State.RELEASED
        self.open_return = ()
        self.read_clocks(clocks)

    # --- tax and close -------------------------------------------------------------------------

    class TaxSettled(Aggregate.Event, v=1):
        """The agent paid; ``late`` when that was after the 45 days."""

        bill_no: str
        tax_fen: Fen
        late: bool
        clocks: Readings

    @allowed_in(State.RELEASED)
    def record_tax_paid(self, bill_no: str) -> None:
        """Raises NotDue before day 31, until which goods may come back, and NothingToPay.

        A late payment is still one: the breach of its clock stands beside it.
        """
        if self.now < self.tax_from:
            raise NotDue(due_at=self.tax_from)
        if not self.tax_due_fen():
            raise NothingToPay()
        due_at = self.clocks[limits.TAX_PAYMENT.name].due_at
        self._tax_settled(
            bill_no=bill_no,
            tax_fen=self.tax_due_fen(),
            late=due_at is not None and self.now > due_at,
            clocks=self._stopped(limits.TAX_PAYMENT),
        )

    @event(TaxSettled)
    def _tax_settled(self, bill_no: str, tax_fen: int, late: bool, clocks: Readings) -> None:
        self.state = State.SETTLED
        self.read_clocks(clocks)

    class ListClosed(Aggregate.Event, v=1):
        """Customs closed the list (899)."""

        customs_time: datetime

    @allowed_in(State.RELEASED, State.SETTLED)
    def close(self, customs_time: datetime) -> None:
        """Raises TaxUnpaid: the guarantee stands for the tax until it is paid."""
        if self.state is State.RELEASED and self.tax_due_fen():
            raise TaxUnpaid(tax_fen=self.tax_due_fen())
        self._list_closed(customs_time=customs_time)

    @event(ListClosed)
    def _list_closed(self, customs_time: datetime) -> None:
        self.state = State.CLOSED
