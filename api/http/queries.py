"""Queries: one row, a page of rows, a search; each with the position that it is true for.

Everything a query may ask stands in the URL, except filters on personal columns: these are taken
from a JSON body only, because URLs end up in logs and histories. A search takes the same
parameters as a list, flat in one object.
"""

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter
from typing import Any
from urllib.parse import unquote

import orjson
from pydantic import TypeAdapter, ValidationError

from api.http import bodies
from api.http.doors import JSON, Request, admit, bad_header
from api.http.parameters import LARGEST_POSITION, only, parameter, parameters, point, text, whole
from api.http.parts import Parts
from api.http.problems import Answer, MethodNotAllowed, RowNotFound, as_of_header
from infra.errors import BadRequest, ReadModelBehind
from infra.projecting.queries import LARGEST_PAGE

WAIT_SECONDS = 2.0
LONGEST_WAIT_SECONDS = 30.0
USUAL_PAGE = 50

READING = ("min_position", "wait", "stale", "as_of")
PAGING = ("sort", "limit", "cursor")


@dataclass(frozen=True, slots=True)
class Reading:
    """How fresh, or how old, the answer is to be."""

    min_position: int
    wait_seconds: float
    stale: bool
    as_of: int | datetime | None


class Queries:
    """The three endpoints of all read models."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._models = parts.read_models
        self._adapters: dict[tuple[str, str], TypeAdapter[Any]] = {}

    async def one(self, request: Request) -> Answer:
        """``GET /queries/{read-model}/{key}``; a key of several columns has a segment for each."""
        name = self._admitted(request)
        given = parameters(request)
        only(given, READING)
        raw: bytes = request.scope.get("raw_path") or request.scope["path"].encode()
        segments = raw.decode("latin-1").split("?")[0].split("/")[3:]
        key = [unquote(segment) for segment in segments]
        reading = await self._ready(name, request, given)
        begun = perf_counter()
        if len(key) != len(self._models.asked(name).model.row.key):
            if key == ["search"]:  # with one column it would be a key like any other
                raise MethodNotAllowed(["POST"])
            raise BadRequest("not-found", 404)
        position, row = await self._models.get(name, key, as_of=reading.as_of)
        self._parts.metrics.query_seconds.labels(name).observe(perf_counter() - begun)
        if row is None:
            raise RowNotFound(position)
        return _answer(request, position, row)

    async def list(self, request: Request) -> Answer:
        """``GET /queries/{read-model}?…``, with filters in the URL."""
        name = self._admitted(request)
        asked = self._models.asked(name)
        given = parameters(request)
        for personal in asked.personal_filters & given.keys():
            raise parameter(personal, f"POST {request.scope['path']}/search")
        public = [one for one in asked.filters if one not in asked.personal_filters]
        only(given, (*public, *PAGING, *READING))
        return await self._page(name, request, given)

    async def search(self, request: Request) -> Answer:
        """``POST /queries/{read-model}/search``, with everything in the body."""
        name = self._admitted(request)
        given = bodies.parsed(await request.body())
        if not isinstance(given, dict):
            raise parameter("body", "{…}")
        only(given, (*self._models.asked(name).filters, *PAGING, *READING))
        for one in ("sort", "limit", *READING):
            if given.get(one, "") is None:
                raise parameter(one, "≠ null")
        for one in given.keys() - {*PAGING, *READING}:
            given[one] = self._typed(name, one, given[one])
        return await self._page(name, request, given)

    def _typed(self, name: str, filter_name: str, value: Any) -> Any:
        """A filter's value from JSON, of its column's own JSON type: no number in a text."""
        column_name, _, operator = filter_name.partition("__")
        column = self._models.asked(name).columns[column_name]
        if value is None:
            return None
        if isinstance(value, float) and value.is_integer() and column.sql_type == "bigint":
            value = int(value)
        if operator == "prefix":
            return text({filter_name: value}, filter_name)
        adapter = self._adapters.get((name, column_name))
        if adapter is None:
            adapter = self._adapters[name, column_name] = column.filter_adapter()
        try:
            return adapter.validate_json(orjson.dumps(value), strict=True)
        except ValidationError:
            raise parameter(filter_name, column.sql_type) from None

    def _admitted(self, request: Request) -> str:
        admit(request, self._parts.verifier, self._parts.rates)
        name = request.path_values["read_model"].replace("-", "_")
        if "_" in request.path_values["read_model"]:
            raise BadRequest("unknown-read-model", 404)
        self._models.asked(name)
        return name

    async def _page(self, name: str, request: Request, given: Mapping[str, Any]) -> Answer:
        reading = await self._ready(name, request, given)
        begun = perf_counter()
        filters = {n: v for n, v in given.items() if n not in PAGING and n not in READING}
        page = await self._models.list(
            name,
            filters,
            text(given, "sort"),
            whole(given, "limit", USUAL_PAGE, 1, LARGEST_PAGE),
            text(given, "cursor"),
            as_of=reading.as_of,
        )
        self._parts.metrics.query_seconds.labels(name).observe(perf_counter() - begun)
        return _answer(request, page.position, {"items": page.rows, "next": page.next})

    async def _ready(self, name: str, request: Request, given: Mapping[str, Any]) -> Reading:
        """Waits for the position the caller wants to see.

        Raises ReadModelBehind when it does not come in time and stale answers are not wanted.
        """
        reading = _reading(request, given)
        if reading.min_position > 0:
            begun = perf_counter()
            reached = await self._models.wait_for(name, reading.min_position, reading.wait_seconds)
            self._parts.metrics.wait_seconds.labels(name).observe(perf_counter() - begun)
            if not reached and not reading.stale:
                raise ReadModelBehind()
        return reading


def _reading(request: Request, given: Mapping[str, Any]) -> Reading:
    stale = text(given, "stale")
    if stale not in (None, "allow"):
        raise parameter("stale", "allow")
    wanted = whole(given, "min_position", 0, 0, LARGEST_POSITION)
    header = request.text(b"huimin-min-position")
    if header is not None:
        if not (header.isascii() and header.isdigit() and len(header) < 20):
            raise bad_header("Huimin-Min-Position", "0, 1, 2, …")
        wanted = max(wanted, min(int(header), LARGEST_POSITION))
    return Reading(wanted, _wait(given), stale == "allow", point(given, "as_of"))


def _wait(given: Mapping[str, Any]) -> float:
    value = given.get("wait", WAIT_SECONDS)
    try:
        seconds = float(value) if not isinstance(value, bool) else math.nan
    except (TypeError, ValueError, OverflowError):
        seconds = math.nan
    if not 0 <= seconds <= LONGEST_WAIT_SECONDS:
        raise parameter("wait", f"0 … {LONGEST_WAIT_SECONDS:.0f}")
    return seconds


def _answer(request: Request, position: int, document: Any) -> Answer:
    body = orjson.dumps(document)
    tag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'.encode()
    headers = [(b"etag", tag), as_of_header(position), (b"cache-control", b"private, no-cache")]
    known = request.headers.get(b"if-none-match", b"")
    if known and any(one.strip().removeprefix(b"W/") in (tag, b"*") for one in known.split(b",")):
        return Answer(304, headers, b"")
    return Answer(200, [JSON, (b"content-length", b"%d" % len(body)), *headers], body)
