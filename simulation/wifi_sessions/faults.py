"""Holds rows of the read models against what the events come to.

Each function takes all that was told and the rows of one read model, those of earlier runs among
them, and yields a sentence for each difference; none names a person.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from simulation.wifi_sessions.reckoning import Equipment, Hour, Session, Told, hour

Rows = Sequence[Mapping[str, Any]]


def usage_of(all_told: Told) -> dict[Hour, tuple[int, int]]:
    """Sessions and bytes of each hour of each hotspot."""
    found: dict[Hour, list[int]] = defaultdict(lambda: [0, 0])
    for session in all_told.sessions.values():
        for here, (count, size) in session.usage.items():
            found[here][0] += count
            found[here][1] += size
    return {here: (count, size) for here, (count, size) in found.items()}


def _at(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def online(all_told: Told, rows: Rows) -> Iterator[str]:
    """``online_now``: exactly who is online, where, since when, with how many bytes."""
    shown = {UUID(row["session"]): row for row in rows}
    for id, one in all_told.sessions.items():
        row = shown.get(id)
        if one.is_online != (row is not None):
            yield f"{id}: {'not ' if row is None else ''}shown online, the log says {one.state}"
        elif row is not None and _place(row) != (one.hotspot, one.ap, one.began, one.bytes):
            yield f"{id}: is shown online with another place, time or bytes"


def _place(row: Mapping[str, Any]) -> tuple[str, UUID, datetime | None, int]:
    return row["hotspot"], UUID(row["ap"]), _at(row["since"]), row["bytes"]


def now(all_told: Told, rows: Rows) -> Iterator[str]:
    """``hotspot_now``: how many are online at each place."""
    here = Counter(one.hotspot for one in all_told.sessions.values() if one.is_online)
    shown = {row["hotspot"]: row["online"] for row in rows}
    for hotspot in sorted({s.hotspot for s in all_told.sessions.values() if s.hotspot}):
        if shown.get(hotspot, 0) != here[hotspot]:
            yield f"{hotspot}: {shown.get(hotspot)} shown online, the log says {here[hotspot]}"


def sessions(all_told: Told, rows: Rows) -> Iterator[str]:
    """``my_sessions``: all that is held on each that somebody signed in for."""
    shown = {UUID(row["session"]): row for row in rows}
    for id, one in all_told.sessions.items():
        row = shown.get(id)
        if one.signed_in != (row is not None):
            yield f"{id}: {'no' if row is None else 'a'} row of what is held on a user"
        elif row is not None and _held(row) != _said(one):
            yield f"{id}: what is held on its user is not what the log says"


def _held(row: Mapping[str, Any]) -> tuple[object, ...]:
    times = _at(row["started_at"]), _at(row["ended_at"])
    return row["user"], row["hotspot"], *times, row["seconds"], row["bytes"]


def _said(one: Session) -> tuple[object, ...]:
    return one.user, one.hotspot, one.began, one.ended, one.seconds, one.bytes


def usage(all_told: Told, rows: Rows) -> Iterator[str]:
    """``hotspot_usage``: sessions, users and bytes of each hour of each place."""
    shown = {
        hour(row["hotspot"], datetime.fromisoformat(row["hour"])): (
            row["sessions"],
            row["bytes"],
            row["unique_users"],
        )
        for row in rows
    }
    users: dict[Hour, set[str]] = defaultdict(set)
    for session in all_told.sessions.values():
        for here in session.usage:
            if session.user is not None:
                users[here].add(session.user)
    for here, (count, size) in usage_of(all_told).items():
        if shown.get(here) != (count, size, len(users[here])):
            yield f"{here[0]} {here[1]:%m-%d %H}: usage is not what the sessions come to"


def health(all_told: Told, rows: Rows) -> Iterator[str]:
    """``ap_health``: each access point as it was last heard of."""
    shown = {UUID(row["ap"]): row for row in rows}
    for id, one in all_told.equipment.items():
        row = shown.get(id)
        if row is None:
            yield f"{one.nas_id}: has no row of its health"
        elif (wrong := _unlike(one, row)) is not None:
            yield f"{one.nas_id}: its health has another {wrong} than the log"


def _unlike(one: Equipment, row: Mapping[str, Any]) -> str | None:
    said: Mapping[str, object] = {
        "state": one.state,
        "hotspot": one.hotspot,
        "clients": one.clients,
        "uptime_percent": one.percent,
        "served_s": one.served,
        "repairs": one.repairs,
        "restarts": one.restarts,
        "repair_overdue": one.overdue,
    }
    unlike = [name for name, value in said.items() if row[name] != value]
    if not unlike and _at(row["since"]) != one.since:
        unlike = ["since"]
    return unlike[0] if unlike else None


def hotspots(all_told: Told, rows: Rows) -> Iterator[str]:
    """``hotspots``: how many access points hang at each place."""
    hang = Counter(one.hotspot for one in all_told.equipment.values() if one.state != "retired")
    shown = {row["hotspot"]: row["access_points"] for row in rows}
    for hotspot in sorted({one.hotspot for one in all_told.equipment.values()}):
        if shown.get(hotspot, 0) != hang[hotspot]:
            yield f"{hotspot}: {shown.get(hotspot)} access points shown, hung are {hang[hotspot]}"


def traces(all_told: Told, rows: Rows) -> Iterator[str]:
    """``trace_index``: whose each block of a public address was."""
    shown = {
        (row["public_ip"], row["first_port"], _at(row["since"])): UUID(row["session"])
        for row in rows
    }
    wrong = sum(shown.get(block) != session for block, session in all_told.traces.items())
    if wrong:
        yield f"{wrong} blocks of public ports do not lead to their session"


def requests(all_told: Told, rows: Rows) -> Iterator[str]:
    """``log_requests``: how each request for logs stands."""
    shown = {UUID(row["request_id"]): row["state"] for row in rows}
    for id, state in all_told.requests.items():
        if shown.get(id) != state:
            yield f"{id}: the request for logs is shown {shown.get(id)}, the log says {state}"


def blocks(all_told: Told, rows: Rows) -> Iterator[str]:
    """``user_blocks``: by which orders each user is blocked."""
    shown = {row["user"]: {order["order_no"] for order in row["orders"]} for row in rows}
    wrong = sum(shown.get(user, set()) != orders for user, orders in all_told.blocks.items())
    if wrong:
        yield f"{wrong} users are not blocked by what the log says"


def gone(all_told: Told, rows: Rows) -> Iterator[str]:
    """``open_disconnects``: whom an access point is still to end."""
    shown = {UUID(row["session"]) for row in rows}
    for id, one in all_told.sessions.items():
        if one.wanted_gone != (id in shown):
            yield f"{id}: {'' if id in shown else 'not '}shown as one that has to end"


def warnings(all_told: Told, rows: Rows) -> Iterator[str]:
    """``wifi_warnings``: each suspicion once."""
    shown = {(UUID(row["matter"]), row["version"]): row["kind"] for row in rows}
    for place, kind in all_told.warnings.items():
        if shown.get(place) != kind:
            yield f"{place[0]}: its {kind} at version {place[1]} is not among the warnings"


def tickets(overdue: int, opened: int) -> Iterator[str]:
    """Each repair that is overdue has its ticket, and no other has one."""
    if overdue != opened:
        yield f"{overdue} repairs are overdue, {opened} tickets were opened"
