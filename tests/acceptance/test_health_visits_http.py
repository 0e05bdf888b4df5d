"""A visit over HTTP: what people send, what they are answered, and what the screen then shows."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from domain.health_visits.values import half_of
from domain.shared.instants import SHANGHAI, shanghai_date
from infra.clock import now
from infra.discovery import discover
from tests import clinics as c
from tests.api.http.city import City, running


@pytest.fixture(scope="module")
def city(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    with running(database_url, discover(), tmp_path_factory.mktemp("city")) as city:
        yield city


@pytest.fixture
def nurse(city: City) -> Iterator[httpx.Client]:
    with city.client(**city.token("nurse-1", "officer", department="health")) as client:
        yield client


@pytest.fixture
def citizen(city: City) -> Iterator[httpx.Client]:
    with city.client(**city.token("citizen-1", "citizen")) as client:
        yield client


def send(client: httpx.Client, command: str, **body: Any) -> httpx.Response:
    return client.post(f"/commands/health-visits/{command}", json=body)


def patient(order: int) -> dict[str, str]:
    return {"name": "王明", "resident_id": c.resident(order)}


def opened(nurse: httpx.Client, doctor: str, at: datetime, seats: int = 1) -> dict[str, Any]:
    """A session of the half-day that the instant lies in, with one slot there."""
    answer = send(
        nurse,
        "open-session",
        institution="hospital-1",
        department="cardiology",
        doctor=doctor,
        day=shanghai_date(at).isoformat(),
        half=half_of(at),
        room="203",
        slots=[{"at": at.isoformat(), "seats": seats}],
    )
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def test_the_last_seat_is_booked_once_and_then_taken(
    nurse: httpx.Client, citizen: httpx.Client
) -> None:
    at = datetime.combine(
        shanghai_date(now()) + timedelta(days=1), datetime.min.time(), SHANGHAI
    ) + timedelta(hours=9)
    session = opened(nurse, "doctor-1", at)["id"]
    fields = {"session_id": session, "slot": at.isoformat(), "channel": "app"}
    booked = send(citizen, "book-appointment", patient=patient(1), **fields)
    assert booked.status_code == 201, booked.text
    assert [e["type"] for e in booked.json()["events"]][:2] == [
        "health-visits.appointment-booked.v1",
        "health-visits.seat-taken.v1",
    ]
    taken = send(citizen, "book-appointment", patient=patient(3), **fields)
    assert (taken.status_code, taken.json()["code"]) == (409, "slot-taken")
    position = booked.json()["position"]
    day = shanghai_date(at).isoformat()
    slots = nurse.get(
        f"/queries/appointment-slots/hospital-1/cardiology/{day}",
        params={"min_position": position, "wait": 30},
    )
    assert (slots.status_code, slots.json()["free"]) == (200, 0), slots.text
    early = send(citizen, "check-in-patient", visit_id=booked.json()["id"])
    assert (early.status_code, early.json()["code"]) == (409, "wrong-day")


def test_who_walks_in_gets_a_number_and_is_shown_on_the_screen(nurse: httpx.Client) -> None:
    session = opened(nurse, "doctor-2", now())["id"]
    numbers = [
        send(nurse, "check-in-patient", walk_in={"patient": patient(n), "session_id": session})
        for n in (5, 7)
    ]
    assert [answer.status_code for answer in numbers] == [201, 201], numbers[0].text
    first, second = (answer.json() for answer in numbers)
    urgent = send(nurse, "triage", visit_id=second["id"], level=1)
    room = nurse.get(
        f"/queries/waiting-room/{session}",
        params={"min_position": urgent.json()["position"], "wait": 30},
    )
    assert (room.json()["numbers"], room.json()["next_visit"]) == ([2, 1], second["id"])
    wrong = send(nurse, "call-patient", visit_id=first["id"])
    assert (wrong.status_code, wrong.json()["code"]) == (409, "not-next")
    assert second["id"] in wrong.text


def test_neither_or_both_of_visit_and_walk_in_is_wrong(nurse: httpx.Client) -> None:
    answer = send(nurse, "check-in-patient")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == "visit-unclear"


def test_an_officer_of_another_department_treats_nobody(city: City) -> None:
    with city.client(**city.token("officer-tax", "officer", department="tax")) as tax:
        answer = send(tax, "break-glass", archive_id=str(c.ARCHIVE), reason="x")
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


def test_the_document_describes_every_command_and_read_model(nurse: httpx.Client) -> None:
    paths = nurse.get("/openapi.json").json()["paths"]
    assert "/commands/health-visits/book-appointment" in paths
    assert any(path.startswith("/queries/waiting-room/") for path in paths)
