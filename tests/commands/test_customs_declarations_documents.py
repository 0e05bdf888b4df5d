"""Documents in any order, from whoever made them, compared once all three are here."""

from datetime import date
from itertools import permutations
from typing import Any

import pytest
from pydantic import ValidationError

from commands.customs_declarations import receiving
from commands.customs_declarations.given import MOST_FEN, PersonGiven
from commands.policies.customs_declarations import when_complete
from domain.customs_declarations import CustomsDeclaration, State
from domain.customs_declarations.refusals import (
    AnnualLimitExceeded,
    DocumentsMissing,
    PaymentUsed,
    SenderNotEntitled,
    WaybillUsed,
)
from domain.customs_declarations.tax import Mode
from domain.shared.identifiers import make_resident_id
from domain.shared.refusals import (
    BornInFuture,
    Forbidden,
    NotFound,
    NotInState,
)
from tests import customs as c
from tests.scenario import Step, shanghai

D = CustomsDeclaration


@pytest.mark.parametrize("steps", list(permutations(c.documents())))
def test_acceptance_4_documents_in_any_order_match_once(steps: tuple[Step, ...]) -> None:
    harbour = c.harbour(*steps)
    assert len(harbour.of(D.DocumentsMatched)) == 1
    assert [e.complete for e in harbour.happened if hasattr(e, "complete")] == [False, False, True]
    assert harbour.declaration().state is State.MATCHED


def test_the_first_document_begins_the_matter_whichever_it_is() -> None:
    for first in c.documents():
        harbour = c.harbour(first)
        assert harbour.declaration().state is State.COLLECTING
        assert harbour.declaration().order_no == "A-1"
        assert harbour.declaration().ebp_code == c.PLATFORM


@pytest.mark.parametrize("step", c.documents())
def test_a_document_from_another_is_not_taken(step: Step) -> None:
    harbour = c.harbour()
    for other in (c.AGENT_SENDS, c.CARRIER_SENDS, c.PLATFORM_SENDS):
        if other != step.by:
            assert isinstance(harbour.refused(step.but(by=other)), SenderNotEntitled)
    with pytest.raises(Forbidden):
        harbour.send(step.but(by=c.CUSTOMS_OFFICER))


def test_an_enterprise_nobody_knows_is_answered_like_another_ones() -> None:
    harbour = c.Harbour()
    assert harbour.refused(c.order()) == SenderNotEntitled(enterprise=c.PLATFORM)


def test_the_same_document_again_changes_nothing() -> None:
    harbour = c.harbour(c.order(), c.payment())
    assert harbour.send(c.order()).events == ()
    assert harbour.send(c.payment()).events == ()


def test_the_payer_is_the_buyer() -> None:
    harbour = c.harbour(c.order(), c.payment(payer=c.person(2, "李四")), c.waybill())
    assert harbour.declaration().state is State.MISMATCHED
    (found,) = harbour.of(D.MismatchFound)
    assert found.fields == ("payment.payer_id", "payment.payer_name")


def test_somebody_else_may_pay_for_a_buyer_whom_the_state_source_knows() -> None:
    order = c.order(identity_check_no="check-1")
    harbour = c.harbour(order, c.payment(payer=c.person(2, "李四")), c.waybill())
    assert harbour.declaration().state is State.MATCHED


def test_amount_and_goods_have_to_agree_and_fields_are_named_without_values() -> None:
    harbour = c.harbour(c.order(), c.payment(123_058), c.waybill(("SKU-other", 1)))
    (found,) = harbour.of(D.MismatchFound)
    assert found.fields == ("payment.amount_fen", "waybill.goods")


def test_the_consignee_may_be_somebody_else() -> None:
    harbour = c.harbour(c.order(), c.payment(), c.waybill(consignee="赵六"))
    assert harbour.declaration().state is State.MATCHED


def test_a_corrected_document_mends_a_mismatch() -> None:
    harbour = c.harbour(c.order(), c.payment(1), c.waybill())
    assert harbour.declaration().state is State.MISMATCHED
    harbour.play(c.payment(transaction_id="pay-2"))
    assert harbour.declaration().state is State.MATCHED
    # the first payment is free for another order
    harbour.play(c.payment(transaction_id="pay-A-1", order_no="B-1"))


def test_the_same_mismatch_is_found_once() -> None:
    harbour = c.harbour(c.order(), c.payment(1), c.waybill())
    harbour.play(c.payment(2))
    assert len(harbour.of(D.MismatchFound)) == 1
    assert harbour.declaration().state is State.MISMATCHED


def test_comparing_waits_for_all_three() -> None:
    harbour = c.harbour(c.order())
    assert harbour.refused(c.matching()) == DocumentsMissing(missing=("payment", "waybill"))


def test_nothing_is_changed_once_the_documents_agree() -> None:
    harbour = c.harbour(*c.documents())
    for step in (c.order(c.item(1)), c.payment(transaction_id="x"), c.waybill(logistics_no="x")):
        assert isinstance(harbour.refused(step), NotInState)


def test_a_payment_and_a_waybill_belong_to_one_order() -> None:
    harbour = c.harbour(*c.documents())
    used = c.payment(order_no="B-1", transaction_id="pay-A-1")
    assert harbour.refused(used) == PaymentUsed()
    assert harbour.refused(c.waybill(order_no="B-1", logistics_no="way-A-1")) == WaybillUsed()


def test_a_cancelled_list_leaves_its_documents_to_another() -> None:
    harbour = c.harbour(*c.DECLARED, c.cancelled())
    harbour.play(c.payment(order_no="B-1", transaction_id="pay-A-1"))
    harbour.play(c.waybill(order_no="B-1", logistics_no="way-A-1"))


def test_somebody_born_tomorrow_buys_nothing() -> None:
    born_later = make_resident_id("330203", date(2030, 1, 1), 1)
    buyer = PersonGiven(name="王明", resident_id=born_later)
    assert c.harbour().refused(c.order(buyer=buyer)) == BornInFuture()


def test_an_order_nobody_began_is_not_found() -> None:
    with pytest.raises(NotFound):
        c.harbour().send(c.matching())


# --- bodies ------------------------------------------------------------------------------------


def codes(error: ValidationError) -> list[str]:
    return [e["type"] for e in error.errors()]


def refused_body(make: Any, **changes: Any) -> list[str]:
    with pytest.raises(ValidationError) as error:
        make(**changes)
    return codes(error.value)


def test_an_order_that_does_not_add_up_is_refused() -> None:
    assert refused_body(c.order, actual_paid_fen=1) == ["sum-mismatch"]


def test_freight_insurance_tax_and_discount_are_part_of_the_sum() -> None:
    c.order(freight_fen=5, insurance_fen=3, discount_fen=7, tax_fen=1, actual_paid_fen=100_002)


@pytest.mark.parametrize("code", ["", "330499002", "33049900290", "7704990029", "0004990029", "x"])
def test_a_commodity_code_has_ten_digits_of_a_chapter(code: str) -> None:
    assert refused_body(c.item, hs_code=code) == ["unknown-hs"]


def test_a_resident_id_has_to_be_right() -> None:
    assert refused_body(PersonGiven, name="王明", resident_id="330203199001011237") == [
        "bad-resident-id"
    ]


def test_a_payment_is_in_yuan() -> None:
    assert refused_body(c.payment, currency="USD") == ["currency-not-cny"]


def test_no_piece_is_bought_for_nothing() -> None:
    assert refused_body(c.item, price_fen=0) == ["greater_than"]
    assert refused_body(c.item, qty=0) == ["greater_than_equal"]


def test_the_largest_amounts_of_all_are_judged_and_overflow_nothing() -> None:
    documents = c.documents(
        c.item(MOST_FEN), freight_fen=MOST_FEN, discount_fen=MOST_FEN, tax_fen=0
    )
    harbour = c.harbour(*documents)
    assert isinstance(harbour.refused(c.declared()), AnnualLimitExceeded)
    assert refused_body(c.item, price_fen=MOST_FEN + 1) == ["less_than_equal"]


def test_a_list_of_bonded_goods_names_ledger_items_and_no_other_does() -> None:
    assert refused_body(c.declared, mode=Mode.BONDED) == ["ledger-items-for-bonded-only"]
    assert refused_body(c.declared, ledger=((1, 1),), mode=Mode.DIRECT) == [
        "ledger-items-for-bonded-only"
    ]
    assert refused_body(c.declared, ledger=((1, 1), (1, 2))) == ["repeated-line"]


@pytest.mark.parametrize("port", ["2200", "310", "31x5", "３１０５"])
def test_a_port_is_one_of_ningbo_customs(port: str) -> None:
    assert refused_body(c.declared, port=port) == ["port-unknown"]


@pytest.mark.parametrize("code", [0, 121, 899])
def test_customs_has_no_other_codes(code: int) -> None:
    assert refused_body(c.receipt, code=code) == ["receipt-code-unknown"]


def test_a_return_names_each_line_once() -> None:
    with pytest.raises(ValidationError) as error:
        c.return_applied((1, 1), (1, 2))
    assert codes(error.value) == ["repeated-line"]


# --- the 24 hours ------------------------------------------------------------------------------


def test_the_24_hours_begin_with_the_first_document_and_end_with_the_match() -> None:
    harbour = c.harbour(c.waybill(at=shanghai("2026-03-06T18:00")))
    clock = harbour.declaration().clocks["matching"]
    assert clock.due_at == shanghai("2026-03-07T18:00")
    assert harbour.settle(shanghai("2026-03-07T18:01")) == ["ClockWarned", "ClockBreached"]
    harbour.now = shanghai("2026-03-08T09:00")
    harbour.play(c.order(), c.payment())
    assert harbour.declaration().clocks["matching"].phase == "stopped"
    assert harbour.settle(shanghai("2026-04-08T09:00")) == []


def test_documents_that_match_in_time_breach_nothing() -> None:
    harbour = c.harbour(*c.documents())
    assert harbour.settle(shanghai("2026-04-08T09:00")) == []


def test_the_policy_asks_only_once_all_are_here() -> None:
    harbour = c.harbour(c.order(), c.payment())
    assert [when_complete(e) for e in harbour.happened if hasattr(e, "complete")] == [None, None]
    (last,) = [e for e in harbour.send(c.waybill()).events if hasattr(e, "complete")]
    assert when_complete(last) == receiving.MatchDocuments(declaration_id=c.order_id())
