"""Whatever comes back in whatever order, nothing is given back twice or without the goods.

Two orders of a harbour go back in parts, in time, late, as other goods; the process follows, and
somebody tells it by hand of what did not happen. Each event goes through its stored form.
"""

import copy
from datetime import datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from commands.parcel_return import RecordLimitBack, RecordTaxBack
from domain.customs_declarations import CustomsDeclaration, Enterprise, PersonQuota
from domain.customs_declarations import State as Declared
from domain.parcel_return import ParcelReturn, State, parcel_return_id
from domain.shared.aggregate import EventBase
from domain.shared.clocks import Phase
from domain.shared.refusals import Refused
from infra.discovery import discover
from infra.log.codec import Codec
from projections.parcel_return import ParcelReturns
from tests import customs as c
from tests.projections.rows import rows_of
from tests.scenario import HUIMIN, Step, folded

CODEC = Codec(discover())
ORDERS = ("A-1", "B-1")
orders = st.sampled_from(ORDERS)
outcomes = st.sampled_from(
    ["in time", "in time", "in time", "others", "others", "not looked at", "under way", "too late"]
)


def stored_and_read(event: EventBase) -> EventBase:
    new = CODEC.encode(event)
    return CODEC.event_from(new.type, new.data, new.stream_id, new.version, event.timestamp)


class AnyReturns(RuleBasedStateMachine):
    """Released orders, and a clock that only goes on."""

    @initialize(
        bonded=st.booleans(),
        quantity=st.integers(2, 9),
        price_fen=st.integers(1, 20_000),
        parts=st.lists(st.tuples(orders, st.integers(1, 2), outcomes), min_size=2, max_size=6),
    )
    def two_orders_are_out(
        self, bonded: bool, quantity: int, price_fen: int, parts: list[tuple[str, int, str]]
    ) -> None:
        self.harbour = c.Harbour(policies=("match-documents", "parcel-return"))
        self.harbour.play(*c.ENTERPRISES, c.stocked(18))
        for order_no in ORDERS:
            self.harbour.play(
                *c.documents(c.item(price_fen, qty=quantity), order_no=order_no, tax_fen=0),
                c.declared(order_no=order_no, ledger=((1, 1),) if bonded else ()),
            )
            at = self.harbour.now + timedelta(hours=1)
            self.harbour.play(c.released(at, order_no=order_no))
        self.now: datetime = self.harbour.now
        for part in parts:
            self.send_back(*part)

    def send(self, step: Step) -> bool:
        """One command and what follows from it, or nothing at all."""
        before = copy.deepcopy(self.harbour)
        try:
            self.harbour.play(Step(step.command, step.by, self.now))
        except Refused:
            self.harbour = before
            return False
        return True

    @rule(order_no=orders, pieces=st.integers(1, 2), then=outcomes)
    def send_some_back(self, order_no: str, pieces: int, then: str) -> None:
        self.send_back(order_no, pieces, then)

    def send_back(self, order_no: str, pieces: int, then: str) -> None:
        self.send(c.return_applied((1, pieces), order_no=order_no))
        self.somebody_tells_of_what_did_not_happen(order_no)
        if then == "too late":
            self.now += timedelta(days=60)
        if then != "under way":
            original, inspected = then != "others", then != "not looked at"
            self.send(c.arrived(order_no=order_no, original=original, inspected=inspected))

    @rule(order_no=orders)
    def they_arrive(self, order_no: str) -> None:
        self.send(c.arrived(order_no=order_no))

    @rule(order_no=orders)
    def they_do_not_arrive(self, order_no: str) -> None:
        self.send(c.return_refused(order_no=order_no))

    @rule(order_no=orders)
    def the_tax_is_paid(self, order_no: str) -> None:
        self.send(c.tax_paid(order_no=order_no))

    @rule(order_no=orders)
    def somebody_tells_of_what_did_not_happen(self, order_no: str) -> None:
        """Even with the right amount it is refused."""
        id = c.order_id(order_no)
        process = self.harbour.matters.get(parcel_return_id(id))
        if isinstance(process, ParcelReturn):
            tax = RecordTaxBack(declaration_id=id, tax_fen=process.tax_fen)
            limit = RecordLimitBack(declaration_id=id, value_fen=process.value_fen)
            for command in (tax, limit):
                assert not self.send(Step(command, HUIMIN))

    @rule(days=st.sampled_from([0, 1, 3, 32]))
    def time_passes(self, days: int) -> None:
        self.now += timedelta(days=days, minutes=1)

    # --- what must always hold -----------------------------------------------------------------

    def of(self, event_class: type[EventBase], order_no: str) -> list[Any]:
        """Events of a class about an order, whichever matter they lie in."""
        id = c.order_id(order_no)
        found: list[Any] = self.harbour.of(event_class)
        own = (id, parcel_return_id(id))
        return [e for e in found if getattr(e, "declaration_id", e.id) in own]

    @invariant()
    def what_the_platform_was_told_is_what_was_given_back_for_goods_that_came(self) -> None:
        for order_no in ORDERS:
            receipts = [e.receipt for e in self.of(ParcelReturn.PlatformTold, order_no)]
            passed = [r for r in receipts if r.code == 399]
            completed = self.of(CustomsDeclaration.ReturnCompleted, order_no)
            assert len(passed) == len(completed)
            assert len(receipts) - len(passed) == len(
                self.of(CustomsDeclaration.ReturnRefused, order_no)
            )
            freed = [e for e in self.of(Enterprise.GuaranteeFreed, order_no) if not e.paid]
            restored = self.of(PersonQuota.QuotaRestored, order_no)
            assert sum(r.tax_not_levied_fen for r in passed) == sum(e.tax_fen for e in freed)
            assert sum(r.quota_restored_fen for r in passed) == sum(e.value_fen for e in restored)
            assert not any(r.tax_not_levied_fen for r in receipts if r.code == 100)

    @invariant()
    def a_return_is_open_here_as_long_as_it_is_at_customs(self) -> None:
        rows = rows_of(ParcelReturns, self.harbour.happened)
        for order_no in ORDERS:
            process = self.harbour.matters.get(parcel_return_id(c.order_id(order_no)))
            applied = self.of(CustomsDeclaration.ReturnApplied, order_no)
            assert (process is not None) == bool(applied)
            if isinstance(process, ParcelReturn):
                at_customs = self.harbour.declaration(order_no).state is Declared.RETURN_OPEN
                assert (process.state is State.OPEN) == at_customs
                runs = process.clocks["parcel-return"].phase is Phase.RUNNING
                assert runs == at_customs
                shown = rows[process.id]
                assert (shown.state, shown.waits_for) == (process.state, process.waits_for)
                assert shown.parts == len(applied)

    def teardown(self) -> None:
        for order_no in ORDERS:
            id = parcel_return_id(c.order_id(order_no))
            if id in self.harbour.matters:
                mine = [e for e in self.harbour.happened if e.id == id]
                assert folded(mine, stored_and_read) == self.harbour.matters[id]


TestAnyReturns = AnyReturns.TestCase
TestAnyReturns.settings = settings(
    stateful_step_count=25, max_examples=settings().max_examples // 4, deadline=None
)
