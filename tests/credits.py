"""Credit files for tests: each builder is a step, with defaults for what a test does not talk about.

甬江 (a company) and 王明 (a person) are the subjects. An item of a test is the tax office's penalty,
T-1, whose record is ``RECORD``; the listing of a test is the first matter begun without an id of its
own, ``ENTRY``.
"""

from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from commands.base import Caller, Command, Role
from commands.credit_records import (
    contributing,
    ending,
    listing,
    objecting,
    opening,
    repairing,
    reporting,
)
from commands.credit_records.given import SubjectGiven
from domain.credit_records import Kind, Severity
from domain.credit_records.identities import record_id, subject_id
from domain.credit_records.lists import COURT_LIST
from domain.credit_records.reports import Purpose, ReportPart
from domain.shared.identifiers import make_resident_id
from tests.scenario import HUIMIN, MATTER, Step, caller, keyed_hash, shanghai

USCC = "91330203MA2AF3XQ2G"
RESIDENT_ID = make_resident_id("330203", date(1990, 1, 1), 1)
CHILDS_ID = make_resident_id("330203", date(2008, 12, 1), 1)
PERSON = keyed_hash("person", RESIDENT_ID)

COMPANY_FILE = subject_id(USCC)
PERSONS_FILE = subject_id(PERSON)
RECORD = record_id("tax", "penalty-tax", "T-1")
GRADE_A = record_id("tax", "tax-grade-a", "A-1")
ENTRY = MATTER

OWNER = caller("citizen-1", Role.CITIZEN)
STRANGER = caller("citizen-2", Role.CITIZEN)
BANK = caller("bank-1", Role.AGENT)
TAX_7 = caller("officer-tax-7", Role.OFFICER, department="tax")
TAX_8 = caller("officer-tax-8", Role.OFFICER, department="tax")
MARKET = caller("officer-market", Role.OFFICER, department="market-regulation")
COURT_1 = caller("judge-1", Role.OFFICER, department="court")
COURT_2 = caller("judge-2", Role.OFFICER, department="court")
FINANCE = caller("officer-finance", Role.OFFICER, department="finance")
CREDIT_OFFICE = caller("officer-credit", Role.OFFICER, department="development-reform")

NEW_YEAR = date(2026, 1, 1)
EVIDENCE = ("a" * 64,)


def company() -> SubjectGiven:
    """甬江, by its code."""
    return SubjectGiven(uscc=USCC)


def person() -> SubjectGiven:
    """王明, by his resident id."""
    return SubjectGiven(resident_id=RESIDENT_ID)


def _step(by: Caller, command: Command, at: datetime | None) -> Step:
    return Step(command, by, at)


def company_opened(*, at: datetime | None = None, by: Caller = HUIMIN, uscc: str = USCC) -> Step:
    """甬江 has a file."""
    return _step(by, opening.OpenSubject(uscc=uscc), at)


def person_opened(
    *, at: datetime | None = None, by: Caller = TAX_7, resident_id: str = RESIDENT_ID
) -> Step:
    """王明 has a file, and his token is known."""
    command = opening.OpenSubject(name="王明", resident_id=resident_id, holder=OWNER.actor)
    return _step(by, command, at)


def proxy_recorded(
    *,
    proxy: str = OWNER.actor,
    until: date | None = None,
    subject: UUID = COMPANY_FILE,
    by: Caller = CREDIT_OFFICE,
    at: datetime | None = None,
) -> Step:
    """Someone acts for 甬江."""
    return _step(by, opening.RecordProxy(subject_id=subject, proxy=proxy, until=until), at)


def proxy_ended(
    *,
    proxy: str = OWNER.actor,
    subject: UUID = COMPANY_FILE,
    by: Caller = CREDIT_OFFICE,
    at: datetime | None = None,
) -> Step:
    """Someone no longer acts for 甬江."""
    return _step(by, opening.EndProxy(subject_id=subject, proxy=proxy), at)


def subject_closed(
    *, subject: UUID = COMPANY_FILE, by: Caller = HUIMIN, at: datetime | None = None
) -> Step:
    """甬江 was deregistered."""
    return _step(by, opening.CloseSubject(subject_id=subject), at)


COMPANY = (company_opened(), proxy_recorded())
"""甬江 with someone who acts for it."""


def contributed(*, at: datetime | None = None, by: Caller = TAX_7, **changes: Any) -> Step:
    """The tax office contributes a penalty: general, decided on New Year's Day."""
    fields: dict[str, Any] = {
        "subject": company(),
        "catalogue_item": "penalty-tax",
        "source_record_no": "T-1",
        "kind": Kind.NEGATIVE,
        "severity": Severity.GENERAL,
        "determined_on": NEW_YEAR,
        "decision_no": "甬税罚〔2026〕1号",
        "facts": "未按期申报",
        **changes,
    }
    return _step(by, contributing.ContributeRecord(**fields), at)


def grade_a(*, at: datetime | None = None, by: Caller = TAX_7, **changes: Any) -> Step:
    """The tax office contributes that 甬江 is a taxpayer of grade A."""
    fields: dict[str, Any] = {
        "catalogue_item": "tax-grade-a",
        "source_record_no": "A-1",
        "kind": Kind.POSITIVE,
        "severity": None,
        "decision_no": "甬税信〔2026〕1号",
        "facts": "年度评价A级",
        **changes,
    }
    return contributed(at=at, by=by, **fields)


def notified(*, at: datetime | None = None, by: Caller = TAX_7, **changes: Any) -> Step:
    """甬江 has notice of the tax office's list."""
    fields: dict[str, Any] = {
        "subject": company(),
        "list": "major-tax-violations",
        "legal_ground": "art-6-1-evasion",
        "facts": "隐匿收入",
        **changes,
    }
    return _step(by, listing.NotifyListing(**fields), at)


def court_notified(*, at: datetime | None = None, by: Caller = COURT_1, **changes: Any) -> Step:
    """王明 has notice of the court's list."""
    fields: dict[str, Any] = {
        "subject": person(),
        "list": COURT_LIST,
        "legal_ground": "art-1-1-able-but-refuses",
        "facts": "有能力履行而拒不履行",
        **changes,
    }
    return notified(at=at, by=by, **fields)


def decided(
    *,
    record: UUID = ENTRY,
    at: datetime | None = None,
    by: Caller = TAX_8,
    plea_answer: str | None = None,
    term_until: date | None = None,
    decision_no: str = "甬税失信〔2026〕1号",
) -> Step:
    """The subject is put on the list."""
    command = listing.DecideListing(
        record_id=record,
        outcome="list",
        decision_no=decision_no,
        plea_answer=plea_answer,
        term_until=term_until,
    )
    return _step(by, command, at)


def dropped(
    *,
    record: UUID = ENTRY,
    at: datetime | None = None,
    by: Caller = TAX_8,
    plea_answer: str | None = None,
) -> Step:
    """The subject is not put on the list."""
    command = listing.DecideListing(record_id=record, outcome="drop", plea_answer=plea_answer)
    return _step(by, command, at)


PLEA_OVER = shanghai("2026-03-10T09:00")
"""More than five working days after Monday, 2 March."""


def _plain(
    make: Any, by: Caller, *, record: UUID = RECORD, at: datetime | None = None, **fields: Any
) -> Step:
    return _step(fields.pop("sender", by), make(record_id=record, **fields), at)


published = partial(_plain, contributing.Publish, TAX_7)
duty_done = partial(_plain, contributing.RecordDutyDone, TAX_7)
pleaded = partial(_plain, listing.Plead, OWNER, record=ENTRY, plea="已补缴", evidence=EVIDENCE)
delisted = partial(_plain, listing.Delist, TAX_7)
objected = partial(
    _plain, objecting.RaiseObjection, OWNER, ground="决定已被撤销", evidence=EVIDENCE
)
evidence_asked = partial(_plain, objecting.AskEvidence, TAX_7, what="请提供完税证明")
evidence_submitted = partial(_plain, objecting.SubmitEvidence, OWNER, evidence=EVIDENCE)
dismissed = partial(_plain, objecting.DismissObjection, TAX_7, answer="记录无误")
withdrawn_on_objection = partial(
    _plain, objecting.UpholdObjection, TAX_7, outcome="withdraw", answer="记录有误"
)
applied = partial(_plain, repairing.ApplyRepair, OWNER, evidence=EVIDENCE, commitment_signed=True)
accepted = partial(_plain, repairing.AcceptRepair, TAX_7)
granted = partial(_plain, repairing.GrantRepair, TAX_7)
refused = partial(_plain, repairing.RefuseRepair, TAX_7, reason="材料不实")
repair_revoked = partial(_plain, repairing.RevokeRepair, TAX_7, reason="承诺不实")
publicity_ended = partial(_plain, ending.EndPublicity, HUIMIN)
basis_withdrawn = partial(_plain, ending.WithdrawBasis, TAX_7, answer="处罚决定被撤销")
removal_confirmed = partial(_plain, ending.ConfirmRemoval, CREDIT_OFFICE)


def corrected(
    *, record: UUID = RECORD, at: datetime | None = None, by: Caller = TAX_7, **correction: Any
) -> Step:
    """The source corrects the record; its facts by default."""
    given = objecting.CorrectionGiven(**(correction or {"facts": "逾期一日申报"}))
    command = objecting.UpholdObjection(
        record_id=record, outcome="correct", answer="部分有误", correction=given
    )
    return _step(by, command, at)


def measure_reported(
    *,
    record: UUID = ENTRY,
    measure: str = "no-procurement",
    by: Caller = FINANCE,
    at: datetime | None = None,
) -> Step:
    """The finance office keeps someone from public procurement."""
    command = ending.ReportMeasure(
        record_id=record, measure_code=measure, matter_no="采-1", result="取消资格"
    )
    return _step(by, command, at)


def authorised(
    *,
    until: date = date(2026, 12, 31),
    scope: tuple[ReportPart, ...] = (ReportPart.COUNTS, ReportPart.LISTS),
    purpose: Purpose = Purpose.LOAN,
    reader: str = BANK.actor,
    authorisation: UUID | None = None,
    by: Caller = OWNER,
    at: datetime | None = None,
) -> Step:
    """甬江 lets the bank look."""
    command = reporting.GrantAuthorisation(
        authorisation_id=authorisation,
        subject=company(),
        reader=reader,
        scope=scope,
        purpose=purpose,
        until=until,
    )
    return _step(by, command, at)


def authorisation_revoked(
    *, authorisation: UUID = MATTER, by: Caller = OWNER, at: datetime | None = None
) -> Step:
    """甬江 takes it back."""
    return _step(by, reporting.RevokeAuthorisation(authorisation_id=authorisation), at)


def authorisation_expired(
    *, authorisation: UUID = MATTER, by: Caller = HUIMIN, at: datetime | None = None
) -> Step:
    """Its last day is over."""
    return _step(by, reporting.ExpireAuthorisation(authorisation_id=authorisation), at)


def requested(
    *,
    by: Caller = BANK,
    authorisation: UUID | None = MATTER,
    case_no: str | None = None,
    purpose: Purpose = Purpose.LOAN,
    parts: tuple[ReportPart, ...] = (ReportPart.COUNTS,),
    subject: SubjectGiven | None = None,
    at: datetime | None = None,
) -> Step:
    """The bank asks for 甬江's report."""
    command = reporting.RequestReport(
        subject=subject or company(),
        purpose=purpose,
        authorisation_id=authorisation,
        case_no=case_no,
        parts=parts,
    )
    return _step(by, command, at)


PUBLISHED = (*COMPANY, contributed(), published())
"""The penalty is published, on Monday, 2 March."""

LISTED = (*COMPANY, notified(), decided(at=PLEA_OVER))
"""甬江 stands on the tax office's list, from 10 March on."""

RED_LISTED = (*COMPANY, grade_a(), published(record=GRADE_A))
"""甬江 stands on the red list of taxpayers."""

REPAIRABLE = shanghai("2026-04-02T09:00")
LISTING_REPAIRABLE = shanghai("2027-03-11T09:00")
PENALTY_OVER = shanghai("2027-01-02T00:00")
