"""How the process of opening a business follows the company's registration.

One policy for all four events, so that they reach the process in the order of the log.
"""

from commands.base import policy
from commands.business_opening import (
    AbandonOpening,
    BeginBusinessOpening,
    RecordOpeningFiling,
    RecordTakeBack,
)
from domain.business_opening import opening_id
from domain.company_registration import CompanyRegistration


@policy("business-opening", fails="wait")
def follow_the_registration(
    e: CompanyRegistration.LicenceIssued
    | CompanyRegistration.FilingRecorded
    | CompanyRegistration.RegistrationAnnulled
    | CompanyRegistration.FilingTakenBack,
) -> BeginBusinessOpening | RecordOpeningFiling | AbandonOpening | RecordTakeBack:
    """Begins with the licence; learns of each filing, of the annulment, of each take-back."""
    opening = opening_id(e.id)
    match e:
        case CompanyRegistration.LicenceIssued():
            return BeginBusinessOpening(
                registration_id=e.id,
                uscc=e.uscc,
                name=e.name.text,
                registry=e.registry,
                departments=e.departments,
                licensed_at=e.at,
            )
        case CompanyRegistration.FilingRecorded():
            return RecordOpeningFiling(opening_id=opening, department=e.department)
        case CompanyRegistration.RegistrationAnnulled():
            return AbandonOpening(opening_id=opening, filings=e.filings)
        case CompanyRegistration.FilingTakenBack():
            return RecordTakeBack(opening_id=opening, department=e.department)
