"""The list is declared, customs answers, the goods are released, sent back or the list cancelled.

What customs answers is judged in ``receipts``; here is what each answer does. The buyer's quota, the
stock and the agent's guarantee change in the same decision, by whoever calls these methods.
"""

from datetime import date, datetime
from enum import StrEnum

from domain.customs_declarations import limits
from domain.customs_declarations.collecting import Collecting, CustomsList, Readings
from domain.customs_declarations.documents import Country
from domain.customs_declarations.receipts import Effect, Receipt, WhyIgnored, effect_of
from domain.customs_declarations.refusals import CopNoUnknown, CopNoUsed, InvtNoMissing
from domain.customs_declarations.states import TOLD_BY_CUSTOMS, UNRELEASED, State
from domain.customs_declarations.tariff import HsCode
from domain.shared.aggregate import Aggregate, allowed_in, event
from domain.shared.calendar import Calendar
from domain.shared.identifiers import SubjectRef, Uscc
from domain.shared.instants import shanghai_date
from domain.shared.money import Fen, SharePpm


class DetentionOutcome(StrEnum):
    """What a detention came to."""

    GOODS_PASSED = "goods-passed"
    FALSE_DOCUMENTS = "false-documents"


class Clearing(Collecting):
    """From matched documents to released goods."""

    def out(self) -> CustomsList:
        """The list; there is one in every state past matched."""
        if self.list is None:
            raise LookupError("no list is out")
        return self.list

    class ListDeclared(Aggregate.Event, v=1):
        """The list (621) is out: the buyer's quota, the stock and the guarantee hold it.

        ``inspection_rate_ppm`` is the platform's at that time, for customs to draw by.
        """

        list: CustomsList
        buyer: SubjectRef
        inspection_rate_ppm: SharePpm
        clocks: Readings

    @allowed_in(State.MATCHED)
    def declare_list(
        self, declared: CustomsList, *, inspection_rate_ppm: int, calendar: Calendar
    ) -> None:
        """Raises CopNoUsed: what customs returned is declared again under a new number."""
        if declared.cop_no in self.cop_nos:
            raise CopNoUsed(cop_no=declared.cop_no)
        self._list_declared(
            list=declared,
            buyer=self.known_order().buyer.subject,
            inspection_rate_ppm=inspection_rate_ppm,
            clocks=(limits.CLEARANCE.start(self.now, calendar),),
        )

    @event(ListDeclared)
    def _list_declared(
        self, list: CustomsList, buyer: str, inspection_rate_ppm: int, clocks: Readings
    ) -> None:
        self.state = State.DECLARED
        self.list = list
        self.cop_nos = (*self.cop_nos, list.cop_no)
        self.read_clocks(clocks)

    # --- what customs answers ------------------------------------------------------------------

    class ListAccepted(Aggregate.Event, v=1):
        """Customs took the list in (120)."""

        receipt: Receipt

    class SentToReview(Aggregate.Event, v=1):
        """An officer of customs looks at it (300)."""

        receipt: Receipt

    class ListReturned(Aggregate.Event, v=1):
        """Customs sent the list back (100): what it held is given back, it may be declared anew."""

        receipt: Receipt
        clocks: Readings

    class InspectionOrdered(Aggregate.Event, v=1):
        """The goods are inspected (500); the city's two hours pause for the enterprise's papers."""

        receipt: Receipt
        clocks: Readings

    class GoodsDetained(Aggregate.Event, v=1):
        """The goods are detained (501 to 503, 599); ``code`` tells to whom they go.

        The platform and the agent by their codes, for the credit record that customs proposes.
        """

        receipt: Receipt
        code: int
        ebp_code: Uscc
        agent_code: Uscc
        clocks: Readings

    class DetentionDecided(Aggregate.Event, v=1, audit_only=True):
        """It is known what a detention by ``code`` came to, for the credit record of it."""

        code: int
        agent_code: Uscc
        outcome: DetentionOutcome

    class ListCleared(Aggregate.Event, v=1):
        """The list is passed (399); the goods are not out yet."""

        receipt: Receipt
        clocks: Readings

    class GoodsReleased(Aggregate.Event, v=1):
        """The goods are out (800). ``released_at`` is customs' time, from which the law counts.

        Returns are applied for until ``return_until``; the tax is paid from ``tax_from``.
        """

        receipt: Receipt
        invt_no: str
        released_at: datetime
        return_until: datetime
        tax_from: datetime
        clocks: Readings

    class ItemReleased(Aggregate.Event, v=1):
        """One line of what was released, for trade figures by chapter and for recalls."""

        line: int
        hs_code: HsCode
        qty: int
        value_fen: Fen
        country: Country
        trace_code: str | None
        buyer: SubjectRef
        on: date

    class OrderedBackAbroad(Aggregate.Event, v=1):
        """The goods go back abroad (700)."""

        receipt: Receipt
        clocks: Readings

    class TechnicalFaultReceived(Aggregate.Event, v=1):
        """A negative code: the message failed somewhere, the list stands as it did."""

        receipt: Receipt

    class ReceiptIgnored(Aggregate.Event, v=1):
        """A receipt that came late or twice, kept for the record."""

        receipt: Receipt
        why: WhyIgnored

    def effect_of(self, receipt: Receipt) -> tuple[Effect, WhyIgnored | None]:
        """What the receipt will come to. Raises CopNoUnknown for a number never declared."""
        if receipt.cop_no not in self.cop_nos:
            raise CopNoUnknown(cop_no=receipt.cop_no)
        return effect_of(
            receipt,
            state=self.state,
            cop_no=self.list.cop_no if self.list is not None else None,
            last=self.last_receipt,
        )

    @allowed_in(*TOLD_BY_CUSTOMS)
    def record_receipt(self, receipt: Receipt, *, calendar: Calendar) -> None:
        """Applies it by customs' own time. Raises CopNoUnknown and InvtNoMissing."""
        effect, why = self.effect_of(receipt)
        clearance = self.clocks.get(limits.CLEARANCE.name)
        match effect:
            case Effect.ACCEPT:
                self._list_accepted(receipt=receipt)
            case Effect.REVIEW:
                self._sent_to_review(receipt=receipt)
            case Effect.RETURN:
                self._list_returned(
                    receipt=receipt, clocks=self._stopped(limits.CLEARANCE, cancelled=True)
                )
            case Effect.INSPECT:
                paused = () if clearance is None else (clearance.pause(self.now, calendar),)
                self._inspection_ordered(receipt=receipt, clocks=paused)
            case Effect.DETAIN:
                self._goods_detained(
                    receipt=receipt,
                    code=receipt.code,
                    ebp_code=self.ebp_code,
                    agent_code=self.out().agent_code,
                    clocks=self._stopped(limits.CLEARANCE, cancelled=True),
                )
            case Effect.CLEAR:
                self.decide_detention(DetentionOutcome.GOODS_PASSED)
                resumed: Readings = ()
                if clearance is not None:
                    resumed = (limits.CLEARANCE.resume(clearance, self.now, calendar),)
                self._list_cleared(receipt=receipt, clocks=resumed)
            case Effect.RELEASE:
                self._release(receipt, calendar)
            case Effect.SEND_BACK:
                self._ordered_back_abroad(
                    receipt=receipt, clocks=self._stopped(limits.CLEARANCE, cancelled=True)
                )
            case Effect.FAULT:
                self._technical_fault_received(receipt=receipt)
            case Effect.IGNORE:
                self._receipt_ignored(receipt=receipt, why=why or WhyIgnored.NOT_APPLICABLE)

    def decide_detention(self, outcome: DetentionOutcome) -> None:
        """Once for each detention, and nothing for goods that were not detained.

        Goods that are ordered back abroad leave it open: what their papers are worth is another
        question.
        """
        if self.detained_by is not None:
            self._detention_decided(
                code=self.detained_by, agent_code=self.out().agent_code, outcome=outcome
            )

    def _release(self, receipt: Receipt, calendar: Calendar) -> None:
        invt_no = receipt.invt_no or self.invt_no
        if invt_no is None:
            raise InvtNoMissing()
        self.decide_detention(DetentionOutcome.GOODS_PASSED)
        order, declared, at = self.known_order(), self.out(), receipt.customs_time
        clocks = self._stopped(limits.CLEARANCE)
        if declared.assessment.tax_fen:
            due_at = limits.TAX_PAYMENT.limit.after(at, calendar)
            clocks += (limits.TAX_PAYMENT.due(self.now, due_at, calendar),)
        self._goods_released(
            receipt=receipt,
            invt_no=invt_no,
            released_at=at,
            return_until=limits.RETURN_APPLICATION.after(at, calendar),
            tax_from=limits.tax_payable_from(at),
            clocks=clocks,
        )
        for item, taxed in zip(order.items, declared.assessment.items, strict=True):
            self._item_released(
                line=taxed.line,
                hs_code=item.hs_code,
                qty=item.qty,
                value_fen=taxed.value_fen,
                country=item.country,
                trace_code=item.trace_code,
                buyer=order.buyer.subject,
                on=shanghai_date(at),
            )

    def _took(self, receipt: Receipt) -> None:
        self.last_receipt = (receipt.code, receipt.customs_time)
        self.invt_no = receipt.invt_no or self.invt_no

    @event(ListAccepted)
    def _list_accepted(self, receipt: Receipt) -> None:
        self.state = State.ACCEPTED
        self._took(receipt)

    @event(SentToReview)
    def _sent_to_review(self, receipt: Receipt) -> None:
        self.state = State.REVIEWING
        self._took(receipt)

    @event(ListReturned)
    def _list_returned(self, receipt: Receipt, clocks: Readings) -> None:
        self.state = State.MATCHED
        self._took(receipt)
        self.list = None
        self.invt_no = None
        self.read_clocks(clocks)

    @event(InspectionOrdered)
    def _inspection_ordered(self, receipt: Receipt, clocks: Readings) -> None:
        self.state = State.INSPECTING
        self._took(receipt)
        self.read_clocks(clocks)

    @event(GoodsDetained)
    def _goods_detained(
        self, receipt: Receipt, code: int, ebp_code: str, agent_code: str, clocks: Readings
    ) -> None:
        self.state = State.DETAINED
        self.detained_by = code
        self._took(receipt)
        self.read_clocks(clocks)

    @event(DetentionDecided)
    def _detention_decided(self, code: int, agent_code: str, outcome: DetentionOutcome) -> None:
        self.detained_by = None

    @event(ListCleared)
    def _list_cleared(self, receipt: Receipt, clocks: Readings) -> None:
        self.state = State.CLEARED
        self._took(receipt)
        self.confirmed = True
        self.read_clocks(clocks)

    @event(GoodsReleased)
    def _goods_released(
        self,
        receipt: Receipt,
        invt_no: str,
        released_at: datetime,
        return_until: datetime,
        tax_from: datetime,
        clocks: Readings,
    ) -> None:
        self.state = State.RELEASED
        self._took(receipt)
        self.confirmed = True
        self.released_at = released_at
        self.return_until = return_until
        self.tax_from = tax_from
        self.read_clocks(clocks)

    @event(ItemReleased)
    def _item_released(
        self,
        line: int,
        hs_code: str,
        qty: int,
        value_fen: int,
        country: str,
        trace_code: str | None,
        buyer: str,
        on: date,
    ) -> None:
        pass

    @event(OrderedBackAbroad)
    def _ordered_back_abroad(self, receipt: Receipt, clocks: Readings) -> None:
        self.state = State.RETURNED_ABROAD
        self._took(receipt)
        self.read_clocks(clocks)

    @event(TechnicalFaultReceived)
    def _technical_fault_received(self, receipt: Receipt) -> None:
        pass

    @event(ReceiptIgnored)
    def _receipt_ignored(self, receipt: Receipt, why: WhyIgnored) -> None:
        pass

    # --- cancellation --------------------------------------------------------------------------

    class ListCancelled(Aggregate.Event, v=1):
        """The list was cancelled (623) before its goods were out; what it held is given back."""

        reason: str
        clocks: Readings

    @allowed_in(*UNRELEASED)
    def cancel(self, reason: str) -> None:
        """As long as the goods are with customs."""
        self._list_cancelled(reason=reason, clocks=self._stopped(limits.CLEARANCE, cancelled=True))

    @event(ListCancelled)
    def _list_cancelled(self, reason: str, clocks: Readings) -> None:
        self.state = State.CANCELLED
        self.read_clocks(clocks)
