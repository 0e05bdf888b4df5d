"""What company registration asks of itself: filings for a new company, their return for an annulled
one, and questions to the departments about an announced end.

The order of the commands is part of what is stored for ever: each one's id derives from the
policy, the event's position and its place in the list.
"""

from commands.base import policy
from commands.company_registration.ending import RequestObjection
from commands.company_registration.filing import FileWithDepartment, TakeBackFiling
from domain.company_registration import CompanyRegistration

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
