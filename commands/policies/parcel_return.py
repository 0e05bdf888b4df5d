"""How the process of a return follows what customs decides.

One policy for all its events, so that they reach the process in the order of the log.
"""

from commands.base import policy
from commands.parcel_return import (
    BeginParcelReturn,
    RecordGoodsBack,
    RecordLimitBack,
    RecordRefusal,
    RecordTaxBack,
)
from domain.customs_declarations import CustomsDeclaration, Enterprise, PersonQuota


@policy("parcel-return", fails="wait")
def follow_the_return(
    e: CustomsDeclaration.ReturnApplied
    | CustomsDeclaration.ReturnCompleted
    | CustomsDeclaration.ReturnRefused
    | Enterprise.GuaranteeFreed
    | PersonQuota.QuotaRestored,
) -> BeginParcelReturn | RecordGoodsBack | RecordRefusal | RecordTaxBack | RecordLimitBack | None:
    """Tax that was paid, and a limit that was only reserved, are no part of a return."""
    match e:
        case CustomsDeclaration.ReturnApplied():
            return BeginParcelReturn(
                declaration_id=e.id,
                ebp_code=e.ebp_code,
                order_no=e.order_no,
                tax_fen=sum(item.tax_fen for item in e.items),
                value_fen=sum(item.value_fen for item in e.items),
                arrive_by=e.arrive_by,
            )
        case CustomsDeclaration.ReturnCompleted():
            return RecordGoodsBack(declaration_id=e.id)
        case CustomsDeclaration.ReturnRefused():
            return RecordRefusal(declaration_id=e.id, ground=e.ground)
        case Enterprise.GuaranteeFreed() if not e.paid:
            return RecordTaxBack(declaration_id=e.declaration_id, tax_fen=e.tax_fen)
        case PersonQuota.QuotaRestored() if e.confirmed:
            return RecordLimitBack(declaration_id=e.declaration_id, value_fen=e.value_fen)
    return None
