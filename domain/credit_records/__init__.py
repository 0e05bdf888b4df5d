"""Credit records (信用信息): one base of public credit information on companies and key persons.

``CreditSubject`` is whom a file is about; ``CreditRecord`` is one item or one entry on a list, in
four parts: ``entries``, ``listing``, ``disputes``, ``records``; ``QueryAuthorisation`` is what a
subject allows a reader; ``ContributionLedger`` tells how good a source is. Catalogues are data:
``items``, ``lists``, ``periods``, ``reports``.
"""

from domain.credit_records.authorisations import QueryAuthorisation
from domain.credit_records.ledgers import ContributionLedger
from domain.credit_records.records import CreditRecord
from domain.credit_records.states import (
    AuthorisationState,
    Colour,
    DelistingReason,
    Kind,
    RecordState,
    Severity,
    SubjectState,
    SubjectType,
)
from domain.credit_records.subjects import CreditSubject

__all__ = [
    "AuthorisationState",
    "Colour",
    "ContributionLedger",
    "CreditRecord",
    "CreditSubject",
    "DelistingReason",
    "Kind",
    "QueryAuthorisation",
    "RecordState",
    "Severity",
    "SubjectState",
    "SubjectType",
]
