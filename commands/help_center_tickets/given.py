"""The parts that several commands share: callers, places, holders, files, as they are sent.

All that can be judged of a body alone is judged here, with the brief's codes.
"""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from commands.base import Command, Context
from domain.help_center_tickets import limits
from domain.help_center_tickets.values import Attachment, Caller, Digest, Holder, Place
from domain.shared.address import Address, Point
from domain.shared.checks import bad, judged_by
from domain.shared.departments import DEPARTMENTS
from domain.shared.districts import District, current
from domain.shared.identifiers import Mobile, PersonName, ResidentId, Uscc
from domain.shared.instants import shanghai_date
from domain.shared.personal import Personal, Sensitive

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
"""A short text that names nobody."""

LONGEST_TEXT = 5_000


def _not_empty(value: str) -> str:
    text = value.strip()
    if not text:
        bad("text-empty", "A ticket says what it is about")
    return text


TicketText = Annotated[
    str,
    StringConstraints(max_length=LONGEST_TEXT),
    judged_by(_not_empty),
    Field(
        description="What has to be solved, in the caller's words",
        examples=["楼道灯坏了三天，老人上下楼很危险"],
    ),
]
"""The caller's words; code ``text-empty``."""

DecisionNo = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100),
    Field(description="Number of the written decision", examples=["甬督字〔2026〕3号"]),
]

Photos = Annotated[tuple[Digest, ...], Field(max_length=9, description="SHA-256 of each picture")]


class TicketCommand(Command):
    """Base of the commands on one ticket."""

    ticket_id: UUID = Field(
        description="The ticket, as the answer to open-ticket gave it",
        examples=["01970000-0000-7000-8000-000000000001"],
    )


class Given(BaseModel):
    """Base of the parts: strict JSON types, unknown fields refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class CallerGiven(Given):
    """Who calls, as far as the caller says; a phone is needed to be called back."""

    name: Personal[PersonName] | None = None
    phone: Personal[Mobile] | None = None
    resident_id: Sensitive[ResidentId] | None = None

    def known(self, ctx: Context, *, himself: bool) -> Caller:
        """The caller with the stable reference of the best identity that is known."""
        if self.resident_id is not None:
            subject = ctx.keyed_hash("person", self.resident_id)
        elif self.phone is not None:
            subject = ctx.keyed_hash("mobile", self.phone)
        else:
            subject = ctx.keyed_hash("actor", ctx.actor)
        actor = ctx.actor if himself else None
        return Caller(subject=subject, actor=actor, name=self.name, phone=self.phone)


class PlaceGiven(Given):
    """Where it is: a district at least, or an address, whose district counts."""

    district: District | None = None
    address: Personal[Address] | None = Field(default=None, validate_default=True)
    point: Sensitive[Point] | None = None

    @field_validator("address")
    @classmethod
    def _district_or_address(cls, value: Address | None, info: ValidationInfo) -> Address | None:
        if value is None and "district" in info.data and info.data["district"] is None:
            bad("missing", "A place has a district or an address")
        return value

    def known(self, ctx: Context) -> Place:
        """The place under the district's number that is in force."""
        today = shanghai_date(ctx.now)
        division = self.address.division if self.address else self.district or ""
        return Place(
            district=current(division, today),
            address=self.address.under_current_division(today) if self.address else None,
            point=self.point,
        )


class AttachmentGiven(Given):
    """A file in the document store."""

    sha256: Digest
    media_type: Annotated[
        str,
        StringConstraints(pattern=r"^[a-z]+/[a-z0-9.+-]+$", max_length=100),
        Field(examples=["image/jpeg"]),
    ]
    size_bytes: int = Field(ge=1, description="Size of the file", examples=[204_800])

    @field_validator("size_bytes")
    @classmethod
    def _not_too_big(cls, value: int) -> int:
        if value > limits.ATTACHMENT_BYTES:
            bad("attachment-too-big", "A file has at most 20 megabytes")
        return value

    def known(self) -> Attachment:
        """The same as a value of the domain."""
        return Attachment(
            sha256=self.sha256, media_type=self.media_type, size_bytes=self.size_bytes
        )


_USCC: TypeAdapter[str] = TypeAdapter(Uscc)


class HolderGiven(Given):
    """Who gets it: a department by its code, or a member company by its uscc."""

    kind: Literal["department", "company"] = Field(examples=["department"])
    code: Annotated[str, StringConstraints(max_length=40)] = Field(examples=["health"])

    @field_validator("code")
    @classmethod
    def _known(cls, value: str, info: ValidationInfo) -> str:
        if info.data.get("kind") == "company":
            try:
                return _USCC.validate_python(value)
            except ValidationError:
                bad("holder-unknown", "No company can have this code")
        if value not in DEPARTMENTS:
            bad("holder-unknown", "No department has this code")
        return value

    def known(self) -> Holder:
        """The same as a value of the domain."""
        return Holder(kind=self.kind, code=self.code)


def _side(value: str) -> str:
    if value in DEPARTMENTS:
        return value
    try:
        return _USCC.validate_python(value)
    except ValidationError:
        bad("holder-unknown", "Neither a department nor a company has this code")


Side = Annotated[
    str,
    judged_by(_side),
    Field(
        description="Code of a department, or uscc of a company or unit",
        examples=["91330203MA2AF3XQ2G"],
    ),
]
"""Whom a complaint or report is about; code ``holder-unknown``."""
