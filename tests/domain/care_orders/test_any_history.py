"""Whatever is asked of a few elders, providers and visits in whatever order, what must hold does.

Commands are drawn without regard to whether they are allowed; claims are judged by a plain model of
the log, and care's own policies answer every event at once. Each event goes through the form in which
it is stored.
"""

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from commands.base import Command
from domain.care_orders import (
    CareOrder,
    Mode,
    OrderState,
    Visit,
)
from domain.care_orders.people import settlement_id
from domain.care_orders.states import EndReason, ReclaimReason
from domain.shared.aggregate import EventBase
from domain.shared.clocks import ClockedAggregate
from domain.shared.instants import shanghai_date
from domain.shared.refusals import Refused
from infra.discovery import discover
from infra.log.codec import Codec
from tests import care as c
from tests import visits as v
from tests.claim_book import ClaimBook
from tests.domain.care_orders.holding import Holding
from tests.scenario import HUIMIN, MONDAY_MORNING, Step, folded

CODEC = Codec(discover())
POLICIES = [
    p for n, p in sorted(discover().policies.items()) if p.react.__module__.endswith("care_orders")
]

ORDERS = tuple(c.order_number(n) for n in range(1, 6))
VISITS = tuple(UUID(int=c.VISIT.int + n) for n in range(12))
MODES = (Mode.HOME, Mode.INSTITUTION, Mode.HOME, Mode.DAY_CARE, Mode.INSTITUTION)
ELDERS = (1, 1, 2, 2, 3)
ITEM = {
    Mode.HOME: "bathing-help",
    Mode.DAY_CARE: "day-programme",
    Mode.INSTITUTION: "stay",
}
SENDERS = (c.FAMILY, c.STRANGER, c.OFFICE, c.FINANCE, c.COORDINATOR, c.CARER_1, c.CARER_2, HUIMIN)

MONTHS = tuple(settlement_id(c.USCC, f"2026-{n:02d}") for n in range(3, 10))

OF_ORDERS: tuple[Callable[..., Step], ...] = (
    c.contacted,
    c.assessment_paused,
    c.assessment_resumed,
    c.consent_withdrawn,
    c.accepted,
    c.declined,
    c.assigned,
    c.assigned,
    c.waiting_joined,
    c.transferred,
    c.transfer_proposed,
    c.suspended,
    c.resumed,
    c.place_released,
    c.reassessment,
    c.ended,
)
OF_VISITS: tuple[Callable[..., Step], ...] = (
    v.reassigned,
    v.cancelled,
    v.missed,
    v.left_open,
    v.contact_tried,
    v.resolved,
    v.verified,
    v.verified,
    v.disputed,
    v.dispute_resolved,
    v.settled,
    v.reclaimed,
)


def stored_and_read(event: EventBase) -> EventBase:
    new = CODEC.encode(event)
    return CODEC.event_from(new.type, new.data, new.stream_id, new.version, event.timestamp)


class Care(Holding):
    """A small city, a clock that only goes on, and the claims of all."""

    def __init__(self) -> None:
        super().__init__()
        self.now: datetime = MONDAY_MORNING
        self.book = ClaimBook()

    def send(self, step: Step) -> bool:
        """One command, judged like the executor and the log would, and what follows from it."""
        matters, happened = dict(self.world.matters), len(self.world.happened)
        try:
            decision = self.world.run(step.but(at=self.now))
            if decision.aggregate is not None:
                self.book.judge(decision.claims, decision.aggregate.id, self.now)
        except Refused:
            self.world.matters = matters
            del self.world.happened[happened:]
            return False
        for event in tuple(self.world.happened[happened:]):
            for policy in POLICIES:
                if isinstance(event, policy.event_classes):
                    came: Any = policy.react(event) or ()
                    for command in (came,) if isinstance(came, Command) else came:
                        self.send(Step(command, HUIMIN))
        return True

    def order(self, id: UUID) -> CareOrder | None:
        found = self.world.matters.get(id)
        return found if isinstance(found, CareOrder) else None

    @initialize(ready=st.integers(0, 5), busy=st.booleans())
    def begin(self, ready: int, busy: bool) -> None:
        """Some histories begin with orders that are served: most of a life lies behind them."""
        few: dict[str, Any] = {"beds": ("1-1",), "day_places": 1, "home_places": 2}
        for step in (c.provider(**few), c.provider(c.OTHER_USCC, **few), c.carer(1), c.carer(2)):
            self.send(step)
        for n in range(ready):
            self.set_up(n)
            if busy:
                self.send(c.assigned(ORDERS[n]))

    def set_up(self, n: int) -> None:
        order, mode = ORDERS[n], MODES[n]
        item = c.item(ITEM[mode], 60, 3)
        ask = c.requested(order, who=ELDERS[n], mode=mode)
        if order in self.world.matters or not self.send(ask):
            return
        self.send(c.assessed(order=order, on=self.now))
        self.send(c.proposed(item, order=order, mode=mode))
        self.send(c.accepted(order))

    # --- what may be asked ---------------------------------------------------------------------

    @rule(n=st.integers(0, 4))
    def request(self, n: int) -> None:
        self.set_up(n)

    @rule(
        order=st.sampled_from(ORDERS),
        ask=st.sampled_from(OF_ORDERS),
        by=st.one_of(st.none(), st.sampled_from(SENDERS)),
    )
    def ask(self, order: UUID, ask: Callable[..., Step], by: Any) -> None:
        if self.order(order) is not None:
            step = ask(order)
            self.send(step.but(by=by) if by else step)

    @rule(order=st.sampled_from(ORDERS), total=st.sampled_from([10, 40, 50, 80]))
    def assess(self, order: UUID, total: int) -> None:
        if self.order(order) is not None:
            self.send(c.assessed(total, order, on=self.now))

    @rule(order=st.sampled_from(ORDERS), ago=st.integers(0, 20))
    def die(self, order: UUID, ago: int) -> None:
        if self.order(order) is not None:
            on = shanghai_date(self.now) - timedelta(days=ago)
            self.send(c.ended(order, reason=EndReason.DEATH, on=on))

    @rule(ground=st.sampled_from([c.stopped, c.allowed]))
    def stop_or_allow(self, ground: Callable[..., Step]) -> None:
        self.send(ground())

    @rule(beds=st.sampled_from([(), ("1-1",), ("1-1", "1-2")]), homes=st.integers(0, 3))
    def change_capacity(self, beds: tuple[str, ...], homes: int) -> None:
        self.send(c.capacity_changed(beds=beds, home_places=homes, day_places=homes))

    @rule(
        visit=st.sampled_from(VISITS),
        order=st.sampled_from(ORDERS),
        who=st.sampled_from([1, 2]),
        days=st.integers(0, 3),
        minutes=st.integers(0, 90),
    )
    def schedule(self, visit: UUID, order: UUID, who: int, days: int, minutes: int) -> None:
        if visit in self.world.matters:
            return
        start = self.now + timedelta(days=days, minutes=minutes)
        mode = MODES[ORDERS.index(order)]
        self.send(v.scheduled(visit, order=order, who=who, start=start, items=(ITEM[mode],)))

    @rule(visit=st.sampled_from(VISITS), ask=st.sampled_from(OF_VISITS))
    def ask_visit(self, visit: UUID, ask: Callable[..., Step]) -> None:
        if visit in self.world.matters:
            self.send(ask(visit))

    @rule(visit=st.sampled_from(VISITS), ago=st.sampled_from([None, 0, 20, 70]), out=st.booleans())
    def be_there(self, visit: UUID, ago: int | None, out: bool) -> None:
        found = self.world.matters.get(visit)
        if isinstance(found, Visit):
            made = None if ago is None else self.now - timedelta(minutes=ago)
            by = c.CARER_1 if found.carer.actor == "carer-1" else c.CARER_2
            more: dict[str, Any] = {"items": (ITEM[found.whose.mode],)} if out else {}
            ask = v.checked_out if out else v.checked_in
            self.send(ask(visit, at=self.now, made=made, sender=by, **more))

    @rule(
        order=st.sampled_from(ORDERS), how=st.sampled_from(["made", "made", "disputed", "missed"])
    )
    def serve(self, order: UUID, how: str) -> None:
        """A whole visit, so that money and missed visits are not a rare thing."""
        free = next((id for id in VISITS if id not in self.world.matters), None)
        found = self.order(order)
        if free is None or found is None or found.state is not OrderState.ACTIVE:
            return
        self.schedule(free, order, 1, 0, 60)
        visit = self.world.matters.get(free)
        if not isinstance(visit, Visit):
            return
        self.now = visit.starts_at
        if how == "missed":
            self.now += timedelta(minutes=31)
            self.send(v.missed(free))
            return
        self.be_there(free, None, False)
        self.now = visit.ends_at
        self.be_there(free, None, True)
        self.send(v.verified(free) if how == "made" else v.disputed(free))

    @rule(visit=st.sampled_from(VISITS), reason=st.sampled_from(list(ReclaimReason)))
    def reclaim(self, visit: UUID, reason: ReclaimReason) -> None:
        if visit in self.world.matters:
            self.send(v.reclaimed(visit, reason=reason))

    @rule(month=st.sampled_from(MONTHS), ask=st.sampled_from([v.confirmed, v.paid]))
    def close(self, month: UUID, ask: Callable[..., Step]) -> None:
        if month in self.world.matters:
            self.send(ask(month))

    @rule(
        passed=st.one_of(
            st.timedeltas(timedelta(seconds=1), timedelta(hours=3)),
            st.timedeltas(timedelta(days=1), timedelta(days=40)),
        )
    )
    def time_passes(self, passed: timedelta) -> None:
        self.now += passed

    @rule(data=st.data())
    @precondition(lambda self: self.of(ClockedAggregate))
    def settle(self, data: st.DataObject) -> None:
        clocked = sorted(m.id for m in self.of(ClockedAggregate))
        self.world.matter = self.world.matters[data.draw(st.sampled_from(clocked), label="matter")]
        self.world.settled(self.now)

    def teardown(self) -> None:
        events: defaultdict[UUID, list[EventBase]] = defaultdict(list)
        for event in self.world.happened:
            events[event.id].append(event)
        assert events.keys() == self.world.matters.keys()
        for id, matter in self.world.matters.items():
            assert [e.version for e in events[id]] == list(range(1, len(events[id]) + 1))
            assert folded(events[id], stored_and_read) == matter


TestCare = Care.TestCase
TestCare.settings = settings(
    stateful_step_count=50, max_examples=settings().max_examples, deadline=None
)
