"""Open a resident's health archive, write into it, merge and split, close."""

from datetime import date
from uuid import UUID

from pydantic import Field

from commands.base import Command, Context, Role, command
from commands.health_visits.given import HEALTH, PatientGiven, ReasonGiven, ShortText
from domain.health_visits import HealthArchive
from domain.health_visits.archive_content import Severity
from domain.health_visits.consultation import Icd10
from domain.health_visits.formulary import Substance
from domain.health_visits.institutions import INSTITUTIONS, InstitutionCode
from domain.health_visits.refusals import (
    ArchiveExists,
)
from domain.health_visits.values import archive_id
from domain.shared.districts import current
from domain.shared.instants import shanghai_date
from domain.shared.personal import Sensitive
from domain.shared.refusals import (
    DateInFuture,
    NotFound,
)


class ArchiveCommand(Command):
    """Base of the commands on one archive."""

    archive_id: UUID = Field(description="The archive, as the answer to open-archive gave it")


class OpenArchive(Command):
    """Open a health archive. A resident has one, wherever it was opened."""

    patient: PatientGiven
    centre: InstitutionCode = Field(description="Who keeps it", examples=["centre-330203-01"])


@command(roles={Role.OFFICER, Role.DEPARTMENT, Role.SIMULATOR}, department=HEALTH)
def open_archive(cmd: OpenArchive, ctx: Context) -> HealthArchive:
    """Raises ArchiveExists, also to the slower of two who open it at once."""
    patient = cmd.patient.known_as(ctx)
    id = archive_id(patient.subject)
    if ctx.matter(HealthArchive, id) is not None:
        raise ArchiveExists()
    district = INSTITUTIONS[cmd.centre].district
    return HealthArchive.begin(
        HealthArchive.ArchiveOpened,
        id=id,
        at=ctx.now,
        subject=patient.subject,
        patient=patient,
        centre=cmd.centre,
        district=current(district, on=shanghai_date(ctx.now)),
    )


class RecordAllergy(ArchiveCommand):
    """Record what the patient must not get."""

    substance: Sensitive[Substance]
    severity: Severity


@command(key="archive_id", roles={Role.OFFICER, Role.SIMULATOR}, department=HEALTH)
def record_allergy(cmd: RecordAllergy, archive: HealthArchive, ctx: Context) -> None:
    """Every prescription from here on is checked against it."""
    archive.record_allergy(cmd.substance, cmd.severity, officer=ctx.actor)


class RefuteAllergy(ArchiveCommand):
    """Record that a test showed a presumed allergy to be none."""

    substance: Sensitive[Substance]
    reason: Sensitive[ReasonGiven]


@command(key="archive_id", roles={Role.OFFICER}, department=HEALTH)
def refute_allergy(cmd: RefuteAllergy, archive: HealthArchive, ctx: Context) -> None:
    """What was recorded stays in the history."""
    archive.refute_allergy(cmd.substance, cmd.reason, officer=ctx.actor)


class RecordCondition(ArchiveCommand):
    """Record a long-term condition."""

    icd10: Sensitive[Icd10]


@command(key="archive_id", roles={Role.OFFICER, Role.SIMULATOR}, department=HEALTH)
def record_condition(cmd: RecordCondition, archive: HealthArchive, ctx: Context) -> None:
    """Long prescriptions may rest on it."""
    archive.record_condition(cmd.icd10, officer=ctx.actor)


class RecordVaccination(ArchiveCommand):
    """Record a dose that was given."""

    vaccine: Sensitive[ShortText]
    lot: ShortText
    given_on: date


@command(key="archive_id", roles={Role.OFFICER, Role.SIMULATOR}, department=HEALTH)
def record_vaccination(cmd: RecordVaccination, archive: HealthArchive, ctx: Context) -> None:
    """Not ahead of its day."""
    if cmd.given_on > shanghai_date(ctx.now):
        raise DateInFuture()
    archive.record_vaccination(cmd.vaccine, cmd.lot, cmd.given_on, officer=ctx.actor)


class MergeArchives(ArchiveCommand):
    """Let this archive speak for another one too, of the same person. Can be undone."""

    other_id: UUID
    reason: ShortText


@command(key="archive_id", roles={Role.OFFICER}, department=HEALTH)
def merge_archives(cmd: MergeArchives, archive: HealthArchive, ctx: Context) -> None:
    """Both histories remain."""
    archive.merge_archives(_other(cmd.other_id, ctx), cmd.reason, officer=ctx.actor)


class SplitArchives(ArchiveCommand):
    """Undo a merge."""

    other_id: UUID
    reason: ShortText


@command(key="archive_id", roles={Role.OFFICER}, department=HEALTH)
def split_archives(cmd: SplitArchives, archive: HealthArchive, ctx: Context) -> None:
    """The other archive speaks for itself again."""
    archive.split_archives(_other(cmd.other_id, ctx), cmd.reason, officer=ctx.actor)


def _other(id: UUID, ctx: Context) -> HealthArchive:
    other = ctx.matter(HealthArchive, id)
    if other is None:
        raise NotFound()
    return other


class CloseArchive(ArchiveCommand):
    """Close the archive of somebody who died."""


@command(key="archive_id", roles={Role.SYSTEM, Role.OFFICER}, department=HEALTH)
def close_archive(cmd: CloseArchive, archive: HealthArchive, ctx: Context) -> None:
    """Sent by the policy that follows a death."""
    archive.close_archive()
