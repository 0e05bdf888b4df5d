"""What policies remember: how far each has come, which are parked, which answers wait.

All of it is written through the connection that holds the lease. A checkpoint moves only together
with the answers that were put off before it, in one transaction.
"""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from infra.database import Connection, translated

REGISTER = """
INSERT INTO policy_checkpoints (policy, position)
SELECT name, coalesce((SELECT max(position) FROM events), 0) FROM unnest(%s::text[]) AS name
ON CONFLICT (policy) DO NOTHING
RETURNING policy, position
"""
"""The index on events answers max() without a scan."""

_LOAD = "SELECT policy, position, state FROM policy_checkpoints WHERE policy = ANY(%s)"

_MOVE = """
UPDATE policy_checkpoints AS c
SET position = moved.position, changed_at = clock_timestamp()
FROM unnest(%s::text[], %s::bigint[]) AS moved (policy, position)
WHERE c.policy = moved.policy
"""

_PARK = """
UPDATE policy_checkpoints
SET state = 'parked', parked_at = %s, reason = %s, changed_at = clock_timestamp()
WHERE policy = %s
"""

_PUT_OFF = """
INSERT INTO policy_retries (policy, position, ordinal, command, aggregate, due_at, last_code)
VALUES (%s, %s, %s, %s, %s, %s, %s)
ON CONFLICT DO NOTHING
"""

_DUE = """
SELECT policy, position, ordinal, command, aggregate, attempts, last_code
FROM policy_retries
WHERE due_at <= %s
ORDER BY due_at, policy, position, ordinal
LIMIT %s
"""

_NEXT_DUE = "SELECT min(due_at) FROM policy_retries"

_POSTPONE = """
UPDATE policy_retries
SET due_at = %s, attempts = attempts + 1, last_code = %s
WHERE (policy, position, ordinal) = (%s, %s, %s)
"""

_SETTLE = "DELETE FROM policy_retries WHERE (policy, position, ordinal) = (%s, %s, %s)"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Every event up to ``position`` has been answered, or its answer waits."""

    position: int
    parked: bool


@dataclass(frozen=True, slots=True)
class Parked:
    """A policy stops before ``position``; ``reason`` is a code or an exception's class."""

    position: int
    reason: str


@dataclass(frozen=True, slots=True)
class PutOff:
    """An answer that was refused and is tried again at ``due_at``."""

    policy: str
    position: int
    ordinal: int
    command: str
    aggregate: UUID | None
    due_at: datetime
    code: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """An answer whose time has come again, after so many ``attempts``."""

    policy: str
    position: int
    ordinal: int
    command: str
    aggregate: UUID | None
    attempts: int
    code: str


class Checkpoints:
    """Reads and writes over one connection, which two tasks share in turns."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._turn = asyncio.Lock()

    async def register(self, policies: Collection[str]) -> dict[str, int]:
        """Gives each policy without a checkpoint one at the log's head; those, with it.

        A new policy answers what happens from now on. What happened before it was made was decided
        without it, and answering years of it at once would be a surprise to everyone.
        """
        async with self._turn:
            with translated():
                cursor = await self._connection.execute(REGISTER, [list(policies)])
                return dict(await cursor.fetchall())

    async def load(self, policies: Collection[str]) -> dict[str, Checkpoint]:
        """The checkpoints of these policies."""
        async with self._turn:
            with translated():
                cursor = await self._connection.execute(_LOAD, [list(policies)])
                rows = await cursor.fetchall()
        return {policy: Checkpoint(at, state == "parked") for policy, at, state in rows}

    async def save(
        self,
        positions: Mapping[str, int],
        parked: Mapping[str, Parked],
        put_off: Sequence[PutOff],
    ) -> None:
        """Moves checkpoints, parks policies and puts answers off, all at once."""
        async with self._turn:
            with translated():
                async with self._connection.transaction():
                    await self._connection.execute(
                        _MOVE, [list(positions), list(positions.values())]
                    )
                    for policy, stop in parked.items():
                        await self._connection.execute(_PARK, [stop.position, stop.reason, policy])
                    for p in put_off:
                        await self._connection.execute(
                            _PUT_OFF,
                            [
                                p.policy,
                                p.position,
                                p.ordinal,
                                p.command,
                                p.aggregate,
                                p.due_at,
                                p.code,
                            ],
                        )

    async def due(self, now: datetime, limit: int) -> list[Waiting]:
        """The answers to try again at ``now``, the longest due first."""
        async with self._turn:
            with translated():
                cursor = await self._connection.execute(_DUE, [now, limit])
                return [Waiting(*row) for row in await cursor.fetchall()]

    async def next_due(self) -> datetime | None:
        """When the next answer is to be tried again."""
        async with self._turn:
            with translated():
                cursor = await self._connection.execute(_NEXT_DUE)
                row = await cursor.fetchone()
        return row[0] if row else None

    async def postpone(self, waiting: Waiting, due_at: datetime, code: str) -> None:
        """Waits until ``due_at`` and counts one more attempt."""
        key = (waiting.policy, waiting.position, waiting.ordinal)
        async with self._turn:
            with translated():
                await self._connection.execute(_POSTPONE, [due_at, code, *key])

    async def settle(self, all_settled: Iterable[Waiting]) -> None:
        """Forgets answers that were accepted or noted."""
        async with self._turn:
            with translated():
                for w in all_settled:
                    await self._connection.execute(_SETTLE, [w.policy, w.position, w.ordinal])
