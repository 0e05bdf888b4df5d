"""Builders: an append with defaults, so that a test shows only what matters to it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from uuid import UUID, uuid4

import psycopg

from infra.log.records import Append, ClaimDemand, NewEvent

NOW = datetime(2014, 3, 3, 9, 30, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
Kind = Literal["take", "release", "absent"]


def append(
    stream: UUID | None = None,
    after: int = 0,
    events: int = 1,
    *,
    command: UUID | None = None,
    claims: Sequence[ClaimDemand] = (),
    at: datetime = NOW,
    **changes: Any,
) -> Append:
    """An append of so many events behind version ``after``."""
    stream = stream or uuid4()
    new = [
        NewEvent(stream, after + 1 + n, "lamps.switched.v1", b'{"on":true}') for n in range(events)
    ]
    fields: dict[str, Any] = {
        "command_id": command or uuid4(),
        "fingerprint": b"fingerprint",
        "stream_id": stream,
        "version": after + events,
        "occurred_at": at,
        "actor": "officer-7",
        "events": new,
        "claims": claims,
    }
    return Append(**{**fields, **changes})


def demand(
    kind: Kind, holder: UUID, value: str = "hefeng", until: datetime | None = None
) -> ClaimDemand:
    """A demand on a value of one scope."""
    return ClaimDemand(kind, "name", value, holder, until)


def rows(url: str, namespace: str, statement: str) -> list[Any]:
    """What the owner of the database sees."""
    options = f"-c search_path={namespace}"
    with psycopg.connect(url, autocommit=True, options=options) as connection:
        return connection.execute(statement.encode()).fetchall()
