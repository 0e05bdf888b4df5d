"""The scheduler's role: acts on clocks that fall due, from the read model `timers`.

Service levels are recorded by the matter itself (`settle`), deadlines lead to the command that says
`when_due`. What is due is read from rows, but the matter judges: a row that is behind, that came out
of a rebuild, or that two schedulers saw costs a look and changes nothing. Command ids follow from
(matter, clock, level, due time), and a level once recorded stays in the matter's reading, so each
takes effect once.

It believes the clock of its machine, as the executor does. A clock that steps back makes it late
and lets nothing happen twice, because nothing here is remembered by time of day; one that is an hour
ahead makes it early by that hour and no more. A simulated matter lives by its own clock, not by this
one, and is left alone.
"""

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

import structlog

from commands.base import Caller, CommandSpec, Role
from domain.shared.aggregate import Aggregate
from domain.shared.refusals import Refused
from infra import clock as system
from infra.database import READER, Connection, translated
from infra.discovery import Registry
from infra.errors import Misconfigured, Unavailable, VersionConflict
from infra.executing.asking import Ask, Outcome
from infra.projecting.tables import live_table
from infra.projecting.timers import Timers
from infra.reacting import derived_ids
from infra.reacting.answers import Executes
from infra.reacting.lease import Lease

log = structlog.get_logger(__name__)

PAGE = 500
AT_ONCE = 32
LOOK_SECONDS = 1.0
LEAST_PAUSE_SECONDS = 0.05
"""Between two looks, however often the read model tells that it moved."""

TRY_AGAIN = timedelta(seconds=30)
"""When to act again on a row that has not changed: the command was refused, or the read model is
behind. The second time tells nothing new but costs little, and heals whatever went wrong."""

_FIRST_PAUSE_SECONDS = 0.2
_LONGEST_PAUSE_SECONDS = 5.0

DUE = f"""
SELECT stream_id, program, aggregate, next_at, level, clock_name
FROM {live_table(Timers.model_name)}
WHERE next_at < %s AND (next_at, stream_id) > (%s, %s) AND simulated_clock IS NULL
ORDER BY next_at, stream_id
LIMIT {PAGE}
"""  # noqa: S608  # constants of ours
"""Parameters: now, and the place after which to go on. Strictly before now: what a person does in
the very instant still comes in time."""

NEXT = f"""
SELECT next_at FROM {live_table(Timers.model_name)}
WHERE next_at >= %s AND simulated_clock IS NULL
ORDER BY next_at
LIMIT 1
"""  # noqa: S608  # constants of ours
"""Parameter: now. When the next one falls due."""

_THERE = "SELECT to_regclass(%s) IS NOT NULL"

BEGINNING = (datetime.min.replace(tzinfo=UTC), UUID(int=0))


class Settles(Executes, Protocol):
    """The executor."""

    async def settle(
        self, aggregate: type[Aggregate], matter: UUID, *, command_id: UUID, actor: str
    ) -> Outcome | None: ...


class Subscribes(Protocol):
    """The wake-ups of this process."""

    def subscribe(self, channel: str) -> AbstractContextManager[Any]: ...


@dataclass(frozen=True, slots=True)
class DueTimer:
    """A row whose clock fell due; equal rows are the same level of the same clock."""

    stream_id: UUID
    program: str
    aggregate: str
    due_at: datetime
    level: str
    clock: str

    @property
    def command_id(self) -> UUID:
        """Derived from what fell due, and so the same for whoever sees it."""
        return derived_ids.of_clock(self.stream_id, self.clock, self.level, self.due_at)


class Scheduler:
    """Acts while it holds the lease; start as many as you like.

    ``clock`` must be the executor's: an earlier one there would find nothing overdue. ``looks``
    counts how often all that was due has been gone through.
    """

    def __init__(
        self,
        *,
        registry: Registry,
        executor: Settles,
        wakeups: Subscribes,
        database_url: str,
        namespace: str,
        clock: Callable[[], datetime] = system.now,
        try_again: timedelta = TRY_AGAIN,
    ) -> None:
        self._registry = registry
        self._executor = executor
        self._wakeups = wakeups
        self._clock = clock
        self._try_again = try_again.total_seconds()
        self._lease = Lease(database_url, namespace, "scheduler", role=READER)
        self._free = asyncio.Semaphore(AT_ONCE)
        # When each row was acted on, by the loop's clock, which never steps back.
        self._tried: dict[DueTimer, float] = {}
        self.looks = 0

    async def run(self) -> None:
        """Until cancelled. While an engine is away it tries again without end."""
        pause = _FIRST_PAUSE_SECONDS
        while True:
            begun = asyncio.get_running_loop().time()
            try:
                with self._wakeups.subscribe("projection") as projected:
                    async with self._lease.held() as connection:
                        await self._watch(connection, projected)
            except* Unavailable:
                log.warning("scheduler_interrupted")
            if asyncio.get_running_loop().time() - begun > 2 * _LONGEST_PAUSE_SECONDS:
                pause = _FIRST_PAUSE_SECONDS
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)

    async def _watch(self, connection: Connection, projected: Any) -> None:
        # The projector makes the table at its first start, which may come after ours.
        while not (await _fetch(connection, _THERE, [live_table(Timers.model_name)]))[0][0]:
            await projected.wait(LOOK_SECONDS)
        while True:
            now = self._clock()
            await self._sweep(connection, now)
            upcoming = await _fetch(connection, NEXT, [now])
            pause = LOOK_SECONDS
            if upcoming:
                # A microsecond more, because due is strictly before now.
                left = (upcoming[0][0] - self._clock()).total_seconds() + 1e-6
                pause = min(pause, max(0.0, left))
            # A notification may move a row to the front; each wait ends anyway, as clocks may jump.
            await projected.wait(pause)
            await asyncio.sleep(LEAST_PAUSE_SECONDS)

    async def _sweep(self, connection: Connection, now: datetime) -> None:
        """Acts on every row that is due at ``now``, but for those acted on a moment ago."""
        tried: dict[DueTimer, float] = {}
        after = BEGINNING
        while True:
            rows = [DueTimer(*row) for row in await _fetch(connection, DUE, [now, *after])]
            if rows:
                after = rows[-1].due_at, rows[-1].stream_id
                await self._act_on_all(rows, tried)
            if len(rows) < PAGE:
                break
        # Rows that have moved on are forgotten with this.
        self._tried = tried
        self.looks += 1

    async def _act_on_all(self, rows: list[DueTimer], tried: dict[DueTimer, float]) -> None:
        time = asyncio.get_running_loop().time()
        async with asyncio.TaskGroup() as tasks:
            for row in rows:
                before = self._tried.get(row)
                if before is not None and time - before < self._try_again:
                    tried[row] = before
                else:
                    tasks.create_task(self._act(row, tried))

    async def _act(self, row: DueTimer, tried: dict[DueTimer, float]) -> None:
        facts = {
            "program": row.program,
            "stream_id": str(row.stream_id),
            "clock": row.clock,
            "level": row.level,
            "due_at": row.due_at.isoformat(),
        }
        async with self._free:
            try:
                if row.level == "due":
                    await self._send_deadline(row)
                else:
                    await self._settle(row, row.command_id)
            except Unavailable:
                raise
            except (Refused, VersionConflict) as no:
                # The matter moved on, and its row follows with the read model.
                log.info("timer_refused", code=no.code, **facts)
                if row.level == "due":
                    await self._settle_behind(row)
            except Exception as error:  # one matter's fault must not stop the others
                log.error("timer_failed", exc_info=error, **facts)
        tried[row] = asyncio.get_running_loop().time()

    async def _settle_behind(self, row: DueTimer) -> None:
        """A row shows only what fell due first: a deadline that its command refuses to meet must
        not hide the matter's other clocks. Each such look has an id of its own."""
        look = derived_ids.of_clock(row.stream_id, row.clock, "behind", self._clock())
        try:
            await self._settle(row, look)
        except (Refused, VersionConflict) as no:
            log.info("timer_refused", code=no.code, stream_id=str(row.stream_id))

    async def _settle(self, row: DueTimer, command_id: UUID) -> None:
        aggregate = self._registry.aggregates[f"{row.program}.{row.aggregate}"]
        await self._executor.settle(
            aggregate,
            row.stream_id,
            command_id=command_id,
            actor=f"clock:{row.clock}",
        )

    async def _send_deadline(self, row: DueTimer) -> None:
        spec = self._command_when_due(row)
        command = spec.model(**{spec.key: row.stream_id})  # type: ignore[arg-type]  # checked there
        caller = Caller(actor=f"clock:{row.clock}", roles=frozenset({Role.SYSTEM}))
        ask = Ask(caller=caller, command_id=row.command_id, fingerprint=b"clock")
        await self._executor.execute(spec, command, ask)

    def _command_when_due(self, row: DueTimer) -> CommandSpec:
        spec = self._registry.due.get((row.program, row.clock))
        if spec is None or spec.key is None:
            raise Misconfigured(f"no command of {row.program} says when_due={row.clock}")
        return spec


async def _fetch(connection: Connection, statement: str, parameters: list[Any]) -> list[Any]:
    with translated():
        cursor = await connection.execute(statement.encode(), parameters)
        return await cursor.fetchall()
