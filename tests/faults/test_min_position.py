"""Who has just written and asks with ``min_position`` reads what was written, every time.

Through the whole city: the log, the relay, NATS, the projector, and either of two API processes.
"""

import asyncio
import time
from collections.abc import Callable
from itertools import chain
from statistics import quantiles

import httpx
import pytest

from domain.company_registration import State
from tests import registrations as r
from tests.faults.city import City
from tests.faults.life import Life

pytestmark = pytest.mark.faults

WAIT_SECONDS = 30
STEPS = (
    (r.name_reserved(), State.NAME_RESERVED),
    (r.submitted(), State.SUBMITTED),
    (r.correction_requested(), State.CORRECTING),
    (r.resubmitted(), State.SUBMITTED),
    (r.withdrawn(), State.WITHDRAWN),
)
"""Steps of a life with the state that each leads to; nobody but the test takes any."""

ROUNDS = ((1, 50), (6, 25))
"""How many clients at once, and how many lives each takes through all steps."""


async def live(city: City, lives: list[Life]) -> list[float]:
    """Takes each life through all steps and looks at its row after each; the seconds waited for
    the rows. Writes and reads by connections of their own, for either API process to take."""
    clerk = city.token("officer-7", "officer", department="market-regulation")
    waited = []
    async with (
        httpx.AsyncClient(base_url=city.base_url, timeout=60) as writer,
        httpx.AsyncClient(base_url=city.base_url, timeout=60, headers=clerk) as reader,
    ):
        for life in lives:
            for step, state in STEPS:
                sent = life.make(step)
                answer = await writer.post(sent.path, json=sent.body, headers=sent.headers)
                assert answer.is_success, answer.text
                life.id, position = answer.json()["id"], answer.json()["position"]
                query = {"min_position": position, "wait": WAIT_SECONDS}
                begun = time.perf_counter()
                row = await reader.get(f"/queries/registration-overview/{life.id}", params=query)
                waited.append(time.perf_counter() - begun)
                assert row.status_code == httpx.codes.OK, row.text
                assert int(row.headers["huimin-as-of-position"]) >= position
                assert row.json()["state"] == state
    return waited


async def test_min_position_right_after_each_of_a_thousand_commands_is_never_stale(
    city: City, record_property: Callable[[str, object], None]
) -> None:
    """A matter's row has the state that the matter's last command led to; for one client alone,
    then for several at once."""
    commands = 0
    for clients, lives_each in ROUNDS:
        lives = [[Life(city) for _ in range(lives_each)] for _ in range(clients)]
        begun = time.perf_counter()
        waited = list(chain(*await asyncio.gather(*(live(city, some) for some in lives))))
        took = time.perf_counter() - begun
        commands += len(waited)
        *_, p95 = quantiles(waited, n=20)
        record_property(f"min_position_p95_ms_{clients}_clients", round(1000 * p95, 1))
        print(
            f"\n{clients} at once: {len(waited)} commands, each read back, in {took:.1f} s;"
            f" p95 of the wait {1000 * p95:.1f} ms, longest {1000 * max(waited):.1f} ms"
        )
    assert commands == 1_000
