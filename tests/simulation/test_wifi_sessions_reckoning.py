"""The WiFi reckoned anew from its events, and that a wrong row is a difference."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from simulation.programme import Findings
from simulation.reading import Event
from simulation.wifi_sessions import SIMULATION, faults
from simulation.wifi_sessions.reckoning import Told
from simulation.wifi_sessions.reckoning import told as reckoned
from tests.simulation import plans
from tests.simulation.events import MATTER, event, shanghai

AP = UUID("01970000-0000-7000-8000-0000000000a1")
NOON = shanghai("2026-11-27T12:10")
HOUR = shanghai("2026-11-27T12:00")


def ours(name: str, at: datetime = NOON, **more: Any) -> Event:
    made = event(name, at, **more)
    return replace(made, type=f"wifi-sessions.{name}.v1")


def volume(received: int) -> dict[str, int]:
    return {"sent": 0, "received": received}


STARTED = {
    "ap": str(AP),
    "boot": 1,
    "hotspot": "HS",
    "user": "u",
    "started_at": NOON.isoformat(),
    "orphan": False,
}


def used(name: str, at: datetime, total: int, added: int, **more: Any) -> Event:
    data = {
        "hotspot": "HS",
        "total": volume(total),
        "added": volume(added),
        "seconds": int((at - NOON).total_seconds()),
        "reported_at": at.isoformat(),
        "stopped_at": at.isoformat(),
        "start_missing": False,
        **more,
    }
    return ours(name, at, data=data)


SIGNED_IN = [ours("code-sent"), ours("user-authenticated", data={"user": "u"})]
ONLINE = [
    *SIGNED_IN,
    ours("session-started", data=STARTED),
    used("usage-reported", NOON + timedelta(minutes=15), 700, 700),
]
STOP = used("session-stopped", NOON + timedelta(minutes=55), 1_000, 300)

AP_LIFE = [
    ours(
        "ap-installed",
        HOUR - timedelta(hours=1),
        matter=AP,
        data={"nas_id": "AP-1", "hotspot": "HS"},
    ),
    ours(
        "ap-state-changed",
        HOUR - timedelta(minutes=30),
        matter=AP,
        data={"new": "up", "clients": 4},
    ),
    ours("ap-state-changed", HOUR, matter=AP, data={"new": "down", "clients": 0}),
]


def test_a_session_is_online_until_its_stop_and_each_hour_gets_its_own_bytes() -> None:
    one = reckoned([ONLINE]).sessions[MATTER]
    assert (one.is_online, one.hotspot, one.bytes, one.seconds) == (True, "HS", 700, 900)
    over = reckoned([[*ONLINE, STOP]]).sessions[MATTER]
    assert (over.state, over.bytes, over.ended) == ("closed", 1_000, STOP.at)
    assert over.usage == {
        ("HS", HOUR): [1, 700],
        ("HS", HOUR + timedelta(hours=1)): [0, 300],
    }


def test_a_stop_that_comes_first_counts_the_session_where_it_stopped() -> None:
    stop = used("session-stopped", NOON, 5, 5, start_missing=True)
    late = ours("start-reconciled", data={"started_at": HOUR.isoformat()})
    one = reckoned([[*SIGNED_IN, stop, late]]).sessions[MATTER]
    assert (one.usage, one.began) == ({("HS", HOUR): [1, 5]}, HOUR)


def test_a_session_taken_for_ended_is_online_again_when_it_is_revived() -> None:
    ended = [*ONLINE, ours("session-presumed-ended")]
    assert not reckoned([ended]).sessions[MATTER].is_online
    assert reckoned([[*ended, ours("session-revived")]]).sessions[MATTER].is_online


def test_an_access_point_served_half_of_its_hour() -> None:
    one = reckoned([AP_LIFE]).equipment[AP]
    assert (one.state, one.served, one.percent) == ("down", 1_800, 50)


BLOCKED = {"user": "u", "order_no": "1"}
ALL = reckoned(
    [
        [
            *ONLINE,
            ours("disconnect-requested"),
            ours("port-scan-suspected", version=6),
            ours(
                "nat-mapped",
                data={"public_ip": "240.0.0.1", "first_port": 2048, "since": NOON.isoformat()},
            ),
        ],
        AP_LIFE,
        [ours("user-blocked", matter=UUID(int=2), data=BLOCKED)],
        [ours("log-requested", matter=UUID(int=3)), ours("log-approved", matter=UUID(int=3))],
    ]
)

Faults = Callable[[Told, faults.Rows], Iterator[str]]
RIGHT: Mapping[Faults, dict[str, Any]] = {
    faults.online: {
        "session": str(MATTER),
        "hotspot": "HS",
        "ap": str(AP),
        "since": NOON.isoformat(),
        "bytes": 700,
    },
    faults.now: {"hotspot": "HS", "online": 1},
    faults.sessions: {
        "session": str(MATTER),
        "user": "u",
        "hotspot": "HS",
        "started_at": NOON.isoformat(),
        "ended_at": None,
        "seconds": 900,
        "bytes": 700,
    },
    faults.usage: {
        "hotspot": "HS",
        "hour": HOUR.isoformat(),
        "sessions": 1,
        "bytes": 700,
        "unique_users": 1,
    },
    faults.health: {
        "ap": str(AP),
        "state": "down",
        "since": HOUR.isoformat(),
        "hotspot": "HS",
        "clients": 0,
        "uptime_percent": 50,
        "served_s": 1_800,
        "repairs": 0,
        "restarts": 0,
        "repair_overdue": False,
    },
    faults.hotspots: {"hotspot": "HS", "access_points": 1},
    faults.traces: {
        "public_ip": "240.0.0.1",
        "first_port": 2048,
        "since": NOON.isoformat(),
        "session": str(MATTER),
    },
    faults.requests: {"request_id": str(UUID(int=3)), "state": "approved"},
    faults.blocks: {"user": "u", "orders": [{"order_no": "1"}]},
    faults.gone: {"session": str(MATTER)},
    faults.warnings: {"matter": str(MATTER), "version": 6, "kind": "port-scan"},
}
OF_OTHERS = "01970000-0000-7000-8000-0000000000ff"
KEYS = {"session", "ap", "request_id", "user", "matter"}


def _spoilt(value: Any) -> Any:
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case None:
            return NOON.isoformat()
        case list():
            return []
    try:
        UUID(value)
    except ValueError:
        pass
    else:
        return OF_OTHERS
    try:
        return (datetime.fromisoformat(value) + timedelta(hours=1)).isoformat()
    except ValueError:
        return f"{value}x"


@pytest.mark.parametrize(
    ("check", "field"), [(check, field) for check, row in RIGHT.items() for field in row]
)
def test_a_row_with_anything_wrong_is_a_difference(check: Faults, field: str) -> None:
    row = RIGHT[check]
    assert not list(check(ALL, [row]))
    [said] = check(ALL, [row | {field: _spoilt(row[field])}])
    assert "+86" not in said


@pytest.mark.parametrize("check", RIGHT)
def test_a_row_that_is_missing_is_a_difference_and_one_of_another_run_is_none(
    check: Faults,
) -> None:
    assert list(check(ALL, []))
    assert not list(check(reckoned([]), [RIGHT[check]]))


def test_a_session_that_is_shown_online_after_its_stop_is_a_difference() -> None:
    over = reckoned([[*ONLINE, STOP]])
    assert list(faults.online(over, [RIGHT[faults.online]]))
    assert list(faults.now(over, [RIGHT[faults.now]]))
    assert not list(faults.online(over, []))


def test_a_ticket_too_few_or_too_many_is_a_difference() -> None:
    assert not list(faults.tickets(2, 2))
    assert list(faults.tickets(2, 1))
    assert list(faults.tickets(0, 1))


# --- settled -----------------------------------------------------------------------------------


def findings(*streams: list[Event]) -> Findings:
    return Findings(plans.world(), (), {s[0].matter: s for s in streams}, None, 9)


def test_a_restart_is_settled_when_what_it_ended_is_closed() -> None:
    restart = ours("ap-restarted", matter=AP, data={"sessions": [str(MATTER)], "boot": 2})
    closed = [*ONLINE, ours("session-closed-by-restart")]
    assert not SIMULATION.settled(findings(ONLINE, [*AP_LIFE, restart]))
    assert SIMULATION.settled(findings(closed, [*AP_LIFE, restart]))


def test_a_block_is_settled_when_its_sessions_were_asked_to_end() -> None:
    data = BLOCKED | {"sessions": [str(MATTER)]}
    block = [ours("user-blocked", matter=UUID(int=2), data=data)]
    assert not SIMULATION.settled(findings(ONLINE, block))
    assert SIMULATION.settled(findings([*ONLINE, ours("disconnect-requested")], block))


def test_an_order_of_the_help_centre_is_settled_when_it_was_followed() -> None:
    order = [event("wifi-block-requested"), event("wifi-block-ordered")]
    user = UUID(int=2)
    known = ours("user-known", matter=user, actor="policy:order-blocks-user")
    block = replace(known, type="wifi-sessions.user-blocked.v1", data=BLOCKED | {"sessions": []})
    assert not SIMULATION.settled(findings(order))
    assert SIMULATION.settled(findings(order, [known, block]))
    assert not SIMULATION.settled(findings([*order, event("wifi-block-lifted")], [known, block]))


def test_an_overdue_repair_is_settled_when_its_ticket_is_open() -> None:
    late = [*AP_LIFE, ours("ap-clock-breached", matter=AP)]
    ticket = event("ticket-opened", matter=UUID(int=4), actor="policy:ap-down-ticket")
    assert not SIMULATION.settled(findings(late))
    assert SIMULATION.settled(findings(late, [ticket]))
