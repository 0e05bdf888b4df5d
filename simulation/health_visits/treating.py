"""What a doctor does between the beginning and the end of a consultation, and what comes after it.

Most are plain; some slips are refused, as in life: a code with a letter in the wrong place, a drug
that the patient must not get, a prescription against an archive that has moved on.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from domain.health_visits.formulary import conflicting
from domain.health_visits.institutions import Specialty
from simulation.health_visits.ailments import (
    CRITICAL,
    EXAMINATIONS,
    OF_MEN,
    OF_WOMEN,
    Ailment,
    item,
)
from simulation.health_visits.clinics import Clinic, Session, laboratory, nurse
from simulation.health_visits.patients import Patient
from simulation.health_visits.story import MINUTE, Story
from simulation.matters import Sender

S = Specialty


@dataclass(slots=True)
class Visit:
    """One visit as it is written. ``begun`` labels the step that begins it."""

    number: int
    rng: Random
    story: Story
    patient: Patient
    clinic: Clinic
    session: Session
    ailment: Ailment
    slot: datetime | None = None
    begun: str = ""
    booker: Sender | None = None
    principal: str = ""
    """Labels the step that records the principal diagnosis."""
    started: datetime | None = None
    bed: str | None = None
    refers: bool = False
    booked_at: datetime | None = None
    moved: bool = False
    notes: dict[str, Any] = field(default_factory=dict)

    def step(
        self,
        at: datetime,
        sender: Sender,
        command: str,
        *touches: str,
        refused: str | None = None,
        **fields: Any,
    ) -> str:
        """A step on the visit."""
        body = {"visit_id": self.story.ref, **fields}
        return self.story.step(at, sender, command, body, *touches, refused=refused)


def consult(visit: Visit, started: datetime, finished: datetime) -> None:
    """Diagnosis, examinations, prescription; the end is written with the queue."""
    rng, doctor = visit.rng, visit.clinic.doctor
    acts = list(_acts(visit))
    pause = (finished - started) / (len(acts) + 1)
    at = started
    for command, refused, fields in acts:
        at = (at + pause).replace(microsecond=0)
        touches = (visit.patient.key,) if command == "prescribe" else ()
        label = visit.step(at, doctor, command, *touches, refused=refused, **fields)
        if command == "record-diagnosis" and refused is None and not visit.principal:
            visit.principal = label
    _afterwards(visit, finished, rng)


Act = tuple[str, str | None, dict[str, Any]]
"""A command, the code that it is refused with, and what else it says."""


def _acts(visit: Visit) -> Iterator[Act]:
    rng, code = visit.rng, visit.ailment.code
    if rng.random() < 0.01:
        yield "finish-consultation", "diagnosis-missing", {}
    if rng.random() < 0.012:
        wrong = {"icd10": f"{code[0]}O{code[2:]}", "principal": True}
        yield "record-diagnosis", "unknown-code", wrong
    if rng.random() < 0.006:
        never = OF_MEN if visit.patient.sex == "female" else OF_WOMEN
        wrong = {"icd10": never, "principal": True}
        yield "record-diagnosis", "code-not-for-sex-or-age", wrong
    if visit.notes.get("none_found") and visit.bed is None:
        return
    yield "record-diagnosis", None, {"icd10": code, "principal": True, "note": "门诊诊断"}
    if rng.random() < 0.01:
        yield "record-diagnosis", "principal-exists", {"icd10": "R53", "principal": True}
    if rng.random() < 0.1:
        yield "record-diagnosis", None, {"icd10": "R53", "principal": False}
    visit.notes["examinations"] = []
    if rng.random() < 0.28:
        name, value = rng.choice(EXAMINATIONS) if rng.random() > 0.05 else CRITICAL
        urgent = name == CRITICAL[0]
        visit.notes["examinations"].append((value, urgent))
        yield "order-examination", None, {"item": name, "urgent": urgent}
    if visit.ailment.drugs and visit.bed is None:
        yield from _prescriptions(visit)


def _prescriptions(visit: Visit) -> Iterator[Act]:
    rng, patient, ailment = visit.rng, visit.patient, visit.ailment
    emergency = visit.clinic.department is S.EMERGENCY
    drugs = [d for d in ailment.drugs if conflicting(d, patient.allergies) is None]
    lasting = ailment.lasting and ailment.code in patient.conditions and not emergency
    days = 3 if emergency else 28 if lasting else rng.choice((3, 5, 7))

    def prescription(*items: dict[str, Any], **more: Any) -> dict[str, Any]:
        return {"items": list(items), "archive_version": patient.version, **more}

    drawn = rng.random()
    against = [d for d in ailment.drugs if d not in drugs]
    if against:
        # the allergy shows itself when the drug is chosen
        yield "prescribe", "allergy-conflict", prescription(item(against[0], days))
        if not drugs or rng.random() < 0.3:
            reason = {"override_reason": "皮试阴性，无替代药物"}
            yield "prescribe", None, prescription(item(against[0], days), **reason)
            patient.version += patient.archive is not None
            visit.notes["drugs"] = True
            return
    elif drawn < 0.012 and not patient.allergies:
        both = [item("B01AA03", min(days, 7)), item("M01AB05", 3)]
        yield "prescribe", "interaction", prescription(*both)
    elif drawn < 0.03:
        yield "prescribe", "days-too-long", prescription(item(drugs[0], 90))
    elif drawn < 0.04:
        odd = {**item(drugs[0], days), "unit": "片"}
        yield "prescribe", "unit-unknown", prescription(odd)
    elif drawn < 0.055 and patient.archive is not None:
        old = {**prescription(item(drugs[0], days)), "archive_version": patient.version - 1}
        yield "prescribe", "archive-moved", old
    yield "prescribe", None, prescription(item(rng.choice(drugs), days))
    patient.version += patient.archive is not None
    visit.notes["drugs"] = True


def _afterwards(visit: Visit, finished: datetime, rng: Random) -> None:
    """Results, which mostly come later, and the bill."""
    clinic = visit.clinic
    at = finished
    orders: Sequence[tuple[str, bool]] = visit.notes.get("examinations", ())
    for number, (value, critical) in enumerate(orders, 1):
        at += timedelta(seconds=rng.randint(9 * 60, 70 * 60))
        result: dict[str, Any] = {"order_no": number, "value": value, "critical": critical}
        visit.step(at, laboratory(clinic), "record-result", **result)
        if critical:
            at += rng.randint(4, 40) * MINUTE
            visit.step(at, clinic.doctor, "acknowledge-result", order_no=number)
    if visit.bed is not None or rng.random() < 0.03:
        return
    at += timedelta(seconds=rng.randint(2 * 60, 22 * 60))
    fen = 1_200 + rng.randint(0, 400) * 100 * (1 + bool(orders) + bool(visit.notes.get("drugs")))
    if rng.random() < 0.01:
        visit.step(at, nurse(clinic), "close-visit", refused="bill-open", bill="open")
        at += rng.randint(5, 30) * MINUTE
    waived = rng.random() < 0.01
    bill: dict[str, Any] = (
        {"bill": "waived", "amount_fen": 0} if waived else {"bill": "settled", "amount_fen": fen}
    )
    visit.step(at, nurse(clinic), "close-visit", **bill)
    if rng.random() < 0.01:
        at += rng.randint(3, 20) * MINUTE
        office = nurse(clinic)
        text = {"part": "diagnosis", "text": "补记既往史", "reason": "漏记"}
        visit.step(at, office, "amend-record", refused="four-eyes", chief=office.actor, **text)
        at += rng.randint(2, 9) * MINUTE
        chief = f"chief-{clinic.institution}"
        visit.step(at, office, "amend-record", chief=chief, **text)
