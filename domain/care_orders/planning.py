"""Planning care: what an elder is offered, accepts, and for which provider he waits."""

from datetime import date

from domain.care_orders import limits
from domain.care_orders.assessment import Grade
from domain.care_orders.refusals import (
    GradeExpired,
    ModeNotAllowed,
    NoPlace,
    PlanExceedsEntitlement,
    PriceMismatch,
    ServiceNotInMode,
    SubsidyNotAllowed,
)
from domain.care_orders.requesting import Requesting
from domain.care_orders.services import (
    SERVICES,
    Line,
    Plan,
    SubsidyKind,
    Wanted,
    entitled_minutes,
    minutes_a_week,
    plan_of,
    rate_on,
)
from domain.care_orders.states import Mode, OrderState
from domain.care_orders.timed import Readings
from domain.shared.aggregate import Aggregate, allowed_in, event
from domain.shared.calendar import Calendar
from domain.shared.districts import District
from domain.shared.identifiers import SubjectRef, Uscc
from domain.shared.instants import shanghai_date
from domain.shared.money import Fen
from domain.shared.personal import Personal
from domain.shared.refusals import Refused

S = OrderState


class Planning(Requesting):
    """From a grade to a provider."""

    @property
    def agreed(self) -> Plan:
        """The plan; there is one in every state that asks for it."""
        if self.plan is None:
            raise LookupError("no plan has been proposed")
        return self.plan

    class PlanProposed(Aggregate.Event, v=1):
        """The elder is offered this care at this price."""

        plan: Plan
        by: str

    @allowed_in(S.ASSESSED)
    def propose_plan(
        self,
        mode: Mode,
        wanted: tuple[Wanted, ...],
        *,
        price_fen: int,
        subsidy_kind: SubsidyKind,
        weekdays: tuple[int, ...],
        by: str,
    ) -> None:
        """``price_fen`` is what the sender thinks a week costs."""
        self.require_consent()
        grade = self._valid_grade()
        if mode is not self.mode or not entitled_minutes(mode, grade):
            raise ModeNotAllowed(mode=mode)
        if elsewhere := [w.code for w in wanted if mode not in SERVICES[w.code].modes]:
            raise ServiceNotInMode(services=tuple(elsewhere))
        minutes, entitled = minutes_a_week(wanted), entitled_minutes(mode, grade)
        if minutes > entitled:
            raise PlanExceedsEntitlement(minutes=minutes, entitled=entitled)
        today = shanghai_date(self.now)
        self._judge_subsidy(subsidy_kind, grade, today)
        plan = plan_of(
            mode, wanted, weekdays=weekdays, subsidy_kind=subsidy_kind, grade=grade, day=today
        )
        if plan.price_fen != price_fen:
            raise PriceMismatch(price_fen=plan.price_fen)
        self._plan_proposed(plan=plan, by=by)

    def _valid_grade(self) -> Grade:
        if self.grade is None or self.valid_until is None:
            raise LookupError("no grade has been found")
        if self.now >= self.valid_until:
            raise GradeExpired(valid_until=self.valid_until)
        return self.grade

    def _judge_subsidy(self, kind: SubsidyKind, grade: Grade, day: date) -> None:
        if kind is SubsidyKind.NONE:
            return
        rate = rate_on(kind, day)
        if kind.mode is not self.mode or rate is None or not rate.shares_ppm[grade]:
            raise SubsidyNotAllowed(subsidy_kind=kind)

    @event(PlanProposed)
    def _plan_proposed(self, plan: Plan, by: str) -> None:
        self.state = S.PLANNED
        self.plan = plan

    class PlanAccepted(Aggregate.Event, v=1):
        """The elder or the guardian agreed; the sums are those of a week."""

        mode: Mode
        items: tuple[Line, ...]
        own_part_fen: Fen
        subsidy_fen: Fen

    @allowed_in(S.PLANNED)
    def accept_plan(self) -> None:
        """By the elder or who acts for him."""
        plan = self.agreed
        self._plan_accepted(
            mode=plan.mode,
            items=plan.items,
            own_part_fen=plan.own_part_fen,
            subsidy_fen=plan.subsidy_fen,
        )

    @event(PlanAccepted)
    def _plan_accepted(
        self, mode: Mode, items: tuple[Line, ...], own_part_fen: int, subsidy_fen: int
    ) -> None:
        self.state = S.WAITING

    class PlanDeclined(Aggregate.Event, v=1):
        """The elder wants another plan."""

        reason: Personal[str] | None

    @allowed_in(S.PLANNED)
    def decline_plan(self, reason: str | None) -> None:
        """By the elder or who acts for him."""
        self._plan_declined(reason=reason)

    @event(PlanDeclined)
    def _plan_declined(self, reason: str | None) -> None:
        self.state = S.ASSESSED
        self.plan = None

    # --- provider ------------------------------------------------------------------------------

    class WaitingListed(Aggregate.Event, v=1):
        """The order waits for a place; ``turned_down``: it had asked for one."""

        provider: Uscc
        mode: Mode
        position: int
        turned_down: bool

        def refusal(self) -> Refused | None:
            """Who asked for a place is told that there is none."""
            return NoPlace(position=self.position) if self.turned_down else None

    @allowed_in(S.WAITING)
    def join_waiting_list(self, provider: str, position: int, *, turned_down: bool = False) -> None:
        """``position`` is the one that the provider gave it."""
        self._waiting_listed(
            provider=provider, mode=self.mode, position=position, turned_down=turned_down
        )

    @event(WaitingListed)
    def _waiting_listed(self, provider: str, mode: Mode, position: int, turned_down: bool) -> None:
        self.waiting_at = provider

    class ProviderAssigned(Aggregate.Event, v=1):
        """A provider cares for the elder from a day on; only beds have a number."""

        elder: SubjectRef
        mode: Mode
        district: District
        provider: Uscc
        place_no: str | None
        from_day: date
        clocks: Readings

    @allowed_in(S.WAITING)
    def assign_provider(
        self, provider: str, place_no: str | None, from_day: date, *, calendar: Calendar
    ) -> None:
        """The place is the provider's to give. The grade's end becomes a limit from here on."""
        self.require_consent()
        due_at = self.valid_until or self.now
        self._provider_assigned(
            elder=self.elder.subject,
            mode=self.mode,
            district=self.district,
            provider=provider,
            place_no=place_no,
            from_day=from_day,
            clocks=(limits.REASSESSMENT.due(self.now, max(due_at, self.now), calendar),),
        )

    @event(ProviderAssigned)
    def _provider_assigned(
        self,
        elder: str,
        mode: Mode,
        district: str,
        provider: str,
        place_no: str | None,
        from_day: date,
        clocks: Readings,
    ) -> None:
        self.state = S.ACTIVE
        self.provider = provider
        self.place_held = True
        self.waiting_at = None
        self.read_clocks(clocks)
