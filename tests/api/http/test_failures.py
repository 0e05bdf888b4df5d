"""When something fails inside: what is told, what is not, and that a retry is safe."""

import io
import json
import uuid
from collections.abc import Iterator

import httpx
import psycopg
import pytest

from api.http.rates import Rates
from infra import logging
from tests.api.http import permits
from tests.api.http.city import City

APPLY = "/commands/street-permits/apply-for-permit"
APPLICATION = {"street": "Fault Street", "metres": 1, "applicant": "Zhang San"}


@pytest.fixture
def client(city: City) -> Iterator[httpx.Client]:
    with city.client(**city.token("citizen-1", "citizen", "officer")) as client:
        yield client


@pytest.fixture
def log_lines() -> Iterator[io.StringIO]:
    written = io.StringIO()
    logging.configure(renderer="json", output=written)
    yield written
    logging.configure()


def test_a_fault_is_told_without_its_cause_and_logged_without_anyone_s_data(
    city: City,
    client: httpx.Client,
    monkeypatch: pytest.MonkeyPatch,
    log_lines: io.StringIO,
) -> None:
    def broken(_self: object, remark: str) -> None:
        raise ValueError(f"cannot keep {remark}")

    permit = client.post(APPLY, json=APPLICATION).json()["id"]
    monkeypatch.setattr(permits.StreetPermit, "remarked", broken)
    before = city.head()
    body = {"permit_id": permit, "remark": "Zhang San is ill"}
    answer = client.post("/commands/street-permits/remark", json=body)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (500, "internal")
    assert problem.keys() == {"type", "title", "status", "detail", "code", "trace_id"}
    (line,) = [json.loads(one) for one in log_lines.getvalue().splitlines()]
    assert line["event"] == "request_failed"
    assert line["trace_id"] == problem["trace_id"]
    assert line["exception"]["class"] == "builtins.ValueError"
    assert any("in broken" in frame for frame in line["exception"]["frames"])
    assert "Zhang" not in answer.text + log_lines.getvalue()
    assert city.head() == before


def test_a_full_queue_is_told_at_once_and_a_retry_is_safe(
    city: City, client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = city.head()
    key = {"Idempotency-Key": uuid.uuid4().hex}
    monkeypatch.setattr(city.commit, "_max_queue", 0)
    answer = client.post(APPLY, json=APPLICATION, headers=key)
    assert (answer.status_code, answer.json()["code"]) == (503, "overloaded")
    assert answer.headers["retry-after"] == "1"
    assert city.head() == before
    monkeypatch.undo()
    assert client.post(APPLY, json=APPLICATION, headers=key).status_code == 201


def test_who_asks_too_often_is_told_when_to_come_back(
    city: City, client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    rates = Rates(per_second=0.1, burst=2)
    monkeypatch.setattr(city.parts.rates, "take", rates.take)
    answers = [client.post(APPLY, json=APPLICATION) for _ in range(3)]
    assert [a.status_code for a in answers] == [201, 201, 429]
    assert answers[2].json()["code"] == "rate-limited"
    assert 1 <= int(answers[2].headers["retry-after"]) <= 10
    assert client.get("/queries/permit-overview").status_code == 429
    assert client.get("/health/live").status_code == 200


def test_lost_connections_to_the_database_cost_nobody_a_command(
    city: City, client: httpx.Client
) -> None:
    for _ in range(5):
        key = {"Idempotency-Key": uuid.uuid4().hex}
        with psycopg.connect(city.url, autocommit=True) as database:
            database.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name LIKE %s",
                [f"huimin-append-{city.namespace}%"],
            )
        before = city.head()
        answers = [client.post(APPLY, json=APPLICATION, headers=key) for _ in range(3)]
        assert {a.status_code for a in answers} <= {201, 503}
        assert client.post(APPLY, json=APPLICATION, headers=key).status_code == 201
        assert city.head() == before + 1
