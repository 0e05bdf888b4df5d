"""What follows in credit records from a company's life, from misconduct that the help centre found
proven, and from what customs finds.

What Huimin contributes by itself is a general record, never a serious one: that is for an officer
to decide.
"""

from commands.base import policy
from commands.credit_records.contributing import ContributeRecord
from commands.credit_records.ending import WithdrawBasis
from commands.credit_records.given import SubjectGiven
from commands.credit_records.opening import CloseSubject, OpenSubject
from domain.company_registration import CompanyRegistration
from domain.credit_records import Kind, Severity
from domain.credit_records.identities import record_id, subject_id
from domain.customs_declarations import CustomsDeclaration, Enterprise
from domain.customs_declarations.clearing import DetentionOutcome
from domain.customs_declarations.receipts import ReceiptCode
from domain.help_center_tickets import HelpTicket
from domain.help_center_tickets.states import Severity as Gravity
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


_GRAVITY = {
    Gravity.MINOR: Severity.MINOR,
    Gravity.ORDINARY: Severity.GENERAL,
    Gravity.SERIOUS: Severity.GENERAL,
}


@policy("misconduct-to-credit", fails="wait")
def when_misconduct_is_proven(e: HelpTicket.MisconductProven) -> ContributeRecord:
    """Once a ticket, under the ticket's own number; waits until the company is a subject."""
    return ContributeRecord(
        subject=SubjectGiven(uscc=e.uscc),
        catalogue_item="service-misconduct",
        source_record_no=str(e.id),
        kind=Kind.NEGATIVE,
        severity=_GRAVITY[e.severity],
        determined_on=shanghai_date(e.at),
        decision_no=e.decision_no,
        facts=e.finding,
        source="market-regulation",
    )


DETAINED = "goods-detained"
_DECIDED = {
    DetentionOutcome.GOODS_PASSED: "货物已放行，扣留解除",
    DetentionOutcome.FALSE_DOCUMENTS: "海关已作出单证虚假的决定，以该决定的记录为准",
}


@policy("detained-to-credit", fails="wait")
def when_customs_detains(
    e: CustomsDeclaration.GoodsDetained
    | CustomsDeclaration.DetentionDecided
    | Enterprise.FalseDocumentsFound,
) -> ContributeRecord | WithdrawBasis | None:
    """Goods handed to the anti-smuggling bureau are a neutral record of the agent that declared them.

    It is withdrawn once the detention is decided; false documents are a record of their own, of the
    enterprise whose they are. Each waits until the subject is open, the withdrawal for the record.
    """
    match e:
        case Enterprise.FalseDocumentsFound():
            return _false_documents(e)
        case CustomsDeclaration.GoodsDetained() if _to_anti_smuggling(e.code):
            return ContributeRecord(
                subject=SubjectGiven(uscc=e.agent_code),
                catalogue_item=DETAINED,
                source_record_no=str(e.id),
                kind=Kind.NEUTRAL,
                determined_on=shanghai_date(e.receipt.customs_time),
                decision_no=f"{e.code}-{e.receipt.cop_no}",
                facts=f"清单{e.receipt.cop_no}的货物被扣留，移交缉私部门，尚无结论",
                source="customs",
            )
        case CustomsDeclaration.DetentionDecided() if _to_anti_smuggling(e.code):
            record = record_id("customs", DETAINED, str(e.id))
            return WithdrawBasis(record_id=record, answer=_DECIDED[e.outcome])
    return None


def _to_anti_smuggling(code: int) -> bool:
    return code == ReceiptCode.DETAINED_TO_ANTI_SMUGGLING


_DOCUMENTS = {"order": "订单", "payment": "支付单", "waybill": "运单"}


def _false_documents(e: Enterprise.FalseDocumentsFound) -> ContributeRecord:
    return ContributeRecord(
        subject=SubjectGiven(uscc=e.code),
        catalogue_item=DETAINED,
        source_record_no=f"{e.declaration_id}-{e.document}-{e.decision_no}"[:100],
        kind=Kind.NEGATIVE,
        severity=Severity.GENERAL,
        determined_on=shanghai_date(e.at),
        decision_no=e.decision_no,
        facts=f"经海关认定，{_DOCUMENTS[e.document]}虚假",
        source="customs",
    )
