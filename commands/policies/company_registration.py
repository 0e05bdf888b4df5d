"""What company registration asks of itself: filings for a new company, their return for an annulled
one, questions to the departments about an announced end; and bars and flags after a court's listing.

The order of the commands is part of what is stored for ever: each one's id derives from the
policy, the event's position and its place in the list.
"""

from commands.base import policy
from commands.company_registration.barring import (
    BarOfficeholder,
    FlagOfficeholder,
    LiftFlag,
    LiftOfficeholderBar,
)
from commands.company_registration.ending import RequestObjection
from commands.company_registration.filing import FileWithDepartment, TakeBackFiling
from commands.company_registration.offices import NoteOfficeholders
from domain.company_registration import BarList, CompanyRegistration, Officeholder
from domain.company_registration.bars import bar_id
from domain.company_registration.changes import (
    DirectorsChange,
    RepresentativeChange,
    officeholders_of,
)
from domain.credit_records import CreditRecord, SubjectType
from domain.credit_records.identities import type_of
from domain.credit_records.lists import COURT_LIST

ASKED_TO_OBJECT = ("tax", "hrss", "customs")


@policy("file-with-departments", fails="wait")
def when_licensed(e: CompanyRegistration.LicenceIssued) -> list[FileWithDepartment]:
    """One licence, one report to each department (多证合一); each waits for itself alone."""
    return [FileWithDepartment(registration_id=e.id, department=d) for d in e.departments]


@policy("ask-for-objections", fails="note")
def when_announced(e: CompanyRegistration.DeregistrationAnnounced) -> list[RequestObjection]:
    """Art. 33: those to whom a company most often still owes something are asked by name."""
    return [RequestObjection(registration_id=e.id, department=d) for d in ASKED_TO_OBJECT]


@policy("take-back-filings", fails="wait")
def when_annulled(e: CompanyRegistration.RegistrationAnnulled) -> list[TakeBackFiling]:
    """The registration never was, so its filings go, the last one first. Those that were not made
    yet are refused by the registration's state from now on."""
    return [TakeBackFiling(registration_id=e.id, department=d) for d in reversed(e.filings)]


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


@policy("note-officeholders", fails="wait")
def when_offices_may_change(
    e: CompanyRegistration.LicenceIssued
    | CompanyRegistration.ChangeApproved
    | CompanyRegistration.Deregistered
    | CompanyRegistration.LicenceRevoked
    | CompanyRegistration.RegistrationAnnulled,
) -> NoteOfficeholders | None:
    """With a change, those who may have left are named too: the company knows them no more."""
    if not isinstance(e, CompanyRegistration.ChangeApproved):
        return NoteOfficeholders(registration_id=e.id)
    if not isinstance(e.new, RepresentativeChange | DirectorsChange):
        return None
    return NoteOfficeholders(registration_id=e.id, left=officeholders_of(e.old))


@policy("flag-officeholders", fails="wait")
def when_an_office_and_a_list_meet_or_part(
    e: Officeholder.OfficeTaken
    | Officeholder.OfficeLeft
    | Officeholder.OfficeholderListed
    | Officeholder.OfficeholderDelisted,
) -> list[FlagOfficeholder | LiftFlag]:
    """Each company by itself; where the person left meanwhile, there is nothing to flag."""
    meet = isinstance(e, Officeholder.OfficeTaken | Officeholder.OfficeholderListed)
    ask = FlagOfficeholder if meet else LiftFlag
    if isinstance(e, Officeholder.OfficeTaken | Officeholder.OfficeLeft):
        pairs = [(e.company, list) for list in e.lists]
    else:
        pairs = [(company, e.list) for company in e.companies]
    return [ask(registration_id=company, subject=e.subject, list=list) for company, list in pairs]
