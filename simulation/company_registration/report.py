"""What the registry did, from its events alone, held against its read models and its own figures.

Every figure is recomputed from the events of this run's matters; the wall and the overview must say
the same, licence for licence and minute for minute.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.business_opening import opening_id
from domain.shared.calendar import Calendar
from domain.shared.districts import DISTRICTS_2014, current, district_name
from domain.shared.instants import shanghai_date
from simulation.company_registration.reckoning import (
    Hour,
    hour_of,
    opening_passed_at,
    state_of,
)
from simulation.counting import counted, nearest_rank
from simulation.matters import Played
from simulation.programme import Figure, Findings, Report, Table
from simulation.reading import Event, Reader

PROGRAM = "company-registration"
AT_ONCE = 32
WITH_DATA = frozenset(
    {
        "business-opening.clock-breached",
        *(
            f"{PROGRAM}.{name}"
            for name in (
                "clock-breached",
                "licence-issued",
                "name-reserved",
                "registration-annulled",
            )
        ),
    }
)
ASKED = 3
"""Departments that are asked about an announced end."""

Wall = Mapping[tuple[str, str], Mapping[str, Any]]

_COUNTED = (
    ("reserved", "name-reserved", "保留名称", "names reserved"),
    ("submitted", "application-submitted", "提交申请", "applications submitted"),
    ("corrections", "correction-requested", "要求补正", "corrections requested"),
    ("registered", "licence-issued", "核发执照", "registered"),
    ("refused", "application-rejected", "不予登记", "refused"),
    ("withdrawn", "application-withdrawn", "撤回", "withdrawn"),
    ("lapsed", "application-lapsed", "逾期失效", "lapsed"),
    ("filings", "filing-recorded", "部门备案", "filings with departments"),
    ("changes", "change-approved", "变更登记", "changes approved"),
    ("suspended", "business-suspended", "歇业", "suspensions"),
    ("announced", "deregistration-announced", "简易注销公告", "simple ends announced"),
    ("objected", "deregistration-objected", "异议", "objections"),
    ("deregistered", "deregistered", "注销", "deregistered"),
    ("revoked", "licence-revoked", "吊销", "revoked"),
    ("annulled", "registration-annulled", "撤销", "annulled"),
)


@dataclass(frozen=True, slots=True)
class _Told:
    """One matter with what its events say, and those of the opening that its licence began."""

    id: UUID
    played: Played
    stream: Sequence[Event]
    opening: Sequence[Event]
    hour: Hour

    def count(self, name: str) -> int:
        return sum(event.name == name for event in self.stream)

    def first(self, name: str) -> Event | None:
        return next((event for event in self.stream if event.name == name), None)

    @property
    def breaches(self) -> list[Event]:
        """Recorded breaches of the one-hour promise."""
        return [
            event
            for event in self.stream
            if event.name == "clock-breached" and event.data["clock"] == "licence-1h"
        ]

    @property
    def opening_breaches(self) -> list[Event]:
        """Recorded breaches of the working day in which a business opens."""
        return [event for event in self.opening if event.name == "clock-breached"]


def told(findings: Findings) -> list[_Told]:
    """The run's matters with their events."""
    calendar = findings.world.calendar
    found = []
    for played in findings.played:
        if (matter := played.id) is not None:
            stream = findings.events.get(matter, [])
            opening = findings.events.get(opening_id(matter), [])
            found.append(_Told(matter, played, stream, opening, hour_of(stream, calendar)))
    return found


def settled(findings: Findings) -> bool:
    """Whether filings, questions to departments and the openings of businesses have followed."""
    return not any(_owed(one) for one in told(findings))


def _owed(one: _Told) -> list[str]:
    """What should have followed by itself and has not."""
    owed = []
    licence = one.first("licence-issued")
    if licence is not None:
        if one.count("filing-recorded") != len(licence.data["departments"]):
            owed.append("its filings are not complete, each once")
        annulled = one.first("registration-annulled")
        end = "opening-filing-taken-back" if annulled else "opening-completed"
        if not any(event.name == end for event in one.opening):
            owed.append(f"its opening has no {end}")
    if one.count("objection-requested") != ASKED * one.count("deregistration-announced"):
        owed.append("the departments were not asked about its end, each once")
    annulment = one.first("registration-annulled")
    if annulment and one.count("filing-taken-back") != len(annulment.data["filings"]):
        owed.append("its filings were not taken back, each once")
    return owed


async def wall_of(reader: Reader, position: int = 0) -> Wall:
    """The wall's rows by district and day."""
    rows = await reader.rows("sla-wall", min_position=position)
    return {(row["district"], row["day"]): row for row in rows}


async def report(findings: Findings, reader: Reader) -> Report:
    """Figures, tables, and every difference."""
    matters = told(findings)
    wall = await wall_of(reader, findings.last)
    differences = [
        *_owed_by_all(matters),
        *_hour_faults(matters),
        *_opening_faults(matters, findings.world.calendar),
        *_wall_faults(matters, findings.before, wall),
        *await _overview_faults(matters, reader, findings.last),
    ]
    return Report(
        program=PROGRAM,
        zh="企业注册登记",
        en="Company registration",
        figures=tuple(_figures(matters)),
        tables=(_districts(matters),),
        differences=tuple(differences),
    )


def _figures(matters: Sequence[_Told]) -> Iterable[Figure]:
    names = Counter(event.name for one in matters for event in one.stream)
    yield from counted(_COUNTED, names)
    states = Counter(state_of(one.stream) for one in matters)
    yield Figure("awaiting_answer", "等待补正", "awaiting an answer", states["correcting"])
    in_work = states["submitted"] + states["approved"]
    yield Figure("in_work", "办理中", "still in work", in_work)
    codes = Counter(code for one in matters for code in one.played.refusals)
    yield Figure("name_clashes", "名称冲突", "names already taken", codes["name-taken"])
    yield Figure("four_eyes", "双人审核拦截", "stopped by four eyes", codes["four-eyes"])
    minutes = _minutes(matters)
    for key, percent in (("median_minutes", 50), ("p95_minutes", 95), ("p99_minutes", 99)):
        value = round(nearest_rank(minutes, percent), 1)
        yield Figure(key, f"办照用时 P{percent}（分钟）", f"minutes to licence, p{percent}", value)
    breaches = sum(len(one.breaches) for one in matters)
    yield Figure("breaches", "超过一小时", "breaches of the hour", breaches)
    opened = sum(event.name == "opening-completed" for one in matters for event in one.opening)
    yield Figure("opened", "开办企业一件事办结", "businesses opened", opened)
    late = sum(len(one.opening_breaches) for one in matters)
    yield Figure("opened_late", "开办企业超过一个工作日", "openings past their working day", late)


def _minutes(matters: Iterable[_Told]) -> list[float]:
    return sorted(one.hour.seconds / 60 for one in matters if one.hour.seconds is not None)


def _districts(matters: Sequence[_Told]) -> Table:
    rows = []
    for code in DISTRICTS_2014:
        here = [one for one in matters if one.played.matter.about["district"] == code]
        minutes = _minutes(here)
        rows.append(
            {
                "district": f"{district_name(code)} {code}",
                "kept_under": current(code, shanghai_date(here[0].stream[0].at))
                if here and here[0].stream
                else code,
                "applications": len(here),
                "registered": len(minutes),
                "median_minutes": round(nearest_rank(minutes, 50), 1),
                "p95_minutes": round(nearest_rank(minutes, 95), 1),
                "breaches": sum(len(one.breaches) for one in here),
            }
        )
    columns = (
        ("district", "区县（市）", "district"),
        ("kept_under", "现行区划", "kept under"),
        ("applications", "申请", "applications"),
        ("registered", "核发", "registered"),
        ("median_minutes", "中位分钟", "median min"),
        ("p95_minutes", "P95 分钟", "p95 min"),
        ("breaches", "超时", "breaches"),
    )
    return Table("各区县（市）", "By district", columns, tuple(rows))


def _owed_by_all(matters: Iterable[_Told]) -> Iterable[str]:
    for one in matters:
        for fault in _owed(one):
            yield f"{one.id}: {fault}"


def _hour_faults(matters: Iterable[_Told]) -> Iterable[str]:
    for one in matters:
        licence = one.first("licence-issued")
        if licence is not None and licence.data["office_seconds"] != one.hour.seconds:
            yield f"{one.id}: the licence says {licence.data['office_seconds']} s, not {one.hour.seconds}"
        recorded = [datetime.fromisoformat(event.data["due_at"]) for event in one.breaches]
        expected = [] if one.hour.passed_at is None else [one.hour.passed_at]
        if recorded != expected:
            yield f"{one.id}: {len(recorded)} breaches recorded, {len(expected)} reckoned"


def _opening_faults(matters: Iterable[_Told], calendar: Calendar) -> Iterable[str]:
    for one in matters:
        if (licence := one.first("licence-issued")) is None:
            continue
        passed_at = opening_passed_at(one.opening, licence.at, calendar)
        recorded = [datetime.fromisoformat(event.data["due_at"]) for event in one.opening_breaches]
        expected = [] if passed_at is None else [passed_at]
        if recorded != expected:
            yield f"{one.id}: its opening was late {len(recorded)} times, {len(expected)} reckoned"


def _wall_faults(matters: Sequence[_Told], before: Wall, after: Wall) -> Iterable[str]:
    minutes: Counter[tuple[str, str, int]] = Counter()
    breaches: Counter[tuple[str, str]] = Counter()
    for one in matters:
        if licence := one.first("licence-issued"):
            district, day = licence.data["registry"], str(shanghai_date(licence.at))
            minutes[district, day, -(-(one.hour.seconds or 0) // 60)] += 1
        if one.hour.passed_at is not None:
            registry = one.stream[0].data["registry"]
            breaches[registry, str(shanghai_date(one.hour.passed_at))] += 1
    for key in after.keys() | before.keys() | {(d, day) for d, day, _ in minutes}:
        old, new = before.get(key, {}), after.get(key, {})
        mine = Counter({m: n for (d, day, m), n in minutes.items() if (d, day) == key})
        grown: Counter[int] = Counter(new.get("minutes", ()))
        grown.subtract(Counter(old.get("minutes", ())))
        if +grown != mine or new.get("issued", 0) - old.get("issued", 0) != mine.total():
            yield f"wall {key[0]} {key[1]}: its licences are not those of the log"
        if new.get("breaches", 0) - old.get("breaches", 0) != breaches[key]:
            yield f"wall {key[0]} {key[1]}: its breaches are not those of the log"
        ranked = list(new.get("minutes", ()))
        if ranked and new["p50_min"] != nearest_rank(ranked, 50):
            yield f"wall {key[0]} {key[1]}: its median is not that of its minutes"


async def _overview_faults(matters: Sequence[_Told], reader: Reader, position: int) -> list[str]:
    gate = asyncio.Semaphore(AT_ONCE)

    async def fault(one: _Told) -> str | None:
        async with gate:
            row = await reader.row("registration-overview", str(one.id), min_position=position)
        shown = row["state"] if row else ""
        state = state_of(one.stream)
        if shown != state:
            return f"{one.id}: the overview says {shown or 'nothing'}, the log {state}"
        if row and row["office_seconds"] != one.hour.seconds:
            return f"{one.id}: the overview has another time to licence than the log"
        return None

    return [found for found in await asyncio.gather(*map(fault, matters)) if found]
