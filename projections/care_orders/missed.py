"""The board of elders whom nobody visited in time, by district; a line is there while it is open.

Name and address are on it for the community, which goes and looks.
"""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from domain.care_orders import Visit
from domain.care_orders.limits import MISSED_VISIT
from domain.shared.address import Address
from domain.shared.districts import District
from domain.shared.identifiers import PersonName, SubjectRef, Uscc
from domain.shared.personal import Personal
from projections.base import Index, Row, fold


class MissedBoard(Row, key="visit_id"):
    """One line per missed visit that is not resolved; ``due_at`` is its planned start.

    How late it is follows from ``due_at``. ``level``: who has been told, the help centre
    (``ticket``) after an hour, the community (``door``) after two.
    """

    visit_id: UUID
    district: Annotated[District, Index]
    due_at: Annotated[datetime, Index]
    provider: Annotated[Uscc, Index]
    elder: SubjectRef
    carer: SubjectRef
    name: Personal[PersonName]
    address: Personal[Address]
    contacted: Annotated[bool, Index] = False
    reached: Annotated[bool, Index] = False
    level: Annotated[str, Index] = "contact"


@fold(MissedBoard)
def visit_missed(row: None, e: Visit.VisitMissed) -> MissedBoard:
    return MissedBoard(
        visit_id=e.id,
        district=e.whose.district,
        due_at=e.due_at,
        provider=e.whose.provider,
        elder=e.whose.elder,
        carer=e.carer,
        name=e.where.name,
        address=e.where.address,
        level=_level(tuple(level for reading in e.clocks for level in reading.raised)),
    )


def _level(raised: tuple[str, ...]) -> str:
    return "door" if "escalated" in raised else "ticket" if "breached" in raised else "contact"


@fold(MissedBoard)
def contact_tried(row: MissedBoard, e: Visit.ContactTried) -> MissedBoard:
    return row.replace(contacted=True, reached=row.reached or e.reached)


@fold(MissedBoard)
def alarm_raised(
    row: MissedBoard | None, e: Visit.ClockBreached | Visit.ClockEscalated
) -> MissedBoard | None:
    if row is None or e.clock != MISSED_VISIT.name:
        return row
    return row.replace(level="ticket" if isinstance(e, Visit.ClockBreached) else "door")


@fold(MissedBoard)
def cleared(
    row: MissedBoard, e: Visit.LateStartAccepted | Visit.MissedVisitResolved
) -> MissedBoard | None:
    return None
