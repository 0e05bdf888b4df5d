"""How often one actor may ask."""

import asyncio

import httpx
import pytest

import main
from api.http.rates import REMEMBERED, RateLimited, Rates
from infra.settings import Settings
from infra.supervising import listen
from infra.tokens import DevelopmentIssuer


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_burst_is_taken_and_what_is_beyond_waits_for_its_turn(clock: Clock) -> None:
    rates = Rates(per_second=2, burst=3, clock=clock)
    for _ in range(3):
        rates.take("a")
    with pytest.raises(RateLimited) as refused:
        rates.take("a")
    assert refused.value.facts == {"retry_after": 1}
    clock.now += 0.5
    rates.take("a")
    with pytest.raises(RateLimited):
        rates.take("a")


def test_nobody_pays_for_another(clock: Clock) -> None:
    rates = Rates(per_second=1, burst=1, clock=clock)
    rates.take("a")
    rates.take("b")
    with pytest.raises(RateLimited):
        rates.take("a")


def test_who_rested_has_no_more_than_a_burst(clock: Clock) -> None:
    rates = Rates(per_second=1, burst=2, clock=clock)
    rates.take("a")
    clock.now += 3600
    rates.take("a")
    rates.take("a")
    with pytest.raises(RateLimited):
        rates.take("a")


def test_actors_are_forgotten_in_the_end(clock: Clock) -> None:
    rates = Rates(per_second=1, burst=1, clock=clock)
    rates.take("first")
    for n in range(REMEMBERED):
        rates.take(f"actor-{n}")
    rates.take("first")


def test_as_many_as_in_two_seconds_are_taken_at_once(clock: Clock) -> None:
    rates = Rates(per_second=2, clock=clock)
    for _ in range(4):
        rates.take("a")
    with pytest.raises(RateLimited):
        rates.take("a")


async def test_the_environment_says_how_often(settings: Settings) -> None:
    seldom = settings.model_copy(update={"requests_per_second": 1})
    await main.prepare(seldom)
    token = DevelopmentIssuer(seldom.data_dir).issue("a", ["citizen"], None)
    headers = {"Authorization": f"Bearer {token}"}
    with listen(*seldom.http_address) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        serving = asyncio.create_task(main.serve_api(seldom, listener))
        async with httpx.AsyncClient(base_url=url, headers=headers, timeout=20) as client:
            answers = await asyncio.gather(*(client.get("/queries/nowhere") for _ in range(20)))
        serving.cancel()
        await asyncio.wait([serving])
    assert {answer.json()["code"] for answer in answers} == {"unknown-read-model", "rate-limited"}
