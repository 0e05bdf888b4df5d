"""How many tickets of a service came from a district in a month: what becomes open data.

Counts below five are hidden where they are published, with their complement; here they are whole.
"""

from typing import Annotated

from domain.help_center_tickets import HelpTicket
from domain.help_center_tickets.values import ItemCode
from domain.shared.districts import District
from domain.shared.instants import shanghai_date
from projections.base import Index, Row, fold


class TicketCounts(Row, key=("item", "district", "month")):
    """One line per service, district and month of the city in which tickets were opened."""

    item: Annotated[ItemCode, Index]
    district: Annotated[District, Index]
    month: Annotated[str, Index]
    count: Annotated[int, Index] = 0


def opened_where_and_when(e: HelpTicket.TicketClassified) -> tuple[str, str, str]:
    """Key: by the month of the opening, whenever it was classified."""
    return e.item, e.district, shanghai_date(e.opened_at).isoformat()[:7]


@fold(TicketCounts, key=opened_where_and_when)
def classified(row: TicketCounts | None, e: HelpTicket.TicketClassified) -> TicketCounts:
    item, district, month = opened_where_and_when(e)
    row = row or TicketCounts(item=item, district=district, month=month)
    return row.replace(count=row.count + 1)
