"""The city's WiFi over a real log: races for places, numbers and ports; restarts, blocks, clocks."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from domain.wifi_sessions.ids import access_point_id
from domain.wifi_sessions.refusals import (
    MappingOverlap,
    TooManyDevices,
    WindowTooWide,
)
from infra.discovery import discover
from infra.errors import StoreUnavailable
from infra.executing.asking import Outcome
from infra.log.append import GroupCommit
from tests import wifi as w
from tests.acceptance.town import Town, a_town
from tests.api.http.city import running as serving
from tests.infra.reacting.market import HandClock
from tests.infra.reacting.roles import running
from tests.scenario import MONDAY_MORNING

MINUTE = timedelta(minutes=1)


@pytest.fixture
async def town(database_url: str, namespace: str) -> AsyncIterator[Town]:
    clock = HandClock(MONDAY_MORNING)
    async with a_town(Town, database_url, namespace, "wifi_sessions", clock) as made:
        await made.play(w.installed())
        yield made


async def authenticated(town: Town, n: int, person: int = 1) -> UUID:
    """A device of someone, with its code said."""
    town.clock.at += MINUTE
    session = (await town.take(w.code_sent(person, w.mac(n)))).aggregate_id
    await town.take(w.verified(session))
    return session


async def online(town: Town, n: int, person: int = 1) -> UUID:
    """A device that surfs; its number at the access point is its own."""
    session = await authenticated(town, n, person)
    await town.take(w.access(session))
    await town.take(w.start(session, acct_session_id=f"A{n}", calling_station_id=w.mac(n)))
    return session


async def test_of_a_fourth_and_a_fifth_device_at_once_none_is_granted(town: Town) -> None:
    """Acceptance 5."""
    devices = [await online(town, n) for n in range(3)]
    more = [await authenticated(town, n) for n in (3, 4)]
    came = await asyncio.gather(
        *(town.take(w.access(session), process=n) for n, session in enumerate(more)),
        return_exceptions=True,
    )
    assert came == [TooManyDevices(most=3)] * 2
    assert [(await town.names(session))[-1] for session in more] == ["access-refused"] * 2
    await town.take(w.stop(session=devices[0], acct_session_id="A0"))
    late = await authenticated(town, 5)
    assert isinstance(await town.take(w.access(late)), Outcome)


async def test_a_restart_told_thrice_closes_every_session_of_its_access_point_once(
    town: Town,
) -> None:
    """Acceptance 3."""
    sessions = [await online(town, n, person=n) for n in range(1, 5)]
    await town.take(w.stop(session=sessions[3], acct_session_id="A4"))
    at = town.clock.at
    async with running(town.runner()):
        for _ in range(3):
            town.clock.at += timedelta(seconds=10)
            await town.take(w.accounting_on(event_time=at))
            await town.policies_done()
    for session in sessions[:3]:
        assert (await town.names(session)).count("session-closed-by-restart") == 1
    assert "session-closed-by-restart" not in await town.names(sessions[3])
    assert (await town.names(access_point_id(w.NAS))).count("ap-restarted") == 1


async def test_a_block_asks_the_access_point_to_end_each_live_session(town: Town) -> None:
    sessions = [await online(town, n) for n in range(2)]
    async with running(town.runner()):
        await town.take(w.blocked())
        await town.policies_done()
    for session in sessions:
        assert (await town.names(session))[-1] == "disconnect-requested"


async def test_a_record_that_the_store_did_not_take_is_stored_once_when_it_comes_again(
    town: Town,
) -> None:
    """Acceptance 7: no answer without the store; what is sent again counts once."""
    session = await online(town, 1)
    broken = GroupCommit(town.url, town.namespace)
    town.processes = (town.process(broken), town.processes[1])
    record = w.interim(session=session, acct_session_id="A1")
    with pytest.raises(StoreUnavailable):
        await town.take(record)
    for _ in range(3):
        await town.take(record, process=1)
    assert (await town.names(session)).count("usage-reported") == 1


async def test_two_starts_at_once_are_one_session_with_one_number(town: Town) -> None:
    session = await authenticated(town, 1)
    await town.take(w.access(session))
    start = w.start(session, calling_station_id=w.mac(1))
    await asyncio.gather(*(town.take(start, process=n) for n in range(4)))
    assert (await town.names(session)).count("session-started") == 1


async def test_orphans_that_start_twice_at_once_are_one_session(town: Town) -> None:
    came = await asyncio.gather(*(town.take(w.start(None), process=n) for n in range(4)))
    assert len({one.aggregate_id for one in came}) == 1
    assert await town.names(came[0].aggregate_id) == ["orphan-begun", "session-started"]


async def test_of_many_mappings_of_one_port_at_once_one_holds(town: Town) -> None:
    sessions = [await online(town, n, person=n) for n in range(6)]
    came = await asyncio.gather(
        *(town.take(w.mapped(session), process=n) for n, session in enumerate(sessions)),
        return_exceptions=True,
    )
    assert sum(isinstance(one, Outcome) for one in came) == 1
    assert sum(one == MappingOverlap() for one in came) == 5


async def test_a_request_for_a_venue_is_refused_and_its_attempt_kept(town: Town) -> None:
    """Acceptance 8."""
    key = uuid4()
    for _ in range(2):
        with pytest.raises(WindowTooWide):
            await town.take(w.log_requested(hotspot="HS-1", public_ip=None, port=None), key=key)
    (asked,) = await town.events("log-requested")
    assert asked.actor == "police-1"
    assert len(await town.events("log-turned-down")) == 1


async def test_the_scheduler_ends_silence_overlong_sessions_grants_and_dead_access_points(
    town: Town,
) -> None:
    session = await online(town, 1)
    granted = await authenticated(town, 2, person=2)
    await town.take(w.access(granted))
    await town.take(w.heartbeat())
    async with running(town.projector(), town.scheduler()):
        await town.timers_seen()
        town.clock.at += timedelta(minutes=11)
        await town.nothing_due()
        assert (await town.names(granted))[-1] == "grant-lapsed"
        assert (await town.names(access_point_id(w.NAS)))[-1] == "ap-state-changed"
        await town.take(w.interim(700, session=session, acct_session_id="A1"))
        await town.timers_seen()
        town.clock.at += timedelta(minutes=46)
        await town.nothing_due()
        assert (await town.names(session))[-1] == "session-presumed-ended"
        town.clock.at += timedelta(hours=25)
        await town.nothing_due()
        assert (await town.names(access_point_id(w.NAS)))[-1] == "ap-clock-breached"


# --- over HTTP ---------------------------------------------------------------------------------


def test_a_request_refused_on_record_is_told_the_same_on_every_retry(
    database_url: str, tmp_path: Path
) -> None:
    body = w.log_requested(legal_document_no="").command.model_dump(mode="json")
    with serving(database_url, discover(), tmp_path) as city:
        police = city.token("officer-p1", "officer", department="public-security")
        with city.client(**police, **{"Idempotency-Key": str(uuid4())}) as client:
            first, again = (
                client.post("/commands/wifi-sessions/request-log", json=body) for _ in range(2)
            )
        assert city.head() == 2
    assert (first.status_code, first.json()["code"]) == (409, "no-legal-basis")
    assert "idempotent-replayed" not in first.headers
    assert again.headers.pop("idempotent-replayed") == "true"
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert {**again.headers, "date": ""} == {**first.headers, "date": ""}
