"""Where people are treated: doctors' days at hospitals and community centres, with rooms and slots.

Doctors are of one run, so that a further run on the same instance opens sessions of its own. The
shares of the houses are estimates from their size.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

from commands.base import Role
from domain.health_visits.institutions import INSTITUTIONS, Specialty
from domain.health_visits.values import Half, session_id
from simulation.health_visits.story import MINUTE, PROGRAM, SECOND, Story
from simulation.matters import Sender
from simulation.office import local
from simulation.programme import World

S = Specialty
HALF_AN_HOUR = 30 * MINUTE
SEATS = 3
OPENED_BEFORE = timedelta(days=20)
"""Sessions are published nearly three weeks ahead; they can be booked for the last two."""

CENTRES = tuple(code for code in INSTITUTIONS if code.startswith("centre-"))
HOSPITALS = ("hospital-1", "hospital-2", "lihuili", "hospital-9")

_POSTS: dict[tuple[str, Specialty], float] = {
    **{
        (hospital, department): weight
        for hospital in HOSPITALS
        for department, weight in (
            (S.INTERNAL, 4.0),
            (S.CARDIOLOGY, 2.5),
            (S.SURGERY, 2.0),
            (S.ORTHOPAEDICS, 2.0),
            (S.OPHTHALMOLOGY, 1.5),
            (S.EMERGENCY, 2.0),
        )
    },
    ("women-children", S.PAEDIATRICS): 8.0,
    ("women-children", S.OBSTETRICS): 6.0,
    ("kangning", S.PSYCHIATRY): 4.0,
    ("chinese-medicine", S.CHINESE_MEDICINE): 5.0,
    ("rehabilitation", S.REHABILITATION): 3.0,
    ("cdc", S.INFECTIOUS): 1.0,
    **{(centre, S.GENERAL_PRACTICE): 0.55 for centre in CENTRES},
    **{(centre, S.CHINESE_MEDICINE): 0.1 for centre in CENTRES},
}
"""Doctors' days by institution and department, relatively: four in ten are at the centres."""

FIRST_POSTS = (
    ("hospital-1", S.INTERNAL, (Half.MORNING,)),
    ("lihuili", S.EMERGENCY, (Half.MORNING,)),
    ("centre-330203-01", S.GENERAL_PRACTICE, tuple(Half)),
)
"""There on each day, however small the city is played."""

HOURS = {Half.MORNING: (8 * 60, 7), Half.AFTERNOON: (13 * 60 + 30, 6)}
"""Minute of the day at which the first slot begins, and how many half hours follow."""


@dataclass(slots=True)
class Session:
    """A doctor's half-day. ``taken`` counts how often each slot was given to somebody; a seat that
    comes back is not given again here, so no slot is ever asked for too much."""

    id: UUID
    half: Half
    seats: int
    slots: tuple[datetime, ...]
    story: Story
    key: str
    taken: dict[datetime, int] = field(default_factory=dict)
    delayed: timedelta = timedelta(0)
    closed: bool = False

    def free(self) -> list[datetime]:
        """Slots in which the plan has a seat left."""
        return [slot for slot in self.slots if self.taken.get(slot, 0) < self.seats]

    def take(self, slot: datetime) -> None:
        """Gives a seat to somebody."""
        self.taken[slot] = self.taken.get(slot, 0) + 1


@dataclass(slots=True)
class Clinic:
    """One doctor's day at a house."""

    doctor: Sender
    institution: str
    department: Specialty
    day: date
    room: str
    sessions: tuple[Session, ...]

    @property
    def key(self) -> str:
        """By it steps that touch the doctor's day are tied to one another."""
        return f"doctor/{self.doctor.actor}/{self.day}"

    @property
    def open(self) -> list[Session]:
        """Those of its sessions that are held."""
        return [session for session in self.sessions if not session.closed]


def health(actor: str) -> Sender:
    """Somebody who works in the health system."""
    return Sender(actor, Role.OFFICER, "health")


def nurse(clinic: Clinic) -> Sender:
    """At the counter of the department."""
    return health(f"nurse-{clinic.institution}-{clinic.department}")


def laboratory(clinic: Clinic) -> Sender:
    """Of the institution."""
    return health(f"laboratory-{clinic.institution}")


def token_of(world: World, size: int = 4) -> str:
    """What names of this run have of their own."""
    return hashlib.blake2b(f"{world.run}:{PROGRAM}".encode(), digest_size=size).hexdigest()


class Clinics:
    """Opens doctors' days, each with a doctor of its own."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._token = token_of(world)
        self._rng = Random(f"{world.seed}:{PROGRAM}:clinics")
        self._posts = list(_POSTS)
        self._weights = list(_POSTS.values())
        self.opened: list[Clinic] = []

    def day(self, day: date) -> Iterator[Clinic]:
        """Doctors' days of a day, as many as one asks for."""
        for institution, department, halves in FIRST_POSTS:
            yield self.open(institution, department, day, halves=halves)
        while True:
            institution, department = self._rng.choices(self._posts, self._weights)[0]
            yield self.open(institution, department, day)

    def open(
        self,
        institution: str,
        department: Specialty,
        day: date,
        *,
        halves: tuple[Half, ...] | None = None,
        at: datetime | None = None,
    ) -> Clinic:
        """A new doctor's day, published at ``at``."""
        rng, number = self._rng, len(self.opened) + 1
        doctor = health(f"doctor-{self._token}-{number:04d}")
        if halves is None:
            halves = tuple(Half) if rng.random() < 0.8 else (Half.MORNING,)
        room = f"{rng.randint(1, 6)}{rng.randint(1, 28):02d}"
        seats = 1 if department is S.EMERGENCY else SEATS
        published = at or local(day, 8 * 3600) - OPENED_BEFORE + number * SECOND * 2
        sessions = tuple(
            _session(doctor, institution, department, day, room, half, seats, published)
            for half in halves
        )
        clinic = Clinic(doctor, institution, department, day, room, sessions)
        self.opened.append(clinic)
        return clinic


def _session(
    doctor: Sender,
    institution: str,
    department: Specialty,
    day: date,
    room: str,
    half: Half,
    seats: int,
    at: datetime,
) -> Session:
    first, count = HOURS[half]
    slots = tuple(local(day, first * 60) + n * HALF_AN_HOUR for n in range(count))
    id = session_id(doctor.actor, day, half)
    key = f"doctor/{doctor.actor}/{day}"
    story = Story(
        f"{PROGRAM}/session/{doctor.actor}/{day}/{half}",
        id,
        {"institution": institution, "department": str(department), "day": day.isoformat()},
    )
    body = {
        "institution": institution,
        "department": department,
        "doctor": doctor.actor,
        "day": day.isoformat(),
        "half": half,
        "room": room,
        "slots": [{"at": slot.isoformat(), "seats": seats} for slot in slots],
    }
    sender = health(f"planning-{institution}")
    begun = at if half is Half.MORNING else at + SECOND
    story.step(begun, sender, "open-session", body, key)
    return Session(id, half, seats, slots, story, key)
