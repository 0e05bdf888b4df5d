"""Bar people from office, lift that again, and flag the companies where they already hold one."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, ValidationInfo, field_validator

from commands.base import Command, Context, Role, command
from commands.company_registration.access import require_department
from commands.company_registration.given import DecisionNo, RegistrationCommand, subject_of
from commands.company_registration.offices import officeholder
from domain.company_registration import (
    BarList,
    CompanyRegistration,
    Officeholder,
    OfficeholderBar,
)
from domain.company_registration.bars import BAR_SCOPE, bar_id, bar_value
from domain.company_registration.officeholders import officeholder_id
from domain.company_registration.refusals import AlreadyBarred
from domain.shared.checks import bad
from domain.shared.identifiers import ResidentId, SubjectRef
from domain.shared.instants import Instant
from domain.shared.personal import Sensitive

KeptBy = Annotated[BarList, Field(description="The list, named after the department that keeps it")]


class BarOfficeholder(Command):
    """Bar a person from being a director or a legal representative.

    Companies that the person is in already are flagged.
    """

    list: KeptBy
    decision_no: DecisionNo
    until: Instant | None = Field(default=None, description="End of the bar, if it is known")
    resident_id: Sensitive[ResidentId] | None = None
    subject: SubjectRef | None = Field(
        default=None,
        validate_default=True,
        description="The city's reference for the person, instead of the resident id",
    )

    @field_validator("subject")
    @classmethod
    def _one_of_the_two(cls, value: str | None, info: ValidationInfo) -> str | None:
        if "resident_id" in info.data and (value is None) == (info.data["resident_id"] is None):
            bad("person-unclear", "Give the resident id or the subject, one of the two")
        return value


@command(roles={Role.SYSTEM, Role.OFFICER})
def bar_officeholder(cmd: BarOfficeholder, ctx: Context) -> OfficeholderBar:
    """By the department that keeps the list."""
    require_department(ctx, cmd.list)
    subject = cmd.subject or subject_of(cmd.resident_id or "", ctx)
    ctx.claims.take(
        BAR_SCOPE,
        bar_value(subject, cmd.list),
        until=cmd.until,
        refused=AlreadyBarred(list=cmd.list),
    )
    id = bar_id(subject, cmd.list, cmd.decision_no)
    with officeholder(subject, ctx) as person:
        person.enter_list(cmd.list, id, cmd.until, calendar=ctx.calendar)
    return OfficeholderBar.begin(
        OfficeholderBar.OfficeholderBarred,
        id=id,
        at=ctx.now,
        subject=subject,
        list=cmd.list,
        decision_no=cmd.decision_no,
        until=cmd.until,
    )


class LiftOfficeholderBar(Command):
    """Let a person hold office again, as far as this list goes."""

    bar_id: UUID = Field(description="The listing, as the answer to bar-officeholder gave it")


@command(key="bar_id", roles={Role.SYSTEM, Role.OFFICER})
def lift_officeholder_bar(cmd: LiftOfficeholderBar, bar: OfficeholderBar, ctx: Context) -> None:
    """By the department that keeps the list."""
    require_department(ctx, bar.list)
    person = ctx.matter(Officeholder, officeholder_id(bar.subject))
    bar.lift_officeholder_bar()
    if person is not None:
        person.leave_list(bar.list, bar.id, calendar=ctx.calendar)
    ctx.claims.release(BAR_SCOPE, bar_value(bar.subject, bar.list))


class FlagOfficeholder(RegistrationCommand):
    """Flag a company because someone in office there came onto a list."""

    subject: SubjectRef
    list: KeptBy


@command(key="registration_id", roles={Role.SYSTEM, Role.OFFICER})
def flag_officeholder(
    cmd: FlagOfficeholder, registration: CompanyRegistration, ctx: Context
) -> None:
    """Once per person and list."""
    require_department(ctx, cmd.list)
    registration.flag_officeholder(cmd.subject, cmd.list)


class LiftFlag(RegistrationCommand):
    """Lift the flag when the person came off the list."""

    subject: SubjectRef
    list: KeptBy


@command(key="registration_id", roles={Role.SYSTEM, Role.OFFICER})
def lift_flag(cmd: LiftFlag, registration: CompanyRegistration, ctx: Context) -> None:
    """Only what was flagged can be lifted."""
    require_department(ctx, cmd.list)
    registration.lift_flag(cmd.subject, cmd.list)
