"""What is done about early warnings: Huimin raises them, the department that has to act
acknowledges and handles them, a second officer closes them."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from commands.base import Command, Context, Role, command
from domain.early_warnings import (
    ACKNOWLEDGEMENT,
    ACTS,
    EarlyWarning,
    Finding,
    Sighting,
    Suspicion,
    WarningWatch,
    watch_id,
)
from domain.shared.districts import District
from domain.shared.refusals import Forbidden

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class RaiseWarning(Command):
    """Warn the department that has to act of something suspicious. Asked for by policies."""

    suspicion: Suspicion
    scope: Words = Field(description="About what: what is the same is one warning within an hour")
    district: District | None = None
    program: Words
    matter_id: UUID = Field(description="Where it was seen")
    detail: Words = Field(description="What was seen; names nobody")


@command(roles={Role.SYSTEM})
def raise_warning(cmd: RaiseWarning, ctx: Context) -> EarlyWarning:
    """What repeats within the hour is added to the warning, unless that is closed."""
    sighting = Sighting(program=cmd.program, matter_id=cmd.matter_id, detail=cmd.detail)
    id = watch_id(cmd.suspicion, cmd.scope)
    watch = ctx.matter(WarningWatch, id)
    latest = ctx.matter(EarlyWarning, watch.warning) if watch is not None else None
    if latest is not None and latest.takes(ctx.now):
        latest.repeat_warning(sighting)
        return latest
    if watch is not None:
        watch.move_watch(ctx.new_id)
    else:
        ctx.also(
            WarningWatch.begin(
                WarningWatch.WatchBegun,
                id=id,
                at=ctx.now,
                suspicion=cmd.suspicion,
                scope=cmd.scope,
                warning=ctx.new_id,
            )
        )
    return EarlyWarning.begin(
        EarlyWarning.WarningRaised,
        id=ctx.new_id,
        at=ctx.now,
        suspicion=cmd.suspicion,
        scope=cmd.scope,
        district=cmd.district,
        department=ACTS[cmd.suspicion],
        sighting=sighting,
        clocks=(ACKNOWLEDGEMENT.start(ctx.now, ctx.calendar),),
    )


class WarningCommand(Command):
    """Base of the commands on one warning."""

    warning_id: UUID = Field(description="The warning, as its read model gives it")


def _require_department(warning: EarlyWarning, ctx: Context) -> None:
    if ctx.caller.department != warning.department:
        raise Forbidden()


class AcknowledgeWarning(WarningCommand):
    """Say that your department has seen a warning."""


@command(key="warning_id", roles={Role.OFFICER})
def acknowledge_warning(cmd: AcknowledgeWarning, warning: EarlyWarning, ctx: Context) -> None:
    """By the department that has to act."""
    _require_department(warning, ctx)
    warning.acknowledge_warning(ctx.actor)


class HandleWarning(WarningCommand):
    """Say what a warning was about and what was done."""

    finding: Finding
    measures: Words = Field(description="Names nobody", examples=["已限制该热点的短信发送"])


@command(key="warning_id", roles={Role.OFFICER})
def handle_warning(cmd: HandleWarning, warning: EarlyWarning, ctx: Context) -> None:
    """By the department that has to act."""
    _require_department(warning, ctx)
    warning.handle_warning(cmd.finding, cmd.measures, ctx.actor)


class CloseWarning(WarningCommand):
    """Close a warning that was handled. Not by the officer who handled it."""


@command(key="warning_id", roles={Role.OFFICER})
def close_warning(cmd: CloseWarning, warning: EarlyWarning, ctx: Context) -> None:
    """Four eyes of the department that has to act."""
    _require_department(warning, ctx)
    warning.close_warning(ctx.actor)
