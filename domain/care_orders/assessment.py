"""The ability assessment of GB/T 42195-2022: 26 items in four groups, 90 points, five grades.

The grade is computed here and never sent. What may surprise: fewer points are worse, and a higher
grade is worse. The table is configuration: dated, so that an old assessment keeps its own. Groups
and total are the standard's; how the points of a group lie on its items is to be compared with the
standard's annex when a new table is entered.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import IntEnum, StrEnum
from types import MappingProxyType

from domain.care_orders.people import Value


class Grade(IntEnum):
    """How much ability is lost."""

    INTACT = 0
    MILD = 1
    MODERATE = 2
    SEVERE = 3
    COMPLETE = 4


class Diagnosis(StrEnum):
    """Diagnoses that move the grade."""

    DEMENTIA = "dementia"
    MENTAL_DISORDER = "mental-disorder"
    COMA = "coma"


class Incidents(Value):
    """What happened in the 30 days before, counted."""

    falls: int = 0
    chokings: int = 0
    self_harm: int = 0
    wanderings: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.falls + self.chokings + self.self_harm + self.wanderings


@dataclass(frozen=True, slots=True)
class Scheme:
    """A table in force from a day on: the most points of each item by group, the least of a grade.

    ``least`` holds for grades 0 to 3 the fewest points that still give it.
    """

    since: date
    groups: Mapping[str, Mapping[str, int]]
    least: tuple[int, int, int, int]
    incidents_that_worsen: int

    @property
    def most(self) -> Mapping[str, int]:
        """The most points of each item, all groups together."""
        return {item: points for group in self.groups.values() for item, points in group.items()}

    def grade(
        self, scores: Mapping[str, int], diagnoses: frozenset[Diagnosis], incidents: Incidents
    ) -> Grade:
        """The grade of these findings; ``scores`` has every item, within its maximum."""
        if Diagnosis.COMA in diagnoses:
            return Grade.COMPLETE
        total = sum(scores.values())
        grade = next((g for g, least in enumerate(self.least) if total >= least), Grade.COMPLETE)
        worse = bool(diagnoses) or incidents.total >= self.incidents_that_worsen
        return Grade(min(grade + worse, Grade.COMPLETE))


_GBT_42195 = Scheme(
    since=date(2022, 12, 30),
    groups=MappingProxyType(
        {
            "self-care": {
                "eating": 4,
                "grooming": 4,
                "bathing": 4,
                "dressing-upper": 4,
                "dressing-lower": 4,
                "urination": 4,
                "defecation": 4,
                "toileting": 4,
            },
            "motor": {"turning-in-bed": 4, "transfer": 4, "walking": 4, "stairs": 4},
            "mental": {
                "time": 4,
                "place": 4,
                "persons": 4,
                "memory": 4,
                "understanding": 4,
                "expression": 4,
                "aggression": 1,
                "depression": 1,
                "consciousness": 2,
            },
            "senses-and-social": {
                "sight": 2,
                "hearing": 2,
                "daily-affairs": 4,
                "transport": 2,
                "social-contact": 4,
            },
        }
    ),
    least=(90, 66, 46, 30),
    incidents_that_worsen=2,
)

SCHEMES: tuple[Scheme, ...] = (_GBT_42195,)
"""Tables by the day from which they hold, the oldest first."""

MOST_POINTS: Mapping[str, int] = MappingProxyType(dict(SCHEMES[-1].most))
"""The most points of each item in the newest table."""


def scheme_on(day: date) -> Scheme:
    """The table in force on a day; before the first one, the first."""
    return next((s for s in reversed(SCHEMES) if s.since <= day), SCHEMES[0])
