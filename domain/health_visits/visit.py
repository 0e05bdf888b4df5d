"""How a visit goes on and ends, and with it the whole aggregate: admission, referral, discharge,
amendment, closing, death.

Sources: Basic Healthcare and Health Promotion Law (2020); the rules on medical records (国卫医发
〔2013〕31号), under which nothing written is overwritten.
"""

from datetime import date
from typing import Literal
from uuid import UUID

from domain.health_visits import limits
from domain.health_visits.consulting import Consulting, S
from domain.health_visits.institutions import INSTITUTIONS, InstitutionCode, Specialty
from domain.health_visits.refusals import (
    BillOpen,
    DiagnosisMissing,
    SpecialtyMissing,
)
from domain.health_visits.values import Clinic
from domain.shared.aggregate import Aggregate, allowed_in, event
from domain.shared.districts import District
from domain.shared.identifiers import OfficerId, SubjectRef
from domain.shared.instants import shanghai_date
from domain.shared.money import Fen
from domain.shared.personal import Sensitive
from domain.shared.refusals import (
    DateInFuture,
    Forbidden,
    FourEyes,
)

Direction = Literal["up", "down"]
Bill = Literal["settled", "waived", "open"]


class HealthVisit(Consulting, program="health-visits"):
    """One patient's visit to one doctor, from a booking or a number to a closed record."""

    # late results and amendments still come there
    FINAL = frozenset({S.CLOSED, S.DECEASED})

    class PatientAdmitted(Aggregate.Event, v=1):
        """The patient has a bed. ``bed`` is ``{institution}/{ward}/{bed}``."""

        clinic: Clinic
        subject: SubjectRef
        bed: str
        barthel: Sensitive[int] | None

    @allowed_in(S.CONSULTING)
    def admit_patient(self, bed: str, barthel: int | None) -> None:
        """That the bed is free is the log's to judge."""
        self._patient_admitted(
            clinic=self.clinic, subject=self.patient.subject, bed=bed, barthel=barthel
        )

    @event(PatientAdmitted)
    def _patient_admitted(
        self, clinic: Clinic, subject: str, bed: str, barthel: int | None
    ) -> None:
        self.state = S.ADMITTED
        self.bed = bed
        self.barthel_at_admission = barthel

    class ConsultationFinished(Aggregate.Event, v=1):
        """The doctor is done. ``none_found``: nothing was wrong."""

        clinic: Clinic
        subject: SubjectRef
        none_found: bool

    @allowed_in(S.CONSULTING)
    def finish_consultation(self, *, none_found: bool) -> None:
        """Raises DiagnosisMissing."""
        if not self.diagnoses and not none_found:
            raise DiagnosisMissing()
        self._consultation_finished(
            clinic=self.clinic, subject=self.patient.subject, none_found=none_found
        )

    @event(ConsultationFinished)
    def _consultation_finished(self, clinic: Clinic, subject: str, none_found: bool) -> None:
        self.state = S.FINISHED

    class PatientReferred(Aggregate.Event, v=1):
        """Another institution is asked to go on; the referral is a matter of its own."""

        referral: UUID
        subject: SubjectRef
        direction: Direction
        target: InstitutionCode
        specialty: Specialty
        reason: Sensitive[str]
        urgent: bool
        consent: UUID

    @allowed_in(S.CONSULTING, S.FINISHED)
    def refer_patient(
        self,
        referral: UUID,
        direction: Direction,
        target: str,
        specialty: Specialty,
        reason: str,
        consent: UUID,
        *,
        urgent: bool,
    ) -> None:
        """Raises SpecialtyMissing; that the patient consented is the archive's to judge."""
        known = INSTITUTIONS[target].specialties
        if target == self.clinic.institution or specialty not in known:
            raise SpecialtyMissing(specialty=specialty)
        self._patient_referred(
            referral=referral,
            subject=self.patient.subject,
            direction=direction,
            target=target,
            specialty=specialty,
            reason=reason,
            urgent=urgent,
            consent=consent,
        )

    @event(PatientReferred)
    def _patient_referred(
        self,
        referral: UUID,
        subject: str,
        direction: Direction,
        target: str,
        specialty: Specialty,
        reason: str,
        urgent: bool,
        consent: UUID,
    ) -> None:
        self.referrals += 1

    class PatientDischarged(Aggregate.Event, v=1):
        """The bed is free. ``care_consent``: what of this may be given to whoever cares at home."""

        clinic: Clinic
        subject: SubjectRef
        bed: str
        barthel: Sensitive[int]
        functional_loss: Sensitive[bool]
        care_consent: UUID | None
        discharged_on: date

    @allowed_in(S.ADMITTED)
    def discharge_patient(
        self,
        barthel: int,
        *,
        icd10: str | None,
        note: str,
        care_consent: UUID | None,
        doctor: str,
    ) -> None:
        """``icd10`` is the diagnosis at discharge, when it was not recorded before.

        Raises DiagnosisMissing, and what record_diagnosis raises.
        """
        if icd10 is not None:
            principal = not any(diagnosis.principal for diagnosis in self.diagnoses)
            self._diagnose(icd10, note, principal=principal, doctor=doctor)
        if not self.diagnoses:
            raise DiagnosisMissing()
        before = self.barthel_at_admission
        lost = before is not None and before - barthel >= limits.BARTHEL_LOSS
        self._patient_discharged(
            clinic=self.clinic,
            subject=self.patient.subject,
            bed=self.bed or "",
            barthel=barthel,
            functional_loss=lost or barthel <= limits.BARTHEL_DEPENDENT,
            care_consent=care_consent,
            discharged_on=shanghai_date(self.now),
        )

    @event(PatientDischarged)
    def _patient_discharged(
        self,
        clinic: Clinic,
        subject: str,
        bed: str,
        barthel: int,
        functional_loss: bool,
        care_consent: UUID | None,
        discharged_on: date,
    ) -> None:
        self.state = S.FINISHED
        self.bed = None

    class RecordAmended(Aggregate.Event, v=1):
        """Something was added to the record; what stood there stays. ``chief`` agreed to it."""

        number: int
        part: str
        text: Sensitive[str]
        reason: Sensitive[str]
        author: OfficerId
        chief: OfficerId | None

    @allowed_in(S.FINISHED, S.CLOSED)
    def amend_record(
        self, part: str, text: str, reason: str, *, author: str, chief: str | None
    ) -> None:
        """While finished by the doctor or with a chief; once closed by the records office and a
        chief, two people. Raises Forbidden or FourEyes."""
        if self.state is S.FINISHED:
            if author != self.doctor and chief is None:
                raise Forbidden()
        elif chief is None:
            raise Forbidden()
        elif chief == author:
            raise FourEyes()
        self._record_amended(
            number=self.amendments + 1,
            part=part,
            text=text,
            reason=reason,
            author=author,
            chief=chief,
        )

    @event(RecordAmended)
    def _record_amended(
        self, number: int, part: str, text: str, reason: str, author: str, chief: str | None
    ) -> None:
        self.amendments = number

    class VisitClosed(Aggregate.Event, v=1):
        """The bill is settled or waived; the record is kept as it is."""

        bill: Bill
        amount_fen: Fen

    @allowed_in(S.FINISHED)
    def close_visit(self, bill: Bill, amount_fen: int) -> None:
        """Raises BillOpen."""
        if bill == "open":
            raise BillOpen()
        self._visit_closed(bill=bill, amount_fen=amount_fen)

    @event(VisitClosed)
    def _visit_closed(self, bill: Bill, amount_fen: int) -> None:
        self.state = S.CLOSED

    class DeathRecorded(Aggregate.Event, v=1):
        """Two doctors found death. ``later_bookings`` and ``archive`` are what ends with it."""

        clinic: Clinic
        subject: SubjectRef
        died_on: Sensitive[date]
        doctors: tuple[OfficerId, OfficerId]
        bed: str | None
        district: District
        later_bookings: tuple[UUID, ...]
        archive: UUID | None

    @allowed_in(S.CONSULTING, S.ADMITTED)
    def record_death(
        self,
        died_on: date,
        *,
        doctor: str,
        second: str,
        later_bookings: tuple[UUID, ...],
        archive: UUID | None,
    ) -> None:
        """Raises FourEyes when one doctor is named twice, and DateInFuture."""
        if doctor == second:
            raise FourEyes()
        if died_on > shanghai_date(self.now):
            raise DateInFuture()
        self._death_recorded(
            clinic=self.clinic,
            subject=self.patient.subject,
            died_on=died_on,
            doctors=(doctor, second),
            bed=self.bed,
            district=self.district,
            later_bookings=later_bookings,
            archive=archive,
        )

    @event(DeathRecorded)
    def _death_recorded(
        self,
        clinic: Clinic,
        subject: str,
        died_on: date,
        doctors: tuple[str, str],
        bed: str | None,
        district: str,
        later_bookings: tuple[UUID, ...],
        archive: UUID | None,
    ) -> None:
        self.state = S.DECEASED
        self.bed = None
