"""A read model by the letter of its definition: one event at a time, into Python dicts.

Slow and plain on purpose, and sharing nothing with the engine's own folding, because it is what the
engine's tables are compared with.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import orjson

from domain.shared.aggregate import EventBase
from infra.log.records import RecordedEvent
from infra.projecting.read_model import Key, ReadModel, queue_of_key
from infra.projecting.tail import Decodes
from projections.base import FoldSpec, Row

SHARES = 1024
"""Keys fall into so many shares: streams by the last ten bits of their id, so that PostgreSQL can
choose them too, other keys by a checksum."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Which keys to look at: the shares in [first, last), or these ``streams`` and no other."""

    first: int = 0
    last: int = SHARES
    streams: frozenset[UUID] | None = None

    def has(self, key: Key, *, by_stream: bool) -> bool:
        """Whether a key belongs to it."""
        if self.streams is not None:
            return key[0] in self.streams
        if by_stream:
            return bool(self.first <= key[0].int % SHARES < self.last)
        return self.first <= zlib.crc32(queue_of_key(key).encode()) % SHARES < self.last


class PlainFold:
    """The read model of a few keys, by the letter of its definition."""

    def __init__(
        self, model: ReadModel, codec: Decodes, sample: Sample, skipped: set[tuple[str, int]]
    ) -> None:
        self.sample = sample
        self.rows: dict[Key, tuple[Row, int]] = {}
        self.versions: dict[Key, list[tuple[Row | None, int]]] = {}
        self._model = model
        self._codec = codec
        self._skipped = skipped
        self._parked: set[str] = set()

    def take(self, recorded: RecordedEvent) -> None:
        """Folds one event."""
        model, position = self._model, recorded.position
        stream = str(recorded.stream_id) if model.by_stream else f"stream:{recorded.stream_id}"
        folds = model.folds.get(recorded.type, ())
        if not folds or (model.by_stream and not self.has((recorded.stream_id,))):
            return
        if (stream, position) in self._skipped or stream in self._parked:
            return
        try:
            event = self._codec.decode(recorded)
            keys = [model.key_of(spec.key_of(event)) for spec in folds]
        except Exception:  # noqa: BLE001  # an event that cannot be read parks its stream
            self._parked.add(stream)
            return
        for key in dict.fromkeys(keys):
            queue = queue_of_key(key)
            left_out = queue in self._parked or (queue, position) in self._skipped
            if left_out or not self.has(key):
                continue
            specs = [spec for spec, its in zip(folds, keys, strict=True) if its == key]
            try:
                self._fold(key, specs, event, position)
            except Exception:  # noqa: BLE001  # whatever a fold raises parks its key
                self._parked.add(queue)

    def has(self, key: Key) -> bool:
        """Whether a key is among those looked at."""
        return self.sample.has(key, by_stream=self._model.by_stream)

    def expected_versions(self) -> Iterator[tuple[Key, bytes]]:
        """Every version that the history must have."""
        for key, changes in self.versions.items():
            ends: list[int | None] = [since for _, since in changes[1:]]
            for (row, since), until in zip(changes, [*ends, None], strict=True):
                if row is not None:
                    yield key, facts_of(row, since, until)

    def _fold(self, key: Key, specs: list[FoldSpec], event: EventBase, position: int) -> None:
        row, _ = self.rows.get(key, (None, 0))
        for spec in specs:
            if (spec.expects == "nothing" and row) or (spec.expects == "row" and not row):
                raise ValueError("the fold expects something else")
            row = spec.apply(row, event)
            if row is not None and (
                not isinstance(row, self._model.row) or row.key_values() != key
            ):
                raise ValueError("the fold gives another row")
        self.rows.pop(key, None)
        if row is not None:
            self.rows[key] = (row, position)
        if self._model.row.history:
            self.versions.setdefault(key, []).append((row, position))


def facts_of(row: Row, *positions: int | None) -> bytes:
    """A row as it is compared: jsonb keeps no order of keys, so none counts."""
    facts = orjson.dumps(row.model_dump(mode="json"), option=orjson.OPT_SORT_KEYS)
    return facts + repr(positions).encode()
