"""The tax is whole fen: sums are the sums of their items, and no rounding is done twice."""

from datetime import date
from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.customs_declarations.documents import Item, Order, Person
from domain.customs_declarations.limits import allowance_on
from domain.customs_declarations.refusals import OrderOverLimit
from domain.customs_declarations.tariff import (
    LISTED_CODES,
    Rates,
    listed,
    rates_on,
    rates_version,
)
from domain.customs_declarations.tax import (
    Mode,
    assess,
    dutiable_values,
    half_up,
    share,
    spread,
    taxes,
)

TODAY = date(2026, 3, 2)
FEN = st.integers(0, 10_000_000)
BUYER = Person(subject="0" * 32, name="王明", resident_id="330203199001011236")
ON_LIST_TODAY = [code for code in LISTED_CODES if listed(code, TODAY, bonded=True)]


@st.composite
def items(draw: st.DrawFn) -> Item:
    return Item(
        sku="S",
        hs_code=draw(st.sampled_from(ON_LIST_TODAY)),
        name="货物",
        qty=draw(st.integers(1, 5)),
        price_fen=draw(st.integers(1, 30_000)),
        country="FRA",
        trace_code=None,
    )


@st.composite
def orders(draw: st.DrawFn) -> Order:
    return Order(
        items=tuple(draw(st.lists(items(), min_size=1, max_size=4))),
        freight_fen=draw(st.integers(0, 5_000)),
        insurance_fen=draw(st.integers(0, 500)),
        discount_fen=0,
        tax_fen=0,
        actual_paid_fen=0,
        buyer=BUYER,
        phone=None,
        address=None,
        identity_check_no=None,
    )


def test_acceptance_2_a_cream_of_1000_yuan() -> None:
    duty, consumption, vat = taxes(100_000, Rates(0, 150_000, 130_000), levied_percent=70)
    assert (duty, consumption, vat) == (0, 12_353, 10_706)
    assert duty + consumption + vat == 23_059


def test_full_rates_put_the_duty_into_the_base_of_the_others() -> None:
    # 600,000 with 10% duty: 660,000 ÷ 0.85 × 0.15 and ÷ 0.85 × 0.13
    told = taxes(600_000, Rates(100_000, 150_000, 130_000), levied_percent=None)
    assert told == (60_000, 116_471, 100_941)


@given(FEN, st.integers(0, 400_000), st.integers(0, 200_000))
def test_each_tax_is_the_exact_one_rounded_half_up_once(v: int, c: int, vat: int) -> None:
    _, consumption, value_added = taxes(v, Rates(0, c, vat), levied_percent=70)
    excise = Fraction(v * c, 1_000_000 - c)
    assert consumption == rounded(excise * Fraction(7, 10))
    assert value_added == rounded((v + excise) * Fraction(vat, 1_000_000) * Fraction(7, 10))


def rounded(exact: Fraction) -> int:
    return floor(exact + Fraction(1, 2))


@given(FEN, st.lists(st.integers(0, 1_000_000), min_size=1, max_size=20))
def test_what_is_spread_sums_to_the_whole_and_no_part_is_a_fen_off(
    total: int, weights: list[int]
) -> None:
    parts = spread(total, weights)
    assert sum(parts) == total
    assert min(parts) >= 0
    if whole := sum(weights):
        for part, weight in zip(parts, weights, strict=True):
            assert abs(part - Fraction(total * weight, whole)) <= 1


@given(orders())
def test_values_and_taxes_are_the_sums_of_their_items(order: Order) -> None:
    goods = sum(item.total_fen for item in order.items)
    values = dutiable_values(order)
    assert sum(values) == goods + order.freight_fen + order.insurance_fen
    try:
        assessment = assess(order, Mode.BONDED, TODAY)
    except OrderOverLimit:
        assert sum(values) > allowance_on(TODAY).order_fen
        return
    assert assessment.value_fen == sum(values) == sum(i.value_fen for i in assessment.items)
    assert assessment.tax_fen == sum(i.tax_fen for i in assessment.items)
    assert [i.line for i in assessment.items] == list(range(1, len(order.items) + 1))
    assert all(i.duty_fen == 0 for i in assessment.items) or assessment.full_rates


@given(FEN, st.integers(1, 50), st.data())
def test_pieces_that_come_back_one_after_another_carry_the_whole(
    total: int, whole: int, data: st.DataObject
) -> None:
    left, before, given_back = whole, 0, 0
    while left:
        count = data.draw(st.integers(1, left))
        part = share(total, whole, before, count)
        assert abs(part - Fraction(total * count, whole)) <= 1
        given_back, before, left = given_back + part, before + count, left - count
    assert given_back == total


@pytest.mark.parametrize(("n", "d", "told"), [(1, 2, 1), (3, 2, 2), (49, 100, 0), (0, 7, 0)])
def test_half_a_fen_is_a_fen(n: int, d: int, told: int) -> None:
    assert half_up(n, d) == told


# --- dated figures -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "order_fen", "year_fen"),
    [
        (date(2016, 4, 8), 200_000, 2_000_000),
        (date(2018, 12, 31), 200_000, 2_000_000),
        (date(2019, 1, 1), 500_000, 2_600_000),
        (TODAY, 500_000, 2_600_000),
    ],
)
def test_limits_are_those_of_the_day(day: date, order_fen: int, year_fen: int) -> None:
    allowance = allowance_on(day)
    assert (allowance.order_fen, allowance.year_fen) == (order_fen, year_fen)
    assert allowance.levied_percent == 70


def test_nothing_was_allowed_before_the_scheme_began() -> None:
    with pytest.raises(LookupError):
        allowance_on(date(2016, 4, 7))


@pytest.mark.parametrize(
    ("day", "vat_ppm"),
    [
        (date(2018, 4, 30), 170_000),
        (date(2018, 5, 1), 160_000),
        (date(2019, 3, 31), 160_000),
        (date(2019, 4, 1), 130_000),
    ],
)
def test_value_added_tax_is_that_of_the_day(day: date, vat_ppm: int) -> None:
    assert rates_on("3304990029", day).vat_ppm == vat_ppm


def test_a_code_leaves_and_joins_the_list_on_its_day() -> None:
    last, first = date(2022, 2, 28), date(2022, 3, 1)
    assert [listed("1509100000", day, bonded=False) for day in (last, first)] == [True, False]
    assert [listed("1509200000", day, bonded=False) for day in (last, first)] == [False, True]


def test_what_was_applied_is_named() -> None:
    assert rates_version(TODAY) == "list-2022-03-01+vat-2019-04-01"


@pytest.mark.parametrize("code", LISTED_CODES)
def test_every_line_of_the_list_has_sound_rates(code: str) -> None:
    rates = rates_on(code, TODAY)
    assert 0 <= rates.duty_ppm < 500_000
    assert 0 <= rates.consumption_ppm < 500_000
    assert rates.vat_ppm in (90_000, 130_000)
