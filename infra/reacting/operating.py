"""What an operator sees and does about policies: how far, what is parked, what waits, what next.

A parked policy is resumed after its cause is mended. If it cannot be, the one event is passed over;
what is thereby left undone is noted in the log, and each note can be tried again by hand.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog

from commands.base import Caller, Command
from commands.reactions import RecordRetryAccepted, RecordRetryRefused
from domain.reactions import Reaction
from domain.shared.refusals import NotFound, Refused
from infra.database import WRITER, Pool, connect, translated
from infra.discovery import Registry
from infra.errors import Misconfigured
from infra.executing.asking import Ask, Cause, Outcome
from infra.log.read import LogReader
from infra.log.records import RecordedEvent
from infra.reacting import derived_ids
from infra.reacting.answers import FINGERPRINT, Answers, Decodes, Executes, Refusal
from infra.reacting.checkpoints import REGISTER

log = structlog.get_logger(__name__)

_STATUS = """
SELECT c.policy, c.position, c.state, c.parked_at, c.reason, c.changed_at,
       count(r.policy), min(r.due_at),
       (SELECT coalesce(max(position), 0) FROM events)
FROM policy_checkpoints AS c
LEFT JOIN policy_retries AS r USING (policy)
GROUP BY c.policy
ORDER BY c.policy
"""

_RETRIES = """
SELECT policy, position, ordinal, command, aggregate, due_at, attempts, last_code
FROM policy_retries
ORDER BY due_at, policy, position, ordinal
LIMIT %s
"""

_RESUME = """
UPDATE policy_checkpoints
SET state = 'running', position = greatest(position, %s), parked_at = NULL, reason = NULL,
    changed_at = clock_timestamp()
WHERE policy = %s AND state = 'parked'
"""

_PARKED = "SELECT parked_at, reason FROM policy_checkpoints WHERE policy = %s AND state = 'parked'"


@dataclass(frozen=True, slots=True)
class PolicyStatus:
    """``lag`` is in events. ``state`` is running, parked, or removed: no longer in the code."""

    policy: str
    position: int
    lag: int
    state: str
    parked_at: int | None
    reason: str | None
    changed_at: datetime
    waiting: int
    next_retry_at: datetime | None


@dataclass(frozen=True, slots=True)
class WaitingAnswer:
    """An answer that was refused with ``code`` and is tried again at ``due_at``."""

    policy: str
    position: int
    ordinal: int
    command: str
    aggregate: UUID | None
    due_at: datetime
    attempts: int
    code: str


async def register_policies(url: str, namespace: str, registry: Registry) -> dict[str, int]:
    """Gives each new policy its checkpoint at the log's head; those, with it.

    Called when migrating, before anything is served, so that no policy misses what happens while
    its own role is still starting. The role does the same when it starts.
    """
    with translated():
        connection = await connect(url, namespace, role=WRITER, application="huimin-migrate")
        async with connection:
            cursor = await connection.execute(REGISTER, [sorted(registry.policies)])
            return dict(await cursor.fetchall())


class PolicyOperations:
    """``pool`` acts as role writer; ``reader``, ``codec`` and ``executor`` are the process's own."""

    def __init__(
        self,
        *,
        pool: Pool,
        reader: LogReader,
        codec: Decodes,
        registry: Registry,
        executor: Executes,
    ) -> None:
        self._pool = pool
        self._reader = reader
        self._codec = codec
        self._registry = registry
        self._executor = executor
        self._answers = Answers(registry, codec, executor)

    async def status(self) -> list[PolicyStatus]:
        """Every policy that ever ran, by name."""
        return await policy_status(self._pool, self._registry)

    async def waiting(self, limit: int = 500) -> list[WaitingAnswer]:
        """The refused answers that are tried again by themselves, the next one first."""
        return [WaitingAnswer(*row) for row in await _fetch(self._pool, _RETRIES, [limit])]

    async def resume(self, policy: str) -> None:
        """Lets a parked policy go on with the event it stopped before.

        Raises Misconfigured when no policy of that name is parked.
        """
        await self._parked(policy)
        await self._resume(policy, 0)

    async def skip(self, policy: str) -> int:
        """Notes each answer to the event a policy is parked at as refused, and goes on behind it.

        Gives the position. The notes bear the reason of the parking. Raises Misconfigured when no
        policy of that name is parked.
        """
        position, reason = await self._parked(policy)
        for refusal in self._left_undone(policy, await self._event_at(position), reason):
            await self._answers.note(refusal)
        await self._resume(policy, position)
        log.warning("policy_event_skipped", policy=policy, position=position, reason=reason)
        return position

    async def retry(self, reaction_id: UUID, caller: Caller) -> Outcome:
        """Gives a noted answer again, by hand, and records what came of it.

        The answer keeps its own command id and cause, so it takes effect once however often this
        is called. Raises the other side's Refused when it is refused again, after recording that;
        NotFound when there is no such note, or the policy asks for it no more.
        """
        noted, version = await self._noted(reaction_id)
        cause = await self._event_at(noted.position)
        answer = self._answers.find(noted.policy, cause, noted.ordinal)
        if answer is None:
            raise NotFound()
        try:
            outcome = await self._answers.give(answer)
        except Refused as refusal:
            again = RecordRetryRefused(reaction_id=reaction_id, code=refusal.code)
            await self._record(again, reaction_id, version, cause, caller)
            raise
        done = RecordRetryAccepted(reaction_id=reaction_id, position=outcome.first_position)
        await self._record(done, reaction_id, version, cause, caller)
        return outcome

    def _left_undone(self, policy: str, cause: RecordedEvent, reason: str) -> list[Refusal]:
        try:
            spec = self._registry.policies[policy]
            return [Refusal.of(answer, reason) for answer in self._answers.to(spec, cause)]
        except Exception as error:  # noqa: BLE001  # a policy raises what it likes, see its parking
            log.info("policy_answers_unknown", policy=policy, failure=type(error).__name__)
            return [Refusal(policy, cause, 1, "", None, reason)]

    async def _noted(self, reaction_id: UUID) -> tuple[Reaction.PolicyRefused, int]:
        stream = await self._reader.stream(reaction_id)
        first = self._codec.decode(stream[0]) if stream else None
        if not isinstance(first, Reaction.PolicyRefused):
            raise NotFound()
        return first, len(stream)

    async def _record(
        self,
        command: Command,
        reaction_id: UUID,
        version: int,
        cause: RecordedEvent,
        caller: Caller,
    ) -> None:
        ask = Ask(
            caller=caller,
            command_id=derived_ids.of_record(reaction_id, type(command).__name__, version),
            fingerprint=FINGERPRINT,
            cause=Cause(cause.position, cause.correlation_id),
            clock=cause.clock,
        )
        await self._executor.execute(self._registry.command_for(type(command)), command, ask)

    async def _event_at(self, position: int) -> RecordedEvent:
        return (await self._reader.read(position - 1, 1))[0]

    async def _parked(self, policy: str) -> tuple[int, str]:
        rows = await _fetch(self._pool, _PARKED, [policy])
        if not rows:
            raise Misconfigured(f"no policy {policy} is parked")
        return int(rows[0][0]), str(rows[0][1])

    async def _resume(self, policy: str, position: int) -> None:
        with translated():
            async with self._pool.connection() as connection:
                await connection.execute(_RESUME, [position, policy])
        log.info("policy_resumed", policy=policy)


async def policy_status(pool: Pool, registry: Registry) -> list[PolicyStatus]:
    """Every policy that ever ran, by name; needs only the right to read."""
    found = []
    for row in await _fetch(pool, _STATUS, []):
        policy, position, state, parked_at, reason, changed_at, waiting, due, head = row
        if policy not in registry.policies:
            state = "removed"
        found.append(
            PolicyStatus(
                policy=policy,
                position=position,
                lag=head - position,
                state=state,
                parked_at=parked_at,
                reason=reason,
                changed_at=changed_at,
                waiting=waiting,
                next_retry_at=due,
            )
        )
    return found


async def _fetch(pool: Pool, statement: str, parameters: list[Any]) -> list[Any]:
    with translated():
        async with pool.connection() as connection:
            cursor = await connection.execute(statement, parameters)
            return await cursor.fetchall()
