"""The tax on one order: pure arithmetic in whole fen, one rounding per item and kind of tax.

Sources: 财关税〔2016〕18号 and 〔2018〕49号. The dutiable value is the price with freight and
insurance, spread by price; the compound statutory rates are levied at 70%, or wholly on a single
indivisible item above the limit. What may surprise: V + C = V ÷ (1 − c), so no tax is computed from
another one that was rounded before.
"""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum

from domain.customs_declarations.documents import Item, Order, Value
from domain.customs_declarations.limits import Allowance, allowance_on
from domain.customs_declarations.refusals import NotOnPositiveList, OrderOverLimit
from domain.customs_declarations.tariff import HsCode, Rates, listed, rates_on, rates_version
from domain.shared.money import WHOLE_PPM, Fen


class Mode(StrEnum):
    """How goods come in: 9610 with the parcel, 1210 from a bonded zone."""

    DIRECT = "9610"
    BONDED = "1210"


class TaxedItem(Value):
    """A line's dutiable value and taxes. ``line`` counts from 1 as in the order."""

    line: int
    hs_code: HsCode
    qty: int
    value_fen: Fen
    duty_fen: Fen
    consumption_fen: Fen
    vat_fen: Fen

    @property
    def tax_fen(self) -> int:
        """All taxes of the line."""
        return self.duty_fen + self.consumption_fen + self.vat_fen


class Assessment(Value):
    """The order's value and tax, always the sums of its items'. ``full_rates``: above the limit for
    an order, so nothing is reduced. ``rates_version`` names the figures that were applied."""

    items: tuple[TaxedItem, ...]
    value_fen: Fen
    tax_fen: Fen
    full_rates: bool
    rates_version: str


def half_up(numerator: int, denominator: int) -> int:
    """A fraction of whole numbers, neither negative, rounded half up."""
    return (2 * numerator + denominator) // (2 * denominator)


def spread(total: int, weights: Sequence[int]) -> tuple[int, ...]:
    """``total`` divided in proportion to ``weights``, to the fen: the parts sum to ``total``.

    Each part is what the rounded running total grows by, so no part is off by more than a fen.
    Weights that are all 0 count as equal.
    """
    weights = weights if any(weights) else [1] * len(weights)
    whole, running, before, parts = sum(weights), 0, 0, []
    for weight in weights:
        running += weight
        now = half_up(total * running, whole)
        parts.append(now - before)
        before = now
    return tuple(parts)


def taxes(value_fen: int, rates: Rates, *, levied_percent: int | None) -> tuple[int, int, int]:
    """Duty, consumption tax and value added tax in fen. ``levied_percent`` None: full rates.

    C = V ÷ (1 − c) × c and VAT = (V + C) × v; with full rates V stands for value and duty.
    """
    c, v, whole = rates.consumption_ppm, rates.vat_ppm, WHOLE_PPM
    duty, part = 0, levied_percent or 100
    # V as a fraction: with full rates the duty inside is not rounded either
    above, below = value_fen, 1
    if levied_percent is None:
        duty = half_up(value_fen * rates.duty_ppm, whole)
        above, below = value_fen * (whole + rates.duty_ppm), whole
    consumption = half_up(above * c * part, below * (whole - c) * 100)
    vat = half_up(above * v * part, below * (whole - c) * 100)
    return duty, consumption, vat


def dutiable_values(order: Order) -> tuple[int, ...]:
    """Each line's price with its part of freight and insurance."""
    prices = [item.total_fen for item in order.items]
    freight, insurance = spread(order.freight_fen, prices), spread(order.insurance_fen, prices)
    return tuple(map(sum, zip(prices, freight, insurance, strict=True)))


def assess(order: Order, mode: Mode, day: date) -> Assessment:
    """The order's tax on a day of the city.

    Raises NotOnPositiveList, and OrderOverLimit for more than one order may be worth, unless it
    is one indivisible item. The year's limit is the buyer's quota to judge.
    """
    bonded = mode is Mode.BONDED
    codes = dict.fromkeys(item.hs_code for item in order.items)
    if barred := tuple(code for code in codes if not listed(code, day, bonded=bonded)):
        raise NotOnPositiveList(hs_codes=barred)
    allowance, values = allowance_on(day), dutiable_values(order)
    full = _full_rates(order.items, sum(values), allowance)
    percent = None if full else allowance.levied_percent
    items = []
    for line, (item, value) in enumerate(zip(order.items, values, strict=True), 1):
        duty, consumption, vat = taxes(value, rates_on(item.hs_code, day), levied_percent=percent)
        items.append(
            TaxedItem(
                line=line,
                hs_code=item.hs_code,
                qty=item.qty,
                value_fen=value,
                duty_fen=duty,
                consumption_fen=consumption,
                vat_fen=vat,
            )
        )
    return Assessment(
        items=tuple(items),
        value_fen=sum(values),
        tax_fen=sum(item.tax_fen for item in items),
        full_rates=full,
        rates_version=f"{rates_version(day)}+limits-{allowance.since}",
    )


def _full_rates(items: Sequence[Item], value_fen: int, allowance: Allowance) -> bool:
    if value_fen <= allowance.order_fen:
        return False
    if len(items) == 1 and items[0].qty == 1:
        return True
    raise OrderOverLimit(value_fen=value_fen, limit_fen=allowance.order_fen)


def share(total: int, whole: int, before: int, count: int) -> int:
    """What ``count`` of ``whole`` pieces carry of ``total`` after ``before`` others were returned.

    Rounded along the running count, so the last piece takes the remainder to the fen.
    """
    return half_up(total * (before + count), whole) - half_up(total * before, whole)
