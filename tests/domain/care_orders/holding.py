"""What must hold of care in any history: invariants over a world of matters and their events."""

from collections import Counter, defaultdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from hypothesis.stateful import RuleBasedStateMachine, invariant

from domain.care_orders import (
    CareOrder,
    Elder,
    Mode,
    MonthlySettlement,
    OrderState,
    ProviderCapacity,
    SettlementState,
    Visit,
    VisitState,
)
from domain.care_orders.limits import quarters
from domain.care_orders.people import month_of
from domain.care_orders.services import RATES, SubsidyKind
from domain.care_orders.settlement import Amounts
from domain.shared.clocks import Phase
from domain.shared.instants import shanghai_date
from tests.scenario import Scenario


class Holding(RuleBasedStateMachine):
    """A world of matters, and what must hold of it after every step."""

    def __init__(self) -> None:
        super().__init__()
        self.world = Scenario()

    def of(self, kind: type[Any]) -> list[Any]:
        return [matter for matter in self.world.matters.values() if isinstance(matter, kind)]

    # --- what must always hold -----------------------------------------------------------------

    @invariant()
    def no_provider_has_more_elders_than_places_and_no_bed_two(self) -> None:
        for provider in self.of(ProviderCapacity):
            for mode in Mode:
                assert provider.used(mode) <= provider.capacity.licensed(mode)
            beds = [p.place_no for p in provider.places.values() if p.place_no]
            assert len(beds) == len(set(beds))
            assert set(beds) <= set(provider.capacity.beds)
            assert not provider.places.keys() & provider.queue.keys()

    @invariant()
    def orders_and_providers_agree_on_who_has_a_place_and_who_waits(self) -> None:
        placed = {(o, p.uscc) for p in self.of(ProviderCapacity) for o in p.places}
        waiting = {(o, p.uscc) for p in self.of(ProviderCapacity) for o in p.queue}
        orders = self.of(CareOrder)
        assert placed == {(o.id, o.provider) for o in orders if o.place_held}
        assert waiting == {(o.id, o.waiting_at) for o in orders if o.waiting_at}
        for order in orders:
            assert order.state is not OrderState.ACTIVE or order.place_held

    @invariant()
    def an_elder_has_one_live_order_of_a_mode(self) -> None:
        live = [o for o in self.of(CareOrder) if o.state is not OrderState.ENDED]
        assert max(Counter((o.elder.subject, o.mode) for o in live).values(), default=0) <= 1
        known = {id for elder in self.of(Elder) for id in elder.live.values()}
        assert known == {o.id for o in live}

    @invariant()
    def nobody_is_in_two_places(self) -> None:
        busy: Counter[tuple[str, datetime]] = Counter()
        for visit in self.of(Visit):
            if visit.state is not VisitState.CANCELLED:
                for quarter in quarters(visit.starts_at, visit.ends_at):
                    busy[visit.carer.subject, quarter] += 1
                    busy[visit.whose.elder, quarter] += 1
        assert max(busy.values(), default=0) <= 1

    @invariant()
    def a_missed_visit_ends_by_being_resolved_or_begun(self) -> None:
        missed: set[UUID] = set()
        for event in self.world.happened:
            if isinstance(event, Visit.VisitMissed):
                missed.add(event.id)
            elif isinstance(event, Visit.MissedVisitResolved | Visit.LateStartAccepted):
                missed.remove(event.id)
        assert missed == {x.id for x in self.of(Visit) if x.state is VisitState.MISSED}

    @invariant()
    def every_alarm_is_raised_once(self) -> None:
        raised = Counter(
            (e.id, type(e)) for e in self.world.happened
            if isinstance(e, Visit.ClockBreached | Visit.ClockEscalated | Visit.VisitMissed)
        )  # fmt: skip
        assert max(raised.values(), default=0) <= 1

    @invariant()
    def a_settlement_is_the_sum_of_its_lines(self) -> None:
        sums: defaultdict[UUID, Amounts] = defaultdict(Amounts)
        paid: Counter[UUID] = Counter()
        for e in self.world.happened:
            if isinstance(e, MonthlySettlement.LineAdded | MonthlySettlement.CounterEntryMade):
                sums[e.id] = sums[e.id].plus(e.amounts)
                paid[e.visit_id] += isinstance(e, MonthlySettlement.LineAdded)
        assert {m.id: m.total for m in self.of(MonthlySettlement)} == dict(sums)
        assert max(paid.values(), default=0) <= 1
        for visit in self.of(Visit):
            if visit.state is VisitState.SETTLED:
                assert visit.own_fen + visit.subsidy_fen == visit.price_fen()
                assert paid[visit.id] == 1

    @invariant()
    def a_confirmed_month_never_changes(self) -> None:
        told = {
            e.id: e
            for e in self.world.happened
            if isinstance(e, MonthlySettlement.SettlementConfirmed)
        }
        for month in self.of(MonthlySettlement):
            if month.state is not SettlementState.DRAFTED:
                e = told[month.id]
                sums = Amounts(minutes=e.minutes, subsidy_fen=e.subsidy_fen, own_fen=e.own_fen)
                assert month.total == sums

    @invariant()
    def no_subsidy_is_granted_twice(self) -> None:
        for elder in self.of(Elder):
            orders: defaultdict[tuple[str, SubsidyKind], set[UUID]] = defaultdict(set)
            sums: Counter[tuple[str, SubsidyKind]] = Counter()
            days: defaultdict[date, set[bool]] = defaultdict(set)
            for grant in elder.grants.values():
                orders[month_of(grant.day), grant.kind].add(grant.order_id)
                sums[month_of(grant.day), grant.kind] += grant.subsidy_fen
                days[grant.day].add(grant.kind is SubsidyKind.INSTITUTION)
            assert all(len(those) == 1 for those in orders.values())
            assert all(len(kinds) == 1 for kinds in days.values())
            for (_, kind), fen in sums.items():
                assert fen <= max(RATES[kind][-1].month_fen)
            for day, kinds in days.items():
                if False in kinds:
                    assert not any(stay.has(day) for stay in elder.stays.values())

    @invariant()
    def nothing_is_paid_for_days_after_a_death(self) -> None:
        died = {elder.subject: elder.died_on for elder in self.of(Elder) if elder.died_on}
        for visit in self.of(Visit):
            if visit.state is VisitState.SETTLED and visit.whose.elder in died:
                assert shanghai_date(visit.starts_at) <= died[visit.whose.elder]

    @invariant()
    def clocks_of_what_has_ended_stand_still(self) -> None:
        for order in self.of(CareOrder):
            for reading in order.clocks.values():
                assert order.state is not OrderState.ENDED or reading.phase is not Phase.RUNNING
