"""A small programme for the tests of policies and clocks: market stalls and the desks they file with.

A stall's application has a service level of an office hour and lapses after ten days. A licence is
filed with two desks by a policy. Two children play ball, which never ends by itself.
"""

import sys
from datetime import timedelta
from enum import StrEnum
from uuid import UUID, uuid5

import commands.reactions
import domain.reactions
import projections.reactions
from commands.base import Command, Context, Role, command, policy
from domain.shared.aggregate import Aggregate, allowed_in, event
from domain.shared.calendar import Calendar
from domain.shared.clocks import Clock, ClockedAggregate, ClockReading, Limit, Unit
from domain.shared.refusals import Refused
from infra.discovery import Registry, collect

ANSWER = Clock(
    "answer",
    Limit(3600, Unit.WORKING_SECONDS),
    warn=Limit(2700, Unit.WORKING_SECONDS),
    escalate=Limit(3600, Unit.WORKING_SECONDS),
)
LAPSE = Clock("lapse", Limit(10 * 86_400, Unit.ELAPSED_SECONDS), kind="deadline")

faulty: set[str] = set()
"""Names of policies that raise at present."""


class State(StrEnum):
    APPLIED = "applied"
    LICENSED = "licensed"
    CLOSED = "closed"
    LAPSED = "lapsed"


class Stall(ClockedAggregate, program="stalls"):
    """One stall, from the application on."""

    CLOCKS = (ANSWER, LAPSE)

    class Applied(Aggregate.Created, v=1):
        clocks: tuple[ClockReading, ...]

    class Licensed(Aggregate.Event, v=1):
        desks: tuple[UUID, ...]
        clocks: tuple[ClockReading, ...]

    class Closed(Aggregate.Event, v=1):
        desk: UUID

    class Lapsed(Aggregate.Event, v=1):
        clocks: tuple[ClockReading, ...]

    @event(Applied)
    def __init__(self, clocks: tuple[ClockReading, ...]) -> None:
        self.state = State.APPLIED
        self.read_clocks(clocks)

    def _all_stopped(self) -> tuple[ClockReading, ...]:
        return tuple(reading.stop(self.now) for reading in self.clocks.values())

    @allowed_in(State.APPLIED)
    def license(self, desks: tuple[UUID, ...]) -> None:
        self._licensed(desks=desks, clocks=self._all_stopped())

    @allowed_in(State.LICENSED)
    def close(self, desk: UUID) -> None:
        self._closed(desk=desk)

    @allowed_in(State.APPLIED)
    def lapse(self) -> None:
        self._lapsed(clocks=self._all_stopped())

    @event(Licensed)
    def _licensed(self, desks: tuple[UUID, ...], clocks: tuple[ClockReading, ...]) -> None:
        self.state = State.LICENSED
        self.read_clocks(clocks)

    @event(Closed)
    def _closed(self, desk: UUID) -> None:
        self.state = State.CLOSED

    @event(Lapsed)
    def _lapsed(self, clocks: tuple[ClockReading, ...]) -> None:
        self.state = State.LAPSED
        self.read_clocks(clocks)


class DeskState(StrEnum):
    OPEN = "open"
    SHUT = "shut"
    ABOLISHED = "abolished"


class DeskShut(Refused, code="desk-shut"):
    """Come back later."""


class Desk(Aggregate, program="desks"):
    """A department's desk, which takes filings while it is open."""

    class SetUp(Aggregate.Created, v=1):
        pass

    class Turned(Aggregate.Event, v=1):
        state: DeskState

    class Filed(Aggregate.Event, v=1):
        stall: UUID

    @event(SetUp)
    def __init__(self) -> None:
        self.state = DeskState.OPEN
        self.filed: tuple[UUID, ...] = ()

    @allowed_in(DeskState.OPEN, DeskState.SHUT)
    def turn(self, state: DeskState) -> None:
        self._turned(state=state)

    @allowed_in(DeskState.OPEN, DeskState.SHUT)
    def file(self, stall: UUID) -> None:
        if self.state is DeskState.SHUT:
            raise DeskShut()
        self._filed(stall=stall)

    @event(Turned)
    def _turned(self, state: DeskState) -> None:
        self.state = state

    @event(Filed)
    def _filed(self, stall: UUID) -> None:
        self.filed = (*self.filed, stall)


class Ball(Aggregate, program="balls"):
    """Goes from one to the other."""

    class Thrown(Aggregate.Created, v=1):
        pass

    class Caught(Aggregate.Event, v=1):
        pass

    class Returned(Aggregate.Event, v=1):
        pass

    @event(Thrown)
    def __init__(self) -> None:
        self.flights = 1

    @event(Caught)
    def catch(self) -> None:
        self.flights += 1

    @event(Returned)
    def throw_back(self) -> None:
        self.flights += 1


class Inspection(Aggregate, program="inspections"):
    """Follows a stall from licence to closing; its id derives from the stall's."""

    class Begun(Aggregate.Created, v=1):
        pass

    class Ended(Aggregate.Event, v=1):
        pass

    @event(Begun)
    def __init__(self) -> None:
        self.ended = False

    @event(Ended)
    def end(self) -> None:
        self.ended = True


class Apply(Command):
    """Apply for a stall."""

    stall_id: UUID


class License(Command):
    """License a stall, to be filed with these desks."""

    stall_id: UUID
    desks: tuple[UUID, ...] = ()


class Close(Command):
    """Close a stall, and tell a desk."""

    stall_id: UUID
    desk: UUID


class Lapse(Command):
    """Let an application lapse."""

    stall_id: UUID


class SetUpDesk(Command):
    """Set up a desk."""

    desk_id: UUID


class TurnDesk(Command):
    """Open, shut or abolish a desk."""

    desk_id: UUID
    state: DeskState


class FileStall(Command):
    """File a stall with a desk."""

    desk_id: UUID
    stall: UUID


class BeginInspection(Command):
    """Begin the inspection of a stall, under an id that the command does not show."""

    stall: UUID


class EndInspection(Command):
    """End it."""

    inspection_id: UUID


class ThrowBall(Command):
    """Throw a ball."""

    ball_id: UUID


class CatchBall(Command):
    """Catch it."""

    ball_id: UUID


class ReturnBall(Command):
    """Throw it back."""

    ball_id: UUID


def inspection_of(stall: UUID) -> UUID:
    """The id of a stall's inspection."""
    return uuid5(stall, "inspection")


def _started(calendar: Calendar, ctx: Context) -> tuple[ClockReading, ...]:
    return tuple(clock.start(ctx.now, calendar) for clock in Stall.CLOCKS)


@command(roles={Role.CITIZEN}, id_field="stall_id")
def apply(cmd: Apply, ctx: Context) -> Stall:
    return Stall.begin(
        Stall.Applied, id=cmd.stall_id, at=ctx.now, clocks=_started(ctx.calendar, ctx)
    )


@command(key="stall_id", roles={Role.OFFICER})
def license_stall(cmd: License, stall: Stall, ctx: Context) -> None:
    stall.license(cmd.desks)


@command(key="stall_id", roles={Role.OFFICER})
def close(cmd: Close, stall: Stall, ctx: Context) -> None:
    stall.close(cmd.desk)


@command(key="stall_id", roles={Role.SYSTEM}, when_due="lapse")
def lapse(cmd: Lapse, stall: Stall, ctx: Context) -> None:
    stall.lapse()


@command(roles={Role.OFFICER}, id_field="desk_id")
def set_up_desk(cmd: SetUpDesk, ctx: Context) -> Desk:
    return Desk.begin(Desk.SetUp, id=cmd.desk_id, at=ctx.now)


@command(key="desk_id", roles={Role.OFFICER})
def turn_desk(cmd: TurnDesk, desk: Desk, ctx: Context) -> None:
    desk.turn(cmd.state)


@command(key="desk_id", roles={Role.SYSTEM})
def file_stall(cmd: FileStall, desk: Desk, ctx: Context) -> None:
    desk.file(cmd.stall)


@command(roles={Role.SYSTEM})
def begin_inspection(cmd: BeginInspection, ctx: Context) -> Inspection:
    return Inspection.begin(Inspection.Begun, id=inspection_of(cmd.stall), at=ctx.now)


@command(key="inspection_id", roles={Role.SYSTEM})
def end_inspection(cmd: EndInspection, inspection: Inspection, ctx: Context) -> None:
    inspection.end()


@command(roles={Role.CITIZEN}, id_field="ball_id")
def throw_ball(cmd: ThrowBall, ctx: Context) -> Ball:
    return Ball.begin(Ball.Thrown, id=cmd.ball_id, at=ctx.now)


@command(key="ball_id", roles={Role.SYSTEM})
def catch_ball(cmd: CatchBall, ball: Ball, ctx: Context) -> None:
    ball.catch()


@command(key="ball_id", roles={Role.SYSTEM})
def return_ball(cmd: ReturnBall, ball: Ball, ctx: Context) -> None:
    ball.throw_back()


@policy("file-with-desks")
def when_licensed(e: Stall.Licensed) -> list[FileStall]:
    if "file-with-desks" in faulty:
        raise ZeroDivisionError
    return [FileStall(desk_id=desk, stall=e.id) for desk in e.desks]


@policy("tell-desk", fails="note")
def when_closed(e: Stall.Closed) -> FileStall:
    return FileStall(desk_id=e.desk, stall=e.id)


@policy("inspect")
def while_licensed(e: Stall.Licensed | Stall.Closed) -> BeginInspection | EndInspection:
    if isinstance(e, Stall.Licensed):
        return BeginInspection(stall=e.id)
    return EndInspection(inspection_id=inspection_of(e.id))


@policy("catch")
def when_thrown(e: Ball.Thrown | Ball.Returned) -> CatchBall:
    return CatchBall(ball_id=e.id)


@policy("throw-back")
def when_caught(e: Ball.Caught) -> ReturnBall:
    return ReturnBall(ball_id=e.id)


TEN_DAYS = timedelta(days=10)


def registry() -> Registry:
    """What discovery would find, had this module stood with the programmes."""
    reactions = (domain.reactions, commands.reactions, projections.reactions)
    return collect([sys.modules[__name__], *reactions])
