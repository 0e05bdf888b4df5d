"""What security inspection is warned of: heat among tickets, suspicions of the WiFi, refused reads.

One policy for all, so that what repeats comes in the order of the log. Of reads it sees those whose
refusal is recorded with the matter: a report on credit without a basis, logs of the WiFi without
one or at more than the law allows. A question that the door turns away leaves no event.
"""

from commands.base import policy
from commands.early_warnings import RaiseWarning
from domain.credit_records import CreditSubject
from domain.early_warnings import Suspicion
from domain.help_center_tickets import TicketHeat
from domain.wifi_sessions import LogRequest, WifiSession, WifiUser

TICKETS, WIFI, CREDIT = "help-center-tickets", "wifi-sessions", "credit-records"


@policy("flood-warning", fails="wait")
def when_something_is_suspicious(
    e: TicketHeat.TicketHeatRose
    | WifiUser.CodeFloodSuspected
    | WifiUser.MacSpoofingSuspected
    | WifiSession.PortScanSuspected
    | LogRequest.LogTurnedDown
    | CreditSubject.ReportRefused,
) -> RaiseWarning:
    """Cross-programme brief, section 3, and the WiFi brief's reactions."""
    match e:
        case TicketHeat.TicketHeatRose():
            return RaiseWarning(
                suspicion=Suspicion.TICKET_HEAT,
                scope=f"{e.item} {e.district}",
                district=e.district,
                program=TICKETS,
                matter_id=e.id,
                detail=f"{e.item}：一小时{e.count}件，平时{e.usual_permille / 1000:.1f}件",
            )
        case WifiUser.CodeFloodSuspected():
            return RaiseWarning(
                suspicion=Suspicion.CODE_FLOOD,
                scope=e.hotspot,
                program=WIFI,
                matter_id=e.id,
                detail=f"同一号码当日索取验证码超过{e.codes}次",
            )
        case WifiUser.MacSpoofingSuspected():
            return RaiseWarning(
                suspicion=Suspicion.MAC_SPOOFING,
                scope=str(e.ap),
                program=WIFI,
                matter_id=e.id,
                detail=f"同一设备{e.seconds}秒内出现在相距{e.metres}米的两个接入点",
            )
        case WifiSession.PortScanSuspected():
            return RaiseWarning(
                suspicion=Suspicion.PORT_SCAN,
                scope=e.hotspot,
                program=WIFI,
                matter_id=e.id,
                detail=f"设备探测{e.targets}个目标",
            )
        case LogRequest.LogTurnedDown():
            return RaiseWarning(
                suspicion=Suspicion.REFUSED_READS,
                scope=WIFI,
                program=WIFI,
                matter_id=e.id,
                detail=f"调取日志被拒绝：{e.reason}",
            )
        case CreditSubject.ReportRefused():
            return RaiseWarning(
                suspicion=Suspicion.REFUSED_READS,
                scope=f"{CREDIT} {e.department}" if e.department else CREDIT,
                program=CREDIT,
                matter_id=e.id,
                detail=f"查询信用报告被拒绝：{e.code}",
            )
