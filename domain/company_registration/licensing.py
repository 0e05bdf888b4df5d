"""The office's decision: examine, approve or reject, and issue the licence with its code.

Two officers are needed, one to approve and one to issue. What a company is reported with to the
departments stands in the licence's event, so that they need no other.
"""

from datetime import date
from enum import StrEnum

from domain.company_registration import limits
from domain.company_registration.admission import Admission, Readings
from domain.company_registration.applications import (
    Application,
    Document,
    Person,
    departments_to_file_with,
    required_documents,
)
from domain.company_registration.names import CompanyName, EntityType
from domain.company_registration.refusals import (
    AlreadyExtended,
    ChecklistIncomplete,
    TermOver,
    UsccKindMismatch,
)
from domain.company_registration.states import State
from domain.shared.address import Address
from domain.shared.aggregate import Aggregate, allowed_in, event
from domain.shared.calendar import Calendar
from domain.shared.clocks import ClockReading
from domain.shared.departments import DepartmentCode
from domain.shared.districts import District
from domain.shared.identifiers import IndustryCode, Uscc, uscc_kind
from domain.shared.instants import shanghai_date
from domain.shared.money import Fen
from domain.shared.personal import Personal
from domain.shared.refusals import FourEyes


class RejectionGround(StrEnum):
    """On what legal ground an application is rejected (art. 17, 20)."""

    HARM_TO_STATE_OR_PUBLIC = "harm-to-state-or-public"
    FORBIDDEN_BY_LAW = "forbidden-by-law"
    APPROVAL_MISSING = "approval-missing"
    FALSE_MATERIALS = "false-materials"
    NAME_UNLAWFUL = "name-unlawful"
    NOT_IN_LEGAL_FORM = "not-in-legal-form"


class Licensing(Admission):
    """From an application under examination to a licence."""

    @property
    def applied(self) -> Application:
        """The application as it stands; there is one in every state that asks for it."""
        if self.application is None:
            raise LookupError("no application has been submitted")
        return self.application

    class LegalTermExtended(Aggregate.Event, v=1):
        """The head of the registry allowed three more working days (art. 19)."""

        approved_by: str
        reason: str
        clocks: Readings

    @allowed_in(State.SUBMITTED)
    def extend_legal_term(self, *, approved_by: str, reason: str, calendar: Calendar) -> None:
        """Once in each run of the term, and before it is over."""
        reading = self.clocks[limits.LEGAL.name]
        if self.legal_term_extended:
            raise AlreadyExtended()
        if reading.due_at is not None and self.now > reading.due_at:
            raise TermOver(due_at=reading.due_at)
        self._legal_term_extended(
            approved_by=approved_by, reason=reason, clocks=(self._extended(reading, calendar),)
        )

    def _extended(self, reading: ClockReading, calendar: Calendar) -> ClockReading:
        """As if the term had been the longer one from its start."""
        return limits.LEGAL.start(reading.since, calendar, limit=limits.LEGAL_EXTENDED)

    @event(LegalTermExtended)
    def _legal_term_extended(self, approved_by: str, reason: str, clocks: Readings) -> None:
        self.legal_term_extended = True
        self.read_clocks(clocks)

    class ApplicationApproved(Aggregate.Event, v=1):
        """An officer has seen all that is needed, and nobody in office is barred.

        Whether someone is barred was judged at this event's own position of the log.
        """

        officer: str
        checklist: tuple[Document, ...]

    @allowed_in(State.SUBMITTED)
    def approve(self, checklist: tuple[Document, ...], *, officer: str) -> None:
        """Raises ChecklistIncomplete; that nobody is barred is the log's to judge."""
        needed = required_documents(
            self.name, self.applied.entity_type, needs_prior_approval=self.needs_prior_approval
        )
        if missing := needed - set(checklist):
            raise ChecklistIncomplete(missing=tuple(sorted(missing)))
        self._application_approved(officer=officer, checklist=checklist)

    @event(ApplicationApproved)
    def _application_approved(self, officer: str, checklist: tuple[Document, ...]) -> None:
        self.state = State.APPROVED
        self.approved_by = officer

    class ApplicationRejected(Aggregate.Event, v=1):
        """The law forbids the registration; the name is free again."""

        registry: District
        name: CompanyName
        ground: RejectionGround
        reason: str
        officer: str
        clocks: Readings

    @allowed_in(State.SUBMITTED)
    def reject(self, ground: RejectionGround, reason: str, *, officer: str) -> None:
        """``reason`` is what the applicant gets to read; it names no person."""
        self._application_rejected(
            registry=self.registry,
            name=self.name,
            ground=ground,
            reason=reason,
            officer=officer,
            clocks=self._stopped(limits.LICENCE, limits.LEGAL),
        )

    @event(ApplicationRejected)
    def _application_rejected(
        self,
        registry: str,
        name: CompanyName,
        ground: RejectionGround,
        reason: str,
        officer: str,
        clocks: Readings,
    ) -> None:
        self.state = State.REJECTED
        self.counting_since = None
        self.read_clocks(clocks)

    class LicenceIssued(Aggregate.Event, v=1):
        """The company exists.

        ``office_seconds`` is the time of office hours that it took, without the applicant's own.
        ``departments`` are whom it is to be filed with, in that order.
        """

        uscc: Uscc
        name: CompanyName
        type: EntityType
        registry: District
        established_on: date
        subscribed_capital_fen: Fen
        representative: Personal[Person]
        address: Address
        business_scope: tuple[IndustryCode, ...]
        departments: tuple[DepartmentCode, ...]
        issued_by: str
        office_seconds: int
        clocks: Readings

    @allowed_in(State.APPROVED)
    def issue_licence(self, uscc: str, *, officer: str, calendar: Calendar) -> None:
        """Raises FourEyes when the same officer approved; that the code is free is the log's
        to judge."""
        if officer == self.approved_by:
            raise FourEyes()
        applied = self.applied
        if uscc_kind(uscc) != applied.entity_type:
            raise UsccKindMismatch(entity_type=applied.entity_type)
        self._licence_issued(
            uscc=uscc,
            name=self.name,
            type=applied.entity_type,
            registry=self.registry,
            established_on=shanghai_date(self.now),
            subscribed_capital_fen=applied.subscribed_capital_fen,
            representative=applied.legal_representative,
            address=applied.address,
            business_scope=applied.business_scope,
            departments=departments_to_file_with(foreign_trader=applied.foreign_trader),
            issued_by=officer,
            office_seconds=self.office_seconds(calendar),
            clocks=self._stopped(limits.LICENCE, limits.LEGAL),
        )

    @event(LicenceIssued)
    def _licence_issued(
        self,
        uscc: str,
        name: CompanyName,
        type: EntityType,
        registry: str,
        established_on: date,
        subscribed_capital_fen: int,
        representative: Person,
        address: Address,
        business_scope: tuple[str, ...],
        departments: tuple[str, ...],
        issued_by: str,
        office_seconds: int,
        clocks: Readings,
    ) -> None:
        self.state = State.REGISTERED
        self.uscc = uscc
        self.established_on = established_on
        self.used_s = office_seconds
        self.counting_since = None
        self.read_clocks(clocks)
