"""Submit the application, answer what is wrong with it, take it back, or let it lapse."""

from typing import Annotated

from pydantic import ConfigDict, Field, JsonValue

from commands.base import Context, Role, command
from commands.company_registration.access import require_applicant
from commands.company_registration.given import AnswerGiven, ApplicationGiven, RegistrationCommand
from commands.company_registration.naming import give_back_names
from domain.company_registration import CompanyRegistration
from domain.company_registration.limits import CORRECTION
from domain.company_registration.refusals import NameTaken

EXAMPLE_APPLICATION: dict[str, JsonValue] = {
    "entity_type": "enterprise",
    "subscribed_capital_fen": 100_000_000,
    "shareholders": [
        {
            "kind": "person",
            "name": "王明",
            "resident_id": "330203199001011236",
            "share_ppm": 1_000_000,
        }
    ],
    "contribution_due": "2030-12-31",
    "legal_representative": {"name": "王明", "resident_id": "330203199001011236"},
    "phone": "13812345678",
    "address": {
        "division": "330203",
        "street": "鼓楼街道",
        "community": "秀水社区",
        "detail": "中山西路100号",
    },
    "business_scope": ["F5199"],
}


class SubmitApplication(RegistrationCommand, ApplicationGiven):
    """Apply for registration under a reserved name. The office's hour begins."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "registration_id": "01970000-0000-7000-8000-000000000001",
                    **EXAMPLE_APPLICATION,
                }
            ]
        }
    )


@command(key="registration_id", roles={Role.CITIZEN, Role.AGENT})
def submit_application(
    cmd: SubmitApplication, registration: CompanyRegistration, ctx: Context
) -> None:
    """Also keeps the name past the reservation's end, for as long as the matter is open."""
    require_applicant(registration, ctx)
    registration.submit_application(cmd.known(ctx), calendar=ctx.calendar)
    name = registration.name
    ctx.claims.take(name.scope, *name.claimed_values(), refused=NameTaken())


class Resubmit(RegistrationCommand):
    """Answer every defect. The hour goes on with what remained, the legal term starts anew."""

    answers: Annotated[tuple[AnswerGiven, ...], Field(min_length=1, max_length=200)]
    application: ApplicationGiven | None = Field(
        default=None, description="The whole application, when its content changed"
    )


@command(key="registration_id", roles={Role.CITIZEN, Role.AGENT})
def resubmit(cmd: Resubmit, registration: CompanyRegistration, ctx: Context) -> None:
    """Judges a changed application like a first one."""
    require_applicant(registration, ctx)
    application = cmd.application.known(ctx) if cmd.application else None
    answers = tuple(answer.answered() for answer in cmd.answers)
    registration.resubmit(answers, application, calendar=ctx.calendar)


class Withdraw(RegistrationCommand):
    """Take the application back; the name is free at once."""


@command(key="registration_id", roles={Role.CITIZEN, Role.AGENT})
def withdraw(cmd: Withdraw, registration: CompanyRegistration, ctx: Context) -> None:
    """The applicant's right until the decision."""
    require_applicant(registration, ctx)
    registration.withdraw()
    give_back_names(registration, ctx)


class Lapse(RegistrationCommand):
    """Close an application whose defects were not answered in time; the name is free at once."""


@command(key="registration_id", roles={Role.SYSTEM}, when_due=CORRECTION.name)
def lapse(cmd: Lapse, registration: CompanyRegistration, ctx: Context) -> None:
    """Sent by the scheduler."""
    registration.lapse()
    give_back_names(registration, ctx)
