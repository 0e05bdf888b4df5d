"""The figures of a day at the centre, and its tables by group of services and by limit."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from domain.help_center_tickets.states import ServiceGroup, Tier
from simulation.counting import counted, nearest_rank
from simulation.help_center_tickets.reckoning import CONTENT, Ticket, last_answers
from simulation.matters import Played
from simulation.programme import Figure, Table
from simulation.reading import Event


class Told(NamedTuple):
    """A ticket of the run as it was played, its events, and what they come to."""

    played: Played
    stream: Sequence[Event]
    ticket: Ticket


_COUNTED = (
    ("answered", "ticket-answered", "知识库直接答复", "answered from knowledge"),
    ("dispatched", "ticket-dispatched", "派单", "dispatches"),
    ("returned", "dispatch-returned", "退单", "given back by holders"),
    ("arbitrated", "holder-decided", "裁定承办", "decided by supervision"),
    ("merged", "ticket-merged", "并单", "merged into another ticket"),
    ("done", "work-reported", "办结", "results reported"),
    ("urged", "ticket-urged", "催办", "urged by callers"),
    ("reopened", "ticket-reopened", "重开", "reopened"),
    ("breached", "clock-breached", "超时", "limits passed"),
)


def figures(told: Sequence[Told], events: Sequence[Event]) -> Iterator[Figure]:
    """What is counted over the whole run."""
    names = Counter(e.name for e in events)
    yield Figure("contacts", "受理", "contacts", len(told))
    yield from counted(_COUNTED, names)
    content = [int(a["satisfied"] >= CONTENT) for a in last_answers(events).values()]
    percent = 100 * sum(content) // len(content) if content else 0
    yield Figure("satisfied_percent", "满意率（%）", "percent satisfied", percent)
    yield Figure(
        "median_minutes", "受理到办结中位分钟", "median minutes to the result", _median(told)
    )


_RESULTS = ("work-reported", "ticket-answered")


def _minutes(one: Told) -> float | None:
    """From the call to the first result."""
    for e in one.stream:
        if e.name in _RESULTS:
            return (e.at - one.stream[0].at).total_seconds() / 60
    return None


def _median(told: Sequence[Told]) -> float:
    return round(nearest_rank((m for one in told if (m := _minutes(one)) is not None), 50), 1)


_GROUPS: Mapping[ServiceGroup, str] = {
    ServiceGroup.LIFE: "生活服务",
    ServiceGroup.CULTURE_EDUCATION: "文化教育",
    ServiceGroup.SCIENCE: "科技",
    ServiceGroup.HEALTH: "医疗健康",
    ServiceGroup.AGRICULTURE: "农业",
    ServiceGroup.ECONOMY: "经济",
    ServiceGroup.LEGAL_ADVICE: "法律咨询",
    ServiceGroup.RIGHTS: "维权",
}


def groups(told: Sequence[Told]) -> Table:
    """By the eight groups of the plan."""
    columns = (
        ("group", "类别", "group"),
        ("tickets", "工单", "tickets"),
        ("answered", "直接答复", "answered"),
        ("done", "办结", "done"),
        ("reopened", "重开", "reopened"),
        ("closed", "关闭", "closed"),
    )
    rows = []
    for group, zh in _GROUPS.items():
        those = [one for one in told if one.played.matter.about["group"] == group.value]
        rows.append(
            {
                "group": zh,
                "tickets": len(those),
                "answered": _with(those, "ticket-answered"),
                "done": _with(those, "work-reported"),
                "reopened": _with(those, "ticket-reopened"),
                "closed": sum(one.ticket.state == "closed" for one in those),
            }
        )
    return Table("各类服务", "By group of services", columns, tuple(rows))


def _with(told: Sequence[Told], name: str) -> int:
    """How many of them have an event of this name."""
    return sum(any(e.name == name for e in one.stream) for one in told)


_TIERS: Mapping[Tier, str] = {
    Tier.EMERGENCY: "紧急",
    Tier.URGENT: "加急",
    Tier.ORDINARY: "一般",
    Tier.CONSULT: "咨询",
    Tier.COMPLAINT: "投诉举报",
    Tier.CONSUMER: "消费投诉",
}


def tiers(told: Sequence[Told]) -> Table:
    """By the line of the table of limits: how often it was accepted in time, how long it took."""
    columns = (
        ("tier", "时限", "limits"),
        ("tickets", "工单", "tickets"),
        ("accepted_percent", "按时接单（%）", "percent accepted in time"),
        ("breached", "超时工单", "past a limit"),
        ("minutes", "办结中位分钟", "median minutes"),
    )
    rows: list[Mapping[str, Any]] = []
    for tier, zh in _TIERS.items():
        those = [one for one in told if _tier(one) == tier.value]
        accepted = [
            int(e.data["in_time"])
            for one in those
            for e in one.stream
            if e.name == "dispatch-accepted"
        ]
        rows.append(
            {
                "tier": zh,
                "tickets": len(those),
                "accepted_percent": 100 * sum(accepted) // len(accepted) if accepted else None,
                "breached": _with(those, "clock-breached"),
                "minutes": _median(those),
            }
        )
    return Table("各时限", "By limits", columns, tuple(rows))


def _tier(one: Told) -> str | None:
    """As it was classified first."""
    return next((e.data["tier"] for e in one.stream if e.name == "ticket-classified"), None)
