"""Events as the audit shows them, for tests."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from simulation.reading import Event

MATTER = UUID("01970000-0000-7000-8000-000000000001")


def shanghai(text: str) -> datetime:
    """An instant (UTC) from the city's time."""
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


def event(
    name: str,
    at: datetime = shanghai("2026-03-02T09:00"),  # noqa: B008  a constant
    *,
    position: int = 1,
    version: int = 1,
    matter: UUID = MATTER,
    actor: str = "citizen-1",
    command: str = "c1",
    clock: str | None = "demo",
    data: Mapping[str, Any] | None = None,
) -> Event:
    """An event of company registration, one of a simulated matter unless it says otherwise."""
    return Event(
        position=position,
        matter=matter,
        version=version,
        type=f"company-registration.{name}.v1",
        at=at,
        actor=actor,
        command_id=command,
        clock=clock,
        data=data or {},
    )
