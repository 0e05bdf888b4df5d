"""Lives of matters of the city's seven programmes, for a log that the product itself has decided.

``LIVES`` has a maker for each programme, ``SHARES`` the part of the log's events that each is to
have: WiFi reports most, as it does in a city, and what happens seldom is seldom here.
"""

from collections.abc import Mapping
from types import MappingProxyType

from bench.lives import (
    care_orders,
    company_registration,
    credit_records,
    customs_declarations,
    health_visits,
    help_center_tickets,
    wifi_sessions,
)
from bench.lives.life import Lives

LIVES: Mapping[str, Lives] = MappingProxyType(
    {
        "wifi-sessions": wifi_sessions.life,
        "help-center-tickets": help_center_tickets.life,
        "health-visits": health_visits.life,
        "care-orders": care_orders.life,
        "customs-declarations": customs_declarations.life,
        "company-registration": company_registration.life,
        "credit-records": credit_records.life,
    }
)

SHARES: Mapping[str, int] = MappingProxyType(
    {
        "wifi-sessions": 60,
        "help-center-tickets": 12,
        "health-visits": 10,
        "care-orders": 6,
        "customs-declarations": 5,
        "company-registration": 4,
        "credit-records": 3,
    }
)
"""Percent of the events."""

EVENTS: Mapping[str, int] = MappingProxyType(
    {
        "wifi-sessions": 124,
        "help-center-tickets": 9,
        "health-visits": 116,
        "care-orders": 81,
        "customs-declarations": 86,
        "company-registration": 14,
        "credit-records": 16,
    }
)
"""How many a life comes to, on average."""
