"""The list and what it holds: positive list, limits, stock, guarantee; what customs answers."""

from datetime import timedelta
from typing import get_type_hints

import pytest

from commands.customs_declarations import supervising
from commands.customs_declarations.given import ItemGiven
from domain.customs_declarations import CustomsDeclaration, PersonQuota, State
from domain.customs_declarations.receipts import WhyIgnored
from domain.customs_declarations.refusals import (
    AnnualLimitExceeded,
    CopNoUnknown,
    CopNoUsed,
    GuaranteeShort,
    InvtNoMissing,
    InvtNoUsed,
    LedgerItemMismatch,
    NotOnPositiveList,
    OrderOverLimit,
    SenderNotEntitled,
    StockShort,
)
from domain.shared.personal import is_personal
from domain.shared.refusals import (
    DateInFuture,
    Forbidden,
)
from tests import customs as c
from tests.scenario import Step, shanghai

D, Q = CustomsDeclaration, PersonQuota
HOUR = timedelta(hours=1)


def bought(*items: ItemGiven, order_no: str = "A-1", buyer: int = 1) -> tuple[Step, ...]:
    """Documents that agree, of someone by number."""
    return c.documents(*items, order_no=order_no, buyer=c.person(buyer), tax_fen=0)


# --- limits ------------------------------------------------------------------------------------


def test_acceptance_1_an_order_of_5000_yuan_pays_70_percent() -> None:
    harbour = c.harbour(*bought(c.item(500_000)), c.declared())
    assessment = harbour.declaration().out().assessment
    assert (assessment.value_fen, assessment.full_rates) == (500_000, False)
    assert [item.duty_fen for item in assessment.items] == [0]


def test_acceptance_1_a_fen_more_in_two_items_is_refused() -> None:
    for items in ((c.item(250_000), c.item(250_001)), (c.item(250_001, qty=2),)):
        harbour = c.harbour(*bought(*items))
        value = sum(item.price_fen * item.qty for item in items)
        refused = OrderOverLimit(value_fen=value, limit_fen=500_000)
        assert harbour.refused(c.declared()) == refused


def test_acceptance_1_a_fen_more_in_one_item_pays_full_rates_and_counts() -> None:
    harbour = c.harbour(*bought(c.item(500_001)), c.declared())
    assessment = harbour.declaration().out().assessment
    assert assessment.full_rates
    assert assessment.items[0].duty_fen == 5_000
    assert harbour.quota().reserved_fen == 500_001


def test_acceptance_3_what_is_left_of_a_year_goes_to_one_of_two_orders() -> None:
    harbour = c.harbour(c.used_elsewhere(2_500_000))
    for order_no in ("A-1", "B-1"):
        harbour.play(*bought(c.item(80_000), order_no=order_no))
    harbour.play(c.declared())
    refused = harbour.refused(c.declared("cop-2", order_no="B-1"))
    assert refused == AnnualLimitExceeded(remainder_fen=20_000)


def test_what_remains_of_a_year_is_the_buyers_alone_to_know() -> None:
    hints = get_type_hints(AnnualLimitExceeded, include_extras=True)
    assert is_personal(hints["remainder_fen"])
    assert AnnualLimitExceeded(remainder_fen=20_000).facts() == {}


def test_another_persons_year_is_another_one() -> None:
    harbour = c.harbour(c.used_elsewhere(2_600_000))
    harbour.play(*bought(c.item(80_000), buyer=2), c.declared())
    assert harbour.quota(2).reserved_fen == 80_000


def test_the_year_is_that_of_the_declaration_in_the_city() -> None:
    harbour = c.harbour(*bought(c.item(80_000)))
    harbour.play(c.declared(at=shanghai("2026-12-31T23:59")))
    harbour.play(*bought(c.item(90_000), order_no="B-1"))
    harbour.play(c.declared(order_no="B-1", at=shanghai("2027-01-01T00:00")))
    assert harbour.quota(year=2026).reserved_fen == 80_000
    assert harbour.quota(year=2027).reserved_fen == 90_000


def test_a_year_can_be_used_to_the_last_fen() -> None:
    harbour = c.harbour(c.used_elsewhere(2_600_000 - 80_000), *bought(c.item(80_000)))
    harbour.play(c.declared())
    assert harbour.quota().remainder_fen(2_600_000) == 0


def test_the_national_figure_replaces_the_last_one_and_wins() -> None:
    harbour = c.harbour(c.used_elsewhere(100), c.used_elsewhere(2_700_000))
    assert harbour.quota().remainder_fen(2_600_000) == 0
    assert harbour.send(c.used_elsewhere(2_700_000)).events == ()
    assert len(harbour.of(Q.QuotaOpened)) == 1


# --- goods, stock, guarantee -------------------------------------------------------------------


def test_goods_off_the_positive_list_are_refused_by_code() -> None:
    harbour = c.harbour(*bought(c.item(hs_code="2402200000"), c.item()))
    assert harbour.refused(c.declared()) == NotOnPositiveList(hs_codes=("2402200000",))


def test_some_goods_come_from_a_bonded_zone_only() -> None:
    kiwi = "0810500000"
    harbour = c.harbour(*bought(c.item(hs_code=kiwi)), c.stocked(5, hs_code=kiwi))
    assert harbour.refused(c.declared()) == NotOnPositiveList(hs_codes=(kiwi,))
    harbour.play(c.declared(ledger=((1, 1),)))


def test_bonded_stock_is_reserved_shipped_and_never_short() -> None:
    harbour = c.harbour(c.stocked(3), *bought(c.item(qty=2)), c.declared(ledger=((1, 1),)))
    stock = harbour.stock()
    assert (stock.free, stock.reserved, stock.shipped) == (1, 2, 0)
    harbour.play(*bought(c.item(qty=2), order_no="B-1"))
    short = harbour.refused(c.declared(order_no="B-1", ledger=((1, 1),)))
    assert short == StockShort(book_no=c.BOOK, item_no=1, free=1)
    harbour.play(c.released(c.BEGIN + HOUR))
    stock = harbour.stock()
    assert (stock.free, stock.reserved, stock.shipped) == (1, 0, 2)


def test_two_lines_of_one_ledger_item_are_counted_together() -> None:
    harbour = c.harbour(c.stocked(3), *bought(c.item(qty=2), c.item(qty=2)))
    two_lines = c.declared(ledger=((1, 1), (2, 1)))
    assert harbour.refused(two_lines) == StockShort(book_no=c.BOOK, item_no=1, free=3)
    harbour.play(c.stocked(1, stock_in_no="in-2"), two_lines)
    assert harbour.stock().reserved == 4


def test_a_ledger_item_is_of_the_same_goods() -> None:
    harbour = c.harbour(c.stocked(3, hs_code=c.MILK), *bought(c.item(), c.item(hs_code=c.MILK)))
    refused = harbour.refused(c.declared(ledger=((1, 1), (2, 9))))
    assert refused == LedgerItemMismatch(lines=(1, 2))
    only_one = harbour.refused(c.declared(ledger=((2, 1),)))
    assert only_one == LedgerItemMismatch(lines=(1,))


def test_the_guarantee_covers_all_unpaid_tax_of_the_agent() -> None:
    harbour = c.harbour(*bought(c.item()), *bought(c.item(), order_no="B-1"))
    harbour.play(Step(supervising.SetGuarantee(code=c.AGENT, guarantee_fen=40_000), c.CUSTOMS))
    harbour.play(c.declared())
    assert harbour.agent().unpaid_tax_fen == 23_059
    short = GuaranteeShort(guarantee_fen=40_000, unpaid_tax_fen=46_118)
    assert harbour.refused(c.declared(order_no="B-1")) == short
    assert not harbour.declaration("B-1").cop_nos


def test_a_list_is_declared_by_its_agent() -> None:
    harbour = c.harbour(*c.documents())
    assert harbour.refused(c.declared(by=c.PLATFORM_SENDS)) == SenderNotEntitled(enterprise=c.AGENT)
    other = c.declared(agent_code=c.PLATFORM, by=c.PLATFORM_SENDS)
    assert harbour.refused(other) == SenderNotEntitled(enterprise=c.PLATFORM)


def test_the_platforms_share_of_inspections_stands_in_the_list() -> None:
    rate = supervising.SetInspectionRate(code=c.PLATFORM, rate_ppm=500_000)
    harbour = c.harbour(Step(rate, c.CUSTOMS), *c.DECLARED)
    assert harbour.of(D.ListDeclared)[0].inspection_rate_ppm == 500_000


# --- given back exactly once -------------------------------------------------------------------


def test_acceptance_7_a_list_declared_again_holds_its_quota_once() -> None:
    harbour = c.harbour(c.stocked(1), *bought(c.item()), c.declared(ledger=((1, 1),)))
    harbour.play(c.receipt(100))
    assert harbour.quota().reserved_fen == 0
    assert harbour.agent().unpaid_tax_fen == 0
    assert (harbour.stock().free, harbour.stock().reserved) == (1, 0)
    harbour.play(c.declared("cop-2", ledger=((1, 1),)))
    assert harbour.quota().reserved_fen == 100_000
    assert harbour.agent().unpaid_tax_fen == 23_059
    assert (harbour.stock().free, harbour.stock().reserved) == (0, 1)


def test_a_returned_list_needs_a_new_number() -> None:
    harbour = c.harbour(*c.DECLARED, c.receipt(100))
    assert harbour.refused(c.declared("cop-1")) == CopNoUsed(cop_no="cop-1")


@pytest.mark.parametrize(
    "answers", [(), (120,), (300,), (500,), (500, 502), (399,), (120, 300, 500, 399)]
)
def test_a_cancelled_list_gives_everything_back_once(answers: tuple[int, ...]) -> None:
    harbour = c.harbour(c.stocked(1), *bought(c.item()), c.declared(ledger=((1, 1),)))
    harbour.play(*(c.receipt(code) for code in answers), c.cancelled(by=c.CUSTOMS))
    quota = harbour.quota()
    assert (quota.reserved, quota.confirmed) == ({}, {})
    assert harbour.agent().unpaid_tax_fen == 0
    assert (harbour.stock().free, harbour.stock().reserved) == (1, 0)
    harbour.play(c.receipt(100), c.receipt(800))
    assert len(harbour.of(Q.QuotaRestored)) == 1
    assert (harbour.stock().free, harbour.stock().reserved) == (1, 0)


def test_goods_ordered_back_abroad_leave_the_stock() -> None:
    harbour = c.harbour(c.stocked(1), *bought(c.item()), c.declared(ledger=((1, 1),)))
    harbour.play(c.receipt(500), c.receipt(700))
    stock = harbour.stock()
    assert (stock.free, stock.reserved, stock.written_off) == (0, 0, 1)
    assert harbour.quota().reserved_fen == 0
    assert harbour.agent().unpaid_tax_fen == 0


@pytest.mark.parametrize("codes", [(500,), (500, 501)])
def test_while_customs_has_the_goods_only_customs_cancels(codes: tuple[int, ...]) -> None:
    harbour = c.harbour(*c.DECLARED, *(c.receipt(code) for code in codes))
    assert harbour.refused(c.cancelled()) == Forbidden()
    harbour.play(c.cancelled(by=c.CUSTOMS_OFFICER))


def test_nobody_cancels_the_list_of_another() -> None:
    harbour = c.harbour(*c.DECLARED)
    assert isinstance(harbour.refused(c.cancelled(by=c.PLATFORM_SENDS)), SenderNotEntitled)
    assert harbour.refused(c.cancelled(by=c.TAX_OFFICER)) == Forbidden()


# --- receipts ----------------------------------------------------------------------------------


def test_acceptance_6_a_review_from_before_the_release_is_ignored() -> None:
    released = c.receipt(800, customs_time=c.BEGIN + 2 * HOUR, at=c.BEGIN + 2 * HOUR)
    late = c.receipt(300, customs_time=c.BEGIN + HOUR, at=c.BEGIN + 3 * HOUR)
    harbour = c.harbour(*c.DECLARED, released, late)
    (ignored,) = harbour.of(D.ReceiptIgnored)
    assert (ignored.receipt.code, ignored.why) == (300, WhyIgnored.OLDER)
    assert harbour.declaration().state is State.RELEASED


def test_a_repeated_receipt_is_ignored() -> None:
    harbour = c.harbour(*c.DECLARED, c.receipt(120), c.receipt(120))
    (ignored,) = harbour.of(D.ReceiptIgnored)
    assert ignored.why is WhyIgnored.REPEATED


def test_receipts_may_skip() -> None:
    harbour = c.harbour(*c.DECLARED, c.released(c.BEGIN + HOUR))
    assert harbour.declaration().state is State.RELEASED
    assert len(harbour.of(Q.QuotaConfirmed)) == 1


def test_a_receipt_of_a_list_that_was_returned_does_not_touch_the_next_one() -> None:
    harbour = c.harbour(*c.DECLARED, c.receipt(100), c.declared("cop-2"), c.receipt(800))
    (ignored,) = harbour.of(D.ReceiptIgnored)
    assert ignored.why is WhyIgnored.OLDER
    assert harbour.declaration().state is State.DECLARED


def test_a_receipt_of_a_list_nobody_declared_is_refused() -> None:
    harbour = c.harbour(*c.DECLARED)
    assert harbour.refused(c.receipt(120, cop_no="cop-9")) == CopNoUnknown(cop_no="cop-9")


def test_a_detained_parcel_names_platform_and_agent_for_the_credit_record() -> None:
    harbour = c.harbour(*c.DECLARED, c.receipt(502))
    (detained,) = harbour.of(D.GoodsDetained)
    assert (detained.code, detained.ebp_code, detained.agent_code) == (502, c.PLATFORM, c.AGENT)


def test_customs_confirms_the_quota_once() -> None:
    harbour = c.harbour(*c.DECLARED, c.receipt(399), c.released(c.BEGIN + HOUR))
    assert len(harbour.of(Q.QuotaConfirmed)) == 1
    assert (harbour.quota().reserved_fen, harbour.quota().confirmed_fen) == (0, 100_000)


def test_a_number_of_customs_belongs_to_one_list() -> None:
    number = "0" * 17 + "1"
    harbour = c.harbour(*c.DECLARED, c.receipt(120, invt_no=number))
    harbour.play(*c.documents(order_no="B-1"), c.declared(order_no="B-1"))
    assert harbour.refused(c.receipt(120, order_no="B-1", invt_no=number)) == InvtNoUsed()


def test_a_list_that_is_returned_or_numbered_anew_leaves_its_number_to_others() -> None:
    first, second = "0" * 17 + "1", "0" * 17 + "2"
    harbour = c.harbour(*c.DECLARED, c.receipt(120, invt_no=first), c.receipt(300, invt_no=second))
    harbour.play(*c.documents(order_no="B-1"), c.declared(order_no="B-1"))
    harbour.play(c.receipt(120, order_no="B-1", invt_no=first))
    harbour.play(c.receipt(100), c.receipt(300, order_no="B-1", invt_no=second))
    assert harbour.declaration("A-1").invt_no is None


def test_a_release_needs_the_lists_number_now_or_before() -> None:
    harbour = c.harbour(*c.DECLARED)
    bare = c.receipt(800)
    without = Step(bare.command.model_copy(update={"invt_no": None}), bare.by)
    assert harbour.refused(without) == InvtNoMissing()
    harbour.play(c.receipt(120, invt_no="0" * 18), without)
    assert harbour.of(D.GoodsReleased)[0].invt_no == "0" * 18


def test_customs_does_not_answer_from_the_future() -> None:
    harbour = c.harbour(*c.DECLARED)
    ahead = c.receipt(120, customs_time=harbour.now + HOUR, at=harbour.now)
    assert harbour.refused(ahead) == DateInFuture()


def test_only_customs_answers() -> None:
    harbour = c.harbour(*c.DECLARED)
    for other in (c.AGENT_SENDS, c.TAX_OFFICER, c.CITIZEN):
        with pytest.raises(Forbidden):
            harbour.send(c.receipt(120, by=other))


# --- the two hours -----------------------------------------------------------------------------


def test_the_two_hours_pause_while_the_goods_are_inspected() -> None:
    harbour = c.harbour(*c.documents(), c.declared(at=shanghai("2026-03-02T10:00")))
    harbour.play(c.receipt(500, at=shanghai("2026-03-02T11:00")))
    assert harbour.declaration().clocks["clearance"].remaining == 3600
    assert harbour.settle(shanghai("2026-03-03T11:00")) == []
    harbour.play(c.receipt(399, at=shanghai("2026-03-04T09:00")))
    clock = harbour.declaration().clocks["clearance"]
    assert clock.due_at == shanghai("2026-03-04T10:00")
    assert harbour.settle(shanghai("2026-03-04T10:00")) == ["ClockWarned"]
    assert harbour.settle(shanghai("2026-03-04T10:01")) == ["ClockBreached"]


def test_the_two_hours_end_with_the_release_also_on_a_sunday_night() -> None:
    harbour = c.harbour(*c.documents(), c.declared(at=shanghai("2026-03-08T23:00")))
    harbour.play(c.released(shanghai("2026-03-09T01:00")))
    assert harbour.settle(shanghai("2026-03-09T09:00")) == []
    assert harbour.declaration().clocks["clearance"].phase == "stopped"


def test_a_returned_list_has_two_new_hours() -> None:
    harbour = c.harbour(*c.DECLARED, c.receipt(100))
    assert harbour.settle(shanghai("2026-03-20T09:00")) == []
    harbour.play(c.declared("cop-2", at=shanghai("2026-03-20T09:00")))
    clock = harbour.declaration().clocks["clearance"]
    assert clock.due_at == shanghai("2026-03-20T11:00")
