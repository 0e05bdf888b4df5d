"""What care the city's elders had on the days, from the events alone; ``checks`` holds it against
the read models."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

from domain.shared.instants import SHANGHAI, shanghai_date
from simulation.care_orders.checks import MODES, Points, Told, coverage_now, faults, told
from simulation.care_orders.houses import PROGRAM
from simulation.care_orders.reckoning import Visit
from simulation.counting import counted
from simulation.programme import Figure, Findings, Report, Table, World
from simulation.reading import Event, Reader

__all__ = ["WITH_DATA", "coverage_now", "report", "settled"]

WITH_DATA = frozenset(
    f"{PROGRAM}.{name}"
    for name in (
        "care-requested",
        "plan-proposed",
        "waiting-listed",
        "provider-assigned",
        "provider-changed",
        "care-suspended",
        "care-resumed",
        "care-ended",
        "service-rated",
        "elder-admitted",
        "elder-discharged",
        "death-noted",
        "stay-began",
        "place-released",
        "capacity-changed",
        "provider-registered",
        "assignments-stopped",
        "assignments-allowed",
        "visit-scheduled",
        "visit-reassigned",
        "visit-completed",
        "visit-verified",
        "visit-settled",
        "visit-reclaimed",
        "dispute-resolved",
        "settlement-drafted",
        "settlement-confirmed",
        "settlement-paid",
    )
)

_PAYABLE = ("completed", "needs_review", "verified", "disputed", "settled")


# --- whether all has followed ------------------------------------------------------------------


def settled(findings: Findings) -> bool:
    """Whether visits that are vouched for are settled, those that nobody comes to called off, and
    what hospital, police and a free bed lead to has happened."""
    known = told(findings.events)
    if any(visit.state == "verified" for visit in known.visits.values()):
        return False
    streams = findings.events
    own = (e for stream in streams.values() for e in stream if e.type.startswith(f"{PROGRAM}."))
    return all(_has_followed(e, known, streams) for e in own)


def _has_followed(e: Event, known: Told, streams: Mapping[UUID, Sequence[Event]]) -> bool:
    match e.name:
        case "care-suspended" | "care-ended" | "provider-changed":
            gone = all(_state(known, visit) != "scheduled" for visit in e.data["later_visits"])
            back = e.data.get("unpayable_visits", ())
            return gone and all(_state(known, visit) not in _PAYABLE for visit in back)
        case "stay-began":
            return all(_state(known, visit) != "settled" for visit in e.data["double"])
        case "elder-admitted":
            return all(_later(streams, order, e, _RESTS) for order in e.data["orders"])
        case "elder-discharged":
            return all(_later(streams, order, e, _GOES_ON) for order in e.data["orders"])
        case "death-noted":
            return all(_later(streams, order, e, ("care-ended",)) for order in e.data["orders"])
        case "place-released" | "capacity-changed" | "assignments-allowed":
            return all(known.orders[order].state != "waiting" for order in e.data["offered"])
        case _:
            return True


_RESTS = ("care-suspended", "care-ended")
_GOES_ON = ("care-resumed", "care-ended")


def _state(known: Told, visit: str) -> str:
    return known.visits[visit].state if visit in known.visits else ""


def _later(
    streams: Mapping[UUID, Sequence[Event]], order: str, cause: Event, names: Sequence[str]
) -> bool:
    return any(e.position > cause.position and e.name in names for e in streams[UUID(order)])


# --- the report --------------------------------------------------------------------------------


async def report(findings: Findings, reader: Reader) -> Report:
    """Figures, the modes' and the hours' tables, and every difference."""
    known = told(findings.events)
    ids = [one.id for one in findings.played if one.id is not None]
    events = [e for id in ids for e in findings.events.get(id, ())]
    return Report(
        program=PROGRAM,
        zh="养老服务",
        en="Care orders",
        figures=tuple(_figures(findings.world, known, events)),
        tables=(_modes(known), _hours(findings.world, known)),
        differences=tuple(
            await faults(known, findings.before, _points(findings), reader, findings.last)
        ),
    )


def _points(findings: Findings) -> dict[str, Points]:
    found = {}
    for one in findings.played:
        if "points" in one.matter.about:
            found[str(one.id)] = (one.matter.about["points"], one.matter.about["worse"])
    return found


_COUNTED = (
    ("requested", "care-requested", "申请", "requests"),
    ("assessed", "ability-assessed", "能力评估", "assessments"),
    ("assigned", "provider-assigned", "落实机构", "providers found"),
    ("completed", "visit-completed", "完成服务", "visits made"),
    ("missed", "visit-missed", "漏访", "visits missed"),
    ("late_starts", "late-start-accepted", "漏访后补到", "begun after all"),
    ("replaced", "visit-reassigned", "改派", "carers replaced"),
    ("called_off", "visit-cancelled", "取消", "visits called off"),
    ("disputes", "visit-disputed", "异议", "disputes"),
    ("reclaimed", "visit-reclaimed", "追回", "visits reclaimed"),
    ("suspended", "care-suspended", "暂停", "care at rest"),
    ("ended", "care-ended", "结束", "care ended"),
    ("months_paid", "settlement-paid", "已付月结", "months paid"),
)


def _figures(world: World, known: Told, events: Iterable[Event]) -> Iterable[Figure]:
    events = list(events)
    names = Counter(e.name for e in events)
    yield from counted(_COUNTED, names)
    today = [v for v in known.visits.values() if shanghai_date(v.starts_at) in world.days]
    share = round(100 * sum(8 <= _hour(v) < 10 for v in today) / len(today), 1) if today else 0.0
    yield Figure("hump_percent", "八至十点占比（%）", "percent between eight and ten", share)
    stars = [e.data["stars"] for e in events if e.name == "service-rated"]
    mean = round(sum(stars) / len(stars), 2) if stars else 0.0
    yield Figure("stars", "平均评分", "mean rating", mean)
    fen = sum(month.subsidy_fen for month in known.months.values())
    yield Figure("subsidy_yuan", "财政补贴（元）", "subsidy in yuan", round(fen / 100, 2))
    own = sum(month.own_fen for month in known.months.values())
    yield Figure("own_yuan", "个人负担（元）", "own part in yuan", round(own / 100, 2))


def _hour(visit: Visit) -> int:
    return visit.starts_at.astimezone(SHANGHAI).hour


_WORDS = {"institution": "机构", "day-care": "日托", "home": "居家"}


def _modes(known: Told) -> Table:
    visits: dict[str, list[Visit]] = defaultdict(list)
    for one in known.visits.values():
        visits[one.mode].append(one)
    rows = [
        {
            "mode": f"{_WORDS[mode]} {mode}",
            "served": sum(
                o.mode == mode and o.served and o.state != "ended" for o in known.orders.values()
            ),
            "visits": len(visits[mode]),
            "missed": sum(v.missed for v in visits[mode]),
            "minutes": sum(v.settled_minutes for v in visits[mode]),
            "subsidy": round(sum(v.subsidy_fen or 0 for v in visits[mode]) / 100, 2),
        }
        for mode in MODES
    ]
    columns = (
        ("mode", "方式", "mode"),
        ("served", "在服务", "served"),
        ("visits", "服务次数", "visits"),
        ("missed", "漏访", "missed"),
        ("minutes", "结算分钟", "minutes settled"),
        ("subsidy", "补贴（元）", "subsidy in yuan"),
    )
    return Table("各服务方式", "By mode", columns, tuple(rows))


def _hours(world: World, known: Told) -> Table:
    days: set[date] = set(world.days)
    begun = [v for v in known.visits.values() if shanghai_date(v.starts_at) in days]
    planned = Counter(_hour(v) for v in begun)
    missed = Counter(_hour(v) for v in begun if v.missed)
    rows = [{"hour": h, "visits": planned[h], "missed": missed[h]} for h in sorted(planned)]
    columns = (
        ("hour", "时", "hour"),
        ("visits", "服务次数", "visits"),
        ("missed", "漏访", "missed"),
    )
    return Table("各时段", "By hour", columns, tuple(rows))
