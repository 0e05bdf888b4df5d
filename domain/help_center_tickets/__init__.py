"""Help-centre tickets (81890 / 12345 市民求助): from the call to the call-back.

``HelpTicket`` is one aggregate in parts that follow a ticket's life: ``clocked``,
``opening``, ``merging``, ``holding``, ``working``, ``sealing``, ``ticket``. ``MemberCompany``
carries the tickets of a company; ``ServiceItem`` and ``KnowledgeArticle`` are what the centre
knows; ``WifiBlockOrder`` is what may come of a ticket for a user of the city's WiFi, and
``TicketHeat`` counts what comes from where.
"""

from domain.help_center_tickets.companies import MemberCompany
from domain.help_center_tickets.heat import TicketHeat
from domain.help_center_tickets.ids import (
    member_company_id,
    policy_ticket_id,
    service_item_id,
    ticket_heat_id,
)
from domain.help_center_tickets.knowledge import KnowledgeArticle, ServiceItem
from domain.help_center_tickets.orders import WifiBlockOrder
from domain.help_center_tickets.states import Channel, Kind, State, Urgency
from domain.help_center_tickets.ticket import HelpTicket
from domain.help_center_tickets.values import Cause, Holder

__all__ = [
    "Cause",
    "Channel",
    "HelpTicket",
    "Holder",
    "Kind",
    "KnowledgeArticle",
    "MemberCompany",
    "ServiceItem",
    "State",
    "TicketHeat",
    "Urgency",
    "WifiBlockOrder",
    "member_company_id",
    "policy_ticket_id",
    "service_item_id",
    "ticket_heat_id",
]
