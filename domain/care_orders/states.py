"""Modes of care and the states of an order, a visit and a settlement, as the brief's tables have them."""

from enum import StrEnum


class Mode(StrEnum):
    """Where care is given: 机构, 日托, 居家."""

    INSTITUTION = "institution"
    DAY_CARE = "day-care"
    HOME = "home"


class OrderState(StrEnum):
    """From a request to its end; all but the last are live."""

    REQUESTED = "requested"
    ASSESSED = "assessed"
    PLANNED = "planned"
    WAITING = "waiting"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    ENDED = "ended"


LIVE = tuple(state for state in OrderState if state is not OrderState.ENDED)


class VisitState(StrEnum):
    """Nothing leads out of ``cancelled``, ``resolved``, ``rejected`` and ``reclaimed``.

    ``rejected`` is a visit that was disputed with right, or that nobody can be paid for; one that
    was paid for already is ``reclaimed``.
    """

    SCHEDULED = "scheduled"
    CANCELLED = "cancelled"
    STARTED = "started"
    MISSED = "missed"
    RESOLVED = "resolved"
    COMPLETED = "completed"
    NEEDS_REVIEW = "needs_review"
    VERIFIED = "verified"
    DISPUTED = "disputed"
    REJECTED = "rejected"
    SETTLED = "settled"
    RECLAIMED = "reclaimed"


class SettlementState(StrEnum):
    """A provider's month: lines come in, then it is confirmed, then paid."""

    DRAFTED = "drafted"
    CONFIRMED = "confirmed"
    PAID = "paid"


class SuspensionReason(StrEnum):
    """Why care rests."""

    HOSPITAL = "hospital"
    TRAVEL = "travel"


class EndReason(StrEnum):
    """Why care ends."""

    RECOVERY = "recovery"
    MOVE = "move"
    WISH = "wish"
    DEATH = "death"


class ReassessmentReason(StrEnum):
    """Why an elder's grade is looked at again."""

    GRADE_EXPIRING = "grade-expiring"
    HOSPITAL_DISCHARGE = "hospital-discharge"
    INCIDENT = "incident"
    WISH = "wish"


class StopGround(StrEnum):
    """Why a provider gets no new elders; each ground is lifted by itself."""

    CREDIT_LISTED = "credit-listed"
    LICENCE_REVOKED = "licence-revoked"
    SAFETY = "safety"


class MissedOutcome(StrEnum):
    """What became of an elder whom nobody visited in time."""

    SEEN = "seen"
    REACHED = "reached"
    WITH_FAMILY = "with-family"
    IN_HOSPITAL = "in-hospital"
    DECEASED = "deceased"


class CancelReason(StrEnum):
    """Why a visit is not to be made."""

    WISH = "wish"
    CARER_ABSENT = "carer-absent"
    SUSPENDED = "suspended"
    TRANSFERRED = "transferred"
    ENDED = "ended"


class ReclaimReason(StrEnum):
    """Why what was or would be paid for a visit is not owed."""

    DEATH = "death"
    ADMISSION = "admission"
    FRAUD = "fraud"
