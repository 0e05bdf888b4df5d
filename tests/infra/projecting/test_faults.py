"""What survives: projectors that are killed, connections that are cut, code that changes."""

import asyncio
import os
import random
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from infra.database import connect
from infra.projecting.read_model import describe
from infra.projecting.rebuild import Rebuilder
from projections.base import FOLD, Row, fold
from tests.infra.projecting import programmes
from tests.infra.projecting.city import City, Matter, until
from tests.infra.projecting.programmes import Account, Kind, registry_of

OPENED = {"owner": "A", "kind": Kind.SAVINGS, "since": date(2026, 1, 1), "rate": Decimal("0.10")}


@asynccontextmanager
async def keeper(city: City, page: int = 3) -> AsyncIterator[asyncio.subprocess.Process]:
    """A projector process."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.infra.projecting.keeper"),
        *(city.url, city.namespace, str(page)),
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def position(city: City, name: str = "balance") -> int:
    found = await city.sql("SELECT position FROM projections WHERE name = %s", name)
    return int(found[0][0]) if found else 0


async def test_projectors_killed_between_and_within_pages_lose_nothing_and_repeat_nothing(
    city: City,
) -> None:
    matters = [Matter() for _ in range(10)]
    for m in matters:
        await city.append(m(Account.Opened, **OPENED))
    chance = random.Random(1)

    async def write() -> None:
        for _ in range(400):
            m = chance.choice(matters)
            await city.append(m(Account.Deposited, amount=chance.randrange(9)))

    writing = asyncio.create_task(write())
    for n in range(3):
        before = await position(city)
        async with keeper(city) as process:
            await until(partial(_is_past, city, before + 20 + 13 * n))
            process.send_signal(signal.SIGKILL)
            await process.wait()
    await writing
    await city.project()
    rebuilder = Rebuilder(city.url, city.namespace, programmes.registry())
    for name in ("balance", "dated", "owner_total"):
        verdict = await rebuilder.verify(name)
        assert verdict.equal
        assert verdict.rows


async def _is_past(city: City, at: int) -> bool:
    return await position(city) >= at


async def test_a_standby_process_takes_over_from_a_killed_one(city: City) -> None:
    a = Matter()
    await city.append(a(Account.Opened, **OPENED))
    async with keeper(city) as active:
        await until(lambda: _is_past(city, 1))
        async with city.projecting() as standby:
            await city.append(a(Account.Deposited, amount=1))
            await until(lambda: _is_past(city, 2))
            assert standby.positions == {}
            active.send_signal(signal.SIGKILL)
            await until(lambda: len(standby.positions) == len(standby.models), 3)
            await city.append(a(Account.Deposited, amount=1))
            await until(lambda: _is_past(city, 3), 3)


_OF_LEASE = """
SELECT pg_terminate_backend(pid) FROM pg_locks
WHERE locktype = 'advisory'
  AND (classid::bigint << 32) | objid::bigint
      = hashtextextended(current_schema() || '.lease.balance', 0)
"""
_WHO_WAITS_FOR_ME = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid))
"""


async def test_a_projector_whose_lease_is_cut_off_takes_it_again(city: City) -> None:
    a = Matter()
    await city.append(a(Account.Opened, **OPENED))
    owner = await connect(city.url, city.namespace)
    async with owner, city.projecting():

        async def cut() -> bool:
            found = await owner.execute(_OF_LEASE)
            return bool(await found.fetchall())

        for _ in range(3):
            await until(cut)
            await city.append(a(Account.Deposited, amount=1))
        await until(partial(_is_past, city, 4))


async def test_a_connection_cut_in_the_middle_of_a_page_costs_that_page_and_nothing_more(
    city: City,
) -> None:
    a = Matter()
    await city.append(a(Account.Opened, **OPENED))
    owner = await connect(city.url, city.namespace)
    async with owner, city.projecting():
        await until(partial(_is_past, city, 1))
        for n in range(3):
            async with owner.transaction():
                await owner.execute("SELECT FROM projections WHERE name = 'balance' FOR UPDATE")
                await city.append(a(Account.Deposited, amount=1))

                async def cut() -> bool:
                    found = await owner.execute(_WHO_WAITS_FOR_ME)
                    return bool(await found.fetchall())

                await until(cut)
            await until(partial(_is_past, city, n + 2))
    rebuilder = Rebuilder(city.url, city.namespace, programmes.registry())
    assert (await rebuilder.verify("balance")).equal


class Counted(Row, key="account_id"):
    """As it was shipped."""

    account_id: UUID
    deposits: int


@fold(Counted)
def count_opened(row: None, e: Account.Opened) -> Counted:
    return Counted(account_id=e.id, deposits=0)


@fold(Counted)
def count_deposit(row: Counted, e: Account.Deposited) -> Counted:
    return row.replace(deposits=row.deposits + 1)


class Renewed(Row, key="account_id"):
    """As it is after a change: another column, another fold."""

    account_id: UUID
    deposits: int
    total: int = 0


Renewed.model_name = "counted"


@fold(Renewed)
def renew_opened(row: None, e: Account.Opened) -> Renewed:
    return Renewed(account_id=e.id, deposits=0)


@fold(Renewed)
def renew_deposit(row: Renewed, e: Account.Deposited) -> Renewed:
    return row.replace(deposits=row.deposits + 1, total=row.total + e.amount)


def old_code() -> Any:
    return registry_of([Account], [count_opened, count_deposit])


def new_code() -> Any:
    return registry_of([Account], [renew_opened, renew_deposit])


async def test_changed_code_starts_by_a_rebuild_while_the_old_rows_are_served(city: City) -> None:
    a = Matter()
    await city.append(a(Account.Opened, **OPENED), a(Account.Deposited, amount=5))
    await city.project(old_code())
    source = "tests.infra.projecting.test_faults:new_code"
    async with city.reading(new_code()) as models:
        old = (await models.get("counted", [a.id]))[1]
        assert old == {"account_id": str(a.id), "deposits": 1}
        async with city.projecting(new_code(), registry_source=source):
            await until(partial(_is_made_by, city, new_code()))
        new = (await models.get("counted", [a.id]))[1]
        assert new == {"account_id": str(a.id), "deposits": 1, "total": 5}


async def test_code_that_was_replaced_leaves_the_read_model_to_its_successor(city: City) -> None:
    a = Matter()
    await city.append(a(Account.Opened, **OPENED))
    source = "tests.infra.projecting.test_faults:new_code"
    async with city.projecting(old_code()) as old:
        await until(lambda: old.positions.get("counted") == 1)
        rebuilder = Rebuilder(city.url, city.namespace, new_code(), registry_source=source)
        await rebuilder.rebuild("counted")
        await city.append(a(Account.Deposited, amount=1))
        with pytest.raises(TimeoutError):
            await until(lambda: _is_past_counted(city, 2), 1)
    await city.project(new_code(), registry_source=source)
    assert (await rebuilder.verify("counted")).equal


async def test_a_rollback_to_other_codes_tables_pauses_the_read_model(city: City) -> None:
    a = Matter()
    await city.append(a(Account.Opened, **OPENED), a(Account.Deposited, amount=5))
    await city.project(old_code())
    source = "tests.infra.projecting.test_faults:new_code"
    rebuilder = Rebuilder(city.url, city.namespace, new_code(), registry_source=source)
    await rebuilder.rebuild("counted")
    await rebuilder.rollback("counted")
    ((state,),) = await city.sql("SELECT state FROM projections WHERE name = 'counted'")
    assert state == "paused"
    async with city.reading(old_code()) as models:
        assert (await models.get("counted", [a.id]))[1] == {
            "account_id": str(a.id),
            "deposits": 1,
        }


async def _is_made_by(city: City, registry: Any) -> bool:
    ((made_by,),) = await city.sql("SELECT fingerprint FROM projections WHERE name = 'counted'")
    return bool(made_by == describe(registry.folds["counted"]).fingerprint)


async def _is_past_counted(city: City, at: int) -> bool:
    return await position(city, "counted") >= at


def test_a_fingerprint_follows_the_code_and_not_its_comments() -> None:
    def made(folds: list[Any]) -> str:
        return describe([spec for f in folds for spec in getattr(f, FOLD)]).fingerprint

    before = made([count_opened, count_deposit])
    assert before == made([count_opened, count_deposit])
    assert before != made([count_opened])
    assert before != made([renew_opened, renew_deposit])

    @fold(Counted)
    def count_deposit_(row: Counted, e: Account.Deposited) -> Counted:
        """Says more, does the same."""
        # a comment
        return row.replace(deposits=row.deposits + 1)

    @fold(Counted)
    def count_twice(row: Counted, e: Account.Deposited) -> Counted:
        return row.replace(deposits=row.deposits + 2)

    assert made([count_opened, count_twice]) != made([count_opened, count_deposit_])
