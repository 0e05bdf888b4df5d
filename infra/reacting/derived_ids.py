"""Ids that follow from what caused a command, so that asking twice is asking once.

They are stored in the log for ever: the texts they are made from never change. A person's command
ids are made from actor and key under another UUID namespace, so nobody can take one of these.
"""

from datetime import UTC, datetime
from uuid import UUID, uuid5

_REACTING = UUID("6f1c3f0e-5d0b-5c0e-9b1e-8a5f3f2d7c41")


def of_policy(policy: str, position: int, ordinal: int) -> UUID:
    """The id of the ``ordinal``-th command (from 1) with which a policy answers a position."""
    return uuid5(_REACTING, f"policy\n{policy}\n{position}\n{ordinal}")


def of_reaction(policy: str, position: int, ordinal: int) -> UUID:
    """The id of the matter that records what became of a refused command of a policy."""
    return uuid5(_REACTING, f"reaction\n{policy}\n{position}\n{ordinal}")


def of_record(reaction: UUID, what: str, version: int) -> UUID:
    """The id of the command that records ``what`` about a reaction after its ``version``."""
    return uuid5(_REACTING, f"record\n{reaction}\n{what}\n{version}")


def of_clock(stream_id: UUID, clock: str, level: str, due_at: datetime) -> UUID:
    """The id of the command that a clock's level leads to; the same in every zone."""
    instant = due_at.astimezone(UTC).isoformat(timespec="microseconds")
    return uuid5(_REACTING, f"clock\n{stream_id}\n{clock}\n{level}\n{instant}")
