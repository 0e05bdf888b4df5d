"""Sign in: a code to a mobile, or a device that is known; then access for it."""

from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints

from commands.base import Command, Context, Role, command
from commands.wifi_sessions.given import (
    NAS,
    PORTAL,
    SessionCommand,
    access_point,
    deciding_user,
    take_place,
    user_of,
)
from domain.shared.identifiers import Mobile
from domain.shared.personal import Personal
from domain.wifi_sessions import SessionState, WifiDevice, WifiSession
from domain.wifi_sessions.ids import code_hash, code_of, wifi_device_id
from domain.wifi_sessions.limits import CODE_VALID, notice_in_force
from domain.wifi_sessions.refusals import CodeLocked, DeviceUnknown, NoticeOutdated
from domain.wifi_sessions.values import HotspotId, Mac, NasId, RefusedBecause, is_made_up

NoticeVersion = Annotated[
    str,
    StringConstraints(min_length=1, max_length=20),
    Field(description="Version of the privacy notice that the user has seen", examples=["2026-1"]),
]


def _require_notice(version: str | None, ctx: Context) -> None:
    if version != (in_force := notice_in_force(ctx.now)):
        raise NoticeOutdated(in_force=in_force)


class SendCode(Command):
    """Send a code by SMS. One a minute and ten a day for a mobile."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "mobile": "13812345678",
                    "hotspot": "HS-0012",
                    "device_mac": "00-1A-2B-3C-4D-5E",
                    "notice_version": "2026-1",
                }
            ]
        }
    )

    mobile: Personal[Mobile]
    hotspot: HotspotId
    device_mac: Personal[Mac]
    notice_version: NoticeVersion


@command(roles=PORTAL)
def send_code(cmd: SendCode, ctx: Context) -> WifiSession | None:
    """The code follows from the session's id and the city's key: the SMS gateway works it out,
    nobody stores it. None when the day's codes are used up, which the user's matter records."""
    _require_notice(cmd.notice_version, ctx)
    user = ctx.keyed_hash("mobile", cmd.mobile)
    with deciding_user(user, ctx) as matter:
        matter.may_have_code()
        if matter.is_flooded(cmd.hotspot, ctx.calendar):
            return None
        matter.count_code()
    code = code_of(ctx.new_id, ctx.keyed_hash)
    return WifiSession.begin(
        WifiSession.CodeSent,
        id=ctx.new_id,
        at=ctx.now,
        mobile=cmd.mobile,
        user=user,
        mac=cmd.device_mac,
        device=ctx.keyed_hash("mac", cmd.device_mac),
        hotspot=cmd.hotspot,
        notice_version=cmd.notice_version,
        code_hash=code_hash(ctx.new_id, code, ctx.keyed_hash),
        expires_at=ctx.now + CODE_VALID,
    )


class VerifyCode(SessionCommand):
    """Say the code that came by SMS. Five tries in five minutes."""

    code: Annotated[str, StringConstraints(pattern="^[0-9]{6}$")] = Field(
        description="Six digits", examples=["012345"]
    )


@command(key="session_id", roles=PORTAL)
def verify_code(cmd: VerifyCode, session: WifiSession, ctx: Context) -> None:
    """A right code also binds the device to the user for a week, if its address is its own."""
    if session.state is SessionState.LOCKED:
        raise CodeLocked()
    device = None
    if binds := not is_made_up(session.mac):
        device = ctx.matter(WifiDevice, wifi_device_id(session.device))
    session.verify_code(code_hash(session.id, cmd.code, ctx.keyed_hash))
    if binds and session.state is SessionState.AUTHENTICATED:
        _bind(session, device, ctx)


def _bind(session: WifiSession, device: WifiDevice | None, ctx: Context) -> None:
    owner = session.user or "", session.mobile or "", session.notice_version or ""
    if device is not None:
        device.bind(*owner)
        return
    device = WifiDevice.begin(
        WifiDevice.DeviceKnown,
        id=wifi_device_id(session.device),
        at=ctx.now,
        device=session.device,
    )
    ctx.also(device)
    with device.deciding(ctx.now):
        device.bind(*owner)


class RecogniseDevice(Command):
    """Sign in a device that its user bound within the last seven days."""

    hotspot: HotspotId
    device_mac: Personal[Mac]


@command(roles={Role.AGENT, Role.DEPARTMENT})
def recognise_device(cmd: RecogniseDevice, ctx: Context) -> WifiSession:
    """By the access platform. An address that the device made up is no identity, and a user who
    has seen an older notice has to sign in anew."""
    device = ctx.keyed_hash("mac", cmd.device_mac)
    found = None
    if not is_made_up(cmd.device_mac):
        found = ctx.matter(WifiDevice, wifi_device_id(device))
    if found is None:
        raise DeviceUnknown()
    user, mobile, notice_version = found.owner(ctx.now)
    _require_notice(notice_version, ctx)
    session = WifiSession.begin(
        WifiSession.DeviceRecognised,
        id=ctx.new_id,
        at=ctx.now,
        mobile=mobile,
        user=user,
        mac=cmd.device_mac,
        device=device,
        hotspot=cmd.hotspot,
        notice_version=notice_version,
    )
    with session.deciding(ctx.now):
        session.recognise()
    return session


class RequestAccess(SessionCommand):
    """Ask whether the device may surf (Access-Request). Three of one mobile at a time."""

    nas_id: NasId


@command(key="session_id", roles=NAS)
def request_access(cmd: RequestAccess, session: WifiSession, ctx: Context) -> None:
    """Judged by the user's matter, so of two that ask at once for the last place one gets it."""
    ap = access_point(cmd.nas_id, ctx)
    user = user_of(session, ctx)
    why_not = user.why_not(session.id) if user is not None else None
    blocked = user is not None and why_not is RefusedBecause.BLOCKED
    session.request_access(
        ap.id,
        ap.hotspot,
        why_not=why_not,
        until=user.blocked_until if user is not None and blocked else None,
        calendar=ctx.calendar,
    )
    if why_not is None:
        take_place(session, user, ap)


class LapseGrant(SessionCommand):
    """Give back the place of a device that never came. By the scheduler."""


@command(key="session_id", roles={Role.SYSTEM}, when_due="access-grant")
def lapse_grant(cmd: LapseGrant, session: WifiSession, ctx: Context) -> None:
    """Ten minutes after access was granted."""
    user = user_of(session, ctx)
    session.lapse_grant()
    if user is not None:
        user.leave(session.id)
