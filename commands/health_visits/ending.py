"""How a visit goes on and ends: admit, finish, refer, discharge, amend, close, record a death."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from commands.base import Context, Role, command
from commands.health_visits.arriving import CONSULTING_SCOPE
from commands.health_visits.consulting import begin_report, due_report, speaking_archive
from commands.health_visits.given import (
    HEALTH,
    ReasonGiven,
    ShortText,
    Text,
    VisitCommand,
    bookings_of,
    require_doctor,
    session_of,
)
from domain.health_visits import HealthArchive, HealthVisit, Referral
from domain.health_visits.consultation import Icd10
from domain.health_visits.institutions import InstitutionCode, Specialty
from domain.health_visits.refusals import BedTaken
from domain.health_visits.values import archive_id, referral_id
from domain.health_visits.visit import Bill, Direction
from domain.shared.identifiers import OfficerId
from domain.shared.instants import shanghai_date
from domain.shared.money import Fen
from domain.shared.personal import Sensitive
from domain.shared.refusals import Refused

BED_SCOPE = "hospital-bed"

Barthel = Sensitive[
    Annotated[int, Field(ge=0, le=100, multiple_of=5, description="Barthel index, 0 to 100")]
]


class ConsentMissing(Refused, code="consent-missing"):
    """The patient did not agree, or not to this, or not any more."""


def _leave_room(visit: HealthVisit, ctx: Context) -> None:
    """The doctor and the room are free; the booking is over."""
    session_of(visit.clinic.session, ctx).free_room(visit.id)
    bookings = bookings_of(visit.patient, ctx)
    if bookings is not None:
        bookings.remove_booking(visit.id)
    if visit.doctor is not None:
        ctx.claims.release(CONSULTING_SCOPE, visit.doctor)


def _look_ahead(visit: HealthVisit, ctx: Context) -> None:
    """Asks for what :func:`_leave_room` changes before anything is changed."""
    session_of(visit.clinic.session, ctx)
    bookings_of(visit.patient, ctx)


class AdmitPatient(VisitCommand):
    """Admit the patient to a bed of the institution."""

    ward: ShortText = Field(examples=["3A"])
    bed: ShortText = Field(examples=["12"])
    barthel: Barthel | None = None


@command(key="visit_id", roles={Role.OFFICER, Role.SIMULATOR}, department=HEALTH)
def admit_patient(cmd: AdmitPatient, visit: HealthVisit, ctx: Context) -> None:
    """Raises BedTaken when another patient lies in it."""
    require_doctor(visit, ctx)
    _look_ahead(visit, ctx)
    bed = f"{visit.clinic.institution}/{cmd.ward}/{cmd.bed}"
    visit.admit_patient(bed, cmd.barthel)
    ctx.claims.take(BED_SCOPE, bed, refused=BedTaken())
    _leave_room(visit, ctx)


class FinishConsultation(VisitCommand):
    """Finish with a patient: with a diagnosis, or with the finding that there is none."""

    none_found: bool = False


@command(key="visit_id", roles={Role.OFFICER, Role.SIMULATOR}, department=HEALTH)
def finish_consultation(cmd: FinishConsultation, visit: HealthVisit, ctx: Context) -> None:
    """Raises DiagnosisMissing."""
    require_doctor(visit, ctx)
    _look_ahead(visit, ctx)
    visit.finish_consultation(none_found=cmd.none_found)
    _leave_room(visit, ctx)


class ReferPatient(VisitCommand):
    """Ask another institution to go on treating the patient, who has agreed to it."""

    direction: Direction
    target: InstitutionCode
    specialty: Specialty
    reason: Sensitive[Text]
    consent_id: UUID = Field(description="A consent of the archive for referral to the target")
    urgent: bool = False


@command(key="visit_id", roles={Role.OFFICER, Role.SIMULATOR}, department=HEALTH)
def refer_patient(cmd: ReferPatient, visit: HealthVisit, ctx: Context) -> None:
    """Raises SpecialtyMissing and ConsentMissing; begins the referral."""
    require_doctor(visit, ctx)
    archive = speaking_archive(visit, ctx)
    referral = referral_id(visit.id, visit.referrals + 1)
    visit.refer_patient(
        referral,
        cmd.direction,
        cmd.target,
        cmd.specialty,
        cmd.reason,
        cmd.consent_id,
        urgent=cmd.urgent,
    )
    today = shanghai_date(ctx.now)
    if archive is None or not archive.consented(cmd.consent_id, "referral", cmd.target, today):
        raise ConsentMissing()
    ctx.also(
        Referral.begin(
            Referral.ReferralOffered,
            id=referral,
            at=ctx.now,
            visit=visit.id,
            patient=visit.patient,
            source=visit.clinic.institution,
            target=cmd.target,
            direction=cmd.direction,
            specialty=cmd.specialty,
            reason=cmd.reason,
            urgent=cmd.urgent,
            clocks=Referral.offer_clocks(ctx.now, ctx.calendar, urgent=cmd.urgent),
        )
    )


class DischargePatient(VisitCommand):
    """Discharge an admitted patient, with how well he gets on in daily life."""

    barthel: Barthel
    icd10: Sensitive[Icd10] | None = Field(
        default=None, description="Diagnosis at discharge, if it was not recorded before"
    )
    note: Sensitive[Annotated[str, Field(max_length=2000)]] = ""
    care_consent_id: UUID | None = Field(
        default=None, description="A consent of the archive for care at home"
    )


@command(key="visit_id", roles={Role.OFFICER, Role.SIMULATOR}, department=HEALTH)
def discharge_patient(cmd: DischargePatient, visit: HealthVisit, ctx: Context) -> None:
    """By any doctor of the ward. Raises DiagnosisMissing and ConsentMissing."""
    disease, report = due_report(cmd.icd10, visit, ctx) if cmd.icd10 else (None, None)
    archive = speaking_archive(visit, ctx)
    bed, today = visit.bed, shanghai_date(ctx.now)
    visit.discharge_patient(
        cmd.barthel,
        icd10=cmd.icd10,
        note=cmd.note,
        care_consent=cmd.care_consent_id,
        doctor=ctx.actor,
    )
    if cmd.care_consent_id is not None and not (
        archive and archive.consented(cmd.care_consent_id, "care", "any", today)
    ):
        raise ConsentMissing()
    if cmd.icd10:
        begin_report(disease, report, cmd.icd10, visit, ctx)
    if bed is not None:
        ctx.claims.release(BED_SCOPE, bed)


class AmendRecord(VisitCommand):
    """Add to a record; nothing that stands there is overwritten.

    While the visit is finished: its doctor, or anyone with a chief. Once it is closed: the records
    office together with a chief.
    """

    part: ShortText = Field(description="What it is about", examples=["diagnosis"])
    text: Sensitive[Text]
    reason: Sensitive[ReasonGiven]
    chief: OfficerId | None = Field(default=None, description="The chief who agreed")


@command(key="visit_id", roles={Role.OFFICER}, department=HEALTH)
def amend_record(cmd: AmendRecord, visit: HealthVisit, ctx: Context) -> None:
    """Raises Forbidden and FourEyes."""
    visit.amend_record(cmd.part, cmd.text, cmd.reason, author=ctx.actor, chief=cmd.chief)


class CloseVisit(VisitCommand):
    """Close a finished visit once its bill is settled or waived."""

    bill: Bill
    amount_fen: Fen = 0


@command(key="visit_id", roles={Role.OFFICER, Role.DEPARTMENT, Role.SIMULATOR}, department=HEALTH)
def close_visit(cmd: CloseVisit, visit: HealthVisit, ctx: Context) -> None:
    """Raises BillOpen."""
    visit.close_visit(cmd.bill, cmd.amount_fen)


class RecordDeath(VisitCommand):
    """Record a death, found by two doctors."""

    died_on: Sensitive[date]
    second_doctor: OfficerId


@command(key="visit_id", roles={Role.OFFICER}, department=HEALTH)
def record_death(cmd: RecordDeath, visit: HealthVisit, ctx: Context) -> None:
    """Later bookings and the archive end by commands of their own."""
    _look_ahead(visit, ctx)
    bookings = bookings_of(visit.patient, ctx)
    archive = ctx.matter(HealthArchive, archive_id(visit.patient.subject))
    bed = visit.bed
    later = tuple(id for id in (bookings.live if bookings else ()) if id != visit.id)
    visit.record_death(
        cmd.died_on,
        doctor=ctx.actor,
        second=cmd.second_doctor,
        later_bookings=later,
        archive=archive.id if archive is not None else None,
    )
    if bed is not None:
        ctx.claims.release(BED_SCOPE, bed)
    else:
        _leave_room(visit, ctx)
    if bookings is not None:
        bookings.end_bookings(visit.id)
