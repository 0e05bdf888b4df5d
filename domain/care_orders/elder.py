"""What concerns an elder whatever the order: live orders, stays in an institution, subsidies.

One matter an elder, found by the keyed hash. That nobody has two live orders of a mode, two
subsidies of a kind in a month, or an institution's and a home's on one day, is decided here, in the
same decision as what depends on it.
"""

from datetime import date, timedelta
from uuid import UUID

from domain.care_orders.people import Value, month_of
from domain.care_orders.refusals import DoubleSubsidy, ElderDied, NotPayable, OpenOrderExists
from domain.care_orders.services import SubsidyKind
from domain.care_orders.states import Mode
from domain.shared.aggregate import Aggregate, event
from domain.shared.identifiers import SubjectRef
from domain.shared.instants import shanghai_date
from domain.shared.money import Fen

KEPT_DAYS = 400
"""How long subsidies are remembered: as long as an order remembers its visits."""


class Stay(Value):
    """Days in an institution. The day of admission counts, the last day does not."""

    from_day: date
    until: date | None = None

    def has(self, day: date) -> bool:
        """Whether the day counts as spent in the institution."""
        if self.until is None:
            return day >= self.from_day
        # who comes and goes on one day was there; who goes before he came was not
        return self.from_day <= day < max(self.until, self.from_day + timedelta(days=1)) and (
            self.until >= self.from_day
        )


class Grant(Value):
    """A subsidy that was granted for a visit."""

    order_id: UUID
    day: date
    kind: SubsidyKind
    subsidy_fen: Fen


class Elder(Aggregate, program="care-orders"):
    """One elder."""

    class ElderEntered(Aggregate.Created, v=1):
        """An elder asked for care for the first time."""

        elder: SubjectRef
        mode: Mode
        order_id: UUID

    @event(ElderEntered)
    def __init__(self, elder: str, mode: Mode, order_id: UUID) -> None:
        self.subject: str = elder
        self.live: dict[Mode, UUID] = {mode: order_id}
        self.stays: dict[UUID, Stay] = {}
        self.grants: dict[UUID, Grant] = {}
        self.died_on: date | None = None

    # --- orders --------------------------------------------------------------------------------

    class OrderOpened(Aggregate.Event, v=1):
        """One more live order."""

        elder: SubjectRef
        mode: Mode
        order_id: UUID

    def open_order(self, mode: Mode, order: UUID) -> None:
        """Raises OpenOrderExists and ElderDied."""
        if self.died_on is not None:
            raise ElderDied()
        if mode in self.live:
            raise OpenOrderExists(mode=mode)
        self._order_opened(elder=self.subject, mode=mode, order_id=order)

    @event(OrderOpened)
    def _order_opened(self, elder: str, mode: Mode, order_id: UUID) -> None:
        self.live = {**self.live, mode: order_id}

    class OrderClosed(Aggregate.Event, v=1):
        """One live order less."""

        elder: SubjectRef
        mode: Mode
        order_id: UUID
        on: date

    def close_order(self, mode: Mode, order: UUID, on: date) -> None:
        """Ends the stay, too, if there is one."""
        if self.live.get(mode) == order:
            self._order_closed(elder=self.subject, mode=mode, order_id=order, on=on)

    @event(OrderClosed)
    def _order_closed(self, elder: str, mode: Mode, order_id: UUID, on: date) -> None:
        self.live = {m: id for m, id in self.live.items() if m is not mode}
        if order_id in self.stays:
            stay = Stay(from_day=self.stays[order_id].from_day, until=on)
            self.stays = {**self.stays, order_id: stay}

    # --- stays and subsidies -------------------------------------------------------------------

    class StayBegan(Aggregate.Event, v=1):
        """The elder lives in an institution from a day on. ``double`` are visits of such days at
        home whose subsidy is to be reclaimed."""

        elder: SubjectRef
        order_id: UUID
        from_day: date
        double: tuple[UUID, ...]

    def begin_stay(self, order: UUID, from_day: date) -> None:
        """With the admission."""
        double = tuple(
            visit
            for visit, grant in self.grants.items()
            if grant.kind is not SubsidyKind.INSTITUTION and grant.day >= from_day
        )
        self._stay_began(elder=self.subject, order_id=order, from_day=from_day, double=double)

    @event(StayBegan)
    def _stay_began(
        self, elder: str, order_id: UUID, from_day: date, double: tuple[UUID, ...]
    ) -> None:
        self.stays = {**self.stays, order_id: Stay(from_day=from_day)}

    class SubsidyGranted(Aggregate.Event, v=1):
        """A visit is paid for in part by the city."""

        elder: SubjectRef
        visit_id: UUID
        grant: Grant

    def require_payable(self, day: date) -> None:
        """Raises NotPayable for a day after the elder's death."""
        if self.died_on is not None and day > self.died_on:
            raise NotPayable()

    def grant_subsidy(
        self, visit: UUID, order: UUID, day: date, kind: SubsidyKind, wanted_fen: int, most: int
    ) -> int:
        """The subsidy in fen: what is wanted, as far as ``most`` of the month still holds.

        Raises DoubleSubsidy when another order has this kind this month, or the day counts as
        spent in an institution and the kind is for none.
        """
        resident = kind is SubsidyKind.INSTITUTION
        if not resident and any(stay.has(day) for stay in self.stays.values()):
            raise DoubleSubsidy()
        used = 0
        for grant in self.grants.values():
            if resident != (grant.kind is SubsidyKind.INSTITUTION) and grant.day == day:
                raise DoubleSubsidy()
            if grant.kind is kind and month_of(grant.day) == month_of(day):
                if grant.order_id != order:
                    raise DoubleSubsidy()
                used += grant.subsidy_fen
        granted = min(wanted_fen, max(0, most - used))
        if granted:
            self._subsidy_granted(
                elder=self.subject,
                visit_id=visit,
                grant=Grant(order_id=order, day=day, kind=kind, subsidy_fen=granted),
            )
        return granted

    @event(SubsidyGranted)
    def _subsidy_granted(self, elder: str, visit_id: UUID, grant: Grant) -> None:
        oldest = shanghai_date(self.modified_on) - timedelta(days=KEPT_DAYS)
        kept = {visit: g for visit, g in self.grants.items() if g.day >= oldest}
        self.grants = {**kept, visit_id: grant}

    class SubsidyReturned(Aggregate.Event, v=1):
        """What was granted for a visit counts no longer."""

        elder: SubjectRef
        visit_id: UUID
        grant: Grant

    def return_subsidy(self, visit: UUID) -> None:
        """Nothing happens when there was none."""
        if (grant := self.grants.get(visit)) is not None:
            self._subsidy_returned(elder=self.subject, visit_id=visit, grant=grant)

    @event(SubsidyReturned)
    def _subsidy_returned(self, elder: str, visit_id: UUID, grant: Grant) -> None:
        self.grants = {visit: g for visit, g in self.grants.items() if visit != visit_id}

    # --- what others know ----------------------------------------------------------------------

    class ElderAdmitted(Aggregate.Event, v=1):
        """A hospital admitted the elder; ``orders`` are the live ones."""

        elder: SubjectRef
        orders: tuple[UUID, ...]

    def note_admission(self) -> None:
        """Nothing happens without a live order."""
        if self.live:
            self._elder_admitted(elder=self.subject, orders=tuple(self.live.values()))

    @event(ElderAdmitted)
    def _elder_admitted(self, elder: str, orders: tuple[UUID, ...]) -> None:
        pass

    class ElderDischarged(Aggregate.Event, v=1):
        """A hospital discharged the elder, who may have lost abilities."""

        elder: SubjectRef
        orders: tuple[UUID, ...]
        functional_loss: bool

    def note_discharge(self, *, functional_loss: bool) -> None:
        """Nothing happens without a live order."""
        if self.live:
            self._elder_discharged(
                elder=self.subject,
                orders=tuple(self.live.values()),
                functional_loss=functional_loss,
            )

    @event(ElderDischarged)
    def _elder_discharged(
        self, elder: str, orders: tuple[UUID, ...], functional_loss: bool
    ) -> None:
        pass

    class DeathNoted(Aggregate.Event, v=1):
        """The elder died; ``orders`` are still to be ended."""

        elder: SubjectRef
        on: date
        orders: tuple[UUID, ...]

    def note_death(self, on: date) -> None:
        """Once; nothing happens the second time."""
        if self.died_on is None:
            self._death_noted(elder=self.subject, on=on, orders=tuple(self.live.values()))

    @event(DeathNoted)
    def _death_noted(self, elder: str, on: date, orders: tuple[UUID, ...]) -> None:
        self.died_on = on
