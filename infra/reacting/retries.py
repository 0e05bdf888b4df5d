"""Answers that were refused and wait: tried again with growing pauses, then noted in the log.

They run beside the policies and hold nobody up. An answer is worked out again from its cause each
time, so only its name, (policy, position, ordinal), is kept.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog

from domain.shared.refusals import Refused
from infra.errors import Unavailable, VersionConflict
from infra.log.records import RecordedEvent
from infra.reacting.answers import Answer, Answers, Refusal, is_final
from infra.reacting.causation import ReadsPositions
from infra.reacting.checkpoints import Checkpoints, Waiting

log = structlog.get_logger(__name__)

PAUSES = (
    timedelta(seconds=1),
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=24),
)
"""A day and a half in all: an office that was closed has been open meanwhile."""

AT_ONCE = 64
LOOK_SECONDS = 1.0


class Retries:
    """The waiting answers, over the connection that holds the policies' lease."""

    def __init__(
        self,
        answers: Answers,
        reader: ReadsPositions,
        store: Checkpoints,
        clock: Callable[[], datetime],
        pauses: Sequence[timedelta],
    ) -> None:
        self._answers = answers
        self._reader = reader
        self._store = store
        self._clock = clock
        self._pauses = pauses
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Something new waits."""
        self._woken.set()

    async def run(self) -> None:
        """Until cancelled; raises Unavailable when an engine is away, and then nothing is lost."""
        while True:
            self._woken.clear()
            due = await self._store.due(self._clock(), AT_ONCE)
            for waiting in due:
                await self._try(waiting)
            if not due:
                await self._rest()

    async def _rest(self) -> None:
        """Until the next is due, at most a second: clocks may jump, and others may change rows."""
        next_due = await self._store.next_due()
        pause = LOOK_SECONDS
        if next_due is not None:
            pause = min(pause, max(0.0, (next_due - self._clock()).total_seconds()))
        try:
            async with asyncio.timeout(pause):
                await self._woken.wait()
        except TimeoutError:
            return

    async def _try(self, waiting: Waiting) -> None:
        cause = (await self._reader.read(waiting.position - 1, 1))[0]
        answer: Answer | None = None
        try:
            answer = self._answers.find(waiting.policy, cause, waiting.ordinal)
            if answer is None:
                # An update took the policy away, or it asks for less now.
                await self._give_up(waiting, cause, "no-longer-asked")
                return
            await self._answers.give(answer)
        except Unavailable:
            raise
        except Refused as refusal:
            final = answer is not None and is_final(refusal, answer)
            await self._again(waiting, cause, refusal.code, final=final)
        except VersionConflict as conflict:
            await self._again(waiting, cause, conflict.code, final=False)
        except Exception as error:  # a fault in one answer must not stop the others
            log.error("policy_retry_failed", policy=waiting.policy, exc_info=error)
            await self._again(waiting, cause, "internal", final=False)
        else:
            await self._store.settle([waiting])

    async def _again(
        self, waiting: Waiting, cause: RecordedEvent, code: str, *, final: bool
    ) -> None:
        if final or waiting.attempts >= len(self._pauses):
            await self._give_up(waiting, cause, code)
        else:
            due_at = self._clock() + self._pauses[waiting.attempts]
            await self._store.postpone(waiting, due_at, code)

    async def _give_up(self, waiting: Waiting, cause: RecordedEvent, code: str) -> None:
        # Noted first: a death between the two notes it again, which changes nothing.
        await self._answers.note(
            Refusal(
                waiting.policy,
                cause,
                waiting.ordinal,
                waiting.command,
                waiting.aggregate,
                code,
            )
        )
        await self._store.settle([waiting])
        log.warning(
            "policy_refused",
            policy=waiting.policy,
            position=waiting.position,
            ordinal=waiting.ordinal,
            code=code,
        )
