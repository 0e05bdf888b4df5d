"""A registered company: filings with departments, changes, suspension, flags on its officeholders.

Events here carry the code and the name, by which the public register and the name index find
their rows.
"""

from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from domain.company_registration import limits
from domain.company_registration.admission import Readings
from domain.company_registration.changes import (
    AddressChange,
    Change,
    NameChange,
    changed,
    officeholders_of,
    present,
)
from domain.company_registration.licensing import Licensing
from domain.company_registration.names import CompanyName
from domain.company_registration.refusals import (
    AlreadyFiled,
    AlreadyFlagged,
    ChangeOpen,
    FormMismatch,
    NoOpenChange,
    NotAnOfficeholder,
    NotFiled,
    NotFlagged,
    NothingChanges,
    SuspensionEndPassed,
    SuspensionTooLong,
)
from domain.company_registration.states import State
from domain.shared.aggregate import Aggregate, allowed_in, event
from domain.shared.calendar import Calendar
from domain.shared.departments import DepartmentCode
from domain.shared.districts import District
from domain.shared.identifiers import SubjectRef, Uscc
from domain.shared.instants import SHANGHAI, shanghai_date
from domain.shared.refusals import NotDue


class BarList(StrEnum):
    """Lists whose people may not hold office (Company Law, art. 178)."""

    COURT = "court"
    MARKET_REGULATION = "market-regulation"


class Business(Licensing):
    """From the licence on, while the company lives."""

    @property
    def code(self) -> str:
        """The company's code; there is one in every state that asks for it."""
        if self.uscc is None:
            raise LookupError("no licence has been issued")
        return self.uscc

    # --- filings -------------------------------------------------------------------------------

    class FilingRecorded(Aggregate.Event, v=1):
        """A department has the company on file."""

        uscc: Uscc
        department: DepartmentCode
        receipt_no: str

    @allowed_in(State.REGISTERED, State.SUSPENDED)
    def file_with_department(self, department: str, receipt_no: str) -> None:
        """Raises AlreadyFiled: once per department."""
        if department in self.filings:
            raise AlreadyFiled(department=department)
        self._filing_recorded(uscc=self.code, department=department, receipt_no=receipt_no)

    @event(FilingRecorded)
    def _filing_recorded(self, uscc: str, department: str, receipt_no: str) -> None:
        self.filings = {**self.filings, department: receipt_no}

    class FilingTakenBack(Aggregate.Event, v=1):
        """A department was told that the company's registration is void."""

        uscc: Uscc
        department: DepartmentCode
        receipt_no: str

    @allowed_in(State.ANNULLED)
    def take_back_filing(self, department: str) -> None:
        """Raises NotFiled when there is nothing to take back, or no longer."""
        if department not in self.filings:
            raise NotFiled(department=department)
        self._filing_taken_back(
            uscc=self.code, department=department, receipt_no=self.filings[department]
        )

    @event(FilingTakenBack)
    def _filing_taken_back(self, uscc: str, department: str, receipt_no: str) -> None:
        self.filings = {d: no for d, no in self.filings.items() if d != department}

    # --- changes -------------------------------------------------------------------------------

    class ChangeApplied(Aggregate.Event, v=1):
        """One change was applied for; ``name`` is the company's at that time."""

        uscc: Uscc
        registry: District
        name: CompanyName
        change: Change

    @allowed_in(State.REGISTERED)
    def apply_change(self, change: Change) -> None:
        """Raises ChangeOpen: one at a time."""
        if self.open_change is not None:
            raise ChangeOpen(field=self.open_change.field)
        if change == present(change, self.name, self.applied):
            raise NothingChanges(field=change.field)
        if isinstance(change, AddressChange):
            self._judge_address(change.address)
        if isinstance(change, NameChange) and change.name.entity_type != self.applied.entity_type:
            raise FormMismatch(
                organisation_form=change.name.organisation_form,
                entity_type=self.applied.entity_type,
            )
        self._change_applied(uscc=self.code, registry=self.registry, name=self.name, change=change)

    @event(ChangeApplied)
    def _change_applied(self, uscc: str, registry: str, name: CompanyName, change: Change) -> None:
        self.open_change = change

    class ChangeApproved(Aggregate.Event, v=1):
        """The register says ``new`` from now on; ``name`` was the company's until then.

        ``name_kept_until`` is set when the name changed: the old one is nobody's until then.
        """

        uscc: Uscc
        registry: District
        name: CompanyName
        field: str
        old: Change
        new: Change
        officer: str
        name_kept_until: datetime | None

    @allowed_in(State.REGISTERED)
    def approve_change(self, *, officer: str, calendar: Calendar) -> None:
        """Raises NoOpenChange; that nobody new in office is barred is the log's to judge."""
        new = self.pending_change()
        renamed = isinstance(new, NameChange)
        self._change_approved(
            uscc=self.code,
            registry=self.registry,
            name=self.name,
            field=new.field,
            old=present(new, self.name, self.applied),
            new=new,
            officer=officer,
            name_kept_until=limits.name_free_again(self.now, calendar) if renamed else None,
        )

    @event(ChangeApproved)
    def _change_approved(
        self,
        uscc: str,
        registry: str,
        name: CompanyName,
        field: str,
        old: Change,
        new: Change,
        officer: str,
        name_kept_until: datetime | None,
    ) -> None:
        self.open_change = None
        if isinstance(new, NameChange):
            self.name = new.name
        self.application = changed(self.applied, new)

    class ChangeRejected(Aggregate.Event, v=1):
        """The register stays as it is."""

        uscc: Uscc
        registry: District
        name: CompanyName
        change: Change
        reason: str
        officer: str

    @allowed_in(State.REGISTERED)
    def reject_change(self, reason: str, *, officer: str) -> None:
        """Raises NoOpenChange."""
        self._change_rejected(
            uscc=self.code,
            registry=self.registry,
            name=self.name,
            change=self.pending_change(),
            reason=reason,
            officer=officer,
        )

    @event(ChangeRejected)
    def _change_rejected(
        self,
        uscc: str,
        registry: str,
        name: CompanyName,
        change: Change,
        reason: str,
        officer: str,
    ) -> None:
        self.open_change = None

    def pending_change(self) -> Change:
        """The change that waits for its decision. Raises NoOpenChange."""
        if self.open_change is None:
            raise NoOpenChange()
        return self.open_change

    def officeholders_of_change(self) -> tuple[str, ...]:
        """Subjects who come into office if the open change is approved."""
        return officeholders_of(self.open_change) if self.open_change is not None else ()

    def pending_name(self) -> CompanyName | None:
        """The name that an open change has reserved."""
        return self.open_change.name if isinstance(self.open_change, NameChange) else None

    # --- suspension ----------------------------------------------------------------------------

    class BusinessSuspended(Aggregate.Event, v=1):
        """The company rests until the end of a day at the latest (歇业)."""

        uscc: Uscc
        until: date
        clocks: Readings

    @allowed_in(State.REGISTERED)
    def suspend(self, until: date, *, calendar: Calendar) -> None:
        """``until`` is the last day. Raises SuspensionTooLong past three years in all."""
        today = shanghai_date(self.now)
        latest = limits.latest_end_of_suspension(today, self.suspended_days)
        if until <= today:
            raise SuspensionEndPassed()
        if until > latest:
            raise SuspensionTooLong(latest=latest)
        midnight = datetime(until.year, until.month, until.day, tzinfo=SHANGHAI)
        ends_at = (midnight + timedelta(days=1)).astimezone(UTC)
        reading = limits.SUSPENSION.due(self.now, ends_at, calendar)
        self._business_suspended(uscc=self.code, until=until, clocks=(reading,))

    @event(BusinessSuspended)
    def _business_suspended(self, uscc: str, until: date, clocks: Readings) -> None:
        self.state = State.SUSPENDED
        self.read_clocks(clocks)

    class BusinessResumed(Aggregate.Event, v=1):
        """The company is at work again; ``suspended_days`` counts all its days of rest so far."""

        uscc: Uscc
        suspended_days: int
        clocks: Readings

    @allowed_in(State.SUSPENDED)
    def resume(self, *, by_timer: bool) -> None:
        """At any time by the company; by the timer only at the suspension's end (NotDue)."""
        reading = self.clocks[limits.SUSPENSION.name]
        if by_timer and reading.due_at is not None and self.now < reading.due_at:
            raise NotDue(due_at=reading.due_at)
        rested = shanghai_date(self.now) - shanghai_date(reading.since)
        self._business_resumed(
            uscc=self.code,
            suspended_days=self.suspended_days + rested.days,
            clocks=self._stopped(limits.SUSPENSION),
        )

    @event(BusinessResumed)
    def _business_resumed(self, uscc: str, suspended_days: int, clocks: Readings) -> None:
        self.state = State.REGISTERED
        self.suspended_days = suspended_days
        self.read_clocks(clocks)

    # --- who is in office ----------------------------------------------------------------------

    @property
    def lives(self) -> bool:
        """Whether there is a company: with a licence that nothing has ended."""
        return self.state in (State.REGISTERED, State.SUSPENDED, State.ANNOUNCING)

    def named_for_office(self) -> tuple[str, ...]:
        """Subjects whom the register names, or the application while there is no licence."""
        return self.application.officeholders() if self.application is not None else ()

    # --- flags ---------------------------------------------------------------------------------

    class OfficeholderFlagged(Aggregate.Event, v=1):
        """Someone in office here came onto a list after taking office."""

        subject: SubjectRef
        list: BarList

    # An announced end may come to nothing, so what is known of a company is kept up meanwhile.
    @allowed_in(State.REGISTERED, State.SUSPENDED, State.ANNOUNCING)
    def flag_officeholder(self, subject: str, list: BarList) -> None:
        """Once per person and list; who holds no office is not flagged."""
        if subject not in self.applied.officeholders():
            raise NotAnOfficeholder()
        if (subject, list) in self.flags:
            raise AlreadyFlagged(list=list)
        self._officeholder_flagged(subject=subject, list=list)

    @event(OfficeholderFlagged)
    def _officeholder_flagged(self, subject: str, list: BarList) -> None:
        self.flags = self.flags | {(subject, list)}

    class OfficeholderFlagLifted(Aggregate.Event, v=1):
        """The person came off the list."""

        subject: SubjectRef
        list: BarList

    @allowed_in(State.REGISTERED, State.SUSPENDED, State.ANNOUNCING)
    def lift_flag(self, subject: str, list: BarList) -> None:
        """Raises NotFlagged when there is no such flag."""
        if (subject, list) not in self.flags:
            raise NotFlagged(list=list)
        self._officeholder_flag_lifted(subject=subject, list=list)

    @event(OfficeholderFlagLifted)
    def _officeholder_flag_lifted(self, subject: str, list: BarList) -> None:
        self.flags = self.flags - {(subject, list)}
