"""What follows in credit records from a company's life, and from a court's listing for its offices.

A revocation or annulment becomes a general record, never a serious one: that is for an officer to
decide.
"""

from commands.base import policy
from commands.company_registration.barring import BarOfficeholder, LiftOfficeholderBar
from commands.credit_records.contributing import ContributeRecord
from commands.credit_records.given import SubjectGiven
from commands.credit_records.opening import CloseSubject, OpenSubject
from domain.company_registration import BarList, CompanyRegistration
from domain.company_registration.bars import bar_id
from domain.credit_records import CreditRecord, Kind, Severity, SubjectType
from domain.credit_records.identities import subject_id, type_of
from domain.credit_records.lists import COURT_LIST
from domain.shared.instants import shanghai_date


@policy("open-credit-subject", fails="wait")
def when_licensed(e: CompanyRegistration.LicenceIssued) -> OpenSubject:
    """A licensed company is a credit subject from that moment."""
    return OpenSubject(uscc=e.uscc)


@policy("close-credit-subject", fails="note")
def when_deregistered(e: CompanyRegistration.Deregistered) -> CloseSubject:
    """Its history stays."""
    return CloseSubject(subject_id=subject_id(e.uscc))


@policy("revocation-to-credit", fails="wait")
def when_revoked(
    e: CompanyRegistration.LicenceRevoked | CompanyRegistration.RegistrationAnnulled,
) -> ContributeRecord:
    """The registry's decision under its own number; waits until the subject is open."""
    revoked = isinstance(e, CompanyRegistration.LicenceRevoked)
    return ContributeRecord(
        subject=SubjectGiven(uscc=e.uscc),
        catalogue_item="licence-revoked" if revoked else "registration-annulled",
        source_record_no=f"{e.uscc}-{e.decision_no}"[:100],
        kind=Kind.NEGATIVE,
        severity=Severity.GENERAL,
        determined_on=shanghai_date(e.at),
        decision_no=e.decision_no,
        facts=e.reason if isinstance(e, CompanyRegistration.LicenceRevoked) else e.decision_no,
        source="market-regulation",
    )


@policy("bar-officeholders", fails="wait")
def when_listed_by_court(
    e: CreditRecord.SubjectListed | CreditRecord.SubjectDelisted,
) -> BarOfficeholder | LiftOfficeholderBar | None:
    """Whom the court has listed may be neither director nor representative (Company Law 178)."""
    if e.list != COURT_LIST or type_of(e.subject) is not SubjectType.PERSON:
        return None
    if isinstance(e, CreditRecord.SubjectListed):
        return BarOfficeholder(
            list=BarList.COURT,
            decision_no=e.decision_no,
            until=e.maximum_end,
            subject=e.subject,
        )
    return LiftOfficeholderBar(bar_id=bar_id(e.subject, BarList.COURT, e.decision_no or ""))
