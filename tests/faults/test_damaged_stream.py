"""What JetStream can lose under a whole city: it comes back by itself, and the city works on.

The same on the level of the relay, with more kinds of damage: tests/infra/relay/test_faults.py.
"""

import asyncio
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from tests.faults.city import City
from tests.infra.relay.chronicle import cut_tail, flip_byte

pytestmark = pytest.mark.faults

EVENTS = 1_000


async def reserve(city: City, count: int) -> int:
    """Reserves names; the position of the last."""
    bodies = [
        {
            "registry": "330203",
            "division": "330203",
            "trade_name": "".join(chr(0x4E00 + int(digit, 16)) for digit in uuid4().hex[:8]),
            "industry_code": "F5199",
            "organisation_form": "limited-company",
        }
        for _ in range(count)
    ]
    turns = asyncio.Semaphore(16)
    headers = city.token(f"citizen-{uuid4()}", "citizen")
    async with httpx.AsyncClient(base_url=city.base_url, headers=headers, timeout=60) as client:

        async def send(body: dict[str, str]) -> int:
            async with turns:
                answer = await client.post("/commands/company-registration/reserve-name", json=body)
            assert answer.status_code == httpx.codes.CREATED, answer.text
            return int(answer.json()["position"])

        return max(await asyncio.gather(*map(send, bodies)))


async def serves(city: City, position: int) -> None:
    """A query that waits for that position is answered, whatever has become of the stream."""
    headers = city.token("officer-1", "officer", department="market-regulation")
    async with httpx.AsyncClient(base_url=city.base_url, headers=headers, timeout=60) as client:
        path = f"/queries/registration-overview?min_position={position}&limit=1"

        async def answered() -> bool:
            return (await client.get(path)).status_code == httpx.codes.OK

        await city.eventually(answered)


async def test_the_directory_of_the_stream_is_deleted_while_all_runs(city: City) -> None:
    await reserve(city, EVENTS)
    await city.agrees()
    mended = city.logged("relay", "stream_damaged")
    shutil.rmtree(city.nats.store)
    await serves(city, await reserve(city, EVENTS // 2))
    await city.agrees()
    assert city.logged("relay", "stream_damaged") > mended


def cut(store: Path) -> None:
    cut_tail(store, 150_050)


@contextmanager
def suspended(pid: int) -> Iterator[None]:
    """Stops a process for a while, as it is."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@pytest.mark.parametrize("damage", [cut, flip_byte], ids=["tail", "byte"])
async def test_a_block_file_is_damaged_while_the_server_is_down(
    city: City, damage: Callable[[Path], None]
) -> None:
    await reserve(city, EVENTS)
    await city.agrees()
    [relay] = city.pids("relay")
    [nats] = city.pids("nats")
    # the city's own repairs wait until the damage is done, and seen
    with suspended(city.supervisor.pid):
        os.kill(nats, signal.SIGKILL)
        damage(city.nats.store)
        os.kill(relay, signal.SIGSTOP)
    await city.eventually(city.is_ready)
    found = await asyncio.to_thread(city.asked, "stream", "compare", code=1)
    assert found["differing"] or found["last"] < found["head"]
    position = await reserve(city, EVENTS // 2)
    os.kill(relay, signal.SIGCONT)

    await serves(city, position)
    await city.agrees()
