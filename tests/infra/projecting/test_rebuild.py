"""Rebuilds: made beside the live table, compared with the log, switched to in one transaction."""

import asyncio
import random
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from infra.errors import BadRequest
from infra.log.codec import Codec
from infra.projecting import builds
from infra.projecting.dead_letters import DeadLetters
from infra.projecting.decoding import BulkDecoder
from infra.projecting.filling import Share, fill
from infra.projecting.pool import open_work_pool
from infra.projecting.rebuild import Rebuilder, RebuildRunning, VerifyRefused
from infra.projecting.worker import FAILED, Done, Job
from infra.projecting.workers import open_workers
from tests.infra.projecting import programmes
from tests.infra.projecting.city import City, Matter, until
from tests.infra.projecting.programmes import Account, Kind

SOURCE = "tests.infra.projecting.programmes:registry"
MODELS = ("balance", "dated", "owner_total")
OPENED = {"owner": "A", "kind": Kind.SAVINGS, "since": date(2026, 1, 1), "rate": Decimal("0.10")}


def rebuilder(city: City, **options: Any) -> Rebuilder:
    return Rebuilder(
        city.url, city.namespace, programmes.registry(), registry_source=SOURCE, **options
    )


async def fill_log(city: City, accounts: int, events: int) -> None:
    """Accounts with deposits, transfers and closings, the same each time."""
    chance = random.Random(7)
    matters = [Matter() for _ in range(accounts)]
    for n, m in enumerate(matters):
        await city.append(m(Account.Opened, **OPENED | {"owner": f"O{n % 3}"}))
    for _ in range(events):
        m = chance.choice(matters)
        if chance.random() < 0.1:
            await city.append(m(Account.Closed))
            matters.remove(m)
        elif chance.random() < 0.2:
            to = chance.choice(matters).id
            await city.append(m(Account.Transferred, to=to, amount=chance.randrange(9)))
        else:
            await city.append(m(Account.Deposited, amount=chance.randrange(99), tags=("t",)))


async def tables(city: City) -> list[Any]:
    """Everything in all read models."""
    names = ["read_balance", "read_dated", "read_dated__h", "read_owner_total"]
    return [await city.rows(name) for name in names]


@pytest.mark.parametrize("workers", [1, 3])
async def test_a_rebuild_gives_the_rows_that_the_live_engine_made(city: City, workers: int) -> None:
    await fill_log(city, 12, 60)
    await city.project()
    live = await tables(city)
    for name in MODELS:
        done = await rebuilder(city).rebuild(name, workers=workers)
        assert done.switched
        assert done.verdict.equal
        assert done.position == await city.reader.head()
    assert await tables(city) == live


async def test_a_rebuild_of_all_gives_the_rows_that_the_live_engine_made(city: City) -> None:
    await fill_log(city, 12, 60)
    await city.project()
    live, head = await tables(city), await city.reader.head()
    reached: dict[str, int] = {}

    def tell(name: str, phase: str, done: int, of: int) -> None:
        if phase == "fill":
            reached[name] = done

    rebuilt, refused = await rebuilder(city).rebuild_all(workers=2, progress=tell)
    assert ([one.name for one in rebuilt], refused) == (sorted(rebuilder(city).models), {})
    assert all(one.switched and one.verdict.equal and one.position == head for one in rebuilt)
    assert {one.name: one.events for one in rebuilt} == {
        name: await events_of(city, model.event_types)
        for name, model in rebuilder(city).models.items()
    }
    assert reached.keys() >= set(MODELS)
    assert await tables(city) == live


async def events_of(city: City, types: list[str]) -> int:
    ((count,),) = await city.sql("SELECT count(*) FROM events WHERE type = ANY (%s)", types)
    return int(count)


async def test_of_a_rebuild_of_all_the_refused_stay_as_they_are_and_the_others_go_on(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill_log(city, 5, 20)
    await city.project()
    before = await city.sql("SELECT name, build FROM projections ORDER BY 1")
    moved = builds.moved

    async def corrupt(connection: Any, build: int, position: int) -> None:
        found = await connection.execute("SELECT to_regclass(%s)", [f"read_balance__{build}"])
        for (table,) in await found.fetchall():
            if table is not None:
                await connection.execute(f"UPDATE {table} SET balance = balance + 1")
        await moved(connection, build, position)

    monkeypatch.setattr(builds, "moved", corrupt)
    async with rebuilder(city)._working("dated"):
        rebuilt, refused = await rebuilder(city).rebuild_all(workers=2)
    assert {n: type(error) for n, error in refused.items()} == {
        "balance": VerifyRefused,
        "dated": RebuildRunning,
    }
    assert {one.name for one in rebuilt} == rebuilder(city).models.keys() - {"balance", "dated"}
    after = await city.sql("SELECT name, build FROM projections ORDER BY 1")
    assert {name for name, _ in set(before) & set(after)} == {"balance", "dated"}


async def test_a_process_of_a_rebuild_takes_one_job_after_another(city: City) -> None:
    await fill_log(city, 5, 20)
    await city.project()
    upto = await city.reader.head()
    async with open_workers(1) as workers:
        jobs = []
        for name in MODELS:
            async with rebuilder(city)._working(name) as (connection, _):
                build = await builds.begin(connection, rebuilder(city).models[name])
            jobs.append(Job(city.url, city.namespace, SOURCE, name, build.id, Share(0, 1, upto)))
        assert [(await workers.run(job, lambda _: None)).code for job in jobs] == [0, 0, 0]
        (process,) = workers.started
        process.kill()
        await process.wait()
        assert await workers.run(jobs[0], lambda _: None) == Done(FAILED)
    assert process.returncode is not None


async def test_a_rebuild_that_may_hold_few_rows_in_memory_gives_the_same(city: City) -> None:
    await fill_log(city, 12, 60)
    await city.project()
    live = await tables(city)
    registry = programmes.registry()
    decode = BulkDecoder(registry, Codec(registry)).decode
    for name in MODELS:
        model = rebuilder(city).models[name]
        async with rebuilder(city)._working(name) as (connection, _):
            build = await builds.begin(connection, model)
            for part in range(3):
                share = Share(part, 3, await city.reader.head(), rows_in_memory=0)
                await fill(city.url, city.namespace, build, share, decode, lambda _: None)
            for table in build.table.names:
                left = await city.rows(table)
                right = await city.rows(table.replace(f"__{build.id}", ""))
                assert left == right
    assert await tables(city) == live


async def test_the_live_projector_goes_on_in_the_new_tables(city: City) -> None:
    a = Matter()
    await city.append(a(Account.Opened, **OPENED))
    async with city.projecting() as projector, city.reading() as models:
        await until(lambda: projector.positions.get("balance") == 1)
        done = await rebuilder(city).rebuild("balance")
        assert done.position == 1
        position = await city.append(a(Account.Deposited, amount=3))
        assert await models.wait_for("balance", position, 10)
        row = (await models.get("balance", [a.id]))[1]
        assert row is not None
        assert row["balance"] == 3


async def test_readers_never_see_an_empty_or_a_mixed_table_while_it_is_rebuilt(
    city: City,
) -> None:
    matters = [Matter() for _ in range(20)]
    for m in matters:
        await city.append(m(Account.Opened, **OPENED))
    seen: list[tuple[int, int]] = []

    async def write() -> None:
        while True:  # every event adds one to the sum of all rows
            m = random.choice(matters)
            await city.append(m(Account.Deposited, amount=1))

    async with city.projecting() as projector, city.reading() as models:
        await until(lambda: projector.positions.get("balance", 0) >= 20)

        async def read() -> None:
            while True:
                page = await models.list("balance", limit=500)
                assert len(page.rows) == 20
                seen.append((page.position, sum(row["balance"] for row in page.rows)))

        load = [asyncio.create_task(write()), asyncio.create_task(read())]
        try:
            for _ in range(3):
                await rebuilder(city).rebuild("balance", workers=2)
        finally:
            for task in load:
                assert not task.done() or task.result()
                task.cancel()
    assert len(seen) > 20
    assert all(total == position - 20 for position, total in seen)
    assert [position for position, _ in seen] == sorted(position for position, _ in seen)


async def test_verify_refuses_a_build_that_is_not_what_the_log_says(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill_log(city, 5, 20)
    await city.project()
    before = await tables(city)
    begin = builds.moved

    async def corrupt(connection: Any, build: int, position: int) -> None:
        table = f"read_balance__{build}"
        await connection.execute(f"UPDATE {table} SET balance = balance + 1")
        await begin(connection, build, position)

    monkeypatch.setattr(builds, "moved", corrupt)
    with pytest.raises(VerifyRefused) as refused:
        await rebuilder(city).rebuild("balance")
    assert refused.value.facts["keys"]
    assert await tables(city) == before
    ((left,),) = await city.sql("SELECT count(*) FROM builds WHERE projection = 'balance'")
    assert left == 1


async def test_verify_finds_a_changed_a_missing_and_an_invented_row(city: City) -> None:
    await fill_log(city, 8, 20)
    await city.project()
    assert (await rebuilder(city).verify("dated")).equal
    await city.sql("UPDATE read_dated SET _position = _position + 1")
    assert not (await rebuilder(city).verify("dated")).equal
    await city.sql("DELETE FROM read_balance WHERE ctid = (SELECT min(ctid) FROM read_balance)")
    missing = await rebuilder(city).verify("balance")
    assert (missing.equal, len(missing.differing)) == (False, 1)
    await city.sql("INSERT INTO read_owner_total VALUES ('X', 'savings', 1, 1, 1)")
    assert (await rebuilder(city).verify("owner_total")).differing == ['["X","savings"]']


async def test_a_rollback_returns_to_the_old_tables_and_brings_them_up_to_date(
    city: City,
) -> None:
    a = Matter()
    await city.append(a(Account.Opened, **OPENED))
    await city.project()
    with pytest.raises(BadRequest, match="no earlier tables"):
        await rebuilder(city).rollback("balance")
    await rebuilder(city).rebuild("balance")
    await city.append(a(Account.Deposited, amount=3))
    await city.project()
    live = await tables(city)
    assert await rebuilder(city).rollback("balance") == 2
    assert await tables(city) == live
    assert await rebuilder(city).rollback("balance") == 2
    assert await tables(city) == live


async def test_a_build_may_wait_for_its_switch(city: City) -> None:
    a = Matter()
    await city.append(a(Account.Opened, **OPENED))
    await city.project()
    with pytest.raises(BadRequest, match="no build waits"):
        await rebuilder(city).switch("balance")
    done = await rebuilder(city).rebuild("balance", switch=False)
    await city.append(a(Account.Deposited, amount=3))
    await city.project()
    assert await rebuilder(city).switch("balance") == 2
    ((build,),) = await city.sql("SELECT build FROM projections WHERE name = 'balance'")
    assert build == done.build
    assert (await rebuilder(city).verify("balance")).equal


async def test_one_rebuild_of_a_read_model_at_a_time(city: City) -> None:
    await city.project()
    async with rebuilder(city)._working("balance"):
        with pytest.raises(RebuildRunning):
            await rebuilder(city).rebuild("balance")
        await rebuilder(city).rebuild("dated")


async def test_what_a_killed_rebuild_left_is_dropped_by_the_next(city: City) -> None:
    await fill_log(city, 3, 5)
    await city.project()
    async with rebuilder(city)._working("balance") as (connection, _):
        orphan = await builds.begin(connection, rebuilder(city).models["balance"])
    await rebuilder(city).rebuild("balance")
    assert (await city.sql("SELECT to_regclass(%s)", orphan.table.name)) == [(None,)]
    assert (await city.sql("SELECT count(*) FROM builds WHERE state = 'building'")) == [(0,)]


async def test_a_rest_that_a_killed_rebuild_left_ends_by_itself(city: City) -> None:
    a = Matter()
    await city.append(a(Account.Opened, **OPENED))
    await city.project()
    await city.sql("UPDATE projections SET state = 'resting' WHERE name = 'balance'")
    await city.append(a(Account.Deposited, amount=3))
    await city.project()


async def test_while_the_live_projector_rests_the_old_rows_stay(city: City) -> None:
    a = Matter()
    await city.append(a(Account.Opened, **OPENED))
    async with city.projecting() as projector:
        await until(lambda: projector.positions.get("balance") == 1)
        states = []

        def tell(phase: str, done: int, of: int) -> None:
            states.append(phase)

        await rebuilder(city).rebuild("balance", keep_serving=False, progress=tell)
        assert set(states) == {"fill", "catch-up", "verify", "switch"}
        await city.append(a(Account.Deposited, amount=3))
        await until(lambda: projector.positions["balance"] == 2)


async def test_a_rebuild_parks_what_it_cannot_fold_or_store_and_the_rest_goes_on(
    city: City,
) -> None:
    a, b = Matter(), Matter()
    await city.append(a(Account.Opened, **OPENED), b(Account.Opened, **OPENED))
    await city.append(a(Account.Deposited, amount=2**63), b(Account.Deposited, amount=1))
    await city.append(b(Account.Opened, **OPENED), b(Account.Deposited, amount=1))
    await city.project()
    live = await tables(city)
    letters = "SELECT queue, position, reason FROM dead_letters WHERE projection = 'balance' AND build = (SELECT build FROM projections WHERE name = 'balance') ORDER BY position"
    parked = await city.sql(letters)
    assert [reason for _, _, reason in parked] == [
        "NumericValueOutOfRange",
        "RowExists",
        "Queued",
    ]
    done = await rebuilder(city).rebuild("balance", workers=2)
    assert done.verdict.parked == 2
    assert await tables(city) == live
    assert await city.sql(letters) == parked


async def test_a_rebuild_leaves_out_what_an_operator_left_out(city: City, faulty: set[int]) -> None:
    faulty.add(13)
    a = Matter()
    await city.append(a(Account.Opened, **OPENED))
    await city.append(*(a(Account.Deposited, amount=n) for n in (1, 13, 2)))
    await city.project()
    models = list(rebuilder(city).models.values())
    work = await open_work_pool(city.url, city.namespace, size=1)
    letters = DeadLetters(work, Codec(programmes.registry()), models)
    await letters.skip("balance", str(a.id), 3, who="operator-1", why="entered twice")
    await letters.retry("balance", str(a.id))
    await work.close()
    live = await tables(city)
    faulty.clear()  # by now the fold would take it
    for workers in (1, 2):
        await rebuilder(city).rebuild("balance", workers=workers)
        assert await tables(city) == live
    assert (await rebuilder(city).verify("balance")).equal
