"""The brief's examples that turn on races and claims, judged by a real log."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from commands.customs_declarations.supervising import SetGuarantee
from domain.customs_declarations import BondedStock, CustomsDeclaration, Enterprise, PersonQuota
from domain.customs_declarations.documents import declaration_id
from domain.customs_declarations.enterprise import enterprise_id
from domain.customs_declarations.quota import quota_id
from domain.customs_declarations.refusals import (
    AnnualLimitExceeded,
    GuaranteeShort,
    PaymentUsed,
    StockShort,
)
from domain.customs_declarations.stock import stock_id
from tests import customs as c
from tests.customs_desk import Desk, found, outcomes, two_desks
from tests.scenario import Step


@pytest.fixture
async def desks(database_url: str, namespace: str) -> AsyncIterator[tuple[Desk, Desk]]:
    """Two processes over one log."""
    async with two_desks(database_url, namespace) as both:
        yield both


async def test_acceptance_3_two_orders_race_for_what_is_left_of_a_year(
    desks: tuple[Desk, Desk],
) -> None:
    one, other = desks
    await one.take(c.used_elsewhere(2_500_000))
    for order_no in ("A-1", "B-1"):
        await one.ordered(c.item(80_000), order_no=order_no)
    came = await asyncio.gather(
        one.take(c.declared(order_no="A-1")),
        other.take(c.declared(order_no="B-1"), one.now),
        return_exceptions=True,
    )
    assert outcomes(came) == (1, ["AnnualLimitExceeded"])
    (refused,) = (x for x in came if isinstance(x, AnnualLimitExceeded))
    assert refused.remainder_fen == 20_000
    quota = await found(one, PersonQuota, quota_id(c.subject(), 2026))
    assert (quota.reserved_fen, quota.confirmed_fen) == (80_000, 0)


async def test_acceptance_4_waybill_payment_order_match_once(desks: tuple[Desk, Desk]) -> None:
    one, other = desks
    order, payment, waybill = c.documents()
    came = await asyncio.gather(
        one.take(waybill), other.take(payment, one.now), one.take(order, one.now)
    )
    begun = [e for outcome in came for e in outcome.event_types if "collection-begun" in e]
    assert len(begun) == 1
    matched = await one.take(c.matching())
    assert matched.event_types == ("customs-declarations.documents-matched.v1",)
    declaration = await found(one, CustomsDeclaration, declaration_id(c.PLATFORM, "A-1"))
    assert declaration.version == 5


async def test_a_payment_is_one_orders_whoever_hands_it_in_first(desks: tuple[Desk, Desk]) -> None:
    one, other = desks
    came = await asyncio.gather(
        one.take(c.payment(order_no="A-1", transaction_id="same")),
        other.take(c.payment(order_no="B-1", transaction_id="same")),
        return_exceptions=True,
    )
    assert outcomes(came) == (1, ["PaymentUsed"])
    assert any(isinstance(x, PaymentUsed) for x in came)


async def test_the_last_piece_goes_to_one_list_and_the_loser_holds_nothing(
    desks: tuple[Desk, Desk],
) -> None:
    one, other = desks
    await one.take(c.stocked(1))
    for n, order_no in enumerate(("A-1", "B-1"), 1):
        await one.ordered(order_no=order_no, buyer=n)
    came = await asyncio.gather(
        one.take(c.declared(order_no="A-1", ledger=((1, 1),))),
        other.take(c.declared(order_no="B-1", ledger=((1, 1),)), one.now),
        return_exceptions=True,
    )
    assert outcomes(came) == (1, ["StockShort"])
    assert any(isinstance(x, StockShort) for x in came)
    lost = "A-1" if isinstance(came[0], StockShort) else "B-1"
    loser = await found(one, CustomsDeclaration, declaration_id(c.PLATFORM, lost))
    assert not loser.cop_nos
    agent = await found(one, Enterprise, enterprise_id(c.AGENT))
    assert agent.unpaid_tax_fen == 23_059
    stock = await found(one, BondedStock, stock_id(c.BOOK, 1))
    assert (stock.free, stock.reserved) == (0, 1)


async def test_a_guarantee_is_never_lent_twice(desks: tuple[Desk, Desk]) -> None:
    one, other = desks
    await one.take(Step(SetGuarantee(code=c.AGENT, guarantee_fen=30_000), c.CUSTOMS))
    for n, order_no in enumerate(("A-1", "B-1"), 1):
        await one.ordered(order_no=order_no, buyer=n)
    came = await asyncio.gather(
        one.take(c.declared(order_no="A-1")),
        other.take(c.declared(order_no="B-1"), one.now),
        return_exceptions=True,
    )
    assert outcomes(came) == (1, ["GuaranteeShort"])
    assert any(isinstance(x, GuaranteeShort) for x in came)


async def test_a_persons_year_is_begun_once_however_many_ask(desks: tuple[Desk, Desk]) -> None:
    one, other = desks
    for n in range(6):
        await one.ordered(c.item(10_000), order_no=f"A-{n}")
    await asyncio.gather(
        *(desks[n % 2].take(c.declared(order_no=f"A-{n}"), one.now) for n in range(6)),
        *(desk.take(c.used_elsewhere(50_000), one.now) for desk in desks),
    )
    quota = await found(other, PersonQuota, quota_id(c.subject(), 2026))
    assert (quota.reserved_fen, quota.elsewhere_fen) == (60_000, 50_000)
