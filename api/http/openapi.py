"""The OpenAPI 3.1 document, written from the registry: every command, read model and audit route.

FastAPI could only describe its own endpoints; ours are few and generic, so the document is put
together here, of the same classes that validate the requests.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from api.http.components import (
    ACCEPTED,
    NOT_EMPTY,
    NOT_MODIFIED,
    PARAMETERS,
    POSITION,
    PROBLEM,
    REPLAYED,
    STATUSES,
    answer,
    failures_of,
    header,
    in_query,
    page_of,
    problem,
    reference,
    shared,
)
from api.http.schemas import Schema, Schemas, schemas, without_null
from commands.base import CommandSpec
from infra.discovery import Registry
from infra.projecting.filters import Asked
from infra.projecting.queries import ReadModels
from projections.base import Row

Operation = dict[str, Any]

_EVENT_TYPE = {"type": "string", "examples": ["a-program.something-happened.v1"]}


def document(registry: Registry, read_models: ReadModels, about: Mapping[str, str]) -> Schema:
    """The whole document; ``about`` is its ``info``."""
    known = schemas(registry, read_models)
    paths: dict[str, Any] = {}
    for spec in registry.commands.values():
        main = registry.main_row(spec.aggregate)
        paths[f"/commands/{spec.program}/{spec.name}"] = {"post": _command(spec, known, main)}
    for name in read_models.models:
        paths |= _read_model(name, read_models.asked(name), known)
    return {
        "openapi": "3.1.0",
        "info": dict(about),
        "security": [{"bearer": []}],
        "paths": paths | _audit() | _about(),
        "components": {
            "schemas": {**known.shared, "Problem": PROBLEM, "Accepted": ACCEPTED},
            "responses": {str(status): problem(text) for status, text in STATUSES.items()},
            "parameters": PARAMETERS,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
            },
        },
    }


def _links(main: type[Row] | None, spec: CommandSpec) -> dict[str, Any]:
    """Where a client goes from an answer: to the main read model's row, and to the audit."""
    matter, position = "$response.body#/id", "$response.body#/position"
    links = {
        "timeline": {
            "operationId": "audit_events",
            "parameters": {"program": spec.program, "id": matter},
        },
        "state": {
            "operationId": "audit_state",
            "parameters": {"program": spec.program, "id": matter},
        },
    }
    if main is not None:
        links["row"] = {
            "operationId": f"get_{main.model_name}",
            "parameters": {main.key[0]: matter, "min_position": position},
        }
    return links


def _command(spec: CommandSpec, known: Schemas, main: type[Row] | None) -> Operation:
    roles = ", ".join(sorted(role.value for role in spec.roles)) or "–"
    departments = ", ".join(sorted(spec.departments))
    told = [spec.model.__doc__ or "", f"Roles: {roles}."]
    if departments:
        told.append(f"Departments of officers: {departments}.")
    failures = [400, 401, 403, 409, 412, 413, 415, 422, 429, 500, 503]
    # A handler may look for another matter also when it begins its own.
    failures.append(404)
    headers = {
        "ETag": header('The matter\'s version, e.g. `"3"`.', NOT_EMPTY),
        "Huimin-Position": header("Of the last event, 0 if none.", POSITION),
        "Idempotent-Replayed": REPLAYED,
    }
    if main is not None:
        headers["Location"] = header("The main read model's row.", NOT_EMPTY)
    accepted = {
        "description": "Durable: the events are in the log.",
        "headers": headers,
        "content": {"application/json": {"schema": shared("Accepted")}},
        "links": _links(main, spec),
    }
    statuses = ["201"] if spec.begins else ["200", "201"] if spec.or_begins else ["200"]
    return {
        "tags": [spec.program],
        "operationId": f"{spec.program}_{spec.name}",
        "summary": spec.summary,
        "description": "\n\n".join(told),
        "parameters": [
            reference("Idempotency-Key"),
            reference("If-Match"),
            reference("traceparent"),
            reference("Accept-Language"),
        ],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": known.commands[spec.program, spec.name]}},
        },
        "responses": {**dict.fromkeys(statuses, accepted), **failures_of(failures)},
    }


def _read_model(name: str, asked: Asked, known: Schemas) -> dict[str, Any]:
    row, kebab = asked.model.row, name.replace("_", "-")
    tags, summary = ["queries"], (row.__doc__ or name).partition("\n")[0]
    reading = [reference(n) for n in ("min_position", "Huimin-Min-Position", "wait", "stale")]
    reading.append(reference("Accept-Language"))
    if row.history:
        reading.append(reference("as_of"))
    filters = {n: s for n, s in known.filters[name].items() if n not in asked.personal_filters}
    failures = [400, 401, 404, 429, 500, 503]
    page = page_of(known.rows[name])
    properties = row.model_fields
    key = "/".join(f"{{{column}}}" for column in row.key)
    return {
        f"/queries/{kebab}": {
            "get": {
                "tags": tags,
                "operationId": f"list_{name}",
                "summary": summary,
                "parameters": [
                    *(in_query(n, without_null(schema)) for n, schema in filters.items()),
                    in_query("sort", {"enum": asked.sorts}),
                    reference("limit"),
                    reference("cursor"),
                    *reading,
                    reference("If-None-Match"),
                ],
                "responses": {"200": page, "304": NOT_MODIFIED, **failures_of(failures)},
            }
        },
        f"/queries/{kebab}/search": {
            "post": {
                "tags": tags,
                "operationId": f"search_{name}",
                "summary": f"{summary} (filters on personal columns too)",
                "parameters": [reference("Huimin-Min-Position"), reference("Accept-Language")],
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {"schema": _search(asked, known.filters[name])}
                    },
                },
                "responses": {"200": page, **failures_of([*failures, 413, 415])},
            }
        },
        f"/queries/{kebab}/{key}": {
            "get": {
                "tags": tags,
                "operationId": f"get_{name}",
                "summary": summary,
                "parameters": [
                    *(
                        {
                            "name": column,
                            "in": "path",
                            "required": True,
                            "schema": _key_schema(properties[column].annotation),
                        }
                        for column in row.key
                    ),
                    *reading,
                    reference("If-None-Match"),
                ],
                "responses": {
                    "200": answer(known.rows[name], "The row."),
                    "304": NOT_MODIFIED,
                    **failures_of(failures),
                },
            }
        },
    }


def _search(asked: Asked, filters: Mapping[str, Schema]) -> Schema:
    places: dict[str, Schema] = {
        **filters,
        "sort": {"enum": asked.sorts},
        **{n: PARAMETERS[n]["schema"] for n in ("limit", "min_position", "wait")},
        "cursor": {"type": ["string", "null"]},
        "stale": {"const": "allow"},
    }
    if asked.model.row.history:
        places["as_of"] = PARAMETERS["as_of"]["schema"]
    return {"type": "object", "additionalProperties": False, "properties": places}


def _key_schema(annotation: Any) -> Schema:
    return {"type": "string", "minLength": 1, "description": getattr(annotation, "__name__", "")}


def _audit() -> dict[str, Any]:
    matter = [
        {"name": n, "in": "path", "required": True, "schema": NOT_EMPTY} for n in ("program", "id")
    ]
    failures = failures_of([400, 401, 403, 404, 429, 500, 503])
    paging = [reference("limit"), reference("cursor"), reference("Accept-Language")]
    instant = {"type": "string", "format": "date-time"}
    number = {**POSITION, "minimum": 1}
    return {
        "/audit/{program}/{id}/events": {
            "get": {
                "tags": ["audit"],
                "operationId": "audit_events",
                "summary": "Every event of a matter: who, when, why, and what changed",
                "parameters": [*matter, *paging],
                "responses": {"200": page_of({"type": "object"}, fresh=False), **failures},
            }
        },
        "/audit/{program}/{id}/state": {
            "get": {
                "tags": ["audit"],
                "operationId": "audit_state",
                "summary": "A matter as it was at a version, a position or a time; one at most",
                "parameters": [
                    *matter,
                    in_query("version", number),
                    in_query("position", number),
                    in_query("at", instant),
                    reference("Accept-Language"),
                ],
                "responses": {
                    "200": answer({"type": "object"}, "The fold up to there.", fresh=False),
                    **failures,
                },
            }
        },
        "/audit/events": {
            "get": {
                "tags": ["audit"],
                "operationId": "audit_search",
                "summary": "Events of all matters; a page may be short and still have a next one",
                "parameters": [
                    *(in_query(n, NOT_EMPTY) for n in ("program", "type", "actor", "department")),
                    in_query("from", {"anyOf": [POSITION, instant]}),
                    in_query("to", {"anyOf": [POSITION, instant]}),
                    *paging,
                ],
                "responses": {"200": page_of({"type": "object"}, fresh=False), **failures},
            }
        },
    }


def _about() -> dict[str, Any]:
    def get(summary: str, kind: str, failures: Iterable[int] = (), **more: Any) -> Any:
        told = {"description": summary, "content": {kind: {}}}
        return {
            "get": {
                "tags": ["about"],
                "summary": summary,
                "security": [],
                "responses": {"200": told, **failures_of([500, *failures])},
                **more,
            }
        }

    event_type = {"name": "event_type", "in": "path", "required": True, "schema": _EVENT_TYPE}
    json = "application/json"
    return {
        "/openapi.json": get("This document", json),
        "/asyncapi.json": get("The event stream, as AsyncAPI 3", json),
        "/docs": get("These pages for people", "text/html"),
        "/schemas/{event_type}": get(
            "JSON Schema of an event", "application/schema+json", [404], parameters=[event_type]
        ),
        "/health/live": get("The process answers", json),
        "/health/ready": get("The engines answer; names the one that does not", json, [503]),
        "/metrics": get(
            "Prometheus' text, to role operator or from loopback",
            "text/plain",
            [401, 403, 429, 503],
            security=[{}, {"bearer": []}],
        ),
    }
