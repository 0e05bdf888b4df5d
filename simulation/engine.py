"""Plays matters against a server: different ones at the same time, each one's steps in order.

Relies on :mod:`simulation.http` for retries. Every command carries its sender's token, an
Idempotency-Key of its own and the simulated instant, so that a role that is killed meanwhile costs
time and nothing else. What may surprise: a matter that meets an answer nobody planned stops there
and says so; the others go on.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson

from commands.base import Role
from simulation.http import Client, Reply, Unreachable
from simulation.matters import Acknowledged, Body, Matter, Played, Sender, Step, Until
from simulation.reading import Reader, Surprise

TokenFor = Callable[[str, Sequence[str], str | None], str]
"""From actor, roles and department to a bearer token."""

Progress = Callable[[int, int, float], None]
"""Told of steps taken, steps in all, and acknowledged commands a second."""

MOST_ATTEMPTS = 25
BETWEEN_ATTEMPTS = timedelta(seconds=10)
REACTIONS_WITHIN_SECONDS = 120.0
FIRST_LOOK_SECONDS = 0.1
LAST_LOOK_SECONDS = 2.0
REPORT_EVERY_SECONDS = 0.2


class Senders:
    """Tokens by sender, each asked for once."""

    def __init__(self, token_for: TokenFor) -> None:
        self._token_for = token_for
        self._known: dict[Sender, str] = {}

    def token(self, sender: Sender) -> str:
        """The sender's token, with the role that may set a simulated clock beside their own."""
        token = self._known.get(sender)
        if token is None:
            roles = [sender.role.value, Role.SIMULATOR.value]
            token = self._token_for(sender.actor, roles, sender.department)
            self._known[sender] = token
        return token


class Engine:
    """Plays once. ``clock`` names the simulated clock; ``run`` begins every Idempotency-Key."""

    def __init__(
        self, client: Client, senders: Senders, reader: Reader, *, clock: str, run: str
    ) -> None:
        self._client = client
        self._senders = senders
        self._reader = reader
        self._clock = clock
        self._run = run
        self._begun: dict[UUID, asyncio.Event] = {}
        self.steps_taken = 0
        self.acknowledged = 0
        self.seconds = 0.0

    async def play(
        self, matters: Sequence[Matter], *, concurrency: int, progress: Progress | None = None
    ) -> list[Played]:
        """Plays the matters in their order, ``concurrency`` at a time; what became of each."""
        loop = asyncio.get_running_loop()
        begun_at = loop.time()
        self._begun = {matter.id: asyncio.Event() for matter in matters}
        played = [Played(matter) for matter in matters]
        total = sum(len(matter.steps) for matter in matters)
        waiting = iter(played)
        reporter = asyncio.create_task(self._report(progress, total, begun_at))
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(concurrency):
                    group.create_task(self._work(waiting, group))
        except* Unreachable as failures:
            # what one cannot reach, none can
            raise Unreachable(str(failures.exceptions[0])) from None
        finally:
            reporter.cancel()
            self.seconds = loop.time() - begun_at
        if progress is not None:
            progress(self.steps_taken, total, self.rate)
        return played

    @property
    def rate(self) -> float:
        """Acknowledged commands a second, over the whole play."""
        return self.acknowledged / self.seconds if self.seconds else 0.0

    async def _report(self, progress: Progress | None, total: int, begun_at: float) -> None:
        loop = asyncio.get_running_loop()
        while progress is not None:
            await asyncio.sleep(REPORT_EVERY_SECONDS)
            progress(self.steps_taken, total, self.acknowledged / (loop.time() - begun_at))

    async def _work(self, waiting: Iterator[Played], group: asyncio.TaskGroup) -> None:
        for played in waiting:
            await self._go_on(played, 0, group)

    async def _go_on(
        self, played: Played, first: int, group: asyncio.TaskGroup, *, patient: bool = False
    ) -> None:
        """Takes the steps from ``first`` on. At one that has to wait, somebody ``patient`` goes
        on, because who waits would hold up those who need not."""
        try:
            for number, step in enumerate(played.matter.steps[first:], first):
                if step.until is not None or self._comes_too_early(step):
                    if not patient:
                        group.create_task(self._go_on(played, number, group, patient=True))
                        return
                    await self._wait(played.matter, step)
                await self._take(played, number, step)
                self.steps_taken += 1
        except Surprise as reason:
            played.stopped = str(reason)
        # whoever waits for this matter's beginning waits no longer, whatever came of it
        self._begun[played.matter.id].set()

    def _comes_too_early(self, step: Step) -> bool:
        other = self._begun.get(step.after) if step.after else None
        return other is not None and not other.is_set()

    async def _wait(self, matter: Matter, step: Step) -> None:
        if step.after is not None and (other := self._begun.get(step.after)) is not None:
            await other.wait()
        if step.until is not None:
            await self._wait_for(matter, step.until)

    async def _take(self, played: Played, number: int, step: Step) -> None:
        body: Body = step.body
        for attempt in range(MOST_ATTEMPTS):
            reply = await self._send(played.matter, number, step, body, attempt)
            if reply.status < 300:
                self._accepted(played, step, reply)
                return
            code = refusal_code(reply)
            played.refusals.append(code)
            if code == step.refused:
                return
            played.unplanned += 1
            if code not in step.instead:
                raise Surprise(f"{step.command}: {reply.status} {code}")
            body = step.instead[code](attempt + 1)
        raise Surprise(f"{step.command}: refused {MOST_ATTEMPTS} times")

    def _accepted(self, played: Played, step: Step, reply: Reply) -> None:
        answer: Any = reply.json
        if answer["id"] != str(played.matter.id):
            raise Surprise(f"{step.command}: the answer is about another matter")
        types = tuple(event["type"] for event in answer["events"] if "id" not in event)
        # events of other matters come last
        last = answer["position"] - (len(answer["events"]) - len(types))
        beside = tuple(range(last + 1, answer["position"] + 1))
        played.acknowledged.append(
            Acknowledged(step.command, answer["version"], last, types, beside)
        )
        self.acknowledged += 1
        self._begun[played.matter.id].set()
        if step.refused is not None:
            raise Surprise(f"{step.command}: accepted, though {step.refused} was due")

    async def _send(
        self, matter: Matter, number: int, step: Step, body: Body, attempt: int
    ) -> Reply:
        at = step.at + attempt * BETWEEN_ATTEMPTS
        return await self._client.ask(
            "POST",
            f"/commands/{matter.program}/{step.command}",
            token=self._senders.token(step.sender),
            body=orjson.dumps(body),
            headers={
                "idempotency-key": f"{self._run}/{matter.id}/{number}.{attempt}",
                "huimin-clock": f"{self._clock}; at={at.isoformat()}",
            },
        )

    async def _wait_for(self, matter: Matter, until: Until) -> None:
        loop = asyncio.get_running_loop()
        give_up_at = loop.time() + REACTIONS_WITHIN_SECONDS
        pause = FIRST_LOOK_SECONDS
        while await self._count(matter, until.event) < until.count:
            if loop.time() > give_up_at:
                raise Surprise(f"fewer than {until.count} {until.event} came by themselves")
            await asyncio.sleep(pause)
            pause = min(2 * pause, LAST_LOOK_SECONDS)

    async def _count(self, matter: Matter, event: str) -> int:
        known = await self._reader.timeline(matter.program, matter.id)
        return sum(item["type"].split(".")[1] == event for item in known)


def refusal_code(reply: Reply) -> str:
    """The code that tells most: of a body with one thing wrong, that thing's own."""
    code = reply.code
    if code == "invalid":
        errors: Any = reply.json.get("errors") or ()
        codes = list(dict.fromkeys(str(error.get("code")) for error in errors))
        return codes[0] if len(codes) == 1 else code
    return code
