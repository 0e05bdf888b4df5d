"""What a health archive says: allergies, long-term conditions, medicines, vaccinations, consents.

The first part of the aggregate; ``archive`` builds on it. ``content_version`` counts what a doctor
has to have seen before prescribing (allergies, conditions, medicines, merges); reading the archive
does not move it.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from domain.health_visits.consultation import Icd10
from domain.health_visits.consulting import judged_code
from domain.health_visits.formulary import DrugCode, Substance
from domain.health_visits.icd10 import Sensitivity, sensitivity, who_code
from domain.health_visits.institutions import InstitutionCode
from domain.health_visits.refusals import AlreadyRecorded, NothingSuch
from domain.health_visits.states import ArchiveState
from domain.health_visits.values import Patient, Value
from domain.shared.aggregate import Aggregate, allowed_in, event
from domain.shared.clocks import ClockedAggregate
from domain.shared.districts import District
from domain.shared.identifiers import OfficerId, SubjectRef
from domain.shared.instants import shanghai_date
from domain.shared.personal import Sensitive

Purpose = Literal["treatment", "referral", "care", "psychiatric-items", "reproductive-items"]
Section = Literal["allergies", "conditions", "medicines", "vaccinations", "visits"]
Severity = Literal["mild", "moderate", "severe"]
ANYONE = "any"


class Medicine(Value):
    """What the patient takes, and until which day."""

    drug: DrugCode
    until: date


class Consent(Value):
    """What the patient agreed to. ``recipient`` is an institution, or ``any``."""

    purpose: Purpose
    recipient: str
    until: date | None


class Content(Value):
    """What another archive said when it was merged into this one."""

    allergies: Sensitive[tuple[Substance, ...]]
    conditions: Sensitive[tuple[Icd10, ...]]
    medicines: Sensitive[tuple[Medicine, ...]]


A = ArchiveState


class ArchiveContent(ClockedAggregate):
    """What an archive says, and what its patient agreed to."""

    class ArchiveOpened(Aggregate.Created, v=1):
        """The resident has an archive, kept by a centre."""

        subject: SubjectRef
        patient: Sensitive[Patient]
        centre: InstitutionCode
        district: District

    @event(ArchiveOpened)
    def __init__(self, subject: str, patient: Patient, centre: str, district: str) -> None:
        self.state: ArchiveState = A.OPEN
        self.subject: str = subject
        self.patient: Patient = patient
        self.centre: str = centre
        self.district: str = district
        self.content_version: int = 1
        self.own_allergies: dict[str, Severity] = {}
        self.own_conditions: tuple[str, ...] = ()
        self.own_medicines: tuple[Medicine, ...] = ()
        self.consents: dict[UUID, Consent] = {}
        # Archives that were merged into this one: their id → what they said then.
        self.merged: dict[UUID, Content] = {}
        self.merged_into: UUID | None = None
        # Openings against consent that nobody reviewed: their id → by whom and when.
        self.unreviewed: dict[UUID, tuple[str, datetime]] = {}

    # --- what it says --------------------------------------------------------------------------

    @property
    def allergies(self) -> tuple[str, ...]:
        """Of this archive and of those that were merged into it."""
        others = [content.allergies for content in self.merged.values()]
        return tuple(dict.fromkeys([*self.own_allergies, *(a for one in others for a in one)]))

    @property
    def conditions(self) -> tuple[str, ...]:
        """Long-term conditions, by their codes as written."""
        others = [content.conditions for content in self.merged.values()]
        return tuple(dict.fromkeys([*self.own_conditions, *(c for one in others for c in one)]))

    def medicines(self, day: date) -> tuple[str, ...]:
        """Codes of the drugs that the patient takes on a day."""
        others = [content.medicines for content in self.merged.values()]
        taken = [*self.own_medicines, *(m for one in others for m in one)]
        return tuple(dict.fromkeys(m.drug for m in taken if m.until >= day))

    def consented(self, consent: UUID, purpose: Purpose, recipient: str, day: date) -> bool:
        """Whether that consent stands on a day and covers it."""
        given = self.consents.get(consent)
        return (
            given is not None
            and given.purpose == purpose
            and given.recipient in (ANYONE, recipient)
            and (given.until is None or day <= given.until)
        )

    # --- allergies, conditions, medicines, vaccinations ----------------------------------------

    class AllergyRecorded(Aggregate.Event, v=1):
        """Somebody must not get this."""

        substance: Sensitive[Substance]
        severity: Severity
        officer: OfficerId
        content_version: int

    @allowed_in(A.OPEN)
    def record_allergy(self, substance: str, severity: Severity, *, officer: str) -> None:
        """Raises AlreadyRecorded for what stands there with this severity."""
        if self.own_allergies.get(substance) == severity:
            raise AlreadyRecorded()
        self._allergy_recorded(
            substance=substance,
            severity=severity,
            officer=officer,
            content_version=self.content_version + 1,
        )

    @event(AllergyRecorded)
    def _allergy_recorded(
        self, substance: str, severity: Severity, officer: str, content_version: int
    ) -> None:
        self.own_allergies = {**self.own_allergies, substance: severity}
        self.content_version = content_version

    class AllergyRefuted(Aggregate.Event, v=1):
        """A test showed that it was none."""

        substance: Sensitive[Substance]
        reason: Sensitive[str]
        officer: OfficerId
        content_version: int

    @allowed_in(A.OPEN)
    def refute_allergy(self, substance: str, reason: str, *, officer: str) -> None:
        """Raises NothingSuch."""
        if substance not in self.own_allergies:
            raise NothingSuch()
        self._allergy_refuted(
            substance=substance,
            reason=reason,
            officer=officer,
            content_version=self.content_version + 1,
        )

    @event(AllergyRefuted)
    def _allergy_refuted(
        self, substance: str, reason: str, officer: str, content_version: int
    ) -> None:
        self.own_allergies = {s: v for s, v in self.own_allergies.items() if s != substance}
        self.content_version = content_version

    class ConditionRecorded(Aggregate.Event, v=1):
        """A long-term condition, which long prescriptions may rest on."""

        icd10: Sensitive[Icd10]
        sensitivity: Sensitivity
        officer: OfficerId
        content_version: int

    @allowed_in(A.OPEN)
    def record_condition(self, icd10: str, *, officer: str) -> None:
        """Raises UnknownCode or AlreadyRecorded."""
        code = judged_code(icd10, shanghai_date(self.now))
        if code in self.own_conditions:
            raise AlreadyRecorded()
        self._condition_recorded(
            icd10=code,
            sensitivity=sensitivity(who_code(code) or code),
            officer=officer,
            content_version=self.content_version + 1,
        )

    @event(ConditionRecorded)
    def _condition_recorded(
        self, icd10: str, sensitivity: Sensitivity, officer: str, content_version: int
    ) -> None:
        self.own_conditions = (*self.own_conditions, icd10)
        self.content_version = content_version

    class MedicinesNoted(Aggregate.Event, v=1):
        """What was prescribed at a visit, and until when it is taken."""

        visit: UUID
        noted_on: date
        medicines: Sensitive[tuple[Medicine, ...]]
        content_version: int

    @allowed_in(A.OPEN)
    def note_medicines(self, visit: UUID, medicines: Iterable[Medicine]) -> None:
        """In the decision that prescribes them."""
        self._medicines_noted(
            visit=visit,
            noted_on=shanghai_date(self.now),
            medicines=tuple(medicines),
            content_version=self.content_version + 1,
        )

    @event(MedicinesNoted)
    def _medicines_noted(
        self, visit: UUID, noted_on: date, medicines: tuple[Medicine, ...], content_version: int
    ) -> None:
        kept = [medicine for medicine in self.own_medicines if medicine.until >= noted_on]
        self.own_medicines = (*kept, *medicines)
        self.content_version = content_version

    class VaccinationRecorded(Aggregate.Event, v=1):
        """A dose was given."""

        vaccine: Sensitive[str]
        lot: str
        given_on: date
        officer: OfficerId

    @allowed_in(A.OPEN)
    def record_vaccination(self, vaccine: str, lot: str, given_on: date, *, officer: str) -> None:
        """Here or elsewhere, today or before."""
        self._vaccination_recorded(vaccine=vaccine, lot=lot, given_on=given_on, officer=officer)

    @event(VaccinationRecorded)
    def _vaccination_recorded(self, vaccine: str, lot: str, given_on: date, officer: str) -> None:
        pass

    # --- consents ------------------------------------------------------------------------------

    class ConsentGiven(Aggregate.Event, v=1):
        """The patient agreed to something."""

        consent: UUID
        terms: Consent

    @allowed_in(A.OPEN)
    def give_consent(self, consent: UUID, terms: Consent) -> None:
        """``consent`` is the id by which it is named from now on."""
        self._consent_given(consent=consent, terms=terms)

    @event(ConsentGiven)
    def _consent_given(self, consent: UUID, terms: Consent) -> None:
        self.consents = {**self.consents, consent: terms}

    class ConsentWithdrawn(Aggregate.Event, v=1):
        """The patient does not agree any more; what rested on it has to stop."""

        consent: UUID
        subject: SubjectRef
        purpose: Purpose

    @allowed_in(A.OPEN)
    def withdraw_consent(self, consent: UUID) -> None:
        """Raises NothingSuch."""
        if consent not in self.consents:
            raise NothingSuch()
        self._consent_withdrawn(
            consent=consent, subject=self.subject, purpose=self.consents[consent].purpose
        )

    @event(ConsentWithdrawn)
    def _consent_withdrawn(self, consent: UUID, subject: str, purpose: Purpose) -> None:
        self.consents = {id: terms for id, terms in self.consents.items() if id != consent}
