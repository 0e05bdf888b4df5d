"""Joint measures for tests: each builder is a step about the process of 甬江's entry, ``c.ENTRY``.

The tax office's list has four measures, each of one department, and ``OFFICERS`` has somebody of
each.
"""

from datetime import datetime
from uuid import UUID

from commands.base import Caller, Role
from commands.credit_consequence import (
    BeginConsequence,
    ConfirmLifting,
    ConfirmMeasure,
    LiftMeasures,
    RecordRemoval,
)
from domain.credit_consequence import consequence_id
from domain.credit_records import Colour
from domain.credit_records.lists import LISTS
from domain.credit_records.states import DelistingReason
from tests import credits as c
from tests.scenario import HUIMIN, Step, caller, shanghai

LIST = "major-tax-violations"
CONSEQUENCE = consequence_id(c.ENTRY)
MEASURES = {
    "no-procurement": "finance",
    "no-land": "natural-resources",
    "customs-inspection": "customs",
    "no-honours": "civil-affairs",
}
"""Measure → the department that applies it, in their order."""

OFFICERS: dict[str, Caller] = {
    department: caller(f"officer-{department}", Role.OFFICER, department=department)
    for department in MEASURES.values()
}

DELISTED_AT = shanghai("2026-03-12T09:00")


def begun(*, listed_at: datetime = c.PLEA_OVER, at: datetime | None = None) -> Step:
    """甬江's entry has a process."""
    command = BeginConsequence(
        record_id=c.ENTRY,
        subject=c.USCC,
        list=LIST,
        colour=Colour.BLACK,
        source="tax",
        measures=LISTS[LIST].measured(),
        listed_at=listed_at,
    )
    return Step(command, HUIMIN, at)


def confirmed(
    measure: str,
    *,
    by: Caller | None = None,
    at: datetime | None = None,
    consequence: UUID = CONSEQUENCE,
) -> Step:
    """The department applies the measure."""
    command = ConfirmMeasure(consequence_id=consequence, measure=measure)
    return Step(command, by or OFFICERS[MEASURES[measure]], at)


def lifted(
    *, reason: DelistingReason = DelistingReason.BY_KEEPER, delisted_at: datetime = DELISTED_AT
) -> Step:
    """The process hears that the entry ended."""
    command = LiftMeasures(consequence_id=CONSEQUENCE, reason=reason, delisted_at=delisted_at)
    return Step(command, HUIMIN)


def lifting_confirmed(
    measure: str, *, by: Caller | None = None, consequence: UUID = CONSEQUENCE
) -> Step:
    """The department applies the measure no longer."""
    command = ConfirmLifting(consequence_id=consequence, measure=measure)
    return Step(command, by or OFFICERS[MEASURES[measure]])


def removed(department: str) -> Step:
    """The process hears that a department has taken the record away."""
    return Step(RecordRemoval(consequence_id=CONSEQUENCE, department=department), HUIMIN)


OFF_THE_LIST = c.delisted(record=c.ENTRY, at=DELISTED_AT)
"""The tax office takes 甬江 off its list."""

OPEN = (*c.LISTED, begun())
DONE = (*OPEN, *(confirmed(measure) for measure in MEASURES))
LIFTING = (
    *OPEN,
    confirmed("no-land"),
    confirmed("no-procurement"),
    OFF_THE_LIST,
    lifted(),
)
"""Two measures were in flight, two are to be lifted."""

LIFTED = (*OPEN, OFF_THE_LIST, lifted())
