"""WiFi sessions (免费WiFi): sign in by SMS, surf, log, limit, keep access points alive.

``WifiSession`` is one authentication and what came of it (``signing_in``, ``accounting``,
``session``). ``WifiUser`` and ``WifiDevice`` stand for people and their devices by keyed hash,
``AccessPoint`` for the equipment, ``PublicPorts`` for who had which public address, ``LogRequest``
and ``LogDay`` for what the law asks and how long it is kept.
"""

from domain.wifi_sessions.access_points import AccessPoint
from domain.wifi_sessions.devices import WifiDevice
from domain.wifi_sessions.log_days import LogDay
from domain.wifi_sessions.log_requests import LogRequest
from domain.wifi_sessions.ports import PublicPorts
from domain.wifi_sessions.session import WifiSession
from domain.wifi_sessions.states import ApState, LogDayState, LogRequestState, SessionState
from domain.wifi_sessions.users import WifiUser

__all__ = [
    "AccessPoint",
    "ApState",
    "LogDay",
    "LogDayState",
    "LogRequest",
    "LogRequestState",
    "PublicPorts",
    "SessionState",
    "WifiDevice",
    "WifiSession",
    "WifiUser",
]
