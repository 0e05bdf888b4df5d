"""What is kept of a resident, as it was at any position; and how many residents have an archive.

What psychiatric and reproductive conditions say stands in columns of their own, which only those
may read whom the patient allowed it.
"""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from domain.health_visits import ArchiveState, HealthVisit
from domain.health_visits import HealthArchive as Archive
from domain.health_visits.archive_content import Consent, Content, Medicine
from domain.health_visits.consultation import Icd10
from domain.health_visits.icd10 import Sensitivity
from domain.health_visits.institutions import RESIDENTS, InstitutionCode, Specialty
from domain.health_visits.values import Patient, Value, archive_id
from domain.shared.districts import District
from domain.shared.identifiers import OfficerId, SubjectRef
from domain.shared.money import WHOLE_PPM
from domain.shared.personal import Personal, Sensitive
from projections.base import Index, Row, fold
from projections.health_visits.records import Alarm

READINGS_KEPT = 50


class Seen(Value):
    """A visit, as the archive names it."""

    visit: UUID
    institution: InstitutionCode
    department: Specialty
    day: date


class Vaccination(Value):
    """A dose."""

    vaccine: Sensitive[str]
    lot: str
    given_on: date


class Reading(Value):
    """Who looked, when and why; ``without_consent`` after breaking the glass."""

    reader: OfficerId
    institution: InstitutionCode | None
    purpose: str
    at: datetime
    without_consent: bool


class ConsentGiven(Value):
    """A consent that stands."""

    consent: UUID
    terms: Consent


class Opening(Value):
    """An opening without consent; ``justified`` once it was reviewed."""

    opening: UUID
    reader: OfficerId
    reason: Personal[str]
    at: datetime
    justified: bool | None = None


class MergedArchive(Value):
    """Another archive that this one speaks for."""

    archive: UUID
    content: Sensitive[Content]


class HealthArchive(Row, key="archive_id", main=True, history=True):
    """One line per archive. ``archive_version`` is what a prescription has to name."""

    archive_id: UUID
    subject: Annotated[SubjectRef, Index]
    patient: Sensitive[Patient]
    centre: Annotated[InstitutionCode, Index]
    district: Annotated[District, Index]
    state: Annotated[ArchiveState, Index] = ArchiveState.OPEN
    archive_version: int = 1
    allergies: Sensitive[tuple[str, ...]] = ()
    conditions: Sensitive[tuple[Icd10, ...]] = ()
    psychiatric_conditions: Sensitive[tuple[Icd10, ...]] = ()
    reproductive_conditions: Sensitive[tuple[Icd10, ...]] = ()
    medicines: Sensitive[tuple[Medicine, ...]] = ()
    vaccinations: Sensitive[tuple[Vaccination, ...]] = ()
    visits: Sensitive[tuple[Seen, ...]] = ()
    consents: tuple[ConsentGiven, ...] = ()
    readings: tuple[Reading, ...] = ()
    openings: tuple[Opening, ...] = ()
    merged: tuple[MergedArchive, ...] = ()
    merged_into: UUID | None = None
    alarm: Annotated[Alarm | None, Index] = None


@fold(HealthArchive)
def archive_opened(row: None, e: Archive.ArchiveOpened) -> HealthArchive:
    return HealthArchive(
        archive_id=e.id,
        subject=e.subject,
        patient=e.patient,
        centre=e.centre,
        district=e.district,
    )


@fold(HealthArchive)
def allergy_recorded(row: HealthArchive, e: Archive.AllergyRecorded) -> HealthArchive:
    known = tuple(dict.fromkeys([*row.allergies, e.substance]))
    return row.replace(allergies=known, archive_version=e.content_version)


@fold(HealthArchive)
def allergy_refuted(row: HealthArchive, e: Archive.AllergyRefuted) -> HealthArchive:
    left = tuple(s for s in row.allergies if s != e.substance)
    return row.replace(allergies=left, archive_version=e.content_version)


COLUMN_OF = {
    Sensitivity.PSYCHIATRIC: "psychiatric_conditions",
    Sensitivity.REPRODUCTIVE: "reproductive_conditions",
}


@fold(HealthArchive)
def condition_recorded(row: HealthArchive, e: Archive.ConditionRecorded) -> HealthArchive:
    column = COLUMN_OF.get(e.sensitivity, "conditions")
    known = (*getattr(row, column), e.icd10)
    return row.replace(**{column: known}, archive_version=e.content_version)


@fold(HealthArchive)
def medicines_noted(row: HealthArchive, e: Archive.MedicinesNoted) -> HealthArchive:
    taken = tuple(medicine for medicine in row.medicines if medicine.until >= e.noted_on)
    return row.replace(medicines=(*taken, *e.medicines), archive_version=e.content_version)


@fold(HealthArchive)
def vaccination_recorded(row: HealthArchive, e: Archive.VaccinationRecorded) -> HealthArchive:
    dose = Vaccination(vaccine=e.vaccine, lot=e.lot, given_on=e.given_on)
    return row.replace(vaccinations=(*row.vaccinations, dose))


def of_patient(e: HealthVisit.ConsultationStarted) -> UUID:
    """Key of the patient's archive, if there is one."""
    return archive_id(e.subject)


@fold(HealthArchive, key=of_patient)
def consultation_started(
    row: HealthArchive | None, e: HealthVisit.ConsultationStarted
) -> HealthArchive | None:
    if row is None:
        return None
    seen = Seen(
        visit=e.id,
        institution=e.clinic.institution,
        department=e.clinic.department,
        day=e.clinic.day,
    )
    return row.replace(visits=(*row.visits, seen))


@fold(HealthArchive)
def consent_given(row: HealthArchive, e: Archive.ConsentGiven) -> HealthArchive:
    one = ConsentGiven(consent=e.consent, terms=e.terms)
    return row.replace(consents=(*row.consents, one))


@fold(HealthArchive)
def consent_withdrawn(row: HealthArchive, e: Archive.ConsentWithdrawn) -> HealthArchive:
    return row.replace(consents=tuple(c for c in row.consents if c.consent != e.consent))


@fold(HealthArchive)
def archive_read(row: HealthArchive, e: Archive.ArchiveRead) -> HealthArchive:
    one = Reading(
        reader=e.reader,
        institution=e.institution,
        purpose=e.purpose,
        at=e.at,
        without_consent=e.break_glass is not None,
    )
    return row.replace(readings=(*row.readings, one)[-READINGS_KEPT:])


@fold(HealthArchive)
def glass_broken(row: HealthArchive, e: Archive.GlassBroken) -> HealthArchive:
    one = Opening(opening=e.opening, reader=e.reader, reason=e.reason, at=e.opened_at)
    return row.replace(openings=(*row.openings, one))


@fold(HealthArchive)
def break_glass_reviewed(row: HealthArchive, e: Archive.BreakGlassReviewed) -> HealthArchive:
    return row.replace(
        openings=tuple(
            one.model_copy(update={"justified": e.justified}) if one.opening == e.opening else one
            for one in row.openings
        )
    )


@fold(HealthArchive)
def archives_merged(row: HealthArchive, e: Archive.ArchivesMerged) -> HealthArchive:
    one = MergedArchive(archive=e.other, content=e.content)
    return row.replace(merged=(*row.merged, one), archive_version=e.content_version)


@fold(HealthArchive)
def archives_split(row: HealthArchive, e: Archive.ArchivesSplit) -> HealthArchive:
    left = tuple(one for one in row.merged if one.archive != e.other)
    return row.replace(merged=left, archive_version=e.content_version)


@fold(HealthArchive)
def merged_into(row: HealthArchive, e: Archive.MergedInto) -> HealthArchive:
    return row.replace(
        state=ArchiveState.MERGED, merged_into=e.other, archive_version=e.content_version
    )


@fold(HealthArchive)
def split_from(row: HealthArchive, e: Archive.SplitFrom) -> HealthArchive:
    return row.replace(state=ArchiveState.OPEN, merged_into=None, archive_version=e.content_version)


@fold(HealthArchive)
def archive_closed(row: HealthArchive, e: Archive.ArchiveClosed) -> HealthArchive:
    return row.replace(state=ArchiveState.CLOSED)


@fold(HealthArchive)
def clock_breached(row: HealthArchive, e: Archive.ClockBreached) -> HealthArchive:
    return row.replace(alarm="breached")


@fold(HealthArchive)
def clock_escalated(row: HealthArchive, e: Archive.ClockEscalated) -> HealthArchive:
    return row.replace(alarm="escalated")


class ArchiveCoverage(Row, key="district"):
    """How many residents of a district have an archive that stands, in millionths too."""

    district: District
    residents: int
    archives: int
    coverage_ppm: Annotated[int, Index]


def _counted(row: ArchiveCoverage | None, district: str, more: int) -> ArchiveCoverage:
    residents = RESIDENTS.get(district, 0)
    archives = (row.archives if row else 0) + more
    share = archives * WHOLE_PPM // residents if residents else 0
    return ArchiveCoverage(
        district=district, residents=residents, archives=archives, coverage_ppm=share
    )


@fold(ArchiveCoverage, key="district")
def counted_in(
    row: ArchiveCoverage | None, e: Archive.ArchiveOpened | Archive.SplitFrom
) -> ArchiveCoverage:
    return _counted(row, e.district, +1)


@fold(ArchiveCoverage, key="district")
def counted_out(
    row: ArchiveCoverage | None, e: Archive.MergedInto | Archive.ArchiveClosed
) -> ArchiveCoverage:
    merged = isinstance(e, Archive.ArchiveClosed) and e.merged
    return _counted(row, e.district, 0 if merged else -1)
