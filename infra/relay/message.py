"""A stored event as a NATS message and back: CloudEvents 1.0 in NATS binary mode.

The message carries every column of the log and the event's content hash, so a reader gets the very
event back and sees at once when it is not what was written. Values are percent-encoded as the
CloudEvents bindings ask, so a header never holds anything but printable ASCII.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Protocol
from urllib.parse import quote, unquote
from uuid import UUID

from infra.errors import Corrupt
from infra.log.records import HASH_SUITE, RecordedEvent

_OURS = re.compile(r"([a-z][a-z0-9-]*)\.([a-z][a-z0-9-]*)\.v[1-9][0-9]*")
_FOREIGN_PROGRAM = "foreign"
_UNSAFE_IN_SUBJECT = re.compile(r"[^A-Za-z0-9_-]")
_TOKEN_AT_MOST = 128
_PLAIN = re.compile(r"[!#$&-~]*")
# printable ASCII but for space, the quotation mark and the percent sign
_KEPT = "".join(chr(c) for c in range(0x21, 0x7F) if chr(c) not in '"%')
_SUITE = HASH_SUITE.decode() + ":"


class Message(Protocol):
    """What a subscription and a direct get have in common."""

    @property
    def headers(self) -> Mapping[str, str] | None: ...

    @property
    def data(self) -> bytes | None: ...


def subject(recorded: RecordedEvent, namespace: str) -> str:
    """``{namespace}.events.{program}.{event}.{id}``; never anything personal."""
    return f"{namespace}.events.{_tokens(recorded.type)}.{recorded.stream_id}"


def to_message(recorded: RecordedEvent, namespace: str) -> tuple[str, dict[str, str], bytes]:
    """Subject, headers and data. ``ce-causationid`` is the position of the event that caused it."""
    ours = _OURS.fullmatch(recorded.type) is not None
    position = str(recorded.position)
    headers = {
        "ce-specversion": "1.0",
        "ce-id": position,
        "ce-source": f"/{namespace}",
        "ce-type": _encoded(recorded.type),
        "ce-subject": str(recorded.stream_id),
        "ce-time": _rfc3339(recorded.occurred_at),
        "ce-datacontenttype": "application/json" if ours else "application/octet-stream",
        "ce-position": position,
        "ce-version": str(recorded.version),
        "ce-recordedtime": _rfc3339(recorded.recorded_at),
        "ce-actor": _encoded(recorded.actor),
        "ce-commandid": str(recorded.command_id),
        "ce-correlationid": str(recorded.correlation_id),
        "ce-contenthash": _SUITE + recorded.content_hash().hex(),
    }
    if ours:
        headers["ce-dataschema"] = f"/schemas/{recorded.type}"
    if recorded.causation_position is not None:
        headers["ce-causationid"] = str(recorded.causation_position)
    if recorded.department is not None:
        headers["ce-department"] = _encoded(recorded.department)
    if recorded.clock is not None:
        headers["ce-clock"] = _encoded(recorded.clock)
    if recorded.traceparent is not None:
        headers["traceparent"] = _encoded(recorded.traceparent)
    return subject(recorded, namespace), headers, recorded.data


def from_message(message: Message) -> RecordedEvent:
    """The event as it was stored.

    Raises Corrupt when a header is missing or the content is not what its hash says.
    """
    headers = message.headers or {}
    try:
        causation = headers.get("ce-causationid")
        recorded = RecordedEvent(
            position=int(headers["ce-position"]),
            stream_id=UUID(headers["ce-subject"]),
            version=int(headers["ce-version"]),
            type=unquote(headers["ce-type"]),
            data=bytes(message.data or b""),
            occurred_at=datetime.fromisoformat(headers["ce-time"]),
            recorded_at=datetime.fromisoformat(headers["ce-recordedtime"]),
            actor=unquote(headers["ce-actor"]),
            department=_decoded(headers.get("ce-department")),
            command_id=UUID(headers["ce-commandid"]),
            correlation_id=UUID(headers["ce-correlationid"]),
            causation_position=None if causation is None else int(causation),
            traceparent=_decoded(headers.get("traceparent")),
            clock=_decoded(headers.get("ce-clock")),
        )
        written = headers["ce-contenthash"]
        found = _SUITE + recorded.content_hash().hex()
    except (KeyError, ValueError, OverflowError, TypeError) as error:
        # from None: the text would quote what the message holds
        raise Corrupt(f"not an event of ours ({type(error).__name__})") from None
    if found != written:
        raise Corrupt("the content is not what its hash says", position=recorded.position)
    return recorded


@lru_cache(maxsize=1024)
def _tokens(type_name: str) -> str:
    """Program and event as two tokens. A type of another make, e.g. the library's, goes under
    ``foreign`` with what a subject may not hold replaced."""
    if found := _OURS.fullmatch(type_name):
        return f"{found[1]}.{found[2]}"
    return f"{_FOREIGN_PROGRAM}.{_UNSAFE_IN_SUBJECT.sub('_', type_name)[:_TOKEN_AT_MOST] or '_'}"


def _encoded(value: str) -> str:
    return value if _PLAIN.fullmatch(value) else quote(value, safe=_KEPT)


def _decoded(value: str | None) -> str | None:
    return None if value is None else unquote(value)


def _rfc3339(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
