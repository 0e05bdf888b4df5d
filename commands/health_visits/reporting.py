"""Report a notifiable disease to disease control, and correct what was reported."""

from uuid import UUID

from pydantic import Field

from commands.base import Command, Context, Role, command
from commands.health_visits.given import HEALTH, ReasonGiven
from domain.health_visits import NotifiableReport
from domain.health_visits.consultation import Icd10
from domain.health_visits.consulting import disease_of, judged_code
from domain.shared.instants import shanghai_date
from domain.shared.personal import Sensitive


class ReportCommand(Command):
    """Base of the commands on one report."""

    report_id: UUID = Field(description="The report, as notifiable_reports shows it")


class ReportNotifiable(ReportCommand):
    """Make a report that has fallen due. Huimin does it by itself at once."""


@command(key="report_id", roles={Role.SYSTEM, Role.OFFICER}, department=HEALTH)
def report_notifiable(cmd: ReportNotifiable, report: NotifiableReport, ctx: Context) -> None:
    """Once; a second one is refused by the state."""
    report.report_notifiable()


class CorrectReport(ReportCommand):
    """Correct a report: to another diagnosis, or to none that has to be reported."""

    icd10: Sensitive[Icd10] | None = Field(
        default=None, description="The right diagnosis; left out, it was nothing notifiable"
    )
    reason: Sensitive[ReasonGiven]


@command(key="report_id", roles={Role.OFFICER}, department=HEALTH)
def correct_report(cmd: CorrectReport, report: NotifiableReport, ctx: Context) -> None:
    """Raises UnknownCode."""
    disease = None
    if cmd.icd10 is not None:
        today = shanghai_date(ctx.now)
        disease = disease_of(judged_code(cmd.icd10, today), today)
    report.correct_report(disease, cmd.reason, officer=ctx.actor)
