"""JSON Schemas of everything that crosses the door, from the very classes that check and read it.

All are made in one go, so that a type two of them share has one name in the document.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import JsonSchemaMode

from domain.shared.aggregate import ENVELOPE, EventBase
from infra.discovery import Registry
from infra.projecting.filters import Asked
from infra.projecting.queries import ReadModels

Schema = dict[str, Any]
DIALECT = "https://json-schema.org/draft/2020-12/schema"
REFERENCE = "#/components/schemas/{model}"
LARGEST_INTEGER = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Schemas:
    """``commands`` by (programme, command), ``rows`` by read model, ``filters`` by read model and
    filter; ``shared`` are the components that they refer to."""

    commands: Mapping[tuple[str, str], Schema]
    rows: Mapping[str, Schema]
    filters: Mapping[str, Mapping[str, Schema]]
    shared: Mapping[str, Schema]


def schemas(registry: Registry, read_models: ReadModels) -> Schemas:
    """The schemas of all commands, rows and filters."""
    wanted: list[tuple[tuple[str, ...], JsonSchemaMode, TypeAdapter[Any]]] = []
    for key, spec in registry.commands.items():
        wanted.append((("command", *key), "validation", TypeAdapter(spec.model)))
    for name, model in read_models.models.items():
        wanted.append((("row", name), "serialization", TypeAdapter(model.row)))
        for filter_name, adapter in _filters(read_models.asked(name)):
            wanted.append((("filter", name, filter_name), "validation", adapter))
    made, shared = TypeAdapter.json_schemas(wanted, ref_template=REFERENCE)
    found = {key: bounded(schema) for (key, _), schema in made.items()}
    return Schemas(
        commands={key: found["command", *key] for key in registry.commands},
        rows={name: found["row", name] for name in read_models.models},
        filters={
            name: {
                # no value is no end of a range
                one: without_null(found["filter", name, one])
                if "__" in one
                else found["filter", name, one]
                for one in read_models.asked(name).filters
            }
            for name in read_models.models
        },
        shared=bounded(shared.get("$defs", {})),
    )


def _filters(asked: Asked) -> Iterable[tuple[str, TypeAdapter[Any]]]:
    for name in asked.filters:
        column_name, _, operator = name.partition("__")
        column = asked.columns[column_name]
        yield name, TypeAdapter(str) if operator == "prefix" else column.filter_adapter()


def bounded(schema: Any) -> Any:
    """The schema with 64 bits said where an integer has no bound: more is refused at the door."""
    if isinstance(schema, list):
        return [bounded(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {name: bounded(part) for name, part in schema.items()}
    if inner.get("type") == "integer":
        if not {"minimum", "exclusiveMinimum"} & inner.keys():
            inner["minimum"] = -LARGEST_INTEGER - 1
        if not {"maximum", "exclusiveMaximum"} & inner.keys():
            inner["maximum"] = LARGEST_INTEGER
    return inner


def without_null(schema: Schema) -> Schema:
    """What a URL can say of an optional column."""
    members = schema.get("anyOf")
    if not members:
        return schema
    rest = [member for member in members if member != {"type": "null"}]
    if len(rest) == 1:
        kept = {name: part for name, part in schema.items() if name not in ("anyOf", "default")}
        return {**kept, **rest[0]}
    return {**schema, "anyOf": rest}


def event_schema(event_class: type[EventBase]) -> Schema:
    """The JSON Schema of an event's data, on its own, as messages and answers carry it."""
    schema = event_class.model_json_schema(mode="serialization")
    own = {name: field for name, field in schema["properties"].items() if name not in ENVELOPE}
    required = [name for name in schema.get("required", []) if name not in ENVELOPE]
    return {
        "$schema": DIALECT,
        "$id": f"/schemas/{event_class.type_name}",
        **schema,
        "title": event_class.type_name,
        "properties": own,
        "required": required,
    }
