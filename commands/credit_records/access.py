"""Who may act for whom, and how a decision keeps a record and its subject together.

The subject's matter is asked for before anything is changed: what a decision has looked at must
still be so when it is recorded, so no two decisions put one subject on two sides at once.
"""

from commands.base import Context, Role
from domain.credit_records import CreditRecord, CreditSubject, RecordState
from domain.credit_records.refusals import SubjectUnknown
from domain.shared.refusals import Forbidden

CREDIT_OFFICE = "development-reform"
REGISTRY = "market-regulation"

OFFICIAL = frozenset({Role.OFFICER, Role.DEPARTMENT})


def official_department(ctx: Context) -> str | None:
    """The department whose officer or system asks, None for everybody else."""
    return None if OFFICIAL.isdisjoint(ctx.caller.roles) else ctx.caller.department


def require_department(ctx: Context, *departments: str) -> None:
    """Raises Forbidden to others than these departments and Huimin itself."""
    if not ctx.by_huimin and official_department(ctx) not in departments:
        raise Forbidden()


def require_source(record: CreditRecord, ctx: Context) -> None:
    """Only who recognised it: the record's own department."""
    require_department(ctx, record.source)


def require_party(subject: CreditSubject, ctx: Context) -> None:
    """The subject or who acts for it, or the credit office that serves them at the counter."""
    at_counter = Role.OFFICER in ctx.caller.roles and ctx.caller.department == CREDIT_OFFICE
    if not at_counter and not subject.acts_for(ctx.actor, ctx.now):
        raise Forbidden()


def subject_of(record: CreditRecord, ctx: Context) -> CreditSubject:
    """The record's subject, to look at or to change in the same decision."""
    subject = ctx.matter(CreditSubject, record.subject_id)
    if subject is None:
        raise SubjectUnknown()
    return subject


def settle_place(record: CreditRecord, subject: CreditSubject) -> None:
    """Takes the subject off the list, in the same decision, when the record no longer holds it."""
    if record.credit_list is None or record.listed or record.state is RecordState.NOTIFIED:
        return
    subject.leave_list(record.credit_list.code, record.id)
