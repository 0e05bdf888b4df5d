"""Access points: installed, up, degraded, down, under maintenance, retired.

A heartbeat that says nothing new is kept every five minutes at most (see ``limits``). The access
point remembers which sessions began at it, so that a restart names those that it ended; stops do
not tell it, and what is over is forgotten after some hours.
"""

from datetime import datetime
from uuid import UUID

from domain.shared.address import Point
from domain.shared.aggregate import Aggregate, allowed_in, event
from domain.shared.calendar import Calendar
from domain.shared.clocks import ClockedAggregate, ClockReading, Level
from domain.shared.refusals import NotDue
from domain.wifi_sessions import limits
from domain.wifi_sessions.limits import Readings
from domain.wifi_sessions.states import ApState
from domain.wifi_sessions.values import HotspotKind

S = ApState
WORKING = (S.INSTALLED, S.UP, S.DEGRADED, S.DOWN)


class AccessPoint(ClockedAggregate, program="wifi-sessions", clock_events="ap"):
    """One access point, found by its NAS-Identifier."""

    CLOCKS = limits.AP_CLOCKS

    class ApInstalled(Aggregate.Created, v=1):
        """An access point hangs at a place and may serve."""

        nas_id: str
        hotspot: str
        hotspot_name: str
        kind: HotspotKind
        point: Point

    @event(ApInstalled)
    def __init__(
        self, nas_id: str, hotspot: str, hotspot_name: str, kind: HotspotKind, point: Point
    ) -> None:
        self.state: ApState = S.INSTALLED
        self.nas_id: str = nas_id
        self.hotspot: str = hotspot
        self.kind: HotspotKind = kind
        self.point: Point = point
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

    class ApRepaired(Aggregate.Event, v=1):
        """It is back after it was down, for which a ticket may be open."""

        nas_id: str
        hotspot: str
        down_s: int

    @allowed_in(*WORKING)
    def report_heartbeat(
        self, clients: int, utilisation_percent: int, uptime_s: int, *, calendar: Calendar
    ) -> None:
        """Recorded when the state changes, when it began anew, or five minutes after the last."""
        new = self._state_by(utilisation_percent)
        if new is not self.state:
            if self.state is S.DOWN:
                down_s = int((self.now - self.clocks[limits.REPAIR.name].since).total_seconds())
                self._ap_repaired(nas_id=self.nas_id, hotspot=self.hotspot, down_s=down_s)
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

    @event(ApRepaired)
    def _ap_repaired(self, nas_id: str, hotspot: str, down_s: int) -> None:
        pass

    class ClockBreached(ClockedAggregate.ClockBreached, v=1):
        """The shared event, with what a ticket to the operator needs: the repair is overdue."""

        nas_id: str
        hotspot: str
        kind: HotspotKind
        point: Point

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
        )

    # --- place ---------------------------------------------------------------------------------

    class ApMoved(Aggregate.Event, v=1):
        """It hangs somewhere else now."""

        old_hotspot: str
        hotspot: str
        hotspot_name: str
        kind: HotspotKind
        point: Point

    class ApRetired(Aggregate.Event, v=1):
        """It is no more."""

        hotspot: str
        clocks: Readings

    @allowed_in(*WORKING, S.MAINTENANCE)
    def move_ap(self, hotspot: str, hotspot_name: str, kind: HotspotKind, point: Point) -> None:
        """What it has served stays with the old place."""
        self._ap_moved(
            old_hotspot=self.hotspot,
            hotspot=hotspot,
            hotspot_name=hotspot_name,
            kind=kind,
            point=point,
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
    ) -> None:
        self.hotspot, self.kind, self.point = hotspot, kind, point

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
