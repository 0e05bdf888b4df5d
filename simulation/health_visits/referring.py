"""Referrals: up to a hospital, down to a centre, and what the desk there answers.

The patient agrees at the counter while still with the doctor, who names that consent.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from random import Random
from typing import Any

from domain.health_visits.institutions import Specialty
from domain.health_visits.values import Half
from simulation.health_visits.clinics import CENTRES, HOSPITALS, Clinic, Clinics, health
from simulation.health_visits.days import Book
from simulation.health_visits.patients import counter
from simulation.health_visits.story import MINUTE, PROGRAM, SECOND, Story
from simulation.health_visits.treating import Visit
from simulation.matters import Ref
from simulation.programme import World

S = Specialty

REFERRED = 0.04
"""Of the visits that end with a diagnosis."""
UNANSWERED, DECLINED, BOOKED = 0.15, 0.12, 0.48
"""Of the referrals; the others are taken without an appointment."""

_BY_CHAPTER = {"I": S.CARDIOLOGY, "M": S.ORTHOPAEDICS, "K": S.SURGERY}
"""Field to which a centre refers, by the chapter of the diagnosis."""


@dataclass(frozen=True, slots=True)
class Target:
    """Who is asked, for what."""

    institution: str
    specialty: Specialty
    up: bool


def referrals(world: World, clinics: Clinics, book: Book, day: date) -> None:
    """Some visits of the days lead to one, the first that can in any case; appointments that come
    of it are on ``day``."""
    rng = Random(f"{world.seed}:{PROGRAM}:referrals")
    desks = Desks(clinics, day)
    possible = [visit for visit in book.visits if _may_be(visit, world)]
    for visit in possible:
        if visit is possible[0] or rng.random() < REFERRED:
            target = _target(visit, rng)
            finish = _finished(visit)
            referral = _refers(visit, finish, target, rng)
            story = desks.answer(visit, referral, finish, target, rng)
            book.stories += [story] if story else []


def _may_be(visit: Visit, world: World) -> bool:
    here = visit.patient.archive is not None and visit.clinic.day in world.days
    return here and bool(visit.principal) and visit.bed is None


def _finished(visit: Visit) -> datetime:
    """When the consultation ended."""
    ended = (
        draft.at
        for draft in visit.story.drafts
        if draft.command == "finish-consultation" and draft.refused is None
    )
    return next(ended)


def _target(visit: Visit, rng: Random) -> Target:
    if visit.clinic.institution in CENTRES:
        specialty = _BY_CHAPTER.get(visit.ailment.code[0], S.INTERNAL)
        return Target(rng.choice(HOSPITALS), specialty, up=True)
    return Target(rng.choice(CENTRES), S.GENERAL_PRACTICE, up=False)


def _refers(visit: Visit, finish: datetime, target: Target, rng: Random) -> Ref:
    patient, doctor = visit.patient, visit.clinic.doctor
    consent = patient.on_archive(
        finish - 40 * SECOND,
        counter(patient.centre),
        "give-consent",
        purpose="referral",
        recipient=rng.choice((target.institution, "any")),
    )
    fields: dict[str, Any] = {
        "direction": "up" if target.up else "down",
        "target": target.institution,
        "specialty": target.specialty,
        "reason": "需进一步诊治" if target.up else "病情稳定，回社区康复",
        "consent_id": Ref(consent, command=True),
        "urgent": rng.random() < 0.15,
    }
    if rng.random() < 0.15:
        # a hospital of psychiatry has no surgeons
        wrong = {**fields, "target": "kangning", "specialty": S.SURGERY}
        at = finish - 22 * SECOND
        visit.step(at, doctor, "refer-patient", refused="specialty-missing", **wrong)
    if rng.random() < 0.15:
        wrong = {**fields, "consent_id": str(visit.session.id)}
        at = finish - 17 * SECOND
        visit.step(at, doctor, "refer-patient", refused="consent-missing", **wrong)
    label = visit.step(finish - 12 * SECOND, doctor, "refer-patient", patient.key, **fields)
    return Ref(label, event="referral-offered")


@dataclass(slots=True)
class Desks:
    """The desks of those who are asked, with sessions of theirs on ``day``."""

    clinics: Clinics
    day: date
    open: dict[Target, Clinic] = field(default_factory=dict)

    def answer(
        self, visit: Visit, referral: Ref, offered: datetime, target: Target, rng: Random
    ) -> Story | None:
        """The referral as a matter of its own; None while nobody has answered."""
        drawn = rng.random() - UNANSWERED
        if drawn < 0:
            return None
        desk = health(f"referral-desk-{target.institution}")
        story = Story(f"{PROGRAM}/referral/{visit.number}", None, {"target": target.institution})
        at = offered + rng.randint(15, 200) * MINUTE
        body: dict[str, Any] = {"referral_id": referral}
        if drawn < DECLINED:
            story.step(at, desk, "decline-referral", {**body, "reason": "床位已满，请转他院"})
        elif drawn < DECLINED + BOOKED:
            story.step(at, desk, "accept-referral", {**body, **self._seat(target)})
        else:
            story.step(at, desk, "accept-referral", body)
        return story

    def _seat(self, target: Target) -> dict[str, str]:
        clinic = self.open.get(target)
        if clinic is None or not clinic.sessions[0].free():
            clinic = self.clinics.open(
                target.institution, target.specialty, self.day, halves=(Half.MORNING,)
            )
            self.open[target] = clinic
        session = clinic.sessions[0]
        slot = session.free()[0]
        session.take(slot)
        return {"session_id": str(session.id), "slot": slot.isoformat()}
