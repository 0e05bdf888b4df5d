"""How hotspots are used, by the hour, and what is held on one user.

Users of an hour are counted by pseudonyms that hold for that hour and place only, so that nobody
can be followed from row to row.
"""

import hashlib
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from domain.shared.identifiers import SubjectRef
from domain.wifi_sessions import WifiSession
from projections.base import Index, Row, fold


class HotspotUsage(Row, key=("hotspot", "hour")):
    """Sessions that began in an hour, users seen and bytes reported in it. ``hour`` is its
    beginning; ``seen`` are pseudonyms of this row."""

    hotspot: Annotated[str, Index]
    hour: Annotated[datetime, Index]
    sessions: Annotated[int, Index] = 0
    unique_users: int = 0
    bytes: Annotated[int, Index] = 0
    seen: tuple[str, ...] = ()

    def with_user(self, user: str | None) -> "HotspotUsage":
        """The row after someone was seen."""
        if user is None:
            return self
        told = f"{user}:{self.hotspot}:{self.hour.isoformat()}"
        pseudonym = hashlib.sha256(told.encode()).hexdigest()[:12]
        if pseudonym in self.seen:
            return self
        return self.replace(seen=(*self.seen, pseudonym), unique_users=self.unique_users + 1)


def hour_of(at: datetime) -> datetime:
    """The beginning of its hour, UTC; the city's hours begin with those of UTC."""
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def began(e: WifiSession.SessionStarted) -> tuple[str, datetime]:
    """Where and in which hour a session began."""
    return e.hotspot, hour_of(e.started_at)


def reported(e: WifiSession.UsageReported) -> tuple[str, datetime]:
    """Where and in which hour a report was made."""
    return e.hotspot, hour_of(e.reported_at)


def stopped(e: WifiSession.SessionStopped) -> tuple[str, datetime]:
    """Where and in which hour a session stopped."""
    return e.hotspot, hour_of(e.stopped_at)


@fold(HotspotUsage, key=began)
def session_began(row: HotspotUsage | None, e: WifiSession.SessionStarted) -> HotspotUsage:
    row = row or HotspotUsage(hotspot=e.hotspot, hour=hour_of(e.started_at))
    return row.replace(sessions=row.sessions + 1).with_user(e.user)


@fold(HotspotUsage, key=reported)
def used(row: HotspotUsage | None, e: WifiSession.UsageReported) -> HotspotUsage:
    row = row or HotspotUsage(hotspot=e.hotspot, hour=hour_of(e.reported_at))
    return row.replace(bytes=row.bytes + e.added.sent + e.added.received).with_user(e.user)


@fold(HotspotUsage, key=stopped)
def last_used(row: HotspotUsage | None, e: WifiSession.SessionStopped) -> HotspotUsage:
    """A session whose start never came is counted where it stopped."""
    row = row or HotspotUsage(hotspot=e.hotspot, hour=hour_of(e.stopped_at))
    row = row.replace(bytes=row.bytes + e.added.sent + e.added.received)
    uncounted = e.start_missing and not e.ends
    return row.replace(sessions=row.sessions + uncounted).with_user(e.user)


class MySessions(Row, key="session"):
    """What is held on one user: when, where, how much. Asked by the user's reference."""

    session: UUID
    user: Annotated[SubjectRef, Index]
    signed_in_at: Annotated[datetime, Index]
    hotspot: str | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    seconds: int = 0
    bytes: int = 0


@fold(MySessions)
def signed_in(row: None, e: WifiSession.UserAuthenticated) -> MySessions:
    return MySessions(session=e.id, user=e.user, signed_in_at=e.at)


@fold(MySessions)
def came_online(row: MySessions | None, e: WifiSession.SessionStarted) -> MySessions | None:
    return row.replace(hotspot=e.hotspot, started_at=e.started_at) if row else None


@fold(MySessions)
def start_came(row: MySessions | None, e: WifiSession.StartReconciled) -> MySessions | None:
    return row.replace(started_at=e.started_at) if row else None


@fold(MySessions)
def went_on(row: MySessions | None, e: WifiSession.UsageReported) -> MySessions | None:
    if row is None:
        return None
    return row.replace(seconds=e.seconds, bytes=e.total.sent + e.total.received, ended_at=None)


@fold(MySessions)
def went(row: MySessions | None, e: WifiSession.SessionStopped) -> MySessions | None:
    if row is None:
        return None
    return row.replace(
        hotspot=e.hotspot,
        ended_at=e.stopped_at,
        seconds=e.seconds,
        bytes=e.total.sent + e.total.received,
    )


@fold(MySessions)
def was_cut_off(
    row: MySessions | None,
    e: WifiSession.SessionPresumedEnded | WifiSession.SessionClosedByRestart,
) -> MySessions | None:
    return row.replace(ended_at=e.at) if row else None
