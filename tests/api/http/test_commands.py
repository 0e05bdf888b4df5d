"""Commands over HTTP, as the contract says it: answers, retries, versions, who may send what."""

import uuid
from collections.abc import Iterator

import httpx
import pytest

from tests.api.http.city import City

APPLICATION = {"street": "Zhongshan Road", "metres": 12, "applicant": "Wang Ming"}


@pytest.fixture
def citizen(city: City) -> Iterator[httpx.Client]:
    with city.client(**city.token("citizen-1", "citizen")) as client:
        yield client


@pytest.fixture
def officer(city: City) -> Iterator[httpx.Client]:
    headers = city.token("officer-7", "officer", department="urban-management")
    with city.client(**headers) as client:
        yield client


def apply(client: httpx.Client, **headers: str) -> httpx.Response:
    return client.post(
        "/commands/street-permits/apply-for-permit", json=APPLICATION, headers=headers
    )


def grant(client: httpx.Client, permit: str, **headers: str) -> httpx.Response:
    body = {"permit_id": permit}
    return client.post("/commands/street-permits/grant-permit", json=body, headers=headers)


def test_a_command_that_begins_a_matter_is_answered_with_all_that_was_recorded(
    city: City, citizen: httpx.Client
) -> None:
    answer = apply(citizen)
    told = answer.json()
    assert answer.status_code == 201
    assert told == {
        "id": str(uuid.UUID(told["id"])),
        "version": 1,
        "position": city.head(),
        "events": [{"type": "street-permits.applied.v1", "version": 1, "position": city.head()}],
    }
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["etag"] == '"1"'
    assert answer.headers["huimin-position"] == str(told["position"])
    assert answer.headers["location"] == f"/queries/permit-overview/{told['id']}"
    assert "idempotent-replayed" not in answer.headers


def test_a_command_that_changes_a_matter_is_answered_with_200_and_the_next_version(
    citizen: httpx.Client, officer: httpx.Client
) -> None:
    answer = grant(officer, apply(citizen).json()["id"])
    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')
    assert [e["type"] for e in answer.json()["events"]] == ["street-permits.granted.v1"]


def test_the_sender_may_choose_the_id_of_a_new_matter(citizen: httpx.Client) -> None:
    chosen = str(uuid.uuid4())
    path = "/commands/street-permits/apply-for-permit"
    first = citizen.post(path, json={**APPLICATION, "permit_id": chosen})
    second = citizen.post(path, json={**APPLICATION, "permit_id": chosen})
    assert first.json()["id"] == chosen
    assert (second.status_code, second.json()["code"]) == (409, "id-in-use")


def test_a_command_with_nothing_to_record_is_answered_with_position_0(
    city: City, citizen: httpx.Client
) -> None:
    permit = apply(citizen).json()["id"]
    before = city.head()
    body = {"permit_id": permit, "remark": ""}
    answer = citizen.post("/commands/street-permits/remark", json=body)
    assert answer.status_code == 200
    assert answer.json() == {"id": permit, "version": 1, "position": 0, "events": []}
    assert answer.headers["huimin-position"] == "0"
    assert city.head() == before


def test_a_retry_gets_the_first_answer_byte_for_byte(city: City, citizen: httpx.Client) -> None:
    first = apply(citizen, **{"Idempotency-Key": "retried"})
    before = city.head()
    again = apply(citizen, **{"Idempotency-Key": "retried"})
    assert again.headers.pop("idempotent-replayed") == "true"
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert {**again.headers, "date": ""} == {**first.headers, "date": ""}
    assert city.head() == before


def test_a_retry_is_known_whatever_the_order_of_its_keys(city: City, citizen: httpx.Client) -> None:
    path, key = "/commands/street-permits/apply-for-permit", {"Idempotency-Key": "turned round"}
    first = citizen.post(path, json=APPLICATION, headers=key)
    turned = dict(reversed(APPLICATION.items()))
    assert citizen.post(path, json=turned, headers=key).content == first.content


def test_a_key_belongs_to_its_actor(city: City, citizen: httpx.Client) -> None:
    first = apply(citizen, **{"Idempotency-Key": "mine"})
    with city.client(**city.token("citizen-2", "citizen")) as another:
        answer = apply(another, **{"Idempotency-Key": "mine"})
    assert answer.json()["id"] != first.json()["id"]


def test_a_key_with_another_body_or_command_is_refused(city: City, citizen: httpx.Client) -> None:
    apply(citizen, **{"Idempotency-Key": "reused"})
    before = city.head()
    for command, body in {
        "apply-for-permit": {**APPLICATION, "metres": 13},
        "take-spot": {"street": "Zhongshan Road"},
    }.items():
        answer = citizen.post(
            f"/commands/street-permits/{command}",
            json=body,
            headers={"Idempotency-Key": "reused"},
        )
        assert (answer.status_code, answer.json()["code"]) == (422, "idempotency-key-reused")
    assert city.head() == before


def test_a_refusal_tells_the_state_and_what_is_allowed_in_it(
    citizen: httpx.Client, officer: httpx.Client
) -> None:
    permit = apply(citizen).json()["id"]
    grant(officer, permit)
    answer = grant(officer, permit, **{"Accept-Language": "en"})
    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["content-language"] == "en"
    problem = answer.json()
    assert len(problem.pop("trace_id")) == 32
    assert problem == {
        "type": "urn:huimin:problem:not-in-state",
        "title": "The matter is in a state that does not allow this",
        "status": 409,
        "detail": "The matter is in a state that does not allow this. Its state is granted. "
        "Allowed in it: nothing.",
        "code": "not-in-state",
        "state": "granted",
        "allowed": [],
    }


def test_a_claim_has_one_winner_and_the_others_are_told_in_the_programmes_words(
    citizen: httpx.Client,
) -> None:
    path, body = "/commands/street-permits/take-spot", {"street": "Pier 3"}
    assert citizen.post(path, json=body).status_code == 201
    answer = citizen.post(path, json=body)
    assert (answer.status_code, answer.json()["code"]) == (409, "spot-taken")
    assert answer.json()["detail"] == "该位置已被占用。请选择Pier 3以外的位置。"


@pytest.mark.parametrize(("sent", "status"), [('"1"', 200), ('"2"', 412), ('"0"', 412), ("*", 200)])
def test_if_match_holds_the_command_to_the_version_the_caller_saw(
    citizen: httpx.Client, officer: httpx.Client, sent: str, status: int
) -> None:
    answer = grant(officer, apply(citizen).json()["id"], **{"If-Match": sent})
    assert answer.status_code == status
    if status == 412:
        assert (answer.json()["code"], answer.json()["version"]) == ("version-mismatch", 1)


def test_a_matter_that_begins_has_no_version_to_match(citizen: httpx.Client) -> None:
    for sent in ('"1"', "*"):
        assert apply(citizen, **{"If-Match": sent}).status_code == 412


def test_who_asks_without_a_good_token_learns_how_to_ask(city: City) -> None:
    with city.client() as client:
        for sent in ("", "Basic eA==", "Bearer nonsense", "Bearer"):
            answer = apply(client, Authorization=sent)
            assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
            assert answer.headers["www-authenticate"].startswith("Bearer")


def test_forbidden_says_the_same_whether_the_matter_exists_or_not(
    city: City, citizen: httpx.Client
) -> None:
    answers = []
    for permit in (apply(citizen).json()["id"], str(uuid.uuid4())):
        answer = grant(citizen, permit).json()
        answer.pop("trace_id")
        answers.append(answer)
    assert answers[0] == answers[1]
    assert answers[0]["code"] == "forbidden"


def test_an_officer_of_another_department_may_not(city: City, citizen: httpx.Client) -> None:
    permit = apply(citizen).json()["id"]
    for department in ("tax", None):
        with city.client(**city.token("officer-8", "officer", department=department)) as other:
            assert grant(other, permit).json()["code"] == "forbidden"


def test_the_callers_trace_goes_on_into_the_events(city: City, citizen: httpx.Client) -> None:
    sent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    position = apply(citizen, traceparent=sent).json()["position"]
    (recorded,) = city.run(city.reader.read(position - 1, 1))
    assert recorded.traceparent == sent
    assert recorded.actor == "citizen-1"


def test_a_broken_trace_is_passed_over_and_a_new_one_begins(
    city: City, citizen: httpx.Client
) -> None:
    for sent in ("nonsense", "00-" + "0" * 32 + "-00f067aa0ba902b7-01", "ff-" + "1" * 50):
        position = apply(citizen, traceparent=sent).json()["position"]
        (recorded,) = city.run(city.reader.read(position - 1, 1))
        assert recorded.traceparent is not None
        assert recorded.traceparent != sent
        assert len(recorded.traceparent) == 55


def test_only_a_simulator_sets_the_clock(city: City, citizen: httpx.Client) -> None:
    sent = {"Huimin-Clock": "demo; at=2026-03-02T09:00:00+08:00"}
    assert apply(citizen, **sent).json()["code"] == "forbidden"
    with city.client(**city.token("simulator", "simulator", "citizen")) as simulator:
        position = apply(simulator, **sent).json()["position"]
        (recorded,) = city.run(city.reader.read(position - 1, 1))
        assert recorded.clock == "demo"
        assert recorded.occurred_at.isoformat() == "2026-03-02T01:00:00+00:00"
        for broken in ("demo", "demo; at=2026-03-02T09:00:00", "; at=2026-03-02T09:00:00Z", ""):
            answer = apply(simulator, **{"Huimin-Clock": broken})
            assert (answer.status_code, answer.json()["code"]) == (400, "bad-header")


@pytest.mark.parametrize(
    ("sent", "spoken"),
    [
        (None, "zh-CN"),
        ("zh", "zh-CN"),
        ("en-GB,en;q=0.9", "en"),
        ("fr, en;q=0.3, zh;q=0.2", "en"),
        ("en;q=0.1, zh-Hant", "zh-CN"),
        ("fr", "zh-CN"),
        ("en;q=nonsense", "zh-CN"),
    ],
)
def test_a_problem_speaks_the_callers_language(city: City, sent: str | None, spoken: str) -> None:
    with city.client() as client:
        client.headers.pop("accept-language", None)
        headers = {} if sent is None else {"Accept-Language": sent}
        answer = client.get("/nowhere", headers=headers)
    assert answer.headers["content-language"] == spoken
    assert answer.json()["title"].isascii() == (spoken == "en")
