"""Clients that go away in the middle of a command: it is in the log once, or not at all."""

import asyncio
import json
import random
import uuid
from collections import Counter
from typing import Any

import httpx
import pytest

from infra.database import Pool
from tests.api.http.city import City
from tests.lines import go_away, request

APPLY = "/commands/street-permits/apply-for-permit"
CLIENTS = 1_000


def applications(city: City) -> Counter[str]:
    """How many events each matter begins with, over the whole log."""
    found: Counter[str] = Counter()
    after = 0
    while page := city.run(city.reader.read(after, 1000, ["street-permits.applied.v1"])):
        found.update(str(recorded.stream_id) for recorded in page)
        after = page[-1].position
    return found


async def until_whole(pool: Pool) -> None:
    """Every connection is back; the last ones may be in use for a moment more."""
    async with asyncio.timeout(20):
        while True:
            stats = pool.get_stats()
            if stats["pool_available"] == stats["pool_size"]:
                return
            await asyncio.sleep(0.01)  # allow: sleep, looks again at what nobody announces


def test_a_thousand_clients_go_away_and_nothing_is_lost_or_doubled(city: City) -> None:
    randomly = random.Random(7)
    token = city.token("citizen-1", "citizen")
    sent: dict[str, dict[str, str]] = {}
    for n in range(CLIENTS):
        permit = str(uuid.UUID(int=randomly.getrandbits(128), version=4))
        headers = {**token, "Idempotency-Key": f"gone-{n}"}
        body = {"permit_id": permit, "street": "Gone Street", "metres": 1, "applicant": "Li"}
        whole = request(APPLY, body, headers)
        upto = len(whole) if n % 2 else randomly.randrange(1, len(whole))
        go_away(city.address, whole[:upto], abruptly=bool(n % 3))
        sent[permit] = headers

    # Every connection of every pool is still there, and the server answers as before.
    with city.client(**token) as client:
        for permit, headers in sent.items():
            body = {"permit_id": permit, "street": "Gone Street", "metres": 1, "applicant": "Li"}
            answer = client.post(APPLY, json=body, headers=headers)
            assert (answer.status_code, answer.json()["id"]) == (201, permit)
    found = applications(city)
    assert [found[permit] for permit in sent] == [1] * CLIENTS
    for pool in (city.pool, city.writers):
        city.run(until_whole(pool))
        assert pool.get_stats().get("requests_waiting", 0) == 0
    assert city.commit.queue_length == 0


@pytest.fixture
def permit(city: City) -> str:
    with city.client(**city.token("citizen-1", "citizen")) as client:
        body = {"street": "Cut Street", "metres": 1, "applicant": "Li"}
        return str(client.post(APPLY, json=body).json()["id"])


def begin_by_choice(_permit: str) -> dict[str, Any]:
    return {"permit_id": str(uuid.uuid4()), "street": "a", "metres": 1, "applicant": "Li"}


def begin(_permit: str) -> dict[str, Any]:
    return {"street": "a", "metres": 1, "applicant": "Li"}


def take_spot(_permit: str) -> dict[str, Any]:
    return {"street": uuid.uuid4().hex}


def grant(permit: str) -> dict[str, Any]:
    return {"permit_id": permit}


def remark(permit: str) -> dict[str, Any]:
    return {"permit_id": permit, "remark": "seen"}


def remark_nothing(permit: str) -> dict[str, Any]:
    return {"permit_id": permit, "remark": ""}


@pytest.mark.parametrize(
    ("command", "make", "events"),
    [
        ("apply-for-permit", begin, 1),
        ("apply-for-permit", begin_by_choice, 1),
        ("take-spot", take_spot, 1),
        ("grant-permit", grant, 1),
        ("remark", remark, 1),
        ("remark", remark_nothing, 0),
    ],
)
def test_a_command_sent_three_times_and_cut_takes_effect_once(
    city: City, permit: str, command: str, make: Any, events: int
) -> None:
    path, body = f"/commands/street-permits/{command}", make(permit)
    headers = city.token("someone", "citizen", "officer", department="urban-management")
    headers["Idempotency-Key"] = uuid.uuid4().hex
    before = city.head()
    for abruptly in (True, False, True):
        go_away(city.address, request(path, body, headers), abruptly=abruptly)
    with city.client() as client:
        answers = [client.post(path, json=body, headers=headers) for _ in range(3)]
    assert len({(a.status_code, a.content) for a in answers}) == 1
    assert answers[0].is_success
    assert len(answers[0].json()["events"]) == events
    assert city.head() == before + events


def test_retries_that_overtake_one_another_get_one_answer(city: City) -> None:
    async def rush() -> list[httpx.Response]:
        headers = {**city.token("someone", "citizen"), "Idempotency-Key": uuid.uuid4().hex}
        async with httpx.AsyncClient(base_url=city.base_url, headers=headers) as client:
            body = begin("")
            return await asyncio.gather(*(client.post(APPLY, json=body) for _ in range(20)))

    before = city.head()
    answers = city.run(rush())
    assert {(a.status_code, a.content) for a in answers} == {(201, answers[0].content)}
    assert sorted("idempotent-replayed" in a.headers for a in answers) == [False] + [True] * 19
    assert city.head() == before + 1


async def until_applied(city: City, permits: set[str]) -> None:
    left = set(permits)
    async with asyncio.timeout(20):
        while True:
            found = await city.reader.streams(map(uuid.UUID, left))
            left = {str(permit) for permit, events in found.items() if not events}
            if not left:
                return
            await asyncio.sleep(0.01)  # allow: sleep, looks again at what nobody announces


async def turn_of_the_loop() -> None:
    loop = asyncio.get_running_loop()
    turned = loop.create_future()
    loop.call_soon(turned.set_result, None)
    await turned


def test_a_server_that_cancels_requests_does_not_cancel_commands(city: City) -> None:
    """uvicorn lets a request run on when its client has gone; other servers cancel it."""
    token = city.token("cancelled", "citizen")

    async def cancelled_after(turns: int, permit: str) -> None:
        body = json.dumps({"permit_id": permit, **begin("")}).encode()
        scope = {
            "type": "http",
            "method": "POST",
            "path": APPLY,
            "query_string": b"",
            "headers": [
                (b"content-type", b"application/json"),
                (b"authorization", token["Authorization"].encode()),
                (b"idempotency-key", permit.encode()),
            ],
        }

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body}

        async def send(_message: object) -> None:
            return None

        asking = asyncio.ensure_future(city.app(scope, receive, send))
        for _ in range(turns):
            await turn_of_the_loop()
        asking.cancel()
        await asyncio.wait([asking])

    permits = {str(uuid.uuid4()): turns for turns in range(1, 9) for _ in range(25)}
    for permit, turns in permits.items():
        city.run(cancelled_after(turns, permit))
    # Nobody asks again, and still each comes to its verdict.
    city.run(until_applied(city, set(permits)))
    with city.client(**token) as client:
        for permit in permits:
            body = {"permit_id": permit, **begin("")}
            answer = client.post(APPLY, json=body, headers={"Idempotency-Key": permit})
            assert (answer.status_code, answer.json()["id"]) == (201, permit)
            assert answer.headers["idempotent-replayed"] == "true"
    found = applications(city)
    assert [found[permit] for permit in permits] == [1] * len(permits)
    stats = city.pool.get_stats()
    assert stats["pool_available"] == stats["pool_size"]
