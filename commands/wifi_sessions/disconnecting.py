"""Ask an access point to end a session, and take its answer (RFC 5176)."""

from typing import Annotated

from pydantic import Field

from commands.base import Context, Role, command
from commands.wifi_sessions.given import NAS, POLICE, OrderNo, SessionCommand
from domain.wifi_sessions import WifiSession
from domain.wifi_sessions.values import DisconnectReason


class Disconnect(SessionCommand):
    """Ask the access point to end a session: for a limit, a block or an order."""

    reason: DisconnectReason
    order_no: OrderNo | None = None


@command(key="session_id", roles={Role.SYSTEM, Role.OFFICER, Role.OPERATOR}, department=POLICE)
def disconnect(cmd: Disconnect, session: WifiSession, ctx: Context) -> None:
    """The session is online until its stop comes."""
    session.disconnect(cmd.reason, cmd.order_no)


class EndOverlong(SessionCommand):
    """Ask to end a session that its NAS let pass the limit. By the scheduler."""


@command(key="session_id", roles={Role.SYSTEM}, when_due="session-limit")
def end_overlong(cmd: EndOverlong, session: WifiSession, ctx: Context) -> None:
    """After four hours, and again after a refusal."""
    session.end_overlong()


class AnswerDisconnect(SessionCommand):
    """Tell what the access point said: Disconnect-ACK, or -NAK with its Error-Cause."""

    acknowledged: bool
    error_cause: Annotated[int, Field(ge=200, le=599)] | None = Field(
        default=None, description="RFC 5176, 3.5", examples=[503]
    )


@command(key="session_id", roles=NAS)
def answer_disconnect(cmd: AnswerDisconnect, session: WifiSession, ctx: Context) -> None:
    """Only what was asked can be answered."""
    session.answer_disconnect(
        acknowledged=cmd.acknowledged, error_cause=cmd.error_cause, calendar=ctx.calendar
    )
