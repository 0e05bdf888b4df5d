"""What security inspection is warned of, and who is blocked: by reference, never by mobile."""

from datetime import datetime
from typing import Annotated, Literal, TypeAlias
from uuid import UUID

from pydantic import BaseModel, ConfigDict

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


class BlockingOrder(BaseModel):
    """One order and until when it blocks; without an end, until it is lifted."""

    model_config = ConfigDict(frozen=True)

    order_no: str
    until: datetime | None
    officer: OfficerId


class UserBlocks(Row, key="user"):
    """One line per user that ``orders`` block; past ``until`` none is in force any more.
    ``order_no`` and ``officer`` are of the last one given."""

    user: SubjectRef
    since: Annotated[datetime, Index]
    until: Annotated[datetime | None, Index] = None
    order_no: Annotated[str, Index]
    officer: OfficerId
    orders: tuple[BlockingOrder, ...]


@fold(UserBlocks, key="user")
def user_blocked(row: UserBlocks | None, e: WifiUser.UserBlocked) -> UserBlocks:
    order = BlockingOrder(order_no=e.order_no, until=e.until, officer=e.officer)
    orders = (*_without(row, e.order_no), order)
    return _blocks(e.user, row.since if row is not None else e.at, orders)


@fold(UserBlocks, key="user")
def user_unblocked(row: UserBlocks, e: WifiUser.UserUnblocked) -> UserBlocks | None:
    left = _without(row, e.order_no) if e.order_no is not None else ()
    return _blocks(row.user, row.since, left) if left else None


def _without(row: UserBlocks | None, order_no: str) -> tuple[BlockingOrder, ...]:
    return tuple(o for o in row.orders if o.order_no != order_no) if row is not None else ()


def _blocks(user: str, since: datetime, orders: tuple[BlockingOrder, ...]) -> UserBlocks:
    ends = [order.until for order in orders if order.until is not None]
    return UserBlocks(
        user=user,
        since=since,
        until=max(ends) if len(ends) == len(orders) else None,
        order_no=orders[-1].order_no,
        officer=orders[-1].officer,
        orders=orders,
    )
