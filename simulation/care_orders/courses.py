"""How visits go, and how often: most as planned, some late, some not at all, some refused first."""

from collections.abc import Mapping
from enum import StrEnum
from random import Random


class Course(StrEnum):
    """How a visit goes; ``PLAIN`` for most."""

    PLAIN = "plain"
    LATE = "late"
    OFFLINE = "offline"
    UPLOADED_LATE = "uploaded-late"
    ARRIVED_LATE = "arrived-late"
    REACHED = "reached"
    FOUND_AT_DOOR = "found-at-door"
    STILL_MISSED = "still-missed"
    CANCELLED = "cancelled"
    REPLACED = "replaced"
    CALLED_OFF_TOO_LATE = "called-off-too-late"
    TOO_FAR = "too-far"
    WRONG_TAG = "wrong-tag"
    TOO_EARLY = "too-early"
    TOO_LATE = "too-late"
    WRONG_CARER = "wrong-carer"
    SKEWED = "skewed"
    FORGOTTEN = "forgotten"
    MORE_THAN_PLANNED = "more-than-planned"
    ENDED_BEFORE = "ended-before"
    DISPUTED = "disputed"
    OWN_EYES = "own-eyes"
    CARER_BUSY = "carer-busy"
    ELDER_BUSY = "elder-busy"
    UNQUALIFIED = "unqualified"
    UNKNOWN_CARER = "unknown-carer"
    NOT_IN_PLAN = "not-in-plan"
    TOO_LONG = "too-long"


SHARES: Mapping[Course, float] = {
    Course.PLAIN: 74,
    Course.LATE: 3.5,
    Course.OFFLINE: 2.5,
    Course.UPLOADED_LATE: 0.9,
    Course.ARRIVED_LATE: 0.9,
    Course.REACHED: 1.1,
    Course.FOUND_AT_DOOR: 0.5,
    Course.STILL_MISSED: 0.3,
    Course.CANCELLED: 2.6,
    Course.REPLACED: 2.6,
    Course.CALLED_OFF_TOO_LATE: 0.5,
    Course.TOO_FAR: 1.2,
    Course.WRONG_TAG: 0.7,
    Course.TOO_EARLY: 0.7,
    Course.TOO_LATE: 0.4,
    Course.WRONG_CARER: 0.6,
    Course.SKEWED: 0.8,
    Course.FORGOTTEN: 1,
    Course.MORE_THAN_PLANNED: 0.6,
    Course.ENDED_BEFORE: 0.3,
    Course.DISPUTED: 1.4,
    Course.OWN_EYES: 0.6,
    Course.CARER_BUSY: 0.9,
    Course.ELDER_BUSY: 0.6,
    Course.UNQUALIFIED: 0.5,
    Course.UNKNOWN_CARER: 0.3,
    Course.NOT_IN_PLAN: 0.5,
    Course.TOO_LONG: 0.4,
}
"""Percent of the visits."""

SECOND_CARER = (Course.REPLACED, Course.ELDER_BUSY, Course.WRONG_CARER)
"""Courses for which another carer has to be free at that time."""

MISSED = (
    Course.UPLOADED_LATE,
    Course.ARRIVED_LATE,
    Course.REACHED,
    Course.FOUND_AT_DOOR,
    Course.STILL_MISSED,
    Course.TOO_LATE,
)


def course_of(rng: Random) -> Course:
    """By its share."""
    return rng.choices(list(SHARES), list(SHARES.values()))[0]
