"""Steps of orders to keep somebody from the city's WiFi, each with its usual sender."""

from typing import Any
from uuid import UUID

from commands.base import Caller, Role
from commands.help_center_tickets import orders
from tests.scenario import Step, caller, shanghai
from tests.tickets import AGENT, ticket_id

POLICE = caller("police-1", Role.OFFICER, department="public-security")

ORDER = UUID("01970000-0000-7000-8000-0000000000b1")
"""Of no matter: in a scenario it means the order that was asked for last."""


def requested(number: int = 1, *, by: Caller = AGENT, **fields: Any) -> Step:
    """A ticket tells of somebody who cheats by the city's WiFi."""
    command = orders.RequestWifiBlock(
        **{
            "ticket_id": ticket_id(number),
            "mobile": "13812345601",
            "order_no": "甬公网安〔2026〕7号",
            "ground": "通过公共无线网络实施诈骗",
            "until": shanghai("2026-06-01T00:00"),
            **fields,
        }
    )
    return Step(command, by)


def ordered(order: UUID = ORDER, *, by: Caller = POLICE) -> Step:
    """The police order it."""
    return Step(orders.OrderWifiBlock(order_id=order), by)


def turned_down(order: UUID = ORDER, *, by: Caller = POLICE) -> Step:
    """The police do not order it."""
    return Step(orders.TurnDownWifiBlock(order_id=order, reason="证据不足"), by)


def lifted(order: UUID = ORDER, *, by: Caller = POLICE) -> Step:
    """It holds no longer."""
    return Step(orders.LiftWifiBlock(order_id=order, reason="案件已结"), by)
