"""The auditor's questions: one matter's timeline, its state at any point, and a search.

Every answer comes from the log, never from a read model, and is recorded before it is given. A
search goes through a bounded stretch of the log at a time, so a page may be short, or empty, and
still have a next one.
"""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from domain.shared.aggregate import EventBase
from infra.auditing.reads import Asking, AuditReads
from infra.auditing.timeline import data_of, effects, shown, state_of, steps
from infra.database import Pool, translated, undisturbed
from infra.errors import BadRequest
from infra.log.codec import Codec
from infra.log.read import COLUMNS, LogReader
from infra.log.records import RecordedEvent
from infra.projecting.cursors import Cursors
from infra.projecting.moments import position_at

STRETCH = 500_000
"""Positions that one page of a search goes through: about half a second."""

LONGEST_CHAIN = 2_000
"""Events of other matters that a timeline looks at."""

_CHAINS = f"""
SELECT {COLUMNS} FROM events AS e
WHERE e.correlation_id = ANY (%b) AND e.position > %b
ORDER BY e.position LIMIT {LONGEST_CHAIN}
"""  # noqa: S608  only constants of ours

_AT = f"SELECT {COLUMNS} FROM events AS e WHERE e.position = ANY (%b)"  # noqa: S608  as above

_SEARCH = f"""
SELECT {COLUMNS} FROM events AS e
WHERE e.position > %b AND e.position <= %b
  AND (%b::text IS NULL OR starts_with(e.type, %b))
  AND (%b::text IS NULL OR e.type = %b OR starts_with(e.type, %b))
  AND (%b::text IS NULL OR e.actor = %b)
  AND (%b::text IS NULL OR e.department = %b)
ORDER BY e.position LIMIT %b
"""  # noqa: S608  as above


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a search looks for; ``since`` and ``until`` are positions or times, both included.

    ``type`` may leave its version out.
    """

    program: str | None = None
    type: str | None = None
    actor: str | None = None
    department: str | None = None
    since: int | datetime | None = None
    until: int | datetime | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in a matter's life: a version, a position, or a time (as recorded); else now."""

    version: int | None = None
    position: int | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Items as JSON values; ``next`` is the cursor of the page behind, None on the last."""

    items: list[dict[str, Any]]
    next: str | None


class Audit:
    """Reads the log, and writes the record of it through a pool of role writer."""

    def __init__(
        self, reader: LogReader, codec: Codec, writers: Pool, *, cursor_key: bytes
    ) -> None:
        self._reader = reader
        self._codec = codec
        self._writers = writers
        self._reads = AuditReads(writers)
        self._cursors = Cursors(cursor_key)

    async def timeline(
        self,
        asking: Asking,
        program: str,
        matter: UUID,
        *,
        limit: int = 500,
        cursor: str | None = None,
    ) -> AuditPage:
        """Every event with who, when, why, what it changed and what it led to elsewhere.

        Raises BadRequest ``not-found`` and ``bad-cursor``.
        """
        query = f"timeline {program} {matter}"
        after = self._cursors.open(query, cursor)[0] if cursor else 0
        stream = await self._stream(program, matter, upto_version=after + limit)
        chosen = [
            step for step in steps(map(self._codec.decode, stream)) if step.event.version > after
        ]
        recorded = [step.event.recorded for step in chosen]
        led_to = await self._led_to(recorded)
        causes = await self._causes(recorded)
        await self._reads.record(
            asking, "timeline", recorded, program=program, stream_id=matter, asked={"after": after}
        )
        items = [
            {
                **shown(step.event.recorded),
                "cause": causes.get(step.event.recorded.causation_position),
                "data": data_of(step.event),
                "changes": step.changes,
                "caused": led_to[step.event.recorded.position],
            }
            for step in chosen
        ]
        full = len(chosen) == limit
        return AuditPage(items, self._cursors.seal(query, [after + limit]) if full else None)

    async def state(
        self, asking: Asking, program: str, matter: UUID, moment: Moment
    ) -> dict[str, Any]:
        """The matter as it was at that moment: the fold of its events up to there.

        Raises BadRequest ``not-found``, also for a moment before the matter began.
        """
        stream = await self._stream(
            program,
            matter,
            upto_version=moment.version,
            upto_position=moment.position,
            upto_time=moment.at,
        )
        aggregate: Any = None
        for event in map(self._codec.decode, stream):
            aggregate = _mutated(event, aggregate)
        asked = asdict(moment)
        await self._reads.record(
            asking, "state", stream, program=program, stream_id=matter, asked=asked
        )
        last = stream[-1]
        return {
            "program": program,
            "id": str(matter),
            "version": last.version,
            "position": last.position,
            "began_at": stream[0].occurred_at.isoformat(),
            "changed_at": last.occurred_at.isoformat(),
            "state": state_of(aggregate),
        }

    async def search(
        self, asking: Asking, wanted: Wanted, *, limit: int = 50, cursor: str | None = None
    ) -> AuditPage:
        """Events of all matters in order of position, with their data.

        Raises BadRequest ``bad-cursor``.
        """
        query = f"search {wanted!r}"
        low, high = await self._stretch(wanted)
        if cursor:
            low = self._cursors.open(query, cursor)[0]
        end = min(high, low + STRETCH)
        found = await self._find(wanted, low, end, limit)
        await self._reads.record(
            asking, "search", found, program=wanted.program, asked=asdict(wanted) | {"after": low}
        )
        items = [{**shown(r), "data": data_of(self._codec.decode(r))} for r in found]
        reached = found[-1].position if len(found) == limit else end
        return AuditPage(items, self._cursors.seal(query, [reached]) if reached < high else None)

    async def _stream(self, program: str, matter: UUID, **ends: Any) -> list[RecordedEvent]:
        stream = await self._reader.stream(matter, **ends)
        if not stream or stream[0].program != program:
            raise BadRequest("not-found", 404)
        return stream

    async def _led_to(self, recorded: list[RecordedEvent]) -> dict[int, list[dict[str, Any]]]:
        if not recorded:
            return {}
        chains = list({r.correlation_id for r in recorded})
        rows = await self._reader.query(_CHAINS, [chains, recorded[0].position])
        others = [o for o in (RecordedEvent(*row) for row in rows) if not _same(o, recorded[0])]
        return effects((r.position for r in recorded), others)

    async def _causes(self, recorded: list[RecordedEvent]) -> dict[int | None, dict[str, Any]]:
        positions = {r.causation_position for r in recorded} - {None}
        if not positions:
            return {}
        rows = await self._reader.query(_AT, [list(positions)])
        return {row[0]: shown(RecordedEvent(*row)) for row in rows}

    async def _stretch(self, wanted: Wanted) -> tuple[int, int]:
        low, high = 0, await self._reader.head()
        if isinstance(wanted.since, int):
            low = max(0, wanted.since - 1)
        elif wanted.since is not None:
            low = await self._position_at(wanted.since - timedelta(microseconds=1))
        if isinstance(wanted.until, int):
            high = min(high, wanted.until)
        elif wanted.until is not None:
            high = await self._position_at(wanted.until)
        return low, high

    async def _position_at(self, at: datetime) -> int:
        async def ask() -> int:
            with translated():
                async with self._writers.connection() as connection:
                    return await position_at(connection, at)

        return await undisturbed(ask)

    async def _find(self, wanted: Wanted, low: int, end: int, limit: int) -> list[RecordedEvent]:
        program = f"{wanted.program}." if wanted.program else None
        kind = wanted.type
        parameters: list[Any] = [low, end, program, program, kind, kind, f"{kind}.v"]
        parameters += [wanted.actor, wanted.actor, wanted.department, wanted.department, limit]
        return [RecordedEvent(*row) for row in await self._reader.query(_SEARCH, parameters)]


def _same(one: RecordedEvent, other: RecordedEvent) -> bool:
    return one.stream_id == other.stream_id


def _mutated(event: EventBase, aggregate: Any) -> Any:
    mutating: Any = event
    return mutating.mutate(aggregate)
