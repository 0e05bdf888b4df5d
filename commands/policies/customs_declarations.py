"""What customs declarations ask of themselves: to compare the documents once all three are here."""

from commands.base import policy
from commands.customs_declarations.receiving import MatchDocuments
from domain.customs_declarations import CustomsDeclaration


@policy("match-documents", fails="note")
def when_complete(
    e: CustomsDeclaration.OrderReceived
    | CustomsDeclaration.PaymentReceived
    | CustomsDeclaration.WaybillReceived,
) -> MatchDocuments | None:
    """Each document tells whether it was the last one missing, so one comparison follows it."""
    return MatchDocuments(declaration_id=e.id) if e.complete else None
