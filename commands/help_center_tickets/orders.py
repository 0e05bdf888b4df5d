"""Order that somebody is kept from the city's WiFi for what a ticket reported, and lift that."""

from uuid import UUID

from pydantic import Field

from commands.base import Command, Context, Role, command
from commands.help_center_tickets.access import CENTRE_DEPARTMENT
from commands.help_center_tickets.given import DecisionNo, Reason, TicketCommand
from domain.help_center_tickets import HelpTicket, WifiBlockOrder
from domain.help_center_tickets.refusals import OrderEndPassed
from domain.shared.identifiers import Mobile
from domain.shared.instants import Instant
from domain.shared.personal import Personal
from domain.shared.refusals import NotFound

POLICE = "public-security"


class RequestWifiBlock(TicketCommand):
    """Ask for an order that keeps somebody from the city's WiFi, because of a ticket."""

    mobile: Personal[Mobile]
    order_no: DecisionNo
    ground: Reason = Field(examples=["通过公共无线网络实施诈骗"])
    until: Instant = Field(description="End of the block", examples=["2026-06-01T00:00:00+08:00"])


@command(roles={Role.OFFICER}, department={CENTRE_DEPARTMENT, POLICE})
def request_wifi_block(cmd: RequestWifiBlock, ctx: Context) -> WifiBlockOrder:
    """By the centre or the police. Raises NotFound for a ticket that is not there, and
    OrderEndPassed."""
    if ctx.matter(HelpTicket, cmd.ticket_id) is None:
        raise NotFound()
    if cmd.until <= ctx.now:
        raise OrderEndPassed(until=cmd.until)
    return WifiBlockOrder.begin(
        WifiBlockOrder.WifiBlockRequested,
        id=ctx.new_id,
        at=ctx.now,
        ticket=cmd.ticket_id,
        user=ctx.keyed_hash("mobile", cmd.mobile),
        order_no=cmd.order_no,
        ground=cmd.ground,
        until=cmd.until,
        officer=ctx.actor,
    )


class OrderCommand(Command):
    """Base of the commands on one order."""

    order_id: UUID = Field(description="The order, as the answer to request-wifi-block gave it")


class OrderWifiBlock(OrderCommand):
    """Give the order that was asked for. Not by the officer who asked."""


@command(key="order_id", roles={Role.OFFICER}, department=POLICE)
def order_wifi_block(cmd: OrderWifiBlock, order: WifiBlockOrder, ctx: Context) -> None:
    """Four eyes. The user is blocked and every live session ended by policies."""
    order.order_wifi_block(ctx.actor)


class TurnDownWifiBlock(OrderCommand):
    """Do not give the order that was asked for."""

    reason: Reason


@command(key="order_id", roles={Role.OFFICER}, department=POLICE)
def turn_down_wifi_block(cmd: TurnDownWifiBlock, order: WifiBlockOrder, ctx: Context) -> None:
    """Four eyes here, too."""
    order.turn_down_wifi_block(ctx.actor, cmd.reason)


class LiftWifiBlock(OrderCommand):
    """Lift an order before its end."""

    reason: Reason


@command(key="order_id", roles={Role.OFFICER}, department=POLICE)
def lift_wifi_block(cmd: LiftWifiBlock, order: WifiBlockOrder, ctx: Context) -> None:
    """What other orders block stays blocked."""
    order.lift_wifi_block(ctx.actor, cmd.reason)
