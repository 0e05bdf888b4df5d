"""The end of an order, by itself or because what it rests on was taken back, and with it the whole
aggregate."""

from datetime import date

from domain.care_orders import limits
from domain.care_orders.refusals import EndOutOfRange
from domain.care_orders.serving import Serving, Visits
from domain.care_orders.states import LIVE, EndReason, Mode, OrderState
from domain.care_orders.timed import Readings
from domain.shared.aggregate import Aggregate, allowed_in, event
from domain.shared.districts import District
from domain.shared.identifiers import SubjectRef
from domain.shared.instants import shanghai_date


class CareOrder(Serving, program="care-orders"):
    """An elder's entitlement to care in one mode, and the service that comes of it.

    Sources: GB/T 42195-2022 (assessment), GB/T 43153-2023 (home service), GB 38600-2019
    (institutions).
    """

    # what was sent with it may still be recalled
    FINAL = frozenset({OrderState.ENDED})

    class CareEnded(Aggregate.Event, v=1):
        """Care is over. ``later_visits`` are called off; ``unpayable_visits`` lie after a death
        that was told late, and what was paid for them is reclaimed."""

        elder: SubjectRef
        mode: Mode
        district: District
        was: OrderState
        provider: str | None
        reason: EndReason
        on: date
        later_visits: Visits
        unpayable_visits: Visits
        clocks: Readings

    @allowed_in(*LIVE)
    def end_care(self, reason: EndReason, on: date) -> None:
        """``on`` is the last day: today, or the day of a death. Raises EndOutOfRange."""
        today = shanghai_date(self.now)
        died = reason is EndReason.DEATH
        if on > today or (on < today and not died):
            raise EndOutOfRange(earliest=min(on, today) if died else today, latest=today)
        self._care_ended(
            elder=self.elder.subject,
            mode=self.mode,
            district=self.district,
            was=self.state,
            provider=self.provider,
            reason=reason,
            on=on,
            later_visits=self.visits_to_come(),
            unpayable_visits=self.visits_after(on) if died else (),
            clocks=self._stopped(*limits.ORDER_CLOCKS),
        )

    @event(CareEnded)
    def _care_ended(
        self,
        elder: str,
        mode: Mode,
        district: str,
        was: OrderState,
        provider: str | None,
        reason: EndReason,
        on: date,
        later_visits: Visits,
        unpayable_visits: Visits,
        clocks: Readings,
    ) -> None:
        self.state = OrderState.ENDED
        self.place_held = False
        self.waiting_at = None
        self.read_clocks(clocks)

    class CareRecalled(Aggregate.Event, v=1):
        """The consent on which a hospital asked for this care was withdrawn: care is over, and what
        is known of it by that consent is shown to nobody. ``later_visits`` are called off."""

        elder: SubjectRef
        mode: Mode
        district: District
        was: OrderState
        provider: str | None
        consent_id: str
        later_visits: Visits
        clocks: Readings

    @allowed_in(*OrderState)
    def recall_care(self, consent_id: str) -> None:
        """Also of an order that has ended, whose lines would go on telling of it."""
        self._care_recalled(
            elder=self.elder.subject,
            mode=self.mode,
            district=self.district,
            was=self.state,
            provider=self.provider,
            consent_id=consent_id,
            later_visits=self.visits_to_come(),
            clocks=self._stopped(*limits.ORDER_CLOCKS),
        )

    @event(CareRecalled)
    def _care_recalled(
        self,
        elder: str,
        mode: Mode,
        district: str,
        was: OrderState,
        provider: str | None,
        consent_id: str,
        later_visits: Visits,
        clocks: Readings,
    ) -> None:
        self.state = OrderState.ENDED
        self.consent_id = None
        self.place_held = False
        self.waiting_at = None
        self.read_clocks(clocks)
