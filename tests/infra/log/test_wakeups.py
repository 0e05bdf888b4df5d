"""Wake-ups: from the database, to everyone who waits, and never the only hope."""

import asyncio
import time
from collections.abc import AsyncIterator

import psycopg
import pytest
from structlog.testing import capture_logs

from infra.log.append import GroupCommit
from infra.log.wakeups import Subscription, Wakeups
from tests.infra.log.appending import append


@pytest.fixture
async def wakeups(database_url: str, log: str) -> AsyncIterator[Wakeups]:
    made = Wakeups(database_url, log)
    await made.start()
    await made.listening()
    yield made
    await made.stop()


def notify(url: str, channel: str, payload: str) -> None:
    """From a process of its own, so to speak."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SELECT pg_notify(%s, %s)", [channel, payload])


async def test_an_append_wakes_everyone_with_the_new_head(
    commit: GroupCommit, wakeups: Wakeups
) -> None:
    waiting = [asyncio.create_task(wakeups.wait("log", 10)) for _ in range(3)]
    await asyncio.sleep(0)  # allow: sleep, one turn of the loop
    await commit.append(append(events=3))
    assert await asyncio.gather(*waiting) == ["3", "3", "3"]


async def test_channels_and_namespaces_are_told_apart(
    wakeups: Wakeups, database_url: str, log: str
) -> None:
    with wakeups.subscribe("log") as of_log, wakeups.subscribe("projection") as of_projection:
        await of_log.wait(0)
        await of_projection.wait(0)
        notify(database_url, f"log_{log}x", "1")
        notify(database_url, f"projection_{log}", "overview 7")
        assert await of_projection.wait(10) == "overview 7"
        assert await of_log.wait(0) is None


async def test_nothing_falls_between_two_waits(
    wakeups: Wakeups, database_url: str, log: str
) -> None:
    with wakeups.subscribe("log") as subscription:
        await subscription.wait(0)
        for n in range(3):
            notify(database_url, f"log_{log}", str(n))
        await asyncio.sleep(0.2)  # allow: sleep, looks again at what nobody announces
        assert await subscription.wait_all(0) == ["0", "1", "2"]


async def test_a_wait_ends_at_its_time_limit(wakeups: Wakeups) -> None:
    begun = time.monotonic()
    assert await wakeups.wait("log", 0.05) is None
    assert time.monotonic() - begun < 1


async def test_a_lost_connection_wakes_everyone_and_is_made_again(
    wakeups: Wakeups, database_url: str, log: str, commit: GroupCommit
) -> None:
    with wakeups.subscribe("log") as subscription, capture_logs():
        await subscription.wait(0)
        with psycopg.connect(database_url, autocommit=True) as killer:
            killer.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = %s",
                [f"huimin-wakeups-{log}"],
            )
        assert await subscription.wait(10) == ""
        await commit.append(append())
        assert await subscription.wait(10) == "1"


async def test_waiting_goes_on_while_the_database_is_away(log: str) -> None:
    away = Wakeups("postgresql://nobody@127.0.0.1:1/none", log)
    with capture_logs():
        await away.start()
        assert await away.wait("log", 0.3) is None
        await away.stop()


async def test_a_sleepy_subscriber_keeps_the_latest() -> None:
    subscription = Subscription()
    for n in range(5000):
        subscription.wake(str(n))
    kept = await subscription.wait_all(0)
    assert len(kept) <= 1024
    assert kept[-1] == "4999"
