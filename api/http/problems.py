"""Failures as RFC 9457 problems, in Chinese or English: one shape for every path and failure.

A problem never holds a stack trace, nor what was sent: of a validation error only the place, the
code and the rule's own limits are shown. Chinese is spoken unless the caller prefers English.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal

import orjson
from pydantic import BaseModel
from pydantic_core import ErrorDetails, ValidationError

from domain.shared import catalogue
from domain.shared.refusals import Refused
from infra.errors import BadRequest, HuiminError, Unavailable

Language = Literal["zh-CN", "en"]
Sentences = Mapping[str, tuple[str, str]]
Header = tuple[bytes, bytes]

MEDIA_TYPE = "application/problem+json"
MOST_ERRORS = 100
_OWN = frozenset({"type", "title", "detail", "status", "code", "errors", "trace_id", "instance"})


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a body or a query: where (JSON Pointer, or parameter), and what."""

    pointer: str
    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)


class Invalid(HuiminError):
    """The request does not fit its model; ``faults`` say where."""

    code = "invalid"
    status = 422

    def __init__(self, faults: Iterable[Fault]) -> None:
        super().__init__()
        self.faults = tuple(faults)


class RowNotFound(HuiminError):
    """There is no such row at this ``position`` of the log."""

    code = "not-found"
    status = 404

    def __init__(self, position: int) -> None:
        super().__init__()
        self.headers = (as_of_header(position),)


def as_of_header(position: int) -> Header:
    """Tells which prefix of the log an answer is true for."""
    return b"huimin-as-of-position", str(position).encode()


class MethodNotAllowed(HuiminError):
    """``allowed`` are the methods that the path takes."""

    code = "method-not-allowed"
    status = 405

    def __init__(self, allowed: Iterable[str]) -> None:
        self.allowed = tuple(sorted(allowed))
        super().__init__(allowed=self.allowed)


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, headers and a body, ready to be sent."""

    status: int
    headers: list[Header]
    body: bytes


def faults_of(error: ValidationError, body: Any) -> list[Fault]:
    """The places of a validation error in ``body``, as it was parsed; each place and code once.

    Raises BadRequest when it nests deeper than the validator goes.
    """
    told = error.errors(include_input=False, include_url=False)
    if told[0]["type"] == "json_invalid":
        raise BadRequest("malformed-json", 400) from None
    found: dict[tuple[str, str], Fault] = {}
    for one in told[:MOST_ERRORS]:
        fault, there = _fault(one, body)
        if one["type"] == "too_short" and _long_enough(there, one["ctx"]):
            # the validator did not count items that it found wrong; those are told themselves
            continue
        found.setdefault((fault.pointer, fault.code), fault)
    return list(found.values())


def _long_enough(there: Any, context: dict[str, Any]) -> bool:
    return isinstance(there, list) and len(there) >= int(context["min_length"])


def _fault(one: ErrorDetails, body: Any) -> tuple[Fault, Any]:
    """The fault, and what was sent in its place."""
    context = one.get("ctx", {})
    facts = {name: context[name] for name in catalogue.FIELD_FACTS & context.keys()}
    place, there = _place(one["loc"], body, missing=one["type"] == "missing")
    return Fault(pointer(place), catalogue.field_code(one["type"]), facts), there


def _place(
    steps: tuple[int | str, ...], body: Any, *, missing: bool
) -> tuple[list[int | str], Any]:
    """The steps that lead through ``body`` and what lies there: the validator's also name members
    of unions."""
    place: list[int | str] = []
    for number, step in enumerate(steps, 1):
        there = (
            step in body
            if isinstance(body, dict)
            else isinstance(step, int) and (isinstance(body, list) and step < len(body))
        )
        if there:
            body = body[step]
        elif not (missing and number == len(steps)):
            continue
        place.append(step)
    return place, body


def pointer(place: Iterable[int | str]) -> str:
    """A JSON Pointer (RFC 6901) into the body; the whole body is the empty text."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in place)


@lru_cache(maxsize=1024)
def language(accept_language: bytes | None) -> Language:
    """The language to answer in: the preferred one of those we have, Chinese when in doubt."""
    best: tuple[float, Language] = (0.0, "zh-CN")
    for part in (accept_language or b"").decode("latin-1").split(","):
        tag, _, parameter = part.strip().partition(";")
        spoken = _spoken(tag.strip().lower())
        weight = _weight(parameter.strip())
        if spoken is not None and weight > best[0]:
            best = (weight, spoken)
    return best[1]


def _spoken(tag: str) -> Language | None:
    primary = tag.partition("-")[0]
    return "en" if primary == "en" else "zh-CN" if primary in ("zh", "*") else None


def _weight(parameter: str) -> float:
    if not parameter.startswith("q="):
        return 1.0
    try:
        weight = float(parameter[2:])
    except ValueError:
        return 0.0
    return weight if 0.0 <= weight <= 1.0 else 0.0


class Problems:
    """Makes answers of failures, with the sentences of the programmes and the shared ones."""

    def __init__(
        self,
        sentences: Sentences,
        count: Callable[[str], None] | None = None,
        own: Mapping[type[Refused], tuple[str, str]] | None = None,
    ) -> None:
        self._sentences = sentences
        self._count = count
        self._own = own or {}

    def of(self, failure: Refused | HuiminError, spoken: Language, trace_id: str) -> Answer:
        """The answer to an expected failure."""
        facts = failure.facts() if isinstance(failure, Refused) else dict(failure.facts)
        headers: list[Header] = list(getattr(failure, "headers", ()))
        if isinstance(failure, Unavailable) or failure.status in (429, 503):
            seconds = facts.get("retry_after") or getattr(failure, "retry_after", 1)
            headers.append((b"retry-after", str(seconds).encode()))
        if failure.status == 401:
            headers.append((b"www-authenticate", b'Bearer realm="huimin"'))
        if isinstance(failure, MethodNotAllowed):
            headers.append((b"allow", ", ".join(failure.allowed).encode()))
        faults = failure.faults if isinstance(failure, Invalid) else None
        words = self._own.get(type(failure)) if isinstance(failure, Refused) else None
        sentences = {failure.code: words} if words else None
        return self.answer(
            failure.status, failure.code, spoken, trace_id, facts, faults, headers, sentences
        )

    def answer(
        self,
        status: int,
        code: str,
        spoken: Language,
        trace_id: str,
        facts: Mapping[str, Any] | None = None,
        faults: Iterable[Fault] | None = None,
        headers: Iterable[Header] = (),
        sentences: Sentences | None = None,
    ) -> Answer:
        """The answer with ``code``'s sentences, those of its own programme where they are given;
        ``facts`` become members of their own."""
        if self._count is not None:
            self._count(code)
        facts = facts or {}
        sentences = sentences or self._sentences
        shown = {name: value for name, value in facts.items() if name not in _OWN}
        problem: dict[str, Any] = {
            "type": f"urn:huimin:problem:{code}",
            "title": catalogue.title(code, spoken, sentences),
            "status": status,
            "detail": catalogue.sentence(code, spoken, facts, sentences),
            "code": code,
            **shown,
            "trace_id": trace_id,
        }
        if faults is not None:
            problem["errors"] = [self._error(fault, spoken) for fault in faults]
        body = orjson.dumps(problem, default=_plain, option=orjson.OPT_NON_STR_KEYS)
        return Answer(
            status,
            [
                (b"content-type", MEDIA_TYPE.encode()),
                (b"content-language", spoken.encode()),
                (b"content-length", str(len(body)).encode()),
                (b"cache-control", b"no-store"),
                *headers,
            ],
            body,
        )

    def _error(self, fault: Fault, spoken: Language) -> dict[str, str]:
        known = fault.code in self._sentences or fault.code in catalogue.ALL
        sentence = catalogue.sentence(
            fault.code if known else "value-error", spoken, fault.facts, self._sentences
        )
        return {"pointer": fault.pointer, "code": fault.code, "detail": sentence}


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, set | frozenset):
        return sorted(value, key=str)
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value)
