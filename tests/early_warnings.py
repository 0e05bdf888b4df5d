"""Steps of early warnings, each with its usual sender."""

from datetime import datetime
from typing import Any
from uuid import UUID

from commands.base import Caller, Role
from commands.early_warnings import (
    AcknowledgeWarning,
    CloseWarning,
    HandleWarning,
    RaiseWarning,
)
from domain.early_warnings import Finding, Suspicion
from tests.scenario import HUIMIN, MATTER, Step, caller

CYBER_1 = caller("cyber-1", Role.OFFICER, department="cyberspace")
CYBER_2 = caller("cyber-2", Role.OFFICER, department="cyberspace")
EMERGENCY = caller("emergency-1", Role.OFFICER, department="emergency")


def raised(*, at: datetime | None = None, **changes: Any) -> Step:
    """Codes are asked for in masses at a hotspot."""
    given: dict[str, Any] = {
        "suspicion": Suspicion.CODE_FLOOD,
        "scope": "HS-1",
        "program": "wifi-sessions",
        "matter_id": UUID(int=7),
        "detail": "同一号码当日索取验证码超过10次",
    }
    return Step(RaiseWarning(**given | changes), HUIMIN, at)


def acknowledged(
    warning: UUID = MATTER, by: Caller = CYBER_1, *, at: datetime | None = None
) -> Step:
    """The department has seen it."""
    return Step(AcknowledgeWarning(warning_id=warning), by, at)


def handled(warning: UUID = MATTER, by: Caller = CYBER_1, *, at: datetime | None = None) -> Step:
    """It knows what it was."""
    command = HandleWarning(
        warning_id=warning, finding=Finding.CONFIRMED, measures="已限制该热点的短信发送"
    )
    return Step(command, by, at)


def closed(warning: UUID = MATTER, by: Caller = CYBER_2, *, at: datetime | None = None) -> Step:
    """A second officer has looked at it."""
    return Step(CloseWarning(warning_id=warning), by, at)
