"""Every clock of WiFi sessions on a simulated calendar: weekends, National Day, the worked Saturday.

All of them count elapsed time and none can pause, so what the table shows is that no holiday delays
an access point's repair or an answer to the police.
"""

from datetime import timedelta

import pytest

from domain.shared.instants import SHANGHAI
from domain.wifi_sessions.limits import AP_CLOCKS, DISCLOSURE, SESSION_CLOCKS
from domain.wifi_sessions.values import HotspotKind
from tests import wifi as w
from tests.clock_tables import Levels, hold
from tests.clock_tables import Row as ClockRow
from tests.scenario import MATTER, Step, shanghai

BREACHED: Levels = ("breached",)
DAYS = {
    "a weekend": "2026-11-21T23:30",
    "National Day": "2026-09-30T23:30",
    "no Saturday that is worked": "2026-10-10T08:00",
}


def beginning(at: str, *steps: Step) -> tuple[Step, ...]:
    """The first step at an instant, each of the others a minute after the one before."""
    return (steps[0].but(at=shanghai(at)), *steps[1:])


def after(at: str, **passed: int) -> str:
    """A time in Shanghai, so much later."""
    return (shanghai(at) + timedelta(**passed)).astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M:%S")


def rows(over: str, at: str) -> list[ClockRow]:
    """Each clock, begun at that time; the comments say at which minute it starts."""
    online = beginning(at, *w.ONLINE)
    silent = beginning(at, w.installed(), w.heartbeat())
    down = shanghai(after(at, minutes=9))
    station = beginning(at, w.installed(kind=HotspotKind.STATION), w.heartbeat())
    return [
        # access is granted in minute 3, the session starts in minute 4
        ClockRow(
            "access-grant",
            over,
            beginning(at, *w.GRANTED),
            MATTER,
            {after(at, minutes=13): w.lapsed()},
        ),
        ClockRow("silence", over, online, MATTER, {after(at, minutes=49): w.silent()}),
        ClockRow(
            "session-limit", over, online, MATTER, {after(at, minutes=4, hours=4): w.overlong()}
        ),
        # the heartbeat comes in minute 1 and is the last
        ClockRow("ap-silence", over, silent, w.AP, {after(at, minutes=9): w.declared_down()}),
        ClockRow(
            "ap-repair",
            over,
            (*silent, w.declared_down(down)),
            w.AP,
            {after(at, minutes=9, hours=24): BREACHED},
        ),
        ClockRow(
            "ap-repair",
            f"{over}, at a station",
            (*station, w.declared_down(down)),
            w.AP,
            {after(at, minutes=9, hours=4): BREACHED},
        ),
        ClockRow(
            "log-disclosure",
            over,
            beginning(at, w.log_requested()),
            MATTER,
            {after(at, hours=24): BREACHED},
        ),
        ClockRow(
            "log-disclosure",
            f"{over}, urgent",
            beginning(at, w.log_requested(urgent=True)),
            MATTER,
            {after(at, hours=2): BREACHED},
        ),
    ]


CALENDAR_TABLE = [row for over, at in DAYS.items() for row in rows(over, at)]


@pytest.mark.parametrize("row", CALENDAR_TABLE, ids=str)
def test_each_clock_falls_due_when_the_calendar_says_and_once(row: ClockRow) -> None:
    hold(row)


def test_no_clock_of_the_wifi_is_left_out_of_the_table() -> None:
    declared = {clock.name for clock in (*SESSION_CLOCKS, *AP_CLOCKS, DISCLOSURE)}
    assert {row.clock for row in CALENDAR_TABLE} == declared
