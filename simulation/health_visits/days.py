"""A doctor's day from the first booking to the last patient.

Half of all bookings are made in the ten minutes after seven, when the seats of a further day come
out; of those booked some cancel, move, come late or never. Who comes plays the queue of
:mod:`simulation.health_visits.queue`, and each moment of it becomes a step of somebody's visit.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import count
from random import Random
from typing import Any

from domain.health_visits.institutions import Specialty
from simulation.health_visits import ailments, treating
from simulation.health_visits.clinics import Clinic, Session, health, nurse
from simulation.health_visits.patients import Patient, Patients
from simulation.health_visits.queue import Coming, HalfDay, Moment
from simulation.health_visits.story import DAY, HOUR, MINUTE, PROGRAM, SECOND, Story
from simulation.health_visits.treating import Visit
from simulation.matters import Until
from simulation.office import local, lognormal_seconds
from simulation.programme import World

S = Specialty

MINUTES_EACH: Mapping[Specialty, float] = {
    S.PSYCHIATRY: 9,
    S.CHINESE_MEDICINE: 8,
    S.REHABILITATION: 8,
    S.EMERGENCY: 8,
}
"""Median minutes of a consultation; seven elsewhere."""


LONG_STAY = "{}-0"
"""The bed of somebody who stays on all the days, of the run whose token it is given."""

ASIDE = timedelta(milliseconds=500)
"""What is tried beside the queue happens at half a second, so that no two fall together."""


class Fate(StrEnum):
    """What becomes of a booking."""

    PLAIN = "plain"
    CANCELLED = "cancelled"
    BY_CLINIC = "by-clinic"
    MOVED = "moved"
    NO_SHOW = "no-show"
    LATE = "late"


FATES: Mapping[Fate, float] = {
    Fate.PLAIN: 81.0,
    Fate.CANCELLED: 6.5,
    Fate.BY_CLINIC: 0.8,
    Fate.MOVED: 3.2,
    Fate.NO_SHOW: 6.0,
    Fate.LATE: 2.5,
}
"""Percent of the bookings."""

# At home and on the way: whoever does not book at seven books in the evening, or before work.
_BOOKING_HOURS = (*range(7, 23), 12, 19, 20, 20, 21, 21)


@dataclass(slots=True)
class Book:
    """Writes visits of a world, and keeps them."""

    world: World
    patients: Patients
    visits: list[Visit] = field(default_factory=list)
    by_number: dict[int, Visit] = field(default_factory=dict)
    stories: list[Story] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def visit(self, clinic: Clinic, session: Session, *, patient: Patient | None = None) -> Visit:
        """A visit without a step."""
        number = next(self.numbers)
        rng = Random(f"{self.world.seed}:{PROGRAM}:visit:{number}")
        ailment = ailments.ailment(rng, clinic.department)
        if patient is None:
            patient = self.patients.new(rng, ailment.ages, ailment.sex)
        about = {"institution": clinic.institution, "department": str(clinic.department)}
        story = Story(f"{PROGRAM}/visit/{number}", None, about)
        found = Visit(number, rng, story, patient, clinic, session, ailment)
        self.visits.append(found)
        self.by_number[number] = found
        self.stories.append(story)
        return found

    # --- bookings --------------------------------------------------------------------------------

    def book(self, visit: Visit, slot: datetime, at: datetime) -> None:
        """The first step of a booked visit, with what did not work before."""
        rng, patient, clinic = visit.rng, visit.patient, visit.clinic
        if rng.random() < 0.01:
            early = local((slot - 16 * DAY).date(), at.hour * 3600 + rng.randint(0, 3000))
            self._booking(visit, slot, early, refused="too-early")
        if rng.random() < 0.008:
            odd = slot + 10 * MINUTE
            self._booking(visit, odd, at - rng.randint(20, 50) * SECOND, refused="slot-unknown")
        by_counter = rng.random() < 0.15
        visit.booker = nurse(clinic) if by_counter else patient.sender
        visit.slot, visit.booked_at = slot, at
        visit.session.take(slot)
        visit.begun = self._booking(visit, slot, at)
        if rng.random() < 0.012:
            # somebody else of the family booked, too
            self._booking(visit, slot, at + rng.randint(20, 150) * SECOND, refused="booking-limit")

    def _booking(
        self, visit: Visit, slot: datetime, at: datetime, *, refused: str | None = None
    ) -> str:
        rng = visit.rng
        sender = visit.booker or visit.patient.sender
        channel = "counter" if sender != visit.patient.sender else rng.choice(("app", "phone"))
        body = {
            "session_id": str(visit.session.id),
            "slot": slot.isoformat(),
            "patient": visit.patient.body,
            "channel": channel,
            "rebook_if_closed": not visit.notes.get("told", False),
        }
        touches = (visit.clinic.key, visit.patient.key)
        return visit.story.step(at, sender, "book-appointment", body, *touches, refused=refused)

    def try_in_vain(self, visit: Visit, slot: datetime, at: datetime) -> None:
        """The wish before the one that came true: a slot without a seat."""
        self._booking(visit, slot, at, refused="slot-taken")

    def cancel(self, visit: Visit, rng: Random, *, by_clinic: bool) -> None:
        """In good time, or by the clinic."""
        slot, booked = visit.slot, visit.booked_at
        if slot is None or booked is None:
            raise LookupError("only what is booked is cancelled")
        latest = slot - (10 * MINUTE if by_clinic else 2 * HOUR + 5 * MINUTE)
        at = _between(rng, booked + 5 * MINUTE, latest)
        sender = nurse(visit.clinic) if by_clinic else visit.booker or visit.patient.sender
        reason = "clinic" if by_clinic else "patient"
        touches = (visit.clinic.key, visit.patient.key)
        visit.step(at, sender, "cancel-appointment", *touches, reason=reason)

    def move(self, visit: Visit, rng: Random) -> bool:
        """To another slot of the same doctor's day, if there is one; whether it was done."""
        if visit.slot is None or visit.booked_at is None:
            return False
        latest = visit.slot - 2 * HOUR - 10 * MINUTE
        free = [
            (session, slot)
            for session in visit.clinic.open
            for slot in session.free()
            if slot != visit.slot and slot > visit.slot - HOUR and not session.delayed
        ]
        if not free or visit.booked_at + 10 * MINUTE > latest or visit.session.delayed:
            return False
        session, slot = rng.choice(free)
        at = _between(rng, visit.booked_at + 5 * MINUTE, latest)
        session.take(slot)
        where = {"session_id": str(session.id), "slot": slot.isoformat()}
        touches = (visit.clinic.key, visit.patient.key)
        sender = visit.booker or visit.patient.sender
        visit.step(at, sender, "reschedule-appointment", *touches, **where)
        visit.session, visit.slot, visit.moved = session, slot, True
        return True

    def miss(self, visit: Visit, rng: Random, until: Until | None = None) -> datetime:
        """The desk notes that nobody came; when."""
        if visit.slot is None:
            raise LookupError("only what is booked is missed")
        due = visit.slot + visit.session.delayed + 30 * MINUTE
        touches = (visit.clinic.key, visit.patient.key)
        if rng.random() < 0.05:
            early = due - rng.randint(3, 12) * MINUTE
            visit.step(early, nurse(visit.clinic), "mark-no-show", refused="not-due")
        at = due + timedelta(seconds=rng.randint(20, 240))
        body = {"visit_id": visit.story.ref}
        visit.story.step(at, nurse(visit.clinic), "mark-no-show", body, *touches, until=until)
        return at

    # --- the queue -------------------------------------------------------------------------------

    def play(self, clinic: Clinic, comings: Mapping[int, list[Coming]]) -> None:
        """The doctor's sessions one after the other; ``comings`` by the session's place."""
        rng = Random(f"{self.world.seed}:{PROGRAM}:queue:{clinic.room}:{clinic.day}")
        ready = clinic.sessions[0].slots[0]
        for place, session in enumerate(clinic.sessions):
            begins = max(ready, session.slots[0] + session.delayed)
            half = HalfDay(rng, begins, comings.get(place, []))
            for moment in half.moments():
                self._write(self.by_number[moment.who], moment, session)
            ready = half.over + 2 * MINUTE
            session.story.about["over"] = half.over

    def _write(self, visit: Visit, moment: Moment, session: Session) -> None:
        at, clinic = moment.at, visit.clinic
        counter, key, both = nurse(clinic), clinic.key, (clinic.key, visit.patient.key)
        match moment.what:
            case "arrive":
                self._arrive(visit, at)
            case "triage":
                visit.step(at, counter, "triage", key, level=visit.notes["level"])
            case "leave":
                visit.step(at, visit.booker or counter, "leave-queue", *both)
            case "call":
                visit.step(at, counter, "call-patient", key)
                if visit.rng.random() < 0.01:
                    other = health(f"{clinic.doctor.actor}-b")
                    touched = at + 8 * SECOND + ASIDE
                    visit.step(touched, other, "start-consultation", refused="forbidden")
            case "wrong-call" | "busy-call":
                why = "not-next" if moment.what == "wrong-call" else "room-occupied"
                visit.step(at, counter, "call-patient", key, refused=why)
            case "early-close":
                body = {"session_id": str(session.id), "reason": "门诊结束"}
                session.story.step(
                    at, counter, "close-session", body, key, refused="session-occupied"
                )
            case "absent" | "out":
                if visit.rng.random() < 0.2:
                    soon = at - 2 * MINUTE + ASIDE
                    visit.step(soon, counter, "mark-absent", refused="not-due")
                visit.step(at, counter, "mark-absent", *both)
            case "start":
                visit.started = at
                visit.step(at, clinic.doctor, "start-consultation", key)
            case "finish":
                self._finish(visit, at)

    def _arrive(self, visit: Visit, at: datetime) -> None:
        rng, clinic = visit.rng, visit.clinic
        both = (clinic.key, visit.patient.key)
        self.patients.with_archive(rng, visit.patient, at)
        if visit.slot is None:
            given = {"patient": visit.patient.body, "session_id": str(visit.session.id)}
            body: dict[str, Any] = {"walk_in": given}
            visit.begun = visit.story.step(at, nurse(clinic), "check-in-patient", body, *both)
            return
        sender = visit.booker or visit.patient.sender
        booked = visit.booked_at or at
        if rng.random() < 0.008 and booked < at - 2 * DAY:
            before = at - DAY - rng.randint(0, 90) * MINUTE
            visit.step(before, sender, "check-in-patient", refused="wrong-day")
        if rng.random() < 0.01 and booked < visit.slot - 3 * HOUR:
            visit.step(
                visit.slot - rng.randint(50, 110) * MINUTE,
                sender,
                "cancel-appointment",
                refused="too-late",
            )
        body = {"visit_id": visit.story.ref}
        until = visit.notes.get("until")
        visit.story.step(at, sender, "check-in-patient", body, *both, until=until)
        if rng.random() < 0.012:
            again = at + rng.randint(4, 15) * SECOND + ASIDE
            visit.step(again, sender, "check-in-patient", refused="already-waiting")

    def _finish(self, visit: Visit, at: datetime) -> None:
        if visit.started is None:
            raise LookupError("nothing is finished that was not begun")
        clinic, both = visit.clinic, (visit.clinic.key, visit.patient.key)
        treating.consult(visit, visit.started, at)
        if visit.bed is None:
            none = not visit.principal
            visit.step(at, clinic.doctor, "finish-consultation", *both, none_found=none)
            return
        bed: dict[str, Any] = {
            "ward": "3A",
            "bed": visit.bed,
            "barthel": visit.rng.randrange(60, 100, 5),
        }
        taken = LONG_STAY.format(clinic.doctor.actor.split("-")[1])
        of_these_days = clinic.day >= self.world.days[0]
        if of_these_days and clinic.institution == "lihuili" and visit.rng.random() < 0.7:
            full = {**bed, "bed": taken}
            soon = at - 5 * SECOND + ASIDE
            visit.step(soon, clinic.doctor, "admit-patient", refused="bed-taken", **full)
        visit.step(at, clinic.doctor, "admit-patient", *both, f"bed/{visit.bed}", **bed)


# --- when they come --------------------------------------------------------------------------------


def booked_at(rng: Random, slot: datetime) -> datetime:
    """When a slot was booked: at seven on a day before, or on the day itself, or in between."""
    day = slot.date()
    if slot >= local(day, 9 * 3600) and rng.random() < 0.2:
        return local(day, 7 * 3600 + rng.randint(0, 600))
    before = day - rng.choice((1, 1, 1, 2, 2, 3, 4, 5, 6, 7)) * DAY
    if rng.random() < 0.5:
        return local(before, 7 * 3600 + rng.randint(0, 600))
    return local(before, rng.choice(_BOOKING_HOURS) * 3600 + rng.randint(0, 3599))


def coming(visit: Visit, arrives: datetime, *, late: bool = False) -> Coming:
    """How somebody waits, from the visit's own randomness."""
    rng, department = visit.rng, visit.clinic.department
    median = MINUTES_EACH.get(department, 7) * 60
    level = None
    if department is S.EMERGENCY:
        level = rng.choices((1, 2, 3, 4), (3, 14, 48, 35))[0]
    elif rng.random() < 0.25:
        level = rng.choices((2, 3, 4), (2, 18, 80))[0]
    visit.notes["level"] = level
    visit.notes["none_found"] = rng.random() < 0.03
    absent = rng.choices((0, 1, 2), (96.6, 2.8, 0.6))[0]
    patience = rng.randint(25, 70) * MINUTE if rng.random() < 0.05 else None
    return Coming(
        visit.number,
        arrives,
        visit.slot,
        lognormal_seconds(rng, median, 0.45, 25 * 60) + 60,
        late=late,
        level=level,
        absent=absent,
        patience=patience,
    )


def _between(rng: Random, first: datetime, last: datetime) -> datetime:
    """Some instant between two, the first when they are the wrong way round."""
    seconds = max(0, int((last - first).total_seconds()))
    return first + timedelta(seconds=rng.randint(0, seconds))
