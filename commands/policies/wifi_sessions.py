"""What WiFi sessions ask of themselves: a restart closes what ran there, a block ends what is live;
and whom an order of the help centre blocks.

One command a session, so that no decision grows with an access point.
"""

from commands.base import policy
from commands.wifi_sessions.accounting import RecordNasRestart
from commands.wifi_sessions.disconnecting import Disconnect
from commands.wifi_sessions.users import BlockUser, UnblockUser
from domain.help_center_tickets import WifiBlockOrder
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


@policy("order-blocks-user", fails="wait")
def when_ordered(
    e: WifiBlockOrder.WifiBlockOrdered | WifiBlockOrder.WifiBlockLifted,
) -> BlockUser | UnblockUser:
    """An order and its end. Live sessions are ended by what follows from the block, as of an order
    that the police gave themselves."""
    if isinstance(e, WifiBlockOrder.WifiBlockOrdered):
        return BlockUser(user=e.user, until=e.until, order_no=e.order_no)
    return UnblockUser(user=e.user, order_no=e.order_no)
