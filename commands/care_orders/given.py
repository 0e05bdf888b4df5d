"""The parts that several commands share, as they are sent: people, texts, where a carer is."""

from typing import Annotated
from uuid import UUID

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
)

from commands.base import Command, Context
from domain.care_orders.people import Contact, Person
from domain.care_orders.services import SERVICES
from domain.care_orders.whereabouts import Seen
from domain.shared.address import Point
from domain.shared.checks import bad, judged_by
from domain.shared.identifiers import (
    Mobile,
    PersonName,
    ResidentId,
    resident_id_birthdate,
)
from domain.shared.instants import Instant, shanghai_date
from domain.shared.personal import Personal, Sensitive
from domain.shared.refusals import BornInFuture


class Given(BaseModel):
    """Base of the parts: strict JSON types, unknown fields refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class OrderCommand(Command):
    """Base of what is asked of an order."""

    order_id: UUID


class VisitCommand(Command):
    """Base of what is asked of a visit."""

    visit_id: UUID


class ProviderCommand(Command):
    """Base of what is asked of a provider."""

    provider_id: UUID


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
"""A short text."""


def _service(code: str) -> str:
    if code not in SERVICES:
        bad("service-unknown", "There is no such service")
    return code


ServiceCode = Annotated[
    str, judged_by(_service), Field(json_schema_extra={"enum": sorted(SERVICES)})
]
"""Code of a service; code ``service-unknown``."""


def each_once(codes: tuple[str, ...]) -> tuple[str, ...]:
    """Raises ``service-twice``."""
    if len(set(codes)) < len(codes):
        bad("service-twice", "A service stands there once")
    return codes


ServiceCodes = Annotated[
    tuple[ServiceCode, ...], judged_by(each_once), Field(min_length=1, max_length=15)
]


def subject_of(resident_id: str, ctx: Context) -> str:
    """The stable reference that stands for a person in the whole city."""
    return ctx.keyed_hash("person", resident_id)


class PersonGiven(Given):
    """Someone, by name and number."""

    name: Personal[PersonName] = Field(description="As on the identity card", examples=["王明"])
    resident_id: Sensitive[ResidentId] = Field(
        description="Resident identity number, GB 11643", examples=["330203194001011233"]
    )

    def known_as(self, ctx: Context) -> Person:
        """With the stable reference that stands for the identity. Raises BornInFuture."""
        if resident_id_birthdate(self.resident_id) > shanghai_date(ctx.now):
            raise BornInFuture()
        return Person(
            subject=subject_of(self.resident_id, ctx),
            name=self.name,
            resident_id=self.resident_id,
        )


class ContactGiven(Given):
    """Whom to call."""

    name: Personal[PersonName]
    phone: Personal[Mobile]

    def known(self) -> Contact:
        """As the domain keeps it."""
        return Contact(name=self.name, phone=self.phone)


class SeenGiven(VisitCommand):
    """Where and when a carer is, by a point or by the tag in the elder's home."""

    at: Instant = Field(description="When it was made; believed of an offline device only")
    device_time: Instant = Field(description="The device's clock when it sends this")
    offline: bool = Field(default=False, description="It was made out of reach of the network")
    point: Sensitive[Point] | None = Field(default=None, description="WGS-84 degrees")
    tag: Annotated[Personal[Text] | None, Field(description="The tag's text")] = Field(
        default=None, validate_default=True
    )

    @field_validator("tag")
    @classmethod
    def _point_or_tag(cls, value: str | None, info: ValidationInfo) -> str | None:
        if "point" in info.data and (value is None) == (info.data["point"] is None):
            bad("point-or-tag", "Give the point or the tag, one of the two")
        return value

    def seen(self) -> Seen:
        """As the domain judges it."""
        return Seen(
            at=self.at,
            device_time=self.device_time,
            point=self.point,
            tag=self.tag,
            offline=self.offline,
        )
