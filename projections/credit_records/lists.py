"""Is someone on a list? One line per live entry, by list and subject; no facts about anybody.

An entry goes at the very position at which it was repaired, withdrawn or ended, which is where the
public page and the profile let go of it, too.
"""

from datetime import date, datetime
from typing import Annotated, TypeAlias
from uuid import UUID

from domain.credit_records import Colour, CreditRecord
from domain.credit_records.identities import SubjectKey
from domain.credit_records.lists import ListCode
from domain.shared.departments import DepartmentCode
from projections.base import Index, Row, fold


class ListsLive(Row, key=("list", "subject")):
    """Who stands on which list, since when, until when (None: no term), with which measures."""

    list: Annotated[ListCode, Index]
    subject: Annotated[SubjectKey, Index]
    colour: Annotated[Colour, Index]
    since: date
    until: Annotated[datetime | None, Index] = None
    record_id: Annotated[UUID, Index]
    source: DepartmentCode
    ground: str
    measures: tuple[str, ...]
    disputed: bool = False


Left: TypeAlias = (
    CreditRecord.RecordRepaired
    | CreditRecord.RecordWithdrawn
    | CreditRecord.PublicityEnded
    | CreditRecord.SubjectDelisted
)
"""What ends a record's place on a list; ``list`` is None when it held none."""

Settled: TypeAlias = CreditRecord.ObjectionDismissed | CreditRecord.RecordCorrected


def place(e: CreditRecord.SubjectListed) -> tuple[str, str]:
    """Key of an entry."""
    return e.list, e.subject


def place_if_any(e: Left | CreditRecord.ObjectionRaised | Settled) -> tuple[str, str]:
    """Key of an entry, or of none: there is no list without a name."""
    return e.list or "", e.subject


@fold(ListsLive, key=place)
def subject_listed(row: ListsLive | None, e: CreditRecord.SubjectListed) -> ListsLive:
    return ListsLive(
        list=e.list,
        subject=e.subject,
        colour=e.colour,
        since=e.since,
        until=e.maximum_end,
        record_id=e.id,
        source=e.source,
        ground=e.ground,
        measures=tuple(m.code for m in e.measures),
    )


@fold(ListsLive, key=place_if_any)
def left(row: ListsLive | None, e: Left) -> ListsLive | None:
    return row if row is not None and row.record_id != e.id else None


@fold(ListsLive, key=place_if_any)
def disputed(row: ListsLive | None, e: CreditRecord.ObjectionRaised) -> ListsLive | None:
    return row.replace(disputed=True) if row is not None else None


@fold(ListsLive, key=place_if_any)
def settled(row: ListsLive | None, e: Settled) -> ListsLive | None:
    if row is None:
        return None
    until = e.shown.maximum_end if e.shown is not None else row.until
    return row.replace(disputed=False, until=until)
