"""What is wrong in a body alone is refused with a pointer and a code of ours."""

from typing import Any

import orjson
import pytest
from pydantic import ValidationError

from commands.base import Command
from commands.health_visits.archives import OpenArchive, RecordAllergy
from commands.health_visits.arriving import CheckInPatient, Triage
from commands.health_visits.booking import BookAppointment
from commands.health_visits.consents import BreakGlass
from commands.health_visits.consulting import Prescribe
from commands.health_visits.ending import AdmitPatient
from commands.health_visits.given import (
    PatientGiven,
)
from commands.health_visits.sessions import SlotsMalformed
from domain.shared.identifiers import make_resident_id
from domain.shared.refusals import BornInFuture
from tests import clinics as c
from tests.scenario import MATTER, given

VISIT = {"visit_id": str(MATTER)}
PATIENT = {"name": "王明", "resident_id": c.resident()}
ITEM = c.item().model_dump()


def wrong(model: type[Command], body: dict[str, Any]) -> list[tuple[str, str]]:
    with pytest.raises(ValidationError) as caught:
        model.model_validate_json(orjson.dumps(body))
    return [("/".join(map(str, e["loc"])), e["type"]) for e in caught.value.errors()]


@pytest.mark.parametrize(
    ("model", "body", "pointer", "code"),
    [
        (
            BookAppointment,
            {
                "session_id": str(MATTER),
                "slot": "2026-03-02T09:00:00+08:00",
                "channel": "app",
                "patient": {**PATIENT, "resident_id": "330203199001011230"},
            },
            "patient/resident_id",
            "bad-resident-id",
        ),
        (
            BookAppointment,
            {
                "session_id": str(MATTER),
                "slot": "2026-03-02T09:00:00",
                "channel": "app",
                "patient": {**PATIENT, "mobile": "123"},
            },
            "patient/mobile",
            "bad-mobile",
        ),
        (CheckInPatient, {}, "walk_in", "visit-unclear"),
        (
            CheckInPatient,
            {**VISIT, "walk_in": {"patient": PATIENT, "session_id": str(MATTER)}},
            "walk_in",
            "visit-unclear",
        ),
        (Triage, {**VISIT, "level": 5}, "level", "less_than_equal"),
        (
            Prescribe,
            {**VISIT, "archive_version": 1, "items": [{**ITEM, "unit": "毫克"}]},
            "items/0/unit",
            "unit-unknown",
        ),
        (
            Prescribe,
            {**VISIT, "archive_version": 1, "items": [{**ITEM, "drug": "X99"}]},
            "items/0/drug",
            "drug-unknown",
        ),
        (
            Prescribe,
            {**VISIT, "archive_version": 1, "items": [{**ITEM, "dose": "0.0"}]},
            "items/0/dose",
            "string_pattern_mismatch",
        ),
        (
            Prescribe,
            {**VISIT, "archive_version": 1, "items": [ITEM], "override_reason": " "},
            "override_reason",
            "reason-missing",
        ),
        (
            AdmitPatient,
            {**VISIT, "ward": "3A", "bed": "1", "barthel": 83},
            "barthel",
            "multiple_of",
        ),
        (
            BreakGlass,
            {"archive_id": str(MATTER), "reason": ""},
            "reason",
            "reason-missing",
        ),
        (
            RecordAllergy,
            {"archive_id": str(MATTER), "substance": "water", "severity": "mild"},
            "substance",
            "substance-unknown",
        ),
        (
            OpenArchive,
            {"patient": PATIENT, "centre": "centre-330203-99"},
            "centre",
            "institution-unknown",
        ),
    ],
)
def test_a_wrong_field_is_pointed_at(
    model: type[Command], body: dict[str, Any], pointer: str, code: str
) -> None:
    assert (pointer, code) in wrong(model, body)


@pytest.mark.parametrize(
    "slots", [c.slots("09:00", "09:00"), c.slots("14:00"), c.slots("09:00", day=c.TOMORROW)]
)
def test_slots_are_named_once_and_lie_in_the_half_day(slots: Any) -> None:
    given().when(c.session_opened("doctor-1", *slots)).then_refused(SlotsMalformed())


def test_nobody_is_born_tomorrow() -> None:
    unborn = PatientGiven(name="王明", resident_id=make_resident_id("330203", c.TOMORROW, 1))
    given(c.session_opened()).when(c.booked(patient=unborn)).then_refused(BornInFuture())
