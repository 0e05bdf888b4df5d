"""Register providers of care, what they have and who works for them; stop and allow them."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints, field_validator

from commands.base import Command, Context, Role, command
from commands.care_orders.access import OFFICE, require_coordinator
from commands.care_orders.given import Given, PersonGiven, ProviderCommand
from domain.care_orders import ProviderCapacity
from domain.care_orders.people import Carer, provider_id
from domain.care_orders.places import Capacity
from domain.care_orders.services import QUALIFICATIONS
from domain.care_orders.states import StopGround
from domain.shared.address import Point
from domain.shared.checks import bad
from domain.shared.districts import District, current
from domain.shared.identifiers import OfficerId, SubjectRef, Uscc
from domain.shared.instants import shanghai_date
from domain.shared.personal import Personal

BedNo = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z][0-9A-Za-z-]{0,15}$")]
Places = Annotated[int, Field(ge=0, le=100_000)]


class CapacityGiven(Given):
    """What is licensed, and until when."""

    licensed_until: date
    beds: Annotated[tuple[BedNo, ...], Field(max_length=5_000)] = ()
    day_places: Places = 0
    home_places: Places = 0

    @field_validator("beds")
    @classmethod
    def _each_once(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(value)) < len(value):
            bad("bed-twice", "A bed has a number of its own")
        return value

    def known(self) -> Capacity:
        """As the domain keeps it."""
        return Capacity(**self.model_dump())


class RegisterProvider(Command):
    """Register a provider of care with what it is licensed for.

    Begins the provider's matter; one a code.
    """

    uscc: Uscc
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
    district: District
    location: Point
    coordinators: Annotated[tuple[Personal[OfficerId], ...], Field(max_length=50)] = Field(
        default=(), description="Subjects of the tokens of those who plan its visits"
    )
    capacity: CapacityGiven


@command(roles={Role.OFFICER}, department=OFFICE)
def register_provider(cmd: RegisterProvider, ctx: Context) -> ProviderCapacity:
    """By the office that licenses or records it."""
    return ProviderCapacity.begin(
        ProviderCapacity.ProviderRegistered,
        id=provider_id(cmd.uscc),
        at=ctx.now,
        uscc=cmd.uscc,
        name=cmd.name,
        district=current(cmd.district, shanghai_date(ctx.now)),
        location=cmd.location,
        coordinators=cmd.coordinators,
        capacity=cmd.capacity.known(),
    )


class ChangeCapacity(ProviderCommand):
    """Change what a provider is licensed for. Who waits is offered what becomes free."""

    capacity: CapacityGiven


@command(key="provider_id", roles={Role.OFFICER}, department=OFFICE)
def change_capacity(cmd: ChangeCapacity, provider: ProviderCapacity, ctx: Context) -> None:
    """By the office."""
    provider.change_capacity(cmd.capacity.known())


class RegisterCarer(ProviderCommand):
    """Register someone who cares for a provider."""

    carer: PersonGiven
    actor: Personal[OfficerId] = Field(description="Subject of the carer's own token")
    qualifications: Annotated[tuple[str, ...], Field(min_length=1, max_length=10)] = Field(
        json_schema_extra={"items": {"type": "string", "enum": [*sorted(QUALIFICATIONS)]}}
    )

    @field_validator("qualifications")
    @classmethod
    def _known(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if set(value) - QUALIFICATIONS:
            bad("qualification-unknown", "There is no such qualification")
        return value


@command(key="provider_id", roles={Role.AGENT, Role.OFFICER}, department=OFFICE)
def register_carer(cmd: RegisterCarer, provider: ProviderCapacity, ctx: Context) -> None:
    """By the provider's coordinator or the office."""
    require_coordinator(provider, ctx)
    person = cmd.carer.known_as(ctx)
    carer = Carer(
        subject=person.subject,
        actor=cmd.actor,
        qualifications=tuple(sorted(set(cmd.qualifications))),
    )
    provider.register_carer(carer, person.name)


class RemoveCarer(ProviderCommand):
    """Record that someone cares for a provider no longer."""

    carer: SubjectRef


@command(key="provider_id", roles={Role.AGENT, Role.OFFICER}, department=OFFICE)
def remove_carer(cmd: RemoveCarer, provider: ProviderCapacity, ctx: Context) -> None:
    """By the provider's coordinator or the office."""
    require_coordinator(provider, ctx)
    provider.remove_carer(cmd.carer)


SOURCE = Field(
    default=None,
    description="What stands behind the ground, when several things may, such as the entries on "
    "several credit lists; the ground is gone with the last of them",
)


class StopNewAssignments(ProviderCommand):
    """Give a provider no new elders. Families whose elder is there are told."""

    ground: StopGround
    source: UUID | None = SOURCE


@command(key="provider_id", roles={Role.SYSTEM, Role.OFFICER}, department=OFFICE)
def stop_new_assignments(
    cmd: StopNewAssignments, provider: ProviderCapacity | None, ctx: Context
) -> ProviderCapacity | None:
    """A policy asks of every company that is listed, and most give no care."""
    if provider is not None:
        provider.stop_new_assignments(cmd.ground, cmd.source)
    return provider


class AllowNewAssignments(ProviderCommand):
    """Lift a ground. The provider gets new elders when none is left."""

    ground: StopGround
    source: UUID | None = SOURCE


@command(key="provider_id", roles={Role.SYSTEM, Role.OFFICER}, department=OFFICE)
def allow_new_assignments(
    cmd: AllowNewAssignments, provider: ProviderCapacity | None, ctx: Context
) -> ProviderCapacity | None:
    """A policy asks of every company that comes off a list, and most give no care."""
    if provider is not None:
        provider.allow_new_assignments(cmd.ground, cmd.source)
    return provider
