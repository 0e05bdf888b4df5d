"""A session as a whole: sign-in, accounting, and what others do to it and learn of it.

An access point may be asked to end a session (RFC 5176); it says yes or no, and the session is
online until its stop. Which public address and ports it had is recorded for legal traces (Order
82, art. 8). Nothing here or anywhere tells what was read or whom was written to.
"""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from domain.shared.aggregate import Aggregate, allowed_in, event
from domain.shared.calendar import Calendar
from domain.shared.identifiers import SubjectRef
from domain.shared.personal import Personal
from domain.shared.refusals import NotDue
from domain.wifi_sessions import limits
from domain.wifi_sessions.accounting import Accounting
from domain.wifi_sessions.limits import Readings
from domain.wifi_sessions.records import known
from domain.wifi_sessions.refusals import (
    NoDisconnectOpen,
)
from domain.wifi_sessions.states import SessionState as S
from domain.wifi_sessions.values import DisconnectReason, Ip


class WifiSession(Accounting, program="wifi-sessions"):
    """One authentication and the session that came of it."""

    # mappings and port scans are still reported, and a late start
    FINAL: ClassVar[frozenset[str]] = frozenset({S.CLOSED})

    class DisconnectRequested(Aggregate.Event, v=1):
        """The access point was asked to end the session."""

        ap: UUID
        nas: str
        acct_session_id: str
        reason: DisconnectReason
        order_no: str | None
        clocks: Readings

    @allowed_in(S.ONLINE)
    def disconnect(self, reason: DisconnectReason, order_no: str | None = None) -> None:
        """Asked again before an answer came, nothing changes."""
        if self.disconnecting is not None:
            return
        nas, acct_session_id = known(self.accounting)
        self._disconnect_requested(
            ap=known(self.ap),
            nas=nas,
            acct_session_id=acct_session_id,
            reason=reason,
            order_no=order_no,
            clocks=self._stopped(limits.SESSION_LIMIT),
        )

    @allowed_in(S.ONLINE)
    def end_overlong(self) -> None:
        """By the scheduler, for a NAS that let the session timeout pass. Raises NotDue."""
        due_at = self.clocks[limits.SESSION_LIMIT.name].due_at
        if due_at is not None and self.now < due_at:
            raise NotDue(due_at=due_at)
        self.disconnect("limit")

    class DisconnectConfirmed(Aggregate.Event, v=1, audit_only=True):
        """The access point says that it ends the session; its stop follows."""

    class DisconnectRefused(Aggregate.Event, v=1):
        """The access point says no, with RADIUS's Error-Cause; it is asked again later."""

        error_cause: int | None
        clocks: Readings

    @allowed_in(S.ONLINE)
    def answer_disconnect(
        self, *, acknowledged: bool, error_cause: int | None, calendar: Calendar
    ) -> None:
        """Raises NoDisconnectOpen when nobody asked."""
        if self.disconnecting is None:
            raise NoDisconnectOpen()
        if acknowledged:
            self._disconnect_confirmed()
        else:
            again = limits.SESSION_LIMIT.due(self.now, self.now + limits.DISCONNECT_AGAIN, calendar)
            self._disconnect_refused(error_cause=error_cause, clocks=(again,))

    @event(DisconnectRequested)
    def _disconnect_requested(
        self,
        ap: UUID,
        nas: str,
        acct_session_id: str,
        reason: DisconnectReason,
        order_no: str | None,
        clocks: Readings,
    ) -> None:
        self.disconnecting = reason
        self.read_clocks(clocks)

    @event(DisconnectConfirmed)
    def _disconnect_confirmed(self) -> None:
        pass

    @event(DisconnectRefused)
    def _disconnect_refused(self, error_cause: int | None, clocks: Readings) -> None:
        self.disconnecting = None
        self.read_clocks(clocks)

    # --- for traces and warnings ---------------------------------------------------------------

    class NatMapped(Aggregate.Event, v=1):
        """The session had these ports of a public address from ``since`` until ``until``."""

        public_ip: Ip
        first_port: int
        last_port: int
        internal_ip: Personal[Ip]
        user: SubjectRef | None
        since: datetime
        until: datetime

    @allowed_in(S.ONLINE, S.PRESUMED_ENDED, S.CLOSED)
    def record_nat_mapping(
        self,
        public_ip: str,
        ports: tuple[int, int],
        internal_ip: str,
        since: datetime,
        until: datetime,
    ) -> None:
        """That nobody else had them is judged by the matters of these ports."""
        self._nat_mapped(
            public_ip=public_ip,
            first_port=ports[0],
            last_port=ports[1],
            internal_ip=internal_ip,
            user=self.user,
            since=since,
            until=until,
        )

    @event(NatMapped)
    def _nat_mapped(
        self,
        public_ip: str,
        first_port: int,
        last_port: int,
        internal_ip: str,
        user: str | None,
        since: datetime,
        until: datetime,
    ) -> None:
        pass

    class PortScanSuspected(Aggregate.Event, v=1):
        """The firewall saw the device knock at many doors; how many, never which."""

        ap: UUID
        hotspot: str
        targets: int

    @allowed_in(S.ONLINE, S.PRESUMED_ENDED, S.CLOSED)
    def report_port_scan(self, targets: int) -> None:
        """For the warning of security inspection."""
        self._port_scan_suspected(ap=known(self.ap), hotspot=self.hotspot, targets=targets)

    @event(PortScanSuspected)
    def _port_scan_suspected(self, ap: UUID, hotspot: str, targets: int) -> None:
        pass
