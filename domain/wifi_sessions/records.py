"""What an accounting record says, in the domain's words: where it comes from and what it counts."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from domain.wifi_sessions.values import Volume


@dataclass(frozen=True, slots=True)
class Line:
    """Where a record comes from: access point, its restarts so far, and the NAS's numbers."""

    ap: UUID
    hotspot: str
    nas_id: str
    acct_session_id: str
    boot: int


@dataclass(frozen=True, slots=True)
class Reading:
    """What a record counts, as the NAS counts it, at the instant at which it counted."""

    counted: Volume
    seconds: int
    at: datetime


T = TypeVar("T")


def known(value: T | None) -> T:
    """What a matter in this state always knows. Raises LookupError when it does not."""
    if value is None:
        raise LookupError("not known in this state")
    return value
