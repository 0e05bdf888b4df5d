"""When tickets of one service come from one district far more often than they are used to.

A counter apart from the tickets, fed by a policy, so that no ticket waits for another of a hot
matter. An hour is compared with the same hour of the day on the seven days before; each hour is
told of once. The read model ``heat`` shows the same finer and by the week, for people to look at.
"""

from datetime import datetime, timedelta

from domain.help_center_tickets.values import ItemCode
from domain.shared.aggregate import Aggregate, event
from domain.shared.districts import District

TIMES_USUAL = 3
"""Cross-programme brief, section 3: three times what is usual, in an hour."""
USUAL_DAYS = 7
"""Each weekday once, and the same hour of each: nights are compared with nights."""
LEAST_IN_AN_HOUR = 10
"""Fewer raise nothing. The brief's 15,000 tickets a day, over 200 services and 11 districts, are
seven a day for each pair: ten within an hour are no accident, three may well be."""

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
KEPT = USUAL_DAYS * DAY


def hour_of(at: datetime) -> datetime:
    """The beginning of the hour."""
    return at.replace(minute=0, second=0, microsecond=0)


class TicketHeat(Aggregate, program="help-center-tickets"):
    """How many tickets of one service came from one district, by the hour of their opening."""

    class HeatCountBegun(Aggregate.Created, v=1, audit_only=True):
        """The first ticket of this service from this district."""

        item: ItemCode
        district: District
        first_hour: datetime

    @event(HeatCountBegun)
    def __init__(self, item: str, district: str, first_hour: datetime) -> None:
        self.item: str = item
        self.district: str = district
        self.first_hour: datetime = first_hour
        # Hours that had a ticket, in order of first count, and those that were told of.
        self.counts: tuple[tuple[datetime, int], ...] = ()
        self.risen: tuple[datetime, ...] = ()

    class OpeningCounted(Aggregate.Event, v=1, audit_only=True):
        """One more in this hour, which makes so many."""

        hour: datetime
        count: int

    class TicketHeatRose(Aggregate.Event, v=1, audit_only=True):
        """An hour has three times as many as usual; ``usual_permille`` is the mean of the same hour
        on the days before."""

        item: ItemCode
        district: District
        hour: datetime
        count: int
        usual_permille: int

    def count_opening(self, opened_at: datetime) -> None:
        """Into the hour in which the ticket was opened, however late it was classified; one that is
        older than what is compared is left out."""
        hour = hour_of(opened_at)
        if hour <= self.now - KEPT:
            return
        count = dict(self.counts).get(hour, 0) + 1
        self._opening_counted(hour=hour, count=count)
        usual = self._usual_permille(hour)
        if usual is None or count < LEAST_IN_AN_HOUR or hour in self.risen:
            return
        if 1000 * count >= TIMES_USUAL * usual:
            self._ticket_heat_rose(
                item=self.item,
                district=self.district,
                hour=hour,
                count=count,
                usual_permille=usual,
            )

    def _usual_permille(self, hour: datetime) -> int | None:
        """The mean of the same hour over the days since the first count, seven at most; None on the
        first day, when nothing is usual yet."""
        days = min(USUAL_DAYS, (hour - self.first_hour) // DAY)
        if days < 1:
            return None
        counts = dict(self.counts)
        return 1000 * sum(counts.get(hour - n * DAY, 0) for n in range(1, days + 1)) // days

    @event(OpeningCounted)
    def _opening_counted(self, hour: datetime, count: int) -> None:
        latest = max(hour, *(known for known, _ in self.counts)) if self.counts else hour
        # one day more than is compared, for hours that are counted late
        kept = {known: n for known, n in self.counts if known > latest - KEPT - DAY}
        self.counts = tuple((kept | {hour: count}).items())
        self.risen = tuple(known for known in self.risen if known in kept)

    @event(TicketHeatRose)
    def _ticket_heat_rose(
        self, item: str, district: str, hour: datetime, count: int, usual_permille: int
    ) -> None:
        self.risen = (*self.risen, hour)
