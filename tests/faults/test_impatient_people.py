"""A day of the whole city whose people hang up on every command, and then send it again.

Each command goes out four times: twice by somebody who does not wait for the answer, at last by
somebody who reads it and asks again to be sure. What the city then says of itself is compared with
the log as after any other day.
"""

import asyncio
from datetime import date

import pytest

from domain.shared.calendar import Calendar
from infra.keys import load_keys
from simulation.city import days_before, simulate
from simulation.http import Client, Reply
from simulation.programme import discovered
from tests.faults.city import City
from tests.lines import go_away

pytestmark = pytest.mark.faults

CALENDAR = Calendar()
SMALL = 0.0005


class Impatient(Client):
    """Sends every command four times; ``told_otherwise`` counts fourth answers unlike the third."""

    def __init__(self, base_url: str, address: tuple[str, int]) -> None:
        super().__init__(base_url)
        self._address = address
        self.told_again = 0
        self.told_otherwise = 0

    async def _once(self, request: bytes) -> Reply:
        if not request.startswith(b"POST /commands/"):
            return await super()._once(request)
        for abruptly in (False, True):
            await asyncio.to_thread(go_away, self._address, request, abruptly=abruptly)
        answer = await super()._once(request)
        if answer.status < 300:
            again = await super()._once(request)
            same = (again.status, again.body) == (answer.status, answer.body)
            replayed = again.headers.get(b"idempotent-replayed") == b"true"
            self.told_again += 1
            self.told_otherwise += not (same and replayed)
        return answer


async def test_a_day_of_people_who_hang_up_is_a_day_like_any_other(city: City) -> None:
    host, port = city.base_url.removeprefix("http://").split(":")
    client = Impatient(city.base_url, (host, int(port)))
    summary = await simulate(
        city.base_url,
        city.issuer.issue,
        discovered(),
        days=days_before(date(2026, 11, 25), 1, CALENDAR),
        calendar=CALENDAR,
        scale=SMALL,
        keyed_hash=load_keys(None, city.data_dir).pseudonym,
        client=client,
    )
    assert summary.differences == ()
    assert [report.differences for report in summary.reports] == [()] * len(summary.reports)
    assert client.told_again == summary.commands_acknowledged > 2_000
    assert client.told_otherwise == 0
    await city.agrees()
