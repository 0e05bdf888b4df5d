"""Every event version ever shipped is read for ever: one stored sample of each, kept in a file a
programme. An event that cannot happen has a line that says why it never does."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import pytest

from infra.discovery import discover
from infra.log.codec import Codec
from infra.log.records import RecordedEvent

LINES: list[dict[str, Any]] = [
    orjson.loads(line)
    for file in sorted((Path(__file__).parent / "golden" / "events").glob("*.jsonl"))
    for line in file.read_bytes().splitlines()
]
SAMPLES = [line for line in LINES if "never" not in line]
CODEC = Codec(discover())
NOW = datetime(2026, 11, 25, tzinfo=UTC)


def stored(sample: dict[str, Any]) -> RecordedEvent:
    return RecordedEvent(
        position=1,
        stream_id=UUID(int=1),
        version=sample["version"],
        type=sample["type"],
        data=orjson.dumps(sample["data"]),
        occurred_at=datetime.fromisoformat(sample["occurred_at"]),
        recorded_at=NOW,
        actor="officer-7",
        department=None,
        command_id=UUID(int=2),
        correlation_id=UUID(int=2),
        causation_position=None,
        traceparent=None,
        clock=None,
    )


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample["type"])
def test_a_stored_event_is_read_and_means_the_same(sample: dict[str, Any]) -> None:
    event = CODEC.decode(stored(sample))
    again = CODEC.encode(event)
    if again.type == sample["type"]:
        assert orjson.loads(again.data) == sample["data"]


def test_there_is_a_sample_of_every_event() -> None:
    assert set(discover().events) - {line["type"] for line in LINES} == set()
