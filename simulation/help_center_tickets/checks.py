"""Where a row of a read model is not what the events come to, as sentences that name no person."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from simulation.help_center_tickets.reckoning import Ticket

Row = Mapping[str, Any] | None
"""A read model's row, if there is one."""

_LIVE = ("classified", "dispatched", "returned", "working", "paused")
_HELD = ("dispatched", "working", "paused")
_WITHOUT_WORK = ("withdrawn", "declined", "handed_over")


def desk_faults(id: UUID, one: Ticket, row: Row) -> Iterator[str]:
    """Where the desk's line is not what the events come to."""
    yield from unlike(
        f"{id}: the desk",
        row,
        state=one.state,
        item=one.item,
        holder=one.holder,
        due_at=one.due_at,
        level=one.level,
        alarm=one.alarm,
        returns=one.returns,
        reopenings=one.reopenings,
        merged=one.merged,
    )


def caller_faults(id: UUID, one: Ticket, row: Row) -> Iterator[str]:
    """Where the caller's line is not; while somebody is to work on it, he is promised its limit."""
    wanted: dict[str, Any] = {
        "state": one.state,
        "item": one.item,
        "reopen_until": one.reopen_until,
    }
    if one.state in _LIVE:
        wanted["promised_at"] = one.due_at
    yield from unlike(f"{id}: the caller's line", row, **wanted)


def watch_faults(id: UUID, one: Ticket, row: Row) -> Iterator[str]:
    """Where supervision's line is not, or is there though nothing is to be watched."""
    if one.watched is None or row is None:
        if (one.watched is None) != (row is None):
            yield f"{id}: supervision's line is there and should not be, or the other way round"
        return
    level, urged = one.watched
    yield from unlike(f"{id}: supervision", row, level=level, urged=urged)


def unlike(where: str, row: Row, **wanted: Any) -> Iterator[str]:
    if row is None:
        yield f"{where} has no line"
        return
    for column, value in wanted.items():
        found = row[column]
        if isinstance(value, datetime) and found is not None:
            found = datetime.fromisoformat(found)
        if found != value:
            yield f"{where} says {found} of {column}, the log {value}"


def holder_faults(id: UUID, one: Ticket, row: Row) -> Iterator[str]:
    """Where the holder's line is not; what ended without work is on nobody's list."""
    if one.state in _WITHOUT_WORK:
        if row is not None:
            yield f"{id}: a holder still has a line"
        return
    wanted: dict[str, Any] = {"state": one.state, "item": one.item}
    if one.state in _HELD:
        wanted |= {"holder": one.holder, "due_at": one.due_at}
    yield from unlike(f"{id}: the holder's line", row, **wanted)


def score_faults(
    reckoned: Mapping[str, Counter[tuple[str, str]]],
    earlier: Mapping[tuple[str, str], Mapping[str, Any]],
    rows: Mapping[tuple[str, str], Mapping[str, Any]],
) -> Iterator[str]:
    """Where holders' scores have not grown by what the events come to."""
    keys = rows.keys() | {key for counter in reckoned.values() for key in counter}
    for key in sorted(keys):
        row, begun = rows.get(key, {}), earlier.get(key, {})
        for kind, counter in reckoned.items():
            if row.get(kind, 0) != begun.get(kind, 0) + counter[key]:
                yield f"scores of {key[0]} in {key[1]}: {kind} is not what the events come to"
        whole = row.get("answers", 0)
        percent = 100 * row.get("satisfied", 0) // whole if whole else None
        if row.get("satisfied_percent") != percent:
            yield f"scores of {key[0]} in {key[1]}: the rate does not follow from the counts"
