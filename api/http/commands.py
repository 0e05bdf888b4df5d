"""The command route: from bytes to a durable verdict with as little in between as possible.

Reached by the path alone, before FastAPI's router; the body is validated once, straight from
bytes. What may surprise: the command runs in a task of its own, so a client that goes away in the
middle takes nothing along, and the command still comes to its verdict.
"""

import asyncio
import re
from collections.abc import Coroutine, Mapping
from datetime import UTC, datetime
from time import perf_counter
from typing import Any
from uuid import UUID

import orjson
import uuid_utils.compat as uuids
from pydantic_core import ValidationError

from api.http import bodies
from api.http.doors import JSON, REPLAYED, Request, admit, bad_header
from api.http.parts import Parts
from api.http.problems import Answer, Invalid, MethodNotAllowed, faults_of
from commands.base import Caller, Command, CommandSpec, Role
from domain.shared.aggregate import kebab
from domain.shared.refusals import Forbidden, Refused
from infra.errors import HuiminError
from infra.executing.asking import Ask, Outcome

_KEY = re.compile(rb"[ -~]{1,128}").fullmatch
_ETAG = re.compile(rb'"([0-9]{1,18})"').fullmatch
_CLOCK = re.compile(r"([a-z0-9][a-z0-9-]{0,39})\s*;\s*at=(\S+)").fullmatch
_V8 = 0x8 << 76 | 0b10 << 62
_KEPT = ~(0xF << 76 | 0b11 << 62)

_OF_A_DEPARTMENT = frozenset({Role.OFFICER, Role.DEPARTMENT})

ANY_VERSION = -1
"""What ``If-Match: *`` asks of a command that begins a matter: the impossible."""


class CommandRoute:
    """``POST /commands/{program}/{command}`` for one command; an endpoint of a Door."""

    def __init__(self, spec: CommandSpec, parts: Parts, running: "Running") -> None:
        self.spec = spec
        self._parts = parts
        self._running = running
        self._execute = parts.executor.execute
        spec.model.model_rebuild()  # before the first request rather than with it
        self._validate = spec.model.__pydantic_validator__.validate_json
        self._name = f"{spec.program}/{spec.name}".encode()
        self._status = 201 if spec.begins else 200
        main = parts.registry.main_row(spec.aggregate)
        place = f"/queries/{main.model_name.replace('_', '-')}/" if main else None
        self._location = place.encode() if place else None
        self._seconds = parts.metrics.command_seconds.labels(spec.program, spec.name)
        self._outcomes: dict[str, Any] = {}

    async def __call__(self, request: Request) -> Answer:
        """The contract's answer; raises what the Door makes problems of."""
        begun = perf_counter()
        try:
            answer = await self._answer(request)
        except (Refused, HuiminError) as failure:
            self._count(failure.code)
            raise
        self._seconds.observe(perf_counter() - begun)
        self._count("accepted")
        return answer

    async def _answer(self, request: Request) -> Answer:
        if request.scope["method"] != "POST":
            raise MethodNotAllowed(["POST"])
        parts, spec = self._parts, self.spec
        caller = admit(request, parts.verifier, parts.rates)
        if not may_send(caller, spec):
            raise Forbidden()
        clock, now = _clock(request, caller)
        if_match = _if_match(request.headers.get(b"if-match"), begins=spec.begins)
        key = request.headers.get(b"idempotency-key")
        if key is not None and not _KEY(key):
            raise bad_header("Idempotency-Key", "1-128 ASCII characters, 0x20-0x7E")
        body = await request.body()
        sent = bodies.parsed(body)
        cmd = self._validated(body, sent)
        ask = Ask(
            caller=caller,
            command_id=self._command_id(caller, key),
            fingerprint=self._fingerprint(sent),
            if_match=if_match,
            traceparent=request.traceparent,
            now=now,
            clock=clock,
        )
        return self._told(await self._running.to_its_end(self._execute(spec, cmd, ask)))

    def _validated(self, body: bytes, sent: Any) -> Command:
        try:
            cmd: Command = self._validate(body)
        except ValidationError as error:
            raise Invalid(faults_of(error, sent)) from None
        return cmd

    def _command_id(self, caller: Caller, key: bytes | None) -> UUID:
        """The same for every retry of one actor with one key, and nobody else can meet it."""
        if key is None:
            return uuids.uuid7()
        scoped = caller.actor.encode() + b"\0" + key
        digest = self._parts.keys.digest("command-id", scoped, size=16)
        return UUID(int=int.from_bytes(digest) & _KEPT | _V8)

    def _fingerprint(self, sent: Any) -> bytes:
        """Of the command and of what was sent, whatever its order of keys and its spaces.

        Not of the validated model: a default that comes with a later release must not make a
        retry look like another command.
        """
        canonical = orjson.dumps(sent, option=orjson.OPT_SORT_KEYS)
        return self._parts.keys.digest("command", self._name + b"\0" + canonical)

    def _told(self, outcome: Outcome) -> Answer:
        first, version, position = outcome.first_position, outcome.version, outcome.position
        own = outcome.aggregate_id
        events: list[dict[str, Any]] = []
        for n, (kind, whose, at) in enumerate(outcome.events):
            event = {"type": kind, "version": at, "position": first + n}
            # an event of another matter, decided together with this one, says of which
            if whose is not own and whose != own:
                event["id"] = whose
            events.append(event)
        body = orjson.dumps({"id": own, "version": version, "position": position, "events": events})
        headers = [
            JSON,
            (b"content-length", b"%d" % len(body)),
            (b"etag", b'"%d"' % version),
            (b"huimin-position", b"%d" % position),
        ]
        if self._location is not None:
            # orjson's text of a UUID, a quarter of the cost of Python's
            matter = orjson.dumps(own)[1:-1]
            headers.append((b"location", self._location + matter))
        if outcome.replayed:
            headers.append(REPLAYED)
        status = 201 if self.spec.or_begins and outcome.began else self._status
        return Answer(status, headers, body)

    def _count(self, outcome: str) -> None:
        counter = self._outcomes.get(outcome)
        if counter is None:
            counter = self._parts.metrics.commands.labels(
                self.spec.program, self.spec.name, outcome
            )
            self._outcomes[outcome] = counter
        counter.inc()


class Running:
    """Commands under way: each in a task that outlives the request it came with."""

    def __init__(self) -> None:
        self._left_alone: set[asyncio.Task[Outcome]] = set()

    async def to_its_end(self, command: Coroutine[Any, Any, Outcome]) -> Outcome:
        """The verdict; when the waiting one is cancelled, the command is not."""
        task = asyncio.get_running_loop().create_task(command)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            # The loop itself holds tasks weakly, and nobody else holds this one any more.
            self._left_alone.add(task)
            task.add_done_callback(self._left_alone.discard)
            raise


def may_send(caller: Caller, spec: CommandSpec) -> bool:
    """Whether one of the caller's roles, in their department, may send the command.

    The relation to the matter (the applicant's own) is for the handler to judge.
    """
    fitting = caller.roles & spec.roles
    if fitting and spec.departments and caller.department not in spec.departments:
        fitting -= _OF_A_DEPARTMENT
    return bool(fitting)


def _if_match(sent: bytes | None, *, begins: bool) -> int | None:
    if sent is None:
        return None
    if sent == b"*":
        return ANY_VERSION if begins else None
    found = _ETAG(sent)
    if found is None:
        raise bad_header("If-Match", '"3", *')
    return int(found[1])


def _clock(request: Request, caller: Caller) -> tuple[str | None, datetime | None]:
    """A simulated clock's name and instant (UTC), for the role simulator only."""
    sent = request.text(b"huimin-clock")
    if sent is None:
        return None, None
    if Role.SIMULATOR not in caller.roles:
        raise Forbidden()
    found = _CLOCK(sent)
    try:
        at = datetime.fromisoformat(found[2]) if found else None
        if found is None or at is None or at.tzinfo is None:
            raise ValueError
        return found[1], at.astimezone(UTC)
    except (ValueError, OverflowError):
        raise bad_header("Huimin-Clock", "demo; at=2026-03-02T09:00:00+08:00") from None


def command_routes(parts: Parts, running: Running) -> Mapping[str, CommandRoute]:
    """One route for each command, by path."""
    return {
        f"/commands/{spec.program}/{kebab(spec.model.__name__)}": CommandRoute(spec, parts, running)
        for spec in parts.registry.commands.values()
    }
