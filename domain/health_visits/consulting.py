"""A visit in the doctor's room: diagnoses, examinations and their results, prescriptions.

What may surprise: a result may come after the visit has ended; it attaches to the visit all the
same and names who asked for it. Critical results share one clock, that of the oldest which nobody
acknowledged yet.
"""

from datetime import date, datetime

from domain.health_visits import icd10 as catalogue
from domain.health_visits import limits
from domain.health_visits.arriving import Arriving
from domain.health_visits.booking import Readings
from domain.health_visits.consultation import (
    CheckResult,
    Diagnosis,
    Icd10,
    Items,
    Order,
    conflicts,
    judge_days,
)
from domain.health_visits.icd10 import Sensitivity
from domain.health_visits.institutions import INSTITUTIONS
from domain.health_visits.notifiable import Disease, DiseaseClass, notifiable
from domain.health_visits.refusals import (
    ArchiveMoved,
    CodeNotForSexOrAge,
    Interaction,
    NothingCritical,
    OrderUnknown,
    PrincipalExists,
    UnknownCode,
)
from domain.health_visits.states import VisitState
from domain.shared.aggregate import Aggregate, allowed_in, event
from domain.shared.calendar import Calendar
from domain.shared.districts import District
from domain.shared.identifiers import OfficerId, SubjectRef
from domain.shared.instants import shanghai_date
from domain.shared.personal import Sensitive

S = VisitState
AFTER_ORDERING = (S.CONSULTING, S.ADMITTED, S.FINISHED, S.CLOSED, S.DECEASED)


def judged_code(code: str, day: date) -> str:
    """A diagnosis code as it may be recorded. Raises UnknownCode with the five nearest."""
    code = code.strip()
    if not catalogue.valid_on(code, day):
        raise UnknownCode(nearest=catalogue.nearest(code))
    return code


def disease_of(code: str, day: date) -> Disease | None:
    """What a diagnosis has to be reported as on a day, if at all."""
    return notifiable(catalogue.who_code(code) or code, day)


class Consulting(Arriving):
    """What is written down while the patient is with the doctor."""

    class DiagnosisRecorded(Aggregate.Event, v=1):
        """The doctor's finding. ``disease`` is what it has to be reported as."""

        icd10: Sensitive[Icd10]
        principal: bool
        sensitivity: Sensitivity
        note: Sensitive[str]
        subject: SubjectRef
        doctor: OfficerId
        district: District
        disease: Sensitive[str] | None
        disease_class: DiseaseClass | None

    @property
    def district(self) -> str:
        """The district of the institution."""
        return INSTITUTIONS[self.clinic.institution].district

    @allowed_in(S.CONSULTING)
    def record_diagnosis(self, icd10: str, note: str, *, principal: bool, doctor: str) -> None:
        """Raises UnknownCode, PrincipalExists or CodeNotForSexOrAge."""
        self._diagnose(icd10, note, principal=principal, doctor=doctor)

    def _diagnose(self, icd10: str, note: str, *, principal: bool, doctor: str) -> None:
        today = shanghai_date(self.now)
        code = judged_code(icd10, today)
        if principal and any(diagnosis.principal for diagnosis in self.diagnoses):
            raise PrincipalExists()
        who = catalogue.who_code(code) or code
        if not catalogue.fits(who, self.patient.resident_id, today):
            raise CodeNotForSexOrAge()
        disease = notifiable(who, today)
        self._diagnosis_recorded(
            icd10=code,
            principal=principal,
            sensitivity=catalogue.sensitivity(who),
            note=note,
            subject=self.patient.subject,
            doctor=doctor,
            district=self.district,
            disease=disease.name if disease else None,
            disease_class=disease.disease_class if disease else None,
        )

    @event(DiagnosisRecorded)
    def _diagnosis_recorded(
        self,
        icd10: str,
        principal: bool,
        sensitivity: Sensitivity,
        note: str,
        subject: str,
        doctor: str,
        district: str,
        disease: str | None,
        disease_class: DiseaseClass | None,
    ) -> None:
        one = Diagnosis(icd10=icd10, principal=principal, sensitivity=sensitivity)
        self.diagnoses = (*self.diagnoses, one)

    # --- examinations --------------------------------------------------------------------------

    class ExaminationOrdered(Aggregate.Event, v=1):
        """Asked for by the doctor; ``order_no`` counts within the visit."""

        order_no: int
        item: Sensitive[str]
        author: OfficerId
        urgent: bool

    @allowed_in(S.CONSULTING)
    def order_examination(self, item: str, *, urgent: bool, doctor: str) -> None:
        """Of any kind: laboratory, imaging, function."""
        self._examination_ordered(
            order_no=len(self.orders) + 1, item=item, author=doctor, urgent=urgent
        )

    @event(ExaminationOrdered)
    def _examination_ordered(self, order_no: int, item: str, author: str, urgent: bool) -> None:
        self.orders = {**self.orders, order_no: Order(item=item, author=author)}

    class ResultRecorded(Aggregate.Event, v=1):
        """A result, for ``author`` to read; ``late``: the visit was over when it came."""

        order_no: int
        value: Sensitive[str]
        critical: bool
        author: OfficerId
        recorded_at: datetime
        late: bool
        clocks: Readings

    @allowed_in(*AFTER_ORDERING)
    def record_result(
        self, order_no: int, value: str, *, critical: bool, calendar: Calendar
    ) -> None:
        """Raises OrderUnknown. A corrected result is recorded again; both stay."""
        order = self.orders.get(order_no)
        if order is None:
            raise OrderUnknown()
        starts = critical and not self.critical
        self._result_recorded(
            order_no=order_no,
            value=value,
            critical=critical,
            author=order.author,
            recorded_at=self.now,
            late=self.state not in (S.CONSULTING, S.ADMITTED),
            clocks=(limits.CRITICAL_RESULT.start(self.now, calendar),) if starts else (),
        )

    @event(ResultRecorded)
    def _result_recorded(
        self,
        order_no: int,
        value: str,
        critical: bool,
        author: str,
        recorded_at: datetime,
        late: bool,
        clocks: Readings,
    ) -> None:
        order = self.orders[order_no]
        self.orders = {**self.orders, order_no: order.model_copy(update={"done": True})}
        if critical:
            # a second critical result of one order counts from the first
            self.critical = {order_no: recorded_at, **self.critical}
        self.read_clocks(clocks)

    class ResultAcknowledged(Aggregate.Event, v=1):
        """Somebody who can act has seen the critical result."""

        order_no: int
        officer: OfficerId
        clocks: Readings

    @allowed_in(*AFTER_ORDERING)
    def acknowledge_result(self, order_no: int, *, officer: str, calendar: Calendar) -> None:
        """Raises NothingCritical when it waits for nobody."""
        if order_no not in self.critical:
            raise NothingCritical()
        left = [since for number, since in self.critical.items() if number != order_no]
        if left:
            due_at = limits.CRITICAL_RESULT.limit.after(min(left), calendar)
            reading = self.clocks[limits.CRITICAL_RESULT.name]
            if reading.due_at != due_at:
                reading = limits.CRITICAL_RESULT.due(self.now, due_at, calendar)
            clocks: Readings = (reading,)
        else:
            clocks = self._stopped(limits.CRITICAL_RESULT)
        self._result_acknowledged(order_no=order_no, officer=officer, clocks=clocks)

    @event(ResultAcknowledged)
    def _result_acknowledged(self, order_no: int, officer: str, clocks: Readings) -> None:
        self.critical = {n: since for n, since in self.critical.items() if n != order_no}
        self.read_clocks(clocks)

    # --- prescriptions -------------------------------------------------------------------------

    class MedicationPrescribed(Aggregate.Event, v=1):
        """Nothing speaks against it, as far as the archive's version says."""

        subject: SubjectRef
        items: Sensitive[Items]
        archive_version: int
        check_result: CheckResult

    class PrescriptionOverridden(Aggregate.Event, v=1):
        """Something speaks against it, and the doctor prescribes it for a reason."""

        subject: SubjectRef
        items: Sensitive[Items]
        archive_version: int
        check_result: CheckResult
        conflicts: Sensitive[tuple[str, ...]]
        reason: Sensitive[str]

    @allowed_in(S.CONSULTING)
    def prescribe(
        self,
        items: Items,
        archive_version: int,
        override_reason: str | None,
        *,
        present_version: int,
        allergies: tuple[str, ...],
        taken: tuple[str, ...],
        long_term: tuple[str, ...],
    ) -> None:
        """``present_version`` and what follows are what the archive has in this very decision.

        Raises ArchiveMoved, DaysTooLong, AllergyConflict or Interaction.
        """
        if archive_version != present_version:
            raise ArchiveMoved(archive_version=present_version)
        judge_days(items, self.clinic.department, long_term)
        against = conflicts(items, allergies, (*taken, *self.drugs))
        if not against:
            self._medication_prescribed(
                subject=self.patient.subject,
                items=items,
                archive_version=archive_version,
                check_result="clear",
            )
            return
        if override_reason is None:
            raise against[0]
        self._prescription_overridden(
            subject=self.patient.subject,
            items=items,
            archive_version=archive_version,
            check_result="overridden",
            conflicts=tuple(
                "+".join(c.pair) if isinstance(c, Interaction) else c.substance for c in against
            ),
            reason=override_reason,
        )

    @event(MedicationPrescribed)
    def _medication_prescribed(
        self, subject: str, items: Items, archive_version: int, check_result: CheckResult
    ) -> None:
        self.drugs = (*self.drugs, *(item.drug for item in items))

    @event(PrescriptionOverridden)
    def _prescription_overridden(
        self,
        subject: str,
        items: Items,
        archive_version: int,
        check_result: CheckResult,
        conflicts: tuple[str, ...],
        reason: str,
    ) -> None:
        self.drugs = (*self.drugs, *(item.drug for item in items))
