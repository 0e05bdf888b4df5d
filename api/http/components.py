"""What the OpenAPI document says more than once: parameters, answers, problems, and their schemas."""

from collections.abc import Iterable
from typing import Any

from api.http.problems import MEDIA_TYPE
from api.http.schemas import REFERENCE, Schema
from infra.projecting.queries import LARGEST_PAGE

Parameter = dict[str, Any]

POSITION: Schema = {"type": "integer", "minimum": 0, "maximum": 2**63 - 1}
NOT_EMPTY: Schema = {"type": "string", "minLength": 1}


def reference(name: str) -> Parameter:
    return {"$ref": f"#/components/parameters/{name}"}


def shared(name: str) -> Schema:
    return {"$ref": REFERENCE.format(model=name)}


def in_query(name: str, schema: Schema, description: str = "") -> Parameter:
    return {"name": name, "in": "query", "schema": schema, "description": description}


def header(description: str, schema: Schema, *, required: bool = True) -> dict[str, Any]:
    return {"description": description, "schema": schema, "required": required}


def answer(schema: Schema, description: str, *, fresh: bool = True) -> dict[str, Any]:
    headers = {
        "Huimin-As-Of-Position": header("The prefix of the log it is true for.", POSITION),
        "ETag": header("Of the answer's content.", NOT_EMPTY),
    }
    return {
        "description": description,
        "headers": headers if fresh else {},
        "content": {"application/json": {"schema": schema}},
    }


def page_of(item: Schema, *, fresh: bool = True) -> dict[str, Any]:
    page: Schema = {
        "type": "object",
        "additionalProperties": False,
        "required": ["items", "next"],
        "properties": {
            "items": {"type": "array", "items": item},
            "next": {"type": ["string", "null"]},
        },
    }
    return answer(page, "A page; `next` is the cursor of the one behind.", fresh=fresh)


REPLAYED = header("`true` on a retry.", {"const": "true"}, required=False)


def problem(description: str) -> dict[str, Any]:
    return {
        "description": description,
        # a refusal that an event records
        "headers": {"Idempotent-Replayed": REPLAYED},
        "content": {MEDIA_TYPE: {"schema": shared("Problem")}},
    }


def failures_of(statuses: Iterable[int]) -> dict[str, Any]:
    # 405 is not a path's own failure, but a client may meet it on every path
    return {str(s): {"$ref": f"#/components/responses/{s}"} for s in sorted({*statuses, 405})}


NOT_MODIFIED = {"description": "The caller's copy is still right."}

STATUSES = {
    400: "`malformed-json`, `bad-header`, `invalid-parameter` or `bad-cursor`.",
    401: "`unauthenticated`.",
    403: "`forbidden`, whether or not the matter exists.",
    404: "`not-found`, `unknown-command` or `unknown-read-model`.",
    405: "`method-not-allowed`, with `Allow`.",
    409: "The domain's own code, or `version-conflict`.",
    412: "`version-mismatch`.",
    413: "`body-too-large`: over 1 MiB.",
    415: "`unsupported-media-type`: not application/json.",
    422: "`invalid` with `errors`, or `idempotency-key-reused`.",
    429: "`rate-limited`, with `Retry-After`.",
    500: "`internal`.",
    503: "`overloaded`, `store-unavailable` or `read-model-behind`, with `Retry-After`.",
}

PROBLEM: Schema = {
    "type": "object",
    "description": "RFC 9457; members beyond these are the facts of its code.",
    "required": ["type", "title", "status", "detail", "code", "trace_id"],
    "properties": {
        "type": {"type": "string", "examples": ["urn:huimin:problem:not-in-state"]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string", "examples": ["not-in-state"]},
        "trace_id": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["pointer", "code", "detail"],
                "properties": {
                    "pointer": {"type": "string", "description": "JSON Pointer into the body."},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}

ACCEPTED: Schema = {
    "type": "object",
    "additionalProperties": False,
    "required": ["id", "version", "position", "events"],
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "version": {"type": "integer", "minimum": 0},
        "position": {**POSITION, "description": "Of the last event; 0 when nothing was recorded."},
        "events": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["type", "version", "position"],
                "properties": {
                    "type": {"type": "string"},
                    "version": {"type": "integer", "minimum": 1},
                    "position": {**POSITION, "minimum": 1},
                    "id": {
                        "type": "string",
                        "format": "uuid",
                        "description": "The matter, when it is another than the command's own.",
                    },
                },
            },
        },
    },
    "examples": [
        {
            "id": "0197c2f0-1c1e-7f4e-9a3c-0d6d7c8b9a10",
            "version": 3,
            "position": 48211,
            "events": [
                {"type": "a-program.something-happened.v1", "version": 3, "position": 48211}
            ],
        }
    ],
}


def in_header(name: str, schema: Schema, description: str) -> Parameter:
    return {"name": name, "in": "header", "schema": schema, "description": description}


PARAMETERS: dict[str, Parameter] = {
    "Idempotency-Key": in_header(
        "Idempotency-Key",
        {"type": "string", "pattern": "^[!-~]([ -~]{0,126}[!-~])?$"},
        "Scoped to the actor; a retry with it gets the first answer, byte for byte.",
    ),
    "If-Match": in_header(
        "If-Match",
        {"type": "string", "pattern": '^("[0-9]{1,18}"|\\*)$', "examples": ['"3"']},
        "The matter's version that the caller saw.",
    ),
    "If-None-Match": in_header(
        "If-None-Match", {"type": "string"}, "The ETag of the copy the caller has."
    ),
    "traceparent": in_header(
        "traceparent", {"type": "string"}, "W3C trace context, carried into the events."
    ),
    "Accept-Language": in_header(
        "Accept-Language", {"type": "string", "examples": ["en"]}, "zh-CN unless en is preferred."
    ),
    "Huimin-Min-Position": in_header(
        "Huimin-Min-Position",
        {"type": "string", "pattern": "^[0-9]{1,19}$"},
        "As `min_position`; the greater of both counts.",
    ),
    "limit": in_query("limit", {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE}),
    "cursor": in_query("cursor", {"type": "string"}, "`next` of the page before."),
    "min_position": in_query("min_position", POSITION, "Wait until the read model has seen it."),
    "wait": in_query(
        "wait", {"type": "number", "minimum": 0, "maximum": 30, "default": 2}, "Seconds."
    ),
    "stale": in_query("stale", {"const": "allow"}, "Answer with older data when the wait is over."),
    "as_of": in_query(
        "as_of",
        {"anyOf": [POSITION, {"type": "string", "format": "date-time"}]},
        "As it was at a position, or at a time.",
    ),
}
