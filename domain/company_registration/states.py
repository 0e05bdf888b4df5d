"""The states of a company's matter, as the brief's table has them."""

from enum import StrEnum


class State(StrEnum):
    """From a reserved name to the end; the last six lead nowhere but for a revoked company,
    which is still to be deregistered."""

    NAME_RESERVED = "name_reserved"
    SUBMITTED = "submitted"
    CORRECTING = "correcting"
    APPROVED = "approved"
    REGISTERED = "registered"
    SUSPENDED = "suspended"
    ANNOUNCING = "announcing"
    LAPSED = "lapsed"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    REVOKED = "revoked"
    DEREGISTERED = "deregistered"
    ANNULLED = "annulled"
