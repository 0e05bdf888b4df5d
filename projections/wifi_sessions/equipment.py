"""The health of access points, for the wall; and the list of hotspots, for everybody."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from domain.shared.address import Point
from domain.wifi_sessions import AccessPoint, ApState
from domain.wifi_sessions.limits import REPAIR
from domain.wifi_sessions.values import HotspotKind
from projections.base import Index, PrefixIndex, Row, fold

SERVING = (ApState.UP, ApState.DEGRADED)


class ApHealth(Row, key="ap"):
    """One line per access point. ``uptime_percent``: of the time since its installation, as of the
    last event; ``repair_overdue``: it is down for longer than it may be."""

    ap: UUID
    nas_id: str
    hotspot: Annotated[str, Index]
    state: Annotated[ApState, Index]
    since: Annotated[datetime, Index]
    heard_at: datetime | None = None
    clients: Annotated[int, Index] = 0
    utilisation_percent: int = 0
    installed_at: datetime
    served_s: int = 0
    uptime_percent: Annotated[int, Index] = 0
    repair_overdue: Annotated[bool, Index] = False
    repairs: int = 0
    restarts: int = 0

    def served_until(self, at: datetime) -> int:
        """Seconds in which it served, until an instant."""
        running = int((at - self.since).total_seconds()) if self.state in SERVING else 0
        return self.served_s + running

    def percent_at(self, at: datetime) -> int:
        """The same as percent of its life."""
        life = int((at - self.installed_at).total_seconds())
        return self.served_until(at) * 100 // life if life > 0 else 0


@fold(ApHealth)
def ap_installed(row: None, e: AccessPoint.ApInstalled) -> ApHealth:
    return ApHealth(
        ap=e.id,
        nas_id=e.nas_id,
        hotspot=e.hotspot,
        state=ApState.INSTALLED,
        since=e.at,
        installed_at=e.at,
    )


@fold(ApHealth)
def ap_heard(row: ApHealth, e: AccessPoint.ApHeard) -> ApHealth:
    return row.replace(
        heard_at=e.heard_at,
        clients=e.clients,
        utilisation_percent=e.utilisation_percent,
        uptime_percent=row.percent_at(e.at),
    )


@fold(ApHealth)
def ap_state_changed(row: ApHealth, e: AccessPoint.ApStateChanged) -> ApHealth:
    return row.replace(
        state=e.new,
        since=e.at,
        clients=e.clients,
        served_s=row.served_until(e.at),
        uptime_percent=row.percent_at(e.at),
        repair_overdue=False,
    )


@fold(ApHealth)
def repair_overdue(row: ApHealth, e: AccessPoint.ClockBreached) -> ApHealth:
    return row.replace(repair_overdue=True) if e.clock == REPAIR.name else row


@fold(ApHealth)
def ap_repaired(row: ApHealth, e: AccessPoint.ApRepaired) -> ApHealth:
    return row.replace(repairs=row.repairs + 1)


@fold(ApHealth)
def ap_restarted(row: ApHealth, e: AccessPoint.ApRestarted) -> ApHealth:
    return row.replace(restarts=row.restarts + 1)


@fold(ApHealth)
def ap_moved(row: ApHealth, e: AccessPoint.ApMoved) -> ApHealth:
    return row.replace(hotspot=e.hotspot)


@fold(ApHealth)
def ap_retired(row: ApHealth, e: AccessPoint.ApRetired) -> ApHealth:
    return row.replace(
        state=ApState.RETIRED, since=e.at, clients=0, served_s=row.served_until(e.at)
    )


class Hotspots(Row, key="hotspot"):
    """One line per place with free WiFi; ``access_points`` that hang there."""

    hotspot: str
    name: Annotated[str, PrefixIndex]
    kind: Annotated[HotspotKind, Index]
    point: Point
    access_points: int = 0


@fold(Hotspots, key="hotspot")
def hung_up(row: Hotspots | None, e: AccessPoint.ApInstalled) -> Hotspots:
    row = row or Hotspots(hotspot=e.hotspot, name=e.hotspot_name, kind=e.kind, point=e.point)
    return row.replace(access_points=row.access_points + 1)


@fold(Hotspots, key="old_hotspot")
def taken_away(row: Hotspots, e: AccessPoint.ApMoved) -> Hotspots | None:
    return _one_less(row)


@fold(Hotspots, key="hotspot")
def brought(row: Hotspots | None, e: AccessPoint.ApMoved) -> Hotspots:
    row = row or Hotspots(hotspot=e.hotspot, name=e.hotspot_name, kind=e.kind, point=e.point)
    return row.replace(access_points=row.access_points + 1)


@fold(Hotspots, key="hotspot")
def taken_down(row: Hotspots, e: AccessPoint.ApRetired) -> Hotspots | None:
    return _one_less(row)


def _one_less(row: Hotspots) -> Hotspots | None:
    left = row.access_points - 1
    return row.replace(access_points=left) if left else None
