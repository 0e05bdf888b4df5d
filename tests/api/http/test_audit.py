"""Audit over HTTP: what happened in a matter, how it stood at any time, and who looked."""

import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import psycopg
import pytest
from psycopg import sql

from tests.api.http.city import City


@pytest.fixture
def auditor(city: City) -> Iterator[httpx.Client]:
    with city.client(**city.token("auditor-1", "auditor", department="supervision")) as client:
        yield client


@pytest.fixture(scope="module")
def permit(city: City) -> dict[str, Any]:
    """A permit that was applied for, remarked on and granted; the three answers' positions."""
    citizen = city.token("citizen-1", "citizen")
    officer = city.token("officer-7", "officer", department="urban-management")
    with city.client() as client:
        body = {"street": "Long Street", "metres": 7, "applicant": "Wang Ming"}
        path = "/commands/street-permits/"
        first = client.post(f"{path}apply-for-permit", json=body, headers=citizen).json()
        body = {"permit_id": first["id"], "remark": "a remark about a person"}
        second = client.post(f"{path}remark", json=body, headers=citizen).json()
        body = {"permit_id": first["id"], "until": "2026-12-31T23:59:59+08:00"}
        third = client.post(f"{path}grant-permit", json=body, headers=officer).json()
    return {"id": first["id"], "positions": [a["position"] for a in (first, second, third)]}


def refused(answer: httpx.Response, status: int, code: str) -> None:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


def test_a_timeline_tells_who_when_and_what_changed(
    auditor: httpx.Client, permit: dict[str, Any]
) -> None:
    answer = auditor.get(f"/audit/street-permits/{permit['id']}/events")
    items = answer.json()["items"]
    assert [item["position"] for item in items] == permit["positions"]
    assert [item["version"] for item in items] == [1, 2, 3]
    assert [item["actor"] for item in items] == ["citizen-1", "citizen-1", "officer-7"]
    assert items[2]["department"] == "urban-management"
    assert items[2]["data"] == {"granted_by": "officer-7", "until": "2026-12-31T23:59:59+08:00"}
    assert items[0]["changes"] == [
        {"pointer": "/applicant", "before": None, "after": "Wang Ming"},
        {"pointer": "/metres", "before": None, "after": 7},
        {"pointer": "/remarks", "before": None, "after": 0},
        {"pointer": "/state", "before": None, "after": "applied"},
        {"pointer": "/street", "before": None, "after": "Long Street"},
    ]
    assert items[1]["changes"] == [{"pointer": "/remarks", "before": 0, "after": 1}]
    assert {"pointer": "/state", "before": "applied", "after": "granted"} in items[2]["changes"]
    assert answer.json()["next"] is None


def test_a_timeline_comes_in_pages(auditor: httpx.Client, permit: dict[str, Any]) -> None:
    path = f"/audit/street-permits/{permit['id']}/events"
    versions: list[int] = []
    cursor = None
    while True:
        asked = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        page = auditor.get(path, params=asked).json()
        versions += [item["version"] for item in page["items"]]
        if (cursor := page["next"]) is None:
            break
    assert versions == [1, 2, 3]
    refused(auditor.get(path, params={"cursor": "forged"}), 400, "bad-cursor")


def test_a_state_is_the_fold_of_the_events_up_to_a_point(
    city: City, auditor: httpx.Client, permit: dict[str, Any]
) -> None:
    path = f"/audit/street-permits/{permit['id']}/state"
    second = permit["positions"][1]
    (recorded,) = city.run(city.reader.read(second - 1, 1))
    wanted = {
        "program": "street-permits",
        "id": permit["id"],
        "version": 2,
        "position": second,
        "state": {
            "applicant": "Wang Ming",
            "metres": 7,
            "remarks": 1,
            "state": "applied",
            "street": "Long Street",
        },
    }
    for asked in (
        {"version": "2"},
        {"position": str(second)},
        {"at": recorded.recorded_at.isoformat()},
    ):
        told = auditor.get(path, params=asked).json()
        assert {name: told[name] for name in wanted} == wanted
    assert auditor.get(path).json()["state"]["state"] == "granted"


@pytest.mark.parametrize(
    "query",
    [
        "version=0",
        "version=x",
        "position=-1",
        "at=yesterday",
        "at=7",
        "version=1&position=1",
        "colour=red",
    ],
)
def test_a_moment_that_cannot_be_is_refused(
    auditor: httpx.Client, permit: dict[str, Any], query: str
) -> None:
    answer = auditor.get(f"/audit/street-permits/{permit['id']}/state?{query}")
    refused(answer, 400, "invalid-parameter")


def test_a_matter_that_is_not_there_is_404(auditor: httpx.Client, permit: dict[str, Any]) -> None:
    for path in (
        f"/audit/street-permits/{uuid.uuid4()}",
        f"/audit/another-program/{permit['id']}",
        "/audit/street-permits/nonsense",
    ):
        refused(auditor.get(f"{path}/events"), 404, "not-found")
        refused(auditor.get(f"{path}/state"), 404, "not-found")
    early = {"at": "2020-01-01T00:00:00Z"}
    answer = auditor.get(f"/audit/street-permits/{permit['id']}/state", params=early)
    refused(answer, 404, "not-found")


def test_a_search_finds_events_by_programme_type_actor_department_and_time(
    city: City, auditor: httpx.Client, permit: dict[str, Any]
) -> None:
    first, _, third = permit["positions"]
    (recorded,) = city.run(city.reader.read(third - 1, 1))
    for asked, expected in (
        ({"program": "street-permits"}, permit["positions"]),
        ({"program": "street"}, []),
        ({"type": "street-permits.granted"}, [third]),
        ({"type": "street-permits.granted.v1"}, [third]),
        ({"type": "street-permits.gran"}, []),
        ({"actor": "officer-7"}, [third]),
        ({"department": "urban-management"}, [third]),
        ({"from": str(third)}, [third]),
        ({"to": str(first)}, [first]),
        ({"from": recorded.recorded_at.isoformat()}, [third]),
        ({"to": "2020-01-01T00:00:00Z"}, []),
    ):
        items = auditor.get("/audit/events", params={**asked, "limit": "500"}).json()["items"]
        assert [i["position"] for i in items if i["id"] == permit["id"]] == expected, asked


def test_a_search_comes_in_pages(city: City, auditor: httpx.Client, permit: object) -> None:
    positions: list[int] = []
    cursor = None
    while True:
        asked = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        page = auditor.get("/audit/events", params=asked).json()
        positions += [item["position"] for item in page["items"]]
        if (cursor := page["next"]) is None:
            break
    assert positions == list(range(1, city.head() + 1))


def test_audit_is_for_auditors_and_operators(city: City, permit: dict[str, Any]) -> None:
    paths = [
        "/audit/events",
        f"/audit/street-permits/{permit['id']}/events",
        f"/audit/street-permits/{uuid.uuid4()}/state",
    ]
    with city.client() as client:
        for path in paths:
            refused(client.get(path), 401, "unauthenticated")
            for role in ("citizen", "officer", "department", "simulator"):
                refused(client.get(path, headers=city.token("a", role)), 403, "forbidden")
        assert client.get(paths[0], headers=city.token("o", "operator")).status_code == 200


def test_every_audit_read_is_itself_recorded_for_ever(
    city: City, auditor: httpx.Client, permit: dict[str, Any]
) -> None:
    matter = f"/audit/street-permits/{permit['id']}"
    with psycopg.connect(city.url, autocommit=True) as database:
        database.execute(sql.SQL("SET search_path TO {}").format(sql.Identifier(city.namespace)))
        (before,) = database.execute("SELECT coalesce(max(id), 0) FROM audit_reads").fetchone()  # type: ignore[misc]  # one row, always
        auditor.get(f"{matter}/events")
        auditor.get(f"{matter}/state", params={"version": "2"})
        auditor.get("/audit/events", params={"actor": "officer-7"})
        lines = database.execute(
            "SELECT actor, roles, department, question, stream_id::text, event_count,"
            " last_position, asked FROM audit_reads WHERE id > %s ORDER BY id",
            [before],
        ).fetchall()
        who = ("auditor-1", ["auditor"], "supervision")
        second, third = permit["positions"][1:]
        assert lines[0] == (*who, "timeline", permit["id"], 3, third, {"after": 0})
        assert lines[1] == (*who, "state", permit["id"], 2, second, {"version": 2})
        assert lines[2] == (*who, "search", None, 1, third, {"actor": "officer-7", "after": 0})
        for change in (
            "UPDATE audit_reads SET actor = 'nobody'",
            "DELETE FROM audit_reads",
            "TRUNCATE audit_reads",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                database.execute(change)
