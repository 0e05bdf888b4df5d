"""The limits and figures of WiFi sessions, as data.

Sources: RFC 2869, section 2.1 (interim interval never below 60 s, 600 s advised); RFC 2865, 5.27
and 5.28 (session and idle timeout); Order 82 of the Ministry of Public Security, art. 13 (60 days)
and Cybersecurity Law, art. 21 (six months: the longer wins); the brief's defaults for the rest.
"""

from datetime import date, datetime, timedelta
from typing import Final

from domain.shared.calendar import Calendar, same_day_after_months
from domain.shared.clocks import Clock, ClockReading, Limit, Unit
from domain.shared.instants import SHANGHAI

Readings = tuple[ClockReading, ...]

CODE_VALID = timedelta(minutes=5)
CODE_TRIES = 5
CODE_PAUSE = timedelta(seconds=60)
CODES_A_DAY = 10

DEVICE_BOUND = timedelta(days=7)
LIVE_DEVICES = 3

NOTICE_VERSIONS: tuple[tuple[datetime, str], ...] = (
    (datetime(2026, 1, 1, tzinfo=SHANGHAI), "2026-1"),
)
"""From when which version of the privacy notice is in force."""

INTERIM_S = 900
SILENT_INTERVALS = 3
SESSION_S = 4 * 3600
IDLE_S = 30 * 60

SILENCE = Clock(
    "silence", Limit(SILENT_INTERVALS * INTERIM_S, Unit.ELAPSED_SECONDS), kind="deadline"
)
SESSION_LIMIT = Clock("session-limit", Limit(SESSION_S, Unit.ELAPSED_SECONDS), kind="deadline")
# What was granted and not used gives its place back: devices walk out of reach while signing in.
GRANT = Clock("access-grant", Limit(600, Unit.ELAPSED_SECONDS), kind="deadline")
SESSION_CLOCKS = (SILENCE, SESSION_LIMIT, GRANT)

DISCONNECT_AGAIN = timedelta(minutes=30)
"""When a NAS that refused to end an overlong session is asked again."""

TIME_OFF = timedelta(hours=24)
"""How far the time of a record may be off the time of its receipt."""

SAME_RESTART = timedelta(seconds=5)
"""Two reports of a restart this close together are one, sent again."""

ON_AN_AP = timedelta(hours=6)
"""How long an access point remembers a session: its limit, its silence, and time to spare."""

HEARTBEAT_S = 60
MISSED_HEARTBEATS = 3
# 9,000 access points send 13 million heartbeats a day, more than all other events together. One
# that says nothing new is kept every five minutes, so an access point that fell silent is found
# down three to eight minutes after its last heartbeat.
HEARTBEAT_KEPT = timedelta(minutes=5)
AP_SILENCE = Clock(
    "ap-silence",
    Limit(
        int(HEARTBEAT_KEPT.total_seconds()) + MISSED_HEARTBEATS * HEARTBEAT_S, Unit.ELAPSED_SECONDS
    ),
    kind="deadline",
)
REPAIR = Clock("ap-repair", Limit(24 * 3600, Unit.ELAPSED_SECONDS))
URGENT_REPAIR = Limit(4 * 3600, Unit.ELAPSED_SECONDS)
AP_CLOCKS = (AP_SILENCE, REPAIR)

BUSY_PERCENT: Final = 85
CALM_PERCENT: Final = 70
"""Channel utilisation at which an access point is degraded, and below which it is so no more."""

DISTANT_M = 1_000
SPOOFED_WITHIN = timedelta(seconds=60)
"""One device on two access points this far apart within this time is two devices."""

DISCLOSURE = Clock("log-disclosure", Limit(24 * 3600, Unit.ELAPSED_SECONDS))
URGENT_DISCLOSURE = Limit(2 * 3600, Unit.ELAPSED_SECONDS)
LOG_WINDOW = timedelta(days=30)

RETENTION_MONTHS = 6
DESTROYED_WITHIN = timedelta(days=30)

NAT_UNIT = 1024
NAT_BLOCK = 2 * NAT_UNIT
NAT_HELD = timedelta(hours=24)
"""A block has at most so many ports and is held at most so long."""


def notice_in_force(now: datetime) -> str:
    """The version of the privacy notice that a user has to have seen."""
    return [version for since, version in NOTICE_VERSIONS if since <= now][-1]


def kept_until(day: date) -> datetime:
    """The end (UTC) of the time for which a day's logs are kept: 24:00, six months on."""
    last = same_day_after_months(day, RETENTION_MONTHS)
    return datetime(last.year, last.month, last.day, tzinfo=SHANGHAI) + timedelta(days=1)


def silence_from(now: datetime, calendar: Calendar) -> ClockReading:
    """The silence clock, started anew by a sign of life."""
    return SILENCE.start(now, calendar)
