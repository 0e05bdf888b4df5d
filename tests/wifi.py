"""A small city of WiFi for tests: two access points, users by number, and a step for each command.

``MATTER`` is the first session that begins by a code. Times are of one Monday morning.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from commands.base import Caller, Role
from commands.wifi_sessions import access_points, accounting, disconnecting, signing_in, traces
from commands.wifi_sessions.users import BlockUser, EraseUser, UnblockUser
from domain.shared.address import Point
from domain.wifi_sessions.ids import access_point_id, code_of, wifi_device_id, wifi_user_id
from domain.wifi_sessions.values import HotspotKind
from tests.scenario import HUIMIN, MATTER, MONDAY_MORNING, Step, caller, keyed_hash

NAS = "AP-7"
OTHER_NAS = "AP-8"
AP = access_point_id(NAS)
OTHER_AP = access_point_id(OTHER_NAS)
SQUARE = Point(lat=29.8683, lon=121.544)
FAR = Point(lat=29.9, lon=121.6)

PORTAL = caller("portal", Role.AGENT)
RADIUS = caller("radius", Role.DEPARTMENT, department="data-bureau")
OPERATOR = caller("operator", Role.OPERATOR)
POLICE_1 = caller("police-1", Role.OFFICER, department="public-security")
POLICE_2 = caller("police-2", Role.OFFICER, department="public-security")
DATA = caller("data-1", Role.OFFICER, department="data-bureau")

MAC = "00:1a:2b:3c:4d:5e"
MADE_UP = "02:1a:2b:3c:4d:5e"
NOTICE = "2026-1"


def mobile(n: int = 1) -> str:
    """Someone's number, by number."""
    return f"+8613812345{600 + n}"


def mac(n: int) -> str:
    """A device's own address, by number."""
    return f"00:1a:2b:3c:4d:{n:02x}"


def user(n: int = 1) -> str:
    """What stands for someone."""
    return keyed_hash("mobile", mobile(n))


USER = wifi_user_id(user())
DEVICE = wifi_device_id(keyed_hash("mac", MAC))


def installed(nas: str = NAS, kind: HotspotKind = HotspotKind.SQUARE, **changes: Any) -> Step:
    """An access point on the square, at HS-1 unless it says where."""
    given: dict[str, Any] = {
        "nas_id": nas,
        "hotspot": "HS-1",
        "hotspot_name": "天一广场",
        "kind": kind,
        "point": SQUARE,
        "district": "330203",
    }
    return Step(access_points.InstallAp(**given | changes), OPERATOR)


def heartbeat(
    utilisation: int = 20, uptime_s: int = 600, *, ap: UUID = AP, at: datetime | None = None
) -> Step:
    """An access point is alive."""
    command = access_points.ReportHeartbeat(
        ap_id=ap, clients=5, channel_utilisation=utilisation, uptime_s=uptime_s
    )
    return Step(command, RADIUS, at)


def declared_down(at: datetime | None = None) -> Step:
    """An access point has fallen silent."""
    return Step(access_points.DeclareApDown(ap_id=AP), HUIMIN, at)


def maintained() -> Step:
    """Somebody works at an access point."""
    return Step(access_points.BeginMaintenance(ap_id=AP), OPERATOR)


def maintained_no_more() -> Step:
    """The work is done."""
    return Step(access_points.EndMaintenance(ap_id=AP), OPERATOR)


def moved(hotspot: str = "HS-2") -> Step:
    """It hangs somewhere else."""
    command = access_points.MoveAp(
        ap_id=AP,
        hotspot=hotspot,
        hotspot_name="鼓楼",
        kind=HotspotKind.SCENIC,
        point=FAR,
        district="330205",
    )
    return Step(command, OPERATOR)


def retired() -> Step:
    """It is no more."""
    return Step(access_points.RetireAp(ap_id=AP), OPERATOR)


def code_sent(n: int = 1, device: str = MAC, *, at: datetime | None = None, **changes: Any) -> Step:
    """Someone asks for a code."""
    given: dict[str, Any] = {
        "mobile": mobile(n),
        "hotspot": "HS-1",
        "device_mac": device,
        "notice_version": NOTICE,
    }
    return Step(signing_in.SendCode(**given | changes), PORTAL, at)


def code(session: UUID = MATTER) -> str:
    """The code that came by SMS."""
    return code_of(session, keyed_hash)


def wrong(session: UUID = MATTER) -> str:
    """Another."""
    return f"{(int(code(session)) + 1) % 1_000_000:06d}"


def verified(session: UUID = MATTER, said: str | None = None) -> Step:
    """Someone says the code."""
    command = signing_in.VerifyCode(session_id=session, code=said or code(session))
    return Step(command, PORTAL)


def recognised(device: str = MAC, *, at: datetime | None = None) -> Step:
    """A device comes back."""
    return Step(signing_in.RecogniseDevice(hotspot="HS-1", device_mac=device), RADIUS, at)


def access(session: UUID = MATTER, nas: str = NAS, *, at: datetime | None = None) -> Step:
    """The access point asks whether the device may surf."""
    return Step(signing_in.RequestAccess(session_id=session, nas_id=nas), RADIUS, at)


def _record(session: UUID | None, changes: dict[str, Any]) -> dict[str, Any]:
    given: dict[str, Any] = {
        "nas_id": NAS,
        "acct_session_id": "A1",
        "radius_class": str(session) if session else None,
        "calling_station_id": MAC,
    }
    return given | changes


def start(session: UUID | None = MATTER, *, at: datetime | None = None, **changes: Any) -> Step:
    """Accounting-Request Start."""
    given = {"framed_ips": ("10.0.0.7",)} | _record(session, changes)
    return Step(accounting.RecordStart(**given), RADIUS, at)


def interim(
    seconds: int = 900,
    octets: int = 1_000,
    session: UUID | None = MATTER,
    *,
    at: datetime | None = None,
    **changes: Any,
) -> Step:
    """Accounting-Request Interim-Update; the octets are those to the device."""
    given = {"output_octets": octets, "session_time_s": seconds} | _record(session, changes)
    return Step(accounting.RecordInterim(**given), RADIUS, at)


def stop(
    seconds: int = 1_000,
    octets: int = 2_000,
    session: UUID | None = MATTER,
    *,
    at: datetime | None = None,
    **changes: Any,
) -> Step:
    """Accounting-Request Stop."""
    given: dict[str, Any] = {
        "output_octets": octets,
        "session_time_s": seconds,
        "terminate_cause": "User-Request",
    }
    return Step(accounting.RecordStop(**given | _record(session, changes)), RADIUS, at)


def silent(session: UUID = MATTER, *, at: datetime | None = None) -> Step:
    """Three reports did not come."""
    return Step(accounting.DeclareSilent(session_id=session), HUIMIN, at)


def accounting_on(at: datetime | None = None, **changes: Any) -> Step:
    """An access point begins anew."""
    given: dict[str, Any] = {"nas_id": NAS} | changes
    return Step(accounting.RecordAccountingOn(**given), RADIUS, at)


def nas_restarted(session: UUID = MATTER, boot: int = 1) -> Step:
    """What the policy sends for a session."""
    return Step(accounting.RecordNasRestart(session_id=session, boot=boot), HUIMIN)


def disconnected(session: UUID = MATTER, reason: Any = "order") -> Step:
    """The session has to end."""
    command = disconnecting.Disconnect(session_id=session, reason=reason, order_no="甬公1号")
    return Step(command, POLICE_1)


def answered(session: UUID = MATTER, *, acknowledged: bool = True) -> Step:
    """What the access point says to that."""
    command = disconnecting.AnswerDisconnect(
        session_id=session, acknowledged=acknowledged, error_cause=None if acknowledged else 503
    )
    return Step(command, RADIUS)


def overlong(session: UUID = MATTER, *, at: datetime | None = None) -> Step:
    """Four hours are over."""
    return Step(disconnecting.EndOverlong(session_id=session), HUIMIN, at)


def lapsed(session: UUID = MATTER, *, at: datetime | None = None) -> Step:
    """The device never came."""
    return Step(signing_in.LapseGrant(session_id=session), HUIMIN, at)


def mapped(session: UUID = MATTER, *, minutes: tuple[int, int] = (0, 60), **changes: Any) -> Step:
    """A block of ports of a public address."""
    given: dict[str, Any] = {
        "session_id": session,
        "public_ip": "203.0.113.7",
        "first_port": 1024,
        "last_port": 1535,
        "internal_ip": "10.0.0.7",
        "since": MONDAY_MORNING + timedelta(minutes=minutes[0]),
        "until": MONDAY_MORNING + timedelta(minutes=minutes[1]),
    }
    return Step(traces.RecordNatMapping(**given | changes), RADIUS)


def port_scan(session: UUID = MATTER) -> Step:
    """The firewall saw something."""
    return Step(traces.ReportPortScan(session_id=session, targets=500), RADIUS)


def blocked(n: int = 1, until: datetime | None = None) -> Step:
    """An order against someone."""
    return Step(BlockUser(mobile=mobile(n), until=until, order_no="甬公2号"), POLICE_1)


def unblocked(n: int = 1) -> Step:
    """The order is lifted."""
    return Step(UnblockUser(mobile=mobile(n)), POLICE_1)


def erased(n: int = 1, *, at: datetime | None = None) -> Step:
    """Someone wants to be forgotten."""
    return Step(EraseUser(mobile=mobile(n)), DATA, at)


def log_requested(by: Caller = POLICE_1, *, at: datetime | None = None, **changes: Any) -> Step:
    """Who had this port at this instant?"""
    moment = MONDAY_MORNING + timedelta(minutes=10)
    given: dict[str, Any] = {
        "legal_document_no": "甬公调〔2026〕9号",
        "case_no": "A330203",
        "public_ip": "203.0.113.7",
        "port": 1100,
        "since": moment,
        "until": moment,
    }
    return Step(traces.RequestLog(**given | changes), by, at)


def log_approved(request: UUID = MATTER, by: Caller = POLICE_2) -> Step:
    """A second officer agrees."""
    return Step(traces.ApproveLog(request_id=request), by)


def log_rejected(request: UUID = MATTER, by: Caller = POLICE_2) -> Step:
    """A second officer does not agree."""
    return Step(traces.RejectLog(request_id=request), by)


def log_disclosed(request: UUID = MATTER) -> Step:
    """The rows are handed over."""
    return Step(traces.DiscloseLog(request_id=request, row_count=1, subject=user()), DATA)


def logs_destroyed(day: Any, *, at: datetime | None = None) -> Step:
    """The day's key goes."""
    return Step(traces.DestroyLogs(day=day, count=12), OPERATOR, at)


AUTHENTICATED = (installed(), code_sent(), verified())
GRANTED = (*AUTHENTICATED, access())
ONLINE = (*GRANTED, start())
