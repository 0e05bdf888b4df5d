"""What the clinics did, from the events alone, held against the read models.

Every visit, session, archive, referral and person is compared with its line, and what is counted by
house, district and day with what stood there before the run and came in it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable

from domain.health_visits.institutions import INSTITUTIONS
from domain.shared.instants import SHANGHAI
from simulation.counting import counted, nearest_rank
from simulation.health_visits import checks
from simulation.health_visits.checks import Told
from simulation.health_visits.following import all_followed
from simulation.health_visits.story import PROGRAM
from simulation.programme import Figure, Findings, Report, Table
from simulation.reading import Reader

WITH_DATA = frozenset(
    f"{PROGRAM}.{name}"
    for name in (
        "appointment-booked",
        "appointment-rescheduled",
        "patient-checked-in",
        "patient-absent",
        "consultation-started",
        "no-show-recorded",
        "diagnosis-recorded",
        "death-recorded",
        "session-opened",
        "slots-added",
        "session-ended",
        "session-delayed",
        "seat-taken",
        "seat-freed",
        "queue-joined",
        "queue-triaged",
        "queue-left",
        "next-called",
        "called-away",
        "archive-opened",
        "booking-added",
        "booking-removed",
        "no-show-counted",
        "notifiable-reported",
        "report-corrected",
        "referral-accepted",
    )
)

_COUNTED = (
    ("booked", "appointment-booked", "预约", "appointments booked"),
    ("walk_ins", "walk-in-registered", "现场挂号", "numbers taken at the counter"),
    ("cancelled", "appointment-cancelled", "取消", "appointments cancelled"),
    ("no_shows", "no-show-recorded", "爽约", "missed appointments"),
    ("consultations", "consultation-started", "接诊", "consultations"),
    ("prescribed", "medication-prescribed", "处方", "prescriptions"),
    (
        "overridden",
        "prescription-overridden",
        "说明理由后开方",
        "prescribed in spite of a conflict",
    ),
    ("referred", "patient-referred", "转诊", "referrals"),
    ("admitted", "patient-admitted", "住院", "admissions"),
    ("discharged", "patient-discharged", "出院", "discharges"),
    ("reported", "notifiable-reported", "传染病报告", "cases reported to disease control"),
    ("archives", "archive-opened", "建档", "archives opened"),
)


def settled(findings: Findings) -> bool:
    """Whether all has followed that follows by itself."""
    return all_followed(findings.events)


async def report(findings: Findings, reader: Reader) -> Report:
    """Figures, tables, and every difference."""
    found = checks.told(findings)
    return Report(
        program=PROGRAM,
        zh="健康就诊",
        en="Health visits",
        figures=tuple(_figures(findings, found)),
        tables=(_houses(found), _waits(found)),
        differences=tuple(await checks.differences(found, findings.before, reader, findings.last)),
    )


def _figures(findings: Findings, found: Told) -> Iterable[Figure]:
    names = Counter(e.name for stream in found.streams.values() for e in stream)
    yield Figure("visits", "就诊", "visits", len(found.visits))
    yield from counted(_COUNTED, names)
    taken = sum(one.refusals.count("slot-taken") for one in findings.played)
    yield Figure("slot_taken", "号源已满", "wished for a slot that was full", taken)
    waits = [wait for mine in checks.waits(found).values() for wait in mine]
    middle = round(nearest_rank(waits, 50) / 60, 1)
    yield Figure("median_wait", "候诊中位分钟", "median minutes waited", middle)
    share = round(100 * _in_target(found) / len(waits)) if waits else 0
    yield Figure(
        "in_target", "候诊不超过2013年三分之一（%）", "waited a third of 2013 or less (%)", share
    )


def _in_target(found: Told) -> int:
    """Consultations after at most a third of the institution's wait of 2013."""
    return sum(
        wait * 3 <= INSTITUTIONS[institution].wait_2013_min * 60
        for (institution, _, _), mine in checks.waits(found).items()
        for wait in mine
    )


def _houses(found: Told) -> Table:
    sessions: Counter[str] = Counter()
    seen: dict[str, list[int]] = defaultdict(list)
    for session in found.sessions.values():
        sessions[_kind(session.clinic["institution"])] += 1
    for (institution, _, _), mine in checks.waits(found).items():
        seen[_kind(institution)] += mine
    rows = [
        {
            "house": kind,
            "sessions": sessions[kind],
            "consultations": len(seen[kind]),
            "minutes": round(nearest_rank(seen[kind], 50) / 60, 1) if seen[kind] else None,
        }
        for kind in sorted(sessions)
    ]
    columns = (
        ("house", "机构", "institution"),
        ("sessions", "门诊", "sessions"),
        ("consultations", "接诊", "consultations"),
        ("minutes", "候诊中位分钟", "median minutes waited"),
    )
    return Table("各类机构", "By kind of institution", columns, tuple(rows))


def _kind(institution: str) -> str:
    return "社区 centres" if institution.startswith("centre-") else INSTITUTIONS[institution].zh


def _waits(found: Told) -> Table:
    hours: dict[int, list[int]] = defaultdict(list)
    for visit in found.visits.values():
        if visit.arrived is not None and visit.waited_s is not None:
            hours[visit.arrived.astimezone(SHANGHAI).hour].append(visit.waited_s)
    rows = [
        {
            "hour": f"{hour:02d}:00",
            "arrived": len(mine),
            "minutes": round(nearest_rank(mine, 50) / 60, 1),
        }
        for hour, mine in sorted(hours.items())
    ]
    columns = (
        ("hour", "到达", "arrived at"),
        ("arrived", "人数", "patients"),
        ("minutes", "候诊中位分钟", "median minutes waited"),
    )
    return Table("各时段", "By hour of arrival", columns, tuple(rows))
