"""No question walks a table: the plans of filters, sorts, keys and pages."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any

import pytest
from psycopg.sql import SQL, Literal

from infra.database import READER, Connection, connect
from infra.projecting import pool
from infra.projecting.filters import Asked, Order
from infra.projecting.queries import ReadModels
from infra.projecting.read_model import read_models
from infra.projecting.selection import Selection, with_key
from infra.projecting.tables import Table
from infra.reacting import scheduler
from tests.infra.projecting import programmes
from tests.infra.projecting.city import City, Matter, until
from tests.infra.projecting.programmes import NOON, Account

MODELS = read_models(programmes.registry())
BALANCE = MODELS["balance"]

_MANY = """
INSERT INTO read_balance (account_id, owner, kind, balance, since, rate, last_at, tags, share, vip,
                          _position)
SELECT md5(i::text)::uuid, 'Owner ' || i, CASE WHEN i %% 100 = 0 THEN 'savings' ELSE 'current' END,
       i %% 1000, '2026-01-01', 1, CASE WHEN i %% 2 = 0 THEN now() - i * interval '1 s' END,
       '[]', 0.5, false, i
FROM generate_series(1, %s) AS i
"""


async def many(city: City, rows: int) -> None:
    """A large table, as it is after its first day: never analysed by hand."""
    await city.append(Matter()(Account.Noted, text="x"))
    await city.project(only=["balance", "dated"])
    await city.sql(_MANY, rows)
    await city.sql(
        "INSERT INTO read_dated__h (account_id, balance, _from)"
        " SELECT account_id, balance, _position FROM read_balance"
    )
    await city.sql("ANALYZE read_balance")
    await city.sql("ANALYZE read_dated__h")


async def plan(connection: Connection, statement: bytes, parameters: Any) -> str:
    """The plan that is kept for a prepared statement, whatever its parameters."""
    return await told_of(connection, statement, parameters, b"generic", b"COSTS OFF")


async def told_of(
    connection: Connection, statement: bytes, parameters: Sequence[Any], kind: bytes, options: bytes
) -> str:
    """What EXPLAIN tells of a prepared statement's plan. (Of a statement that comes with parameters
    it would tell the plan for just those.)"""
    numbers = count(1)
    numbered = re.sub(rb"%[sbt]", lambda _: b"$%d" % next(numbers), statement).replace(b"%%", b"%")
    await connection.execute(b"SET plan_cache_mode = force_%b_plan" % kind)
    await connection.execute(b"PREPARE asked AS " + numbered)
    given = SQL(", ").join(map(Literal, parameters)).as_string(connection).encode()
    execute = b"EXECUTE asked(%b)" % given if parameters else b"EXECUTE asked"
    found = await connection.execute(b"EXPLAIN (%b) " % options + execute)
    await connection.execute(b"DEALLOCATE asked")
    return "\n".join(line for (line,) in await found.fetchall())


async def plan_of(city: City, chosen: Selection) -> str:
    connection = await connect(city.url, city.namespace, role=READER)
    async with connection:
        return await plan(connection, *chosen.statement(as_stored=False))


QUESTIONS: list[tuple[Mapping[str, Any], str | None]] = [
    ({}, None),
    ({}, "owner"),
    ({}, "-owner"),
    ({}, "balance"),
    ({}, "last_at"),
    ({}, "-last_at"),
    ({"owner": "Owner 7"}, None),
    ({"owner__prefix": "Owner 77"}, "owner"),
    ({"kind": "savings"}, "owner"),
    ({"balance__gte": 990, "balance__lte": 995}, "balance"),
    ({"last_at": None}, None),
]


@pytest.mark.parametrize(("filters", "sort"), QUESTIONS)
async def test_filters_and_sorts_use_indexes(
    city: City, filters: Mapping[str, Any], sort: str | None
) -> None:
    await many(city, 20_000)
    asked = Asked(BALANCE)
    conditions, order = asked.conditions(filters), asked.order(sort)
    first = Selection(BALANCE, conditions, None, order, None, 51)
    other_keys = len(BALANCE.key_columns) - (order.column.name in BALANCE.row.key)
    value = {"owner": "Owner 5", "balance": 5, "last_at": "2026-01-01T00:00:00Z"}.get(
        order.column.name
    )
    key = "00000000-0000-0000-0000-000000000001"
    place = [value, *[key] * other_keys] if value is not None else [key]
    behind = Selection(BALANCE, conditions, None, order, place, 51)
    for chosen in (first, behind):
        told = await plan_of(city, chosen)
        assert "Seq Scan on read_balance" not in told, told
        assert "Index" in told
        assert "Sort" not in told or filters, told


async def test_keys_and_the_past_use_indexes(city: City) -> None:
    await many(city, 20_000)
    key = BALANCE.key_from(["00000000-0000-0000-0000-000000000001"])
    assert "read_balance_pkey" in await plan_of(city, Selection(BALANCE, [with_key(BALANCE, key)]))
    dated = MODELS["dated"]
    one = Selection(dated, [with_key(dated, key)], 1)
    assert "Seq Scan on read_dated__h" not in await plan_of(city, one)
    order = Order(next(c for c in dated.columns if c.name == "balance"), descending=False)
    for past in (1, 10_000, 20_000):
        page = Selection(dated, [], past, order, None, 51)
        assert "Seq Scan on read_dated__h" not in await plan_of(city, page)


async def test_the_engines_own_statements_use_indexes(city: City) -> None:
    await many(city, 20_000)
    connection = await connect(city.url, city.namespace, role="huimin_projector")
    keys = [BALANCE.key_from(["00000000-0000-0000-0000-000000000001"])] * 500
    async with connection:
        await pool.configure(connection)
        balance, dated = Table.live(BALANCE), Table.live(MODELS["dated"])
        arrays = balance.key_arrays(keys)
        for statement, parameters in (
            (balance.load, arrays),
            (balance.delete, arrays),
            (dated.close_versions, [*arrays, [1] * 500]),
        ):
            assert "Seq Scan on read" not in await plan(connection, statement, parameters)


_TIMERS = """
INSERT INTO read_timers (stream_id, program, aggregate, next_at, level, clock_name, readings,
                         simulated_clock, _position)
SELECT gen_random_uuid(), 'accounts', 'Account', %(now)s + (i - %(count)s / 2) * interval '1 minute',
       'warned', 'slow', '{}', %(clock)s, 1
FROM generate_series(1, %(count)s) AS i
"""


@pytest.mark.parametrize("analyzed", [False, True])
async def test_the_scheduler_passes_no_simulated_timer(city: City, analyzed: bool) -> None:
    await city.append(Matter()(Account.Noted, text="x"))
    await city.project(only=["timers"])
    connection = await connect(city.url, city.namespace)
    async with connection:
        for clock, number in (("demo", 200_000), (None, 10)):
            given = {"now": NOON, "clock": clock, "count": number}
            await connection.execute(_TIMERS.encode(), given)
        if analyzed:
            await connection.execute(b"ANALYZE read_timers")
        for kind in (b"generic", b"custom"):
            for asked, parameters, rows in (
                (scheduler.DUE, [NOON, *scheduler.BEGINNING], 4),
                (scheduler.NEXT, [NOON], 1),
            ):
                told = await told_of(
                    connection, asked.encode(), parameters, kind, b"ANALYZE, TIMING OFF"
                )
                assert {name[-8:] for name in re.findall(r"\bbuild_\w+", told)} == {"_without"}, (
                    told
                )
                assert "Seq Scan" not in told, told
                assert "Rows Removed" not in told, told
                assert f"actual rows={rows}" in told, told


async def test_questions_to_100_000_rows_are_answered_while_others_write(city: City) -> None:
    """How fast is measured by ``python -m bench.queries``."""
    await many(city, 100_000)

    async def write() -> None:
        while True:
            a = Matter()
            await city.append(
                a(Account.Opened, owner="W", kind="current", since="2026-01-01", rate=1),
                *(a(Account.Deposited, amount=n) for n in range(4)),
            )

    async with city.projecting(only=["balance", "dated"]), city.reading() as models:
        writers = [asyncio.create_task(write()) for _ in range(8)]
        await until(lambda: _has_grown(models))
        ids = [row["account_id"] for row in (await models.list("balance", limit=500)).rows]
        for id_ in ids:
            _, row = await models.get("balance", [id_])
            assert row is not None
            assert row["account_id"] == id_
        for filters, sort in QUESTIONS * 10:
            assert (await models.list("balance", filters, sort)).rows
        for writer in writers:
            writer.cancel()
        await asyncio.gather(*writers, return_exceptions=True)


async def _has_grown(models: ReadModels) -> bool:
    return bool((await models.list("balance", {"owner": "W"})).rows)
