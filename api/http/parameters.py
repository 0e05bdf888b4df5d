"""Parameters of a question, from the URL or a JSON body: each checked, none ever repeated."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from api.http.doors import Request
from infra.errors import BadRequest

LARGEST_POSITION = 2**63 - 1


def parameters(request: Request) -> dict[str, Any]:
    """The URL's parameters. Raises BadRequest for bad UTF-8, NUL, and what is given twice."""
    query: bytes = request.scope["query_string"]
    try:
        pairs = parse_qsl(
            query.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=100,
        )
    except ValueError:
        raise parameter("?", "UTF-8") from None
    given = dict(pairs)
    if len(given) != len(pairs):
        twice = next(name for name, _ in pairs if sum(name == other for other, _ in pairs) > 1)
        raise parameter(twice, "1 ×")
    return given


def only(given: Mapping[str, Any], allowed: tuple[str, ...]) -> None:
    for name in given:
        if name not in allowed:
            # the name itself is the caller's text and may be anything, so it is not repeated
            raise parameter("?", *allowed)


def parameter(name: str, *allowed: str) -> BadRequest:
    """The failure that names a parameter and what it may be, never what was sent."""
    return BadRequest("invalid-parameter", 400, parameter=name, allowed=list(allowed))


def text(given: Mapping[str, Any], name: str) -> str | None:
    value = given.get(name)
    if value is None or isinstance(value, str):
        return value
    raise parameter(name, '"…"')


def name(given: Mapping[str, Any], name: str) -> str | None:
    """A text that is not empty."""
    value = text(given, name)
    if value == "":
        raise parameter(name, '"…"')
    return value


def whole(given: Mapping[str, Any], name: str, usual: int, low: int, high: int) -> int:
    value = given.get(name, usual)
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20:
        value = int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # JSON knows no integers, and JSON Schema takes 1.0 for one
    if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
        return value
    raise parameter(name, f"{low} … {high}")


def point(given: Mapping[str, Any], name: str) -> int | datetime | None:
    """A position, or a time in RFC 3339 with its offset."""
    value = given.get(name)
    if value is None:
        return None
    if isinstance(value, str) and not (value.isascii() and value.isdigit()):
        return time(value, name)
    return whole(given, name, 0, 0, LARGEST_POSITION)


def time(value: str, name: str) -> datetime:
    """An instant from RFC 3339. A plus that a URL made into a space is put back."""
    try:
        at = datetime.fromisoformat(value.replace(" ", "+") if "T" in value else value)
        at.astimezone()  # raises at the ends of the calendar
    except (ValueError, OverflowError):
        at = None
    if at is None or at.tzinfo is None:
        raise parameter(name, "2026-03-02T09:00:00+08:00", "1, 2, 3, …")
    return at
