"""Joint measures: which waits for which department, since when, and what is late."""

from datetime import datetime
from typing import Annotated, TypeAlias
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from domain.credit_consequence import CreditConsequence, Standing, State
from domain.credit_records.identities import SubjectKey
from domain.credit_records.lists import ListCode
from domain.credit_records.states import Colour, DelistingReason
from domain.shared.departments import DepartmentCode
from projections.base import Index, Row, fold

Moved: TypeAlias = (
    CreditConsequence.MeasureOrdered
    | CreditConsequence.MeasureConfirmed
    | CreditConsequence.MeasureCalledOff
    | CreditConsequence.LiftingOrdered
    | CreditConsequence.MeasureLifted
)

STANDINGS: dict[type[Moved], Standing] = {
    CreditConsequence.MeasureOrdered: Standing.AWAITED,
    CreditConsequence.MeasureConfirmed: Standing.CONFIRMED,
    CreditConsequence.MeasureCalledOff: Standing.CALLED_OFF,
    CreditConsequence.LiftingOrdered: Standing.TO_LIFT,
    CreditConsequence.MeasureLifted: Standing.LIFTED,
}
"""What each event makes of its measure."""

WAITING = (Standing.AWAITED, Standing.TO_LIFT)


class MeasureAt(BaseModel):
    """A measure at a department, and since when it stands so."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    measure: str
    department: DepartmentCode
    standing: Standing
    since: datetime


class CreditConsequences(Row, key="consequence_id", main=True):
    """One line per entry on a list. ``waits_for`` are the departments that have yet to speak.

    ``due_at``: by when, to confirm or to lift; None when nobody is waited for. ``late`` and
    ``escalated`` are about that limit.
    """

    consequence_id: UUID
    record_id: Annotated[UUID, Index]
    subject: Annotated[SubjectKey, Index]
    list: Annotated[ListCode, Index]
    colour: Annotated[Colour, Index]
    source: DepartmentCode
    state: Annotated[State, Index] = State.OPEN
    begun_at: datetime
    due_at: Annotated[datetime | None, Index] = None
    late: Annotated[bool, Index] = False
    escalated: Annotated[bool, Index] = False
    waits_for: tuple[DepartmentCode, ...] = ()
    measures: tuple[MeasureAt, ...] = ()
    completed_at: datetime | None = None
    delisted_because: DelistingReason | None = None


@fold(CreditConsequences)
def begun(row: None, e: CreditConsequence.ConsequenceBegun) -> CreditConsequences:
    return CreditConsequences(
        consequence_id=e.id,
        record_id=e.record_id,
        subject=e.subject,
        list=e.list,
        colour=e.colour,
        source=e.source,
        begun_at=e.at,
        due_at=e.clocks[-1].due_at,
    )


@fold(CreditConsequences)
def begun_again(
    row: CreditConsequences, e: CreditConsequence.ConsequenceBegunAgain
) -> CreditConsequences:
    return row.replace(
        state=State.OPEN,
        begun_at=e.at,
        due_at=e.clocks[-1].due_at,
        late=False,
        escalated=False,
        waits_for=(),
        measures=(),
        completed_at=None,
        delisted_because=None,
    )


@fold(CreditConsequences)
def moved(row: CreditConsequences, e: Moved) -> CreditConsequences:
    now = MeasureAt(
        measure=e.measure, department=e.department, standing=STANDINGS[type(e)], since=e.at
    )
    before = [m for m in row.measures if (m.measure, m.department) != (e.measure, e.department)]
    measures = (*before, now)
    waits_for = dict.fromkeys(m.department for m in measures if m.standing in WAITING)
    return row.replace(measures=measures, waits_for=tuple(waits_for))


@fold(CreditConsequences)
def completed(
    row: CreditConsequences, e: CreditConsequence.ConsequenceCompleted
) -> CreditConsequences:
    return row.replace(state=State.DONE, due_at=None, completed_at=e.at)


@fold(CreditConsequences)
def lifting_begun(row: CreditConsequences, e: CreditConsequence.LiftingBegun) -> CreditConsequences:
    return row.replace(
        state=State.LIFTING,
        due_at=e.clocks[-1].due_at,
        late=False,
        escalated=False,
        delisted_because=e.reason,
    )


@fold(CreditConsequences)
def lifting_completed(
    row: CreditConsequences, e: CreditConsequence.LiftingCompleted
) -> CreditConsequences:
    return row.replace(state=State.LIFTED, due_at=None)


@fold(CreditConsequences)
def limit_near(row: CreditConsequences, e: CreditConsequence.ClockWarned) -> CreditConsequences:
    return row


@fold(CreditConsequences)
def limit_passed(row: CreditConsequences, e: CreditConsequence.ClockBreached) -> CreditConsequences:
    return row.replace(late=True)


@fold(CreditConsequences)
def limit_escalated(
    row: CreditConsequences, e: CreditConsequence.ClockEscalated
) -> CreditConsequences:
    return row.replace(escalated=True)


class JointMeasures(Row, key=("consequence_id", "measure", "department")):
    """One line per measure and department: what a department has to do, and by when.

    ``due_at`` is None for what waits for nobody; what waits and is past it is late.
    """

    consequence_id: UUID
    measure: Annotated[str, Index]
    department: Annotated[DepartmentCode, Index]
    subject: Annotated[SubjectKey, Index]
    list: Annotated[ListCode, Index]
    standing: Annotated[Standing, Index]
    since: datetime
    due_at: Annotated[datetime | None, Index] = None


def at_department(e: Moved) -> tuple[UUID, str, str]:
    """Key of a measure at a department."""
    return e.id, e.measure, e.department


@fold(JointMeasures, key=at_department)
def ordered(row: JointMeasures | None, e: CreditConsequence.MeasureOrdered) -> JointMeasures:
    return JointMeasures(
        consequence_id=e.id,
        measure=e.measure,
        department=e.department,
        subject=e.subject,
        list=e.list,
        standing=Standing.AWAITED,
        since=e.at,
        due_at=e.due_at,
    )


@fold(JointMeasures, key=at_department)
def settled(
    row: JointMeasures,
    e: CreditConsequence.MeasureConfirmed
    | CreditConsequence.MeasureCalledOff
    | CreditConsequence.MeasureLifted,
) -> JointMeasures:
    return row.replace(standing=STANDINGS[type(e)], since=e.at, due_at=None)


@fold(JointMeasures, key=at_department)
def to_lift(row: JointMeasures, e: CreditConsequence.LiftingOrdered) -> JointMeasures:
    return row.replace(standing=Standing.TO_LIFT, since=e.at, due_at=e.due_at)
