"""What the law asks: who had which public address, requests for logs, their end.

Order 82 of the Ministry of Public Security, art. 8 (address translation) and 13 (time kept).
"""

from datetime import date, timedelta
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from commands.base import Command, Context, Role, command
from commands.wifi_sessions.given import NAS, POLICE, SessionCommand
from domain.shared.checks import bad
from domain.shared.identifiers import Mobile, SubjectRef
from domain.shared.instants import Instant, ahead_of_clock, shanghai_date
from domain.shared.personal import Personal
from domain.shared.refusals import DateInFuture
from domain.wifi_sessions import LogDay, LogRequest, LogRequestState, PublicPorts, WifiSession
from domain.wifi_sessions.ids import days, log_day_id, port_unit_ids
from domain.wifi_sessions.limits import NAT_BLOCK, NAT_HELD, kept_until
from domain.wifi_sessions.ports import Held
from domain.wifi_sessions.refusals import (
    BlockTooWide,
    TimeImplausible,
)
from domain.wifi_sessions.values import HotspotId, Ip, Port

RUNS_HUIMIN = "data-bureau"
A_MOMENT = timedelta(microseconds=1)


class RecordNatMapping(SessionCommand):
    """Record which ports of a public address a session had, and when."""

    public_ip: Ip
    first_port: Port
    last_port: Port
    internal_ip: Personal[Ip]
    since: Instant
    until: Instant

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last_port < self.first_port:
            bad("ports-reversed", "The last port is not below the first")
        if self.until <= self.since:
            bad("window-reversed", "A window ends after it begins")
        return self


@command(key="session_id", roles=NAS)
def record_nat_mapping(cmd: RecordNatMapping, session: WifiSession, ctx: Context) -> None:
    """Raises MappingOverlap when another session had one of the ports at some instant; a mapping
    sent again changes nothing."""
    too_long = cmd.until - cmd.since > NAT_HELD
    if too_long or cmd.last_port - cmd.first_port >= NAT_BLOCK:
        raise BlockTooWide(ports=NAT_BLOCK, hours=int(NAT_HELD.total_seconds()) // 3600)
    if cmd.until - ctx.now > NAT_HELD:
        raise TimeImplausible()
    ids = port_unit_ids(cmd.public_ip, cmd.first_port, cmd.last_port, cmd.since, cmd.until)
    units = ctx.matters(PublicPorts, ids)
    block = Held(
        session=session.id,
        first_port=cmd.first_port,
        last_port=cmd.last_port,
        since=cmd.since,
        until=cmd.until,
    )
    if all(unit is not None and unit.has(block) for unit in units):
        return
    session.record_nat_mapping(
        cmd.public_ip, (cmd.first_port, cmd.last_port), cmd.internal_ip, cmd.since, cmd.until
    )
    for id, unit in zip(ids, units, strict=True):
        if unit is not None:
            unit.hold(block)
        else:
            begun = PublicPorts.begin(
                PublicPorts.PortsOpened, id=id, at=ctx.now, public_ip=cmd.public_ip
            )
            ctx.also(begun)
            with begun.deciding(ctx.now):
                begun.hold(block)


class ReportPortScan(SessionCommand):
    """Report that a device knocks at many doors. How many, never which."""

    targets: Annotated[int, Field(ge=1, lt=1 << 32)]


@command(key="session_id", roles=NAS)
def report_port_scan(cmd: ReportPortScan, session: WifiSession, ctx: Context) -> None:
    """By the firewall, for the warning of security inspection."""
    session.report_port_scan(cmd.targets)


class RequestLog(Command):
    """Ask for logs by law: of one address, port and instant, or of one mobile for thirty days.

    An attempt without a legal basis, or at more, is refused and recorded.
    """

    legal_document_no: Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)]
    case_no: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
    public_ip: Ip | None = None
    port: Port | None = None
    mobile: Personal[Mobile] | None = None
    hotspot: HotspotId | None = Field(default=None, description="Always too wide, and recorded")
    since: Instant
    until: Instant = Field(description="Of an address and port: the same instant")
    urgent: bool = False

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.until < self.since:
            bad("window-reversed", "A window ends after it begins")
        return self


@command(roles={Role.OFFICER}, department=POLICE)
def request_log(cmd: RequestLog, ctx: Context) -> LogRequest:
    """Logs of the days it is about are held until it is closed. Raises DateInFuture."""
    request = LogRequest.begin(
        LogRequest.LogRequested,
        id=ctx.new_id,
        at=ctx.now,
        legal_document_no=cmd.legal_document_no,
        case_no=cmd.case_no,
        officer=ctx.actor,
        public_ip=cmd.public_ip,
        port=cmd.port,
        user=ctx.keyed_hash("mobile", cmd.mobile) if cmd.mobile else None,
        hotspot=cmd.hotspot,
        since=cmd.since,
        until=cmd.until,
        urgent=cmd.urgent,
    )
    with request.deciding(ctx.now):
        request.judge(calendar=ctx.calendar)
    if request.state is LogRequestState.REQUESTED:
        if ahead_of_clock(cmd.until, ctx.now):
            raise DateInFuture()
        for day, log_day in _log_days(request, ctx):
            if log_day is not None:
                log_day.hold(request.id)
            else:
                begun = _opened(day, ctx)
                ctx.also(begun)
                with begun.deciding(ctx.now):
                    begun.hold(request.id)
    return request


def _log_days(request: LogRequest, ctx: Context) -> list[tuple[date, LogDay | None]]:
    """The days of a request's window, 31 at most."""
    asked = list(days(request.since, request.until + A_MOMENT))
    return list(zip(asked, ctx.matters(LogDay, map(log_day_id, asked)), strict=True))


def _opened(day: date, ctx: Context) -> LogDay:
    return LogDay.begin(
        LogDay.LogDayOpened, id=log_day_id(day), at=ctx.now, day=day, kept_until=kept_until(day)
    )


def _release(request: LogRequest, held: list[tuple[date, LogDay | None]]) -> None:
    for _, log_day in held:
        if log_day is not None:
            log_day.release(request.id)


class LogRequestCommand(Command):
    """Base of the commands on one request for logs."""

    request_id: UUID = Field(description="The request, as the answer to request-log gave it")


class ApproveLog(LogRequestCommand):
    """Agree to a request for logs. Not by the officer who asked."""


@command(key="request_id", roles={Role.OFFICER}, department=POLICE)
def approve_log(cmd: ApproveLog, request: LogRequest, ctx: Context) -> None:
    """Four eyes."""
    request.approve_log(ctx.actor)


class RejectLog(LogRequestCommand):
    """Do not agree to a request for logs."""


@command(key="request_id", roles={Role.OFFICER}, department=POLICE)
def reject_log(cmd: RejectLog, request: LogRequest, ctx: Context) -> None:
    """Four eyes here, too; the logs are held no longer."""
    held = _log_days(request, ctx)
    request.reject_log(ctx.actor)
    _release(request, held)


class DiscloseLog(LogRequestCommand):
    """Record that the logs were handed over: how many rows, about whom."""

    row_count: Annotated[int, Field(ge=0, lt=1 << 32)]
    subject: SubjectRef | None = Field(
        default=None, description="Whom the trace led to, by the city's reference"
    )


@command(key="request_id", roles={Role.OFFICER, Role.OPERATOR}, department=RUNS_HUIMIN)
def disclose_log(cmd: DiscloseLog, request: LogRequest, ctx: Context) -> None:
    """By who runs the platform, after a second officer agreed."""
    held = _log_days(request, ctx)
    request.disclose_log(ctx.actor, cmd.row_count, cmd.subject)
    _release(request, held)


class DestroyLogs(Command):
    """Destroy one day's logs, after six months and within thirty days more."""

    day: date
    count: Annotated[int, Field(ge=0, lt=1 << 32)] = Field(description="Sessions whose logs end")


@command(roles={Role.SYSTEM, Role.OPERATOR})
def destroy_logs(cmd: DestroyLogs, ctx: Context) -> LogDay:
    """Raises LegalHold, with the date, before that or while a request is open; DateInFuture."""
    if cmd.day > shanghai_date(ctx.now):
        raise DateInFuture()
    found = ctx.matter(LogDay, log_day_id(cmd.day))
    if found is not None:
        found.destroy_logs(cmd.count)
        return found
    begun = _opened(cmd.day, ctx)
    with begun.deciding(ctx.now):
        begun.destroy_logs(cmd.count)
    return begun
