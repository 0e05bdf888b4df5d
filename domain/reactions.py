"""What became of a policy's command that was refused: noted in the log, tried again by hand, done.

One matter per refused command. It is a programme like any other, so that a refusal is seen in the
timeline of the chain it broke and in a read model; Huimin itself is its only sender.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from domain.shared.aggregate import Aggregate, allowed_in, event


class State(StrEnum):
    """``DONE`` is final: the command was accepted at last."""

    REFUSED = "refused"
    DONE = "done"


class Reaction(Aggregate, program="reactions"):
    """One command of a policy that the other side refused.

    Source: cross-programme brief, section 3: "note".
    """

    class PolicyRefused(Aggregate.Created, v=1):
        """``policy`` answered ``position`` with its ``ordinal``-th command, which was refused."""

        policy: str
        position: int
        ordinal: int
        command: str
        code: str
        aggregate: UUID | None

    class RetryRefused(Aggregate.Event, v=1):
        """Tried again by hand and refused again."""

        code: str

    class RetryAccepted(Aggregate.Event, v=1):
        """Tried again by hand and accepted; its first event lies at ``position``, 0 without any."""

        position: int

    state: State
    policy: str
    position: int
    ordinal: int
    code: str

    @classmethod
    def refused(
        cls,
        id: UUID,
        *,
        policy: str,
        position: int,
        ordinal: int,
        command: str,
        code: str,
        aggregate: UUID | None,
        at: datetime,
    ) -> "Reaction":
        """Notes a refusal; ``command`` is programme and command, ``aggregate`` whom it was for."""
        return cls.begin(
            cls.PolicyRefused,
            id=id,
            at=at,
            policy=policy,
            position=position,
            ordinal=ordinal,
            command=command,
            code=code,
            aggregate=aggregate,
        )

    @event(PolicyRefused)
    def __init__(
        self,
        policy: str,
        position: int,
        ordinal: int,
        command: str,
        code: str,
        aggregate: UUID | None,
    ) -> None:
        self.state = State.REFUSED
        self.policy = policy
        self.position = position
        self.ordinal = ordinal
        self.code = code

    @allowed_in(State.REFUSED)
    def refuse_again(self, code: str) -> None:
        """Notes that a retry was refused too."""
        self._retry_refused(code=code)

    @allowed_in(State.REFUSED)
    def accept(self, position: int) -> None:
        """Notes that a retry was accepted."""
        self._retry_accepted(position=position)

    @event(RetryRefused)
    def _retry_refused(self, code: str) -> None:
        self.code = code

    @event(RetryAccepted)
    def _retry_accepted(self, position: int) -> None:
        self.state = State.DONE
