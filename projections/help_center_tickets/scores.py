"""How holders do, by month: in time, in contact, solved, satisfied (三率).

Of several answers about one ticket only the last counts: an answer carries the one it replaces.
Callers who could not be reached are counted apart and in no rate.
"""

from typing import Annotated

from domain.help_center_tickets import HelpTicket
from domain.shared.instants import shanghai_date
from projections.base import Index, Row, fold

T = HelpTicket
LEAST_CONTENT = 3


class HolderScores(Row, key=("holder", "month")):
    """One line per holder and month of the city (``2026-03``); rates are whole percent."""

    holder: Annotated[str, Index]
    month: Annotated[str, Index]
    accepted: int = 0
    accepted_in_time: int = 0
    contacted: int = 0
    contacted_in_time: int = 0
    answers: int = 0
    solved: int = 0
    satisfied: int = 0
    unreachable: int = 0
    contacted_percent: Annotated[int | None, Index] = None
    solved_percent: Annotated[int | None, Index] = None
    satisfied_percent: Annotated[int | None, Index] = None

    def plus(self, **more: int) -> "HolderScores":
        """This row with more of some counts, and the rates that follow."""
        row = self.replace(**{name: getattr(self, name) + n for name, n in more.items()})
        return row.replace(
            contacted_percent=_percent(row.contacted_in_time, row.contacted),
            solved_percent=_percent(row.solved, row.answers),
            satisfied_percent=_percent(row.satisfied, row.answers),
        )


def _percent(part: int, whole: int) -> int | None:
    return 100 * part // whole if whole else None


Score = HolderScores


def worked_when(
    e: T.DispatchAccepted | T.CallerContacted | T.CallBackTried,
) -> tuple[str, str]:
    """Key of the holder's month in which it happened."""
    return e.holder.code, shanghai_date(e.at).isoformat()[:7]


def counted_when(e: T.CallBackAnswered) -> tuple[str, str]:
    """Key of the answer's own month."""
    return e.counted.holder, e.counted.month


def replaced_when(e: T.CallBackAnswered) -> tuple[str, str]:
    """Key of the month of the answer that this one replaces; its own when there is none."""
    before = e.replaces or e.counted
    return before.holder, before.month


def _row(row: Score | None, key: tuple[str, str]) -> Score:
    return row or HolderScores(holder=key[0], month=key[1])


@fold(HolderScores, key=worked_when)
def accepted(row: Score | None, e: T.DispatchAccepted) -> Score:
    return _row(row, worked_when(e)).plus(accepted=1, accepted_in_time=int(e.in_time))


@fold(HolderScores, key=worked_when)
def contacted(row: Score | None, e: T.CallerContacted) -> Score:
    return _row(row, worked_when(e)).plus(contacted=1, contacted_in_time=int(e.in_time))


@fold(HolderScores, key=worked_when)
def given_up(row: Score | None, e: T.CallBackTried) -> Score | None:
    return _row(row, worked_when(e)).plus(unreachable=1) if e.closes else row


@fold(HolderScores, key=replaced_when)
def answer_replaced(row: Score | None, e: T.CallBackAnswered) -> Score | None:
    if row is None or e.replaces is None:
        return row
    before = e.replaces
    return row.plus(
        answers=-1,
        solved=-int(before.solved),
        satisfied=-int(before.satisfied >= LEAST_CONTENT),
    )


@fold(HolderScores, key=counted_when)
def answer_counted(row: Score | None, e: T.CallBackAnswered) -> Score:
    return _row(row, counted_when(e)).plus(
        answers=1, solved=int(e.solved), satisfied=int(e.satisfied >= LEAST_CONTENT)
    )
