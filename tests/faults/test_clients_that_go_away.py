"""A thousand clients that hang up in the middle of a command, at two API processes.

The same inside of one process, where its pools can be looked at: tests/api/http.
"""

import asyncio
import random
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import psutil
import pytest

from tests.faults.city import City
from tests.faults.reservations import RESERVE, fresh_name, reservation
from tests.lines import go_away, request

pytestmark = pytest.mark.faults

CLIENTS = 1_000
AT_ONCE = 32
POOLED = ("huimin", "huimin-append-huimin")
"""Names of the API's connections that wait in pools until a command or a query needs one."""


class Gone(NamedTuple):
    """A client's command, how much of it was sent, and how the client took its leave."""

    body: dict[str, str]
    headers: dict[str, str]
    bytes_sent: int
    abruptly: bool


def clients(city: City) -> list[Gone]:
    """Half are gone before all of the body is sent, half right behind it; each way with a
    farewell or with a reset."""
    chance = random.Random(7)
    gone = []
    token = city.token(f"citizen-{uuid4()}", "citizen")
    for n in range(CLIENTS):
        body = {"registration_id": str(uuid4()), **reservation(fresh_name())}
        headers = {**token, "Idempotency-Key": f"gone-{n}"}
        whole = len(request(RESERVE, body, headers))
        bytes_sent = whole if n % 2 else chance.randrange(whole // 2, whole)
        gone.append(Gone(body, headers, bytes_sent, abruptly=bool(n // 2 % 2)))
    return gone


def leave(city: City, clients: list[Gone]) -> None:
    """All of them, many at once."""
    address = urlsplit(city.base_url)
    assert address.hostname is not None
    assert address.port is not None
    place = address.hostname, address.port

    def one(client: Gone) -> None:
        whole = request(RESERVE, client.body, client.headers)
        go_away(place, whole[: client.bytes_sent], abruptly=client.abruptly)

    with ThreadPoolExecutor(AT_ONCE) as threads:
        list(threads.map(one, clients))


async def use(city: City) -> None:
    """Reads, writes and audits at once, each over a connection of its own, so that either process
    has some and needs all that its pools hold."""
    headers = city.token(
        f"auditor-{uuid4()}", "citizen", "officer", "auditor", department="market-regulation"
    )

    each_its_own = httpx.Limits(max_keepalive_connections=0)
    async with httpx.AsyncClient(
        base_url=city.base_url, headers=headers, timeout=60, limits=each_its_own
    ) as client:
        begun = (await client.post(RESERVE, json=reservation(fresh_name()))).json()

        async def ask(n: int) -> int:
            if n % 3 == 0:
                answer = await client.get("/queries/registration-overview?limit=100")
            elif n % 3 == 1:
                answer = await client.post(RESERVE, json=reservation(fresh_name()))
            else:
                answer = await client.get(f"/audit/company-registration/{begun['id']}/events")
            return answer.status_code

        statuses = await asyncio.gather(*map(ask, range(90)))
    assert set(statuses) == {200, 201}


def connections(city: City) -> dict[int, float]:
    """The database's processes behind the API's pools, and when each was last asked (seconds)."""
    ports = {
        connection.laddr.port
        for pid in city.pids("api")
        for connection in psutil.Process(pid).net_connections()
        if connection.status == psutil.CONN_ESTABLISHED
    }
    found = city.sql(
        "SELECT pid, client_port, extract(epoch FROM coalesce(query_start, backend_start))::float"
        f" FROM pg_stat_activity WHERE application_name IN {POOLED}"
    )
    return {pid: asked for pid, port, asked in found if port in ports}


def reserved(city: City, clients: list[Gone]) -> dict[str, list[int]]:
    """The positions of all events of each client's matter."""
    matters = ", ".join(f"'{client.body['registration_id']}'" for client in clients)
    found = city.sql(f"SELECT stream_id::text, position FROM events WHERE stream_id IN ({matters})")
    positions: dict[str, list[int]] = {client.body["registration_id"]: [] for client in clients}
    for matter, position in found:
        positions[matter].append(position)
    return positions


async def test_a_thousand_clients_go_away_and_no_connection_is_lost_and_no_command_doubled(
    city: City,
) -> None:
    """Each command is in the log once or not at all; sent again it is answered, and is there once,
    where it was. The pools keep their connections, and all of them are still of use."""
    await use(city)
    before = connections(city)
    assert len(before) >= 2 * len(POOLED)
    gone = clients(city)
    await asyncio.to_thread(leave, city, gone)
    left = reserved(city, gone)
    assert {len(positions) for positions in left.values()} <= {0, 1}
    assert any(left.values())

    async with httpx.AsyncClient(base_url=city.base_url, timeout=60) as client:
        for command in gone:
            answer = await client.post(RESERVE, json=command.body, headers=command.headers)
            assert answer.status_code == httpx.codes.CREATED, answer.text
            known = left[command.body["registration_id"]]
            assert not known or known == [answer.json()["position"]]
    assert {len(positions) for positions in reserved(city, gone).values()} == {1}

    [(now,)] = city.sql("SELECT extract(epoch FROM clock_timestamp())::float")

    async def all_were_used() -> bool:
        await use(city)
        after = connections(city)
        assert before.keys() <= after.keys()
        return all(after[pid] > now for pid in before)

    await city.eventually(all_were_used)
