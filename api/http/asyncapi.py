"""The AsyncAPI 3 document of the city's own stream, written from the registry's events."""

from typing import Any

from api.http.schemas import Schema, event_schema
from infra.discovery import Registry

_HEADERS: Schema = {
    "type": "object",
    "description": "CloudEvents 1.0, NATS binary mode; values are percent-encoded.",
    "required": [
        "ce-specversion",
        "ce-id",
        "ce-source",
        "ce-type",
        "ce-subject",
        "ce-time",
        "ce-position",
        "ce-version",
        "ce-correlationid",
    ],
    "properties": {
        "ce-specversion": {"const": "1.0"},
        "ce-id": {"type": "string", "description": "The position."},
        "ce-source": {"type": "string"},
        "ce-type": {"type": "string"},
        "ce-subject": {"type": "string", "format": "uuid", "description": "The matter's id."},
        "ce-time": {"type": "string", "format": "date-time", "description": "Of the decision."},
        "ce-dataschema": {"type": "string"},
        "ce-datacontenttype": {"type": "string"},
        "ce-position": {"type": "string", "description": "1, 2, 3 … without a gap."},
        "ce-version": {"type": "string", "description": "Of the matter, 1 for its first event."},
        "ce-correlationid": {"type": "string", "format": "uuid"},
        "ce-causationid": {"type": "string", "description": "Position of the causing event."},
        "ce-department": {"type": "string"},
        "traceparent": {"type": "string"},
    },
}


def document(registry: Registry, namespace: str, stream: str, title: str) -> Schema:
    """A channel and a message for each event type; ``stream`` is JetStream's name of it."""
    channels: dict[str, Any] = {}
    operations: dict[str, Any] = {}
    messages: dict[str, Any] = {}
    for name, event_class in sorted(registry.events.items()):
        program, event, version = name.rsplit(".", 2)
        message = {
            "name": name,
            "summary": (event_class.__doc__ or "").partition("\n")[0],
            "contentType": "application/json",
            "headers": {"$ref": "#/components/schemas/CloudEvent"},
            "payload": event_schema(event_class),
        }
        messages[name] = message
        channel = channels.setdefault(
            f"{program}.{event}",
            {
                "address": f"{namespace}.events.{program}.{event}.{{id}}",
                "parameters": {"id": {"description": "The matter's id."}},
                "messages": {},
            },
        )
        channel["messages"][version] = {"$ref": f"#/components/messages/{name}"}
        operations[f"{program}.{event}"] = {
            "action": "send",
            "channel": {"$ref": f"#/channels/{program}.{event}"},
        }
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": title,
            "version": "1",
            "description": f"JetStream stream {stream}; its sequence number is the position.",
        },
        "defaultContentType": "application/json",
        "channels": channels,
        "operations": operations,
        "components": {"messages": messages, "schemas": {"CloudEvent": _HEADERS}},
    }
