"""Who is barred from office, by reference only, for those who keep the lists."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from domain.company_registration import BarList, OfficeholderBar
from domain.company_registration.bars import BarState
from domain.shared.identifiers import SubjectRef
from projections.base import Index, Row, fold


class OfficeholderBars(Row, key="bar_id", main=True):
    """One line per listing of a person."""

    bar_id: UUID
    subject: Annotated[SubjectRef, Index]
    list: Annotated[BarList, Index]
    decision_no: str
    since: datetime
    until: datetime | None = None
    state: Annotated[BarState, Index] = BarState.BARRED


@fold(OfficeholderBars)
def officeholder_barred(row: None, e: OfficeholderBar.OfficeholderBarred) -> OfficeholderBars:
    return OfficeholderBars(
        bar_id=e.id,
        subject=e.subject,
        list=e.list,
        decision_no=e.decision_no,
        since=e.at,
        until=e.until,
    )


@fold(OfficeholderBars)
def officeholder_bar_lifted(
    row: OfficeholderBars, e: OfficeholderBar.OfficeholderBarLifted
) -> OfficeholderBars:
    return row.replace(state=BarState.LIFTED)
