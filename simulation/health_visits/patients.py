"""The people who come, and their health archives, which centres keep.

Of a hundred, ninety-eight have an archive: most since the campaign that went before the first day,
some since they first came. What a doctor has to name with a prescription, the version of the
archive, is counted here as the domain counts it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from random import Random
from typing import Any

from commands.base import Role
from domain.shared.identifiers import (
    age_on,
    make_resident_id,
    resident_id_birthdate,
    resident_id_sex,
)
from simulation import people
from simulation.health_visits.clinics import CENTRES, health, token_of
from simulation.health_visits.story import MINUTE, PROGRAM, SECOND, Story
from simulation.matters import Ref, Sender
from simulation.office import local
from simulation.programme import World

CAMPAIGN = timedelta(days=10)
"""So long before the first day the centres opened archives for those who had none."""

WITH_ARCHIVE, NEW_ON_THE_DAY = 0.93, 0.05

ALLERGENS = ("penicillins", "cephalosporins", "sulfonamides", "nsaids", "seafood", "pollen")
LONG_TERM = ("I10", "E11.9", "E78.5", "J45.9", "I25.1")
VACCINES = ("流感疫苗", "新冠病毒疫苗", "23价肺炎球菌多糖疫苗", "带状疱疹疫苗")


@dataclass(slots=True)
class Patient:
    """Somebody. ``archive`` is None for those without; ``version`` is its content's."""

    number: int
    person: people.Person
    sender: Sender
    centre: str
    archive: Story | None = None
    version: int = 0
    allergies: set[str] = field(default_factory=set)
    conditions: list[str] = field(default_factory=list)
    treatment: str | None = None
    """Labels the consent to treatment, if there is one."""

    @property
    def key(self) -> str:
        """By it steps that touch the person's bookings and archive are tied to one another."""
        return f"patient/{self.number}"

    @property
    def sex(self) -> str:
        """As the number says."""
        return resident_id_sex(self.person.resident_id)

    def age(self, day: date) -> int:
        """Full years."""
        return age_on(resident_id_birthdate(self.person.resident_id), day)

    @property
    def body(self) -> dict[str, str]:
        """As a command names the person."""
        return {
            "name": self.person.name,
            "resident_id": self.person.resident_id,
            "mobile": self.person.mobile,
        }

    @property
    def archive_ref(self) -> Ref:
        """The archive's id. Raises LookupError for somebody without."""
        if self.archive is None:
            raise LookupError("this person has no archive")
        return self.archive.ref

    def on_archive(
        self,
        at: datetime,
        sender: Sender,
        command: str,
        *,
        refused: str | None = None,
        moves: bool = False,
        **fields: Any,
    ) -> str:
        """A step on the archive; ``moves`` for what a doctor has to know before prescribing."""
        if self.archive is None:
            raise LookupError("this person has no archive")
        self.version += moves and refused is None
        body = {"archive_id": self.archive_ref, **fields}
        return self.archive.step(at, sender, command, body, self.key, refused=refused)


def counter(centre: str) -> Sender:
    """Who keeps archives at a centre."""
    return health(f"records-{centre}")


class Patients:
    """Draws people of whom nobody else has the number."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._token = token_of(world)
        self._known: set[str] = set()
        self._numbers = count(1)
        self._campaign = local(world.days[0], 9 * 3600) - CAMPAIGN
        self.all: list[Patient] = []

    def new(self, rng: Random, ages: tuple[int, int] = (18, 92), sex: str | None = None) -> Patient:
        """Somebody of an age and a sex, still without an archive."""
        number = next(self._numbers)
        name = f"{self._world.run}:{PROGRAM}:patient:{number}"
        person = _person(Random(name), self._world.days[0], rng.randint(*ages), sex)
        while person.resident_id in self._known:
            name += "'"
            person = _person(Random(name), self._world.days[0], rng.randint(*ages), sex)
        self._known.add(person.resident_id)
        sender = Sender(f"citizen-{self._token}-{number}", Role.CITIZEN)
        found = Patient(number, person, sender, rng.choice(CENTRES))
        self.all.append(found)
        return found

    def with_archive(self, rng: Random, patient: Patient, comes: datetime) -> None:
        """Opens an archive for most, in the campaign or before they come on their day."""
        drawn = rng.random()
        if drawn < WITH_ARCHIVE:
            self.open(rng, patient, self._campaign + patient.number * 4 * SECOND)
        elif drawn < WITH_ARCHIVE + NEW_ON_THE_DAY:
            self.open(rng, patient, comes - rng.randint(6, 15) * MINUTE)

    def open(self, rng: Random, patient: Patient, at: datetime) -> None:
        """The archive with what was known of the patient when it was opened."""
        archive = patient.archive = Story(
            f"{PROGRAM}/archive/{patient.number}", None, {"centre": patient.centre}
        )
        at = at.replace(microsecond=0)
        sender = counter(patient.centre)
        body = {"patient": patient.body, "centre": patient.centre}
        archive.step(at, sender, "open-archive", body, patient.key)
        patient.version = 1
        for command, fields in _known_of(rng, patient, at.date()):
            at += timedelta(seconds=rng.randint(20, 50))
            moves = command != "record-vaccination"
            patient.on_archive(at, sender, command, moves=moves, **fields)
        if rng.random() < 0.35:
            at += timedelta(seconds=rng.randint(20, 50))
            terms: dict[str, Any] = {"purpose": "treatment", "recipient": "any"}
            patient.treatment = patient.on_archive(at, sender, "give-consent", **terms)
        if rng.random() < 0.012:
            # another centre did not look whether there is one
            centre = rng.choice(CENTRES)
            other = {"patient": patient.body, "centre": centre}
            at += rng.randint(2, 9) * MINUTE
            archive.step(at, counter(centre), "open-archive", other, refused="archive-exists")


def _known_of(rng: Random, patient: Patient, day: date) -> Iterator[tuple[str, dict[str, Any]]]:
    if rng.random() < 0.11:
        substance = rng.choice(ALLERGENS)
        patient.allergies.add(substance)
        severity = rng.choice(("mild", "moderate", "severe"))
        yield "record-allergy", {"substance": substance, "severity": severity}
    if patient.age(day) >= 50 and rng.random() < 0.4:
        code = rng.choice(LONG_TERM)
        patient.conditions.append(code)
        yield "record-condition", {"icd10": code}
    if rng.random() < 0.1:
        given = day - timedelta(days=rng.randint(5, 400))
        dose = {"vaccine": rng.choice(VACCINES), "lot": f"L{rng.randint(10_000, 99_999)}"}
        yield "record-vaccination", {**dose, "given_on": given.isoformat()}


def _person(rng: Random, today: date, age: int, sex: str | None) -> people.Person:
    """Like one of the city's, of another age: the number is made anew."""
    wanted = sex or rng.choice(("male", "female"))
    person = people.person(rng, today, oldest=60)
    while resident_id_sex(person.resident_id) != wanted:
        person = people.person(rng, today, oldest=60)
    born = today - timedelta(days=age * 366 + rng.randrange(1, 330))
    number = make_resident_id(person.resident_id[:6], born, int(person.resident_id[14:17]))
    return people.Person(person.name, number, person.mobile)
