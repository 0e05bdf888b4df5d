"""Every line of the clinics' read models against what the events come to.

A difference names a matter, a house or a day, nothing of a person. What is counted by house, district
and day is shared with other runs: what stood there before this one is added.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from simulation.counting import nearest_rank
from simulation.health_visits.reckoning import (
    REFERRAL_STATE,
    ArchiveTold,
    BookingsTold,
    Case,
    SessionTold,
    VisitTold,
    cases,
)
from simulation.health_visits.story import PROGRAM
from simulation.programme import Findings
from simulation.reading import Event, Reader

AT_ONCE = 32

Place = tuple[str, str, str]
"""Institution, department, day."""
Row = Mapping[str, Any]
Line = Callable[[Any, Row | None], Iterator[str]]
"""From what was told of a matter and its line to the faults of the line."""
T = TypeVar("T", VisitTold, SessionTold, ArchiveTold, BookingsTold)


@dataclass(frozen=True, slots=True)
class Before:
    """What was counted when the run began."""

    waits: Mapping[Place, Sequence[int]]
    archives: Mapping[str, int]
    cases: Mapping[Case, int]


async def before(reader: Reader) -> Before:
    """Reads it."""
    waits = {_place(row): row["waits_s"] for row in await reader.rows("waiting-times")}
    archives = {row["district"]: row["archives"] for row in await reader.rows("archive-coverage")}
    counted = {_case(row): row["cases"] for row in await reader.rows("notifiable-cases")}
    return Before(waits, archives, counted)


def _place(row: Row) -> Place:
    return row["institution"], row["department"], row["day"]


def _case(row: Row) -> Case:
    return row["code"], row["district"], row["day"]


@dataclass(slots=True)
class Told:
    """What the events of the run say, by matter; ``streams`` are those of the programme."""

    visits: dict[UUID, VisitTold] = field(default_factory=dict)
    sessions: dict[UUID, SessionTold] = field(default_factory=dict)
    archives: dict[UUID, ArchiveTold] = field(default_factory=dict)
    people: dict[UUID, BookingsTold] = field(default_factory=dict)
    referrals: dict[UUID, str] = field(default_factory=dict)
    cases: Counter[Case] = field(default_factory=Counter)
    streams: dict[UUID, Sequence[Event]] = field(default_factory=dict)


def told(findings: Findings) -> Told:
    """All matters of the programme that began since the run did."""
    found = Told()
    for id, stream in findings.events.items():
        if stream[0].version == 1 and stream[0].type.startswith(f"{PROGRAM}."):
            found.streams[id] = stream
            _tell(found, id, stream)
    return found


def _tell(found: Told, id: UUID, stream: Sequence[Event]) -> None:
    match stream[0].name:
        case "appointment-booked" | "walk-in-registered":
            found.visits[id] = _taken(VisitTold(), stream)
        case "session-opened":
            found.sessions[id] = _taken(SessionTold(), stream)
        case "archive-opened":
            found.archives[id] = _taken(ArchiveTold(), stream)
        case "bookings-opened":
            found.people[id] = _taken(BookingsTold(), stream)
        case "report-fell-due":
            found.cases += cases(stream)
        case "referral-offered":
            states = [REFERRAL_STATE[e.name] for e in stream if e.name in REFERRAL_STATE]
            found.referrals[id] = states[-1]


def _taken(one: T, stream: Sequence[Event]) -> T:
    for e in stream:
        one.take(e)
    return one


# --- line by line ----------------------------------------------------------------------------------


async def differences(found: Told, known: Before, reader: Reader, position: int) -> list[str]:
    """All of them."""
    kinds: tuple[tuple[str, Mapping[UUID, Any], Line], ...] = (
        ("visit-record", found.visits, visit_line),
        ("waiting-room", found.sessions, room_line),
        ("health-archive", found.archives, archive_line),
        ("bookings-of-patient", found.people, people_line),
        ("referral-desk", found.referrals, referral_line),
    )
    faults = list(differing_waits(found))
    for read_model, matters, line in kinds:
        ids = list(matters)
        gate = asyncio.Semaphore(AT_ONCE)

        async def row(id: UUID, read_model: str = read_model, gate: Any = gate) -> Row | None:
            async with gate:
                return await reader.row(read_model, str(id), min_position=position)

        rows: list[Row | None] = await asyncio.gather(*(row(id) for id in ids))
        for id, one in zip(ids, rows, strict=True):
            faults += [f"{read_model} {id}: {fault}" for fault in line(matters[id], one)]
    faults += slot_faults(found, await reader.rows("appointment-slots", min_position=position))
    faults += wait_faults(found, known, await reader.rows("waiting-times", min_position=position))
    coverage = await reader.rows("archive-coverage", min_position=position)
    faults += coverage_faults(found, known, coverage)
    reported = await reader.rows("notifiable-cases", min_position=position)
    return faults + case_faults(found, known, reported)


def differing_waits(found: Told) -> Iterator[str]:
    """What may not be, whatever the read models say."""
    for id, visit in found.visits.items():
        if visit.waited_s != visit.told_s:
            yield f"visit {id}: its wait is not what its instants come to"
    for id, session in found.sessions.items():
        if session.out_of_turn:
            yield f"session {id}: {session.out_of_turn} were called out of turn"
        if session.overfull:
            yield f"session {id}: more were booked than there were seats"


def _differing(row: Row | None, expected: Mapping[str, Any]) -> Iterator[str]:
    if row is None:
        yield "there is no line"
        return
    for column, value in expected.items():
        if row[column] != value:
            yield f"{column} is not what the events come to"


def visit_line(one: VisitTold, row: Row | None) -> Iterator[str]:
    """Faults of a visit's line."""
    yield from _differing(
        row,
        {
            "state": one.state,
            "waited_s": one.waited_s,
            "no_show": one.missed,
            "late": one.late,
            "alarm": one.alarm,
        },
    )
    if row is None:
        return
    if _instant(row["slot"]) != one.slot:
        yield "slot is not what the events come to"
    lengths = {
        "prescriptions": one.prescriptions,
        "examinations": one.counts["examination-ordered"],
        "referrals": one.counts["patient-referred"],
        "amendments": one.counts["record-amended"],
    }
    for column, length in lengths.items():
        if len(row[column]) != length:
            yield f"{column} are not as many as in the events"


def room_line(one: SessionTold, row: Row | None) -> Iterator[str]:
    """Faults of a waiting room's line."""
    next_visit = one.queue[0][1] if one.queue else None
    serving = one.numbers[one.called[1]] if one.called else None
    yield from _differing(
        row,
        {
            "state": "closed" if one.closed else "open",
            "numbers": one.waiting,
            "next_visit": next_visit,
            "now_serving": serving,
            "served": one.served,
            "served_s": one.served_s,
        },
    )


def archive_line(one: ArchiveTold, row: Row | None) -> Iterator[str]:
    """Faults of an archive's line."""
    yield from _differing(
        row,
        {"state": one.state, "archive_version": one.version, "district": one.district},
    )
    if row is not None:
        lengths = {
            "consents": one.consents,
            "readings": one.readings,
            "openings": one.openings,
        }
        for column, length in lengths.items():
            if len(row[column]) != length:
                yield f"{column} are not as many as in the events"


def people_line(one: BookingsTold, row: Row | None) -> Iterator[str]:
    """Faults of the line of a person's bookings."""
    yield from _differing(row, {"no_shows": one.no_shows, "deceased": one.deceased})
    if row is None:
        return
    if {each["visit"] for each in row["live"]} != one.live:
        yield "live is not what the events come to"
    if (row["banned_until"] is not None) != one.banned:
        yield "banned_until is not what the events come to"


def referral_line(state: str, row: Row | None) -> Iterator[str]:
    """Faults of a referral's line."""
    yield from _differing(row, {"state": state})


# --- what is counted -------------------------------------------------------------------------------


def slot_faults(found: Told, rows: Sequence[Row]) -> list[str]:
    """Seats and free seats of each slot of the run's sessions."""
    offered: dict[str, dict[datetime | None, tuple[int, int]]] = defaultdict(dict)
    for slot in (slot for row in rows for slot in row["slots"]):
        offered[slot["session"]][_instant(slot["at"])] = slot["seats"], slot["free"]
    wrong: Counter[str] = Counter()
    for id, session in found.sessions.items():
        wrong["/".join(_place(session.clinic))] += offered[str(id)] != session.offered()
    return [f"appointment-slots {where}: not what is booked" for where, n in wrong.items() if n]


def wait_faults(found: Told, known: Before, rows: Sequence[Row]) -> list[str]:
    """Waits of each house, department and day with their median and ninth decile."""
    there = {_place(row): row for row in rows}
    mine = waits(found)
    faults = []
    for place, more in mine.items():
        expected = sorted([*known.waits.get(place, ()), *more])
        row = there.get(place)
        told_there = row and (
            row["consultations"],
            list(row["waits_s"]),
            row["median_s"],
            row["p90_s"],
        )
        middle, ninth = nearest_rank(expected, 50), nearest_rank(expected, 90)
        if told_there != (len(expected), expected, middle, ninth):
            faults.append(f"waiting-times {'/'.join(place)}: not what the consultations come to")
    return faults


def waits(found: Told) -> dict[Place, list[int]]:
    """Seconds waited until each consultation of the run, by place."""
    by_place: dict[Place, list[int]] = defaultdict(list)
    for stream in found.streams.values():
        for e in stream:
            if e.name == "consultation-started":
                by_place[_place(e.data["clinic"])].append(e.data["waited_s"])
    return by_place


def coverage_faults(found: Told, known: Before, rows: Sequence[Row]) -> list[str]:
    """Archives that stand, by district."""
    expected = Counter(known.archives)
    for archive in found.archives.values():
        expected[archive.district] += archive.counted
    there = {row["district"]: row["archives"] for row in rows}
    return [
        f"archive-coverage {district}: not what was opened"
        for district, count in expected.items()
        if there.get(district) != count
    ]


def case_faults(found: Told, known: Before, rows: Sequence[Row]) -> list[str]:
    """Cases by disease, district and day."""
    expected = Counter(known.cases)
    expected.update(found.cases)
    there = {_case(row): row["cases"] for row in rows}
    return [
        f"notifiable-cases {'/'.join(case)}: not what was reported"
        for case in expected.keys() | there.keys()
        if there.get(case, 0) != expected[case]
    ]


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
