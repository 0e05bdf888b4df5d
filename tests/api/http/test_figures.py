"""What /metrics tells of a whole city: everything the contract names, with values that are true."""

import asyncio
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import nats
import psycopg
import pytest
from nats.js.errors import NotFoundError
from prometheus_client.parser import text_string_to_metric_families
from psycopg import sql

from infra.discovery import collect
from infra.projecting.drift import DriftAudit
from infra.projecting.read_model import read_models
from infra.reacting.operating import register_policies
from infra.relay.relay import Relay
from tests.api.http import permits
from tests.api.http.city import City, running
from tests.infra.reacting import stalls

Samples = dict[str, dict[str, float]]
"""By the sample's name; then by its labels' values in order of the labels' names, with commas."""


@pytest.fixture
def city(
    database_url: str, nats_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[City]:
    """A city with clocks and policies, whose relay has not begun."""
    programmes = collect([permits, stalls])
    data_dir = tmp_path_factory.mktemp("city")
    with running(database_url, programmes, data_dir, nats_url.split(",")) as city:
        city.run(register_policies(city.url, city.namespace, city.registry))
        yield city
        city.run(delete_stream(city))


async def delete_stream(city: City) -> None:
    client = await nats.connect(list(city.nats_urls))
    try:
        with suppress(NotFoundError):
            await client.jetstream().delete_stream(city.stream)
    finally:
        await client.close()


def figures(city: City) -> Samples:
    with city.client() as client:
        text = client.get("/metrics").text
    found: Samples = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = ",".join(value for _, value in sorted(sample.labels.items()))
            found.setdefault(sample.name, {})[labels] = sample.value
    return found


def send(city: City, path: str, body: dict[str, object], at: str | None = None) -> int:
    """The position of the last event."""
    headers = city.token("someone", "citizen", "officer", "simulator")
    if at is not None:
        headers["Huimin-Clock"] = f"test; at={at}"
    with city.client(**headers) as client:
        answer = client.post(f"/commands/{path}", json=body)
    assert answer.is_success, answer.text
    return int(answer.json()["position"])


def see(city: City, permit: str, position: int) -> None:
    with city.client(**city.token("someone", "citizen")) as client:
        path = f"/queries/permit-overview/{permit}"
        assert client.get(path, params={"min_position": position, "wait": 30}).is_success


async def relay_until_level(city: City) -> None:
    relay = Relay(city.reader, city.wakeups, list(city.nats_urls), city.namespace)
    relaying = asyncio.create_task(relay.run())
    async with asyncio.timeout(20):
        while True:
            if relay.figures.position == await city.reader.head():
                break
            await asyncio.sleep(0.01)  # allow: sleep, looks again at what nobody announces
    relaying.cancel()
    await asyncio.wait([relaying])


def test_everything_that_the_contract_names_is_told(city: City) -> None:
    permit, stall = str(uuid.uuid4()), str(uuid.uuid4())
    body = {"permit_id": permit, "street": "High Street", "metres": 1, "applicant": "Li"}
    position = send(city, "street-permits/apply-for-permit", body)
    send(city, "stalls/apply", {"stall_id": stall}, at="2026-03-02T09:00:00+08:00")
    late = "2026-03-02T11:00:00+08:00"
    send(city, "stalls/license", {"stall_id": stall}, at=late)
    see(city, permit, position)
    told = figures(city)
    model = "permit_overview"

    command = "apply-for-permit"
    assert told["huimin_commands_total"][f"{command},accepted,street-permits"] == 1
    assert told["huimin_command_seconds_count"][f"{command},street-permits"] == 1
    assert told["huimin_command_seconds_sum"][f"{command},street-permits"] > 0
    assert told["huimin_append_batch_size"][""] == 1
    assert told["huimin_append_batches"][""] == told["huimin_appends"][""] == 3
    assert told["huimin_append_conflicts"][""] == 0
    assert told["huimin_relay_lag_events"][""] == told["huimin_log_position"][""] == city.head()
    assert told["huimin_relay_lag_seconds"][""] > 0
    assert told["huimin_projection_lag_events"].keys() >= {model, "timers"}
    assert told["huimin_projection_lag_seconds"].keys() >= {model, "timers"}
    assert told["huimin_dead_letters"][model] == 0
    assert told["huimin_projection_drifting"][model] == 0
    assert told["huimin_policy_lag_events"]["file-with-desks"] == city.head()
    assert told["huimin_policy_waiting"]["file-with-desks"] == 0
    assert told["huimin_sla_levels_total"]["clock-breached,stalls"] == 1


def test_every_figure_is_on_the_page_for_operators(city: City) -> None:
    page = (Path(__file__).parents[3] / "docs" / "operators.md").read_text("utf-8")
    with city.client() as client:
        text = client.get("/metrics").text
    for family in text_string_to_metric_families(text):
        if not family.name.endswith("_created"):
            assert f"`{family.name}" in page


def test_the_relays_lag_is_gone_when_the_stream_is_level(city: City) -> None:
    send(city, "street-permits/take-spot", {"street": "Pier 1"})
    city.run(relay_until_level(city))
    told = figures(city)
    assert (told["huimin_relay_lag_events"][""], told["huimin_relay_lag_seconds"][""]) == (0, 0)
    send(city, "street-permits/take-spot", {"street": "Pier 2"})
    assert figures(city)["huimin_relay_lag_events"][""] == 1


def test_rows_that_drift_are_told(city: City) -> None:
    permit = str(uuid.uuid4())
    body = {"permit_id": permit, "street": "High Street", "metres": 1, "applicant": "Li"}
    see(city, permit, send(city, "street-permits/apply-for-permit", body))
    with psycopg.connect(city.url, autocommit=True) as database:
        table = sql.Identifier(city.namespace, "read_permit_overview")
        database.execute(sql.SQL("UPDATE {} SET metres = metres + 1").format(table))
    model = read_models(city.registry)["permit_overview"]
    city.run(DriftAudit(city.url, city.namespace, city.codec).look(model))
    assert figures(city)["huimin_projection_drifting"] == {
        name: float(name == "permit_overview") for name in read_models(city.registry)
    }
