"""What security inspection is warned of, and who is blocked: by reference, never by mobile."""

from datetime import datetime
from typing import Annotated, Literal, TypeAlias
from uuid import UUID

from domain.shared.identifiers import OfficerId, SubjectRef
from domain.wifi_sessions import WifiSession, WifiUser
from projections.base import Index, Row, fold

Kind = Literal["code-flood", "mac-spoofing", "port-scan", "orphan-session"]


class WifiWarnings(Row, key=("matter", "version")):
    """One line per warning; ``matter`` and ``version`` are those of the event that gave it."""

    matter: UUID
    version: int
    kind: Annotated[Kind, Index]
    at: Annotated[datetime, Index]
    hotspot: Annotated[str | None, Index] = None
    ap: Annotated[UUID | None, Index] = None


Suspicion: TypeAlias = (
    WifiUser.CodeFloodSuspected | WifiUser.MacSpoofingSuspected | WifiSession.PortScanSuspected
)


def which(e: Suspicion | WifiSession.SessionStarted) -> tuple[UUID, int]:
    """The event itself."""
    return e.id, e.version


@fold(WifiWarnings, key=which)
def suspected(row: None, e: Suspicion) -> WifiWarnings:
    match e:
        case WifiUser.CodeFloodSuspected():
            return _warning(e, "code-flood", hotspot=e.hotspot)
        case WifiUser.MacSpoofingSuspected():
            return _warning(e, "mac-spoofing", ap=e.ap)
        case WifiSession.PortScanSuspected():
            return _warning(e, "port-scan", hotspot=e.hotspot, ap=e.ap)


@fold(WifiWarnings, key=which)
def orphan_started(row: WifiWarnings | None, e: WifiSession.SessionStarted) -> WifiWarnings | None:
    return _warning(e, "orphan-session", hotspot=e.hotspot, ap=e.ap) if e.orphan else row


def _warning(
    e: Suspicion | WifiSession.SessionStarted,
    kind: Kind,
    *,
    hotspot: str | None = None,
    ap: UUID | None = None,
) -> WifiWarnings:
    return WifiWarnings(matter=e.id, version=e.version, kind=kind, at=e.at, hotspot=hotspot, ap=ap)


class UserBlocks(Row, key="user"):
    """One line per user that an order blocks; past ``until`` it is in force no more."""

    user: SubjectRef
    since: Annotated[datetime, Index]
    until: Annotated[datetime | None, Index] = None
    order_no: Annotated[str, Index]
    officer: OfficerId


@fold(UserBlocks, key="user")
def user_blocked(row: UserBlocks | None, e: WifiUser.UserBlocked) -> UserBlocks:
    return UserBlocks(
        user=e.user, since=e.at, until=e.until, order_no=e.order_no, officer=e.officer
    )


@fold(UserBlocks, key="user")
def user_unblocked(row: UserBlocks, e: WifiUser.UserUnblocked) -> None:
    return None
