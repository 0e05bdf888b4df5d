"""Bodies: read up to a limit, and refused as JSON before anyone validates them.

The validator's own parser is more lenient than a door may be: it takes NaN, repeated keys and
``\\u0000``, which PostgreSQL then refuses as a database error. The check costs 2 µs for a usual
body; only a body that looks suspicious is read a second time, slowly and exactly.
"""

import json
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

import orjson

from infra.errors import BadRequest

Receive = Callable[[], Awaitable[Mapping[str, Any]]]

LARGEST = 1 << 20
"""Bytes; the contract's 1 MiB."""

DEEPEST = 64
"""Levels of arrays and objects within each other."""

_KEYS = re.compile(rb'"\s*:').findall
_WHOLE = range(-(2**63), 2**64)


class ClientGone(Exception):
    """The client went away before its whole body had come."""


async def read(receive: Receive, declared: bytes | None) -> bytes:
    """The whole body.

    Raises BadRequest ``body-too-large`` (413) as soon as that is known, and ClientGone.
    """
    if declared is not None and (len(declared) > 18 or int(declared) > LARGEST):
        raise _too_large()
    message = await receive()
    if message["type"] == "http.disconnect":
        raise ClientGone
    body: bytes = message.get("body", b"")
    if not message.get("more_body"):
        if len(body) > LARGEST:
            raise _too_large()
        return body
    parts, length = [body], len(body)
    while message.get("more_body"):
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        parts.append(message.get("body", b""))
        length += len(parts[-1])
        if length > LARGEST:
            raise _too_large()
    return b"".join(parts)


def _too_large() -> BadRequest:
    return BadRequest("body-too-large", 413)


def parsed(body: bytes) -> Any:
    """The body as plain values, of JSON as I-JSON (RFC 7493) narrows it.

    Raises BadRequest ``malformed-json`` for bad UTF-8, lone surrogates, NUL, NaN and Infinity,
    keys given twice, numbers outside 64 bits or the range of a double, and nesting too deep.
    """
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        # from None: the error's text may quote the body
        raise _malformed() from None
    keys, doubtful = _looked_at(value)
    # Every key ends with a quote and a colon, so equal counts prove that no key came twice. A
    # text may hold the same two characters, or an integer may have become a float: look closely.
    # Mostly there is no colon but those behind keys, and to count them takes 0.1 µs, not 0.6.
    once = body.count(b":") == keys or len(_KEYS(body)) == keys
    if doubtful or not once or b"\\u0000" in body:
        _check_exactly(body)
    return value


def _looked_at(value: Any, depth: int = 1) -> tuple[int, bool]:
    """How many keys there are in ``value``, and whether it has a float; refuses deep nesting."""
    if depth > DEEPEST:
        raise _malformed()
    inside: Iterable[Any]
    if value.__class__ is dict:
        keys, inside = len(value), value.values()
    elif value.__class__ is list:
        keys, inside = 0, value
    else:
        return 0, value.__class__ is float
    doubtful = False
    for part in inside:
        kind = part.__class__
        if kind is dict or kind is list:
            more, doubt = _looked_at(part, depth + 1)
            keys += more
            doubtful = doubtful or doubt
        elif kind is float:
            doubtful = True
    return keys, doubtful


def _check_exactly(body: bytes) -> None:
    try:
        json.loads(
            body,
            object_pairs_hook=_object,
            parse_int=_integer,
        )
    except ValueError:
        raise _malformed() from None
    if b"\\u0000" in body and _holds_nul(orjson.loads(body)):
        raise _malformed()


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key twice")
    return found


def _integer(digits: str) -> int:
    number = int(digits)
    if number not in _WHOLE:
        raise ValueError("beyond 64 bits")
    return number


def _holds_nul(value: Any) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any("\0" in key or _holds_nul(part) for key, part in value.items())
    return isinstance(value, list) and any(_holds_nul(part) for part in value)


def _malformed() -> BadRequest:
    return BadRequest("malformed-json", 400)
