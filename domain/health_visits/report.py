"""The report of a notifiable disease to disease control, one per visit and disease.

Source: Infectious Diseases Law (2025): the report is due from the diagnosis on, two hours for class
A and what is managed like it, else twenty-four. It falls due in the decision that records the
diagnosis; a policy makes it.
"""

from datetime import date, datetime
from uuid import UUID

from domain.health_visits import limits
from domain.health_visits.booking import Readings
from domain.health_visits.consultation import Icd10
from domain.health_visits.notifiable import Disease, DiseaseClass
from domain.health_visits.states import ReportState
from domain.health_visits.values import Patient, Value
from domain.shared.aggregate import Aggregate, allowed_in, event
from domain.shared.calendar import Calendar
from domain.shared.clocks import ClockedAggregate
from domain.shared.districts import District
from domain.shared.identifiers import OfficerId
from domain.shared.instants import shanghai_date
from domain.shared.personal import Sensitive


class Case(Value):
    """Who has it: what disease control needs to trace an infection."""

    patient: Sensitive[Patient]
    icd10: Sensitive[Icd10]
    doctor: OfficerId


class NotifiableReport(ClockedAggregate, program="health-visits", clock_events="report"):
    """One case of one disease."""

    CLOCKS = limits.REPORT_CLOCKS

    class ReportFellDue(Aggregate.Created, v=1):
        """A diagnosis has to be reported."""

        visit: UUID
        disease: str
        disease_class: DiseaseClass
        district: District
        case: Sensitive[Case]
        clocks: Readings

    @staticmethod
    def due_clocks(at: datetime, disease: Disease, calendar: Calendar) -> Readings:
        """Round the clock: an infection does not rest at weekends."""
        return (limits.NOTIFIABLE.start(at, calendar, limit=disease.limit),)

    @event(ReportFellDue)
    def __init__(
        self,
        visit: UUID,
        disease: str,
        disease_class: DiseaseClass,
        district: str,
        case: Case,
        clocks: Readings,
    ) -> None:
        self.state: ReportState = ReportState.DUE
        self.visit: UUID = visit
        self.disease: str = disease
        self.disease_class: DiseaseClass = disease_class
        self.district: str = district
        self.case: Case = case
        self.reported_on: date | None = None
        self.excluded: bool = False
        self.read_clocks(clocks)

    class NotifiableReported(Aggregate.Event, v=1):
        """Disease control has it. ``day`` is the day of the report in the city."""

        code: str
        disease_class: DiseaseClass
        district: District
        day: date
        case: Sensitive[Case]
        clocks: Readings

    @allowed_in(ReportState.DUE)
    def report_notifiable(self) -> None:
        """Once."""
        self._notifiable_reported(
            code=self.disease,
            disease_class=self.disease_class,
            district=self.district,
            day=shanghai_date(self.now),
            case=self.case,
            clocks=tuple(reading.stop(self.now) for reading in self.clocks.values()),
        )

    @event(NotifiableReported)
    def _notifiable_reported(
        self,
        code: str,
        disease_class: DiseaseClass,
        district: str,
        day: date,
        case: Case,
        clocks: Readings,
    ) -> None:
        self.state = ReportState.REPORTED
        self.reported_on = day
        self.read_clocks(clocks)

    class ReportCorrected(Aggregate.Event, v=1):
        """The case was not what it seemed; both reports stay on record.

        ``excluded``: it was no notifiable disease at all. ``code_before`` and what belongs to it
        are what was reported.
        """

        code: str
        disease_class: DiseaseClass
        code_before: str
        class_before: DiseaseClass
        district: District
        day: date
        was_counted: bool
        excluded: bool
        reason: Sensitive[str]
        officer: OfficerId

    @allowed_in(ReportState.REPORTED, ReportState.CORRECTED)
    def correct_report(
        self,
        disease: Disease | None,
        reason: str,
        *,
        officer: str,
    ) -> None:
        """To another disease, or to none."""
        self._report_corrected(
            code=disease.name if disease else self.disease,
            disease_class=disease.disease_class if disease else self.disease_class,
            code_before=self.disease,
            class_before=self.disease_class,
            district=self.district,
            day=self.reported_on or shanghai_date(self.now),
            was_counted=not self.excluded,
            excluded=disease is None,
            reason=reason,
            officer=officer,
        )

    @event(ReportCorrected)
    def _report_corrected(
        self,
        code: str,
        disease_class: DiseaseClass,
        code_before: str,
        class_before: DiseaseClass,
        district: str,
        day: date,
        was_counted: bool,
        excluded: bool,
        reason: str,
        officer: str,
    ) -> None:
        self.state = ReportState.CORRECTED
        self.excluded = excluded
        self.disease = code
        self.disease_class = disease_class
