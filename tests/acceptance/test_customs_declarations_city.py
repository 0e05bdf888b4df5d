"""Customs declarations in a running city: by policy, by the scheduler, and over HTTP."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from infra.discovery import Registry, discover
from infra.executing.asking import Ask
from infra.executing.executor import Executor
from infra.log.load import Loader
from infra.log.migrate import migrate
from infra.reacting.operating import register_policies
from tests import customs as c
from tests.api.http.city import running as serving
from tests.infra.reacting.market import HandClock, Market
from tests.infra.reacting.roles import running
from tests.scenario import CALENDAR, Step, keyed_hash, shanghai, spec_of


def own_registry() -> Registry:
    """The city's programmes, with the policies of this one."""
    registry = discover()
    own = {"match-documents": registry.policies["match-documents"]}
    return replace(registry, policies=own)


class City(Market):
    """The market's engines and roles, with the city's own programmes and a clock set by hand."""

    clock: HandClock

    async def start(self) -> None:
        await super().start()
        self.executor = Executor(
            appends=self.appends,
            loads=Loader(self.reader, self.codec),
            stored=self.reader,
            codec=self.codec,
            calendar=CALENDAR,
            pseudonym=keyed_hash,
            clock=self.clock,
        )

    async def play(self, *steps: Step) -> None:
        """Sends the steps as people would."""
        for step in steps:
            self.clock.at = step.at or self.clock.at + timedelta(minutes=1)
            ask = Ask(caller=step.by, command_id=uuid4(), fingerprint=b"acceptance")
            await self.executor.execute(spec_of(step.command), step.command, ask)

    async def names(self, order_no: str = "A-1") -> list[str]:
        """Names of an order's events."""
        return [e.name for e in await self.events() if e.stream_id == c.order_id(order_no)]


@pytest.fixture
async def city(database_url: str, namespace: str) -> AsyncIterator[City]:
    await migrate(database_url, namespace)
    registry = own_registry()
    await register_policies(database_url, namespace, registry)
    made = City(database_url, namespace, registry, HandClock(c.BEGIN))
    await made.start()
    try:
        await made.play(*c.ENTERPRISES)
        yield made
    finally:
        await made.stop()


async def test_acceptance_4_by_policy_the_third_document_leads_to_one_match(city: City) -> None:
    order, payment, waybill = c.documents()
    async with running(city.runner()):
        await city.play(waybill, payment, order)
        await city.policies_done()
    assert await city.names() == [
        "collection-begun",
        "waybill-received",
        "payment-received",
        "order-received",
        "documents-matched",
    ]
    matched = [e for e in await city.events() if e.name == "documents-matched"]
    received = [e for e in await city.events() if e.name == "order-received"]
    assert matched[0].causation_position == received[0].position
    assert matched[0].correlation_id == received[0].correlation_id


async def test_a_mismatch_is_found_and_mended_without_anybody_asking(city: City) -> None:
    async with running(city.runner()):
        await city.play(c.order(), c.payment(1), c.waybill())
        await city.policies_done()
        await city.play(c.payment(transaction_id="pay-2"))
        await city.policies_done()
    names = await city.names()
    assert names[-3:] == ["mismatch-found", "payment-received", "documents-matched"]
    assert not [e for e in await city.events() if e.name == "policy-refused"]


async def test_the_scheduler_refuses_a_return_that_did_not_arrive(city: City) -> None:
    released = c.released(c.BEGIN + timedelta(hours=1))
    await city.play(*c.documents(), c.matching(), c.declared(), released)
    await city.play(c.return_applied(at=shanghai("2026-03-30T09:00")))
    async with running(city.projector(), city.scheduler()):
        await city.timers_seen()
        await city.scheduler_looked()
        assert (await city.names())[-1] == "return-applied"
        city.clock.at = shanghai("2026-04-17T00:01")
        await city.nothing_due()
    assert (await city.names())[-1] == "return-refused"


# --- over HTTP ---------------------------------------------------------------------------------


def test_an_order_is_sent_corrected_and_refused_over_http(
    database_url: str, tmp_path: Path
) -> None:
    with serving(database_url, own_registry(), tmp_path) as city:
        customs = city.token("officer-c1", "officer", department="customs")
        platform = city.token("platform-1", "agent")

        def send(headers: dict[str, str], step: Step, **changes: Any) -> httpx.Response:
            body = {**step.command.model_dump(mode="json"), **changes}
            name = spec_of(step.command).name
            with city.client(**headers) as client:
                return client.post(f"/commands/customs-declarations/{name}", json=body)

        unknown = send(platform, c.order())
        assert (unknown.status_code, unknown.json()["code"]) == (403, "sender-not-entitled")
        assert send(customs, c.ENTERPRISES[0]).status_code in (200, 201)
        again = send(customs, c.ENTERPRISES[0])
        assert (again.status_code, again.json()["code"]) == (409, "enterprise-registered")

        taken = send(platform, c.order())
        assert taken.status_code in (200, 201)
        assert taken.json()["id"] == str(c.order_id())
        assert taken.headers["location"].endswith(f"/declaration-status/{c.order_id()}")

        wrong = send(platform, c.order(), actual_paid_fen=1)
        assert wrong.status_code == 422
        assert wrong.json()["errors"][0]["code"] == "sum-mismatch"
        dollars = send(city.token("pay-firm-1", "agent"), c.payment(), currency="USD")
        told = [(e["pointer"], e["code"]) for e in dollars.json()["errors"]]
        assert told == [("/currency", "currency-not-cny")]

        national = send(customs, c.used_elsewhere(5))
        assert national.status_code == 201
        assert send(customs, c.used_elsewhere(6)).json()["id"] == national.json()["id"]
        report = send(platform, c.used_elsewhere(7))
        assert report.status_code == 403
