"""Objections: the subject says that a record is wrong, and its source decides in seven working days.

Publicity runs on meanwhile: the item is hidden (or marked), but its end never moves. An objection
that is open when the publicity ends is still decided, and may correct the history.
Source: 信用修复管理办法 (2026); PIPL art. 46.
"""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from domain.credit_records import periods
from domain.credit_records.entries import Evidence, Readings, Shown
from domain.credit_records.identities import SubjectKey
from domain.credit_records.listing import Listing
from domain.credit_records.lists import ListCode
from domain.credit_records.refusals import (
    EvidenceAlreadyAsked,
    EvidenceNotAsked,
    NoOpenObjection,
    NothingCorrected,
    ObjectionOpen,
)
from domain.credit_records.states import DelistingReason, Kind, RecordState, Severity
from domain.shared.aggregate import Aggregate, allowed_in, event
from domain.shared.calendar import Calendar
from domain.shared.clocks import Phase
from domain.shared.departments import DepartmentCode
from domain.shared.personal import Personal

S = RecordState
WithdrawalReason = Literal["objection", "basis-quashed"]


class Correction(BaseModel):
    """What a record is to say instead; None where it stays as it is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    severity: Severity | None = None
    determined_on: date | None = None
    decision_no: str | None = None
    facts: Personal[str] | None = None

    @property
    def empty(self) -> bool:
        """Whether it corrects nothing."""
        return not any(getattr(self, name) is not None for name in Correction.model_fields)


class Disputes(Listing):
    """A published record that its subject objects to."""

    class ObjectionRaised(Aggregate.Event, v=1):
        """The subject objects; ``hidden``: the public page leaves the item out meanwhile."""

        subject: SubjectKey
        list: ListCode | None
        ground: Personal[str]
        evidence: Evidence
        hidden: bool
        clocks: Readings

    def require_no_objection(self) -> None:
        """Raises ObjectionOpen, which tells more than the state."""
        if self.objection_open:
            raise ObjectionOpen()

    @allowed_in(S.PUBLISHED)
    def raise_objection(self, ground: str, evidence: Evidence, *, calendar: Calendar) -> None:
        """By the subject or who acts for it."""
        self._objection_raised(
            subject=self.subject,
            list=self.on_list,
            ground=ground,
            evidence=evidence,
            hidden=periods.HIDDEN_WHILE_DISPUTED,
            clocks=(periods.OBJECTION.start(self.now, calendar),),
        )

    @event(ObjectionRaised)
    def _objection_raised(
        self,
        subject: str,
        list: str | None,
        ground: str,
        evidence: Evidence,
        hidden: bool,
        clocks: Readings,
    ) -> None:
        self.state = S.DISPUTED
        self.objection_open = True
        self.read_clocks(clocks)

    class EvidenceAsked(Aggregate.Event, v=1):
        """The source asks the subject for evidence; the time to decide stands still."""

        what: Personal[str]
        clocks: Readings

    @allowed_in(S.DISPUTED, S.ENDED)
    def ask_evidence(self, what: str, *, calendar: Calendar) -> None:
        """Raises NoOpenObjection and EvidenceAlreadyAsked."""
        self._require_objection()
        if self.evidence_asked:
            raise EvidenceAlreadyAsked()
        reading = self.clocks[periods.OBJECTION.name]
        self._evidence_asked(what=what, clocks=(reading.pause(self.now, calendar),))

    @event(EvidenceAsked)
    def _evidence_asked(self, what: str, clocks: Readings) -> None:
        self.read_clocks(clocks)

    class EvidenceSubmitted(Aggregate.Event, v=1):
        """The subject's evidence came; the time goes on with what remained."""

        evidence: Evidence
        clocks: Readings

    @allowed_in(S.DISPUTED, S.ENDED)
    def submit_evidence(self, evidence: Evidence, *, calendar: Calendar) -> None:
        """Raises NoOpenObjection and EvidenceNotAsked."""
        self._require_objection()
        if not self.evidence_asked:
            raise EvidenceNotAsked()
        reading = self.clocks[periods.OBJECTION.name]
        resumed = periods.OBJECTION.resume(reading, self.now, calendar)
        self._evidence_submitted(evidence=evidence, clocks=(resumed,))

    @event(EvidenceSubmitted)
    def _evidence_submitted(self, evidence: Evidence, clocks: Readings) -> None:
        self.read_clocks(clocks)

    @property
    def evidence_asked(self) -> bool:
        """Whether the source waits for the subject."""
        return self.clocks[periods.OBJECTION.name].phase is Phase.PAUSED

    def _require_objection(self) -> None:
        if not self.objection_open:
            raise NoOpenObjection()

    # --- upheld --------------------------------------------------------------------------------

    class RecordCorrected(Aggregate.Event, v=1):
        """The objection was right in part: the record says this from now on.

        A corrected severity or day moves the ends, which count from the decision. ``shown`` is
        None when only the history is corrected, after the end of publicity.
        """

        subject: SubjectKey
        list: ListCode | None
        kind: Kind
        severity: Severity | None
        severity_before: Severity | None
        determined_on: date | None
        decision_no: str | None
        facts: Personal[str]
        minimum_end: datetime | None
        maximum_end: datetime | None
        shown: Shown | None
        answer: Personal[str]
        clocks: Readings

    @allowed_in(S.DISPUTED, S.ENDED)
    def uphold_objection(
        self, answer: str, correction: Correction | None, *, calendar: Calendar
    ) -> None:
        """Corrects the record, or withdraws it when nothing of it is left (``correction`` None).

        Raises NoOpenObjection and NothingCorrected.
        """
        self._require_objection()
        if correction is None:
            self._withdraw("objection", answer=answer, calendar=calendar)
            return
        correction = self._applicable(correction)
        if correction.empty:
            raise NothingCorrected()
        severity = correction.severity or self.severity
        since = correction.determined_on or self.determined_on
        minimum_end, maximum_end = self.minimum_end, self.maximum_end
        item = self.catalogued
        if item is not None and since is not None:
            period = periods.PUBLICITY[severity] if severity else item.validity
            minimum_end, maximum_end = periods.ends(period, since)
        ended = self.state is S.ENDED
        clocks = self._stopped(periods.OBJECTION)
        if not ended:
            clocks += self._publicity(maximum_end, calendar)
        decision_no = correction.decision_no or self.decision_no
        corrected = {
            "severity": severity,
            "determined_on": since,
            "decision_no": decision_no,
            "minimum_end": minimum_end,
            "maximum_end": maximum_end,
        }
        self._record_corrected(
            subject=self.subject,
            list=self.on_list,
            kind=self.kind,
            severity=severity,
            severity_before=self.severity,
            determined_on=since,
            decision_no=decision_no,
            facts=correction.facts or self.facts,
            minimum_end=minimum_end,
            maximum_end=maximum_end,
            shown=None if ended else self.shown.model_copy(update=corrected),
            answer=answer,
            clocks=clocks,
        )
        over = maximum_end is not None and self.now >= maximum_end
        if not ended and (over or not self.publishable):
            self._end_publicity()

    def _applicable(self, correction: Correction) -> Correction:
        """What of it this record has: only what is bad is grave, and a listing has its own day."""
        kept = correction.model_dump()
        if self.severity is None:
            kept["severity"] = None
        if self.item is None:
            kept["determined_on"] = None
        return Correction(**kept)

    @event(RecordCorrected)
    def _record_corrected(
        self,
        subject: str,
        list: str | None,
        kind: Kind,
        severity: Severity | None,
        severity_before: Severity | None,
        determined_on: date | None,
        decision_no: str | None,
        facts: str,
        minimum_end: datetime | None,
        maximum_end: datetime | None,
        shown: Shown | None,
        answer: str,
        clocks: Readings,
    ) -> None:
        self.state = S.PUBLISHED if shown else S.ENDED
        self.objection_open = False
        self.severity = severity
        self.determined_on = determined_on
        self.decision_no = decision_no
        self.facts = facts
        self.minimum_end = minimum_end
        self.maximum_end = maximum_end
        self.read_clocks(clocks)

    class ObjectionDismissed(Aggregate.Event, v=1):
        """The record was right; it is ``shown`` again, unless its publicity has ended."""

        subject: SubjectKey
        list: ListCode | None
        answer: Personal[str]
        shown: Shown | None
        clocks: Readings

    @allowed_in(S.DISPUTED, S.ENDED)
    def dismiss_objection(self, answer: str) -> None:
        """Raises NoOpenObjection."""
        self._require_objection()
        self._objection_dismissed(
            subject=self.subject,
            list=self.on_list,
            answer=answer,
            shown=None if self.state is S.ENDED else self.shown,
            clocks=self._stopped(periods.OBJECTION),
        )

    @event(ObjectionDismissed)
    def _objection_dismissed(
        self,
        subject: str,
        list: str | None,
        answer: str,
        shown: Shown | None,
        clocks: Readings,
    ) -> None:
        self.state = S.PUBLISHED if shown else S.ENDED
        self.objection_open = False
        self.read_clocks(clocks)

    # --- withdrawn -----------------------------------------------------------------------------

    class RecordWithdrawn(Aggregate.Event, v=1):
        """The record was wrong, or its basis is void: it never counted.

        ``live``: it was shown until now, and ``to_confirm`` are those who have to take it away.
        """

        subject: SubjectKey
        source: DepartmentCode
        list: ListCode | None
        item: str | None
        kind: Kind
        severity: Severity | None
        reason: WithdrawalReason
        answer: Personal[str]
        live: bool
        to_confirm: tuple[DepartmentCode, ...]
        clocks: Readings

    @allowed_in(
        S.RECORDED, S.NOTIFIED, S.PUBLISHED, S.DISPUTED, S.REPAIRING, S.REPAIRED, S.ENDED, S.DROPPED
    )
    def withdraw_basis(self, answer: str, *, calendar: Calendar) -> None:
        """The decision it rests on was quashed, by whomever and whenever."""
        self._withdraw("basis-quashed", answer=answer, calendar=calendar)

    def _withdraw(self, reason: WithdrawalReason, *, answer: str, calendar: Calendar) -> None:
        live = self.state in (S.PUBLISHED, S.DISPUTED, S.REPAIRING)
        to_confirm = self.consumers() if live else self.to_confirm
        clocks = self._stopped(
            periods.PUBLICITY_END,
            periods.OBJECTION,
            periods.REPAIR_ACCEPT,
            periods.REPAIR_DECIDE,
        )
        if live:
            clocks += (periods.REMOVAL.start(self.now, calendar),)
        self._record_withdrawn(
            subject=self.subject,
            source=self.source,
            list=self.on_list,
            item=self.item,
            kind=self.kind,
            severity=self.severity,
            reason=reason,
            answer=answer,
            live=live,
            to_confirm=to_confirm,
            clocks=clocks,
        )
        self._delist(DelistingReason.WITHDRAWN, to_confirm=to_confirm)

    @event(RecordWithdrawn)
    def _record_withdrawn(
        self,
        subject: str,
        source: str,
        list: str | None,
        item: str | None,
        kind: Kind,
        severity: Severity | None,
        reason: WithdrawalReason,
        answer: str,
        live: bool,
        to_confirm: tuple[str, ...],
        clocks: Readings,
    ) -> None:
        self.state = S.WITHDRAWN
        self.objection_open = False
        self.repair_accepted = False
        self.to_confirm = to_confirm
        self.read_clocks(clocks)
