"""Install, hear, move, maintain and retire access points."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from commands.base import Command, Context, Role, command
from commands.wifi_sessions.given import NAS, RUNS_THEM
from domain.shared.address import Point
from domain.shared.districts import District, current
from domain.shared.identifiers import Uscc
from domain.shared.instants import shanghai_date
from domain.wifi_sessions import AccessPoint
from domain.wifi_sessions.ids import access_point_id
from domain.wifi_sessions.refusals import ApExists, UnknownAp
from domain.wifi_sessions.values import HotspotId, HotspotKind, NasId


class ApCommand(Command):
    """Base of the commands on one access point."""

    ap_id: UUID = Field(description="The access point, as the answer to install-ap gave it")


class PlacedAp(Command):
    """Base of the commands that say where an access point hangs."""

    hotspot: HotspotId
    hotspot_name: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)
    ] = Field(examples=["宁波站北广场"])
    kind: HotspotKind
    point: Point
    district: District
    operated_by: Uscc | None = Field(
        default=None,
        description="Company that runs it and, as a member of the help centre, repairs it",
    )

    def district_in_force(self, ctx: Context) -> str:
        """The district under today's number."""
        return current(self.district, shanghai_date(ctx.now))


class InstallAp(PlacedAp):
    """Put up an access point. Once per NAS-Identifier."""

    nas_id: NasId


@command(roles=RUNS_THEM)
def install_ap(cmd: InstallAp, ctx: Context) -> AccessPoint:
    """Its id follows from its NAS-Identifier, so a record finds it without a look-up."""
    id = access_point_id(cmd.nas_id)
    if ctx.matter(AccessPoint, id) is not None:
        raise ApExists()
    return AccessPoint.begin(
        AccessPoint.ApInstalled,
        id=id,
        at=ctx.now,
        nas_id=cmd.nas_id,
        hotspot=cmd.hotspot,
        hotspot_name=cmd.hotspot_name,
        kind=cmd.kind,
        point=cmd.point,
        district=cmd.district_in_force(ctx),
        operated_by=cmd.operated_by,
    )


class ReportHeartbeat(ApCommand):
    """Say that an access point is alive, every minute."""

    clients: Annotated[int, Field(ge=0, le=10_000)]
    channel_utilisation: Annotated[int, Field(ge=0, le=100)] = Field(description="Percent")
    uptime_s: Annotated[int, Field(ge=0, lt=1 << 32)]


@command(key="ap_id", roles=NAS)
def report_heartbeat(
    cmd: ReportHeartbeat, ap: AccessPoint | None, ctx: Context
) -> AccessPoint | None:
    """One that says nothing new is answered, and kept every five minutes."""
    if ap is None:
        raise UnknownAp()
    ap.report_heartbeat(cmd.clients, cmd.channel_utilisation, cmd.uptime_s, calendar=ctx.calendar)
    return ap


class DeclareApDown(ApCommand):
    """Take an access point for down that three heartbeats did not come of. By the scheduler."""


@command(key="ap_id", roles={Role.SYSTEM}, when_due="ap-silence")
def declare_ap_down(cmd: DeclareApDown, ap: AccessPoint, ctx: Context) -> None:
    """The time to repair it runs from now on."""
    ap.declare_ap_down(calendar=ctx.calendar)


class BeginMaintenance(ApCommand):
    """Work at an access point: nobody is warned of its silence."""


@command(key="ap_id", roles=RUNS_THEM)
def begin_maintenance(cmd: BeginMaintenance, ap: AccessPoint, ctx: Context) -> None:
    """Also of one that is down."""
    ap.begin_maintenance()


class EndMaintenance(ApCommand):
    """The work is done; the next heartbeat brings the access point up."""


@command(key="ap_id", roles=RUNS_THEM)
def end_maintenance(cmd: EndMaintenance, ap: AccessPoint, ctx: Context) -> None:
    """As after its installation."""
    ap.end_maintenance()


class MoveAp(ApCommand, PlacedAp):
    """Hang an access point somewhere else."""


@command(key="ap_id", roles=RUNS_THEM)
def move_ap(cmd: MoveAp, ap: AccessPoint, ctx: Context) -> None:
    """Sessions that run keep the hotspot where they began."""
    ap.move_ap(
        cmd.hotspot,
        cmd.hotspot_name,
        cmd.kind,
        cmd.point,
        cmd.district_in_force(ctx),
        cmd.operated_by,
    )


class RetireAp(ApCommand):
    """Take an access point down for good."""


@command(key="ap_id", roles=RUNS_THEM)
def retire_ap(cmd: RetireAp, ap: AccessPoint, ctx: Context) -> None:
    """Late records of its sessions are still taken."""
    ap.retire_ap()
