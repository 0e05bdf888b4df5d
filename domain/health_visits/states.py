"""The states of the matters of health visits, as the brief's tables have them."""

from enum import StrEnum


class VisitState(StrEnum):
    """From a booking or a number at the counter to a closed record."""

    BOOKED = "booked"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"
    WAITING = "waiting"
    CALLED = "called"
    LEFT = "left"
    CONSULTING = "consulting"
    ADMITTED = "admitted"
    FINISHED = "finished"
    CLOSED = "closed"
    DECEASED = "deceased"


class SessionState(StrEnum):
    """Whether a session still takes bookings."""

    OPEN = "open"
    CLOSED = "closed"


class ReferralState(StrEnum):
    """What became of a referral."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    LAPSED = "lapsed"


class ArchiveState(StrEnum):
    """A merged archive is kept, but written in another's; a closed one is of a dead person."""

    OPEN = "open"
    MERGED = "merged"
    CLOSED = "closed"


class ReportState(StrEnum):
    """How far the report of a notifiable disease is."""

    DUE = "due"
    REPORTED = "reported"
    CORRECTED = "corrected"
