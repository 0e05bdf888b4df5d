"""What WiFi sessions ask of themselves: a restart closes what ran there, a block ends what is live.

One command a session, so that no decision grows with an access point.
"""

from commands.base import policy
from commands.wifi_sessions.accounting import RecordNasRestart
from commands.wifi_sessions.disconnecting import Disconnect
from domain.wifi_sessions import AccessPoint, WifiUser


@policy("close-sessions-of-restarted-ap", fails="note")
def when_restarted(e: AccessPoint.ApRestarted) -> list[RecordNasRestart]:
    """Those that the access point remembers; the ones that are over by now stay as they are."""
    return [RecordNasRestart(session_id=session, boot=e.boot) for session in e.sessions]


@policy("disconnect-blocked-user", fails="note")
def when_blocked(e: WifiUser.UserBlocked) -> list[Disconnect]:
    """Those that are not online yet are asked to go when they come."""
    return [
        Disconnect(session_id=session, reason="block", order_no=e.order_no)
        for session in e.sessions
    ]
