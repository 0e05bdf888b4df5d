"""A doctor's morning at the hospital: six patients book, come, are treated and go home."""

from datetime import timedelta

from bench.lives.life import KeyedHash, Life, Telling, mobile, resident_id, sender
from commands.base import Role
from commands.health_visits.archives import OpenArchive, RecordAllergy
from commands.health_visits.arriving import CallPatient, CheckInPatient, StartConsultation
from commands.health_visits.booking import BookAppointment
from commands.health_visits.consulting import (
    ItemGiven,
    OrderExamination,
    Prescribe,
    RecordDiagnosis,
    RecordResult,
)
from commands.health_visits.ending import CloseVisit, FinishConsultation
from commands.health_visits.given import PatientGiven, SlotGiven
from commands.health_visits.sessions import OpenSession
from domain.health_visits.institutions import Specialty
from domain.health_visits.values import Half
from domain.shared.instants import shanghai_date

NURSE = sender("nurse-1", Role.OFFICER, "health")
PATIENTS = 6
CAME_FROM = 10_000_000
"""Numbers of people from here on are patients."""


def life(n: int, keyed_hash: KeyedHash) -> Life:
    """Booked on one day, seen on the next."""
    tell, doctor = Telling(n), sender(f"doctor-{n}", Role.OFFICER, "health")
    opening = tell.at.replace(hour=9, minute=0, second=0, microsecond=0) + timedelta(days=1)
    opened = OpenSession(
        institution="hospital-1",
        department=Specialty.CARDIOLOGY,
        doctor=doctor.actor,
        day=shanghai_date(opening),
        half=Half.MORNING,
        room=str(n % 400 + 100),
        slots=(SlotGiven(at=opening, seats=PATIENTS),),
    )
    session = yield tell(opened, NURSE)
    visits = []
    for k in range(PATIENTS):
        patient = PatientGiven(
            name="王明",
            resident_id=resident_id(PATIENTS * n + k),
            mobile=mobile(CAME_FROM + PATIENTS * n + k),
        )
        archive = yield tell(OpenArchive(patient=patient, centre="centre-330212-01"), NURSE)
        if k == 0:
            allergy = RecordAllergy(archive_id=archive, substance="penicillins", severity="severe")
            yield tell(allergy, doctor)
        booking = BookAppointment(session_id=session, slot=opening, patient=patient, channel="app")
        citizen = sender(f"citizen-{n}-{k}", Role.CITIZEN)
        visits.append((yield tell(booking, citizen)))
    tell.at = opening - timedelta(minutes=20)
    for k, visit in enumerate(visits):
        arrived = CheckInPatient(visit_id=visit)
        yield tell(arrived, sender(f"citizen-{n}-{k}", Role.CITIZEN))
    tell.at = opening
    for k, visit in enumerate(visits):
        yield tell(CallPatient(visit_id=visit), NURSE)
        yield tell(StartConsultation(visit_id=visit), doctor)
        yield tell(OrderExamination(visit_id=visit, item="血常规"), doctor, 0)
        yield tell(RecordResult(visit_id=visit, order_no=1, value="12.1 g/L"), NURSE)
        yield tell(RecordDiagnosis(visit_id=visit, icd10="I10", principal=True), doctor)
        drug = ItemGiven(drug="C08CA01", dose="5", unit="mg", route="oral", frequency="qd", days=7)
        prescribed = Prescribe(visit_id=visit, items=(drug,), archive_version=1 if k else 2)
        yield tell(prescribed, doctor, 0)
        yield tell(FinishConsultation(visit_id=visit), doctor)
    for visit in visits:
        yield tell(CloseVisit(visit_id=visit, bill="settled", amount_fen=12_300), NURSE, 3)
