"""Who is barred from office, and which companies are flagged for it; people by reference only."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from domain.company_registration import BarList, CompanyRegistration, OfficeholderBar
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


class OfficeholderFlags(Row, key=("registration_id", "subject", "list")):
    """One line per flag: whose bar from office concerns which company, for the registry.

    A company that ended keeps the flags it had.
    """

    registration_id: UUID
    subject: Annotated[SubjectRef, Index]
    list: Annotated[BarList, Index]
    since: datetime


def flagged(
    e: CompanyRegistration.OfficeholderFlagged | CompanyRegistration.OfficeholderFlagLifted,
) -> tuple[UUID, str, BarList]:
    """Key of a flag."""
    return e.id, e.subject, e.list


@fold(OfficeholderFlags, key=flagged)
def officeholder_flagged(
    row: None, e: CompanyRegistration.OfficeholderFlagged
) -> OfficeholderFlags:
    return OfficeholderFlags(registration_id=e.id, subject=e.subject, list=e.list, since=e.at)


@fold(OfficeholderFlags, key=flagged)
def officeholder_flag_lifted(
    row: OfficeholderFlags, e: CompanyRegistration.OfficeholderFlagLifted
) -> None:
    return None
