"""Where it burns: how many tickets of a service came from a square kilometre within an hour of the
week, against what is usual for that hour.

One row per service, grid and hour of the week, so that what is usual is in the row itself: weeks
without a ticket count as nothing. A shift of what is counted is what an early warning looks at.
"""

from datetime import datetime, timedelta
from typing import Annotated

from domain.help_center_tickets import HelpTicket
from domain.help_center_tickets.values import ItemCode
from domain.shared.instants import SHANGHAI
from projections.base import Index, Row, fold

WEEK = timedelta(days=7)


class Heat(Row, key=("item", "grid", "hour_of_week")):
    """``hour_of_week`` is 0 for Monday 00:00–01:00 in the city, to 167.

    ``hour`` (UTC) is the last such hour that had a ticket and ``count`` how many it had;
    ``usual_permille`` the mean of the earlier weeks since the first, None in the first week;
    ``percent_of_usual`` compares the two.
    """

    item: Annotated[ItemCode, Index]
    grid: Annotated[str, Index]
    hour_of_week: int
    hour: Annotated[datetime, Index]
    count: Annotated[int, Index] = 0
    earlier: int = 0
    first_hour: datetime
    usual_permille: int | None = None
    percent_of_usual: Annotated[int | None, Index] = None


def where_and_when(e: HelpTicket.TicketClassified) -> tuple[str, str, int]:
    """Key: the ticket's service, its grid, and the hour of the week in which it was opened."""
    local = e.opened_at.astimezone(SHANGHAI)
    return e.item, e.grid, 24 * local.weekday() + local.hour


@fold(Heat, key=where_and_when)
def classified(row: Heat | None, e: HelpTicket.TicketClassified) -> Heat:
    item, grid, hour_of_week = where_and_when(e)
    hour = e.opened_at.replace(minute=0, second=0, microsecond=0)
    row = row or Heat(item=item, grid=grid, hour_of_week=hour_of_week, hour=hour, first_hour=hour)
    if hour < row.hour:  # classified a week late: it belongs to what is usual by now
        return row.replace(earlier=row.earlier + 1)
    count, earlier = row.count, row.earlier
    if hour > row.hour:
        count, earlier = 0, row.earlier + row.count
    count += 1
    weeks = (hour - row.first_hour) // WEEK
    usual = 1000 * earlier // weeks if weeks > 0 else None
    return row.replace(
        hour=hour,
        count=count,
        earlier=earlier,
        usual_permille=usual,
        percent_of_usual=100_000 * count // usual if usual else None,
    )
