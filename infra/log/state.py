"""An aggregate's state as JSON: the library's transcoder, taught the types that programmes use.

The library asks a transcoding only for what JSON cannot say at all; what JSON would say *wrongly*
(an enum that is a text, a key that is not) would come back as something else. So values are walked
here before the encoder sees them. Classes are named by topic (module and class), which a snapshot
may do because it does not outlive the code that wrote it.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from typing import Any

from eventsourcing.persistence import (
    DatetimeAsISO,
    DecimalAsStr,
    JSONTranscoder,
    Transcoding,
    UUIDAsHex,
)
from eventsourcing.utils import get_topic, resolve_topic
from pydantic import BaseModel


class _By(Transcoding):
    """A transcoding made of two functions."""

    def __init__(
        self,
        cls: type,
        name: str,
        encode: Callable[[Any], Any],
        decode: Callable[[Any], Any],
    ) -> None:
        self.type = cls
        self.name = name
        self._encode = encode
        self._decode = decode

    def encode(self, obj: Any) -> Any:
        return self._encode(obj)

    def decode(self, data: Any) -> Any:
        return self._decode(data)


class _Pairs:
    """Stands for a dictionary whose keys JSON would change."""


class _OfClass:
    """Stands for values whose class is part of the data."""


def _made_again(data: list[Any]) -> Any:
    kind, topic, content = data
    cls = resolve_topic(topic)
    if kind == "model":
        return cls.model_validate_json(content)
    if kind == "record":
        return cls(**content)
    return cls(content)


def _days_seconds_microseconds(value: timedelta) -> list[int]:
    return [value.days, value.seconds, value.microseconds]


_TRANSCODINGS = (
    UUIDAsHex(),
    DecimalAsStr(),
    DatetimeAsISO(),
    _By(date, "date_iso", date.isoformat, date.fromisoformat),
    _By(time, "time_iso", time.isoformat, time.fromisoformat),
    _By(timedelta, "timedelta", _days_seconds_microseconds, lambda data: timedelta(*data)),
    _By(tuple, "tuple_as_list", list, tuple),
    _By(set, "set_as_list", list, set),
    _By(frozenset, "frozenset_as_list", list, frozenset),
    _By(bytes, "bytes_hex", bytes.hex, bytes.fromhex),
    _By(_Pairs, "pairs", list, dict),
    _By(_OfClass, "of_class", list, _made_again),
)
_AS_IS = frozenset({bool, int, float, str, type(None)})


class StateTranscoder(JSONTranscoder):
    """Also for tuples, sets, bytes, dates, enums, models, dataclasses and subclasses of ``str``
    and ``int``. Raises TypeError, as the library's, for a type that it was not taught."""

    def __init__(self) -> None:
        super().__init__()
        for transcoding in _TRANSCODINGS:
            self.register(transcoding)

    def encode(self, obj: Any) -> bytes:
        """Encodes given object as a bytes array."""
        return super().encode(self._plain(obj))

    def _plain(self, value: Any) -> Any:
        cls = type(value)
        if cls in _AS_IS:
            return value
        if (transcoding := self.types.get(cls)) is not None:
            return _marked(transcoding.name, self._plain(transcoding.encode(value)))
        if cls is dict:
            return self._mapping(value)
        if cls is list:
            return [self._plain(v) for v in value]
        return self._of_class(cls, value)

    def _mapping(self, value: Mapping[Any, Any]) -> Any:
        # "_type_" is the library's own mark
        if all(type(key) is str and key != "_type_" for key in value):
            return {key: self._plain(v) for key, v in value.items()}
        return _marked("pairs", [[self._plain(k), self._plain(v)] for k, v in value.items()])

    def _of_class(self, cls: type, value: Any) -> Any:
        if isinstance(value, Enum):
            kind, content = "value", self._plain(value.value)
        elif isinstance(value, BaseModel):
            kind, content = "model", value.model_dump_json()
        elif is_dataclass(value):
            kind = "record"
            content = {f.name: self._plain(getattr(value, f.name)) for f in fields(value)}
        elif isinstance(value, str):
            kind, content = "value", str(value)
        elif isinstance(value, int):
            kind, content = "value", int(value)
        else:
            return self._encode_obj(value)  # which says that the type is not registered
        return _marked("of_class", [kind, get_topic(cls), content])


def _marked(name: str, data: Any) -> dict[str, Any]:
    return {"_type_": name, "_data_": data}


def same(one: Any, other: Any) -> bool:
    """Whether two values are equal and of the same types all the way down."""
    if isinstance(one, datetime) and isinstance(other, datetime):
        return one == other  # UTC has several classes
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        pairs = zip(one.items(), other.items(), strict=False)
        return len(one) == len(other) and all(
            same(key1, key2) and same(value1, value2) for (key1, value1), (key2, value2) in pairs
        )
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, BaseModel):
        return same(one.__dict__, other.__dict__)
    if isinstance(one, set | frozenset):
        return bool(one == other) and _classes(one) == _classes(other)
    return bool(one == other)


def _classes(values: set[Any] | frozenset[Any]) -> list[str]:
    return sorted(get_topic(type(v)) for v in values)
