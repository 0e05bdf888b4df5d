"""What the centre did, from the events alone, held against its read models.

Each ticket's line at the desk, at its caller's and before supervision, each member's standing, load
and offers, every holder's scores and the counts by service and district must be what the events
come to. Scores and counts run over years, so those from before the run are taken off.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

from domain.help_center_tickets import ticket_heat_id
from simulation.help_center_tickets.centre import PROGRAM
from simulation.help_center_tickets.checks import (
    caller_faults,
    desk_faults,
    holder_faults,
    score_faults,
    unlike,
    watch_faults,
)
from simulation.help_center_tickets.figures import Told, figures, groups, tiers
from simulation.help_center_tickets.reckoning import (
    Membership,
    counts,
    last_answers,
    membership,
    of_tickets,
    scores,
    ticket,
)
from simulation.matters import Played
from simulation.office import local
from simulation.programme import Findings, Report
from simulation.reading import Event, Reader

AT_ONCE = 32

WITH_DATA = frozenset(
    f"{PROGRAM}.{name}"
    for name in (
        "ticket-classified",
        "ticket-reclassified",
        "ticket-joined",
        "ticket-merged",
        "merge-undone",
        "ticket-dispatched",
        "ticket-transferred",
        "holder-decided",
        "dispatch-accepted",
        "dispatch-returned",
        "ticket-taken-back",
        "caller-contacted",
        "ticket-paused",
        "ticket-resumed",
        "deadline-extended",
        "work-reported",
        "ticket-answered",
        "result-shared",
        "call-back-tried",
        "call-back-answered",
        "ticket-reopened",
        "ticket-escalated",
        "clock-breached",
        "member-applied",
        "capacity-set",
        "member-suspended",
        "member-expelled",
        "member-reinstated",
        "service-offered",
        "service-dropped",
        "ticket-taken",
        "ticket-given-back",
        "misconduct-proven",
    )
)


class Before(NamedTuple):
    """What stood in the read models that go on over runs."""

    scores: Mapping[tuple[str, str], Mapping[str, Any]]
    counts: Mapping[tuple[str, str, str], int]


async def before(reader: Reader) -> Before:
    """Read before the first step."""
    held = await reader.rows("holder-scores")
    counted = await reader.rows("ticket-counts")
    return Before(
        {(row["holder"], row["month"]): row for row in held},
        {(row["item"], row["district"], row["month"]): row["count"] for row in counted},
    )


def tickets(findings: Findings) -> list[Told]:
    """The run's tickets, but for those that other programmes led to."""
    found = []
    for one in findings.played:
        if one.id is not None and "channel" in one.matter.about:
            stream = findings.events.get(one.id, ())
            anonymous = one.matter.about["anonymous"]
            found.append(Told(one, stream, ticket(stream, anonymous=anonymous)))
    return found


def members(findings: Findings) -> list[tuple[Played, Membership]]:
    """The run's member companies."""
    return [
        (one, membership(findings.events.get(one.id, ())))
        for one in findings.played
        if one.id is not None and "uscc" in one.matter.about
    ]


def settled(findings: Findings) -> bool:
    """Whether merged tickets have gone their leads' way, suspended members have nothing left, and
    every ticket of the last days was counted into the heat."""
    done: set[UUID] = set()
    classified: Counter[UUID] = Counter()
    recent = local(findings.world.today, 0) - timedelta(days=6)
    told = tickets(findings)
    for one in told:
        for e in one.stream:
            if e.name in ("work-reported", "ticket-withdrawn"):
                done.add(e.matter)
            elif e.name == "ticket-classified" and e.at >= recent:
                classified[ticket_heat_id(e.data["item"], e.data["district"])] += 1
    counted = all(
        sum(e.name == "opening-counted" for e in findings.events.get(heat, ())) >= count
        for heat, count in classified.items()
    )
    free = not any(
        known.state in ("suspended", "expelled") and known.carries for _, known in members(findings)
    )
    return counted and free and not any(_lead_is_done(one, done) for one in told)


def _lead_is_done(one: Told, done: set[UUID]) -> bool:
    if one.ticket.state != "merged":
        return False
    leads = [e.data["lead"] for e in one.stream if e.name == "ticket-merged"]
    return UUID(leads[-1]) in done


async def report(findings: Findings, reader: Reader) -> Report:
    """Figures, tables, and every difference."""
    told = tickets(findings)
    events = of_tickets(findings.events)
    return Report(
        program=PROGRAM,
        zh="市民求助",
        en="Help centre tickets",
        figures=tuple(figures(told, events)),
        tables=(groups(told), tiers(told)),
        differences=(
            *await _ticket_faults(told, reader, findings.last),
            *await _member_faults(findings, events, reader),
            *await _score_faults(findings, events, reader),
            *await _count_faults(findings, events, reader),
            *await _order_faults(findings, reader),
        ),
    )


# --- tickets -----------------------------------------------------------------------------------


async def _ticket_faults(told: Sequence[Told], reader: Reader, position: int) -> list[str]:
    gate = asyncio.Semaphore(AT_ONCE)

    async def faults(one: Told) -> list[str]:
        id = one.stream[0].matter
        async with gate:
            desk = await reader.row("ticket-desk", str(id), min_position=position)
            mine = await reader.row("my-tickets", str(id), min_position=position)
            held = await reader.row("holder-tickets", str(id), min_position=position)
            watched = await reader.row("supervision", str(id), min_position=position)
        return [
            *desk_faults(id, one.ticket, desk),
            *caller_faults(id, one.ticket, mine),
            *holder_faults(id, one.ticket, held),
            *watch_faults(id, one.ticket, watched),
        ]

    found = await asyncio.gather(*(faults(one) for one in told if one.stream))
    return [fault for faults in found for fault in faults]


# --- members -----------------------------------------------------------------------------------


async def _member_faults(findings: Findings, events: Sequence[Event], reader: Reader) -> list[str]:
    known = members(findings)
    own = {str(one.matter.about["uscc"]) for one, _ in known}
    answers, satisfaction, proven = Counter[str](), Counter[str](), Counter[str]()
    for answer in last_answers(events).values():
        answers[answer["holder"]] += 1
        satisfaction[answer["holder"]] += answer["satisfied"]
    for e in events:
        if e.name == "misconduct-proven":
            proven[e.data["uscc"]] += 1
    rows = {
        row["uscc"]: row
        for row in await reader.rows("member-companies", min_position=findings.last)
    }
    offered: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for row in await reader.rows("candidates", min_position=findings.last):
        if row["uscc"] in own:
            offered[row["uscc"]].add((row["item"], row["district"]))
    found: list[str] = []
    for one, member in known:
        code = str(one.matter.about["uscc"])
        found += unlike(
            f"{code}: the member's line",
            rows.get(code),
            state=member.state,
            capacity=member.capacity,
            load=len(member.carries),
            free=max(0, member.capacity - len(member.carries)),
            answers=answers[code],
            satisfaction=satisfaction[code],
            misconducts=proven[code],
        )
        if offered[code] != member.offers:
            found.append(f"{code}: candidates shows other services than it offers")
    return found


# --- scores, counts, orders --------------------------------------------------------------------


async def _score_faults(findings: Findings, events: Sequence[Event], reader: Reader) -> list[str]:
    rows = {
        (row["holder"], row["month"]): row
        for row in await reader.rows("holder-scores", min_position=findings.last)
    }
    return list(score_faults(scores(events), findings.before.scores, rows))


async def _count_faults(findings: Findings, events: Sequence[Event], reader: Reader) -> list[str]:
    rows = {
        (row["item"], row["district"], row["month"]): row["count"]
        for row in await reader.rows("ticket-counts", min_position=findings.last)
    }
    expected = Counter(findings.before.counts) + counts(events)
    return [
        f"counts of {' '.join(key)}: {rows.get(key, 0)}, by the log {expected[key]}"
        for key in sorted(rows.keys() | expected.keys())
        if rows.get(key, 0) != expected[key]
    ]


_ORDER_AFTER = {
    "wifi-block-requested": "requested",
    "wifi-block-ordered": "ordered",
    "wifi-block-turned-down": "turned_down",
    "wifi-block-lifted": "lifted",
}


async def _order_faults(findings: Findings, reader: Reader) -> list[str]:
    found: list[str] = []
    for one in findings.played:
        if one.id is not None and one.matter.name.startswith(f"{PROGRAM}/wifi-order/"):
            stream = findings.events.get(one.id, ())
            state = _ORDER_AFTER[stream[-1].name] if stream else None
            row = await reader.row("wifi-block-orders", str(one.id), min_position=findings.last)
            found += unlike(f"{one.id}: the order", row, state=state)
    return found
