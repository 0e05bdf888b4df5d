"""Whatever is asked of a few orders in whatever order, what must always hold does.

Commands are drawn without regard to whether they are allowed, receipts without regard to order;
claims are judged by a plain model of the log. Each event goes through the form in which it is
stored.
"""

import copy
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from commands.customs_declarations.holdings import ordered, pieces
from domain.customs_declarations import (
    BondedStock,
    CustomsDeclaration,
    Enterprise,
    PersonQuota,
    State,
)
from domain.customs_declarations.limits import allowance_on
from domain.customs_declarations.quota import quota_id
from domain.customs_declarations.receipts import EFFECTS
from domain.customs_declarations.states import UNRELEASED
from domain.shared.aggregate import EventBase
from domain.shared.clocks import Phase
from domain.shared.instants import shanghai_date
from domain.shared.refusals import Refused
from infra.discovery import discover
from infra.log.codec import Codec
from tests import customs as c
from tests.scenario import HUIMIN, Step, folded

CODEC = Codec(discover())
ORDERS = ("A-1", "B-1", "C-1", "D-1")
ENDED = {State.CANCELLED, State.RETURNED, State.RETURNED_ABROAD, State.CLOSED}
HOLDING = {*UNRELEASED, State.RELEASED, State.RETURN_OPEN, State.SETTLED, State.CLOSED}
BASKETS = (
    (c.item(),),
    (c.item(333_333, qty=1),),
    (c.item(33_333, qty=3), c.item(1_999, hs_code=c.MILK)),
    (c.item(777_777),),
    (c.item(300_000), c.item(300_000)),
)
SENDERS = (c.AGENT_SENDS, c.OTHER_AGENT_SENDS, c.PLATFORM_SENDS, c.CUSTOMS, c.CITIZEN, HUIMIN)
LEDGERS = ((), ((1, 1),), ((1, 1), (2, 2)))

SOUND: dict[str, Callable[[str], Step]] = {
    "apply-return": lambda no: c.return_applied(order_no=no),
    "record-return-arrival": lambda no: c.arrived(order_no=no),
    "refuse-return": lambda no: c.return_refused(order_no=no),
    "record-tax-paid": lambda no: c.tax_paid(order_no=no),
    "cancel": lambda no: c.cancelled(order_no=no, by=c.CUSTOMS),
}

order_nos = st.sampled_from(ORDERS)
ANSWERS = st.sampled_from(
    [(500, 700), (800,), (120, 300, 800), (500, 800), (399,), (), (500,), (100,), (120,)]
)


def stored_and_read(event: EventBase) -> EventBase:
    new = CODEC.encode(event)
    return CODEC.event_from(new.type, new.data, new.stream_id, new.version, event.timestamp)


class AnyHistory(RuleBasedStateMachine):
    """A harbour, four orders of two people, and a clock that only goes on."""

    def __init__(self) -> None:
        super().__init__()
        self.harbour = c.Harbour()
        self.now: datetime = self.harbour.now
        self.cop_nos = 0

    def send(self, step: Step) -> None:
        """One command and what follows from it, or nothing at all."""
        before = copy.deepcopy(self.harbour)
        try:
            self.harbour.play(Step(step.command, step.by, step.at or self.now))
        except Refused:
            assert {i: m.version for i, m in self.harbour.matters.items()} == {
                i: m.version for i, m in before.matters.items()
            }

    @initialize(
        elsewhere=st.sampled_from([0, 0, 1_500_000, 2_500_000]),
        worked_on=st.lists(
            st.tuples(st.sampled_from(BASKETS[:4]), st.integers(1, 2), ANSWERS, st.booleans()),
            min_size=2,
            max_size=4,
        ),
    )
    def open_the_harbour(self, elsewhere: int, worked_on: list[Any]) -> None:
        """Some orders are on their way: most of a life lies behind the three documents."""
        for step in c.ENTERPRISES:
            self.send(step)
        self.send(c.stocked(5))
        self.send(c.stocked(2, item_no=2, hs_code=c.MILK))
        self.send(c.used_elsewhere(elsewhere))
        for order_no, (basket, buyer, codes, bonded) in zip(ORDERS, worked_on, strict=False):
            self.work_on(order_no, basket, buyer, codes, bonded)

    # --- what may be asked ---------------------------------------------------------------------

    @rule(
        order_no=order_nos,
        basket=st.sampled_from(BASKETS),
        buyer=st.integers(1, 2),
        which=st.sampled_from([(0, 1, 2), (2, 1, 0), (1,), (0,), (2, 1)]),
    )
    def some_documents(
        self, order_no: str, basket: Any, buyer: int, which: tuple[int, ...]
    ) -> None:
        self.hand_in(order_no, basket, buyer, which)

    def hand_in(self, order_no: str, basket: Any, buyer: int, which: tuple[int, ...]) -> None:
        steps = c.documents(*basket, order_no=order_no, buyer=c.person(buyer), tax_fen=0)
        for number in which:
            self.send(steps[number])

    def work_on(
        self, order_no: str, basket: Any, buyer: int, codes: tuple[int, ...], bonded: bool
    ) -> None:
        """The way to a list and its answers, so that a released order is not a rare thing."""
        self.hand_in(order_no, basket, buyer, (0, 1, 2))
        self.declare(order_no, LEDGERS[len(basket)] if bonded else (), c.AGENT_SENDS)
        self.answer(order_no, codes, (0,) * len(codes), old_list=False)

    @rule(order_no=order_nos, amount=st.integers(1, 3))
    def pay_something_else(self, order_no: str, amount: int) -> None:
        self.send(c.payment(amount, order_no=order_no, transaction_id=f"odd-{amount}"))

    @rule(order_no=order_nos, ledger=st.sampled_from(LEDGERS), by=st.sampled_from(SENDERS[:2]))
    def declare_something(self, order_no: str, ledger: Any, by: Any) -> None:
        self.declare(order_no, ledger, by)

    def declare(self, order_no: str, ledger: Any, by: Any) -> None:
        self.cop_nos += 1
        cop_no = f"cop-{self.cop_nos}"
        self.send(c.declared(cop_no, order_no=order_no, ledger=ledger, by=by))

    @rule(
        order_no=order_nos,
        codes=st.lists(st.sampled_from([*EFFECTS, -1]), min_size=1, max_size=6),
        ages=st.lists(st.integers(0, 90), min_size=6, max_size=6),
        old_list=st.booleans(),
    )
    def customs_answers(
        self, order_no: str, codes: list[int], ages: list[int], old_list: bool
    ) -> None:
        """In any order, early and late, to this list or to one that was returned."""
        self.answer(order_no, codes, ages, old_list=old_list)

    def answer(
        self, order_no: str, codes: Sequence[int], ages: Sequence[int], *, old_list: bool
    ) -> None:
        matter = self.harbour.matters.get(c.order_id(order_no))
        known = matter.cop_nos if isinstance(matter, CustomsDeclaration) else ()
        cop_no = (known[0] if old_list else known[-1]) if known else "cop-none"
        for code, age in zip(codes, ages, strict=False):
            at = self.now - timedelta(minutes=age)
            self.send(c.receipt(code, order_no=order_no, cop_no=cop_no, customs_time=at))

    @rule(order_no=order_nos, by=st.sampled_from([c.AGENT_SENDS, c.CUSTOMS]))
    def cancel(self, order_no: str, by: Any) -> None:
        self.send(c.cancelled(order_no=order_no, by=by))

    @rule(
        order_no=order_nos,
        items=st.lists(
            st.tuples(st.integers(1, 2), st.integers(1, 3)),
            min_size=1,
            max_size=2,
            unique_by=lambda pair: pair[0],
        ),
        arrives=st.booleans(),
        original=st.booleans(),
    )
    def return_goods(
        self, order_no: str, items: list[tuple[int, int]], arrives: bool, original: bool
    ) -> None:
        self.send(c.return_applied(*items, order_no=order_no))
        if arrives:
            self.send(c.arrived(order_no=order_no, original=original))

    @rule(data=st.data())
    @precondition(lambda self: self.live())
    def do_what_is_allowed(self, data: st.DataObject) -> None:
        order_no = data.draw(st.sampled_from(self.live()), label="live order")
        allowed = self.harbour.declaration(order_no).allowed()
        name = data.draw(st.sampled_from(sorted({*allowed} & {*SOUND})), label="allowed")
        if name == "record-tax-paid":
            self.now += timedelta(days=32)
        self.send(SOUND[name](order_no))

    def live(self) -> list[str]:
        """Orders with which something sound can be done."""
        matters = self.harbour.matters
        return [
            no
            for no in ORDERS
            if isinstance(matter := matters.get(c.order_id(no)), CustomsDeclaration)
            and {*matter.allowed()} & {*SOUND}
        ]

    @rule(order_no=order_nos)
    def refuse_return(self, order_no: str) -> None:
        self.send(c.return_refused(order_no=order_no))

    @rule(order_no=order_nos)
    def pay_tax(self, order_no: str) -> None:
        self.send(c.tax_paid(order_no=order_no))

    @rule(order_no=order_nos)
    def close(self, order_no: str) -> None:
        self.send(c.closed(order_no=order_no, at=self.now))

    @rule(
        passed=st.one_of(
            st.timedeltas(timedelta(seconds=1), timedelta(hours=3)),
            st.timedeltas(timedelta(days=1), timedelta(days=3)),
            st.timedeltas(timedelta(days=25), timedelta(days=40)),
        )
    )
    def time_passes(self, passed: timedelta) -> None:
        self.now += passed

    @rule(order_no=order_nos)
    @precondition(lambda self: self.harbour.matters)
    def settle(self, order_no: str) -> None:
        if c.order_id(order_no) in self.harbour.matters:
            self.harbour.settle(self.now, order_no)

    # --- what must always hold -----------------------------------------------------------------

    def declarations(self) -> list[CustomsDeclaration]:
        return [m for m in self.harbour.matters.values() if isinstance(m, CustomsDeclaration)]

    def standing(self, declaration: CustomsDeclaration) -> bool:
        """Whether a list is out that still counts."""
        return declaration.list is not None and declaration.state in HOLDING

    @invariant()
    def each_persons_year_holds_what_the_lists_that_stand_are_worth(self) -> None:
        worth: dict[tuple[str, int], int] = {}
        for d in self.declarations():
            if self.standing(d):
                whose = (d.known_order().buyer.subject, d.out().day.year)
                back = sum(
                    item.value_fen
                    for e in self.harbour.of(CustomsDeclaration.ReturnCompleted)
                    if e.id == d.id
                    for item in e.items
                )
                worth[whose] = worth.get(whose, 0) + d.out().assessment.value_fen - back
        for quota in self.harbour.matters.values():
            if isinstance(quota, PersonQuota):
                held = quota.reserved_fen + quota.confirmed_fen
                assert held == worth.get((quota.subject, quota.year), 0)
                limit = allowance_on(shanghai_date(self.now)).year_fen
                assert held <= max(0, limit - quota.elsewhere_fen) or not held
                assert min([*quota.reserved.values(), *quota.confirmed.values()], default=1) > 0
                assert not set(quota.reserved) & set(quota.confirmed)

    @invariant()
    def the_guarantee_covers_the_unpaid_tax_and_that_is_what_stands(self) -> None:
        owed = sum(
            d.tax_due_fen()
            for d in self.declarations()
            if self.standing(d) and d.state not in (State.SETTLED, State.CLOSED)
        )
        for agent in self.harbour.matters.values():
            if isinstance(agent, Enterprise):
                assert 0 <= agent.unpaid_tax_fen <= agent.guarantee_fen
                if agent.code == c.AGENT:
                    assert agent.unpaid_tax_fen == owed

    @invariant()
    def stock_is_never_negative_and_no_piece_is_lost(self) -> None:
        for stock in self.harbour.matters.values():
            if isinstance(stock, BondedStock):
                parts = (stock.free, stock.reserved, stock.shipped, stock.written_off)
                assert min(parts) >= 0
                assert sum(parts) == (5 if stock.item_no == 1 else 2)

    @invariant()
    def each_piece_is_where_its_list_stands(self) -> None:
        reserved, shipped, written_off = (Counter[tuple[str, int]]() for _ in range(3))
        for d in self.declarations():
            if d.list is not None:
                lines = ordered(d.known_order().items)
                left = {line: qty - d.returned.get(line, 0) for line, qty in lines.items()}
                if d.state in UNRELEASED:
                    reserved += pieces(d.list.ledger, lines)
                elif d.state is State.RETURNED_ABROAD:
                    written_off += pieces(d.list.ledger, lines)
                elif d.released_at is not None:
                    shipped += pieces(d.list.ledger, left)
        for stock in self.harbour.matters.values():
            if isinstance(stock, BondedStock):
                item = (stock.book_no, stock.item_no)
                told = (stock.reserved, stock.shipped, stock.written_off)
                assert told == (reserved[item], shipped[item], written_off[item])

    @invariant()
    def a_year_is_used_by_what_customs_passed_and_reserved_by_the_rest(self) -> None:
        for d in self.declarations():
            if d.list is not None and d.state in {*UNRELEASED, State.RELEASED} and not d.returned:
                quota = self.harbour.matters[
                    quota_id(d.known_order().buyer.subject, d.list.day.year)
                ]
                assert isinstance(quota, PersonQuota)
                passed = d.state in (State.CLEARED, State.RELEASED)
                assert (d.id in quota.confirmed, d.id in quota.reserved) == (passed, not passed)

    @invariant()
    def tax_is_the_sum_of_its_items_and_no_more_comes_back_than_was_levied(self) -> None:
        for d in self.declarations():
            if d.list is not None:
                assessment = d.list.assessment
                assert assessment.tax_fen == sum(i.tax_fen for i in assessment.items)
                assert assessment.value_fen == sum(i.value_fen for i in assessment.items)
                assert 0 <= d.not_levied_fen <= assessment.tax_fen
                if d.state is State.RETURNED:
                    assert d.not_levied_fen == assessment.tax_fen
            for line, qty in d.returned.items():
                assert 0 < qty <= d.known_order().items[line - 1].qty

    @invariant()
    def documents_of_a_live_list_are_its_own(self) -> None:
        for d in self.declarations():
            for scope, document in (("payment", d.payment), ("waybill", d.waybill)):
                if document is not None and d.state not in ENDED:
                    held = self.harbour.book.holder(
                        f"customs-{scope}", document.claimed, self.harbour.now
                    )
                    assert held == d.id

    @invariant()
    def clocks_run_only_while_somebody_is_to_act(self) -> None:
        for d in self.declarations():
            for reading in d.clocks.values():
                if reading.phase is Phase.RUNNING:
                    assert d.state not in ENDED
                    assert reading.due_at is not None
                if reading.phase is Phase.PAUSED:
                    assert (reading.clock, d.state) == ("clearance", State.INSPECTING)
                assert len(set(reading.raised)) == len(reading.raised)

    def teardown(self) -> None:
        events: dict[UUID, list[EventBase]] = {}
        for e in self.harbour.happened:
            events.setdefault(e.id, []).append(e)
        for id, matter in self.harbour.matters.items():
            mine = events[id]
            assert [e.version for e in mine] == list(range(1, len(mine) + 1))
            assert all(e.at.tzinfo is UTC for e in mine)
            assert folded(mine, stored_and_read) == matter


TestAnyHistory = AnyHistory.TestCase
TestAnyHistory.settings = settings(
    stateful_step_count=40, max_examples=settings().max_examples // 4, deadline=None
)
