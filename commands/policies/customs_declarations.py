"""What customs declarations ask of themselves: to compare the documents once all three are here; and
what they make of credit lists: listed enterprises are inspected more.
"""

from commands.base import policy
from commands.customs_declarations.receiving import MatchDocuments
from commands.customs_declarations.supervising import SetInspectionRate
from domain.credit_records import CreditRecord
from domain.credit_records.identities import company_of
from domain.credit_records.lists import LISTS
from domain.customs_declarations import CustomsDeclaration, Enterprise
from domain.customs_declarations.enterprise import (
    LISTED_INSPECTION_PPM,
    LISTED_MEASURE,
    RateReason,
)


@policy("match-documents", fails="note")
def when_complete(
    e: CustomsDeclaration.OrderReceived
    | CustomsDeclaration.PaymentReceived
    | CustomsDeclaration.WaybillReceived,
) -> MatchDocuments | None:
    """Each document tells whether it was the last one missing, so one comparison follows it."""
    return MatchDocuments(declaration_id=e.id) if e.complete else None


@policy("raise-inspection", fails="note")
def when_lists_change(
    e: CreditRecord.SubjectListed | CreditRecord.SubjectDelisted | Enterprise.EnterpriseRegistered,
) -> SetInspectionRate | None:
    """For the lists whose law has this measure; also for who comes to customs listed already.

    A measure needs its law (国办发〔2020〕49号), so a court's list alone changes nothing at customs.
    """
    if isinstance(e, Enterprise.EnterpriseRegistered):
        code: str | None = e.code
    else:
        code = company_of(e.subject) if LISTED_MEASURE in LISTS[e.list].measures else None
    if code is None:
        return None
    ended = isinstance(e, CreditRecord.SubjectDelisted)
    reason = RateReason.DELISTED if ended else RateReason.LISTED
    return SetInspectionRate(code=code, rate_ppm=LISTED_INSPECTION_PPM, reason=reason)
