"""What goes on beside and behind the visits: archives, reports of diseases, bans.

Each function adds to visits that were played already, at instants that follow from theirs.
"""

from datetime import datetime, timedelta
from random import Random
from typing import Any

from domain.health_visits.institutions import Specialty
from domain.health_visits.notifiable import notifiable
from simulation.health_visits.clinics import health
from simulation.health_visits.days import Book
from simulation.health_visits.patients import Patient, counter
from simulation.health_visits.story import HOUR, MINUTE, PROGRAM, SECOND, Story
from simulation.health_visits.treating import Visit
from simulation.matters import Ref, Until
from simulation.office import local
from simulation.programme import World

S = Specialty


# --- archives --------------------------------------------------------------------------------------


def archives(world: World, book: Book) -> None:
    """Who reads archives and with what right; consents withdrawn; two archives of one person."""
    rng = Random(f"{world.seed}:{PROGRAM}:archives")
    evening = local(world.days[-1], 17 * 3600)
    for visit in list(book.visits):
        if visit.patient.archive is None or visit.started is None:
            continue
        if rng.random() < 0.3:
            _read(visit, visit.started, rng)
        if visit.clinic.day not in world.days:
            continue
        at = evening + rng.randint(0, 100 * 60) * SECOND
        if at < visit.started + 4 * HOUR:
            continue
        _in_the_evening(visit.patient, at, rng)
    for number in range(world.scaled(100 * len(world.days))):
        _merged(book, local(rng.choice(world.days), 9 * 3600 + rng.randint(0, 2 * 3600)), number)


def _in_the_evening(patient: Patient, at: datetime, rng: Random) -> None:
    keeper = counter(patient.centre)
    drawn = rng.random()
    if drawn < 0.02 and patient.treatment is not None:
        consent = Ref(patient.treatment, command=True)
        patient.on_archive(at, keeper, "withdraw-consent", consent_id=consent)
    elif drawn < 0.03 and "latex" not in patient.allergies:
        fields: dict[str, Any] = {"substance": "latex", "reason": "斑贴试验阴性"}
        patient.on_archive(at, keeper, "refute-allergy", refused="nothing-such", **fields)
    elif drawn < 0.04:
        fields = {"substance": "latex", "severity": "mild"}
        patient.on_archive(at, keeper, "record-allergy", moves=True, **fields)
        again = at + 3 * MINUTE
        patient.on_archive(again, keeper, "record-allergy", refused="already-recorded", **fields)


def _read(visit: Visit, at: datetime, rng: Random) -> None:
    patient, doctor = visit.patient, visit.clinic.doctor
    reading: dict[str, Any] = {
        "institution": visit.clinic.institution,
        "purpose": "门诊",
        "sections": ["allergies", "medicines", "conditions"],
    }
    at += timedelta(seconds=rng.randint(3, 12))
    if patient.treatment is not None or patient.centre == visit.clinic.institution:
        patient.on_archive(at, doctor, "read-archive", **reading)
        return
    if rng.random() < (0.2 if visit.clinic.department is S.EMERGENCY else 0.88):
        return
    patient.on_archive(at, doctor, "read-archive", refused="consent-missing", **reading)
    if visit.clinic.department is not S.EMERGENCY:
        return
    if rng.random() < 0.3:
        at += 4 * SECOND
        patient.on_archive(at, doctor, "break-glass", refused="reason-missing", reason=" ")
    at += 8 * SECOND
    glass = patient.on_archive(at, doctor, "break-glass", reason="患者意识不清，需立即用药")
    at += 9 * SECOND
    patient.on_archive(at, doctor, "read-archive", **{**reading, "purpose": "抢救"})
    at += rng.randint(60, 300) * MINUTE
    review: dict[str, Any] = {
        "opening_id": Ref(glass, command=True),
        "justified": rng.random() < 0.9,
        "note": "已核查",
    }
    if rng.random() < 0.3:
        own = at - 20 * MINUTE
        patient.on_archive(own, doctor, "review-break-glass", refused="four-eyes", **review)
    reviewer = health(f"records-office-{visit.clinic.institution}")
    patient.on_archive(at, reviewer, "review-break-glass", **review)


def _merged(book: Book, at: datetime, number: int) -> None:
    """Somebody is known by two numbers; now and then it was two people after all."""
    rng = Random(f"{book.world.seed}:{PROGRAM}:merged:{number}")
    one, other = book.patients.new(rng), book.patients.new(rng)
    for n, patient in enumerate((one, other)):
        book.patients.open(rng, patient, at + n * MINUTE)
    ids = {"other_id": other.archive_ref, "reason": "同一居民重复建档"}
    keeper = counter(one.centre)
    merged = at + rng.randint(20, 60) * MINUTE
    if one.archive is None:
        raise LookupError("it was opened just now")
    for when, command in ((merged, "merge-archives"), (merged + 3 * HOUR, "split-archives")):
        body = {"archive_id": one.archive_ref, **ids}
        one.archive.step(when, keeper, command, body, one.key, other.key)
        if rng.random() < 0.6:
            break


# --- reports and bans ------------------------------------------------------------------------------


def reports(world: World, book: Book) -> None:
    """Some reports of diseases turn out to be of another disease, or of none."""
    rng = Random(f"{world.seed}:{PROGRAM}:reports")
    for visit in book.visits:
        reported = notifiable(visit.ailment.code, visit.clinic.day)
        if reported is None or not visit.principal or visit.started is None:
            continue
        if rng.random() > 0.1:
            continue
        report = Ref(visit.principal, event="report-fell-due")
        body: dict[str, Any] = {"report_id": report, "reason": "实验室复核"}
        if rng.random() < 0.5:
            body["icd10"] = "J10.1" if reported.name != "influenza" else "A08.0"
        at = visit.started + rng.randint(90, 240) * MINUTE
        story = Story(f"{PROGRAM}/report/{visit.number}", None, {})
        until = Until("notifiable-reported", of=report)
        control = health("disease-control-1")
        story.step(at, control, "correct-report", body, until=until)
        book.stories.append(story)


def banned(book: Book, first: str, visit: Visit, missed: datetime) -> None:
    """The third one missed: booking is suspended by itself, and sometimes opened again."""
    rng, patient = visit.rng, visit.patient
    bookings = Ref(first, event="bookings-opened")
    until = Until("patient-banned", of=bookings)
    body = {
        "session_id": str(visit.session.id),
        "slot": visit.session.slots[-1].isoformat(),
        "patient": patient.body,
        "channel": "app",
    }
    at = missed + rng.randint(8, 30) * MINUTE
    visit.story.step(
        at,
        patient.sender,
        "book-appointment",
        body,
        patient.key,
        refused="booking-banned",
        until=until,
    )
    if rng.random() < 0.5:
        story = Story(f"{PROGRAM}/ban/{patient.number}", None, {})
        lifted = {"patient_id": bookings, "reason": "已说明原因并提供证明"}
        at += rng.randint(60, 200) * MINUTE
        story.step(at, health("booking-office-1"), "lift-ban", lifted, until=until)
        book.stories.append(story)
