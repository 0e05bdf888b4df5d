"""Which refusals of a policy's command waiting cannot help."""

from uuid import UUID, uuid4

import pytest

from commands.base import PolicySpec
from domain.shared.refusals import IdInUse, NotFound, NotInState, Refused
from infra.clock import now
from infra.log.records import RecordedEvent
from infra.reacting.answers import Answer, is_final
from tests.shelves import Barred, TurnAway, registry


def answer() -> Answer:
    """Some policy's command because of some event."""
    matter, at = uuid4(), now()
    cause = RecordedEvent(
        *(1, matter, 1, "shelves.made.v1", b"{}", at, at, "citizen-1", None),
        *(uuid4(), uuid4(), None, None, None),
    )
    policy = PolicySpec("clean-up", lambda event: None, (), "wait")
    command = TurnAway(box_id=UUID(int=1))
    return Answer(policy, cause, 1, command, registry().command_for(TurnAway))


def on_record(refused: Refused) -> Refused:
    refused.on_record = True
    return refused


@pytest.mark.parametrize(
    ("refused", "final"),
    [
        (NotFound(), False),
        (NotInState(state="open", allowed=("close",)), False),
        (NotInState(state="closed", allowed=()), True),
        (IdInUse(), True),
        (Barred(why="dusty"), False),
        (on_record(Barred(why="dusty")), True),
    ],
)
def test_waiting_cannot_help_against(refused: Refused, final: bool) -> None:
    assert is_final(refused, answer()) is final
