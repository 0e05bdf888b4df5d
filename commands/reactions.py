"""How Huimin notes what became of a policy's refused command. Nobody else may send these."""

from uuid import UUID

from commands.base import Command, Context, Role, command
from domain.reactions import Reaction


class RecordPolicyRefusal(Command):
    """Note that a policy's command was refused."""

    reaction_id: UUID
    policy: str
    position: int
    ordinal: int
    command: str
    code: str
    aggregate: UUID | None = None


class RecordRetryRefused(Command):
    """Note that a refused command was tried again by hand and refused again."""

    reaction_id: UUID
    code: str


class RecordRetryAccepted(Command):
    """Note that a refused command was tried again by hand and accepted."""

    reaction_id: UUID
    position: int


@command(roles={Role.SYSTEM}, id_field="reaction_id")
def record_policy_refusal(cmd: RecordPolicyRefusal, ctx: Context) -> Reaction:
    return Reaction.refused(
        cmd.reaction_id,
        policy=cmd.policy,
        position=cmd.position,
        ordinal=cmd.ordinal,
        command=cmd.command,
        code=cmd.code,
        aggregate=cmd.aggregate,
        at=ctx.now,
    )


@command(key="reaction_id", roles={Role.SYSTEM})
def record_retry_refused(cmd: RecordRetryRefused, reaction: Reaction, ctx: Context) -> None:
    reaction.refuse_again(cmd.code)


@command(key="reaction_id", roles={Role.SYSTEM})
def record_retry_accepted(cmd: RecordRetryAccepted, reaction: Reaction, ctx: Context) -> None:
    reaction.accept(cmd.position)
