"""Plays matters against a server in the order of the simulated time, many steps at once.

Relies on :mod:`simulation.order` for whose turn it is and on :mod:`simulation.http` for retries.
Every command carries its sender's token, an Idempotency-Key of its own and the simulated instant,
so that a role that is killed meanwhile costs time and nothing else. What may surprise: a matter
that meets an answer nobody planned stops there and says so, and with it whoever needs what it did;
the others go on.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson

from commands.base import Role
from infra.errors import HuiminError
from simulation.answers import NOBODY, Answer, Answers, answer_of
from simulation.http import Client, Reply
from simulation.log import Log
from simulation.matters import Acknowledged, KeyedHash, Matter, Played, Ref, Sender, Step
from simulation.order import Order, Turn, labelled
from simulation.reading import Surprise

TokenFor = Callable[[str, Sequence[str], str | None], str]
"""From actor, roles and department to a bearer token."""

Progress = Callable[[int, int, float, datetime], None]
"""Told of steps taken, steps in all, acknowledged commands a second, and the simulated time."""

MOST_ATTEMPTS = 25
BETWEEN_ATTEMPTS = timedelta(seconds=10)
REACTIONS_WITHIN_SECONDS = 120.0
HELD_UP_SECONDS = 5.0
"""How long the city's time stands still for a reaction that does not come."""
LOOK_AGAIN_SECONDS = 0.03
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
        self,
        client: Client,
        senders: Senders,
        log: Log,
        *,
        clock: str,
        run: str,
        keyed_hash: KeyedHash | None = None,
    ) -> None:
        self._client = client
        self._senders = senders
        self._log = log
        self._clock = clock
        self._run = run
        self._answers = Answers(keyed_hash, log)
        self._failed: set[str] = set()
        self._waiting: dict[str, list[Turn]] = defaultdict(list)
        self._reactions: dict[Turn, float] = {}
        self._in_flight = 0
        self._moved = asyncio.Event()
        self._somebody_waits = asyncio.Event()
        self.steps_taken = 0
        self.acknowledged = 0
        self.seconds = 0.0

    async def play(
        self, matters: Sequence[Matter], *, concurrency: int, progress: Progress | None = None
    ) -> list[Played]:
        """Plays the matters, ``concurrency`` steps at a time; what became of each.

        Raises ValueError when they cannot be played, Unreachable, and Surprise when the log may
        not be read.
        """
        labelled(matters)
        loop = asyncio.get_running_loop()
        begun_at = loop.time()
        self._played = [Played(matter) for matter in matters]
        self._order = Order(matters)
        total = sum(len(matter.steps) for matter in matters)
        reporter = asyncio.create_task(self._report(progress, total, begun_at))
        try:
            async with asyncio.TaskGroup() as group:
                follower = group.create_task(self._follow())
                await self._hand_out(group, concurrency)
                follower.cancel()
        except* HuiminError as failures:
            # what one cannot reach, none can
            raise failures.exceptions[0] from None
        finally:
            reporter.cancel()
            self.seconds = loop.time() - begun_at
        if progress is not None and matters:
            progress(self.steps_taken, total, self.rate, max(m.steps[-1].at for m in matters))
        return self._played

    @property
    def rate(self) -> float:
        """Acknowledged commands a second, over the whole play."""
        return self.acknowledged / self.seconds if self.seconds else 0.0

    async def _report(self, progress: Progress | None, total: int, begun_at: float) -> None:
        loop = asyncio.get_running_loop()
        while progress is not None:
            await asyncio.sleep(REPORT_EVERY_SECONDS)
            if (now := self._order.now) is not None:
                rate = self.acknowledged / (loop.time() - begun_at)
                progress(self.steps_taken, total, rate, now)

    # whose turn it is

    async def _hand_out(self, group: asyncio.TaskGroup, concurrency: int) -> None:
        while self._order.unfinished:
            while self._in_flight < concurrency and (turn := self._order.take()) is not None:
                self._begin(turn, group)
            if self._order.unfinished:
                self._moved.clear()
                await self._moved.wait()

    def _begin(self, turn: Turn, group: asyncio.TaskGroup) -> None:
        """Sends the step, or puts it where it waits for what it needs."""
        step = self._step(turn)
        missing = step.needs - self._answers.keys()
        if lost := missing & self._failed:
            self._stop(turn, f"{step.command}: {min(lost)} has not come about")
        elif missing:
            self._waiting[min(missing)].append(turn)
        elif not self._reacted(turn):
            self._reactions[turn] = asyncio.get_running_loop().time()
            self._somebody_waits.set()
        else:
            self._in_flight += 1
            group.create_task(self._take(turn))

    def _step(self, turn: Turn) -> Step:
        return self._played[turn.matter].matter.steps[turn.step]

    def _tell_those_who_wait(self, step: Step) -> None:
        if step.label is not None and step.label in self._answers:
            for other in self._waiting.pop(step.label, []):
                self._order.give_back(other)
        else:
            for other, reason in self._lost(step):
                self._stop(other, reason)

    def _stop(self, turn: Turn, reason: str) -> None:
        """Ends a matter, and those that need one of its further steps."""
        ending = [(turn, reason)]
        while ending:
            turn, reason = ending.pop()
            played = self._played[turn.matter]
            played.stopped = reason
            self._order.stopped(turn)
            for step in played.matter.steps[turn.step :]:
                ending += self._lost(step)
        self._moved.set()

    def _lost(self, step: Step) -> list[tuple[Turn, str]]:
        """Those who need what a step did not do, and why they end."""
        if step.label is None:
            return []
        self._failed.add(step.label)
        who = self._waiting.pop(step.label, [])
        return [
            (turn, f"{self._step(turn).command}: {step.label} has not come about") for turn in who
        ]

    # what follows by itself

    def _reacted(self, turn: Turn) -> bool:
        step = self._step(turn)
        if any(self._answers.command_of(label) is None for label in step.commands):
            return False
        until = step.until
        if until is None:
            return True
        matter = self._answers.id_of(until.of) if isinstance(until.of, Ref) else until.of
        return self._log.count(matter or self._played[turn.matter].id, until.event) >= until.count

    async def _follow(self) -> None:
        """Reads the log on while somebody waits for what comes in it."""
        while True:
            await self._somebody_waits.wait()
            await self._log.catch_up()
            self._look(asyncio.get_running_loop().time())
            if self._reactions:
                await asyncio.sleep(LOOK_AGAIN_SECONDS)
            else:
                self._somebody_waits.clear()

    def _look(self, now: float) -> None:
        for turn, since in list(self._reactions.items()):
            if self._reacted(turn):
                del self._reactions[turn]
                self._order.give_back(turn)
            elif now - since > REACTIONS_WITHIN_SECONDS:
                del self._reactions[turn]
                until = self._step(turn).until
                missing = f"{until.count} {until.event}" if until else "the commands it names"
                self._stop(turn, f"fewer than {missing} came by themselves")
        if any(now - since > HELD_UP_SECONDS for since in self._reactions.values()):
            for turn in self._reactions:
                self._order.let_go(turn)
        self._moved.set()

    # a step

    async def _take(self, turn: Turn) -> None:
        played, step = self._played[turn.matter], self._step(turn)
        try:
            await self._try(played, turn.step, step)
        except Surprise as reason:
            self._stop(turn, str(reason))
        else:
            self.steps_taken += 1
            self._order.answered(turn)
            self._tell_those_who_wait(step)
        self._in_flight -= 1
        self._moved.set()

    async def _try(self, played: Played, number: int, step: Step) -> None:
        body = step.body
        for attempt in range(MOST_ATTEMPTS):
            sent = orjson.dumps(self._answers.filled_in(body))
            reply = await self._send(played.matter, number, step, sent, attempt)
            if reply.status < 300:
                self._accepted(played, step, reply)
                return
            code = refusal_code(reply)
            played.refusals.append(code)
            if code == step.refused:
                played.kept += [step.kept] if step.kept else []
                played.kept_in |= {step.kept_in} if step.kept_in else set()
                if step.label is not None:
                    self._answers[step.label] = Answer(played.id or NOBODY, ())
                return
            played.unplanned += 1
            if code not in step.instead:
                raise Surprise(f"{step.command}: {reply.status} {code}")
            body = step.instead[code](attempt + 1)
        raise Surprise(f"{step.command}: refused {MOST_ATTEMPTS} times")

    def _accepted(self, played: Played, step: Step, reply: Reply) -> None:
        document: Any = reply.json
        answer = answer_of(document)
        if played.id is None:
            played.id = answer.id
        if answer.id != played.id:
            raise Surprise(f"{step.command}: the answer is about another matter")
        types = tuple(event["type"] for event in document["events"] if "id" not in event)
        # events of other matters come last
        last = document["position"] - (len(document["events"]) - len(types))
        beside = tuple(range(last + 1, document["position"] + 1))
        played.acknowledged.append(
            Acknowledged(step.command, document["version"], last, types, beside)
        )
        self.acknowledged += 1
        if step.refused is not None:
            raise Surprise(f"{step.command}: accepted, though {step.refused} was due")
        if step.label is not None:
            self._answers[step.label] = answer

    async def _send(
        self, matter: Matter, number: int, step: Step, body: bytes, attempt: int
    ) -> Reply:
        at = step.at + attempt * BETWEEN_ATTEMPTS
        return await self._client.ask(
            "POST",
            f"/commands/{matter.program}/{step.command}",
            token=self._senders.token(step.sender),
            body=body,
            headers={
                "idempotency-key": f"{self._run}/{matter.name}/{number}.{attempt}",
                "huimin-clock": f"{self._clock}; at={at.isoformat()}",
            },
        )


def refusal_code(reply: Reply) -> str:
    """The code that tells most: of a body with one thing wrong, that thing's own."""
    code = reply.code
    if code == "invalid":
        errors: Any = reply.json.get("errors") or ()
        codes = list(dict.fromkeys(str(error.get("code")) for error in errors))
        return codes[0] if len(codes) == 1 else code
    return code
