"""Runs commands: finds the matter warm or loads it, lets the handler decide, appends, answers.

Relies on the log for every judgement that must hold across processes (version, claims, command
id). What may surprise: nothing is looked up before deciding. That a command was done before, or
that the warm aggregate was stale, is found out only when the first try does not succeed, so the
usual command costs one round trip. A handler that asks for further matters is stopped and begun
anew with them at hand.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import datetime
from functools import partial
from types import MappingProxyType
from typing import NamedTuple, Protocol
from uuid import UUID

import structlog
import uuid_utils.compat as uuids

from commands.base import (
    Caller,
    Claims,
    Command,
    CommandSpec,
    Context,
    Decision,
    MattersNeeded,
    Role,
    decide,
)
from domain.shared.aggregate import Aggregate, EventBase
from domain.shared.calendar import Calendar
from domain.shared.clocks import ClockedAggregate
from domain.shared.refusals import IdInUse, NotFound, Refused
from infra.errors import HuiminError, KeyReused, VersionConflict, VersionMismatch
from infra.executing.asking import Ask, Outcome
from infra.executing.matters import WARM, Loads, Matters, Seen
from infra.executing.turns import Turns
from infra.log.records import (
    Append,
    Appended,
    ClaimDemand,
    Claimed,
    Duplicate,
    NewEvent,
    RecordedEvent,
    StoredCommand,
    Verdict,
)

log = structlog.get_logger(__name__)

TRY_FOR_SECONDS = 5.0
"""How long a command that loses the race for its matter is decided again. A time, not a number:
the process that won has its copy warm and wins again, until its own queue for the matter is empty."""

MOST_MATTERS = 100
"""How many further matters one decision may ask for. While it is under way nobody else in the
process decides on any of them, and each is looked up once more under the log's lock."""


class Appends(Protocol):
    """The group commit."""

    async def append(self, append: Append) -> Verdict: ...


class StoredCommands(Protocol):
    """Finds commands that were accepted before."""

    async def command(self, command_id: UUID) -> StoredCommand | None: ...
    async def events_of(self, stored: StoredCommand) -> list[RecordedEvent]: ...


class Codes(Protocol):
    """Makes an event of the domain into one of the log, and reads of one what it refused."""

    def encode(self, event: EventBase) -> NewEvent: ...
    def refusal(self, recorded: RecordedEvent) -> Refused | None: ...


class Run(NamedTuple):
    """One command as it is tried, once or again. ``known``: its matter is looked for, not begun."""

    aggregate: type[Aggregate]
    matter: UUID
    known: bool
    or_begins: bool
    decide: Callable[[Aggregate | None, Context], Decision]
    ask: Ask
    idle_is_nothing: bool = False


_NOBODY: Mapping[UUID, Aggregate | None] = MappingProxyType({})


class Executor:
    """One per process. ``execute`` is safe to call concurrently, also with one command id."""

    def __init__(
        self,
        *,
        appends: Appends,
        loads: Loads,
        stored: StoredCommands,
        codec: Codes,
        calendar: Calendar,
        pseudonym: Callable[[str, str], str],
        clock: Callable[[], datetime],
        warm: int = WARM,
    ) -> None:
        self._appends = appends
        self._stored = stored
        self._codec = codec
        self._calendar = calendar
        self._pseudonym = pseudonym
        self._clock = clock
        self._matters = Matters(loads, warm)
        self._by_matter = Turns()
        self._by_command = Turns()

    async def execute(self, spec: CommandSpec, cmd: Command, ask: Ask) -> Outcome:
        """Answers when the events are durable.

        Raises Refused (the domain says no), KeyReused, VersionMismatch, VersionConflict,
        Overloaded and StoreUnavailable. After any of them nothing was done, but for a refusal that
        an event records (``EventBase.refusal``), and StoreUnavailable, where a retry with the same
        command id finds out.
        """
        known = spec.key is not None
        field = spec.key or spec.id_field
        chosen = getattr(cmd, field) if field else None
        matter: UUID = chosen or uuids.uuid7()
        run = Run(spec.aggregate, matter, known, spec.or_begins, partial(decide, spec, cmd), ask)
        # A retry that overtakes its original waits for it here, and then finds it in the log.
        async with self._by_command.of(ask.command_id):
            try:
                if chosen is None:  # nobody else can know the id yet
                    return await self._run(run)
                async with self._by_matter.of(matter):
                    return await self._run(run)
            except MattersNeeded as more:
                return await self._run_with(run, more)

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
        run = Run(aggregate, matter, True, False, overdue, ask, idle_is_nothing=True)
        async with self._by_matter.of(matter):
            outcome = await self._run(run)
        return outcome if outcome.events else None

    async def _run_with(self, run: Run, more: MattersNeeded) -> Outcome:
        """The command again, each time with the further matters that it asks for."""
        needed: dict[UUID, None] = {}
        while True:
            needed.update(dict.fromkeys(more.ids))
            if len(needed) > MOST_MATTERS:
                log.error("decision_over_too_many_matters", aggregate=run.aggregate.__name__)
                raise HuiminError("one decision over too many matters")
            async with AsyncExitStack() as turns:
                # all in one order, so that nobody waits for one who waits for him
                for id in sorted({run.matter, *needed}):
                    await turns.enter_async_context(self._by_matter.of(id))
                try:
                    return await self._run(run, needed)
                except MattersNeeded as again:
                    more = again

    async def _run(self, run: Run, needed: Collection[UUID] = ()) -> Outcome:
        give_up = 0.0
        while True:
            if needed:
                ids = dict.fromkeys([run.matter, *needed]) if run.known else needed
                seen = await self._matters.look_at_all(ids)
            else:
                seen = [await self._matters.look(run.matter)] if run.known else []
            if (outcome := await self._try(run, seen, several=bool(needed))) is not None:
                return outcome
            now = asyncio.get_running_loop().time()
            if now > (give_up := give_up or now + TRY_FOR_SECONDS):
                raise VersionConflict("the matter kept moving")

    async def _try(self, run: Run, seen: Sequence[Seen], *, several: bool) -> Outcome | None:
        """The outcome, or None when what was seen has moved on meanwhile: to be tried again.

        ``seen`` begins with the command's own matter when that is known.
        """
        found = seen[0].aggregate if run.known else None
        at_hand = {one.id: one.aggregate for one in seen} if several else _NOBODY
        try:
            _check(run, found)
            ctx = self._context(run, seen, at_hand)
            decision = run.decide(found, ctx)
        except MattersNeeded:
            self._matters.keep_unchanged(seen)
            raise
        except (Refused, VersionMismatch):
            if (done := await self._stored.command(run.ask.command_id)) is not None:
                self._matters.keep_unchanged(seen)
                return await self._replay(done, run.ask)
            # A single matter that was loaded just now was so when it was refused.
            if (several or (seen and seen[0].warm)) and await self._matters.any_moved(seen):
                return None
            self._matters.keep_unchanged(seen)
            raise
        except Exception:
            # Copies of different instants need not fit together, and a matter may have been left
            # half changed: all are brought anew, and only what fails on those is a fault of ours.
            if (done := await self._stored.command(run.ask.command_id)) is not None:
                return await self._replay(done, run.ask)
            if any(one.warm for one in seen) or await self._matters.have_moved(seen):
                return None
            raise
        aggregate = decision.aggregate
        matter, version = run.matter, 0
        if aggregate is not None:
            matter, version = aggregate.id, aggregate.version
        if run.idle_is_nothing and not decision.events:
            self._matters.keep_unchanged(seen)
            return Outcome(matter, version, 0, (), False)
        unmoved = _unmoved(decision, matter, seen) if several else ()
        verdict = await self._appends.append(
            self._append_of(decision, ctx, run.ask, matter, version, unmoved)
        )
        if not isinstance(verdict, Appended):
            # what was at hand is looked at anew, also when it is the one that was to be begun
            begun = [] if run.known or matter in at_hand else [matter]
            begun += [other.id for other in ctx.begun if other.id not in at_hand]
            return await self._not_appended(verdict, run, decision, seen, begun)
        if aggregate is not None:
            self._matters.keep(aggregate)
        if several:
            self._matters.keep_unchanged(seen)
        for other in decision.others:
            self._matters.keep(other)
        events = []
        for event in decision.events:
            if (turned_down := event.refusal()) is not None:
                turned_down.on_record = True
                raise turned_down
            events.append((event.type_name, event.originator_id, event.originator_version))
        return Outcome(matter, version, verdict.first_position, tuple(events), False)

    async def _not_appended(
        self,
        verdict: Verdict,
        run: Run,
        decision: Decision,
        seen: Sequence[Seen],
        begun: Sequence[UUID],
    ) -> Outcome | None:
        """As :meth:`_try`; ``begun`` are the ids that nobody had looked up before."""
        if isinstance(verdict, Duplicate):
            return await self._replay(verdict.stored, run.ask)
        if isinstance(verdict, Claimed):
            # The log looks at claims first; a demand made on what is no longer so says nothing.
            if await self._matters.any_moved(seen):
                return None
            raise decision.claims[verdict.index].refused or Refused()
        if await self._matters.exist(begun):
            raise IdInUse()
        return None

    def _context(
        self, run: Run, seen: Sequence[Seen], at_hand: Mapping[UUID, Aggregate | None]
    ) -> Context:
        ask, calendar, pseudonym = run.ask, self._calendar, self._pseudonym
        now = ask.now or self._clock()
        for one in seen:
            # The clock may step back; a matter's events never do.
            if one.aggregate is not None and one.aggregate.modified_on > now:
                now = one.aggregate.modified_on
        claims = Claims()
        return Context(
            now, ask.caller, calendar, ask.command_id, run.matter, pseudonym, claims, at_hand
        )

    def _append_of(
        self,
        decision: Decision,
        ctx: Context,
        ask: Ask,
        matter: UUID,
        version: int,
        unmoved: Sequence[tuple[UUID, int]],
    ) -> Append:
        cause = ask.cause
        return Append(
            command_id=ask.command_id,
            fingerprint=ask.fingerprint,
            stream_id=matter,
            version=version,
            unmoved=unmoved,
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

    async def _replay(self, done: StoredCommand, ask: Ask) -> Outcome:
        if done.fingerprint != ask.fingerprint:
            raise KeyReused()
        recorded = await self._stored.events_of(done)
        for event in recorded:
            if (turned_down := self._codec.refusal(event)) is not None:
                turned_down.on_record = True
                turned_down.first_traceparent = event.traceparent or ""
                raise turned_down
        events = tuple((e.type, e.stream_id, e.version) for e in recorded)
        return Outcome(done.stream_id, done.version, done.first_position, events, replayed=True)


def _check(run: Run, found: Aggregate | None) -> None:
    """Raises NotFound, also for a matter of another class, and VersionMismatch."""
    if run.known and not isinstance(found, run.aggregate) and not (run.or_begins and found is None):
        raise NotFound()
    if_match = run.ask.if_match
    if if_match is not None and (found is None or found.version != if_match):
        raise VersionMismatch(version=found.version if found else 0)


def _unmoved(decision: Decision, matter: UUID, seen: Sequence[Seen]) -> list[tuple[UUID, int]]:
    """What was looked at and got no event. Without any event the append itself names its matter."""
    moved = {e.id for e in decision.events} or {matter}
    return [(one.id, one.version) for one in seen if one.id not in moved]
