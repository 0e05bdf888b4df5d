"""What the service tells about itself: documents, health, figures."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace

import httpx
import jsonschema_rs
import pytest

from infra.errors import StoreUnavailable
from tests.api.http.city import City


@pytest.fixture
def client(city: City) -> Iterator[httpx.Client]:
    with city.client() as client:
        yield client


def test_the_openapi_document_holds_every_command_with_its_own_model(
    city: City, client: httpx.Client
) -> None:
    answer = client.get("/openapi.json")
    document = answer.json()
    assert answer.headers["content-type"] == "application/json"
    for program, name in city.registry.commands:
        operation = document["paths"][f"/commands/{program}/{name}"]["post"]
        assert operation["summary"]
        reference = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
        schema = document["components"]["schemas"][reference.rpartition("/")[2]]
        model = city.registry.commands[program, name].model
        assert schema["properties"].keys() == model.model_fields.keys()
    assert city.app.openapi() == document


def test_every_path_of_the_document_is_served_and_the_other_way_round(
    city: City, client: httpx.Client
) -> None:
    documented = {
        (path, method.upper())
        for path, methods in client.get("/openapi.json").json()["paths"].items()
        for method in methods
    }
    for path, method in documented:
        answer = client.request(method, path.replace("{event_type}", "x"))
        assert answer.status_code != 405, (method, path)
        assert (
            answer.json()["code"] in ("not-found", "unauthenticated") if (answer.is_error) else True
        )
    paths = {path for path, _ in documented}
    generic = {"/queries/{read_model}", "/queries/{read_model}/search"}
    for route in city.app.router.routes:
        path = getattr(route, "path", "")
        assert path in paths | generic | {"/queries/{read_model}/{key:path}"}


def test_every_reference_in_the_document_leads_somewhere(client: httpx.Client) -> None:
    document = client.get("/openapi.json").json()

    def references(node: object) -> Iterator[str]:
        if isinstance(node, dict):
            if isinstance(node.get("$ref"), str):
                yield node["$ref"]
            for part in node.values():
                yield from references(part)
        elif isinstance(node, list):
            for part in node:
                yield from references(part)

    for reference in set(references(document)):
        place = document
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]
        assert place


def test_the_pages_for_people_need_nothing_from_elsewhere(client: httpx.Client) -> None:
    answer = client.get("/docs")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "惠民" in answer.text
    assert "http://" not in answer.text
    assert "https://" not in answer.text
    assert "src=" not in answer.text


def test_an_event_has_a_schema_that_its_data_fit(city: City, client: httpx.Client) -> None:
    with city.client(**city.token("citizen-1", "citizen")) as citizen:
        body = {"street": "Schema Street", "metres": 1, "applicant": "Li"}
        told = citizen.post("/commands/street-permits/apply-for-permit", json=body).json()
    (recorded,) = city.run(city.reader.read(told["position"] - 1, 1))
    answer = client.get(f"/schemas/{recorded.type}")
    assert answer.headers["content-type"] == "application/schema+json"
    assert answer.json()["$id"] == f"/schemas/{recorded.type}"
    jsonschema_rs.validator_for(answer.json()).validate(json.loads(recorded.data))
    assert client.get("/schemas/street-permits.burnt.v1").json()["code"] == "not-found"


def test_the_asyncapi_document_has_a_channel_and_a_message_for_each_event(
    city: City, client: httpx.Client
) -> None:
    document = client.get("/asyncapi.json").json()
    assert document["asyncapi"] == "3.0.0"
    assert document["components"]["messages"].keys() == city.registry.events.keys()
    channel = document["channels"]["street-permits.granted"]
    assert channel["address"] == f"{city.namespace}.events.street-permits.granted.{{id}}"
    assert channel["messages"] == {
        "v1": {"$ref": "#/components/messages/street-permits.granted.v1"}
    }


def test_the_service_is_ready_when_every_engine_answers(client: httpx.Client) -> None:
    assert client.get("/health/live").json() == {"status": "live"}
    assert client.get("/health/ready").json() == {
        "status": "ready",
        "engines": {"postgresql": "up"},
    }


def test_a_missing_engine_is_named(
    city: City, client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away() -> None:
        raise StoreUnavailable

    async def silent() -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr("api.http.about.PROBE_SECONDS", 0.05)
    probes = {**city.parts.probes, "nats": silent}
    monkeypatch.setattr(city.app.about, "_parts", replace(city.parts, probes=probes))
    answer = client.get("/health/ready")
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (503, "broker-unavailable")
    assert problem["missing"] == ["nats"]
    assert problem["engines"] == {"postgresql": "up", "nats": "down"}
    assert answer.headers["retry-after"] == "1"
    monkeypatch.setattr(city.app.about, "_parts", replace(city.parts, probes={"postgresql": away}))
    assert client.get("/health/ready").json()["code"] == "store-unavailable"


def test_the_figures_are_for_loopback_and_operators(city: City, client: httpx.Client) -> None:
    assert client.get("/metrics").status_code == 200
    through_a_proxy = {"X-Forwarded-For": "192.0.2.1"}
    assert client.get("/metrics", headers=through_a_proxy).status_code == 401
    citizen, operator = city.token("a", "citizen"), city.token("b", "operator")
    assert client.get("/metrics", headers=through_a_proxy | citizen).status_code == 403
    assert client.get("/metrics", headers=through_a_proxy | operator).status_code == 200


def test_the_figures_count_commands_and_tell_lags(city: City, client: httpx.Client) -> None:
    with city.client(**city.token("citizen-1", "citizen")) as citizen:
        body = {"street": "Counted Street", "metres": 1, "applicant": "Li"}
        path = "/commands/street-permits/apply-for-permit"
        told = citizen.post(path, json=body)
        citizen.post(path, json={})
        citizen.get(told.headers["location"], params={"min_position": city.head(), "wait": 30})
    figures = client.get("/metrics").text
    begun = (
        'huimin_commands_total{command="apply-for-permit",outcome="%s",program="street-permits"}'
    )
    assert begun % "accepted" in figures
    assert begun % "invalid" in figures
    assert f"huimin_log_position {float(city.head())}" in figures
    assert 'huimin_projection_lag_events{read_model="permit_overview"} 0.0' in figures
    assert 'huimin_dead_letters{read_model="permit_overview"} 0.0' in figures
    assert "huimin_append_batches" in figures
    assert "Counted Street" not in figures
