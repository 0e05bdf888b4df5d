"""Answers over HTTP to decisions over several matters, and to requests turned down on record."""

import uuid
from collections.abc import Iterator

import httpx
import pytest

from tests import shelves
from tests.api.http.city import City, running


@pytest.fixture(scope="module")
def city(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """A city of shelves and boxes."""
    with running(database_url, shelves.registry(), tmp_path_factory.mktemp("city")) as city:
        yield city


@pytest.fixture
def citizen(city: City) -> Iterator[httpx.Client]:
    with city.client(**city.token("citizen-1", "citizen")) as client:
        yield client


def send(client: httpx.Client, command: str, *, key: str = "", **body: object) -> httpx.Response:
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(f"/commands/shelves/{command}", json=body, headers=headers)


def test_an_event_of_another_matter_says_of_which_and_a_retry_says_the_same(
    citizen: httpx.Client,
) -> None:
    shelf = send(citizen, "build-shelf", places=2).json()["id"]
    box = send(citizen, "make-box").json()["id"]
    key = str(uuid.uuid4())
    placed = send(citizen, "place-box", key=key, box_id=box, shelf_id=shelf)
    told = placed.json()
    position = told["position"]
    assert told == {
        "id": box,
        "version": 2,
        "position": position,
        "events": [
            {"type": "shelves.placed.v1", "version": 2, "position": position - 1},
            {"type": "shelves.taken.v1", "version": 2, "position": position, "id": shelf},
        ],
    }
    assert placed.headers["etag"] == '"2"'
    assert placed.headers["huimin-position"] == str(position)
    again = send(citizen, "place-box", key=key, box_id=box, shelf_id=shelf)
    assert (again.status_code, again.content) == (placed.status_code, placed.content)
    assert again.headers["idempotent-replayed"] == "true"


def test_a_command_that_may_begin_its_matter_says_whether_it_did(citizen: httpx.Client) -> None:
    shelf, box, key = (str(uuid.uuid4()) for _ in range(3))
    idle = send(citizen, "grow-shelf", shelf_id=shelf, box=None)
    assert (idle.status_code, idle.json()["version"], idle.json()["events"]) == (200, 0, [])
    begun = send(citizen, "grow-shelf", key=key, shelf_id=shelf, box=box)
    assert (begun.status_code, begun.json()["version"]) == (201, 1)
    grown = send(citizen, "grow-shelf", shelf_id=shelf, box=box)
    assert (grown.status_code, grown.json()["version"]) == (200, 2)
    again = send(citizen, "grow-shelf", key=key, shelf_id=shelf, box=box)
    assert (again.status_code, again.content) == (201, begun.content)


def test_a_request_turned_down_on_record_is_answered_with_the_refusal_each_time(
    city: City, citizen: httpx.Client
) -> None:
    box, key = send(citizen, "make-box").json()["id"], str(uuid.uuid4())
    before = city.head()
    first, again = (send(citizen, "turn-away", key=key, box_id=box) for _ in range(2))
    for answer in (first, again):
        assert (answer.status_code, answer.json()["code"]) == (409, "barred")
    assert again.content == first.content
    assert "idempotent-replayed" not in first.headers
    assert again.headers.pop("idempotent-replayed") == "true"
    assert city.head() == before + 1


def test_the_answers_are_those_that_the_openapi_describes(citizen: httpx.Client) -> None:
    described = citizen.get("/openapi.json").json()
    grow = described["paths"]["/commands/shelves/grow-shelf"]["post"]["responses"]
    assert {"200", "201"} <= set(grow)
    event = described["components"]["schemas"]["Accepted"]["properties"]["events"]["items"]
    assert set(event["properties"]) == {"type", "version", "position", "id"}
