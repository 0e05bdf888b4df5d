"""The states of credit subjects, records and authorisations, and the words that describe a record."""

from enum import StrEnum


class SubjectType(StrEnum):
    """Whom a credit record may be about."""

    COMPANY = "company"
    PERSON = "person"


class SubjectState(StrEnum):
    """A closed subject is a company that was deregistered; its history stays."""

    OPEN = "open"
    CLOSED = "closed"


class RecordState(StrEnum):
    """From what a department contributes or gives notice of to its end; the last three lead
    nowhere, but that an open objection is still answered and a quashed basis withdrawn."""

    RECORDED = "recorded"
    NOTIFIED = "notified"
    PUBLISHED = "published"
    DISPUTED = "disputed"
    REPAIRING = "repairing"
    REPAIRED = "repaired"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"
    DROPPED = "dropped"


class AuthorisationState(StrEnum):
    """Whether a reader may still ask for reports with it."""

    GRANTED = "granted"
    REVOKED = "revoked"
    EXPIRED = "expired"


class Kind(StrEnum):
    """What a record says of its subject."""

    POSITIVE = "positive"
    NEGATIVE = "negative"
    NEUTRAL = "neutral"


class Severity(StrEnum):
    """How grave a negative record is: 轻微, 一般, 严重."""

    MINOR = "minor"
    GENERAL = "general"
    SERIOUS = "serious"


class Colour(StrEnum):
    """Black lists punish, red lists reward."""

    BLACK = "black"
    RED = "red"


class DelistingReason(StrEnum):
    """Why a subject is no longer on a list."""

    REPAIRED = "repaired"
    WITHDRAWN = "withdrawn"
    TERM_OVER = "term-over"
    BLACKLISTED = "blacklisted"
    BY_KEEPER = "by-keeper"
