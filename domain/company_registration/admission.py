"""Asking to be registered: the name, the application, its correction, or taking it back.

The first part of the aggregate; ``licensing``, ``business`` and ``registration`` build on it, in
the order in which a company lives. In each, a deciding method bears its command's name and the
states that allow it, and stands between its event and what applies it.
"""

from datetime import date, datetime

from domain.company_registration import limits
from domain.company_registration.applications import (
    Answer,
    Applicant,
    Application,
    Defect,
    defects_newly_noticed,
)
from domain.company_registration.changes import Change
from domain.company_registration.names import CompanyName
from domain.company_registration.refusals import (
    AddressOutsideRegistry,
    ContributionTooLate,
    CorrectionNotOnce,
    DefectsUnanswered,
    FormMismatch,
    NameLapsed,
)
from domain.company_registration.states import State
from domain.shared.address import Address
from domain.shared.aggregate import Aggregate, allowed_in, event
from domain.shared.calendar import Calendar, same_day_after_months
from domain.shared.clocks import ClockedAggregate, ClockReading, Level, Limit, Unit
from domain.shared.districts import District, current
from domain.shared.instants import shanghai_date
from domain.shared.refusals import NotDue

Readings = tuple[ClockReading, ...]


class Admission(ClockedAggregate):
    """From a reserved name to an application that waits for its decision."""

    CLOCKS = limits.CLOCKS

    # --- name ----------------------------------------------------------------------------------

    class NameReserved(Aggregate.Created, v=1):
        """A name was reserved; the matter begins."""

        name: CompanyName
        registry: District
        applicant: Applicant
        needs_prior_approval: bool
        expires_at: datetime
        clocks: Readings

    @classmethod
    def name_expires_at(
        cls, at: datetime, calendar: Calendar, *, needs_prior_approval: bool
    ) -> datetime:
        """When a name reserved at ``at`` lapses: after two months, or a year."""
        clock = limits.NAME_RESERVATION
        limit = limits.NAME_RESERVATION_WITH_PRIOR_APPROVAL if needs_prior_approval else clock.limit
        return limit.after(at, calendar)

    @event(NameReserved)
    def __init__(
        self,
        name: CompanyName,
        registry: str,
        applicant: Applicant,
        needs_prior_approval: bool,
        expires_at: datetime,
        clocks: Readings,
    ) -> None:
        self.state: State = State.NAME_RESERVED
        self.name: CompanyName = name
        self.registry: str = registry
        self.applicant: Applicant = applicant
        self.needs_prior_approval: bool = needs_prior_approval
        self.expires_at: datetime = expires_at
        self.application: Application | None = None
        self.defects: tuple[Defect, ...] = ()
        # What came with the last resubmission; None before the first request for correction.
        self.answered: tuple[Answer, ...] | None = None
        self.legal_term_extended: bool = False
        # The office's time: used up to the last pause, and since when it runs again.
        self.used_s: int = 0
        self.counting_since: datetime | None = None
        self.approved_by: str | None = None
        self.uscc: str | None = None
        self.established_on: date | None = None
        # From here on of use to a registered company only.
        self.filings: dict[str, str] = {}
        self.open_change: Change | None = None
        self.suspended_days: int = 0
        self.flags: frozenset[tuple[str, str]] = frozenset()
        self.announcement_public: bool = False
        self.objections_until: datetime = expires_at
        self.deregister_until: datetime = expires_at
        self.window_extended: bool = False
        self.asked: tuple[str, ...] = ()
        self.read_clocks(clocks)

    class NameLapsed(Aggregate.Event, v=1):
        """The reservation ran out before an application came."""

        registry: District
        name: CompanyName
        expires_at: datetime
        clocks: Readings

    @allowed_in(State.NAME_RESERVED)
    def expire_name(self) -> None:
        """Raises NotDue before the reservation's end."""
        if self.now < self.expires_at:
            raise NotDue(due_at=self.expires_at)
        self._name_lapsed(
            registry=self.registry,
            name=self.name,
            expires_at=self.expires_at,
            clocks=self._stopped(limits.NAME_RESERVATION),
        )

    @event(NameLapsed)
    def _name_lapsed(
        self, registry: str, name: CompanyName, expires_at: datetime, clocks: Readings
    ) -> None:
        self.state = State.LAPSED
        self.read_clocks(clocks)

    # --- application ---------------------------------------------------------------------------

    class ApplicationSubmitted(Aggregate.Event, v=1):
        """The application is complete enough to be examined; the office's hour begins."""

        registry: District
        name: CompanyName
        application: Application
        accepted_at: datetime
        clocks: Readings

    @allowed_in(State.NAME_RESERVED)
    def submit_application(self, application: Application, *, calendar: Calendar) -> None:
        """Raises NameLapsed and whatever is wrong with the application itself."""
        if self.now >= self.expires_at:
            raise NameLapsed(expired_at=self.expires_at)
        self._judge(application)
        self._application_submitted(
            registry=self.registry,
            name=self.name,
            application=application,
            accepted_at=self.now,
            clocks=(
                *self._stopped(limits.NAME_RESERVATION),
                limits.LICENCE.start(self.now, calendar),
                limits.LEGAL.start(self.now, calendar),
            ),
        )

    @event(ApplicationSubmitted)
    def _application_submitted(
        self,
        registry: str,
        name: CompanyName,
        application: Application,
        accepted_at: datetime,
        clocks: Readings,
    ) -> None:
        self.state = State.SUBMITTED
        self.application = application
        self.counting_since = accepted_at
        self.read_clocks(clocks)

    def _judge(self, application: Application) -> None:
        if application.entity_type != self.name.entity_type:
            raise FormMismatch(
                organisation_form=self.name.organisation_form, entity_type=application.entity_type
            )
        self._judge_address(application.address)
        latest = same_day_after_months(shanghai_date(self.now), 12 * limits.CONTRIBUTION_YEARS)
        if application.contribution_due and application.contribution_due > latest:
            raise ContributionTooLate(latest=latest)

    def _judge_address(self, address: Address) -> None:
        if current(address.division) != current(self.registry):
            raise AddressOutsideRegistry(registry=self.registry)

    class CorrectionRequested(Aggregate.Event, v=1):
        """The applicant was told, at once, all that has to be mended.

        ``used_s`` is the office's time used so far, in seconds of office hours.
        """

        defects: tuple[Defect, ...]
        officer: str
        answer_until: datetime
        used_s: int
        clocks: Readings

    @allowed_in(State.SUBMITTED)
    def request_correction(
        self, defects: tuple[Defect, ...], *, days: int, officer: str, calendar: Calendar
    ) -> None:
        """``days``: calendar days to answer. Raises CorrectionNotOnce for an old defect."""
        if old := defects_newly_noticed(defects, self.answered):
            raise CorrectionNotOnce(documents=old)
        answer_until = Limit(days, Unit.CALENDAR_DAYS).after(self.now, calendar)
        self._correction_requested(
            defects=defects,
            officer=officer,
            answer_until=answer_until,
            used_s=self.office_seconds(calendar),
            clocks=(
                self.clocks[limits.LICENCE.name].pause(self.now, calendar),
                self.clocks[limits.LEGAL.name].stop(self.now, cancelled=True),
                limits.CORRECTION.due(self.now, answer_until, calendar),
            ),
        )

    @event(CorrectionRequested)
    def _correction_requested(
        self,
        defects: tuple[Defect, ...],
        officer: str,
        answer_until: datetime,
        used_s: int,
        clocks: Readings,
    ) -> None:
        self.state = State.CORRECTING
        self.defects = defects
        self.used_s = used_s
        self.counting_since = None
        self.read_clocks(clocks)

    class ApplicationResubmitted(Aggregate.Event, v=1):
        """Every defect was answered; ``application`` is there when its content changed."""

        registry: District
        answers: tuple[Answer, ...]
        application: Application | None
        clocks: Readings

    @allowed_in(State.CORRECTING)
    def resubmit(
        self, answers: tuple[Answer, ...], application: Application | None, *, calendar: Calendar
    ) -> None:
        """Raises DefectsUnanswered, and whatever is wrong with a changed application."""
        told = {answer.defect for answer in answers}
        if unanswered := [d for d in self.defects if d not in told]:
            raise DefectsUnanswered(documents=tuple(sorted({d.document for d in unanswered})))
        if application is not None:
            self._judge(application)
        self._application_resubmitted(
            registry=self.registry,
            answers=answers,
            application=application,
            clocks=(
                *self._stopped(limits.CORRECTION),
                limits.LICENCE.resume(self.clocks[limits.LICENCE.name], self.now, calendar),
                limits.LEGAL.start(self.now, calendar),
            ),
        )

    @event(ApplicationResubmitted)
    def _application_resubmitted(
        self,
        registry: str,
        answers: tuple[Answer, ...],
        application: Application | None,
        clocks: Readings,
    ) -> None:
        self.state = State.SUBMITTED
        self.answered = answers
        self.defects = ()
        self.legal_term_extended = False
        if application is not None:
            self.application = application
        self.read_clocks(clocks)
        self.counting_since = self.clocks[limits.LICENCE.name].since

    class ApplicationLapsed(Aggregate.Event, v=1):
        """The defects were not answered in time."""

        registry: District
        name: CompanyName
        clocks: Readings

    @allowed_in(State.CORRECTING)
    def lapse(self) -> None:
        """Raises NotDue before the time for the answer is over."""
        due_at = self.clocks[limits.CORRECTION.name].due_at
        if due_at is not None and self.now < due_at:
            raise NotDue(due_at=due_at)
        self._application_lapsed(
            registry=self.registry,
            name=self.name,
            clocks=self._stopped(limits.CORRECTION, limits.LICENCE),
        )

    @event(ApplicationLapsed)
    def _application_lapsed(self, registry: str, name: CompanyName, clocks: Readings) -> None:
        self.state = State.LAPSED
        self.counting_since = None
        self.read_clocks(clocks)

    class ApplicationWithdrawn(Aggregate.Event, v=1):
        """The applicant took the application back."""

        registry: District
        name: CompanyName
        clocks: Readings

    @allowed_in(State.SUBMITTED, State.CORRECTING)
    def withdraw(self) -> None:
        """The applicant's right until the decision."""
        self._application_withdrawn(
            registry=self.registry,
            name=self.name,
            clocks=self._stopped(limits.CORRECTION, limits.LICENCE, limits.LEGAL),
        )

    @event(ApplicationWithdrawn)
    def _application_withdrawn(self, registry: str, name: CompanyName, clocks: Readings) -> None:
        self.state = State.WITHDRAWN
        self.counting_since = None
        self.read_clocks(clocks)

    # --- clocks --------------------------------------------------------------------------------

    class ClockBreached(ClockedAggregate.ClockBreached, v=1):
        """The shared event, with the district on whose wall the breach counts."""

        registry: District

    def _record(self, reading: ClockReading, level: Level) -> None:
        if level != "breached":
            super()._record(reading, level)
            return
        # By its class: the library lets no second method apply an event that a base applies.
        self.trigger_event(
            Admission.ClockBreached,
            clocks=(reading.raise_level(level),),
            clock=reading.clock,
            due_at=reading.due_at,
            registry=self.registry,
        )

    def office_seconds(self, calendar: Calendar) -> int:
        """Seconds of office hours that the application has taken until now, pauses left out."""
        if self.counting_since is None:
            return self.used_s
        return self.used_s + calendar.working_seconds_between(self.counting_since, self.now)
