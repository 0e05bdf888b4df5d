"""Early warnings: what each department has to act on, what waits too long, what was found."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from domain.early_warnings import EarlyWarning, Finding, Sighting, State, Suspicion
from domain.shared.departments import DepartmentCode
from domain.shared.districts import District
from domain.shared.identifiers import OfficerId
from projections.base import Index, Row, fold

LATEST = 20


class EarlyWarnings(Row, key="warning_id", main=True):
    """One line per warning. ``seen`` counts the times, ``sightings`` are the latest twenty."""

    warning_id: UUID
    suspicion: Annotated[Suspicion, Index]
    scope: Annotated[str, Index]
    district: Annotated[District | None, Index] = None
    department: Annotated[DepartmentCode, Index]
    state: Annotated[State, Index] = State.RAISED
    raised_at: Annotated[datetime, Index]
    acknowledge_by: Annotated[datetime | None, Index] = None
    late: Annotated[bool, Index] = False
    escalated: Annotated[bool, Index] = False
    seen: Annotated[int, Index] = 1
    last_seen_at: datetime
    sightings: tuple[Sighting, ...]
    finding: Annotated[Finding | None, Index] = None
    measures: str | None = None
    officer: OfficerId | None = None
    closed_at: datetime | None = None


@fold(EarlyWarnings)
def warning_raised(row: None, e: EarlyWarning.WarningRaised) -> EarlyWarnings:
    return EarlyWarnings(
        warning_id=e.id,
        suspicion=e.suspicion,
        scope=e.scope,
        district=e.district,
        department=e.department,
        raised_at=e.at,
        acknowledge_by=e.clocks[0].due_at,
        last_seen_at=e.at,
        sightings=(e.sighting,),
    )


@fold(EarlyWarnings)
def warning_repeated(row: EarlyWarnings, e: EarlyWarning.WarningRepeated) -> EarlyWarnings:
    sightings = (*row.sightings, e.sighting)[-LATEST:]
    return row.replace(seen=e.seen, last_seen_at=e.at, sightings=sightings)


@fold(EarlyWarnings)
def limit_passed(
    row: EarlyWarnings, e: EarlyWarning.ClockWarned | EarlyWarning.ClockBreached
) -> EarlyWarnings:
    return row.replace(late=True)


@fold(EarlyWarnings)
def limit_escalated(row: EarlyWarnings, e: EarlyWarning.ClockEscalated) -> EarlyWarnings:
    return row.replace(escalated=True)


@fold(EarlyWarnings)
def warning_acknowledged(row: EarlyWarnings, e: EarlyWarning.WarningAcknowledged) -> EarlyWarnings:
    return row.replace(state=State.ACKNOWLEDGED, officer=e.officer)


@fold(EarlyWarnings)
def warning_handled(row: EarlyWarnings, e: EarlyWarning.WarningHandled) -> EarlyWarnings:
    return row.replace(
        state=State.HANDLED, finding=e.finding, measures=e.measures, officer=e.officer
    )


@fold(EarlyWarnings)
def warning_closed(row: EarlyWarnings, e: EarlyWarning.WarningClosed) -> EarlyWarnings:
    return row.replace(state=State.CLOSED, officer=e.officer, closed_at=e.at)
