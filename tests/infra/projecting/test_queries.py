"""Questions to read models: filters, sorts, cursors, positions, the past."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from infra.errors import BadRequest, ReadModelBehind
from infra.projecting.queries import ReadModels
from tests.infra.projecting.city import City, Matter
from tests.infra.projecting.programmes import Account, Kind


async def fill(city: City, count: int) -> list[Matter]:
    """Accounts named by number; every second one has had a deposit, so it has a time."""
    matters = [Matter() for _ in range(count)]
    for n, m in enumerate(matters):
        kind = Kind.SAVINGS if n % 3 else Kind.CURRENT
        first = m(
            Account.Opened, owner=f"甲{n:03}", kind=kind, since=date(2026, 1, 1), rate=Decimal(0)
        )
        rest = [m(Account.Deposited, amount=n % 4)] if n % 2 else []
        await city.append(first, *rest)
    await city.project()
    return matters


async def all_rows(models: ReadModels, name: str, limit: int, **asked: Any) -> list[dict[str, Any]]:
    """All pages after one another."""
    page = await models.list(name, limit=limit, **asked)
    rows = page.rows
    while page.next:
        page = await models.list(name, limit=limit, cursor=page.next, **asked)
        assert page.rows
        rows = rows + page.rows
    return rows


@pytest.mark.parametrize(
    "sort", [None, "owner", "-owner", "balance", "-balance", "last_at", "-last_at"]
)
async def test_pages_behind_one_another_hold_every_row_once_and_in_order(
    city: City, sort: str | None
) -> None:
    await fill(city, 23)
    async with city.reading() as models:
        whole = (await models.list("balance", sort=sort, limit=500)).rows
        assert len({row["account_id"] for row in whole}) == 23
        for limit in (1, 4, 7, 22, 23):
            assert await all_rows(models, "balance", limit, sort=sort) == whole
    if sort:
        column, reverse = sort.removeprefix("-"), sort.startswith("-")
        values = [row[column] for row in whole]
        filled = [value for value in values if value is not None]
        assert filled == sorted(filled, reverse=reverse)
        empty = [value is None for value in values]
        assert empty == sorted(empty, reverse=reverse)


async def test_filters_choose_rows(city: City) -> None:
    await fill(city, 12)
    async with city.reading() as models:

        async def owners(**filters: Any) -> list[str]:
            page = await models.list("balance", filters, "owner")
            return [row["owner"] for row in page.rows]

        assert await owners(kind="current") == ["甲000", "甲003", "甲006", "甲009"]
        assert await owners(kind="current", owner__prefix="甲00") == [
            "甲000",
            "甲003",
            "甲006",
            "甲009",
        ]
        assert await owners(owner__prefix="甲01") == ["甲010", "甲011"]
        assert await owners(balance__gte="3") == ["甲003", "甲007", "甲011"]
        assert await owners(balance__gte=1, balance__lte=1) == ["甲001", "甲005", "甲009"]
        assert len(await owners(last_at=None)) == 6
        assert len(await owners(last_at__lte="2026-11-25T20:00:00+08:00")) == 6
        assert await owners(owner="乙") == []


@pytest.mark.parametrize(
    ("filters", "sort"),
    [
        ({"since": "2026-01-01"}, None),
        ({"owner__gte": "甲"}, None),
        ({"kind__prefix": "c"}, None),
        ({"kind": "golden"}, None),
        ({"balance": "many"}, None),
        ({"balance": 2**63}, None),
        ({"owner": "a\0"}, None),
        ({"owner__prefix": "\ud800"}, None),
        ({"nonsense": 1}, None),
        ({}, "since"),
        ({}, "--owner"),
    ],
)
async def test_what_has_no_index_or_no_sense_is_refused_with_what_is_allowed(
    city: City, filters: dict[str, Any], sort: str | None
) -> None:
    async with city.reading() as models:
        with pytest.raises(BadRequest) as refused:
            await models.list("balance", filters, sort)
    assert refused.value.code == "invalid-parameter"
    assert refused.value.facts["allowed"]


async def test_a_cursor_that_was_forged_or_belongs_to_another_question_is_refused(
    city: City,
) -> None:
    await fill(city, 5)
    async with city.reading() as models:
        cursor = (await models.list("balance", sort="owner", limit=2)).next
        assert cursor
        wrong = [cursor[:-2] + ("AA" if cursor[-2:] != "AA" else "BB"), "x", "é", cursor[:9]]
        for forged in wrong:
            with pytest.raises(BadRequest, match="bad-cursor"):
                await models.list("balance", sort="owner", cursor=forged)
        with pytest.raises(BadRequest, match="bad-cursor"):
            await models.list("balance", sort="-owner", cursor=cursor)
        with pytest.raises(BadRequest, match="bad-cursor"):
            await models.list("balance", {"kind": "current"}, sort="owner", cursor=cursor)
    assert "甲" not in cursor


async def test_a_page_may_be_read_as_it_was_at_a_position_or_a_time(city: City) -> None:
    a, b = Matter(), Matter()
    opened = {"owner": "A", "kind": Kind.SAVINGS, "since": date(2026, 1, 1), "rate": Decimal(0)}
    await city.append(a(Account.Opened, **opened), b(Account.Opened, **opened))
    await city.append(a(Account.Deposited, amount=5))
    ((before,),) = await city.sql("SELECT recorded_at FROM events WHERE position = 3")
    await city.append(b(Account.Closed))
    await city.project()
    async with city.reading() as models:

        async def balances(as_of: Any) -> dict[str, int]:
            page = await models.list("dated", sort="balance", as_of=as_of)
            return {row["account_id"]: row["balance"] for row in page.rows}

        assert await balances(2) == {str(a.id): 0, str(b.id): 0}
        assert await balances(before) == {str(a.id): 5, str(b.id): 0}
        assert await balances(4) == {str(a.id): 5}
        assert (await models.get("dated", [b.id], as_of=before))[0] == 3
        with pytest.raises(ReadModelBehind):
            await balances(5)
        with pytest.raises(BadRequest, match="as_of"):
            await models.get("balance", [a.id], as_of=1)


async def test_what_cannot_be_a_key_finds_nothing_and_an_unknown_read_model_is_named(
    city: City,
) -> None:
    async with city.reading() as models:
        assert await models.get("balance", ["nobody"]) == (0, None)
        await city.project()
        assert await models.get("balance", ["nobody"]) == (0, None)
        assert await models.get("owner_total", ["a\0b", "savings"]) == (0, None)
        assert await models.get("owner_total", ["a"]) == (0, None)
        with pytest.raises(BadRequest, match="unknown-read-model"):
            await models.get("nothing", ["x"])


async def test_a_wait_ends_when_the_read_model_arrives_and_not_before(city: City) -> None:
    a = Matter()
    opened = {"owner": "A", "kind": Kind.SAVINGS, "since": date(2026, 1, 1), "rate": Decimal(0)}
    position = await city.append(a(Account.Opened, **opened))
    async with city.reading() as models:
        assert not await models.wait_for("balance", position, 0.05)
        async with city.projecting():
            assert await models.wait_for("balance", position, 10)
            assert (await models.get("balance", [a.id]))[1]
        assert not await models.wait_for("balance", position + 1, 0.05)
