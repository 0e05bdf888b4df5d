"""Brings aggregates from the log: the fold of a stream, or of what came after a snapshot.

The first page of a stream is read without asking for a snapshot, because hardly any stream is
longer; only a full page leads to the question. A snapshot is a cache: whatever is wrong with it,
the stream is folded from its beginning.
"""

from typing import Any, Protocol
from uuid import UUID

from domain.shared.aggregate import Aggregate
from infra.errors import Corrupt
from infra.log.codec import Codec
from infra.log.read import LogReader
from infra.log.records import RecordedEvent

PAGE = 200
"""Events that are folded before a snapshot is asked for: some 2 ms."""


class Remembers(Protocol):
    """The snapshots."""

    async def recall(self, aggregate_class: type[Any], stream_id: UUID) -> Aggregate | None: ...
    def remember_soon(self, aggregate_class: type[Any], stream_id: UUID) -> None: ...


class Loader:
    """Loads and catches up; concurrent calls share their queries."""

    def __init__(self, reader: LogReader, codec: Codec, snapshots: Remembers | None = None) -> None:
        self._reader = reader
        self._codec = codec
        self._snapshots = snapshots

    async def load(self, aggregate_class: type[Aggregate], stream_id: UUID) -> Aggregate | None:
        """The aggregate as the log has it now; None when there is no such matter, or it is one
        of another class. Raises StoreUnavailable, Corrupt."""
        recorded = await self._reader.tail(stream_id, 0, PAGE)
        if not recorded:
            return None
        aggregate = self._begin(recorded[0])
        if not isinstance(aggregate, aggregate_class):
            return None
        if len(recorded) < PAGE:
            self._fold(aggregate, recorded[1:])
            return aggregate
        return await self._load_long(aggregate, recorded[1:])

    async def _load_long(self, aggregate: Aggregate, first_page: list[RecordedEvent]) -> Aggregate:
        # its own class, not the one asked for, which may be a base of it
        aggregate_class, stream_id = type(aggregate), aggregate.id
        snapshots = self._snapshots
        recalled = await snapshots.recall(aggregate_class, stream_id) if snapshots else None
        if recalled is not None:
            aggregate = recalled
        else:
            self._fold(aggregate, first_page)
        begun = aggregate.version
        await self.catch_up(aggregate)
        if snapshots is not None and (recalled is None or aggregate.version - begun >= PAGE):
            snapshots.remember_soon(aggregate_class, stream_id)
        return aggregate

    async def moved(self, stream_id: UUID, version: int) -> bool:
        """Whether the log has anything of the matter beyond a version (0: whether it exists)."""
        return bool(await self._reader.tail(stream_id, version, 1))

    async def catch_up(self, aggregate: Aggregate) -> bool:
        """Folds in what the log has beyond the aggregate's version; whether there was anything."""
        recorded = await self._reader.tail(aggregate.id, aggregate.version)
        # Two may catch up the same warm aggregate: what the other has folded in is passed over.
        self._fold(aggregate, [r for r in recorded if r.version > aggregate.version])
        return bool(recorded)

    def _begin(self, recorded: RecordedEvent) -> Aggregate:
        first: Any = self._codec.decode(recorded)
        if recorded.version != 1:
            raise Corrupt(f"stream {recorded.stream_id} does not begin with version 1")
        aggregate: Aggregate = first.mutate(None)
        return aggregate

    def _fold(self, aggregate: Aggregate, recorded: list[RecordedEvent]) -> None:
        for record in recorded:
            event: Any = self._codec.decode(record)
            event.mutate(aggregate)
