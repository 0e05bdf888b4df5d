"""What credit records say no with, each with its sentence in Chinese and English.

Codes are never renamed. None shows what a record says of its subject.
"""

from datetime import date, datetime

from domain.shared.refusals import (
    DateInFuture,
    Refused,
)


class SubjectUnknown(Refused, code="subject-unknown"):
    """Nobody with this code or reference has been opened as a credit subject."""


class SubjectAlreadyOpen(Refused, code="subject-already-open"):
    """There is one credit subject for each company and person."""


class SubjectClosed(Refused, code="subject-closed"):
    """The subject ended; nothing that was decided later is recorded."""

    closed_on: date


class NotAProxy(Refused, code="not-a-proxy"):
    """Nobody by this name acts for the subject."""


class NotTheSource(Refused, code="not-the-source"):
    """The catalogue names another department as the source of this item."""


class UnknownItem(Refused, code="unknown-item"):
    """The catalogue holds no such item for the day of the decision."""


class ItemNotCollectable(Refused, code="item-not-collectable"):
    """The law forbids to collect this as credit information."""


class KindMismatch(Refused, code="kind-mismatch"):
    """The item is of another kind in the catalogue."""


class DuplicateSourceRecord(Refused, code="duplicate-source-record"):
    """The source has contributed something else under this number."""


class SeriousNotByItself(Refused, code="serious-not-by-itself"):
    """A grave record is a person's decision, never a consequence of something else."""


class MinorNotListable(Refused, code="minor-not-listable"):
    """Nobody under eighteen is put on a black list."""


class GroundNotLegal(Refused, code="ground-not-legal"):
    """The law of the list does not know this ground."""


class AlreadyListed(Refused, code="already-listed"):
    """The subject has a live entry on this list, or a notice of one."""


class PleaTermOver(Refused, code="plea-term-over"):
    """A plea comes within five working days of the notice."""

    ended_at: datetime


class PleaTermRunning(Refused, code="plea-term-running"):
    """The subject may still plead."""

    ends_at: datetime


class PleaUnanswered(Refused, code="plea-unanswered"):
    """A plea has to be answered with the decision."""


class TermFixedByLaw(Refused, code="term-fixed-by-law"):
    """Only a court sets the term of its entries."""


class NotPublishable(Refused, code="not-publishable"):
    """Neither the record's severity nor the law has it published."""


class PublicityOver(Refused, code="publicity-over"):
    """The longest publicity that the decision allows is over."""

    ended_at: datetime


class Blacklisted(Refused, code="blacklisted"):
    """Nothing good is published of someone on a black list."""


class ObjectionOpen(Refused, code="objection-open"):
    """There is an objection that is not decided yet."""


class NoOpenObjection(Refused, code="no-open-objection"):
    """There is no objection to decide."""


class EvidenceAlreadyAsked(Refused, code="evidence-already-asked"):
    """Evidence was asked for and has not come yet."""


class EvidenceNotAsked(Refused, code="evidence-not-asked"):
    """Nobody asked for evidence."""


class NothingCorrected(Refused, code="nothing-corrected"):
    """A correction names something that is corrected."""


class TooEarly(Refused, code="too-early"):
    """The shortest publicity is not over yet."""

    earliest: date


class DutyOutstanding(Refused, code="duty-outstanding"):
    """What the decision obliged the subject to do is not done."""


class NoDutyOutstanding(Refused, code="no-duty-outstanding"):
    """Nothing is left to do."""


class NotRepairable(Refused, code="not-repairable"):
    """The law knows no repair of this record."""


class NotListed(Refused, code="not-listed"):
    """The record has its subject on no black list."""


class RepairBarred(Refused, code="repair-barred"):
    """The subject got an earlier repair by a false commitment."""

    until: datetime


class CommitmentMissing(Refused, code="commitment-missing"):
    """An application for repair needs a signed commitment."""


class RepairAlreadyAccepted(Refused, code="repair-already-accepted"):
    """The application has been accepted for decision."""


class MeasureNotListed(Refused, code="measure-not-listed"):
    """The list does not have this measure, or not for this department."""


class RemovalNotExpected(Refused, code="removal-not-expected"):
    """Nothing is to be confirmed by this department, or no longer."""

    department: str


class AuthorisationTooLong(Refused, code="authorisation-too-long"):
    """An authorisation lasts a year at most."""

    latest: date


class AuthorisationEndPassed(Refused, code="authorisation-end-passed"):
    """An authorisation ends later than it begins."""


class NoAuthorisation(Refused, code="no-authorisation"):
    """There is no basis for a report: no valid authorisation, no case."""


class PurposeNotAllowed(Refused, code="purpose-not-allowed"):
    """The basis is for another purpose."""


class OutOfScope(Refused, code="out-of-scope"):
    """The basis does not cover all that was asked for."""


CONTRIBUTION_REFUSALS: dict[str, type[Refused]] = {
    r.code: r
    for r in (
        SubjectUnknown,
        NotTheSource,
        UnknownItem,
        ItemNotCollectable,
        KindMismatch,
        DateInFuture,
        DuplicateSourceRecord,
    )
}
"""What is counted in a source's ledger: all of them say something about the source's quality."""

REPORT_REFUSALS: dict[str, type[Refused]] = {
    r.code: r for r in (NoAuthorisation, PurposeNotAllowed, OutOfScope)
}
"""Refusals of reports that are recorded."""
