"""What care says no with; the sentences stand in ``sentences``.

Codes are never renamed. Nothing here tells who holds what is taken.
"""

from datetime import date, datetime

from domain.shared.refusals import Refused


class TooYoung(Refused, code="too-young", status=422):
    """Care orders are for people of sixty and more."""

    least_age: int


class ConsentMissing(Refused, code="consent-missing", status=422):
    """Health data need a consent of their own, and it can be withdrawn (PIPL, art. 15, 29)."""


class OpenOrderExists(Refused, code="open-order-exists"):
    """The elder has a live order of this mode."""

    mode: str


class ElderDied(Refused, code="elder-died"):
    """The elder's death is recorded."""


class NoPause(Refused, code="assessment-not-running"):
    """No assessment waits for the elder, or it waits already, or not yet."""


class AssessorNotIndependent(Refused, code="assessor-not-independent"):
    """Assessors do not work for a provider who is paid by the grade they give."""


class GradeExpired(Refused, code="grade-expired"):
    """A grade is valid for twelve months."""

    valid_until: datetime


class ModeNotAllowed(Refused, code="mode-not-allowed"):
    """The mode is another than the order's, or not for this grade."""

    mode: str


class ServiceNotInMode(Refused, code="service-not-in-mode"):
    """A service is not given in this mode of care."""

    services: tuple[str, ...]


class PlanExceedsEntitlement(Refused, code="plan-exceeds-entitlement"):
    """More minutes a week than the grade entitles to."""

    minutes: int
    entitled: int


class SubsidyNotAllowed(Refused, code="subsidy-not-allowed"):
    """The subsidy is for another mode, or not for this grade."""

    subsidy_kind: str


class PriceMismatch(Refused, code="price-mismatch"):
    """The stated price of a week is not what the price list gives."""

    price_fen: int


class ProviderUnknown(Refused, code="provider-unknown", status=422):
    """No provider of care has this code."""


class ProviderUnlicensed(Refused, code="provider-unlicensed"):
    """The provider's licence or record has run out."""

    licensed_until: date


class ProviderBarred(Refused, code="provider-barred"):
    """The provider gets no new elders for the time being."""

    grounds: tuple[str, ...]


class NoPlace(Refused, code="no-place"):
    """The provider has no place free; ``position`` is the order's in the waiting list, if any."""

    position: int | None = None


class PlaceFree(Refused, code="place-free"):
    """Nobody waits for a place that is free."""

    free: int


class AlreadyWaiting(Refused, code="on-waiting-list"):
    """The order is on this waiting list already."""

    position: int


class SameProvider(Refused, code="same-provider"):
    """A transfer leads to another provider."""


class StartOutOfRange(Refused, code="start-out-of-range"):
    """A place is taken from today or one of the days to come."""

    earliest: date
    latest: date


class EndOutOfRange(Refused, code="end-out-of-range"):
    """An end lies between the request and today; only a death may lie in the past."""

    earliest: date
    latest: date


class NoHeldPlace(Refused, code="no-held-place"):
    """No place is held for this order."""


class VisitNotOfOrder(Refused, code="visit-not-of-order"):
    """What is rated is a visit of this order that was made."""


class RatedThisMonth(Refused, code="rated-this-month"):
    """A provider is rated once a month."""

    month: str


class ReassessmentOpen(Refused, code="reassessment-open"):
    """A reassessment has been asked for and not made yet."""


class CapacityInUse(Refused, code="capacity-in-use"):
    """Places that are taken cannot be given up."""

    mode: str
    used: int


class CarerKnown(Refused, code="carer-known"):
    """The carer is registered with this provider already."""


class CarerUnknown(Refused, code="carer-unknown", status=422):
    """The provider has no such carer."""


class AlreadyStopped(Refused, code="already-stopped"):
    """New assignments are stopped on this ground already."""

    ground: str


class NotStopped(Refused, code="not-stopped"):
    """New assignments are not stopped on this ground."""

    ground: str


class CarerBusy(Refused, code="carer-busy"):
    """The carer is with someone else in one of these quarter hours."""


class ElderBusy(Refused, code="elder-busy"):
    """Someone else is with the elder in one of these quarter hours."""


class CarerNotQualified(Refused, code="carer-not-qualified"):
    """A service needs a qualification that the carer does not have."""

    missing: tuple[str, ...]


class OutsidePlan(Refused, code="outside-plan"):
    """A visit holds services of the plan, as often a week as planned, and lasts long enough."""

    services: tuple[str, ...]


class VisitInPast(Refused, code="visit-in-past"):
    """A visit is planned, moved or cancelled before it begins."""


class WrongCarer(Refused, code="wrong-carer", status=403):
    """Only the carer of the visit checks in and out."""


class TooFar(Refused, code="too-far"):
    """Farther from the elder than a check-in may be."""

    metres: int
    at_most: int


class WrongTag(Refused, code="wrong-tag"):
    """The tag is not the one in the elder's home."""


class TooEarly(Refused, code="check-in-too-early"):
    """A check-in may be half an hour early."""

    earliest: datetime


class TooLate(Refused, code="check-in-too-late"):
    """Who comes after the planned end did not make this visit."""

    latest: datetime


class BeforeCheckIn(Refused, code="before-check-in"):
    """A visit ends after it began."""


class ItemsNotPlanned(Refused, code="items-not-planned"):
    """Something was done that the visit did not hold, or nothing of it."""

    services: tuple[str, ...]


class DisputeTermOver(Refused, code="dispute-term-over"):
    """A visit may be disputed for seven days."""

    due_at: datetime


class NotPayable(Refused, code="not-payable"):
    """The visit lies after the elder's death."""


class DoubleSubsidy(Refused, code="double-subsidy"):
    """The elder has this subsidy of the month by another order, or lives in an institution."""


class MonthNotOver(Refused, code="month-not-over"):
    """A month is confirmed after its end."""

    ends_at: datetime
