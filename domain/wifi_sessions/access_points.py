"""Access points: installed, up, degraded, down, under maintenance, retired.

A heartbeat that says nothing new is kept every five minutes at most (see ``limits``). The access
point remembers which sessions began at it, so that a restart names those that it ended; stops do
not tell it, and what is over is forgotten after some hours.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from domain.shared.address import Point
from domain.shared.aggregate import Aggregate, allowed_in, event
from domain.shared.calendar import Calendar
from domain.shared.clocks import ClockedAggregate, ClockReading, Level
from domain.shared.districts import District
from domain.shared.identifiers import Uscc
from domain.shared.refusals import NotDue
from domain.wifi_sessions import limits
from domain.wifi_sessions.limits import Readings
from domain.wifi_sessions.states import ApState
from domain.wifi_sessions.values import HotspotKind

S = ApState
WORKING = (S.INSTALLED, S.UP, S.DEGRADED, S.DOWN)

Data = dict[str, Any]
NOT_KNOWN: Data = {"district": None, "operated_by": None}
"""Of what was stored before an access point told its district and who runs it."""


class AccessPoint(ClockedAggregate, program="wifi-sessions", clock_events="ap"):
    """One access point, found by its NAS-Identifier."""

    CLOCKS = limits.AP_CLOCKS

    class ApInstalled(Aggregate.Created, v=2):
        """An access point hangs at a place and may serve; ``operated_by`` is who repairs it."""

        nas_id: str
        hotspot: str
        hotspot_name: str
        kind: HotspotKind
        point: Point
        district: District | None
        operated_by: Uscc | None

        @staticmethod
        def upcast_v1(data: Data) -> Data:
            """Neither was told."""
            return {**data, **NOT_KNOWN}

    @event(ApInstalled)
    def __init__(
        self,
        nas_id: str,
        hotspot: str,
        hotspot_name: str,
        kind: HotspotKind,
        point: Point,
        district: str | None,
        operated_by: str | None,
    ) -> None:
        self.state: ApState = S.INSTALLED
        self.nas_id: str = nas_id
        self.hotspot: str = hotspot
        self.kind: HotspotKind = kind
        self.point: Point = point
        self.district: str | None = district
        self.operated_by: str | None = operated_by
        # Since when it is down; kept while it is worked at, until it is up again.
        self.down_since: datetime | None = None
        self.boot: int = 0
        self.restarted_at: datetime | None = None
        self.heard_at: datetime | None = None
        self.uptime_s: int = 0
        # Sessions that began here of late, and when.
        self.sessions: tuple[tuple[UUID, datetime], ...] = ()

    # --- health --------------------------------------------------------------------------------

    class ApHeard(Aggregate.Event, v=1):
        """A heartbeat that was kept."""

        clients: int
        utilisation_percent: int
        uptime_s: int
        heard_at: datetime
        clocks: Readings

    class ApStateChanged(Aggregate.Event, v=1):
        """The access point is in another state, with the clients it had."""

        old: ApState
        new: ApState
        hotspot: str
        clients: int
        clocks: Readings

    class ApRepaired(Aggregate.Event, v=2):
        """It is back after it was down; ``overdue``: for longer than it may be, so that there is
        a ticket."""

        nas_id: str
        hotspot: str
        down_s: int
        down_since: datetime | None
        overdue: bool

        @staticmethod
        def upcast_v1(data: Data) -> Data:
            """Of a time when nobody opened tickets."""
            return {**data, "down_since": None, "overdue": False}

    @allowed_in(*WORKING)
    def report_heartbeat(
        self, clients: int, utilisation_percent: int, uptime_s: int, *, calendar: Calendar
    ) -> None:
        """Recorded when the state changes, when it began anew, or five minutes after the last."""
        new = self._state_by(utilisation_percent)
        if new is not self.state:
            if self.down_since is not None:
                self._ap_repaired(
                    nas_id=self.nas_id,
                    hotspot=self.hotspot,
                    down_s=int((self.now - self.down_since).total_seconds()),
                    down_since=self.down_since,
                    overdue="breached" in self.clocks[limits.REPAIR.name].raised,
                )
            self._change(new, clients, *self._stopped(limits.REPAIR))
        elif (
            self.heard_at is not None
            and self.now - self.heard_at < limits.HEARTBEAT_KEPT
            and uptime_s >= self.uptime_s
        ):
            return
        self._ap_heard(
            clients=clients,
            utilisation_percent=utilisation_percent,
            uptime_s=uptime_s,
            heard_at=self.now,
            clocks=(limits.AP_SILENCE.start(self.now, calendar),),
        )

    def _state_by(self, utilisation_percent: int) -> ApState:
        if utilisation_percent >= limits.BUSY_PERCENT:
            return S.DEGRADED
        if self.state is S.DEGRADED and utilisation_percent > limits.CALM_PERCENT:
            return S.DEGRADED
        return S.UP

    def _change(self, new: ApState, clients: int = 0, *clocks: ClockReading) -> None:
        self._ap_state_changed(
            old=self.state, new=new, hotspot=self.hotspot, clients=clients, clocks=clocks
        )

    @allowed_in(S.UP, S.DEGRADED)
    def declare_ap_down(self, *, calendar: Calendar) -> None:
        """By the scheduler. Raises NotDue before time. The repair is urgent in stations and
        hospitals."""
        due_at = self.clocks[limits.AP_SILENCE.name].due_at
        if due_at is not None and self.now < due_at:
            raise NotDue(due_at=due_at)
        urgent = self.kind in (HotspotKind.STATION, HotspotKind.HOSPITAL)
        limit = limits.URGENT_REPAIR if urgent else None
        self._change(
            S.DOWN,
            0,
            *self._stopped(limits.AP_SILENCE),
            limits.REPAIR.start(self.now, calendar, limit=limit),
        )

    @allowed_in(*WORKING)
    def begin_maintenance(self) -> None:
        """Nobody is warned of an access point that is worked at."""
        self._change(S.MAINTENANCE, 0, *self._stopped(*limits.AP_CLOCKS))

    @allowed_in(S.MAINTENANCE)
    def end_maintenance(self) -> None:
        """It is as new: its next heartbeat brings it up."""
        self._change(S.INSTALLED)

    @event(ApHeard)
    def _ap_heard(
        self,
        clients: int,
        utilisation_percent: int,
        uptime_s: int,
        heard_at: datetime,
        clocks: Readings,
    ) -> None:
        self.heard_at = heard_at
        self.uptime_s = uptime_s
        self.read_clocks(clocks)

    @event(ApStateChanged)
    def _ap_state_changed(
        self, old: ApState, new: ApState, hotspot: str, clients: int, clocks: Readings
    ) -> None:
        self.state = new
        self.read_clocks(clocks)
        if new is S.DOWN:
            self.down_since = self.clocks[limits.REPAIR.name].since

    @event(ApRepaired)
    def _ap_repaired(
        self,
        nas_id: str,
        hotspot: str,
        down_s: int,
        down_since: datetime | None,
        overdue: bool,
    ) -> None:
        self.down_since = None

    class ClockBreached(ClockedAggregate.ClockBreached, v=2):
        """The shared event, with what a ticket to the operator needs: the repair is overdue. Its
        clock runs since the access point was found down."""

        nas_id: str
        hotspot: str
        kind: HotspotKind
        point: Point
        district: District | None
        operated_by: Uscc | None

        @staticmethod
        def upcast_v1(data: Data) -> Data:
            """Neither was told."""
            return {**data, **NOT_KNOWN}

    def _record(self, reading: ClockReading, level: Level) -> None:
        if level != "breached":
            super()._record(reading, level)
            return
        # By its class: the library lets no second method apply an event that a base applies.
        self.trigger_event(
            AccessPoint.ClockBreached,
            clocks=(reading.raise_level(level),),
            clock=reading.clock,
            due_at=reading.due_at,
            nas_id=self.nas_id,
            hotspot=self.hotspot,
            kind=self.kind,
            point=self.point,
            district=self.district,
            operated_by=self.operated_by,
        )

    # --- place ---------------------------------------------------------------------------------

    class ApMoved(Aggregate.Event, v=2):
        """It hangs somewhere else now."""

        old_hotspot: str
        hotspot: str
        hotspot_name: str
        kind: HotspotKind
        point: Point
        district: District | None
        operated_by: Uscc | None

        @staticmethod
        def upcast_v1(data: Data) -> Data:
            """Neither was told."""
            return {**data, **NOT_KNOWN}

    class ApRetired(Aggregate.Event, v=1):
        """It is no more."""

        hotspot: str
        clocks: Readings

    @allowed_in(*WORKING, S.MAINTENANCE)
    def move_ap(
        self,
        hotspot: str,
        hotspot_name: str,
        kind: HotspotKind,
        point: Point,
        district: str,
        operated_by: str | None,
    ) -> None:
        """What it has served stays with the old place."""
        self._ap_moved(
            old_hotspot=self.hotspot,
            hotspot=hotspot,
            hotspot_name=hotspot_name,
            kind=kind,
            point=point,
            district=district,
            operated_by=operated_by,
        )

    @allowed_in(*WORKING, S.MAINTENANCE)
    def retire_ap(self) -> None:
        """For good."""
        self._ap_retired(hotspot=self.hotspot, clocks=self._stopped(*limits.AP_CLOCKS))

    @event(ApMoved)
    def _ap_moved(
        self,
        old_hotspot: str,
        hotspot: str,
        hotspot_name: str,
        kind: HotspotKind,
        point: Point,
        district: str | None,
        operated_by: str | None,
    ) -> None:
        self.hotspot, self.kind, self.point = hotspot, kind, point
        self.district, self.operated_by = district, operated_by

    @event(ApRetired)
    def _ap_retired(self, hotspot: str, clocks: Readings) -> None:
        self.state = S.RETIRED
        self.read_clocks(clocks)

    # --- sessions ------------------------------------------------------------------------------

    class ApSessionBegan(Aggregate.Event, v=1, audit_only=True):
        """A session began here."""

        session: UUID
        began_at: datetime

    class ApRestarted(Aggregate.Event, v=1):
        """It began anew, or is about to, and with that ended these sessions.

        ``boot`` counts its restarts: after each it gives its session numbers anew.
        """

        boot: int
        hotspot: str
        restarted_at: datetime
        going_down: bool
        sessions: tuple[UUID, ...]

    def begin_session(self, session: UUID, began_at: datetime) -> None:
        """Records of a retired access point still come for a while."""
        if all(known != session for known, _ in self.sessions):
            self._ap_session_began(session=session, began_at=began_at)

    def restart(self, at: datetime, *, going_down: bool) -> None:
        """A report sent again, or older than the last, changes nothing."""
        if self.restarted_at is not None and at <= self.restarted_at + limits.SAME_RESTART:
            return
        self._ap_restarted(
            boot=self.boot + 1,
            hotspot=self.hotspot,
            restarted_at=at,
            going_down=going_down,
            sessions=tuple(session for session, began in self.sessions if began <= at),
        )

    @event(ApSessionBegan)
    def _ap_session_began(self, session: UUID, began_at: datetime) -> None:
        remembered = [s for s in self.sessions if began_at - s[1] < limits.ON_AN_AP]
        self.sessions = (*remembered, (session, began_at))

    @event(ApRestarted)
    def _ap_restarted(
        self,
        boot: int,
        hotspot: str,
        restarted_at: datetime,
        going_down: bool,
        sessions: tuple[UUID, ...],
    ) -> None:
        self.boot = boot
        self.restarted_at = restarted_at
        self.sessions = tuple(s for s in self.sessions if s[1] > restarted_at)
