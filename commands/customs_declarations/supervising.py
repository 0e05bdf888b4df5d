"""Customs keeps its enterprises, and records what the national system counted of a person's year."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from commands.base import Command, Context, Role, command
from commands.customs_declarations.access import BY_CUSTOMS, CUSTOMS
from commands.customs_declarations.given import DecisionNo, EnterpriseCode, Text
from domain.credit_records import CreditSubject
from domain.credit_records.identities import subject_id
from domain.customs_declarations import CustomsDeclaration, Enterprise, PersonQuota
from domain.customs_declarations.clearing import DetentionOutcome
from domain.customs_declarations.documents import Kind
from domain.customs_declarations.enterprise import (
    LISTED_MEASURE,
    EnterpriseKind,
    RateReason,
    enterprise_id,
)
from domain.customs_declarations.limits import allowance_on
from domain.customs_declarations.quota import quota_id
from domain.customs_declarations.refusals import AlreadyRegistered
from domain.shared.identifiers import OfficerId, ResidentId
from domain.shared.instants import shanghai_date
from domain.shared.money import Fen, SharePpm
from domain.shared.personal import Sensitive
from domain.shared.refusals import NotFound


class EnterpriseCommand(Command):
    """Base of the commands on an enterprise, named by its unified social credit code."""

    code: EnterpriseCode

    @property
    def enterprise_id(self) -> UUID:
        """The enterprise's matter."""
        return enterprise_id(self.code)


class RegisterEnterprise(EnterpriseCommand):
    """Register an enterprise with customs, in the roles it has."""

    name: Text
    kinds: Annotated[
        tuple[Annotated[EnterpriseKind, Field(strict=False)], ...],
        Field(min_length=1, max_length=len(EnterpriseKind)),
    ]
    sender: OfficerId = Field(description="Subject of the token of the enterprise's own system")
    guarantee_fen: Fen = Field(default=0, description="For agents: guarantee for unpaid tax")


@command(key="enterprise_id", roles=BY_CUSTOMS, department=CUSTOMS)
def register_enterprise(
    cmd: RegisterEnterprise, enterprise: Enterprise | None, ctx: Context
) -> Enterprise:
    """Once per code."""
    if enterprise is not None:
        raise AlreadyRegistered()
    return Enterprise.registered(
        cmd.code,
        name=cmd.name,
        kinds=tuple(dict.fromkeys(cmd.kinds)),
        sender=cmd.sender,
        guarantee_fen=cmd.guarantee_fen,
        at=ctx.now,
    )


class SetGuarantee(EnterpriseCommand):
    """Set the guarantee for an agent's unpaid tax; not below what is unpaid."""

    guarantee_fen: Fen


@command(key="enterprise_id", roles=BY_CUSTOMS, department=CUSTOMS)
def set_guarantee(cmd: SetGuarantee, enterprise: Enterprise, ctx: Context) -> None:
    """By customs."""
    enterprise.set_guarantee(cmd.guarantee_fen)


class SetInspectionRate(EnterpriseCommand):
    """Set the share of an enterprise's lists that are inspected; a credit list raises it."""

    rate_ppm: SharePpm
    reason: Annotated[RateReason, Field(strict=False)] = RateReason.RISK


@command(key="enterprise_id", roles={Role.SYSTEM, *BY_CUSTOMS}, department=CUSTOMS)
def set_inspection_rate(
    cmd: SetInspectionRate, enterprise: Enterprise | None, ctx: Context
) -> Enterprise | None:
    """A policy asks for any company on a list, and most have nothing to do with customs.

    What counts then is where the company stands now, not what the policy has heard: it may have
    come off the list meanwhile, or still stand on another one.
    """
    if enterprise is None:
        if ctx.by_huimin:
            return None
        raise NotFound()
    if ctx.by_huimin:
        subject = ctx.matter(CreditSubject, subject_id(cmd.code))
        listed = subject is not None and subject.bears(LISTED_MEASURE)
        enterprise.follow_lists(cmd.rate_ppm, listed=listed)
    else:
        enterprise.set_inspection_rate(cmd.rate_ppm, cmd.reason)
    return enterprise


class ReportFalseDocuments(EnterpriseCommand):
    """Record that a document of an enterprise was found to be false. A credit record follows."""

    document: Kind = Field(description="Which of the three documents")
    declaration_id: UUID = Field(description="The order that it belongs to")
    decision_no: DecisionNo


@command(key="enterprise_id", roles={Role.OFFICER}, department=CUSTOMS)
def report_false_documents(cmd: ReportFalseDocuments, enterprise: Enterprise, ctx: Context) -> None:
    """An officer decides that, about an order that exists; it decides its detention too."""
    declaration = ctx.matter(CustomsDeclaration, cmd.declaration_id)
    if declaration is None:
        raise NotFound()
    enterprise.report_false_documents(cmd.document, cmd.declaration_id, cmd.decision_no)
    declaration.decide_detention(DetentionOutcome.FALSE_DOCUMENTS)


class SuspendEnterprise(EnterpriseCommand):
    """Suspend an enterprise: it sends nothing, what it sent goes on."""

    decision_no: DecisionNo


@command(key="enterprise_id", roles=BY_CUSTOMS, department=CUSTOMS)
def suspend_enterprise(cmd: SuspendEnterprise, enterprise: Enterprise, ctx: Context) -> None:
    """By customs."""
    enterprise.suspend_enterprise(cmd.decision_no)


class ResumeEnterprise(EnterpriseCommand):
    """Let a suspended enterprise send again."""

    decision_no: DecisionNo


@command(key="enterprise_id", roles=BY_CUSTOMS, department=CUSTOMS)
def resume_enterprise(cmd: ResumeEnterprise, enterprise: Enterprise, ctx: Context) -> None:
    """By customs."""
    enterprise.resume_enterprise(cmd.decision_no)


class RecordNationalUsage(Command):
    """Record what the national system counted for a person elsewhere, in all of a year."""

    resident_id: Sensitive[ResidentId]
    year: int = Field(ge=2016, le=2100)
    elsewhere_fen: Fen = Field(description="Counted outside the city; replaces the last figure")


@command(roles=BY_CUSTOMS, department=CUSTOMS)
def record_national_usage(cmd: RecordNationalUsage, ctx: Context) -> PersonQuota:
    """The national system is authoritative; what it counts here leaves less to declare."""
    subject = ctx.keyed_hash("person", cmd.resident_id)
    limit_fen = allowance_on(shanghai_date(ctx.now)).year_fen
    found = ctx.matter(PersonQuota, quota_id(subject, cmd.year))
    if found is not None:
        found.record_national_usage(cmd.elsewhere_fen, limit_fen=limit_fen)
        return found
    quota = PersonQuota.opened(subject, cmd.year, ctx.now)
    with quota.deciding(ctx.now):
        quota.record_national_usage(cmd.elsewhere_fen, limit_fen=limit_fen)
    return quota
