"""Care orders (养老服务订单): from a request for care to its end, visit by visit, to the fen.

``CareOrder`` (in parts: ``requesting``, ``planning``, ``serving``, ``order``), ``Visit``
(``visiting``, ``visit``), ``ProviderCapacity``, ``Elder``, ``MonthlySettlement``. What must hold
across several of them is decided over all of them at once.
"""

from domain.care_orders.elder import Elder
from domain.care_orders.order import CareOrder
from domain.care_orders.provider import ProviderCapacity
from domain.care_orders.settlement import MonthlySettlement
from domain.care_orders.states import Mode, OrderState, SettlementState, VisitState
from domain.care_orders.visit import Visit

__all__ = [
    "CareOrder",
    "Elder",
    "Mode",
    "MonthlySettlement",
    "OrderState",
    "ProviderCapacity",
    "SettlementState",
    "Visit",
    "VisitState",
]
