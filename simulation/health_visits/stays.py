"""Stays in hospital: patients admitted some days before, who go home, die, or stay on."""

from datetime import datetime
from random import Random
from typing import Any

from domain.health_visits.institutions import Specialty
from domain.health_visits.values import Half
from simulation.health_visits.clinics import Clinic, Clinics, health
from simulation.health_visits.days import LONG_STAY, Book, coming
from simulation.health_visits.patients import counter
from simulation.health_visits.queue import Coming
from simulation.health_visits.story import DAY, MINUTE, PROGRAM
from simulation.health_visits.treating import Visit
from simulation.matters import Ref
from simulation.office import local
from simulation.programme import World

S = Specialty
WARD_HOUSE = "lihuili"
A_CLINIC = 12
"""Patients that one doctor admits on a day."""


def stays(world: World, clinics: Clinics, book: Book, discharged: int, died: int) -> None:
    """Patients admitted some days before: so many go home on the days, so many die, one stays on."""
    rng = Random(f"{world.seed}:{PROGRAM}:stays")
    there = _admitted(world, clinics, book, discharged + died + 1, rng)
    there[0].bed = LONG_STAY.format(there[0].clinic.doctor.actor.split("-")[1])
    for session in {visit.clinic.key: visit.clinic for visit in there}.values():
        mine = [visit.notes["coming"] for visit in there if visit.clinic is session]
        book.play(session, {0: mine})
    for number, visit in enumerate(there[1:]):
        day = world.days[number % len(world.days)]
        at = local(day, rng.randint(9 * 3600, 16 * 3600))
        if number < died:
            _dies(clinics, book, visit, at, rng)
        else:
            _goes_home(visit, at, rng)


def _admitted(world: World, clinics: Clinics, book: Book, count: int, rng: Random) -> list[Visit]:
    found: list[Visit] = []
    clinic: Clinic | None = None
    for number in range(count):
        if clinic is None or number % A_CLINIC == 0:
            day = world.days[0] - rng.randint(3, 8) * DAY
            clinic = clinics.open(WARD_HOUSE, S.INTERNAL, day, halves=(Half.MORNING,))
        visit = book.visit(clinic, clinic.sessions[0])
        visit.bed = f"{clinic.doctor.actor}-{visit.number}"
        arrives = clinic.sessions[0].slots[0] + rng.randint(0, 150) * MINUTE
        one: Coming = coming(visit, arrives)
        one.absent, one.patience = 0, None
        visit.notes.update(coming=one, none_found=False)
        found.append(visit)
    return found


def _goes_home(visit: Visit, at: datetime, rng: Random) -> None:
    ward = health(f"ward-doctor-{visit.clinic.institution}")
    patient = visit.patient
    fields: dict[str, Any] = {"barthel": rng.randrange(25, 105, 5), "note": "好转出院"}
    if rng.random() < 0.2:
        wrong = {**fields, "care_consent_id": str(visit.session.id)}
        visit.step(at - 5 * MINUTE, ward, "discharge-patient", refused="consent-missing", **wrong)
    if patient.archive is not None and rng.random() < 0.45:
        asked = at - rng.randint(20, 40) * MINUTE
        consent = patient.on_archive(asked, counter(patient.centre), "give-consent", purpose="care")
        fields["care_consent_id"] = Ref(consent, command=True)
    both = (patient.key, f"bed/{visit.bed}")
    visit.step(at, ward, "discharge-patient", *both, **fields)
    bill: dict[str, Any] = {"bill": "settled", "amount_fen": rng.randint(2_000, 30_000) * 100}
    visit.step(at + rng.randint(30, 120) * MINUTE, ward, "close-visit", **bill)


def _dies(clinics: Clinics, book: Book, visit: Visit, at: datetime, rng: Random) -> None:
    """What was booked for later ends with it, and the archive."""
    last = max(clinic.day for clinic in clinics.opened)
    for clinic in clinics.opened:
        session = clinic.sessions[0]
        if clinic.day == last and clinic.department is not S.EMERGENCY and session.free():
            later = book.visit(clinic, session, patient=visit.patient)
            slot = session.free()[-1]
            # by a child at home, after the admission
            book.book(later, slot, local(at.date() - DAY, 19 * 3600 + rng.randint(0, 3000)))
            break
    doctor = f"ward-doctor-{visit.clinic.institution}"
    fields: dict[str, Any] = {"died_on": at.date().isoformat()}
    both = (visit.patient.key, f"bed/{visit.bed}")
    visit.step(
        at - 4 * MINUTE,
        health(doctor),
        "record-death",
        refused="four-eyes",
        second_doctor=doctor,
        **fields,
    )
    visit.step(at, health(doctor), "record-death", *both, second_doctor=f"{doctor}-2", **fields)
