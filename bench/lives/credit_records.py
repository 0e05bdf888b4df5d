"""A company's credit file: a penalty disputed in vain and repaired, then a black list."""

from datetime import timedelta

from bench.lives.life import DIGEST, HUIMIN, KeyedHash, Life, Telling, sender, uscc
from commands.base import Role
from commands.credit_records.contributing import ContributeRecord, Publish
from commands.credit_records.given import SubjectGiven
from commands.credit_records.listing import DecideListing, NotifyListing, Plead
from commands.credit_records.objecting import (
    AskEvidence,
    DismissObjection,
    RaiseObjection,
    SubmitEvidence,
)
from commands.credit_records.opening import OpenSubject, RecordProxy
from commands.credit_records.repairing import AcceptRepair, ApplyRepair, GrantRepair
from domain.credit_records import Kind, Severity
from domain.shared.instants import shanghai_date

TAX = sender("officer-tax-1", Role.OFFICER, "tax")
TAX_2 = sender("officer-tax-2", Role.OFFICER, "tax")
CREDIT_OFFICE = sender("officer-credit", Role.OFFICER, "development-reform")
EVIDENCE = (DIGEST,)


def life(n: int, keyed_hash: KeyedHash) -> Life:
    """A minor penalty may be repaired at once."""
    tell, code = Telling(n), uscc(n, "D")
    owner, company = sender(f"citizen-{n}", Role.CITIZEN), SubjectGiven(uscc=code)
    subject = yield tell(OpenSubject(uscc=code), HUIMIN)
    yield tell(RecordProxy(subject_id=subject, proxy=owner.actor), CREDIT_OFFICE)
    contributed = ContributeRecord(
        subject=company,
        catalogue_item="tax-arrears",
        source_record_no=f"T-{n}",
        kind=Kind.NEGATIVE,
        severity=Severity.MINOR,
        determined_on=shanghai_date(tell.at),
        decision_no=f"甬税罚〔2026〕{n}号",
        facts="未按期申报",
    )
    record = yield tell(contributed, TAX)
    yield tell(Publish(record_id=record), TAX)
    objected = RaiseObjection(record_id=record, ground="决定已被撤销", evidence=EVIDENCE)
    yield tell(objected, owner, 60)
    yield tell(AskEvidence(record_id=record, what="请提供完税证明"), TAX)
    yield tell(SubmitEvidence(record_id=record, evidence=EVIDENCE), owner, 60)
    yield tell(DismissObjection(record_id=record, answer="记录无误"), TAX, 60)
    applied = ApplyRepair(record_id=record, evidence=EVIDENCE, commitment_signed=True)
    yield tell(applied, owner)
    yield tell(AcceptRepair(record_id=record), TAX)
    yield tell(GrantRepair(record_id=record), TAX)
    notified = NotifyListing(
        subject=company,
        list="major-tax-violations",
        legal_ground="art-6-1-evasion",
        facts="隐匿收入",
    )
    entry = yield tell(notified, TAX)
    yield tell(Plead(record_id=entry, plea="已补缴", evidence=EVIDENCE), owner)
    tell.at += timedelta(days=14)
    decided = DecideListing(
        record_id=entry,
        outcome="list",
        decision_no=f"甬税失信〔2026〕{n}号",
        plea_answer="不影响认定",
    )
    yield tell(decided, TAX_2)
