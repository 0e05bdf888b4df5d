"""Orders to keep people from the city's WiFi: who asked, who ordered, until when; by reference."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from domain.help_center_tickets import WifiBlockOrder
from domain.help_center_tickets.states import OrderState
from domain.shared.identifiers import OfficerId, SubjectRef
from projections.base import Index, Row, fold


class WifiBlockOrders(Row, key="order_id"):
    """One line per order. ``officer`` decided on it last."""

    order_id: UUID
    ticket: Annotated[UUID, Index]
    user: Annotated[SubjectRef, Index]
    order_no: Annotated[str, Index]
    state: Annotated[OrderState, Index] = OrderState.REQUESTED
    until: Annotated[datetime, Index]
    requested_by: OfficerId
    requested_at: Annotated[datetime, Index]
    officer: OfficerId | None = None


@fold(WifiBlockOrders)
def requested(row: None, e: WifiBlockOrder.WifiBlockRequested) -> WifiBlockOrders:
    return WifiBlockOrders(
        order_id=e.id,
        ticket=e.ticket,
        user=e.user,
        order_no=e.order_no,
        until=e.until,
        requested_by=e.officer,
        requested_at=e.at,
    )


@fold(WifiBlockOrders)
def ordered(row: WifiBlockOrders, e: WifiBlockOrder.WifiBlockOrdered) -> WifiBlockOrders:
    return row.replace(state=OrderState.ORDERED, officer=e.officer)


@fold(WifiBlockOrders)
def turned_down(row: WifiBlockOrders, e: WifiBlockOrder.WifiBlockTurnedDown) -> WifiBlockOrders:
    return row.replace(state=OrderState.TURNED_DOWN, officer=e.officer)


@fold(WifiBlockOrders)
def lifted(row: WifiBlockOrders, e: WifiBlockOrder.WifiBlockLifted) -> WifiBlockOrders:
    return row.replace(state=OrderState.LIFTED, officer=e.officer)
