"""Which commands of policies were refused and wait for a person to look at them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from domain.reactions import Reaction, State
from projections.base import Index, Row, fold


class PolicyRefusals(Row, key="reaction_id", main=True):
    """One line per refused command; ``attempts`` counts the note and the retries by hand."""

    reaction_id: UUID
    policy: Annotated[str, Index]
    position: int
    ordinal: int
    command: str
    aggregate: Annotated[UUID | None, Index]
    code: Annotated[str, Index]
    state: Annotated[State, Index]
    attempts: int
    refused_at: Annotated[datetime, Index]
    done_at: datetime | None = None
    done_position: int | None = None


@fold(PolicyRefusals)
def policy_refused(row: None, e: Reaction.PolicyRefused) -> PolicyRefusals:
    return PolicyRefusals(
        reaction_id=e.id,
        policy=e.policy,
        position=e.position,
        ordinal=e.ordinal,
        command=e.command,
        aggregate=e.aggregate,
        code=e.code,
        state=State.REFUSED,
        attempts=1,
        refused_at=e.at,
    )


@fold(PolicyRefusals)
def retry_refused(row: PolicyRefusals, e: Reaction.RetryRefused) -> PolicyRefusals:
    return row.replace(code=e.code, attempts=row.attempts + 1)


@fold(PolicyRefusals)
def retry_accepted(row: PolicyRefusals, e: Reaction.RetryAccepted) -> PolicyRefusals:
    return row.replace(
        state=State.DONE, attempts=row.attempts + 1, done_at=e.at, done_position=e.position
    )
