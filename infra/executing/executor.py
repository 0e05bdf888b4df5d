"""Runs commands: finds the matter warm or loads it, lets the handler decide, appends, answers.

Relies on the log for every judgement that must hold across processes (version, claims, command
id). What may surprise: nothing is looked up before deciding. That a command was done before, or
that the warm aggregate was stale, is found out only when the first try does not succeed, so the
usual command costs one round trip.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol
from uuid import UUID

import structlog
import uuid_utils.compat as uuids

from commands.base import Caller, Command, CommandSpec, Context, Decision, Role, decide
from domain.shared.aggregate import Aggregate, EventBase
from domain.shared.calendar import Calendar
from domain.shared.clocks import ClockedAggregate
from domain.shared.refusals import IdInUse, NotFound, Refused
from infra.errors import KeyReused, VersionConflict, VersionMismatch
from infra.executing.turns import Turns
from infra.log.records import (
    Append,
    Appended,
    ClaimDemand,
    Claimed,
    Duplicate,
    NewEvent,
    StoredCommand,
    Verdict,
)

log = structlog.get_logger(__name__)

TRY_FOR_SECONDS = 5.0
"""How long a command that loses the race for its matter is decided again. A time, not a number:
the process that won has its copy warm and wins again, until its own queue for the matter is empty."""

WARM = 20_000
"""Aggregates kept warm per process; a registration is about 6 KB, so some 120 MB."""


class Appends(Protocol):
    """The group commit."""

    async def append(self, append: Append) -> Verdict: ...


class Loads(Protocol):
    """Brings aggregates from the log."""

    async def load(self, aggregate: type[Aggregate], stream_id: UUID) -> Aggregate | None: ...
    async def catch_up(self, aggregate: Aggregate) -> bool: ...


class StoredCommands(Protocol):
    """Finds commands that were accepted before."""

    async def command(self, command_id: UUID) -> StoredCommand | None: ...


class Encodes(Protocol):
    """Makes an event of the domain into one of the log."""

    def encode(self, event: EventBase) -> NewEvent: ...


@dataclass(frozen=True, slots=True)
class Cause:
    """What a command follows from: the position of an event, and the chain it belongs to."""

    position: int
    correlation_id: UUID


class Ask(NamedTuple):
    """One command as it reached the executor. A tuple, because one is made for each command and a
    frozen dataclass takes some three times as long to make (1.0 and 0.4 µs).

    ``now`` and ``clock`` are given for simulated matters, else the real clock is read.
    """

    caller: Caller
    command_id: UUID
    fingerprint: bytes
    if_match: int | None = None
    traceparent: str | None = None
    cause: Cause | None = None
    now: datetime | None = None
    clock: str | None = None


class Outcome(NamedTuple):
    """What an accepted command came to; the same for every retry but for ``replayed``.

    ``first_position`` is 0 when there were no events; ``version`` is the matter's after it.
    """

    aggregate_id: UUID
    version: int
    first_position: int
    event_types: tuple[str, ...]
    replayed: bool

    @property
    def position(self) -> int:
        """Position of the last event, 0 when there were none."""
        return self.first_position + len(self.event_types) - 1 if self.event_types else 0


Decide = Callable[[Aggregate | None, Context], Decision]


class Executor:
    """One per process. ``execute`` is safe to call concurrently, also with one command id."""

    def __init__(
        self,
        *,
        appends: Appends,
        loads: Loads,
        stored: StoredCommands,
        codec: Encodes,
        calendar: Calendar,
        pseudonym: Callable[[str, str], str],
        clock: Callable[[], datetime],
        warm: int = WARM,
    ) -> None:
        self._appends = appends
        self._loads = loads
        self._stored = stored
        self._codec = codec
        self._calendar = calendar
        self._pseudonym = pseudonym
        self._clock = clock
        # by the id as a number: a UUID's own hash is computed in Python
        self._warm: OrderedDict[int, Aggregate] = OrderedDict()
        self._warm_limit = warm
        self._by_matter = Turns()
        self._by_command = Turns()

    async def execute(self, spec: CommandSpec, cmd: Command, ask: Ask) -> Outcome:
        """Answers when the events are durable.

        Raises Refused (the domain says no), KeyReused, VersionMismatch, VersionConflict,
        Overloaded and StoreUnavailable; after any of them nothing was done, but for
        StoreUnavailable, where a retry with the same command id finds out.
        """
        known = spec.key is not None
        field = spec.key or spec.id_field
        chosen = getattr(cmd, field) if field else None
        matter: UUID = chosen or uuids.uuid7()

        def handler(aggregate: Aggregate | None, ctx: Context) -> Decision:
            return decide(spec, cmd, aggregate, ctx)

        # A retry that overtakes its original waits for it here, and then finds it in the log.
        async with self._by_command.of(ask.command_id):
            if chosen is None:  # nobody else can know the id yet
                return await self._run(spec.aggregate, matter, known, handler, ask)
            async with self._by_matter.of(matter):
                return await self._run(spec.aggregate, matter, known, handler, ask)

    async def settle(
        self, aggregate: type[Aggregate], matter: UUID, *, command_id: UUID, actor: str
    ) -> Outcome | None:
        """Records the overdue levels of a matter's clocks; None when there was nothing to do."""

        def overdue(found: Aggregate | None, ctx: Context) -> Decision:
            if not isinstance(found, ClockedAggregate):
                raise NotFound()
            with found.deciding(ctx.now):
                found.settle()
            return Decision(found, tuple(found.collect_events()), ())  # type: ignore[arg-type]  # our events

        caller = Caller(actor=actor, roles=frozenset({Role.SYSTEM}))
        ask = Ask(caller=caller, command_id=command_id, fingerprint=b"settle")
        async with self._by_matter.of(matter):
            outcome = await self._run(aggregate, matter, True, overdue, ask, idle_is_nothing=True)
        return outcome if outcome.event_types else None

    async def _run(
        self,
        aggregate_class: type[Aggregate],
        matter: UUID,
        known: bool,
        handler: Decide,
        ask: Ask,
        *,
        idle_is_nothing: bool = False,
    ) -> Outcome:
        loop = asyncio.get_running_loop()
        give_up = loop.time() + TRY_FOR_SECONDS
        while loop.time() < give_up:
            found = await self._find(aggregate_class, matter) if known else None
            try:
                if known and found is None:
                    raise NotFound()
                self._check_version(found, ask)
                decision, ctx = self._decide(found, matter, handler, ask)
            except (Refused, VersionMismatch):
                if (done := await self._stored.command(ask.command_id)) is not None:
                    return self._replay(done, ask)
                if found is not None and await self._was_stale(found, matter):
                    continue
                raise
            if idle_is_nothing and not decision.events:
                return Outcome(matter, decision.aggregate.version, 0, (), False)
            verdict = await self._append(decision, ctx, ask)
            if isinstance(verdict, Appended):
                self._keep_warm(decision.aggregate)
                types = tuple(e.type_name for e in decision.events)
                return Outcome(
                    decision.aggregate.id,
                    decision.aggregate.version,
                    verdict.first_position,
                    types,
                    False,
                )
            if isinstance(verdict, Duplicate):
                return self._replay(verdict.stored, ask)
            if isinstance(verdict, Claimed):
                raise decision.claims[verdict.index].refused or Refused()
            if not known:
                raise IdInUse()
            if ask.if_match is not None:
                raise VersionMismatch()
        raise VersionConflict("the matter kept moving")

    def _decide(
        self, found: Aggregate | None, matter: UUID, handler: Decide, ask: Ask
    ) -> tuple[Decision, Context]:
        now = ask.now or self._clock()
        if found is not None:
            # The clock may step back; a matter's events never do.
            now = max(now, found.modified_on)
        ctx = Context(
            now=now,
            caller=ask.caller,
            calendar=self._calendar,
            command_id=ask.command_id,
            new_id=matter,
            keyed_hash=self._pseudonym,
        )
        before = found.version if found is not None else 0
        try:
            decision = handler(found, ctx)
        except BaseException:
            if found is not None and found.version != before:
                self._warm.pop(matter.int, None)
            raise
        # Until the log has spoken, what is in memory is a guess; a success puts it back.
        self._warm.pop(matter.int, None)
        return decision, ctx

    async def _append(self, decision: Decision, ctx: Context, ask: Ask) -> Verdict:
        cause = ask.cause
        matter = decision.aggregate.id
        return await self._appends.append(
            Append(
                command_id=ask.command_id,
                fingerprint=ask.fingerprint,
                stream_id=matter,
                version=decision.aggregate.version,
                occurred_at=ctx.now,
                actor=ask.caller.actor,
                department=ask.caller.department,
                events=[self._codec.encode(e) for e in decision.events],
                claims=[
                    ClaimDemand(c.kind, c.scope, c.value, matter, c.until) for c in decision.claims
                ],
                correlation_id=cause.correlation_id if cause else ask.command_id,
                causation_position=cause.position if cause else None,
                traceparent=ask.traceparent,
                clock=ask.clock,
            )
        )

    async def _find(self, aggregate: type[Aggregate], matter: UUID) -> Aggregate | None:
        warm = self._warm.get(matter.int)
        if warm is not None and isinstance(warm, aggregate):
            self._warm.move_to_end(matter.int)
            return warm
        return await self._loads.load(aggregate, matter)

    async def _was_stale(self, found: Aggregate, matter: UUID) -> bool:
        """Whether a refusal was made on a warm aggregate that another process had moved on;
        it is then brought up to date, for the next try."""
        return self._warm.get(matter.int) is found and await self._loads.catch_up(found)

    def _check_version(self, found: Aggregate | None, ask: Ask) -> None:
        if ask.if_match is not None and (found is None or found.version != ask.if_match):
            raise VersionMismatch(version=found.version if found else 0)

    def _keep_warm(self, aggregate: Aggregate) -> None:
        self._warm[aggregate.id.int] = aggregate
        if len(self._warm) > self._warm_limit:
            self._warm.popitem(last=False)

    def _replay(self, done: StoredCommand, ask: Ask) -> Outcome:
        if done.fingerprint != ask.fingerprint:
            raise KeyReused()
        return Outcome(
            done.stream_id, done.version, done.first_position, done.event_types, replayed=True
        )
