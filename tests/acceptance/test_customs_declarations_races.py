"""Sixteen at once, over two processes: a year, a stock and a guarantee are never overdrawn."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from commands.customs_declarations.supervising import SetGuarantee
from domain.customs_declarations import BondedStock, Enterprise, PersonQuota
from domain.customs_declarations.enterprise import enterprise_id
from domain.customs_declarations.quota import quota_id
from domain.customs_declarations.stock import stock_id
from infra.executing.asking import Outcome
from tests import customs as c
from tests.customs_desk import Desk, found, outcomes, two_desks
from tests.scenario import Step

AT_ONCE = 16
EACH_FEN = 200_000
"""Thirteen of these are a year: 2,600,000 fen."""

Desks = tuple[Desk, Desk]


@pytest.fixture
async def desks(database_url: str, namespace: str) -> AsyncIterator[Desks]:
    """Two processes over one log."""
    async with two_desks(database_url, namespace) as both:
        yield both


async def raced(
    desks: Desks, numbers: list[str], ledger: tuple[tuple[int, int], ...] = ()
) -> list[Outcome | BaseException]:
    """All lists at once, half of them at each process."""
    now = desks[0].now
    return await asyncio.gather(
        *(
            desks[n % 2].take(c.declared(order_no=order_no, ledger=ledger), now)
            for n, order_no in enumerate(numbers)
        ),
        return_exceptions=True,
    )


async def a_year_raced(desks: Desks, number: int) -> None:
    """Sixteen orders of one person, a new one in each round."""
    one, _ = desks
    numbers = [f"Y-{number}-{n}" for n in range(AT_ONCE)]
    for order_no in numbers:
        await one.ordered(c.item(EACH_FEN), order_no=order_no, buyer=number)
    accepted, refused = outcomes(await raced(desks, numbers))
    assert (accepted, refused) == (13, ["AnnualLimitExceeded"] * 3)
    quota = await found(one, PersonQuota, quota_id(c.subject(number), 2026))
    assert quota.reserved_fen == 2_600_000


async def a_stock_raced(desks: Desks, number: int) -> None:
    """Sixteen people for five pieces."""
    one, _ = desks
    numbers = [f"S-{number}-{n}" for n in range(AT_ONCE)]
    await one.take(c.stocked(5, item_no=number))
    for n, order_no in enumerate(numbers):
        await one.ordered(c.item(100), order_no=order_no, buyer=n)
    accepted, refused = outcomes(await raced(desks, numbers, ((1, number),)))
    assert (accepted, refused) == (5, ["StockShort"] * 11)
    stock = await found(one, BondedStock, stock_id(c.BOOK, number))
    assert (stock.free, stock.reserved) == (0, 5)


@pytest.mark.slow
async def test_sixteen_orders_of_one_person_never_overdraw_a_year(desks: Desks) -> None:
    for number in range(1, 6):
        await a_year_raced(desks, number)


@pytest.mark.slow
async def test_sixteen_lists_take_the_last_five_pieces(desks: Desks) -> None:
    for number in range(1, 6):
        await a_stock_raced(desks, number)


@pytest.mark.slow
async def test_sixteen_lists_never_owe_more_than_the_guarantee(desks: Desks) -> None:
    one, _ = desks
    await one.take(Step(SetGuarantee(code=c.AGENT, guarantee_fen=5 * 23_059 + 1), c.CUSTOMS))
    numbers = [f"G-{n}" for n in range(AT_ONCE)]
    for n, order_no in enumerate(numbers):
        await one.ordered(order_no=order_no, buyer=n)
    accepted, refused = outcomes(await raced(desks, numbers))
    assert (accepted, refused) == (5, ["GuaranteeShort"] * 11)
    agent = await found(one, Enterprise, enterprise_id(c.AGENT))
    assert agent.unpaid_tax_fen == 5 * 23_059


@pytest.mark.slow
async def test_cancel_and_release_at_once_leave_one_of_them(desks: Desks) -> None:
    one, other = desks
    for number in range(1, 6):
        order_no = f"C-{number}"
        await one.ordered(order_no=order_no, buyer=number)
        await one.take(c.declared(order_no=order_no))
        now = one.now
        cancelled, released = await asyncio.gather(
            one.take(c.cancelled(order_no=order_no), now),
            other.take(c.receipt(800, order_no=order_no), now),
            return_exceptions=True,
        )
        quota = await found(one, PersonQuota, quota_id(c.subject(number), 2026))
        assert isinstance(released, Outcome)  # after the cancellation it is noted as late
        assert quota.reserved_fen == 0
        assert quota.confirmed_fen == (0 if isinstance(cancelled, Outcome) else 100_000)


@pytest.mark.faults
async def test_a_hundred_rounds_of_sixteen_never_overdraw_a_year(desks: Desks) -> None:
    for number in range(1, 101):
        await a_year_raced(desks, number)
