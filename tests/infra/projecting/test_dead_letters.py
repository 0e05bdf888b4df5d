"""Dead letters: what is parked waits in order, is tried again in order, or is left out for good."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from decimal import Decimal

import pytest

from infra.errors import BadRequest
from infra.log.codec import Codec
from infra.projecting.dead_letters import DeadLetters, Retried
from infra.projecting.pool import open_work_pool
from infra.projecting.read_model import read_models
from tests.infra.projecting import programmes
from tests.infra.projecting.city import City, Matter, until
from tests.infra.projecting.programmes import Account, Kind

OPENED = {"owner": "A", "kind": Kind.SAVINGS, "since": date(2026, 1, 1), "rate": Decimal(0)}


@asynccontextmanager
async def letters_of(city: City) -> AsyncIterator[DeadLetters]:
    registry = programmes.registry()
    pool = await open_work_pool(city.url, city.namespace, size=2)
    try:
        yield DeadLetters(pool, Codec(registry), list(read_models(registry).values()))
    finally:
        await pool.close()


async def balance(city: City, matter: Matter) -> int:
    async with city.reading() as models:
        row = (await models.get("balance", [matter.id]))[1]
    assert row is not None
    return int(row["balance"])


async def test_after_the_fix_a_retry_folds_what_waited_in_order_while_the_projector_runs(
    city: City, faulty: set[int]
) -> None:
    faulty.add(13)
    a, b = Matter(), Matter()
    await city.append(a(Account.Opened, **OPENED), b(Account.Opened, **OPENED))
    async with city.projecting() as projector, letters_of(city) as letters:
        await city.append(*(a(Account.Deposited, amount=n, tags=(str(n),)) for n in (1, 13, 2, 3)))
        await until(lambda: projector.positions.get("balance") == 6)
        faulty.clear()
        assert await letters.retry("balance", str(a.id)) == Retried(3, 0)
        assert await letters.list() == []
        assert await balance(city, a) == 19
        await city.append(a(Account.Deposited, amount=1), b(Account.Deposited, amount=1))
        await until(lambda: projector.positions["balance"] == 8)
        assert await balance(city, a) == 20
        assert await letters.list() == []


async def test_a_retry_stops_at_the_first_that_still_fails(city: City, faulty: set[int]) -> None:
    faulty.update({13, 14})
    a = Matter()
    await city.append(a(Account.Opened, **OPENED))
    await city.append(*(a(Account.Deposited, amount=n) for n in (13, 1, 14, 2)))
    await city.project()
    async with letters_of(city) as letters:
        assert await letters.retry("balance", str(a.id)) == Retried(0, 4)
        faulty.remove(13)
        assert await letters.retry("balance", str(a.id)) == Retried(2, 2)
        assert await balance(city, a) == 14
        waiting = await letters.list("balance")
        assert [(w.position, w.reason, w.attempts) for w in waiting] == [
            (4, "ZeroDivisionError", 2),
            (5, "Queued", 1),
        ]


async def test_a_skipped_event_is_left_out_with_who_and_why(city: City, faulty: set[int]) -> None:
    faulty.add(13)
    a = Matter()
    await city.append(a(Account.Opened, **OPENED))
    await city.append(*(a(Account.Deposited, amount=n) for n in (13, 1)))
    await city.project()
    async with letters_of(city) as letters:
        await letters.skip("balance", str(a.id), 2, who="operator-1", why="entered twice")
        assert await letters.retry("balance", str(a.id)) == Retried(1, 0)
        assert await balance(city, a) == 1
        (left,) = await letters.list()
        assert (left.state, left.skipped_by, left.skipped_why) == (
            "skipped",
            "operator-1",
            "entered twice",
        )
        with pytest.raises(BadRequest, match="no event waits"):
            await letters.skip("balance", str(a.id), 2, who="x", why="y")


async def test_a_retry_touches_only_the_key_that_waited(city: City, faulty: set[int]) -> None:
    faulty.add(13)
    a, b = Matter(), Matter()
    await city.append(a(Account.Opened, **OPENED), b(Account.Opened, **OPENED))
    await city.append(a(Account.Deposited, amount=13), a(Account.Transferred, to=b.id, amount=5))
    await city.project()
    assert await balance(city, b) == 5
    faulty.clear()
    async with letters_of(city) as letters:
        assert await letters.retry("balance", str(a.id)) == Retried(2, 0)
    assert (await balance(city, a), await balance(city, b)) == (8, 5)
