"""The record of audit reads: one line for each answer, written before the answer is given.

What may surprise: when the line cannot be written, there is no answer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

import orjson

from commands.base import Caller
from infra.database import Pool, translated, undisturbed
from infra.log.records import RecordedEvent

Question = Literal["timeline", "state", "search"]

_RECORD = """
INSERT INTO audit_reads (actor, roles, department, question, program, stream_id, asked,
                         event_count, first_position, last_position, traceparent)
VALUES (%s, %s, %s, %s, %s, %s, %s::jsonb, %s, %s, %s, %s)
"""


@dataclass(frozen=True, slots=True)
class Asking:
    """Who reads, and within which trace."""

    caller: Caller
    traceparent: str | None = None


class AuditReads:
    """Writes through a pool of role writer."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def record(
        self,
        asking: Asking,
        question: Question,
        seen: Sequence[RecordedEvent],
        *,
        program: str | None = None,
        stream_id: UUID | None = None,
        asked: Mapping[str, Any],
    ) -> None:
        """Records an answer that shows or folds the events ``seen``. Raises StoreUnavailable."""
        line = [
            asking.caller.actor,
            sorted(role.value for role in asking.caller.roles),
            asking.caller.department,
            question,
            program,
            stream_id,
            orjson.dumps({n: v for n, v in asked.items() if v is not None}, default=str).decode(),
            len(seen),
            seen[0].position if seen else None,
            seen[-1].position if seen else None,
            asking.traceparent,
        ]

        async def write() -> None:
            with translated():
                async with self._pool.connection() as connection:
                    await connection.execute(_RECORD, line)

        await undisturbed(write)
