"""The parts that several commands share: how matters are found, and places that are given back.

RADIUS comes in over HTTP: a bearer token stands for the shared secret of a NAS, and the answer for
the Accounting-Response, which therefore leaves after durable storage and not before.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from commands.base import Command, Context, Role
from domain.wifi_sessions import AccessPoint, WifiSession, WifiUser
from domain.wifi_sessions.ids import access_point_id, wifi_user_id
from domain.wifi_sessions.refusals import UnknownNas
from domain.wifi_sessions.values import RefusedBecause, is_made_up

NAS = frozenset({Role.AGENT, Role.DEPARTMENT})
"""Who speaks for access points."""

PORTAL = frozenset({Role.CITIZEN, Role.AGENT})
"""Who speaks for people that sign in."""

RUNS_THEM = frozenset({Role.AGENT, Role.OPERATOR, Role.OFFICER})
"""Who installs and repairs access points."""

POLICE = "public-security"

OrderNo = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100),
    Field(description="Number of the written order", examples=["甬公网安〔2026〕7号"]),
]


class SessionCommand(Command):
    """Base of the commands on one session."""

    session_id: UUID = Field(description="The session, which RADIUS carries as Class")


def access_point(nas_id: str, ctx: Context) -> AccessPoint:
    """The access point that calls itself so. Raises UnknownNas."""
    found = ctx.matter(AccessPoint, access_point_id(nas_id))
    if found is None:
        raise UnknownNas()
    return found


def user_of(session: WifiSession, ctx: Context) -> WifiUser | None:
    """The user of a session; an orphan has none."""
    if session.user is None:
        return None
    return ctx.matter(WifiUser, wifi_user_id(session.user))


@contextmanager
def deciding_user(user: str, ctx: Context) -> Iterator[WifiUser]:
    """The user's matter, begun with this decision if there is none yet."""
    id = wifi_user_id(user)
    found = ctx.matter(WifiUser, id)
    if found is not None:
        yield found
        return
    begun = WifiUser.begin(WifiUser.UserKnown, id=id, at=ctx.now, user=user)
    ctx.also(begun)
    with begun.deciding(ctx.now):
        yield begun


def take_place(session: WifiSession, user: WifiUser | None, ap: AccessPoint) -> None:
    """The device is live, with a place or without: one that may have none is asked to go."""
    if user is None:
        return
    why_not = user.why_not(session.id)
    if why_not is None:
        suspects = not is_made_up(session.mac)
        user.admit(session.id, session.device, ap.id, ap.point, suspects=suspects)
    else:
        session.disconnect("block" if why_not is RefusedBecause.BLOCKED else "limit")
