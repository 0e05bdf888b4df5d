"""Asking for care: the request, the first contact, and the assessment of what an elder can do.

The first part of the order; ``planning``, ``serving`` and ``order`` build on it, in the order in
which an order lives. A deciding method bears its command's name and the states that allow it.
"""

from datetime import datetime
from uuid import UUID

from domain.care_orders import limits
from domain.care_orders.assessment import Diagnosis, Grade, Incidents, scheme_on
from domain.care_orders.people import Applicant, Assessor, Contact, Person, Value
from domain.care_orders.refusals import (
    AssessorNotIndependent,
    ConsentMissing,
    NoPause,
)
from domain.care_orders.services import Plan
from domain.care_orders.states import LIVE, Mode, OrderState, SuspensionReason
from domain.care_orders.timed import Readings, Timed
from domain.shared.address import Address, Point
from domain.shared.aggregate import Aggregate, allowed_in, event
from domain.shared.calendar import Calendar
from domain.shared.clocks import Phase
from domain.shared.districts import District
from domain.shared.identifiers import SubjectRef
from domain.shared.instants import ahead_of_clock, shanghai_date
from domain.shared.personal import Personal, Sensitive
from domain.shared.refusals import DateInFuture

S = OrderState


class Booking(Value):
    """A visit as its order remembers it."""

    starts_at: datetime
    items: tuple[str, ...]


class Requesting(Timed):
    """From a request to a grade."""

    CLOCKS = limits.ORDER_CLOCKS

    class CareRequested(Aggregate.Created, v=1):
        """Someone asked for care; the matter begins. ``location`` is the elder's home."""

        elder: Personal[Person]
        mode: Mode
        district: District
        address: Personal[Address]
        location: Sensitive[Point]
        home_tag: Personal[str] | None
        guardian: Personal[Contact] | None
        emergency_contact: Personal[Contact]
        applicant: Applicant
        consent_id: str
        clocks: Readings

    @event(CareRequested)
    def __init__(
        self,
        elder: Person,
        mode: Mode,
        district: str,
        address: Address,
        location: Point,
        home_tag: str | None,
        guardian: Contact | None,
        emergency_contact: Contact,
        applicant: Applicant,
        consent_id: str,
        clocks: Readings,
    ) -> None:
        self.state: OrderState = S.REQUESTED
        self.elder: Person = elder
        self.mode: Mode = mode
        self.district: str = district
        self.address: Address = address
        self.location: Point = location
        self.home_tag: str | None = home_tag
        self.applicant: Applicant = applicant
        self.consent_id: str | None = consent_id
        self.grade: Grade | None = None
        self.valid_until: datetime | None = None
        self.plan: Plan | None = None
        # The provider and its place; the place is None while it is not held, or has no number.
        self.provider: str | None = None
        self.place_held: bool = False
        self.rests_for: SuspensionReason | None = None
        self.waiting_at: str | None = None
        self.bookings: dict[UUID, Booking] = {}
        self.rated: frozenset[str] = frozenset()
        self.reassessing: bool = False
        self.read_clocks(clocks)

    def require_consent(self) -> None:
        """Raises ConsentMissing once the consent is withdrawn."""
        if self.consent_id is None:
            raise ConsentMissing()

    # --- first contact -------------------------------------------------------------------------

    class FirstContactMade(Aggregate.Event, v=1):
        """A coordinator spoke to the elder or the family."""

        by: str
        clocks: Readings

    @allowed_in(S.REQUESTED)
    def record_first_contact(self, *, by: str) -> None:
        """Once; what comes later is no first contact and changes nothing."""
        if clocks := self._stopped(limits.FIRST_CONTACT):
            self._first_contact_made(by=by, clocks=clocks)

    @event(FirstContactMade)
    def _first_contact_made(self, by: str, clocks: Readings) -> None:
        self.read_clocks(clocks)

    # --- assessment ----------------------------------------------------------------------------

    class AssessmentPaused(Aggregate.Event, v=1):
        """The elder cannot be assessed for a while; the limit stands still."""

        reason: Personal[str]
        clocks: Readings

    @allowed_in(S.REQUESTED, S.ACTIVE, S.SUSPENDED)
    def pause_assessment(self, reason: str, *, calendar: Calendar) -> None:
        """Raises NoPause when no limit runs."""
        if not self.runs(limits.ASSESSMENT):
            raise NoPause()
        reading = self.clocks[limits.ASSESSMENT.name].pause(self.now, calendar)
        self._assessment_paused(reason=reason, clocks=(reading,))

    @event(AssessmentPaused)
    def _assessment_paused(self, reason: str, clocks: Readings) -> None:
        self.read_clocks(clocks)

    class AssessmentResumed(Aggregate.Event, v=1):
        """The elder can be assessed again; the limit goes on with what remained."""

        clocks: Readings

    @allowed_in(S.REQUESTED, S.ACTIVE, S.SUSPENDED)
    def resume_assessment(self, *, calendar: Calendar) -> None:
        """Raises NoPause when no limit stands still."""
        if not self.runs(limits.ASSESSMENT, Phase.PAUSED):
            raise NoPause()
        reading = self.clocks[limits.ASSESSMENT.name]
        self._assessment_resumed(clocks=(limits.ASSESSMENT.resume(reading, self.now, calendar),))

    @event(AssessmentResumed)
    def _assessment_resumed(self, clocks: Readings) -> None:
        self.read_clocks(clocks)

    class AbilityAssessed(Aggregate.Event, v=1):
        """Two assessors found what the elder can do; the grade follows from it."""

        elder: SubjectRef
        mode: Mode
        assessed_at: datetime
        scores: Sensitive[dict[str, int]]
        diagnoses: Sensitive[tuple[Diagnosis, ...]]
        incidents_30d: Sensitive[Incidents]
        total: Sensitive[int]
        grade: Sensitive[Grade]
        assessors: tuple[Assessor, ...]
        valid_until: datetime
        clocks: Readings

    @allowed_in(S.REQUESTED, S.ACTIVE, S.SUSPENDED)
    def record_assessment(
        self,
        scores: dict[str, int],
        diagnoses: frozenset[Diagnosis],
        incidents: Incidents,
        assessors: tuple[Assessor, ...],
        at: datetime,
        *,
        providers_staff: frozenset[str],
        calendar: Calendar,
    ) -> None:
        """``providers_staff`` are the subjects who work for the order's provider.

        Raises ConsentMissing, DateInFuture and AssessorNotIndependent.
        """
        self.require_consent()
        if ahead_of_clock(at, self.now):
            raise DateInFuture()
        if any(a.organisation == self.provider or a.subject in providers_staff for a in assessors):
            raise AssessorNotIndependent()
        valid_until = calendar.add_months(at, limits.GRADE_MONTHS)
        clocks = self._stopped(limits.FIRST_CONTACT, limits.ASSESSMENT, limits.REASSESSMENT)
        if self.state is not S.REQUESTED:
            reading = limits.REASSESSMENT.due(self.now, valid_until, calendar)
            clocks = (*(c for c in clocks if c.clock != reading.clock), reading)
        self._ability_assessed(
            elder=self.elder.subject,
            mode=self.mode,
            assessed_at=at,
            scores=scores,
            diagnoses=tuple(sorted(diagnoses)),
            incidents_30d=incidents,
            total=sum(scores.values()),
            grade=scheme_on(shanghai_date(at)).grade(scores, diagnoses, incidents),
            assessors=assessors,
            valid_until=valid_until,
            clocks=clocks,
        )

    @event(AbilityAssessed)
    def _ability_assessed(
        self,
        elder: str,
        mode: Mode,
        assessed_at: datetime,
        scores: dict[str, int],
        diagnoses: tuple[Diagnosis, ...],
        incidents_30d: Incidents,
        total: int,
        grade: Grade,
        assessors: tuple[Assessor, ...],
        valid_until: datetime,
        clocks: Readings,
    ) -> None:
        if self.state is S.REQUESTED:
            self.state = S.ASSESSED
        self.grade = grade
        self.valid_until = valid_until
        self.reassessing = False
        self.read_clocks(clocks)

    # --- consent -------------------------------------------------------------------------------

    class ConsentWithdrawn(Aggregate.Event, v=1):
        """The elder's health data may not be used any more, nor given to anybody."""

        elder: SubjectRef
        consent_id: str
        provider: str | None

    @allowed_in(*LIVE)
    def withdraw_consent(self) -> None:
        """At any time (PIPL, art. 15). Raises ConsentMissing the second time."""
        if self.consent_id is None:
            raise ConsentMissing()
        self._consent_withdrawn(
            elder=self.elder.subject, consent_id=self.consent_id, provider=self.provider
        )

    @event(ConsentWithdrawn)
    def _consent_withdrawn(self, elder: str, consent_id: str, provider: str | None) -> None:
        self.consent_id = None
