"""What a doctor records: diagnoses, examinations, their results, prescriptions."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from commands.base import Context, Role, command
from commands.health_visits.given import (
    HEALTH,
    Given,
    ReasonGiven,
    ShortText,
    Text,
    VisitCommand,
    require_doctor,
)
from domain.health_visits import HealthArchive, HealthVisit, NotifiableReport
from domain.health_visits.archive_content import Medicine
from domain.health_visits.consultation import Dose, Icd10, Item
from domain.health_visits.consulting import disease_of
from domain.health_visits.formulary import DoseUnit, DrugCode, Frequency, Route
from domain.health_visits.notifiable import Disease
from domain.health_visits.report import Case
from domain.health_visits.states import ArchiveState
from domain.health_visits.values import archive_id, report_id
from domain.shared.instants import shanghai_date
from domain.shared.personal import Sensitive


class RecordDiagnosis(VisitCommand):
    """Record a diagnosis. One of a visit is the principal one.

    Of a disease that has to be reported, the report falls due with it and is made by itself.
    """

    icd10: Sensitive[Icd10] = Field(
        description="Code of ICD-10, or of the national edition that lengthens it",
        examples=["J06.9", "J06.900x001"],
    )
    principal: bool
    note: Sensitive[Annotated[str, Field(max_length=2000)]] = ""


@command(key="visit_id", roles={Role.OFFICER, Role.SIMULATOR}, department=HEALTH)
def record_diagnosis(cmd: RecordDiagnosis, visit: HealthVisit, ctx: Context) -> None:
    """By the treating doctor."""
    require_doctor(visit, ctx)
    disease, report = due_report(cmd.icd10, visit, ctx)
    visit.record_diagnosis(cmd.icd10, cmd.note, principal=cmd.principal, doctor=ctx.actor)
    begin_report(disease, report, cmd.icd10, visit, ctx)


def due_report(
    icd10: str, visit: HealthVisit, ctx: Context
) -> tuple[Disease | None, NotifiableReport | None]:
    """What a diagnosis has to be reported as, and the report of it that there is already."""
    disease = disease_of(icd10, shanghai_date(ctx.now))
    if disease is None:
        return None, None
    return disease, ctx.matter(NotifiableReport, report_id(visit.id, disease.name))


def begin_report(
    disease: Disease | None,
    report: NotifiableReport | None,
    icd10: str,
    visit: HealthVisit,
    ctx: Context,
) -> None:
    """Lets the report fall due, once per visit and disease."""
    if disease is None or report is not None:
        return
    ctx.also(
        NotifiableReport.begin(
            NotifiableReport.ReportFellDue,
            id=report_id(visit.id, disease.name),
            at=ctx.now,
            visit=visit.id,
            disease=disease.name,
            disease_class=disease.disease_class,
            district=visit.district,
            case=Case(patient=visit.patient, icd10=icd10, doctor=ctx.actor),
            clocks=NotifiableReport.due_clocks(ctx.now, disease, ctx.calendar),
        )
    )


class OrderExamination(VisitCommand):
    """Order an examination: laboratory, imaging or function."""

    item: Sensitive[ShortText] = Field(examples=["血常规"])
    urgent: bool = False


@command(key="visit_id", roles={Role.OFFICER, Role.SIMULATOR}, department=HEALTH)
def order_examination(cmd: OrderExamination, visit: HealthVisit, ctx: Context) -> None:
    """By the treating doctor; the event names the order's number."""
    require_doctor(visit, ctx)
    visit.order_examination(cmd.item, urgent=cmd.urgent, doctor=ctx.actor)


class RecordResult(VisitCommand):
    """Record the result of an examination, also when the visit is over.

    A critical one has to be acknowledged within half an hour.
    """

    order_no: Annotated[int, Field(ge=1)]
    value: Sensitive[Text]
    critical: bool = False


@command(key="visit_id", roles={Role.OFFICER, Role.SIMULATOR}, department=HEALTH)
def record_result(cmd: RecordResult, visit: HealthVisit, ctx: Context) -> None:
    """By the laboratory; whoever ordered it is told."""
    visit.record_result(cmd.order_no, cmd.value, critical=cmd.critical, calendar=ctx.calendar)


class AcknowledgeResult(VisitCommand):
    """Say that a critical result has been seen by somebody who acts on it."""

    order_no: Annotated[int, Field(ge=1)]


@command(key="visit_id", roles={Role.OFFICER}, department=HEALTH)
def acknowledge_result(cmd: AcknowledgeResult, visit: HealthVisit, ctx: Context) -> None:
    """By any doctor: the author may be away, the patient is not."""
    visit.acknowledge_result(cmd.order_no, officer=ctx.actor, calendar=ctx.calendar)


class ItemGiven(Given):
    """One drug."""

    drug: DrugCode
    dose: Dose = Field(description="Amount as a text, up to three decimals", examples=["0.5"])
    unit: DoseUnit
    route: Route
    frequency: Frequency
    days: Annotated[int, Field(ge=1, le=366)]

    def known(self) -> Item:
        """As the domain keeps it."""
        return Item(**self.model_dump())


class Prescribe(VisitCommand):
    """Prescribe, against the version of the archive that you have looked at (0 without an archive).

    Three days in emergency, seven as a rule, twelve weeks for a long-term condition of the archive.
    """

    items: Sensitive[Annotated[tuple[ItemGiven, ...], Field(min_length=1, max_length=5)]]
    archive_version: Annotated[int, Field(ge=0)] = Field(
        description="Column archive_version of health_archive"
    )
    override_reason: Sensitive[ReasonGiven] | None = Field(
        default=None, description="Why it is needed although something speaks against it"
    )


@command(key="visit_id", roles={Role.OFFICER, Role.SIMULATOR}, department=HEALTH)
def prescribe(cmd: Prescribe, visit: HealthVisit, ctx: Context) -> None:
    """Allergies, conditions and medicines are those that the archive has in this very decision."""
    require_doctor(visit, ctx)
    archive = speaking_archive(visit, ctx)
    today = shanghai_date(ctx.now)
    items = tuple(item.known() for item in cmd.items)
    visit.prescribe(
        items,
        cmd.archive_version,
        cmd.override_reason,
        present_version=archive.content_version if archive else 0,
        allergies=archive.allergies if archive else (),
        taken=archive.medicines(today) if archive else (),
        long_term=archive.conditions if archive else (),
    )
    if archive is not None and archive.state is ArchiveState.OPEN:
        archive.note_medicines(
            visit.id,
            [
                Medicine(drug=item.drug, until=today + timedelta(days=item.days - 1))
                for item in items
            ],
        )


def speaking_archive(visit: HealthVisit, ctx: Context) -> HealthArchive | None:
    """The archive that speaks for the patient: the own one, or that which it is merged into."""
    own = ctx.matter(HealthArchive, archive_id(visit.patient.subject))
    if own is None or own.merged_into is None:
        return own
    return ctx.matter(HealthArchive, own.merged_into)
