"""Holds each read model of credit records against what the run's events come to, row by row."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from domain.credit_consequence import consequence_id
from domain.shared.calendar import Calendar
from simulation.credit_records.limits import limits_passed, limits_recorded
from simulation.credit_records.reckoning import Told, profile_of
from simulation.reading import Event, Reader

AT_ONCE = 32

Key = tuple[str, str]
"""Department and day."""
Contributions = Mapping[Key, tuple[int, int, int]]
"""Received, rejected, late."""
Row = Mapping[str, Any]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Found:
    """A record: its events, those of the process that follows its listing, what they come to."""

    id: UUID
    stream: Sequence[Event]
    process: Sequence[Event]
    told: Told


@dataclass(frozen=True, slots=True)
class File:
    """A subject: ``key`` is what read models call it."""

    id: UUID
    key: str
    company: bool
    stream: Sequence[Event]


async def _each(ones: Iterable[T], fault: Callable[[T], Awaitable[str | None]]) -> list[str]:
    """The faults of all of them, some at a time."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def gated(one: T) -> str | None:
        async with gate:
            return await fault(one)

    return [said for said in await asyncio.gather(*map(gated, ones)) if said]


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


# --- what the events alone must show -----------------------------------------------------------


def owed(one: Found) -> str | None:
    """What should have followed a listing by itself and has not."""
    names = Counter(e.name for e in one.process)
    begun = names["consequence-begun"] + names["consequence-begun-again"]
    listed = sum(e.name == "subject-listed" for e in one.stream)
    delisted = sum(e.name == "subject-delisted" for e in one.stream)
    standings = Counter(one.told.standings.values())
    if begun != listed or names["lifting-begun"] != delisted:
        return f"{one.id}: its measures do not follow its place on the list"
    if listed == 1 and names["measure-ordered"] != len(one.told.standings):
        return f"{one.id}: its measures are not all ordered, each once"
    if listed == 1 and names["measure-lifted"] != standings["lifted"]:
        return f"{one.id}: its measures are not lifted by who confirmed the removal, each once"
    return None


def owed_by_all(records: Iterable[Found]) -> list[str]:
    """All that is owed."""
    return [said for one in records if (said := owed(one))]


def two_colours(records: Iterable[Found]) -> list[str]:
    """Nobody stands on a black list and on a red one."""
    colours: dict[str, set[str | None]] = defaultdict(set)
    for one in records:
        if one.told.listed:
            colours[one.told.subject].add(one.told.colour)
    both = sum(len(here) > 1 for here in colours.values())
    return [f"{both} subjects stand on a black list and on a red one"] if both else []


def term_faults(records: Iterable[Found], calendar: Calendar) -> list[str]:
    """Publicity counts from the decision, by severity."""
    return [
        f"{one.id}: its publicity does not end when the law says"
        for one in records
        if one.told.maximum_end != one.told.lawful_end(calendar)
    ]


def limit_faults(records: Iterable[Found], calendar: Calendar) -> list[str]:
    """Every limit that was passed is recorded, once, with the instant at which it was due."""
    return [
        f"{one.id}: the limits it passed are not those that the log records"
        for one in records
        if limits_passed(one.stream, calendar) != limits_recorded(one.stream)
    ]


def source_faults(before: Contributions, grown: Contributions, after: Contributions) -> list[str]:
    """Each source's days have grown by what came and what was turned down."""
    nothing = (0, 0, 0)
    return [
        f"contributions {key[0]} {key[1]}: not what the log has of the source's day"
        for key in sorted(before.keys() | grown.keys() | after.keys())
        if after.get(key, nothing)
        != tuple(
            a + b for a, b in zip(before.get(key, nothing), grown.get(key, nothing), strict=True)
        )
    ]


# --- rows of one matter each -------------------------------------------------------------------


async def record_faults(records: Sequence[Found], reader: Reader, position: int) -> list[str]:
    """Each record as its department sees it."""

    async def fault(one: Found) -> str | None:
        row = await reader.row("credit-records", str(one.id), min_position=position)
        told = one.told
        if row is None or row["state"] != told.state:
            return f"{one.id}: the record is {row and row['state']}, in the log {told.state}"
        if (row["severity"], row["list"]) != (told.severity, told.list):
            return f"{one.id}: the record has another severity or list than the log"
        if set(row["to_confirm"]) != set(told.to_confirm):
            return f"{one.id}: other departments have to confirm its removal than in the log"
        if _instant(row["maximum_end"]) != told.maximum_end:
            return f"{one.id}: the record has another end than the log"
        return None

    return await _each(records, fault)


async def profile_faults(
    files: Sequence[File], records: Sequence[Found], reader: Reader, position: int
) -> list[str]:
    """Each subject's counts and lists."""
    by_subject = _by_subject(records)

    async def fault(one: File) -> str | None:
        row = await reader.row("credit-profile", one.key, min_position=position)
        mine = profile_of([record.told for record in by_subject[one.key]])
        closed = any(e.name == "subject-closed" for e in one.stream)
        if row is None:
            return f"{one.id}: there is no profile"
        if row["state"] != ("closed" if closed else "open"):
            return f"{one.id}: the profile says {row['state']}"
        counted = tuple(
            row[name] for name in ("minor", "general", "serious", "positive", "neutral")
        )
        if (*counted, frozenset(row["lists"])) != astuple(mine):
            return f"{one.id}: the profile does not count what the log has"
        return None

    return await _each(files, fault)


def _by_subject(records: Iterable[Found]) -> Mapping[str, list[Found]]:
    found: dict[str, list[Found]] = defaultdict(list)
    for one in records:
        found[one.told.subject].append(one)
    return found


async def page_faults(
    files: Sequence[File], records: Sequence[Found], reader: Reader, position: int
) -> list[str]:
    """Each company's public page; of persons there is none but on the court's list, masked."""
    by_subject = _by_subject(records)

    async def fault(one: File) -> str | None:
        row = await reader.row("public-records", one.key, min_position=position)
        shown = {str(r.id): r.told for r in by_subject[one.key] if r.told.shown}
        if not one.company:
            return f"{one.id}: a person has a public page" if row is not None else None
        items: Sequence[Row] = row["items"] if row is not None else ()
        if Counter(item["record_id"] for item in items) != Counter(shown.keys()):
            return f"{one.id}: the public page does not show what is published of it"
        for item in items:
            told = shown[item["record_id"]]
            said = (item["severity"], _instant(item["ends_at"]))
            if said != (told.severity if told.colour is None else None, told.maximum_end):
                return f"{item['record_id']}: the public page says something else of it"
        return None

    return await _each(files, fault)


async def authorisation_faults(
    ids: Iterable[UUID], events: Mapping[UUID, Sequence[Event]], reader: Reader, position: int
) -> list[str]:
    """Each authorisation that was granted, and whether it still stands."""

    async def fault(id: UUID) -> str | None:
        row = await reader.row("query-authorisations", str(id), min_position=position)
        names = [e.name for e in events.get(id, ())]
        state = None
        if names:
            state = "revoked" if "authorisation-revoked" in names else "granted"
        shown = row["state"] if row else None
        if shown != state:
            return f"{id}: the authorisation is {shown}, in the log {state}"
        return None

    return await _each(ids, fault)


async def measure_faults(records: Sequence[Found], reader: Reader, position: int) -> list[str]:
    """The measures of each listing at their departments."""

    async def fault(one: Found) -> str | None:
        id = str(consequence_id(one.id))
        row = await reader.row("credit-consequences", id, min_position=position)
        state = row["state"] if row else None
        if state != one.told.consequence:
            return f"{one.id}: its measures are {state}, by the log {one.told.consequence}"
        here: Sequence[Row] = row["measures"] if row else ()
        standings = {(m["measure"], m["department"]): m["standing"] for m in here}
        if standings != one.told.standings:
            return f"{one.id}: its measures stand otherwise than the log says"
        return None

    listed = [one for one in records if one.told.standings]
    return await _each(listed, fault)


async def act_faults(records: Sequence[Found], reader: Reader, position: int) -> list[str]:
    """What departments reported of their own matters is there, as often as they did."""
    rows = await reader.rows("measure-reports", min_position=position)
    shown = Counter(row["record_id"] for row in rows)
    return [
        f"{one.id}: the measures reported are not those of the log"
        for one in records
        if shown[str(one.id)] != sum(e.name == "measure-reported" for e in one.stream)
    ]


# --- whole read models -------------------------------------------------------------------------


async def list_faults(
    files: Sequence[File], records: Sequence[Found], reader: Reader, position: int
) -> list[str]:
    """Who stands on which list, and which persons everybody may see on the court's."""
    mine = {one.key for one in files}
    rows = await reader.rows("lists-live", min_position=position)
    live = Counter(
        (row["record_id"], row["list"], row["disputed"]) for row in rows if row["subject"] in mine
    )
    expected = Counter(
        (str(one.id), one.told.list, one.told.state == "disputed")
        for one in records
        if one.told.listed
    )
    found = [
        f"{id}: the list {code} has it otherwise than the log"
        for id, code, _ in sorted((live - expected) + (expected - live), key=str)
    ]
    ours = {str(one.id) for one in records}
    named = {
        row["record_id"] for row in await reader.rows("court-defaulters", min_position=position)
    }
    shown = {
        str(one.id) for one in records if one.told.listed and one.told.named and one.told.shown
    }
    wrong = (named & ours) ^ shown
    return found + [f"{id}: the court's public list has it otherwise" for id in sorted(wrong)]


async def request_faults(files: Sequence[File], reader: Reader, position: int) -> list[str]:
    """Every request for a report is on record, once, with what came of it."""
    logged: dict[str, Counter[str | None]] = defaultdict(Counter)
    for row in await reader.rows("query-log", min_position=position):
        logged[row["subject"]][row["code"]] += 1
    found = []
    for one in files:
        asked: Counter[str | None] = Counter(
            e.data["code"] if e.name == "report-refused" else None
            for e in one.stream
            if e.name in ("report-issued", "report-refused")
        )
        if logged.get(one.key, Counter()) != asked:
            found.append(f"{one.id}: its readers are not those of the log")
    return found
