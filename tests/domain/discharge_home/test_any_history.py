"""Whatever befalls an elder on the way home, and however late the policies hear of it: after a consent
is withdrawn nothing that was sent under it remains unrecalled.

Health tells of stays, care does what it does, and the policies of both sides answer as many events
as a rule lets them. Each event goes through the form in which it is stored.
"""

from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from domain.care_orders import CareOrder, Mode, OrderState
from domain.care_orders.states import EndReason
from domain.discharge_home import OPEN, DischargeHome, State
from domain.health_visits import HealthArchive, HealthVisit
from domain.shared.aggregate import EventBase
from domain.shared.clocks import Phase
from domain.shared.refusals import Refused
from infra.discovery import discover
from infra.log.codec import Codec
from projections.care_orders.orders import CareOrder as OrderRow
from projections.discharge_home import CommunityNotices, DischargesHome
from tests import care as c
from tests import clinics as h
from tests import discharges as d
from tests import visits as v
from tests.projections.rows import rows_of
from tests.scenario import HUIMIN, MONDAY_MORNING, Scenario, Step, folded, given

CODEC = Codec(discover())
NAMES = ("discharge-home", "recall-discharge", "call-off-visits", "offer-free-places", "elder-died")
POLICIES = [discover().policies[name] for name in NAMES]
DAY_CARE = c.item("day-programme", 60, 5)
MODES = (Mode.HOME, Mode.DAY_CARE)
LEFT, CAME = (
    next(e for e in given(*h.TO_ADMITTED, h.discharged()).happened if isinstance(e, kind))
    for kind in (HealthVisit.PatientDischarged, HealthVisit.PatientAdmitted)
)


def stored_and_read(event: EventBase) -> EventBase:
    new = CODEC.encode(event)
    return CODEC.event_from(new.type, new.data, new.stream_id, new.version, event.timestamp)


class WayHome(RuleBasedStateMachine):
    """One elder, two providers, and policies that lag behind."""

    def __init__(self) -> None:
        super().__init__()
        self.world = Scenario()
        self.now = MONDAY_MORNING
        self.heard = 0
        self.stays = 0

    @initialize(
        begun=st.sampled_from(["agreed", "left", "asked", "served", "visited"]),
        mode=st.sampled_from(MODES),
        heard=st.booleans(),
    )
    def begin(self, begun: str, mode: Mode, heard: bool) -> None:
        """From somewhere on the way, so that a history gets to its end."""
        self.ask(*c.PROVIDERS, d.archive_opened(None), d.agreed(None))
        if begun == "agreed":
            return
        self.goes_home(self.consents[0])
        self.policies_hear_all()
        if begun != "left":
            assert self.ask(d.handed_over(mode))
            self.asked_on(self.orders[0], places=int(begun != "asked"))
        if begun == "visited":
            self.visited(self.orders[0])
        if heard:
            self.policies_hear_all()

    def ask(self, *steps: Step) -> bool:
        """Each step that is not refused; whether the last one was accepted."""
        accepted = False
        for step in steps:
            self.now += timedelta(minutes=1)
            try:
                self.world.run(step.but(at=step.at or self.now))
                accepted = True
            except Refused:
                accepted = False
        return accepted

    @property
    def log(self) -> list[EventBase]:
        return self.world.happened

    def of(self, kind: type[Any]) -> list[Any]:
        return [event for event in self.log if isinstance(event, kind)]

    @property
    def orders(self) -> list[CareOrder]:
        return [m for m in self.world.matters.values() if isinstance(m, CareOrder)]

    @property
    def consents(self) -> list[UUID]:
        archive = self.world.matters[d.ARCHIVE]
        assert isinstance(archive, HealthArchive)
        return list(archive.consents)

    @property
    def way_home(self) -> DischargeHome | None:
        found = self.world.matters.get(d.WAY_HOME)
        return found if isinstance(found, DischargeHome) else None

    # --- health --------------------------------------------------------------------------------

    @rule()
    def he_agrees(self) -> None:
        self.ask(d.agreed(None))

    @rule(data=st.data())
    @precondition(lambda self: self.consents)
    def he_goes_home(self, data: st.DataObject) -> None:
        self.goes_home(data.draw(st.sampled_from(self.consents)))

    def goes_home(self, consent: UUID) -> None:
        self.told(LEFT, care_consent=consent, functional_loss=True)

    @rule()
    @precondition(lambda self: self.stays)
    def he_is_admitted_again(self) -> None:
        self.told(CAME)

    def told(self, like: EventBase, **fields: Any) -> None:
        """Health's log says it of this elder."""
        self.stays += 1
        self.now += timedelta(minutes=1)
        same = {"originator_id": UUID(int=self.stays), "timestamp": self.now, "subject": d.ELDER}
        self.log.append(like.model_copy(update={**same, **fields}))

    @rule(data=st.data())
    @precondition(lambda self: self.consents and self.stays)
    def he_does_not_agree_any_more(self, data: st.DataObject) -> None:
        self.ask(d.withdrawn(data.draw(st.sampled_from(self.consents))))

    # --- care ----------------------------------------------------------------------------------

    @rule(mode=st.sampled_from(MODES))
    @precondition(lambda self: self.way_home)
    def the_desk_hands_over(self, mode: Mode) -> None:
        self.ask(d.handed_over(mode))

    @rule(mode=st.sampled_from(MODES))
    def the_family_asks(self, mode: Mode) -> None:
        self.ask(c.requested(UUID(int=900 + len(self.log)), mode=mode))

    @rule(data=st.data(), places=st.integers(0, 1))
    @precondition(lambda self: self.orders)
    def care_goes_on(self, data: st.DataObject, places: int) -> None:
        self.asked_on(self.some_order(data), places)

    def asked_on(self, order: CareOrder, places: int) -> None:
        plan = (DAY_CARE,) if order.mode is Mode.DAY_CARE else ()
        self.ask(
            c.capacity_changed(home_places=places, day_places=places),
            c.assessed(order=order.id),
            c.proposed(*plan, order=order.id, mode=order.mode),
            c.accepted(order.id, sender=c.OFFICE),
            c.waiting_joined(order.id, sender=c.OFFICE),
            c.assigned(order.id, sender=c.OFFICE),
        )

    @rule(data=st.data())
    @precondition(lambda self: any(o.state is OrderState.ACTIVE for o in self.orders))
    def a_carer_comes(self, data: st.DataObject) -> None:
        active = sorted(o.id for o in self.orders if o.state is OrderState.ACTIVE)
        order = self.world.matters[data.draw(st.sampled_from(active))]
        assert isinstance(order, CareOrder)
        self.visited(order)

    def visited(self, order: CareOrder) -> None:
        items = ("day-programme",) if order.mode is Mode.DAY_CARE else ("bathing-help",)
        visit, start = UUID(int=5000 + len(self.log)), self.now + timedelta(minutes=30)
        if self.ask(v.scheduled(visit, order=order.id, start=start, items=items)):
            self.ask(
                v.checked_in(visit, at=start), v.checked_out(visit, at=start + v.HOUR, items=items)
            )
            self.now += 2 * v.HOUR

    @rule(data=st.data(), reason=st.sampled_from([EndReason.WISH, EndReason.RECOVERY]))
    @precondition(lambda self: self.orders)
    def an_order_ends(self, data: st.DataObject, reason: EndReason) -> None:
        self.ask(c.ended(self.some_order(data).id, sender=c.OFFICE, reason=reason))

    @rule(data=st.data())
    @precondition(lambda self: self.orders)
    def the_office_records_that_he_does_not_agree(self, data: st.DataObject) -> None:
        self.ask(c.consent_withdrawn(self.some_order(data).id, sender=c.OFFICE))

    def some_order(self, data: st.DataObject) -> CareOrder:
        found = self.world.matters[data.draw(st.sampled_from(sorted(o.id for o in self.orders)))]
        assert isinstance(found, CareOrder)
        return found

    # --- policies and time ---------------------------------------------------------------------

    @rule(most=st.integers(1, 12))
    def policies_hear(self, most: int) -> None:
        for event in self.log[self.heard : self.heard + most]:
            self.heard += 1
            self.answer(event)

    @rule()
    def policies_hear_all(self) -> None:
        while self.heard < len(self.log):
            self.heard += 1
            self.answer(self.log[self.heard - 1])

    def answer(self, event: EventBase) -> None:
        for policy in POLICIES:
            if type(event) in policy.event_classes:
                asked: Any = policy.react(event)
                commands = asked if isinstance(asked, list) else [asked] if asked else []
                self.ask(*(Step(command, HUIMIN) for command in commands))

    @rule(days=st.integers(1, 5))
    def time_passes(self, days: int) -> None:
        self.now += timedelta(days=days)

    # --- what must hold ------------------------------------------------------------------------

    @invariant()
    def nothing_is_sent_after_the_consent_is_withdrawn(self) -> None:
        gone: set[UUID] = set()
        for event in self.log:
            if isinstance(event, HealthArchive.ConsentWithdrawn):
                gone.add(event.consent)
            if isinstance(event, DischargeHome.CareHandedOver):
                assert event.consent not in gone

    @invariant()
    def after_a_withdrawal_nothing_sent_remains_unrecalled(self) -> None:
        """As soon as the policies have heard of it and of what came of it."""
        if self.heard < len(self.log):
            return
        withdrawn = {e.consent for e in self.of(HealthArchive.ConsentWithdrawn)}
        withdrawn_at_care = {e.consent_id for e in self.of(CareOrder.ConsentWithdrawn)}
        sent = {
            e.order_id
            for e in self.of(DischargeHome.CareHandedOver)
            if e.consent in withdrawn or str(e.consent) in withdrawn_at_care
        }
        assert {e.id for e in self.of(CareOrder.CareRecalled)} == sent
        lines = rows_of(OrderRow, self.log)
        for order in sent:
            line = lines[order]
            assert (line.state, line.consent) == (OrderState.ENDED, False)
            assert (line.provider, line.waiting_at, line.grade, line.next_visit) == (None,) * 4
        if self.way_home is not None and self.way_home.consent in withdrawn:
            assert self.way_home.state is State.RECALLED
            assert rows_of(CommunityNotices, self.log) == {}

    @invariant()
    def what_the_family_asked_for_is_never_recalled(self) -> None:
        sent = {e.order_id for e in self.of(DischargeHome.CareHandedOver)}
        assert {e.id for e in self.of(CareOrder.CareRecalled)} <= sent

    @invariant()
    def the_line_says_what_the_process_knows(self) -> None:
        if self.way_home is None:
            return
        line = rows_of(DischargesHome, self.log)[d.WAY_HOME]
        own = self.way_home
        assert (line.state, line.visit_id) == (own.state, own.visit)
        if own.state in OPEN:
            assert set(line.orders) == {str(order) for order in own.orders}
            assert (line.order_id, line.provider) == (own.rests_on or (None, None))
        running = own.clocks["discharge-home"].phase is Phase.RUNNING
        assert running == (own.state in OPEN)
        assert (line.due_at is not None) == running

    @invariant()
    def each_level_of_the_limit_is_told_once_a_stay(self) -> None:
        told: Counter[tuple[type[EventBase], UUID]] = Counter()
        stay = UUID(int=0)
        for event in self.log:
            if isinstance(event, DischargeHome.DischargeBegun | DischargeHome.DischargeBegunAnew):
                stay = event.visit
            if isinstance(event, DischargeHome.ClockBreached | DischargeHome.ClockEscalated):
                told[type(event), stay] += 1
        assert max(told.values(), default=0) <= 1

    def teardown(self) -> None:
        own = [stored_and_read(e) for e in self.log if e.id == d.WAY_HOME]
        if own:
            assert folded(own, stored_and_read) == self.way_home


TestAnyHistory = WayHome.TestCase
TestAnyHistory.settings = settings(
    stateful_step_count=40, max_examples=settings().max_examples, deadline=None
)
