"""An event on the wire: CloudEvents headers as the contract names them, and the very event back."""

import re
from datetime import UTC, datetime, timedelta, timezone
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nats.aio.client import Client

from infra.errors import Corrupt
from infra.log.records import NewEvent, RecordedEvent
from infra.relay.message import from_message, to_message
from tests.infra.relay.chronicle import Chronicle

MATTER = UUID("0190f1ce-0000-7000-8000-000000000001")
COMMAND = UUID("0190f1ce-0000-7000-8000-000000000002")
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def an_event(**columns: Any) -> RecordedEvent:
    given: dict[str, Any] = {
        "position": 48211,
        "stream_id": MATTER,
        "version": 3,
        "type": "street-lamps.lamp-switched.v1",
        "data": b'{"on": true}',
        "occurred_at": datetime(2014, 3, 3, 9, 30, tzinfo=UTC),
        "recorded_at": datetime(2014, 3, 3, 9, 30, 0, 1234, tzinfo=UTC),
        "actor": "lamplighter-7",
        "department": "street-lighting",
        "command_id": COMMAND,
        "correlation_id": COMMAND,
        "causation_position": 48200,
        "traceparent": TRACE,
        "clock": None,
    }
    return RecordedEvent(**given | columns)


def carried(event: RecordedEvent) -> Any:
    """The message as it arrives, headers through the client's own parser."""
    _, headers, data = to_message(event, "huimin")
    lines = b"".join(f"{k}: {v}\r\n".encode() for k, v in headers.items())
    return SimpleNamespace(headers=Client._parse_header_lines(lines + b"\r\n"), data=data)


texts = st.text(st.characters(codec="utf-8"), max_size=40)
moments = st.datetimes(timezones=st.just(UTC))
counts = st.integers(1, 2**62)
events = st.builds(
    RecordedEvent,
    position=counts,
    stream_id=st.uuids(),
    version=counts,
    type=texts | st.just("street-lamps.lamp-switched.v1"),
    data=st.binary(max_size=200),
    occurred_at=moments,
    recorded_at=moments,
    actor=texts,
    department=st.none() | texts,
    command_id=st.uuids(),
    correlation_id=st.uuids(),
    causation_position=st.none() | counts,
    traceparent=st.none() | texts,
    clock=st.none() | texts,
    _hash=st.none(),
)


@given(events)
def test_every_event_comes_back_as_it_was(event: RecordedEvent) -> None:
    back = from_message(carried(event))

    assert back == event
    assert back.content_hash() == event.content_hash()


@given(events)
def test_every_subject_has_five_safe_tokens_and_nothing_of_the_actor(event: RecordedEvent) -> None:
    subject, headers, _ = to_message(event, "huimin")

    assert re.fullmatch(r"huimin\.events\.[\w-]+\.[\w-]+\.[0-9a-f-]{36}", subject, re.ASCII)
    assert all(re.fullmatch(r"[!-~]*", value) for value in headers.values())
    assert all(re.fullmatch(r"ce-[a-z0-9]+|traceparent", name) for name in headers)


def test_a_message_is_a_cloud_event_as_the_contract_says() -> None:
    event = an_event()
    subject, headers, data = to_message(event, "huimin")

    assert subject == f"huimin.events.street-lamps.lamp-switched.{MATTER}"
    assert data == b'{"on": true}'
    assert headers == {
        "ce-specversion": "1.0",
        "ce-id": "48211",
        "ce-source": "/huimin",
        "ce-type": "street-lamps.lamp-switched.v1",
        "ce-subject": str(MATTER),
        "ce-time": "2014-03-03T09:30:00.000000Z",
        "ce-dataschema": "/schemas/street-lamps.lamp-switched.v1",
        "ce-datacontenttype": "application/json",
        "ce-position": "48211",
        "ce-version": "3",
        "ce-recordedtime": "2014-03-03T09:30:00.001234Z",
        "ce-actor": "lamplighter-7",
        "ce-commandid": str(COMMAND),
        "ce-correlationid": str(COMMAND),
        "ce-causationid": "48200",
        "ce-department": "street-lighting",
        "ce-contenthash": f"h1:{event.content_hash().hex()}",
        "traceparent": TRACE,
    }


def test_an_event_of_another_make_is_carried_as_bytes_under_foreign() -> None:
    event = an_event(type="library.domain:Lamp > Switched", data=b"\x00\xff")
    subject, headers, data = to_message(event, "huimin")

    assert subject == f"huimin.events.foreign.library_domain_Lamp___Switched.{MATTER}"
    assert headers["ce-datacontenttype"] == "application/octet-stream"
    assert "ce-dataschema" not in headers
    assert data == b"\x00\xff"


def test_a_time_in_another_zone_is_the_same_instant() -> None:
    there = datetime(2014, 3, 3, 17, 30, tzinfo=timezone(timedelta(hours=8)))

    assert from_message(carried(an_event(occurred_at=there))).occurred_at == there


@pytest.mark.parametrize(
    "change",
    [
        {"ce-actor": "someone-else"},
        {"ce-position": "48212"},
        {"ce-contenthash": "h1:00"},
        {"ce-time": "yesterday"},
        {"ce-subject": "not-an-id"},
        {"ce-version": "9" * 30},
    ],
)
def test_a_message_that_was_changed_is_corrupt(change: dict[str, str]) -> None:
    message = carried(an_event())
    message.headers |= change

    with pytest.raises(Corrupt):
        from_message(message)


def test_a_message_without_headers_is_corrupt() -> None:
    with pytest.raises(Corrupt):
        from_message(SimpleNamespace(headers=None, data=b"hello"))


async def test_every_column_passes_through_a_real_stream(chronicle: Chronicle) -> None:
    chronicle.relay()
    event = NewEvent(MATTER, 1, "a type: with spaces, 中文", b"\x00 not json \xff")
    await chronicle.append(
        event, department="路灯 50%", clock="simulated \t clock", traceparent=TRACE
    )
    await chronicle.level()

    async with chronicle.stream() as stream:
        last = await stream.last()
    assert last is not None
    assert from_message(last[1]) == (await chronicle.reader.read(0, 1))[0]
