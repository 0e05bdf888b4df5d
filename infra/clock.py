"""The one place that reads the system clock; everything else is handed an instant."""

from datetime import UTC, datetime


def now() -> datetime:
    """The present instant, UTC. It may jump either way; nothing orders events by it."""
    return datetime.now(UTC)
