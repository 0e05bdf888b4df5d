"""Reserve a name, and let the reservation run out."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field, ValidationInfo, field_validator

from commands.base import Command, Context, Role, command
from commands.company_registration.given import RegistrationCommand
from domain.company_registration import CompanyRegistration
from domain.company_registration.applications import Applicant
from domain.company_registration.limits import NAME_RESERVATION
from domain.company_registration.names import (
    CompanyName,
    IndustryTerm,
    OrganisationForm,
    TradeName,
    same_territory,
)
from domain.company_registration.refusals import NameTaken
from domain.shared.checks import bad
from domain.shared.districts import District
from domain.shared.identifiers import IndustryCode
from domain.shared.instants import shanghai_date

NameDivision = Annotated[
    str,
    Field(
        description="Division named in front: the registry's own number, or 330200 for the city",
        examples=["330203", "330200"],
    ),
]


class NameGiven(Command):
    """The parts of a name, as Decree 734 has them."""

    trade_name: TradeName = Field(description="What tells it from others, 字号; Han characters")
    industry_code: IndustryCode | None = Field(
        default=None,
        description="Industry that the name states; without it the name bars all twenty sections",
    )
    industry_term: IndustryTerm | None = Field(
        default=None, description="Words for that industry; left out, the usual ones"
    )
    organisation_form: OrganisationForm = Field(description="The last part of the name")
    related_registration: UUID | None = Field(
        default=None,
        description="The company whose investment gives a right to its trade name; "
        "the relation is to be proved before approval",
    )

    @field_validator("industry_term")
    @classmethod
    def _term_of_an_industry(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is not None and info.data.get("industry_code") is None:
            bad("name-malformed", "Words for an industry need its code")
        return value

    def parts(self) -> dict[str, Any]:
        """What :meth:`CompanyName.of` takes besides registry, division and day."""
        return {name: getattr(self, name) for name in _PARTS}


_PARTS = tuple(NameGiven.model_fields)


class ReserveName(NameGiven):
    """Reserve a company name for two months, or a year where a prior approval is needed.

    Begins the matter. Nobody else can have the name in this registry and industry meanwhile.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "registry": "330203",
                    "division": "330203",
                    "trade_name": "甬江",
                    "industry_code": "F5199",
                    "organisation_form": "limited-company",
                }
            ]
        }
    )

    registration_id: UUID | None = Field(
        default=None, description="An id of your own for the matter; left out, the server chooses"
    )
    registry: District = Field(description="Where the company is to be registered")
    division: NameDivision
    needs_prior_approval: bool = Field(
        default=False, description="Its business needs an approval before registration"
    )

    @field_validator("division")
    @classmethod
    def _division_of_the_registry(cls, value: str, info: ValidationInfo) -> str:
        registry = info.data.get("registry")
        if registry is not None and not same_territory(value, registry):
            bad("division-mismatch", "The division is the registry's own or the city's")
        return value


@command(roles={Role.CITIZEN, Role.AGENT}, id_field="registration_id")
def reserve_name(cmd: ReserveName, ctx: Context) -> CompanyRegistration:
    """Claims the name until the reservation's end."""
    name = CompanyName.of(
        registry=cmd.registry, division=cmd.division, on=shanghai_date(ctx.now), **cmd.parts()
    )
    expires_at = CompanyRegistration.name_expires_at(
        ctx.now, ctx.calendar, needs_prior_approval=cmd.needs_prior_approval
    )
    ctx.claims.take(name.scope, *name.claimed_values(), until=expires_at, refused=NameTaken())
    return CompanyRegistration.begin(
        CompanyRegistration.NameReserved,
        id=ctx.new_id,
        at=ctx.now,
        name=name,
        registry=name.registry,
        applicant=Applicant(subject=ctx.keyed_hash("actor", ctx.actor), actor=ctx.actor),
        needs_prior_approval=cmd.needs_prior_approval,
        expires_at=expires_at,
        clocks=(NAME_RESERVATION.due(ctx.now, expires_at, ctx.calendar),),
    )


class ExpireName(RegistrationCommand):
    """Let a reservation lapse that has run out; the name is free at once."""


@command(key="registration_id", roles={Role.SYSTEM}, when_due=NAME_RESERVATION.name)
def expire_name(cmd: ExpireName, registration: CompanyRegistration, ctx: Context) -> None:
    """Sent by the scheduler."""
    registration.expire_name()
    give_back_names(registration, ctx)


def give_back_names(registration: CompanyRegistration, ctx: Context) -> None:
    """Frees the name at once; for matters that never came to a licence."""
    ctx.claims.release(registration.name.scope, *registration.name.claimed_values())
