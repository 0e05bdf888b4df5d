"""The policies' role: reads the log in order and gives each policy's answers, each once in effect.

Delivery is at least once (a checkpoint moves after the answers of its page were given), and ids
derived from the cause make the effect exactly once. It reads events and never read models, so a
rebuild sets nothing off. What may surprise: a policy that raises, or that goes on answering its own
effects, stops alone ("parked") and waits for an operator; the others go on.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

import structlog

from domain.shared.refusals import Refused
from infra import clock as system
from infra.database import WRITER
from infra.discovery import Registry
from infra.errors import Unavailable, VersionConflict
from infra.log.records import RecordedEvent
from infra.reacting.answers import Answer, Answers, Decodes, Executes, Refusal, is_final
from infra.reacting.causation import DEEPEST, Causation, ReadsPositions
from infra.reacting.checkpoints import Checkpoints, Parked, PutOff
from infra.reacting.lease import Lease
from infra.reacting.retries import PAUSES, Retries

log = structlog.get_logger(__name__)

PAGE = 256
AT_ONCE = 32
"""Answers to different matters that are on their way at the same time."""

QUIET_SECONDS = 1.0
"""How long an operator's `resume`, and a checkpoint without answers, may go unnoticed."""

_FIRST_PAUSE_SECONDS = 0.2
_LONGEST_PAUSE_SECONDS = 5.0


class Feeds(Protocol):
    """The feed: the log's events in order, wherever they come from."""

    async def read(self, after: int, limit: int) -> Sequence[RecordedEvent]: ...
    async def wait(self, after: int, timeout: float) -> None: ...  # noqa: ASYNC109  # a wait, not a cancel


@dataclass(slots=True)
class _Page:
    """What came of one page: policies that stop, answers that wait."""

    last: int
    answers: list[Answer] = field(default_factory=list)
    stopped: dict[str, Parked] = field(default_factory=dict)
    put_off: list[PutOff] = field(default_factory=list)

    def stop(self, policy: str, position: int, reason: str) -> None:
        """The policy stops before ``position``, or before an earlier one already named."""
        found = self.stopped.get(policy)
        if found is None or position < found.position:
            self.stopped[policy] = Parked(position, reason)


@dataclass(slots=True)
class _Turn:
    """A policy's answers to one event, and those to the event before of the same matter."""

    position: int
    behind: Collection["asyncio.Task[None]"] = ()
    tasks: list["asyncio.Task[None]"] = field(default_factory=list)


class PolicyRunner:
    """Runs all policies of a registry while it holds the lease; start as many as you like.

    ``pauses`` lie before the tries of a refused answer; after the last it is noted.
    """

    def __init__(
        self,
        *,
        feed: Feeds,
        reader: ReadsPositions,
        codec: Decodes,
        registry: Registry,
        executor: Executes,
        database_url: str,
        namespace: str,
        clock: Callable[[], datetime] = system.now,
        pauses: Sequence[timedelta] = PAUSES,
        page: int = PAGE,
    ) -> None:
        self._feed = feed
        self._names = sorted(registry.policies)
        self._answers = Answers(registry, codec, executor)
        self._causation = Causation(reader)
        self._reader = reader
        self._clock = clock
        self._pauses = pauses
        self._page_size = page
        self._lease = Lease(database_url, namespace, "policies", role=WRITER)
        self._free = asyncio.Semaphore(AT_ONCE)
        self._positions: dict[str, int] = {}
        self._saved: dict[str, int] = {}
        self._looked_at = -QUIET_SECONDS

    async def run(self) -> None:
        """Until cancelled. While an engine is away it tries again without end."""
        pause = _FIRST_PAUSE_SECONDS
        while True:
            begun = asyncio.get_running_loop().time()
            try:
                async with self._lease.held() as connection:
                    await self._lead(Checkpoints(connection))
            except* Unavailable as failures:
                log.warning("policies_interrupted", failure=_first_name(failures))
            if asyncio.get_running_loop().time() - begun > 2 * _LONGEST_PAUSE_SECONDS:
                pause = _FIRST_PAUSE_SECONDS
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)

    async def _lead(self, store: Checkpoints) -> None:
        for name, position in (await store.register(self._names)).items():
            log.info("policy_begins", policy=name, position=position)
        retries = Retries(self._answers, self._reader, store, self._clock, self._pauses)
        self._positions, self._saved, self._looked_at = {}, {}, -QUIET_SECONDS
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(retries.run(), name="policy-retries")
            tasks.create_task(self._follow(store, retries), name="policies")

    async def _follow(self, store: Checkpoints, retries: Retries) -> None:
        while True:
            await self._look_around(store)
            advanced = False
            groups = self._groups()
            for n, (position, names) in enumerate(groups):
                # Up to where the next group stands, so that whoever was behind joins it there.
                upto = groups[n + 1][0] if n + 1 < len(groups) else None
                advanced |= await self._answer_page(store, retries, position, names, upto)
            if not advanced:
                head = max(self._positions.values(), default=None)
                if head is None:
                    await asyncio.sleep(QUIET_SECONDS)  # all parked, or there is no policy
                else:
                    await self._feed.wait(head, QUIET_SECONDS)

    async def _look_around(self, store: Checkpoints) -> None:
        """Once a second: saves checkpoints that moved without an answer, sees who was resumed.

        It also finds out that the connection, and with it the lease, is gone.
        """
        time = asyncio.get_running_loop().time()
        if time - self._looked_at < QUIET_SECONDS:
            return
        if self._saved != self._positions:
            await store.save(self._positions, {}, ())
        found = await store.load(self._names)
        # While this one leads nobody else moves a running policy, so what is new is the resumed.
        self._positions = {name: at.position for name, at in found.items() if not at.parked}
        self._saved = dict(self._positions)
        self._looked_at = time

    def _groups(self) -> list[tuple[int, list[str]]]:
        by_position: dict[int, list[str]] = defaultdict(list)
        for name, position in self._positions.items():
            by_position[position].append(name)
        return sorted(by_position.items())

    async def _answer_page(
        self,
        store: Checkpoints,
        retries: Retries,
        position: int,
        names: Collection[str],
        upto: int | None,
    ) -> bool:
        """One page for the policies that stand at ``position``; whether there was any event."""
        events = [
            event
            for event in await self._feed.read(position, self._page_size)
            if upto is None or event.position <= upto
        ]
        if not events:
            return False
        self._causation.remember(events)
        page = _Page(last=events[-1].position)
        for event in events:
            await self._work_out(page, event, names)
        await self._give_all(page)
        for name in names:
            stop = page.stopped.get(name)
            self._positions[name] = stop.position - 1 if stop else page.last
        if page.answers or page.stopped:
            await store.save(self._positions, page.stopped, _counting(page))
            self._saved = dict(self._positions)
        for name, stop in page.stopped.items():
            del self._positions[name]
            log.error("policy_parked", policy=name, position=stop.position, reason=stop.reason)
        if page.put_off:
            retries.wake()
        return True

    async def _work_out(self, page: _Page, event: RecordedEvent, names: Collection[str]) -> None:
        for policy in self._answers.policies_for(event):
            if policy.name not in names or policy.name in page.stopped:
                continue
            try:
                answers = self._answers.to(policy, event)
            except Exception as error:  # a policy's fault must not stop the others
                log.error("policy_failed", policy=policy.name, exc_info=error)
                page.stop(policy.name, event.position, type(error).__name__)
                continue
            if answers and await self._causation.depth(event) >= DEEPEST:
                page.stop(policy.name, event.position, "causation-too-deep")
                continue
            page.answers += answers

    async def _give_all(self, page: _Page) -> None:
        """As many at the same time as order allows: answers for one matter keep theirs, and so do
        a policy's answers to the events of one matter, whose effects may meet anywhere."""
        by_target: dict[UUID, asyncio.Task[None]] = {}
        by_source: dict[tuple[str, UUID], _Turn] = {}
        async with asyncio.TaskGroup() as tasks:
            for answer in page.answers:
                cause, target = answer.cause, answer.matter
                source = (answer.policy.name, cause.stream_id)
                turn = by_source.get(source)
                if turn is None or turn.position != cause.position:
                    # Answers to one and the same event need not wait for each other.
                    turn = _Turn(cause.position, behind=turn.tasks if turn else ())
                    by_source[source] = turn
                behind = [*turn.behind]
                if target is not None and target in by_target:
                    behind.append(by_target[target])
                task = tasks.create_task(self._give_behind(behind, page, answer))
                turn.tasks.append(task)
                if target is not None:
                    by_target[target] = task

    async def _give_behind(
        self, behind: Collection["asyncio.Task[None]"], page: _Page, answer: Answer
    ) -> None:
        if behind:
            await asyncio.wait(behind)
        async with self._free:
            await self._give(page, answer)

    async def _give(self, page: _Page, answer: Answer) -> None:
        name, cause = answer.policy.name, answer.cause
        stop = page.stopped.get(name)
        if stop is not None and stop.position <= cause.position:
            return  # it comes again when the policy is resumed
        try:
            await self._answers.give(answer)
        except Unavailable:
            raise
        except Refused as refusal:
            if answer.policy.fails == "wait" and not is_final(refusal, answer):
                page.put_off.append(self._later(answer, refusal.code))
            else:
                await self._answers.note(Refusal.of(answer, refusal.code))
        except VersionConflict as conflict:
            # The matter kept moving: nobody has refused anything yet, whatever `fails` says.
            page.put_off.append(self._later(answer, conflict.code))
        except Exception as error:  # a handler's fault must not stop other policies
            log.error("policy_command_failed", exc_info=error, **answer.facts())
            page.stop(name, cause.position, type(error).__name__)

    def _later(self, answer: Answer, code: str) -> PutOff:
        log.info("policy_waits", code=code, **answer.facts())
        return PutOff(
            policy=answer.policy.name,
            position=answer.cause.position,
            ordinal=answer.ordinal,
            command=answer.name,
            aggregate=answer.matter,
            due_at=self._clock() + self._pauses[0],
            code=code,
        )


def _counting(page: _Page) -> list[PutOff]:
    """What is put off, without what comes again because its policy stopped before it."""
    return [
        p
        for p in page.put_off
        if (stop := page.stopped.get(p.policy)) is None or p.position < stop.position
    ]


def _first_name(failures: BaseExceptionGroup[Unavailable]) -> str:
    first: BaseException = failures
    while isinstance(first, BaseExceptionGroup):
        first = first.exceptions[0]
    return type(first).__name__
