"""An aggregate's state as JSON: the library's transcoder, taught the types that programmes use.

The library asks a transcoding only for what JSON cannot say, so what JSON would say *wrongly* is
wrapped before: an enum that is a text, a key that is not. Names are topics (module and class), which
a snapshot may use because it does not outlive the code that wrote it.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from eventsourcing.persistence import (
    DatetimeAsISO,
    DecimalAsStr,
    JSONTranscoder,
    Transcoding,
    UUIDAsHex,
)
from eventsourcing.utils import get_topic, resolve_topic
from pydantic import BaseModel


@dataclass(frozen=True, slots=True)
class _Wrapped:
    """A value that JSON would not give back as it was; ``kind`` says how to make it again."""

    kind: str
    topic: str
    content: Any


class _WrappedAsList(Transcoding):
    type = _Wrapped
    name = "wrapped"

    def encode(self, obj: _Wrapped) -> list[Any]:
        return [obj.kind, obj.topic, obj.content]

    def decode(self, data: list[Any]) -> Any:
        kind, topic, content = data
        if kind == "pairs":
            return dict(content)
        if kind == "tuple":
            return tuple(content)
        if kind == "set":
            return set(content)
        if kind == "frozenset":
            return frozenset(content)
        if kind == "bytes":
            return bytes.fromhex(content)
        if kind == "timedelta":
            return timedelta(*content)
        if kind == "date":
            return date.fromisoformat(content)
        if kind == "time":
            return time.fromisoformat(content)
        cls = resolve_topic(topic)
        if kind == "model":
            return cls.model_validate_json(content)
        if kind == "record":
            return cls(**content)
        return cls(content)


class StateTranscoder(JSONTranscoder):
    """Also for tuples, sets, bytes, dates, enums, models, dataclasses and values that subclass
    ``str`` or ``int``."""

    def __init__(self) -> None:
        super().__init__()
        for transcoding in (UUIDAsHex(), DecimalAsStr(), DatetimeAsISO(), _WrappedAsList()):
            self.register(transcoding)

    def encode(self, obj: Any) -> bytes:
        """As the library's. Raises TypeError for a type that it was not taught."""
        return super().encode(_plain(obj))


_AS_IS = (bool, int, float, str, type(None), UUID, Decimal, datetime)


def _plain(value: Any) -> Any:
    cls = type(value)
    if cls in _AS_IS:
        return value
    if cls is dict:
        return _mapping(value)
    if cls is list:
        return [_plain(v) for v in value]
    if cls in (tuple, set, frozenset):
        return _Wrapped(cls.__name__, "", [_plain(v) for v in value])
    if cls is bytes:
        return _Wrapped("bytes", "", value.hex())
    if cls is timedelta:
        return _Wrapped("timedelta", "", [value.days, value.seconds, value.microseconds])
    if cls in (date, time):
        return _Wrapped(cls.__name__, "", value.isoformat())
    if isinstance(value, Enum):
        return _Wrapped("value", get_topic(cls), _plain(value.value))
    if isinstance(value, BaseModel):
        return _Wrapped("model", get_topic(cls), value.model_dump_json())
    if is_dataclass(value):
        record = {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
        return _Wrapped("record", get_topic(cls), record)
    for base in (str, int):
        if isinstance(value, base):
            return _Wrapped("value", get_topic(cls), base(value))
    raise TypeError(f"no transcoding for {cls.__name__}")


def _mapping(value: Mapping[Any, Any]) -> Any:
    # "_type_" is the library's own mark
    if all(type(key) is str and key != "_type_" for key in value):
        return {key: _plain(v) for key, v in value.items()}
    return _Wrapped("pairs", "", [[_plain(key), _plain(v)] for key, v in value.items()])


def same(one: Any, other: Any) -> bool:
    """Whether two values are equal and of the same types all the way down."""
    if type(one) is not type(other):
        return isinstance(one, datetime) and isinstance(other, datetime) and one == other
    if isinstance(one, dict):
        if len(one) != len(other):
            return False
        pairs = zip(one.items(), other.items(), strict=True)
        return all(same(k1, k2) and same(v1, v2) for (k1, v1), (k2, v2) in pairs)
    if isinstance(one, list | tuple | deque):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, set | frozenset):
        return bool(one == other) and sorted(t.__name__ for t in map(type, one)) == sorted(
            t.__name__ for t in map(type, other)
        )
    if isinstance(one, BaseModel):
        return same(one.__dict__, other.__dict__)
    return bool(one == other)
