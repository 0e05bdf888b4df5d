"""Change what the register says, rest for a time, and go on."""

from datetime import date
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, field_validator

from commands.base import Context, Role, command
from commands.company_registration.access import REGISTRY, require_party
from commands.company_registration.examining import refuse_barred
from commands.company_registration.given import (
    MOST_SHAREHOLDERS,
    CapitalGiven,
    DirectorsGiven,
    Given,
    OrganisationShareholderGiven,
    PersonGiven,
    PersonShareholderGiven,
    RegistrationCommand,
    ScopeGiven,
    ShareholdersGiven,
    Text,
    judge_shareholders,
    known_shareholder,
)
from commands.company_registration.naming import NameGiven
from domain.company_registration import CompanyRegistration
from domain.company_registration import changes as domain
from domain.company_registration.limits import SUSPENSION, name_free_again
from domain.company_registration.names import CompanyName
from domain.company_registration.refusals import NameTaken
from domain.shared.address import Address
from domain.shared.instants import shanghai_date


class NameChangeGiven(NameGiven):
    """Another name at the same registry, with the same division in front."""

    field: Literal["name"]


class AddressChangeGiven(Given):
    """Another address in the registry's district."""

    field: Literal["address"]
    address: Address


class CapitalChangeGiven(Given):
    """More or less subscribed capital."""

    field: Literal["capital"]
    subscribed_capital_fen: CapitalGiven


class ScopeChangeGiven(Given):
    """Another business scope."""

    field: Literal["business-scope"]
    business_scope: ScopeGiven


class RepresentativeChangeGiven(Given):
    """Another legal representative."""

    field: Literal["legal-representative"]
    legal_representative: PersonGiven


class DirectorsChangeGiven(Given):
    """Another board."""

    field: Literal["directors"]
    directors: DirectorsGiven


class ShareholdersChangeGiven(Given):
    """Other shareholders or shares."""

    field: Literal["shareholders"]
    shareholders: ShareholdersGiven

    @field_validator("shareholders")
    @classmethod
    def _shareholders(
        cls, value: tuple[PersonShareholderGiven | OrganisationShareholderGiven, ...]
    ) -> tuple[PersonShareholderGiven | OrganisationShareholderGiven, ...]:
        judge_shareholders(value, MOST_SHAREHOLDERS)
        return value


ChangeGiven = Annotated[
    NameChangeGiven
    | AddressChangeGiven
    | CapitalChangeGiven
    | ScopeChangeGiven
    | RepresentativeChangeGiven
    | DirectorsChangeGiven
    | ShareholdersChangeGiven,
    Field(discriminator="field"),
]


def known(
    given: NameChangeGiven
    | AddressChangeGiven
    | CapitalChangeGiven
    | ScopeChangeGiven
    | RepresentativeChangeGiven
    | DirectorsChangeGiven
    | ShareholdersChangeGiven,
    registration: CompanyRegistration,
    ctx: Context,
) -> domain.Change:
    """The change as the domain keeps it, under the division numbers in force today."""
    today = shanghai_date(ctx.now)
    match given:
        case NameChangeGiven():
            name = CompanyName.of(
                registry=registration.registry,
                division=registration.name.division,
                on=today,
                **given.parts(),
            )
            return domain.NameChange(name=name)
        case AddressChangeGiven():
            return domain.AddressChange(address=given.address.under_current_division(today))
        case CapitalChangeGiven():
            return domain.CapitalChange(subscribed_capital_fen=given.subscribed_capital_fen)
        case ScopeChangeGiven():
            return domain.ScopeChange(business_scope=given.business_scope)
        case RepresentativeChangeGiven():
            person = given.legal_representative.known_as(ctx)
            return domain.RepresentativeChange(legal_representative=person)
        case DirectorsChangeGiven():
            board = tuple(director.known_as(ctx) for director in given.directors)
            return domain.DirectorsChange(directors=board)
        case ShareholdersChangeGiven():
            holders = tuple(known_shareholder(s, ctx) for s in given.shareholders)
            return domain.ShareholdersChange(shareholders=holders)


class ApplyChange(RegistrationCommand):
    """Apply for one change of what the register says. One at a time."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "registration_id": "01970000-0000-7000-8000-000000000001",
                    "change": {"field": "capital", "subscribed_capital_fen": 200_000_000},
                }
            ]
        }
    )

    change: ChangeGiven


@command(key="registration_id", roles={Role.CITIZEN, Role.AGENT, Role.OFFICER})
def apply_change(cmd: ApplyChange, registration: CompanyRegistration, ctx: Context) -> None:
    """A new name is claimed at once, so that nobody gets it before the decision."""
    require_party(registration, ctx)
    registration.apply_change(known(cmd.change, registration, ctx))
    if (name := registration.pending_name()) is not None:
        ctx.claims.take(name.scope, *name.claimed_values(), refused=NameTaken())


class ApproveChange(RegistrationCommand):
    """Approve the open change; the register says it from now on."""


@command(key="registration_id", roles={Role.OFFICER}, department=REGISTRY)
def approve_change(cmd: ApproveChange, registration: CompanyRegistration, ctx: Context) -> None:
    """The old name stays nobody's for a year, but for what the new one shares with it."""
    incoming = registration.officeholders_of_change()
    before = registration.name
    registration.approve_change(officer=ctx.actor, calendar=ctx.calendar)
    refuse_barred(incoming, ctx)
    kept = set(registration.name.claimed_values())
    given_up = [value for value in before.claimed_values() if value not in kept]
    ctx.claims.release(before.scope, *given_up, until=name_free_again(ctx.now, ctx.calendar))


class RejectChange(RegistrationCommand):
    """Reject the open change; the register stays as it is."""

    reason: Text = Field(
        description="What the company gets to read; it names no person",
        examples=["缺少股东会决议"],
    )


@command(key="registration_id", roles={Role.OFFICER}, department=REGISTRY)
def reject_change(cmd: RejectChange, registration: CompanyRegistration, ctx: Context) -> None:
    """A name that was applied for is free again at once."""
    give_back_pending_name(registration, ctx)
    registration.reject_change(cmd.reason, officer=ctx.actor)


def give_back_pending_name(registration: CompanyRegistration, ctx: Context) -> None:
    """Frees what an open change of name has claimed beyond the present name."""
    if (pending := registration.pending_name()) is not None:
        kept = set(registration.name.claimed_values())
        values = [value for value in pending.claimed_values() if value not in kept]
        ctx.claims.release(pending.scope, *values)


class Suspend(RegistrationCommand):
    """Rest until a day at the latest (歇业); three years in all."""

    until: date = Field(description="Last day of rest", examples=["2027-06-30"])


@command(key="registration_id", roles={Role.CITIZEN, Role.AGENT, Role.OFFICER})
def suspend(cmd: Suspend, registration: CompanyRegistration, ctx: Context) -> None:
    """The company goes on by itself after that day."""
    require_party(registration, ctx)
    registration.suspend(cmd.until, calendar=ctx.calendar)


class Resume(RegistrationCommand):
    """Go on after a suspension, at any time before its last day is over."""


@command(
    key="registration_id",
    roles={Role.CITIZEN, Role.AGENT, Role.OFFICER, Role.SYSTEM},
    when_due=SUSPENSION.name,
)
def resume(cmd: Resume, registration: CompanyRegistration, ctx: Context) -> None:
    """Also sent by the scheduler at the suspension's end."""
    if not ctx.by_huimin:
        require_party(registration, ctx)
    registration.resume(by_timer=ctx.by_huimin)
