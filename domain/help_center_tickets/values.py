"""What a ticket says: who calls, where, about whom, with which files; who holds it.

Values only. They are built from commands that were judged at the door, and read from the log
unjudged.
"""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from domain.help_center_tickets.states import ServiceGroup, Urgency
from domain.shared.address import Address, Point
from domain.shared.departments import DepartmentCode
from domain.shared.districts import District
from domain.shared.identifiers import Mobile, PersonName, SubjectRef
from domain.shared.personal import Personal, Sensitive

Digest = Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]
"""SHA-256 of a file, 64 hexadecimal digits; the file itself lies in the document store."""

ItemCode = Annotated[
    str,
    StringConstraints(pattern="^[A-H][0-9]{3}$"),
    Field(description="Code of a service in the catalogue", examples=["A101"]),
]
"""Letter of the group and three digits."""


class Value(BaseModel):
    """Base of the values here: frozen, nothing unknown."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Caller(Value):
    """Who asked. ``subject`` is the keyed hash of the best identity that is known.

    ``actor`` is the token's subject when the caller wrote himself, None when an officer did.
    """

    subject: SubjectRef
    actor: Personal[str] | None = None
    name: Personal[PersonName] | None = None
    phone: Personal[Mobile] | None = None


class Place(Value):
    """Where it is. Only the district is not personal."""

    district: District
    address: Personal[Address] | None = None
    point: Sensitive[Point] | None = None

    @property
    def grid(self) -> str:
        """The square kilometre, ``29.87,121.54``, or the district when no point is known."""
        if self.point is None:
            return self.district
        lat, lon = self.point.masked()
        return f"{lat:.2f},{lon:.2f}"


class Attachment(Value):
    """A file that came with the ticket."""

    sha256: Digest
    media_type: str
    size_bytes: int


class Holder(Value):
    """Who has a ticket: a department by its code, or a member company by its uscc."""

    kind: Literal["department", "company"]
    code: str


CENTRE = Holder(kind="department", code="data-bureau")
"""The help centre itself; the data bureau runs it."""


class Cause(Value):
    """What in another programme a ticket is about."""

    program: str
    matter_id: UUID
    what: str


class ServiceVersion(Value):
    """A service as it is given from one day on, to the day ``until`` at most.

    ``department`` owns it, ``paid`` services are quoted for, ``consumer`` ones fall under SAMR
    Order 20 when someone complains about them.
    """

    code: ItemCode
    group: ServiceGroup
    zh: str
    en: str
    department: DepartmentCode
    urgency: Urgency = Urgency.ORDINARY
    paid: bool = False
    consumer: bool = False
    since: date
    until: date | None = None


class Answered(Value):
    """A call-back's answer as it was counted for its holder in a month (``2026-03``)."""

    holder: str
    month: str
    solved: bool
    satisfied: int


def version_on(versions: tuple[ServiceVersion, ...], day: date) -> ServiceVersion | None:
    """The version in force on a day, or None when the service is not given then."""
    begun = [v for v in versions if v.since <= day]
    latest = max(begun, key=lambda v: v.since, default=None)
    if latest is None or (latest.until is not None and day > latest.until):
        return None
    return latest
