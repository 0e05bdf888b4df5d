"""The accounting of a session: start, interim reports, stop, silence and the restart of its NAS.

Records come late, twice, in the wrong order or not at all. A record that says nothing new is
answered and changes nothing; one that is older than the last is left aside, because totals would
seem to fall; totals that do fall mean that the NAS counts anew, and what it had counted is kept.
Sources: RFC 2866; RFC 2869, sections 2.1 and 5.1.
"""

from datetime import datetime, timedelta
from uuid import UUID

from domain.shared.aggregate import Aggregate, allowed_in, event
from domain.shared.calendar import Calendar
from domain.shared.clocks import ClockReading
from domain.shared.identifiers import SubjectRef
from domain.shared.personal import Personal
from domain.shared.refusals import (
    NotDue,
    NotInState,
)
from domain.wifi_sessions import limits
from domain.wifi_sessions.limits import Readings
from domain.wifi_sessions.records import Line, Reading, known
from domain.wifi_sessions.refusals import (
    StartAfterStop,
)
from domain.wifi_sessions.signing_in import SigningIn
from domain.wifi_sessions.states import SessionState as S
from domain.wifi_sessions.values import Ip, Mac, Volume


class Accounting(SigningIn):
    """From the first record of a session to its last."""

    def is_of(self, line: Line) -> bool:
        """Whether a record belongs here: by its numbers, or as the first after the sign-in."""
        if self.accounting is None:
            return self.state is S.AUTHENTICATED
        return self.accounting == (line.nas_id, line.acct_session_id)

    # --- start ---------------------------------------------------------------------------------

    class SessionStarted(Aggregate.Event, v=1):
        """The device is online. ``orphan``: nobody signed in for it, which is an alarm;
        ``inferred``: the start was lost and follows from a later report."""

        nas: str
        ap: UUID
        hotspot: str
        boot: int
        acct_session_id: str
        user: SubjectRef | None
        ip: Personal[tuple[Ip, ...]]
        mac: Personal[Mac]
        started_at: datetime
        orphan: bool
        inferred: bool
        clocks: Readings

    class StartReconciled(Aggregate.Event, v=1):
        """The start came after what it comes before. ``seconds`` are those of the last record."""

        started_at: datetime
        seconds: int

    @allowed_in(S.UNAUTHENTICATED, S.AUTHENTICATED, S.ONLINE, S.PRESUMED_ENDED, S.CLOSED)
    def record_start(
        self, line: Line, ip: tuple[str, ...], at: datetime, *, calendar: Calendar
    ) -> None:
        """Raises StartAfterStop; a start sent again changes nothing."""
        if self.accounting is None:
            self._start(line, ip, at, inferred=False, calendar=calendar)
        elif self.start_missing:
            if self.stopped_at is not None and at > self.stopped_at:
                raise StartAfterStop(stopped_at=self.stopped_at)
            self._start_reconciled(started_at=at, seconds=self.seconds)

    def _start(
        self, line: Line, ip: tuple[str, ...], at: datetime, *, inferred: bool, calendar: Calendar
    ) -> None:
        self._session_started(
            nas=line.nas_id,
            ap=line.ap,
            hotspot=line.hotspot,
            boot=line.boot,
            acct_session_id=line.acct_session_id,
            user=self.user,
            ip=ip,
            mac=self.mac,
            started_at=at,
            orphan=self.user is None,
            inferred=inferred,
            clocks=(
                limits.silence_from(self.now, calendar),
                self._limit_from(at, calendar),
                *self._stopped(limits.GRANT),
            ),
        )

    def _limit_from(self, started: datetime, calendar: Calendar) -> ClockReading:
        end = max(limits.SESSION_LIMIT.limit.after(started, calendar), self.now)
        return limits.SESSION_LIMIT.due(self.now, end, calendar)

    @event(SessionStarted)
    def _session_started(
        self,
        nas: str,
        ap: UUID,
        hotspot: str,
        boot: int,
        acct_session_id: str,
        user: str | None,
        ip: tuple[str, ...],
        mac: str,
        started_at: datetime,
        orphan: bool,
        inferred: bool,
        clocks: Readings,
    ) -> None:
        self.state = S.ONLINE
        self.accounting = (nas, acct_session_id)
        self.ap, self.hotspot, self.boot = ap, hotspot, boot
        self.started_at = self.reported_at = started_at
        self.start_missing = inferred
        self.read_clocks(clocks)

    @event(StartReconciled)
    def _start_reconciled(self, started_at: datetime, seconds: int) -> None:
        self.started_at = started_at
        self.start_missing = False

    # --- interim -------------------------------------------------------------------------------

    class CounterReset(Aggregate.Event, v=1, audit_only=True):
        """The NAS counts anew; what it had counted before is kept."""

        kept: Volume

    class SessionRevived(Aggregate.Event, v=1):
        """A session that was taken for ended is not."""

        ap: UUID
        hotspot: str
        user: SubjectRef | None
        since: datetime
        bytes: int
        clocks: Readings

    class UsageReported(Aggregate.Event, v=1):
        """``total`` since the start and what was ``added`` since the last report, in bytes."""

        ap: UUID
        hotspot: str
        user: SubjectRef | None
        total: Volume
        added: Volume
        seconds: int
        reported_at: datetime
        clocks: Readings

    @allowed_in(S.UNAUTHENTICATED, S.AUTHENTICATED, S.ONLINE, S.PRESUMED_ENDED, S.CLOSED)
    def record_interim(self, line: Line, reading: Reading, *, calendar: Calendar) -> None:
        """A report after the end, or older than the last, changes nothing. One that comes before
        the start stands for it."""
        if self.state is S.CLOSED:
            return
        if self.accounting is None:
            started = reading.at - timedelta(seconds=reading.seconds)
            self._start(line, (), started, inferred=True, calendar=calendar)
        elif not self._is_news(reading):
            return
        if self.state is S.PRESUMED_ENDED:
            self._session_revived(
                ap=known(self.ap),
                hotspot=self.hotspot,
                user=self.user,
                since=known(self.started_at),
                bytes=self.total.sent + self.total.received,
                clocks=(self._limit_from(known(self.started_at), calendar),),
            )
        total = self._count(reading.counted)
        self._usage_reported(
            ap=known(self.ap),
            hotspot=self.hotspot,
            user=self.user,
            total=total,
            added=total.minus(self.total),
            seconds=max(reading.seconds, self.seconds),
            reported_at=reading.at,
            clocks=(limits.silence_from(self.now, calendar),),
        )

    def _is_news(self, reading: Reading) -> bool:
        if self.reported_at is not None and reading.at < self.reported_at:
            return False
        return (reading.counted, reading.seconds) != (self.counted, self.seconds)

    def _count(self, counted: Volume) -> Volume:
        """The total with this reading; records that the NAS began anew."""
        if counted.falls_below(self.counted):
            self._counter_reset(kept=self.before_reset.plus(self.counted))
        return self.before_reset.plus(counted)

    @event(CounterReset)
    def _counter_reset(self, kept: Volume) -> None:
        self.before_reset = kept
        self.counted = Volume()

    @event(SessionRevived)
    def _session_revived(
        self,
        ap: UUID,
        hotspot: str,
        user: str | None,
        since: datetime,
        bytes: int,
        clocks: Readings,
    ) -> None:
        self.state = S.ONLINE
        self.read_clocks(clocks)

    @event(UsageReported)
    def _usage_reported(
        self,
        ap: UUID,
        hotspot: str,
        user: str | None,
        total: Volume,
        added: Volume,
        seconds: int,
        reported_at: datetime,
        clocks: Readings,
    ) -> None:
        self.total = total
        self.counted = total.minus(self.before_reset)
        self.seconds = seconds
        self.reported_at = reported_at
        self.read_clocks(clocks)

    # --- the ends ------------------------------------------------------------------------------

    class SessionPresumedEnded(Aggregate.Event, v=1):
        """Three reports did not come."""

        ap: UUID
        hotspot: str
        user: SubjectRef | None
        clocks: Readings

    @allowed_in(S.ONLINE)
    def declare_silent(self) -> None:
        """By the scheduler. Raises NotDue before time."""
        due_at = self.clocks[limits.SILENCE.name].due_at
        if due_at is not None and self.now < due_at:
            raise NotDue(due_at=due_at)
        self._session_presumed_ended(
            ap=known(self.ap),
            hotspot=self.hotspot,
            user=self.user,
            clocks=self._stopped(limits.SILENCE, limits.SESSION_LIMIT),
        )

    @event(SessionPresumedEnded)
    def _session_presumed_ended(
        self, ap: UUID, hotspot: str, user: str | None, clocks: Readings
    ) -> None:
        self.state = S.PRESUMED_ENDED
        self.read_clocks(clocks)

    class SessionStopped(Aggregate.Event, v=1):
        """The last record. ``ends``: the session was online until now, so this is its end and not
        the second one; ``start_missing``: its start has not come yet."""

        nas: str
        ap: UUID
        hotspot: str
        boot: int
        acct_session_id: str
        user: SubjectRef | None
        total: Volume
        added: Volume
        seconds: int
        cause: str
        stopped_at: datetime
        start_missing: bool
        ends: bool
        clocks: Readings

    @allowed_in(S.UNAUTHENTICATED, S.AUTHENTICATED, S.ONLINE, S.PRESUMED_ENDED, S.CLOSED)
    def record_stop(self, line: Line, reading: Reading, cause: str) -> None:
        """A stop sent again changes nothing; another one is refused, as the session is over."""
        if self.state is S.CLOSED:
            if (reading.counted, reading.seconds) != (self.counted, self.seconds):
                raise NotInState(state=self.state, allowed=self.allowed())
            return
        total = self._count(reading.counted)
        first = self.accounting is None
        self._session_stopped(
            nas=line.nas_id,
            ap=self.ap or line.ap,
            hotspot=line.hotspot if first else self.hotspot,
            boot=line.boot if first else self.boot,
            acct_session_id=line.acct_session_id,
            user=self.user,
            total=total,
            added=total.minus(self.total),
            seconds=max(reading.seconds, self.seconds),
            cause=cause,
            stopped_at=reading.at,
            start_missing=first or self.start_missing,
            ends=self.state is S.ONLINE,
            clocks=self._stopped(*limits.SESSION_CLOCKS),
        )

    @event(SessionStopped)
    def _session_stopped(
        self,
        nas: str,
        ap: UUID,
        hotspot: str,
        boot: int,
        acct_session_id: str,
        user: str | None,
        total: Volume,
        added: Volume,
        seconds: int,
        cause: str,
        stopped_at: datetime,
        start_missing: bool,
        ends: bool,
        clocks: Readings,
    ) -> None:
        self.state = S.CLOSED
        self.accounting = (nas, acct_session_id)
        self.ap, self.hotspot, self.boot = ap, hotspot, boot
        self.total = total
        self.counted = total.minus(self.before_reset)
        self.seconds = seconds
        self.cause = cause
        self.stopped_at = self.reported_at = stopped_at
        self.start_missing = start_missing
        self.disconnecting = None
        self.read_clocks(clocks)

    class SessionClosedByRestart(Aggregate.Event, v=1):
        """Its access point began anew, so the session is over; totals are those last reported."""

        ap: UUID
        hotspot: str
        user: SubjectRef | None
        boot: int
        total: Volume
        seconds: int
        clocks: Readings

    @allowed_in(S.ONLINE)
    def record_nas_restart(self, boot: int) -> None:
        """A restart that the session came after does not concern it."""
        if boot <= self.boot:
            return
        self._session_closed_by_restart(
            ap=known(self.ap),
            hotspot=self.hotspot,
            user=self.user,
            boot=boot,
            total=self.total,
            seconds=self.seconds,
            clocks=self._stopped(*limits.SESSION_CLOCKS),
        )

    @event(SessionClosedByRestart)
    def _session_closed_by_restart(
        self,
        ap: UUID,
        hotspot: str,
        user: str | None,
        boot: int,
        total: Volume,
        seconds: int,
        clocks: Readings,
    ) -> None:
        self.state = S.CLOSED
        self.cause = "nas-restart"
        self.disconnecting = None
        self.start_missing = False
        self.read_clocks(clocks)
