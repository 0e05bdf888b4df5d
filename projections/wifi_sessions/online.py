"""Who is online now, by session and by hotspot, and who is asked to go."""

from datetime import datetime
from typing import Annotated, TypeAlias
from uuid import UUID

from domain.wifi_sessions import WifiSession
from domain.wifi_sessions.values import DisconnectReason
from projections.base import Index, Row, fold

Ended: TypeAlias = (
    WifiSession.SessionStopped
    | WifiSession.SessionPresumedEnded
    | WifiSession.SessionClosedByRestart
)


class OnlineNow(Row, key="session"):
    """One line per session that is online; ``bytes`` in both directions as last reported."""

    session: UUID
    hotspot: Annotated[str, Index]
    ap: Annotated[UUID, Index]
    since: Annotated[datetime, Index]
    bytes: Annotated[int, Index] = 0


@fold(OnlineNow)
def session_started(row: None, e: WifiSession.SessionStarted) -> OnlineNow:
    return OnlineNow(session=e.id, hotspot=e.hotspot, ap=e.ap, since=e.started_at)


@fold(OnlineNow)
def session_revived(row: None, e: WifiSession.SessionRevived) -> OnlineNow:
    return OnlineNow(session=e.id, hotspot=e.hotspot, ap=e.ap, since=e.since, bytes=e.bytes)


@fold(OnlineNow)
def usage_reported(row: OnlineNow, e: WifiSession.UsageReported) -> OnlineNow:
    return row.replace(bytes=e.total.sent + e.total.received)


@fold(OnlineNow)
def start_reconciled(row: OnlineNow | None, e: WifiSession.StartReconciled) -> OnlineNow | None:
    return row.replace(since=e.started_at) if row else None


@fold(OnlineNow)
def ended(row: OnlineNow | None, e: Ended) -> None:
    return None


class HotspotNow(Row, key="hotspot"):
    """How many sessions are online at a hotspot."""

    hotspot: str
    online: Annotated[int, Index] = 0


@fold(HotspotNow, key="hotspot")
def one_more(
    row: HotspotNow | None, e: WifiSession.SessionStarted | WifiSession.SessionRevived
) -> HotspotNow:
    row = row or HotspotNow(hotspot=e.hotspot)
    return row.replace(online=row.online + 1)


@fold(HotspotNow, key="hotspot")
def one_less(
    row: HotspotNow,
    e: WifiSession.SessionPresumedEnded | WifiSession.SessionClosedByRestart,
) -> HotspotNow:
    return row.replace(online=row.online - 1)


@fold(HotspotNow, key="hotspot")
def one_stopped(row: HotspotNow | None, e: WifiSession.SessionStopped) -> HotspotNow | None:
    return row.replace(online=row.online - 1) if row and e.ends else row


class OpenDisconnects(Row, key="session"):
    """Sessions that their access point is to end, for whoever speaks to it (RFC 5176)."""

    session: UUID
    ap: Annotated[UUID, Index]
    nas: str
    acct_session_id: str
    reason: Annotated[DisconnectReason, Index]
    since: datetime


@fold(OpenDisconnects)
def disconnect_requested(
    row: OpenDisconnects | None, e: WifiSession.DisconnectRequested
) -> OpenDisconnects:
    return OpenDisconnects(
        session=e.id,
        ap=e.ap,
        nas=e.nas,
        acct_session_id=e.acct_session_id,
        reason=e.reason,
        since=e.at,
    )


@fold(OpenDisconnects)
def no_longer_asked(
    row: OpenDisconnects | None,
    e: WifiSession.DisconnectRefused
    | WifiSession.SessionStopped
    | WifiSession.SessionClosedByRestart,
) -> None:
    return None
