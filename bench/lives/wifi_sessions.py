"""A hotspot's morning: an access point is put up and six people surf there for two hours."""

from typing import Any

from bench.lives.life import DISTRICT, POINT, KeyedHash, Life, Telling, mobile, sender
from commands.base import Role
from commands.wifi_sessions.access_points import InstallAp, ReportHeartbeat
from commands.wifi_sessions.accounting import RecordInterim, RecordStart, RecordStop
from commands.wifi_sessions.signing_in import RequestAccess, SendCode, VerifyCode
from domain.wifi_sessions.ids import code_of
from domain.wifi_sessions.limits import notice_in_force
from domain.wifi_sessions.values import HotspotKind

OPERATOR = sender("operator", Role.OPERATOR)
PORTAL = sender("portal", Role.AGENT)
RADIUS = sender("radius", Role.DEPARTMENT, "data-bureau")

PEOPLE = 6
REPORTS = 8
STAY = 3
ONLINE = "stays"
"""How the Acct-Session-Id of those begins who stay online."""


def mac(n: int) -> str:
    """The n-th device's own address."""
    return f"00:1a:{n >> 24 & 255:02x}:{n >> 16 & 255:02x}:{n >> 8 & 255:02x}:{n & 255:02x}"


def life(n: int, keyed_hash: KeyedHash) -> Life:
    """Some go home, some stay; a heartbeat and a report of each come every quarter of an hour."""
    tell, nas = Telling(n), f"AP-{n}"
    installed = InstallAp(
        nas_id=nas,
        hotspot=f"HS-{n}",
        hotspot_name="东钱湖游客中心",
        kind=HotspotKind.SCENIC,
        point=POINT,
        district=DISTRICT,
    )
    ap = yield tell(installed, OPERATOR)
    records: list[dict[str, Any]] = []
    for k in range(PEOPLE):
        device = mac(PEOPLE * n + k)
        code = SendCode(
            mobile=mobile(PEOPLE * n + k),
            hotspot=f"HS-{n}",
            device_mac=device,
            notice_version=notice_in_force(tell.at),
        )
        session = yield tell(code, PORTAL)
        said = VerifyCode(session_id=session, code=code_of(session, keyed_hash))
        yield tell(said, PORTAL)
        yield tell(RequestAccess(session_id=session, nas_id=nas), RADIUS, 0)
        record: dict[str, Any] = {
            "nas_id": nas,
            "acct_session_id": f"{ONLINE}-{k}" if k < STAY else f"A-{k}",
            "radius_class": str(session),
            "calling_station_id": device,
        }
        yield tell(RecordStart(framed_ips=(f"10.0.0.{k + 2}",), **record), RADIUS, 0)
        records.append(record)
    for report in range(1, REPORTS + 1):
        beat = ReportHeartbeat(
            ap_id=ap, clients=PEOPLE, channel_utilisation=20, uptime_s=900 * report
        )
        yield tell(beat, RADIUS, 9)
        for record in records:
            used = RecordInterim(
                output_octets=1_000_000 * report, session_time_s=900 * report, **record
            )
            yield tell(used, RADIUS)
    for record in records[STAY:]:
        last = RecordStop(
            output_octets=1_000_000 * REPORTS + 1,
            session_time_s=900 * REPORTS + 60,
            terminate_cause="User-Request",
            **record,
        )
        yield tell(last, RADIUS)
