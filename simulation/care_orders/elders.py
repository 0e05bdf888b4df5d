"""The elders: who they are, what they can still do, and what care they agree to.

How able somebody is is drawn for the mode of care; points are lost item by item, so that no two
assessments look alike. Plans follow the grade: the same services on the same days of the week, each
line with room for two more a week.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random
from types import MappingProxyType
from typing import Any

from domain.care_orders import Mode
from domain.care_orders.assessment import MOST_POINTS, Diagnosis, Grade, Incidents, scheme_on
from domain.care_orders.services import (
    SERVICES,
    SubsidyKind,
    Wanted,
    plan_of,
    rate_on,
)
from simulation import people
from simulation.care_orders.houses import NURSE, PROGRAM, THERAPIST, place_in, someone
from simulation.programme import World

ROOM = 2
"""So many more times a week than the plan's days, for visits that are moved."""

_TOTALS: Mapping[Mode, tuple[tuple[int, int, float], ...]] = MappingProxyType(
    {
        Mode.INSTITUTION: ((0, 29, 34), (30, 45, 40), (46, 58, 26)),
        Mode.DAY_CARE: ((32, 45, 22), (46, 65, 40), (66, 89, 32), (90, 90, 6)),
        Mode.HOME: ((8, 29, 8), (30, 45, 22), (46, 65, 40), (66, 89, 26), (90, 90, 4)),
    }
)
"""From, to, percent: what an assessment of somebody who asks for the mode comes to."""


@dataclass(frozen=True, slots=True)
class Ability:
    """What two assessors find."""

    scores: Mapping[str, int]
    diagnoses: tuple[Diagnosis, ...]
    falls: int

    def grade(self, day: date) -> Grade:
        """As the standard has it."""
        found = frozenset(self.diagnoses)
        return scheme_on(day).grade(self.scores, found, Incidents(falls=self.falls))


def ability(rng: Random, mode: Mode) -> Ability:
    """Of somebody who asks for care in a mode."""
    ranges = _TOTALS[mode]
    least, most, _ = rng.choices(ranges, [share for _, _, share in ranges])[0]
    scores = dict(MOST_POINTS)
    for _ in range(sum(scores.values()) - rng.randint(least, most)):
        item = rng.choice([item for item, points in scores.items() if points])
        scores[item] -= 1
    demented = rng.random() < (0.22 if mode is Mode.INSTITUTION else 0.06)
    falls = rng.choices((0, 1, 2, 3), (80, 13, 5, 2))[0]
    return Ability(scores, (Diagnosis.DEMENTIA,) if demented else (), falls)


# --- what is agreed ----------------------------------------------------------------------------

Service = tuple[str, int]
"""Code and minutes."""

Bundle = tuple[Service, ...]
"""What is done in one visit."""


@dataclass(frozen=True, slots=True)
class Care:
    """What an elder gets: on which days of the week (1 is Monday), in which visits of a day."""

    mode: Mode
    weekdays: tuple[int, ...]
    bundles: tuple[Bundle, ...]
    subsidy_kind: SubsidyKind
    price_fen: int

    @property
    def items(self) -> list[dict[str, Any]]:
        """Lines of the plan, as a body has them."""
        times = len(self.weekdays) + ROOM
        return [
            {"code": code, "minutes": minutes, "times_per_week": times}
            for bundle in self.bundles
            for code, minutes in bundle
        ]

    def proposal(self) -> dict[str, Any]:
        """The body of a proposal, without the order's id."""
        return {
            "mode": self.mode,
            "items": self.items,
            "price_fen": self.price_fen,
            "subsidy_kind": self.subsidy_kind,
            "weekdays": list(self.weekdays) if self.mode is Mode.DAY_CARE else [],
        }


def needs(bundle: Bundle) -> frozenset[str]:
    """Qualifications beyond those that every carer has."""
    return frozenset({SERVICES[code].qualification for code, _ in bundle} & {NURSE, THERAPIST})


def minutes_of(bundle: Bundle) -> int:
    """How long it takes; whole quarter hours."""
    return sum(minutes for _, minutes in bundle)


_HOUSEHOLD = (
    (("cleaning", 30), ("laundry", 15)),
    (("cleaning", 30), ("companionship", 15)),
    (("shopping", 30), ("companionship", 15)),
)
_WASH_SHORT: Bundle = (("bathing-help", 30), ("dressing-help", 15))
_WASH: Bundle = (("bathing-help", 45), ("dressing-help", 15))
_MEAL: Bundle = (("eating-help", 30),)
_MEAL_AND_MEDICINE: Bundle = (("eating-help", 30), ("medication", 15))
_EXERCISE: Bundle = (("exercise", 30),)
_NOON: Bundle = (("toilet-help", 30), ("turning", 15))
_DAY: Bundle = (("day-programme", 90), ("eating-help", 30))
_STAY: Bundle = (("stay", 120),)
_EVERY_DAY = (1, 2, 3, 4, 5, 6, 7)


def _home_bundles(rng: Random, grade: Grade) -> tuple[tuple[int, ...], tuple[Bundle, ...]]:
    if grade is Grade.INTACT:
        return tuple(sorted(rng.sample(range(1, 6), 2))), (rng.choice(_HOUSEHOLD),)
    if grade is Grade.MILD:
        days = rng.choice(((1, 3, 5), (2, 4, 6), (1, 3, 5), (1, 2, 4)))
        return days, (rng.choice(_HOUSEHOLD),)
    if grade is Grade.MODERATE:
        return (1, 2, 3, 4, 5), (_WASH_SHORT, rng.choice((_MEAL, _MEAL, _EXERCISE)))
    if grade is Grade.SEVERE:
        return _EVERY_DAY, (_WASH, _MEAL_AND_MEDICINE)
    return _EVERY_DAY, (_WASH, _NOON, _MEAL_AND_MEDICINE)


def care_for(rng: Random, mode: Mode, grade: Grade, day: date) -> Care:
    """What is proposed on a day to somebody of this grade."""
    if mode is Mode.HOME:
        weekdays, bundles = _home_bundles(rng, grade)
    elif mode is Mode.DAY_CARE:
        weekdays, bundles = rng.choice(((1, 2, 3, 4, 5), (1, 3, 5), (1, 2, 3, 4, 5))), (_DAY,)
    else:
        weekdays, bundles = _EVERY_DAY, (_STAY,)
    kind = SubsidyKind(mode.value)
    rate = rate_on(kind, day)
    if rate is None or not rate.shares_ppm[grade]:
        kind = SubsidyKind.NONE
    wanted = [
        Wanted(code=code, minutes=minutes, times_per_week=len(weekdays) + ROOM)
        for bundle in bundles
        for code, minutes in bundle
    ]
    plan = plan_of(mode, wanted, weekdays=(), subsidy_kind=kind, grade=grade, day=day)
    return Care(mode, weekdays, bundles, kind, plan.price_fen)


# --- who they are ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Elder:
    """Somebody who is cared for; ``tag`` is what hangs in the home, if anything."""

    person: people.Person
    relative: people.Person
    address: Mapping[str, str]
    point: dict[str, float]
    tag: str | None

    def request(self, mode: Mode, consent: str | None) -> dict[str, Any]:
        """The body of a request, without the order's id."""
        return {
            "elder": {"name": self.person.name, "resident_id": self.person.resident_id},
            "mode": mode,
            "address": dict(self.address),
            "location": self.point,
            "emergency_contact": {"name": self.relative.name, "phone": self.relative.mobile},
            **({"home_tag": self.tag} if self.tag else {}),
            **({"consent_id": consent} if consent else {}),
        }


def elder(world: World, rng: Random, n: int, district: str, ages: Sequence[float]) -> Elder:
    """The ``n``-th elder of the run, between two ages in years; names and doors are the run's."""
    own = Random(f"{world.run}:{PROGRAM}:elder:{n}")
    return Elder(
        someone(own, world, (ages[0], ages[1])),
        people.person(own, world.days[0]),
        people.address(own, district),
        place_in(rng, district),
        f"NB-TAG-{n:05d}" if rng.random() < 0.3 else None,
    )
