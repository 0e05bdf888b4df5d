"""The parts that several commands share: who comes, slots, and who may act for whom.

All that can be judged of a body alone is judged here; a person becomes a value of the domain
together with the keyed hash that stands for him.
"""

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from commands.base import Command, Context
from domain.health_visits import ClinicSession, HealthVisit, PatientBookings
from domain.health_visits.values import Clinic, Patient, Slot, patient_id
from domain.shared.checks import bad
from domain.shared.identifiers import Mobile, PersonName, ResidentId, resident_id_birthdate
from domain.shared.instants import Instant, shanghai_date
from domain.shared.personal import Personal, Sensitive
from domain.shared.refusals import (
    BornInFuture,
    Forbidden,
    NotFound,
)

HEALTH = "health"

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
"""A text of a record; it may tell of a person."""

ShortText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
"""A text that names nobody."""


def _reason(value: str) -> str:
    if not value.strip():
        bad("reason-missing", "The reason is missing")
    return value.strip()


ReasonGiven = Annotated[str, Field(max_length=2000), AfterValidator(_reason)]
"""Why; code ``reason-missing`` when it says nothing."""


class Given(BaseModel):
    """Base of the parts: strict JSON types, unknown fields refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class PatientGiven(Given):
    """Who comes."""

    name: Personal[PersonName] = Field(description="As on the identity card", examples=["王明"])
    resident_id: Sensitive[ResidentId] = Field(
        description="Resident identity number, GB 11643", examples=["330203199001011236"]
    )
    mobile: Personal[Mobile] | None = Field(default=None, description="Where to tell of changes")

    def known_as(self, ctx: Context) -> Patient:
        """The same person with the stable reference that stands for the identity.

        Raises BornInFuture, which the value alone cannot know.
        """
        if resident_id_birthdate(self.resident_id) > shanghai_date(ctx.now):
            raise BornInFuture()
        return Patient(
            subject=ctx.keyed_hash("person", self.resident_id),
            name=self.name,
            resident_id=self.resident_id,
            mobile=self.mobile,
        )


class SlotGiven(Given):
    """So many seats at a time."""

    at: Instant = Field(description="Beginning of the slot", examples=["2026-03-02T09:00:00+08:00"])
    seats: int = Field(ge=1, le=100)

    def known(self) -> Slot:
        """As the domain keeps it."""
        return Slot(at=self.at, seats=self.seats)


SlotsGiven = Annotated[tuple[SlotGiven, ...], Field(min_length=1, max_length=60)]


class VisitCommand(Command):
    """Base of the commands on one visit."""

    visit_id: UUID = Field(
        description="The visit, as the answer to book-appointment gave it",
        examples=["01970000-0000-7000-8000-000000000001"],
    )


def is_clinic(ctx: Context) -> bool:
    """Whether somebody of the health system asks, for an institution."""
    return ctx.by_huimin or ctx.caller.department == HEALTH


def require_booker(visit: HealthVisit, ctx: Context) -> None:
    """The one who booked it, or the clinic. Raises Forbidden."""
    if not is_clinic(ctx) and ctx.actor != visit.booked_by:
        raise Forbidden()


def require_doctor(visit: HealthVisit, ctx: Context) -> None:
    """The treating doctor. Raises Forbidden."""
    if visit.doctor is not None and ctx.actor != visit.doctor:
        raise Forbidden()


def session_of(id: UUID, ctx: Context) -> ClinicSession:
    """The session at hand. Raises NotFound."""
    session = ctx.matter(ClinicSession, id)
    if session is None:
        raise NotFound()
    return session


def bookings_of(patient: Patient, ctx: Context) -> PatientBookings | None:
    """The patient's bookings at hand; None when there was never one."""
    return ctx.matter(PatientBookings, patient_id(patient.subject))


def add_booking(
    bookings: PatientBookings | None, patient: Patient, visit: UUID, clinic: Clinic, ctx: Context
) -> None:
    """Notes a live booking, in a matter that is begun if need be."""
    if bookings is not None:
        bookings.add_booking(visit, clinic)
        return
    bookings = PatientBookings.begin(
        PatientBookings.BookingsOpened,
        id=patient_id(patient.subject),
        at=ctx.now,
        subject=patient.subject,
    )
    with bookings.deciding(ctx.now):
        bookings.add_booking(visit, clinic)
    ctx.also(bookings)
