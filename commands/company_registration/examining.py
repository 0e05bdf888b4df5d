"""The office's side: ask for correction, extend the term, approve, reject, issue the licence."""

from typing import Annotated

from pydantic import Field, field_validator

from commands.base import Context, Role, command
from commands.company_registration.access import REGISTRY
from commands.company_registration.given import DefectGiven, RegistrationCommand, Text
from commands.company_registration.naming import give_back_names
from domain.company_registration import CompanyRegistration, RejectionGround
from domain.company_registration.applications import Document
from domain.company_registration.bars import BAR_SCOPE, bar_values
from domain.company_registration.limits import CORRECTION
from domain.company_registration.refusals import OfficeholderBarred, UsccTaken
from domain.shared.checks import bad
from domain.shared.districts import CITY
from domain.shared.identifiers import Uscc, uscc_division


class RequestCorrection(RegistrationCommand):
    """Tell the applicant all that has to be mended, at once. The hour pauses meanwhile."""

    defects: Annotated[tuple[DefectGiven, ...], Field(min_length=1, max_length=100)]
    days: int = Field(
        default=CORRECTION.limit.amount,
        ge=1,
        le=90,
        description="Calendar days to answer; after them the application lapses",
    )


@command(key="registration_id", roles={Role.OFFICER}, department=REGISTRY)
def request_correction(
    cmd: RequestCorrection, registration: CompanyRegistration, ctx: Context
) -> None:
    """Refused for what could have been told the last time."""
    registration.request_correction(
        tuple(defect.known() for defect in cmd.defects),
        days=cmd.days,
        officer=ctx.actor,
        calendar=ctx.calendar,
    )


class ExtendLegalTerm(RegistrationCommand):
    """Record that the head of the registry allowed three more working days (art. 19)."""

    approved_by: Text = Field(description="Id of the head who allowed it", examples=["officer-1"])
    reason: Text = Field(description="Why the case is complex", examples=["外资股权结构复杂"])


@command(key="registration_id", roles={Role.OFFICER}, department=REGISTRY)
def extend_legal_term(
    cmd: ExtendLegalTerm, registration: CompanyRegistration, ctx: Context
) -> None:
    """Once in each run of the term."""
    registration.extend_legal_term(
        approved_by=cmd.approved_by, reason=cmd.reason, calendar=ctx.calendar
    )


class Approve(RegistrationCommand):
    """Approve an application whose documents you have all seen."""

    checklist: Annotated[tuple[Document, ...], Field(max_length=50)] = Field(
        description="The documents you have seen and found right",
        examples=[
            [
                "application-form",
                "articles-of-association",
                "identity-documents",
                "appointment-documents",
                "domicile-proof",
            ]
        ],
    )


@command(key="registration_id", roles={Role.OFFICER}, department=REGISTRY)
def approve(cmd: Approve, registration: CompanyRegistration, ctx: Context) -> None:
    """Shareholders who hold no office are not looked up: a bar is one from office."""
    registration.approve(cmd.checklist, officer=ctx.actor)
    refuse_barred(registration.applied.officeholders(), ctx)


def refuse_barred(subjects: tuple[str, ...], ctx: Context) -> None:
    """Demands that none of these people stands on a list, at this very position of the log."""
    ctx.claims.require_absent(BAR_SCOPE, *bar_values(*subjects), refused=OfficeholderBarred())


class Reject(RegistrationCommand):
    """Reject an application on a legal ground; the name is free at once."""

    ground: RejectionGround
    reason: Text = Field(
        description="What the applicant gets to read; it names no person",
        examples=["经营范围涉及禁止事项"],
    )


@command(key="registration_id", roles={Role.OFFICER}, department=REGISTRY)
def reject(cmd: Reject, registration: CompanyRegistration, ctx: Context) -> None:
    """The applicant may begin again with another matter."""
    registration.reject(cmd.ground, cmd.reason, officer=ctx.actor)
    give_back_names(registration, ctx)


class IssueLicence(RegistrationCommand):
    """Issue the business licence of an approved application. Not by who approved it."""

    uscc: Uscc

    @field_validator("uscc")
    @classmethod
    def _division_of_the_city(cls, value: str) -> str:
        if not uscc_division(value).startswith(CITY[:4]):
            bad("uscc-division-unknown", "No registry of the city has this division")
        return value


@command(key="registration_id", roles={Role.OFFICER}, department=REGISTRY)
def issue_licence(cmd: IssueLicence, registration: CompanyRegistration, ctx: Context) -> None:
    """The code is the company's for ever: the claim is never given back."""
    registration.issue_licence(cmd.uscc, officer=ctx.actor, calendar=ctx.calendar)
    ctx.claims.take("uscc", cmd.uscc, refused=UsccTaken())
