"""Accounting records of access points: start, interim, stop, silence, restart.

A record finds its session by Class, or by the NAS's own numbers where nobody signed in. The hot
one, an interim report of a session that is online, looks at its session and at nothing else.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Annotated, Literal, NamedTuple
from uuid import UUID

from pydantic import Field, StringConstraints

from commands.base import Command, Context, Role, command
from commands.wifi_sessions.given import (
    NAS,
    SessionCommand,
    access_point,
    take_place,
    user_of,
)
from domain.shared.instants import Instant
from domain.shared.personal import Personal
from domain.wifi_sessions import AccessPoint, SessionState, WifiSession
from domain.wifi_sessions.ids import orphan_session_id
from domain.wifi_sessions.limits import TIME_OFF
from domain.wifi_sessions.records import Line, Reading
from domain.wifi_sessions.refusals import AcctSessionTaken, TimeImplausible
from domain.wifi_sessions.values import AcctSessionId, Ip, Mac, NasId, Volume, octets

Counter = Annotated[int, Field(ge=0, lt=1 << 32)]
# No session moves 4 PiB: what says so is broken, and would not fit into a sum.
Gigawords = Annotated[int, Field(ge=0, lt=1 << 20)]
Seconds = Annotated[int, Field(ge=0, lt=1 << 32)]


class TimedRecord(Command):
    """Base of all records: which NAS, and when it says that something was."""

    nas_id: NasId
    delay_time_s: Seconds = Field(default=0, description="Acct-Delay-Time")
    event_time: Instant | None = Field(default=None, description="Event-Timestamp")


class AccountingRecord(TimedRecord):
    """Base of the records of one session. A record sent again changes nothing."""

    acct_session_id: AcctSessionId
    radius_class: Annotated[str, StringConstraints(max_length=253)] | None = Field(
        default=None, description="Class: the session's id, as the answer to a sign-in gave it"
    )
    calling_station_id: Personal[Mac]


class CountedRecord(AccountingRecord):
    """Base of the records that count. Input is what the NAS got from the device."""

    input_octets: Counter = 0
    input_gigawords: Gigawords = 0
    output_octets: Counter = 0
    output_gigawords: Gigawords = 0
    session_time_s: Seconds

    def reading(self, ctx: Context) -> Reading:
        """What it counts, and when. Raises TimeImplausible."""
        counted = Volume(
            sent=octets(self.input_octets, self.input_gigawords),
            received=octets(self.output_octets, self.output_gigawords),
        )
        return Reading(counted, self.session_time_s, instant_of(self, ctx))


def instant_of(cmd: TimedRecord, ctx: Context) -> datetime:
    """Its own time, else its receipt less its delay. Raises TimeImplausible."""
    at = cmd.event_time or ctx.now - timedelta(seconds=cmd.delay_time_s)
    if abs(at - ctx.now) > TIME_OFF:
        raise TimeImplausible()
    return at


class Found(NamedTuple):
    """A record's session, None if it is to begin, and access point, None if not asked for."""

    id: UUID
    session: WifiSession | None
    line: Line
    ap: AccessPoint | None


def find(cmd: AccountingRecord, ctx: Context) -> Found:
    """Raises UnknownNas."""
    named = None
    if (class_id := _session_id(cmd.radius_class)) is not None:
        named = ctx.matter(WifiSession, class_id)
        if named is not None and named.accounting == (cmd.nas_id, cmd.acct_session_id):
            return Found(named.id, named, _line_of(named, cmd), None)
    ap = access_point(cmd.nas_id, ctx)
    line = Line(ap.id, ap.hotspot, cmd.nas_id, cmd.acct_session_id, ap.boot)
    if named is not None and named.is_of(line):
        return Found(named.id, named, line, ap)
    device = ctx.keyed_hash("mac", cmd.calling_station_id)
    orphan = orphan_session_id(cmd.nas_id, cmd.acct_session_id, device, ap.boot)
    return Found(orphan, ctx.matter(WifiSession, orphan), line, ap)


def _session_id(radius_class: str | None) -> UUID | None:
    """A Class that is none of ours finds nothing."""
    try:
        return UUID(radius_class) if radius_class else None
    except ValueError:
        return None


def _line_of(session: WifiSession, cmd: AccountingRecord) -> Line:
    ap = session.ap or UUID(int=0)
    return Line(ap, session.hotspot, cmd.nas_id, cmd.acct_session_id, session.boot)


@contextmanager
def deciding(found: Found, cmd: AccountingRecord, ctx: Context) -> Iterator[WifiSession]:
    """The session, begun as an orphan if there is none; its first record claims its number."""
    session = found.session
    device = session.device if session else ctx.keyed_hash("mac", cmd.calling_station_id)
    if session is None or session.accounting is None:
        ctx.claims.take(
            f"acct-session:{cmd.nas_id}",
            f"{cmd.acct_session_id}:{session.id if session else device}:{found.line.boot}",
            refused=AcctSessionTaken(),
        )
    if session is not None:
        yield session
        return
    session = WifiSession.begin(
        WifiSession.OrphanBegun,
        id=found.id,
        at=ctx.now,
        mac=cmd.calling_station_id,
        device=device,
        hotspot=found.line.hotspot,
    )
    with session.deciding(ctx.now):
        yield session


class RecordStart(AccountingRecord):
    """Record that a session began (Accounting-Request Start)."""

    framed_ips: Personal[Annotated[tuple[Ip, ...], Field(max_length=8)]] = Field(
        default=(), description="Framed-IP-Address and Framed-IPv6-Address"
    )


@command(roles=NAS)
def record_start(cmd: RecordStart, ctx: Context) -> WifiSession:
    """Without a sign-in it is an orphan: logged with an alarm, never dropped."""
    at = instant_of(cmd, ctx)
    found = find(cmd, ctx)
    user = user_of(found.session, ctx) if found.session is not None else None
    with deciding(found, cmd, ctx) as session:
        first = session.accounting is None
        session.record_start(found.line, cmd.framed_ips, at, calendar=ctx.calendar)
        if first and found.ap is not None:
            found.ap.begin_session(session.id, at)
            take_place(session, user, found.ap)
    return session


class RecordInterim(CountedRecord):
    """Record what a session has used until now (Accounting-Request Interim-Update)."""


@command(roles=NAS)
def record_interim(cmd: RecordInterim, ctx: Context) -> WifiSession:
    """One that comes before the start stands for it; one that comes after silence revives."""
    reading = cmd.reading(ctx)
    found = find(cmd, ctx)
    user, ap = None, found.ap
    known = found.session
    if known is not None and known.state in (SessionState.PRESUMED_ENDED, *_BEFORE):
        user, ap = user_of(known, ctx), ap or access_point(cmd.nas_id, ctx)
    with deciding(found, cmd, ctx) as session:
        first, before = session.accounting is None, session.state
        session.record_interim(found.line, reading, calendar=ctx.calendar)
        if ap is not None and session.state is SessionState.ONLINE is not before:
            if first:
                ap.begin_session(session.id, reading.at)
            take_place(session, user, ap)
    return session


_BEFORE = (SessionState.UNAUTHENTICATED, SessionState.AUTHENTICATED)


class RecordStop(CountedRecord):
    """Record that a session ended, with its totals (Accounting-Request Stop)."""

    terminate_cause: Annotated[str, StringConstraints(min_length=1, max_length=50)] = Field(
        default="unknown", description="Acct-Terminate-Cause", examples=["User-Request"]
    )


@command(roles=NAS)
def record_stop(cmd: RecordStop, ctx: Context) -> WifiSession:
    """The device's place is free with it, in the same decision."""
    reading = cmd.reading(ctx)
    found = find(cmd, ctx)
    user = user_of(found.session, ctx) if found.session is not None else None
    with deciding(found, cmd, ctx) as session:
        session.record_stop(found.line, reading, cmd.terminate_cause)
    if user is not None:
        user.leave(session.id)
    return session


class DeclareSilent(SessionCommand):
    """Take a session for ended that three reports did not come of. By the scheduler."""


@command(key="session_id", roles={Role.SYSTEM}, when_due="silence")
def declare_silent(cmd: DeclareSilent, session: WifiSession, ctx: Context) -> None:
    """Its place is free; a later report takes it again."""
    user = user_of(session, ctx)
    session.declare_silent()
    if user is not None:
        user.leave(session.id)


class RecordAccountingOn(TimedRecord):
    """Record that an access point began anew, or is about to (Accounting-On, Accounting-Off)."""

    kind: Literal["on", "off"] = "on"


@command(roles=NAS)
def record_accounting_on(cmd: RecordAccountingOn, ctx: Context) -> AccessPoint:
    """Each session that began there is then closed by a command of its own."""
    at = instant_of(cmd, ctx)
    ap = access_point(cmd.nas_id, ctx)
    ap.restart(at, going_down=cmd.kind == "off")
    return ap


class RecordNasRestart(SessionCommand):
    """Close a session that the restart of its access point ended. By Huimin itself."""

    boot: Annotated[int, Field(ge=1, lt=1 << 32)] = Field(description="The how-manieth restart")


@command(key="session_id", roles={Role.SYSTEM})
def record_nas_restart(cmd: RecordNasRestart, session: WifiSession, ctx: Context) -> None:
    """The access point remembers more sessions than are live; those others stay as they are."""
    user = user_of(session, ctx)
    if session.state is SessionState.ONLINE:
        session.record_nas_restart(cmd.boot)
    if user is not None and session.state is SessionState.CLOSED:
        user.leave(session.id)
