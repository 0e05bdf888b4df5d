"""One day's logs: kept for six months, held longer by open requests, then destroyed.

What destroys them is the end of the day's key; here it is decided that and when it may end.
"""

from datetime import date, datetime
from uuid import UUID

from domain.shared.aggregate import Aggregate, allowed_in, event
from domain.wifi_sessions import limits
from domain.wifi_sessions.refusals import LegalHold
from domain.wifi_sessions.states import LogDayState as S


class LogDay(Aggregate, program="wifi-sessions"):
    """The logs of one of the city's days."""

    class LogDayOpened(Aggregate.Created, v=1, audit_only=True):
        """The first time that anything is decided about the day's logs."""

        day: date
        kept_until: datetime

    @event(LogDayOpened)
    def __init__(self, day: date, kept_until: datetime) -> None:
        self.state: S = S.KEPT
        self.day: date = day
        self.kept_until: datetime = kept_until
        self.holders: frozenset[UUID] = frozenset()

    class LogsHeld(Aggregate.Event, v=1, audit_only=True):
        """An open request needs them."""

        request: UUID

    class LogsReleased(Aggregate.Event, v=1, audit_only=True):
        """The request is closed."""

        request: UUID

    class LogsDestroyed(Aggregate.Event, v=1):
        """The day's logs can be read no more. ``late``: more than thirty days after they might."""

        day: date
        count: int
        late: bool

    def hold(self, request: UUID) -> None:
        """What is destroyed already cannot be held."""
        if self.state is S.KEPT and request not in self.holders:
            self._logs_held(request=request)

    def release(self, request: UUID) -> None:
        """Gives the hold back, if there is one."""
        if request in self.holders:
            self._logs_released(request=request)

    @allowed_in(S.KEPT)
    def destroy_logs(self, count: int) -> None:
        """Raises LegalHold before six months are over or while a request is open."""
        if self.now < self.kept_until or self.holders:
            raise LegalHold(until=self.kept_until, open_requests=len(self.holders))
        late = self.now > self.kept_until + limits.DESTROYED_WITHIN
        self._logs_destroyed(day=self.day, count=count, late=late)

    @event(LogsHeld)
    def _logs_held(self, request: UUID) -> None:
        self.holders |= {request}

    @event(LogsReleased)
    def _logs_released(self, request: UUID) -> None:
        self.holders -= {request}

    @event(LogsDestroyed)
    def _logs_destroyed(self, day: date, count: int, late: bool) -> None:
        self.state = S.DESTROYED
