"""The ends of a company: announce, object, deregister; revoke, annul."""

from typing import Annotated

from pydantic import Field, StringConstraints

from commands.base import Context, Role, command
from commands.company_registration.access import REGISTRY, require_department, require_party
from commands.company_registration.changing import give_back_pending_name
from commands.company_registration.given import DecisionNo, PaperNo, RegistrationCommand, Text
from domain.company_registration import CompanyRegistration, ObjectionGround
from domain.company_registration.limits import DEREGISTRATION, name_free_again
from domain.shared.departments import DepartmentCode
from domain.shared.personal import Personal
from domain.shared.refusals import Forbidden


class AnnounceSimpleDeregistration(RegistrationCommand):
    """Announce that the company ends the simple way; objections may come for 20 days.

    A sole trader's announcement goes to the departments only, for 10 days.
    """

    no_debts: bool = Field(description="All investors promise that nothing is owed to anyone")
    on_abnormal_list: bool = Field(
        description="The company stands on the list of abnormal operations"
    )


@command(key="registration_id", roles={Role.CITIZEN, Role.AGENT, Role.OFFICER})
def announce_simple_deregistration(
    cmd: AnnounceSimpleDeregistration, registration: CompanyRegistration, ctx: Context
) -> None:
    """Tax, social security and customs are asked to object by a policy."""
    require_party(registration, ctx)
    registration.announce_simple_deregistration(
        no_debts=cmd.no_debts, on_abnormal_list=cmd.on_abnormal_list, calendar=ctx.calendar
    )


class RequestObjection(RegistrationCommand):
    """Ask a department whether it objects to an announced deregistration."""

    department: DepartmentCode


@command(key="registration_id", roles={Role.SYSTEM, Role.OFFICER})
def request_objection(
    cmd: RequestObjection, registration: CompanyRegistration, ctx: Context
) -> None:
    """Once per announcement and department."""
    require_department(ctx, REGISTRY)
    registration.request_objection(cmd.department)


class Object(RegistrationCommand):
    """Object to an announced deregistration, as a department or as a creditor."""

    ground: ObjectionGround
    note: Personal[Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]] = (
        Field(default="", description="Particulars, for the registry only")
    )


@command(key="registration_id", roles={Role.CITIZEN, Role.AGENT, Role.OFFICER, Role.DEPARTMENT})
def object_to_deregistration(cmd: Object, registration: CompanyRegistration, ctx: Context) -> None:
    """Whoever acts for a department objects in its name, everybody else as a creditor."""
    official = not ctx.caller.roles.isdisjoint({Role.OFFICER, Role.DEPARTMENT})
    if official and ctx.caller.department is None:
        raise Forbidden()
    registration.object(
        cmd.ground,
        cmd.note,
        department=ctx.caller.department if official else None,
        creditor=None if official else ctx.actor,
    )


class ExtendDeregistration(RegistrationCommand):
    """Ask for thirty days more to deregister after an announcement. Once."""


@command(key="registration_id", roles={Role.CITIZEN, Role.AGENT, Role.OFFICER})
def extend_deregistration(
    cmd: ExtendDeregistration, registration: CompanyRegistration, ctx: Context
) -> None:
    """Before the first twenty days are over."""
    require_party(registration, ctx)
    registration.extend_deregistration(calendar=ctx.calendar)


class EndAnnouncement(RegistrationCommand):
    """Close an announcement on which nobody acted in time; the company stays registered."""


@command(key="registration_id", roles={Role.SYSTEM}, when_due=DEREGISTRATION.name)
def end_announcement(cmd: EndAnnouncement, registration: CompanyRegistration, ctx: Context) -> None:
    """Sent by the scheduler."""
    registration.end_announcement()


class Deregister(RegistrationCommand):
    """End a company: after an announcement without objection, or after a liquidation."""

    decision_no: DecisionNo
    liquidation_report: PaperNo | None = Field(
        default=None, description="Number of the liquidation report; not for the simple way"
    )
    tax_clearance: PaperNo | None = Field(
        default=None, description="Number of the tax clearance; not for the simple way"
    )


@command(key="registration_id", roles={Role.OFFICER}, department=REGISTRY)
def deregister(cmd: Deregister, registration: CompanyRegistration, ctx: Context) -> None:
    """The name is nobody's for a year; the code is never given out again."""
    give_back_pending_name(registration, ctx)
    registration.deregister(
        cmd.decision_no,
        liquidation_report=cmd.liquidation_report,
        tax_clearance=cmd.tax_clearance,
        calendar=ctx.calendar,
    )
    give_back_name_in_a_year(registration, ctx)


def give_back_name_in_a_year(registration: CompanyRegistration, ctx: Context) -> None:
    """Decree 734, art. 17: others have to wait a year for the name of a company that ended."""
    until = name_free_again(ctx.now, ctx.calendar)
    ctx.claims.release(registration.name.scope, *registration.name.claimed_values(), until=until)


class RevokeLicence(RegistrationCommand):
    """Revoke a licence as a penalty (吊销); the company is then to be liquidated."""

    decision_no: DecisionNo
    reason: Text = Field(
        description="Ground of the penalty; it names no person",
        examples=["连续六个月停业"],
    )


@command(key="registration_id", roles={Role.OFFICER}, department=REGISTRY)
def revoke_licence(cmd: RevokeLicence, registration: CompanyRegistration, ctx: Context) -> None:
    """The name stays the company's until it is deregistered."""
    give_back_pending_name(registration, ctx)
    registration.revoke_licence(cmd.decision_no, cmd.reason)


class AnnulRegistration(RegistrationCommand):
    """Annul a registration that was got by fraud (撤销); it is void from the start."""

    decision_no: DecisionNo


@command(key="registration_id", roles={Role.OFFICER}, department=REGISTRY)
def annul_registration(
    cmd: AnnulRegistration, registration: CompanyRegistration, ctx: Context
) -> None:
    """A policy takes the filings back."""
    give_back_pending_name(registration, ctx)
    registration.annul_registration(cmd.decision_no, calendar=ctx.calendar)
    give_back_name_in_a_year(registration, ctx)
