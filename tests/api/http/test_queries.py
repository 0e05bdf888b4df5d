"""Queries over HTTP, as the contract says it: rows, pages, searches, fresh ones and old ones."""

import time
import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.api.http.city import City

OVERVIEW = "/queries/permit-overview"


@pytest.fixture(scope="module")
def street() -> str:
    return f"Road {uuid.uuid4().hex[:8]}"


@pytest.fixture(scope="module")
def permits(city: City, street: str) -> list[dict[str, Any]]:
    """Five permits on one street, of 1 to 5 metres, by five applicants."""
    with city.client(**city.token("citizen-1", "citizen")) as client:
        return [
            client.post(
                "/commands/street-permits/apply-for-permit",
                json={"street": street, "metres": n, "applicant": f"Applicant {street} {n}"},
            ).json()
            for n in range(1, 6)
        ]


@pytest.fixture
def client(city: City, permits: list[dict[str, Any]]) -> Iterator[httpx.Client]:
    """A client that sees at least the five permits."""
    position = str(permits[-1]["position"])
    headers = {"Huimin-Min-Position": position, "Accept-Language": "en"}
    with city.client(**city.token("citizen-1", "citizen"), **headers) as client:
        yield client


def refused(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    problem: dict[str, Any] = answer.json()
    assert (answer.status_code, problem["code"]) == (status, code), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    return problem


def test_a_row_is_found_by_its_key(
    client: httpx.Client, permits: list[dict[str, Any]], street: str
) -> None:
    answer = client.get(f"{OVERVIEW}/{permits[0]['id']}")
    assert answer.status_code == 200
    assert answer.json() == {
        "permit_id": permits[0]["id"],
        "street": street,
        "metres": 1,
        "state": "applied",
        "applicant": f"Applicant {street} 1",
        "remarks": 0,
        "until": None,
    }
    assert int(answer.headers["huimin-as-of-position"]) >= permits[-1]["position"]


def test_the_location_of_a_command_leads_to_its_row(city: City) -> None:
    with city.client(**city.token("citizen-9", "citizen")) as client:
        body = {"street": "Quiet Lane", "metres": 3, "applicant": "Li"}
        told = client.post("/commands/street-permits/apply-for-permit", json=body)
        row = client.get(
            told.headers["location"],
            params={"min_position": told.headers["huimin-position"], "wait": 30},
        )
    assert row.json()["permit_id"] == told.json()["id"]


def test_a_matter_without_a_row_of_its_own_has_no_location(city: City) -> None:
    with city.client(**city.token("citizen-9", "citizen")) as client:
        told = client.post("/commands/street-permits/complain", json={"street": "Loud Lane"})
        assert told.status_code == 201
        assert "location" not in told.headers
        paths = client.get("/openapi.json").json()["paths"]
    for command, located in {"complain": False, "apply-for-permit": True}.items():
        described = paths[f"/commands/street-permits/{command}"]["post"]["responses"]["201"]
        assert ("Location" in described["headers"], "row" in described["links"]) == (
            located,
            located,
        )


def test_a_row_that_is_not_there_is_404_and_tells_as_of_when(client: httpx.Client) -> None:
    for key in (str(uuid.uuid4()), "nonsense", "%00", "a/b", "%F0%9F", ""):
        answer = client.get(f"{OVERVIEW}/{key}")
        refused(answer, 404, "not-found")
    assert "huimin-as-of-position" in client.get(f"{OVERVIEW}/{uuid.uuid4()}").headers


def test_an_unknown_read_model_is_404(client: httpx.Client) -> None:
    for name in ("nowhere", "permit_overview", "projections", "%00"):
        refused(client.get(f"/queries/{name}"), 404, "unknown-read-model")
        refused(client.get(f"/queries/{name}/7"), 404, "unknown-read-model")
        refused(client.post(f"/queries/{name}/search", json={}), 404, "unknown-read-model")


def test_pages_follow_one_another_without_a_gap(client: httpx.Client, street: str) -> None:
    asked = {"street": street, "sort": "-metres", "limit": "2"}
    metres, cursor = [], None
    for _ in range(3):
        page = client.get(OVERVIEW, params=asked | ({"cursor": cursor} if cursor else {})).json()
        metres += [row["metres"] for row in page["items"]]
        cursor = page["next"]
    assert metres == [5, 4, 3, 2, 1]
    assert cursor is None


def test_a_range_filter_is_named_after_its_column(client: httpx.Client, street: str) -> None:
    asked = {"street": street, "metres__gte": "2", "metres__lte": "3", "sort": "metres"}
    rows = client.get(OVERVIEW, params=asked).json()["items"]
    assert [row["metres"] for row in rows] == [2, 3]


def test_a_personal_column_is_searched_for_in_a_body_and_never_in_a_url(
    client: httpx.Client, street: str
) -> None:
    name = f"Applicant {street} 3"
    problem = refused(client.get(OVERVIEW, params={"applicant": name}), 400, "invalid-parameter")
    assert problem["allowed"] == ["POST /queries/permit-overview/search"]
    assert name not in str(problem)
    found = client.post(f"{OVERVIEW}/search", json={"applicant": name, "limit": 10}).json()
    assert [row["metres"] for row in found["items"]] == [3]


@pytest.mark.parametrize(
    "query",
    [
        "colour=red",
        "remarks=1",
        "metres=many",
        "metres=99999999999999999999",
        "metres__prefix=1",
        "street=a&street=b",
        "street=%00",
        "street=%FF",
        "sort=colour",
        "sort=",
        "limit=0",
        "limit=501",
        "limit=-1",
        "limit=1e2",
        "limit=١",
        "wait=-1",
        "wait=31",
        "wait=nan",
        "stale=perhaps",
        "min_position=-1",
        "min_position=soon",
        "min_position=99999999999999999999",
        "as_of=yesterday",
        "as_of=2026-03-02T09:00:00",
        "as_of=0001-01-01T00:00:00+14:00",
        "as_of=-1",
        "&".join(f"a{n}=1" for n in range(200)),
    ],
    ids=lambda query: query[:40],
)
def test_a_parameter_that_cannot_be_is_refused_with_what_is_allowed(
    client: httpx.Client, query: str
) -> None:
    problem = refused(client.get(f"{OVERVIEW}?{query}"), 400, "invalid-parameter")
    assert problem["parameter"]


@pytest.mark.parametrize(
    "body",
    [
        '{"colour":1}',
        '{"limit":"many"}',
        '{"limit":true}',
        '{"metres":{"a":1}}',
        '{"metres":"1"}',
        '{"metres":true}',
        '{"metres":1.5}',
        '{"min_position":null}',
        '{"street":[1]}',
        '{"cursor":7}',
        '{"wait":[]}',
        '{"stale":true}',
        "[]",
        "7",
    ],
)
def test_a_search_that_cannot_be_is_refused(client: httpx.Client, body: str) -> None:
    headers = {"Content-Type": "application/json"}
    answer = client.post(f"{OVERVIEW}/search", content=body, headers=headers)
    refused(answer, 400, "invalid-parameter")


def test_a_forged_or_foreign_cursor_is_refused(client: httpx.Client, street: str) -> None:
    asked = {"street": street, "limit": "2"}
    cursor = client.get(OVERVIEW, params=asked).json()["next"]
    flipped = cursor[:-2] + ("A" if cursor[-2] != "A" else "B") + cursor[-1]
    for forged in ("x", "AAAA", "钥", flipped, cursor + "A", "A" * 5000):
        refused(client.get(OVERVIEW, params={**asked, "cursor": forged}), 400, "bad-cursor")
    for change in ({"street": "elsewhere"}, {"sort": "metres"}):
        answer = client.get(OVERVIEW, params={**asked, **change, "cursor": cursor})
        refused(answer, 400, "bad-cursor")


def test_an_answer_that_is_known_already_is_304(
    client: httpx.Client, permits: list[dict[str, Any]]
) -> None:
    path = f"{OVERVIEW}/{permits[0]['id']}"
    tag = client.get(path).headers["etag"]
    for sent in (tag, f'"other", {tag}', f"W/{tag}", "*"):
        answer = client.get(path, headers={"If-None-Match": sent})
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["etag"] == tag
        assert "huimin-as-of-position" in answer.headers
    assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


def test_a_position_that_does_not_come_is_told_in_time(client: httpx.Client, city: City) -> None:
    ahead = city.head() + 1_000_000
    begun = time.monotonic()
    answer = client.get(OVERVIEW, params={"min_position": ahead, "wait": "0.2"})
    refused(answer, 503, "read-model-behind")
    assert answer.headers["retry-after"] == "1"
    assert 0.2 <= time.monotonic() - begun < 2


def test_older_data_are_given_to_who_allows_them(client: httpx.Client, city: City) -> None:
    ahead = city.head() + 1_000_000
    answer = client.get(OVERVIEW, params={"min_position": ahead, "wait": "0", "stale": "allow"})
    assert answer.status_code == 200
    assert int(answer.headers["huimin-as-of-position"]) < ahead


def test_a_row_is_shown_as_it_was(city: City, client: httpx.Client) -> None:
    body = {"street": "Memory Lane", "metres": 3, "applicant": "Li"}
    told = client.post("/commands/street-permits/apply-for-permit", json=body).json()
    (recorded,) = city.run(city.reader.read(told["position"] - 1, 1))
    remark = {"permit_id": told["id"], "remark": "seen"}
    later = client.post("/commands/street-permits/remark", json=remark).json()
    path, see = f"{OVERVIEW}/{told['id']}", {"min_position": later["position"]}

    now = client.get(path, params=see)
    then = client.get(path, params={**see, "as_of": told["position"]})
    at = client.get(path, params={**see, "as_of": recorded.recorded_at.isoformat()})
    before = client.get(path, params={**see, "as_of": told["position"] - 1})

    assert now.json()["remarks"] == 1
    assert then.json()["remarks"] == at.json()["remarks"] == 0
    assert then.headers["huimin-as-of-position"] == str(told["position"])
    refused(before, 404, "not-found")


def test_queries_are_for_who_has_a_token(city: City) -> None:
    with city.client() as client:
        refused(client.get(OVERVIEW), 401, "unauthenticated")
        refused(client.get(f"{OVERVIEW}/7"), 401, "unauthenticated")
        refused(client.post(f"{OVERVIEW}/search", json={}), 401, "unauthenticated")


def test_head_is_get_without_the_body(client: httpx.Client, permits: list[dict[str, Any]]) -> None:
    path = f"{OVERVIEW}/{permits[0]['id']}"
    answer = client.head(path)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["etag"] == client.get(path).headers["etag"]


def test_a_method_a_query_does_not_take_is_405(client: httpx.Client) -> None:
    for method in ("PUT", "DELETE", "OPTIONS", "TRACE"):
        answer = client.request(method, OVERVIEW)
        refused(answer, 405, "method-not-allowed")
        assert answer.headers["allow"] == "GET, HEAD"


def test_what_was_written_is_read_right_after_each_of_a_thousand_commands(city: City) -> None:
    waits = []
    with city.client(**city.token("citizen-1", "citizen")) as client:
        for n in range(1000):
            body = {"street": "Busy Road", "metres": 1 + n, "applicant": "Li"}
            told = client.post("/commands/street-permits/apply-for-permit", json=body)
            begun = time.perf_counter()
            row = client.get(
                told.headers["location"],
                params={"min_position": told.headers["huimin-position"], "wait": 30},
            )
            waits.append(time.perf_counter() - begun)
            assert row.status_code == 200
            assert row.json()["metres"] == 1 + n
    p95 = sorted(waits)[950] * 1000
    print(f"read after write: p95 {p95:.1f} ms over {len(waits)} commands")
