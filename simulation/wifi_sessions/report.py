"""What the WiFi did, from the events alone, held against the read models.

Each session's place, time and bytes, each hour of each hotspot, each access point's health, each
public address, request for logs, block and warning must be what the events come to.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from uuid import UUID

from domain.shared.instants import SHANGHAI
from simulation.counting import counted, nearest_rank
from simulation.programme import Figure, Findings, Report, Table
from simulation.reading import Event, Reader
from simulation.wifi_sessions import faults
from simulation.wifi_sessions.faults import usage_of
from simulation.wifi_sessions.network import PROGRAM
from simulation.wifi_sessions.reckoning import Told, told

TICKET_OPENER = "policy:ap-down-ticket"
ORDER_TAKER = "policy:order-blocks-user"
_ORDERS = ("wifi-block-ordered", "wifi-block-lifted")
"""Of the help centre, whose orders block users here."""

WITH_DATA = frozenset(
    f"{PROGRAM}.{name}"
    for name in (
        "user-authenticated",
        "session-started",
        "start-reconciled",
        "usage-reported",
        "session-stopped",
        "nat-mapped",
        "ap-installed",
        "ap-heard",
        "ap-state-changed",
        "ap-restarted",
        "ap-moved",
        "user-blocked",
        "user-unblocked",
    )
)

_COUNTED = (
    ("signed_in", "user-authenticated", "登录成功", "sign-ins"),
    ("wrong_codes", "code-rejected", "验证码错误", "wrong codes"),
    ("started", "session-started", "上线", "sessions started"),
    ("stopped", "session-stopped", "正常结束", "sessions stopped"),
    ("presumed_ended", "session-presumed-ended", "推定结束", "presumed ended"),
    ("cut_by_restart", "session-closed-by-restart", "接入点重启中断", "cut by a restart"),
    ("asked_to_go", "disconnect-requested", "要求断开", "asked to end"),
)


def _streams(findings: Findings) -> Iterator[Sequence[Event]]:
    """Those of the programme."""
    begins = f"{PROGRAM}."
    return (s for s in findings.events.values() if s and s[0].type.startswith(begins))


def settled(findings: Findings) -> bool:
    """Whether each restart has closed, and each block asked to end, what was online by then, each
    order of the help centre was followed, and each overdue repair has its ticket."""
    all_told = told(_streams(findings))
    for stream in _streams(findings):
        for e in stream:
            if e.name == "ap-restarted" and _still_online(all_told, e):
                return False
            if e.name == "user-blocked" and _not_asked(all_told, e):
                return False
    orders, followed = _orders(findings)
    return followed >= orders and _tickets(findings) >= _overdue(all_told)


def _still_online(all_told: Told, restart: Event) -> bool:
    sessions = (all_told.sessions.get(UUID(id)) for id in restart.data["sessions"])
    return any(s is not None and s.is_online and s.boot < restart.data["boot"] for s in sessions)


def _not_asked(all_told: Told, block: Event) -> bool:
    sessions = (all_told.sessions.get(UUID(id)) for id in block.data["sessions"])
    return any(s is not None and s.is_online and not s.asked_to_go for s in sessions)


def _orders(findings: Findings) -> tuple[int, int]:
    """How many there were, and to how many something was done or noted."""
    orders, followed = 0, set()
    for stream in findings.events.values():
        for e in stream:
            orders += e.name in _ORDERS
            if e.actor == ORDER_TAKER:
                followed.add(e.command_id)
    return orders, len(followed)


def _tickets(findings: Findings) -> int:
    return sum(
        e.name == "ticket-opened" and e.actor == TICKET_OPENER
        for stream in findings.events.values()
        for e in stream[:1]
    )


def _overdue(all_told: Told) -> int:
    return sum(ap.too_late for ap in all_told.equipment.values())


_READ_MODELS: Mapping[str, Callable[[Told, faults.Rows], Iterator[str]]] = {
    "online-now": faults.online,
    "hotspot-now": faults.now,
    "my-sessions": faults.sessions,
    "hotspot-usage": faults.usage,
    "ap-health": faults.health,
    "hotspots": faults.hotspots,
    "trace-index": faults.traces,
    "log-requests": faults.requests,
    "user-blocks": faults.blocks,
    "open-disconnects": faults.gone,
    "wifi-warnings": faults.warnings,
}


async def report(findings: Findings, reader: Reader) -> Report:
    """Figures, the tables of hotspots and hours, and every difference."""
    all_told = told(_streams(findings))
    found = list(faults.tickets(_overdue(all_told), _tickets(findings)))
    for read_model, faults_of in _READ_MODELS.items():
        found += faults_of(all_told, await reader.rows(read_model, min_position=findings.last))
    return Report(
        program=PROGRAM,
        zh="免费WiFi",
        en="WiFi sessions",
        figures=tuple(_figures(findings, all_told)),
        tables=(_hotspots(all_told), _hours(all_told)),
        differences=tuple(found),
    )


# --- figures -----------------------------------------------------------------------------------


def _figures(findings: Findings, all_told: Told) -> Iterable[Figure]:
    yield from counted(_COUNTED, all_told.names)
    online = sum(one.is_online for one in all_told.sessions.values())
    yield Figure("online_at_last", "仍在线", "still online", online)
    minutes = (s.seconds / 60 for s in all_told.sessions.values() if s.state == "closed")
    middle = round(nearest_rank(minutes, 50), 1)
    yield Figure("median_minutes", "上网中位分钟", "median minutes online", middle)
    gib = sum(one.bytes for one in all_told.sessions.values()) / 2**30
    yield Figure("gib", "流量（GiB）", "traffic in GiB", round(gib, 2))
    yield Figure("warnings", "安全预警", "warnings", len(all_told.warnings))
    yield Figure("tickets", "接入点逾期工单", "tickets for access points", _tickets(findings))


def _hotspots(all_told: Told) -> Table:
    sessions: Counter[str] = Counter()
    moved: Counter[str] = Counter()
    points = Counter(ap.hotspot for ap in all_told.equipment.values() if ap.state != "retired")
    for (hotspot, _), (count, size) in usage_of(all_told).items():
        sessions[hotspot] += count
        moved[hotspot] += size
    rows = [
        {
            "hotspot": hotspot,
            "aps": points[hotspot],
            "sessions": count,
            "gib": round(moved[hotspot] / 2**30, 2),
        }
        for hotspot, count in sessions.most_common(12)
    ]
    columns = (
        ("hotspot", "热点", "hotspot"),
        ("aps", "接入点", "access points"),
        ("sessions", "会话", "sessions"),
        ("gib", "GiB", "GiB"),
    )
    return Table("最忙的热点", "Busiest hotspots", columns, tuple(rows))


def _hours(all_told: Told) -> Table:
    """How many began in each hour of the city's day, over all days."""
    by_hour: Counter[int] = Counter()
    for (_, at), (count, _) in usage_of(all_told).items():
        by_hour[at.astimezone(SHANGHAI).hour] += count
    rows = [{"hour": f"{n:02d}:00", "sessions": by_hour[n]} for n in range(24) if by_hour[n]]
    columns = (("hour", "时", "hour"), ("sessions", "会话", "sessions"))
    return Table("各时上线", "Sessions by the hour", columns, tuple(rows))
