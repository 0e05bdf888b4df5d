"""What several matters of health visits speak of: people, clinics, slots, prescriptions.

Values only. They are built from commands that were judged at the door, and read from the log
unjudged.
"""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from domain.health_visits.institutions import InstitutionCode, Specialty
from domain.shared.derived_ids import derived_id
from domain.shared.identifiers import Mobile, OfficerId, PersonName, ResidentId, SubjectRef
from domain.shared.instants import SHANGHAI, shanghai_date
from domain.shared.personal import Personal, Sensitive


class Value(BaseModel):
    """Base of the values here: frozen, nothing unknown."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Patient(Value):
    """Who comes. ``subject`` is whose key encrypts the rest."""

    subject: SubjectRef
    name: Personal[PersonName]
    resident_id: Sensitive[ResidentId]
    mobile: Personal[Mobile] | None = None


class Half(StrEnum):
    """Half of a day in the city: before noon, or from noon on."""

    MORNING = "morning"
    AFTERNOON = "afternoon"


class Clinic(Value):
    """One doctor's half-day: where, in which field, who, when. ``session`` is its matter."""

    session: UUID
    institution: InstitutionCode
    department: Specialty
    doctor: OfficerId
    day: date
    half: Half

    def holds(self, instant: datetime) -> bool:
        """Whether an instant lies in this half-day."""
        return (shanghai_date(instant), half_of(instant)) == (self.day, self.half)


class Slot(Value):
    """So many seats at an instant (UTC)."""

    at: datetime
    seats: int


def half_of(instant: datetime) -> Half:
    """The half of the city's day that an instant lies in."""
    return Half.MORNING if instant.astimezone(SHANGHAI).hour < 12 else Half.AFTERNOON


def session_id(doctor: str, day: date, half: Half) -> UUID:
    """The one session of a doctor in a half-day."""
    return derived_id("clinic-session", doctor, day.isoformat(), half)


def patient_id(subject: str) -> UUID:
    """Where a person's bookings are kept together."""
    return derived_id("health-patient", subject)


def archive_id(subject: str) -> UUID:
    """A person's health archive."""
    return derived_id("health-archive", subject)


def report_id(visit: UUID, disease: str) -> UUID:
    """The report of a disease found at a visit."""
    return derived_id("notifiable-report", visit, disease)


def referral_id(visit: UUID, number: int) -> UUID:
    """The referral that a visit led to, by its number within the visit."""
    return derived_id("health-referral", visit, number)
