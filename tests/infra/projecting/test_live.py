"""The live engine: pages from the log become rows, with the checkpoint in the same commit."""

from contextlib import AsyncExitStack
from datetime import date
from decimal import Decimal
from typing import Any

from infra.log.records import NewEvent
from infra.projecting.queries import ReadModels
from tests.infra.projecting.city import City, Matter, until
from tests.infra.projecting.programmes import Account, Address, Kind


def opened(matter: Matter, owner: str = "Ada", **fields: Any) -> Any:
    """The first event of an account, with defaults."""
    given = {"kind": Kind.SAVINGS, "since": date(2026, 1, 2), "rate": Decimal("1.50")} | fields
    return matter(Account.Opened, owner=owner, **given)


async def row_of(models: ReadModels, name: str, *key: Any) -> dict[str, Any]:
    """A row that must be there."""
    row = (await models.get(name, key))[1]
    assert row is not None
    return row


async def test_a_row_comes_back_as_it_was_folded(city: City) -> None:
    a = Matter()
    position = await city.append(
        opened(a, address=Address(street="中山路", number=7)),
        a(Account.Deposited, amount=12, tags=("x", "y")),
    )
    async with city.projecting(), city.reading() as models:
        assert await models.wait_for("balance", position, 10)
        at, row = await models.get("balance", [str(a.id)])
    assert at == position
    assert row == {
        "account_id": str(a.id),
        "owner": "Ada",
        "kind": "savings",
        "balance": 12,
        "since": "2026-01-02",
        "rate": "1.50",
        "last_at": "2026-11-25T12:00:00+00:00",
        "address": {"street": "中山路", "number": 7},
        "tags": ["x", "y"],
        "share": 0.5,
        "vip": False,
    }


async def test_events_that_nobody_folds_move_every_checkpoint(city: City) -> None:
    a = Matter()
    await city.append(opened(a))
    position = await city.append(a(Account.Noted, text="seen"))
    async with city.projecting(), city.reading() as models:
        for name in models.models:
            assert await models.wait_for(name, position, 10)


async def test_a_removed_row_is_gone(city: City) -> None:
    a, b = Matter(), Matter()
    await city.append(opened(a), opened(b), a(Account.Closed))
    await city.project()
    async with city.reading() as models:
        assert (await models.get("balance", [a.id]))[1] is None
        assert [r["account_id"] for r in (await models.list("balance")).rows] == [str(b.id)]


async def test_one_event_may_change_two_rows(city: City) -> None:
    a, b = Matter(), Matter()
    await city.append(opened(a), opened(b), a(Account.Transferred, to=b.id, amount=7))
    await city.project()
    async with city.reading() as models:
        assert (await row_of(models, "balance", a.id))["balance"] == -7
        assert (await row_of(models, "balance", b.id))["balance"] == 7


async def test_an_old_version_of_an_event_is_folded_by_todays_folds(city: City) -> None:
    a = Matter()
    await city.append(NewEvent(a.id, 1, "accounts.opened.v1", b'{"owner":"Old"}'))
    await city.project()
    async with city.reading() as models:
        assert (await row_of(models, "owner_total", "Old", "current"))["accounts"] == 1


async def test_what_a_fold_raises_parks_one_key_and_no_other(city: City, faulty: Any) -> None:
    faulty.add(13)
    a, b = Matter(), Matter()
    await city.append(opened(a), opened(b), a(Account.Deposited, amount=13))
    await city.append(b(Account.Deposited, amount=1), a(Account.Deposited, amount=2))
    await city.project()
    async with city.reading() as models:
        assert (await row_of(models, "balance", a.id))["balance"] == 0
        assert (await row_of(models, "balance", b.id))["balance"] == 1
    letters = await city.sql(
        "SELECT projection, queue, position, reason FROM dead_letters ORDER BY position"
    )
    assert letters == [
        ("balance", str(a.id), 3, "ZeroDivisionError"),
        ("balance", str(a.id), 5, "Queued"),
    ]


async def test_a_fold_that_meets_no_row_or_a_row_too_many_parks_the_key(city: City) -> None:
    a, b = Matter(), Matter()
    await city.append(a(Account.Deposited, amount=1), opened(b), opened(b))
    await city.project(only=["balance"])
    letters = await city.sql("SELECT queue, position, reason FROM dead_letters ORDER BY position")
    assert letters == [(str(a.id), 1, "RowMissing"), (str(b.id), 3, "RowExists")]


async def test_an_event_that_cannot_be_read_parks_its_stream(city: City) -> None:
    a, b = Matter(), Matter()
    await city.append(opened(a))
    broken = NewEvent(a.id, 2, "accounts.deposited.v1", b'{"amount":"many"}')
    await city.append(broken)
    a.version = 2
    await city.append(a(Account.Deposited, amount=4), opened(b))
    await city.project(only=["balance", "dated"])
    letters = await city.sql(
        "SELECT projection, queue, position, reason FROM dead_letters ORDER BY projection, position"
    )
    assert letters == [
        ("balance", f"stream:{a.id}", 2, "Corrupt"),
        ("balance", f"stream:{a.id}", 3, "Queued"),
        ("dated", str(a.id), 2, "Corrupt"),
        ("dated", str(a.id), 3, "Queued"),
    ]
    assert len(await city.rows("read_balance")) == 2


async def test_a_row_that_cannot_be_stored_parks_its_key_and_no_other(city: City) -> None:
    a, b = Matter(), Matter()
    await city.append(opened(a), opened(b), a(Account.Deposited, amount=2**63))
    await city.append(b(Account.Deposited, amount=5))
    await city.project(only=["balance"])
    letters = await city.sql("SELECT queue, position, reason FROM dead_letters")
    assert letters == [(str(a.id), 3, "NumericValueOutOfRange")]
    async with city.reading() as models:
        assert (await row_of(models, "balance", b.id))["balance"] == 5


async def test_history_keeps_every_version_by_position(city: City) -> None:
    a = Matter()
    await city.append(opened(a), a(Account.Deposited, amount=1))
    await city.project(only=["dated"])
    await city.append(a(Account.Deposited, amount=2), a(Account.Closed), opened(a))
    await city.project(only=["dated"])
    async with city.reading() as models:
        seen = [(await models.get("dated", [a.id], as_of=n))[1] for n in range(6)]
    assert [row and row["balance"] for row in seen] == [None, 0, 1, 3, None, 0]


async def test_pages_of_any_size_give_the_same_tables(city: City) -> None:
    matters = [Matter() for _ in range(5)]
    await city.append(*(opened(m) for m in matters))
    for n in range(40):
        m = matters[n * 7 % 5]
        await city.append(m(Account.Deposited, amount=n, tags=(str(n),)))
    tables: list[Any] = []
    for page in (1, 7, 500):
        await city.sql("DELETE FROM projections")
        for table in ("read_balance", "read_dated", "read_dated__h", "read_owner_total"):
            await city.sql(f"DROP TABLE IF EXISTS {table}")
        await city.project(page=page, only=["balance", "dated", "owner_total"])
        tables.append(
            [await city.rows(t) for t in ("read_balance", "read_dated__h", "read_owner_total")]
        )
    assert tables[0] == tables[1] == tables[2]
    assert tables[0][0]


async def test_a_standby_takes_over_at_once(city: City) -> None:
    a = Matter()
    await city.append(opened(a))
    async with AsyncExitStack() as first:
        active = await first.enter_async_context(city.projecting())
        await until(lambda: len(active.positions) == len(active.models))
        async with city.projecting() as standby:
            await city.append(a(Account.Deposited, amount=1))
            await until(lambda: active.positions["balance"] == 2)
            assert standby.positions == {}
            await first.aclose()
            await until(lambda: len(standby.positions) == len(standby.models), 2)
            await city.append(a(Account.Deposited, amount=1))
            await until(lambda: standby.positions["balance"] == 3)


async def test_a_paused_read_model_rests_until_it_is_resumed(city: City) -> None:
    from infra.database import PROJECTOR, connect
    from infra.projecting import catalogue

    a = Matter()
    await city.append(opened(a))
    async with (
        city.projecting() as projector,
        await connect(city.url, city.namespace, role=PROJECTOR) as connection,
    ):
        await until(lambda: projector.positions.get("balance") == 1)
        await catalogue.pause(connection, "balance")
        await city.append(a(Account.Deposited, amount=1))
        await until(lambda: projector.positions["dated"] == 2)
        standing = await catalogue.standing(connection, "balance")
        assert standing is not None
        assert (standing.state, standing.position) == ("paused", 1)
        await catalogue.resume(connection, "balance")
        await until(lambda: projector.positions["balance"] == 2)
