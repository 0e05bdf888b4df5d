"""Openings of businesses: which department owes what, and since when it is late."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from domain.business_opening import BusinessOpening, State
from domain.shared.departments import DepartmentCode
from domain.shared.districts import District
from domain.shared.identifiers import Uscc
from projections.base import Index, Row, fold


class BusinessOpenings(Row, key="opening_id", main=True):
    """One line per new company. ``missing`` are the departments that owe a filing."""

    opening_id: UUID
    registration_id: Annotated[UUID, Index]
    uscc: Annotated[Uscc, Index]
    name: str
    district: Annotated[District, Index]
    state: Annotated[State, Index] = State.OPEN
    due_at: Annotated[datetime, Index]
    late: Annotated[bool, Index] = False
    escalated: bool = False
    missing: tuple[DepartmentCode, ...]
    filed: tuple[DepartmentCode, ...] = ()
    completed_at: Annotated[datetime | None, Index] = None


@fold(BusinessOpenings)
def opening_begun(row: None, e: BusinessOpening.OpeningBegun) -> BusinessOpenings:
    return BusinessOpenings(
        opening_id=e.id,
        registration_id=e.registration_id,
        uscc=e.uscc,
        name=e.name,
        district=e.registry,
        due_at=e.clocks[0].due_at or e.at,
        missing=e.departments,
    )


@fold(BusinessOpenings)
def filing_recorded(
    row: BusinessOpenings, e: BusinessOpening.OpeningFilingRecorded
) -> BusinessOpenings:
    return row.replace(
        missing=tuple(d for d in row.missing if d != e.department),
        filed=(*row.filed, e.department),
    )


@fold(BusinessOpenings)
def opening_completed(
    row: BusinessOpenings, e: BusinessOpening.OpeningCompleted
) -> BusinessOpenings:
    return row.replace(state=State.DONE, completed_at=e.at)


@fold(BusinessOpenings)
def limit_passed(
    row: BusinessOpenings, e: BusinessOpening.ClockWarned | BusinessOpening.ClockBreached
) -> BusinessOpenings:
    return row.replace(late=True)


@fold(BusinessOpenings)
def limit_escalated(row: BusinessOpenings, e: BusinessOpening.ClockEscalated) -> BusinessOpenings:
    return row.replace(escalated=True)


@fold(BusinessOpenings)
def opening_abandoned(
    row: BusinessOpenings, e: BusinessOpening.OpeningAbandoned
) -> BusinessOpenings:
    state = State.UNDOING if e.to_take_back else State.UNDONE
    return row.replace(state=state, missing=(), filed=tuple(reversed(e.to_take_back)))


@fold(BusinessOpenings)
def filing_taken_back(
    row: BusinessOpenings, e: BusinessOpening.OpeningFilingTakenBack
) -> BusinessOpenings:
    state = State.UNDONE if e.last else row.state
    return row.replace(state=state, filed=tuple(d for d in row.filed if d != e.department))
