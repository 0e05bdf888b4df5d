"""Repair, removal and measures, and with them the whole aggregate.

Repair is asked for after the shortest publicity, with the duties done and a commitment signed, and
granted by the department that recognised the fault, by nobody else. It stops publication, sharing
and measures at one position of the log. Source: 信用修复管理办法 (NDRC, in force from 1 April 2026).
"""

from domain.credit_records import periods
from domain.credit_records.disputes import Disputes
from domain.credit_records.entries import Evidence, Readings, Shown
from domain.credit_records.identities import SubjectKey
from domain.credit_records.lists import MEASURES, ListCode
from domain.credit_records.refusals import (
    CommitmentMissing,
    DutyOutstanding,
    MeasureNotListed,
    NotListed,
    NotRepairable,
    PublicityOver,
    RemovalNotExpected,
    RepairAlreadyAccepted,
    TooEarly,
)
from domain.credit_records.states import DelistingReason, Kind, RecordState, Severity
from domain.shared.aggregate import Aggregate, allowed_in, event
from domain.shared.calendar import Calendar
from domain.shared.departments import DepartmentCode
from domain.shared.identifiers import OfficerId
from domain.shared.instants import shanghai_date
from domain.shared.personal import Personal

S = RecordState


class CreditRecord(Disputes, program="credit-records"):
    """One item of a subject's public credit information, or one entry on a list.

    Source: 国办发〔2020〕49号; 浙江省公共信用信息管理条例; 信用修复管理办法.
    """

    # what was wrong is still withdrawn there, and an open objection decided
    FINAL = frozenset({S.ENDED, S.DROPPED, S.WITHDRAWN})

    # --- repair --------------------------------------------------------------------------------

    class RepairApplied(Aggregate.Event, v=1):
        """The subject asks for repair; the department has three working days to accept that."""

        subject: SubjectKey
        evidence: Evidence
        clocks: Readings

    @allowed_in(S.PUBLISHED)
    def apply_repair(
        self, evidence: Evidence, *, commitment_signed: bool, calendar: Calendar
    ) -> None:
        """Raises NotRepairable, TooEarly, DutyOutstanding and CommitmentMissing; that the subject
        is not barred is its own to judge."""
        if not self.repairable:
            raise NotRepairable()
        if self.maximum_end is not None and self.now >= self.maximum_end:
            raise PublicityOver(ended_at=self.maximum_end)
        if self.minimum_end is not None and self.now < self.minimum_end:
            raise TooEarly(earliest=shanghai_date(self.minimum_end))
        if self.duty_outstanding:
            raise DutyOutstanding()
        if not commitment_signed:
            raise CommitmentMissing()
        self._repair_applied(
            subject=self.subject,
            evidence=evidence,
            clocks=(periods.REPAIR_ACCEPT.start(self.now, calendar),),
        )

    @event(RepairApplied)
    def _repair_applied(self, subject: str, evidence: Evidence, clocks: Readings) -> None:
        self.state = S.REPAIRING
        self.repair_accepted = False
        self.read_clocks(clocks)

    class RepairAccepted(Aggregate.Event, v=1):
        """The application is complete; ten working days to decide it."""

        officer: OfficerId
        clocks: Readings

    @allowed_in(S.REPAIRING)
    def accept_repair(self, *, officer: str, calendar: Calendar) -> None:
        """Raises RepairAlreadyAccepted."""
        if self.repair_accepted:
            raise RepairAlreadyAccepted()
        decide = periods.REPAIR_DECIDE.start(self.now, calendar)
        self._repair_accepted(
            officer=officer, clocks=(*self._stopped(periods.REPAIR_ACCEPT), decide)
        )

    @event(RepairAccepted)
    def _repair_accepted(self, officer: str, clocks: Readings) -> None:
        self.repair_accepted = True
        self.read_clocks(clocks)

    class RecordRepaired(Aggregate.Event, v=1):
        """From this position on the record is neither published nor shared, and no measure holds.

        ``list`` is the one it had its subject on; ``to_confirm`` have three working days.
        """

        subject: SubjectKey
        source: DepartmentCode
        list: ListCode | None
        item: str | None
        kind: Kind
        severity: Severity | None
        officer: OfficerId
        to_confirm: tuple[DepartmentCode, ...]
        clocks: Readings

    @allowed_in(S.REPAIRING)
    def grant_repair(self, *, officer: str, calendar: Calendar) -> None:
        """By the department that recognised the fault; who calls has seen to that."""
        to_confirm = self.consumers()
        self._record_repaired(
            subject=self.subject,
            source=self.source,
            list=self.on_list,
            item=self.item,
            kind=self.kind,
            severity=self.severity,
            officer=officer,
            to_confirm=to_confirm,
            clocks=(
                *self._stopped(periods.REPAIR_ACCEPT, periods.REPAIR_DECIDE, periods.PUBLICITY_END),
                periods.REMOVAL.start(self.now, calendar),
            ),
        )
        self._delist(DelistingReason.REPAIRED, to_confirm=to_confirm)

    @event(RecordRepaired)
    def _record_repaired(
        self,
        subject: str,
        source: str,
        list: str | None,
        item: str | None,
        kind: Kind,
        severity: Severity | None,
        officer: str,
        to_confirm: tuple[str, ...],
        clocks: Readings,
    ) -> None:
        self.state = S.REPAIRED
        self.repair_accepted = False
        self.to_confirm = to_confirm
        self.read_clocks(clocks)

    class RepairRefused(Aggregate.Event, v=1):
        """The record stays published; its end does not move."""

        subject: SubjectKey
        officer: OfficerId
        reason: Personal[str]
        clocks: Readings

    @allowed_in(S.REPAIRING)
    def refuse_repair(self, reason: str, *, officer: str) -> None:
        """The subject may apply again."""
        self._repair_refused(
            subject=self.subject,
            officer=officer,
            reason=reason,
            clocks=self._stopped(periods.REPAIR_ACCEPT, periods.REPAIR_DECIDE),
        )

    @event(RepairRefused)
    def _repair_refused(self, subject: str, officer: str, reason: str, clocks: Readings) -> None:
        self.state = S.PUBLISHED
        self.repair_accepted = False
        self.read_clocks(clocks)

    class RepairRevoked(Aggregate.Event, v=1):
        """The commitment was false: the record is published again, until its old end."""

        subject: SubjectKey
        shown: Shown
        officer: OfficerId
        reason: Personal[str]
        clocks: Readings

    @allowed_in(S.REPAIRED)
    def revoke_repair(self, reason: str, *, officer: str, calendar: Calendar) -> None:
        """A listing stands again; where the old end has passed, the publicity ends at once."""
        self._repair_revoked(
            subject=self.subject,
            shown=self.shown,
            officer=officer,
            reason=reason,
            clocks=(
                *self._stopped(periods.REMOVAL),
                *self._publicity(self.maximum_end, calendar),
            ),
        )
        if self.maximum_end is not None and self.now >= self.maximum_end:
            self._end_publicity()
        elif self.listed_on is not None:
            self._list(
                since=self.listed_on,
                decision_no=self.its_decision,
                minimum_end=self.minimum_end,
                maximum_end=self.maximum_end,
                public_name=self.public_name,
                officer=officer,
                plea_answer=None,
                calendar=calendar,
            )

    @event(RepairRevoked)
    def _repair_revoked(
        self, subject: str, shown: Shown, officer: str, reason: str, clocks: Readings
    ) -> None:
        self.state = S.PUBLISHED
        self.to_confirm = ()
        self.read_clocks(clocks)

    # --- the keeper's own end of a listing -----------------------------------------------------

    @allowed_in(S.PUBLISHED, S.DISPUTED, S.REPAIRING)
    def delist(self, *, calendar: Calendar) -> None:
        """The keeper takes the subject off the list, as a court does after payment.

        Raises NotListed for what is on no black list.
        """
        if not self.listed or self.kind is not Kind.NEGATIVE:
            raise NotListed()
        self._delist(
            DelistingReason.BY_KEEPER,
            to_confirm=self.consumers(),
            clocks=(
                *self._stopped(periods.REPAIR_ACCEPT, periods.REPAIR_DECIDE),
                periods.REMOVAL.start(self.now, calendar),
            ),
        )

    def end_red_entry(self) -> None:
        """The subject came onto a black list; nothing good is shown of it meanwhile."""
        self._delist(DelistingReason.BLACKLISTED)

    # --- what others do because of it ----------------------------------------------------------

    class MeasureReported(Aggregate.Event, v=1):
        """A department applied a measure of the list in one of its own matters."""

        subject: SubjectKey
        list: ListCode
        department: DepartmentCode
        measure: str
        matter: str
        result: str

    @allowed_in(S.PUBLISHED, S.DISPUTED, S.REPAIRING)
    def report_measure(self, measure: str, matter: str, result: str, *, department: str) -> None:
        """Raises MeasureNotListed."""
        listed = self.credit_list
        known = self.listed and listed is not None and measure in listed.measures
        if listed is None or not known or department not in MEASURES[measure].departments:
            raise MeasureNotListed()
        self._measure_reported(
            subject=self.subject,
            list=listed.code,
            department=department,
            measure=measure,
            matter=matter,
            result=result,
        )

    @event(MeasureReported)
    def _measure_reported(
        self, subject: str, list: str, department: str, measure: str, matter: str, result: str
    ) -> None:
        pass

    class RemovalConfirmed(Aggregate.Event, v=1):
        """A department has taken the record away; ``outstanding`` have not yet."""

        subject: SubjectKey
        department: DepartmentCode
        outstanding: tuple[DepartmentCode, ...]
        clocks: Readings

    @allowed_in(S.REPAIRED, S.WITHDRAWN, S.ENDED)
    def confirm_removal(self, *, department: str) -> None:
        """The last one stops the clock. Raises RemovalNotExpected."""
        if department not in self.to_confirm:
            raise RemovalNotExpected(department=department)
        outstanding = tuple(d for d in self.to_confirm if d != department)
        self._removal_confirmed(
            subject=self.subject,
            department=department,
            outstanding=outstanding,
            clocks=() if outstanding else self._stopped(periods.REMOVAL),
        )

    @event(RemovalConfirmed)
    def _removal_confirmed(
        self, subject: str, department: str, outstanding: tuple[str, ...], clocks: Readings
    ) -> None:
        self.to_confirm = outstanding
        self.read_clocks(clocks)
