"""The states of sessions, access points, log requests and days of logs, as the brief has them."""

from enum import StrEnum


class SessionState(StrEnum):
    """``unauthenticated`` only lasts within the decision that begins a session without a code."""

    UNAUTHENTICATED = "unauthenticated"
    CODE_SENT = "code_sent"
    LOCKED = "locked"
    AUTHENTICATED = "authenticated"
    REFUSED = "refused"
    ONLINE = "online"
    PRESUMED_ENDED = "presumed_ended"
    CLOSED = "closed"


class ApState(StrEnum):
    """An access point, from its installation to its end."""

    INSTALLED = "installed"
    UP = "up"
    DEGRADED = "degraded"
    DOWN = "down"
    MAINTENANCE = "maintenance"
    RETIRED = "retired"


class LogRequestState(StrEnum):
    """A request for logs; ``turned_down`` is kept because the attempt has to be."""

    REQUESTED = "requested"
    APPROVED = "approved"
    DISCLOSED = "disclosed"
    REJECTED = "rejected"
    TURNED_DOWN = "turned_down"


class LogDayState(StrEnum):
    """One day's logs: kept, or destroyed."""

    KEPT = "kept"
    DESTROYED = "destroyed"
