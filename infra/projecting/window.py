"""Folds a stretch of the log into the rows of one read model, in memory and without I/O.

The live engine's window is a page, a rebuild's is as much as fits: both use this. What a fold
raises parks the row's key: the event, and whatever of that key follows, goes to the dead letters,
and all other keys go on.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from domain.shared.aggregate import EventBase
from infra.errors import HuiminError
from infra.log.records import RecordedEvent
from infra.projecting.read_model import Key, ReadModel, queue_of_key
from projections.base import FoldSpec, Row

Decode = Callable[[RecordedEvent], EventBase]

QUEUED = "Queued"
"""Reason of an event that was not tried, because its queue is parked."""


class RowExists(HuiminError):
    """A fold that creates met a row."""


class RowMissing(HuiminError):
    """A fold that changes met none."""


class OtherRow(HuiminError):
    """A fold gave back something that is not a row with the key it was given."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """An event that waits in a queue: the text of a key, or of a stream that cannot be read."""

    queue: str
    position: int
    reason: str


@dataclass(slots=True)
class Touch:
    """One event with one of the keys it touches and the folds that apply there, in order.

    Without ``specs`` it is an event that could not be read, with the ``reason``.
    """

    recorded: RecordedEvent
    event: EventBase | None
    key: Key
    specs: tuple[FoldSpec, ...]
    reason: str = ""


@dataclass(slots=True)
class Version:
    """A row as it was in force from one position up to, not including, another (None: still)."""

    row: Row
    since: int
    until: int | None


@dataclass(slots=True)
class Changes:
    """What a window came to, ready to be written.

    ``upserts`` are (row, position); ``closings`` end the versions that the table has in force.
    """

    upserts: list[tuple[Row, int]] = field(default_factory=list)
    deletes: list[Key] = field(default_factory=list)
    closings: list[tuple[Key, int]] = field(default_factory=list)
    versions: list[Version] = field(default_factory=list)
    dead_letters: list[DeadLetter] = field(default_factory=list)


class Window:
    """Rows while events are folded into them.

    ``parked`` are the queues that take no event (it grows here); ``skipped`` the (queue, position)
    pairs that an operator decided to leave out; ``refused`` positions that could be folded but not
    stored, with the reason.
    """

    def __init__(
        self,
        model: ReadModel,
        decode: Decode,
        *,
        parked: Iterable[str] = (),
        skipped: Iterable[tuple[str, int]] = (),
        refused: Mapping[int, str] | None = None,
    ) -> None:
        self.model = model
        self.parked = set(parked)
        self._decode = decode
        self._skipped = frozenset(skipped)
        self._refused = refused or {}
        self._rows: dict[Key, Row | None] = {}
        self._in_table: set[Key] = set()
        self._touched: dict[Key, int] = {}
        self._open: dict[Key, Version] = {}
        self._closings: dict[Key, int] = {}
        self._versions: list[Version] = []
        self._dead_letters: dict[tuple[str, int], DeadLetter] = {}

    def __len__(self) -> int:
        """How much it holds: rows and closed versions."""
        return len(self._rows) + len(self._versions)

    def touches(self, page: Iterable[RecordedEvent]) -> list[Touch]:
        """The events the read model handles, decoded, in order."""
        found: list[Touch] = []
        folds, decode, key_of = self.model.folds, self._decode, self.model.key_of
        for recorded in page:
            specs = folds.get(recorded.type)
            if specs is None:
                continue
            try:
                event = decode(recorded)
                if len(specs) == 1:
                    found.append(Touch(recorded, event, key_of(specs[0], event), specs))
                else:
                    found += self._by_key(recorded, event, specs)
            except Exception as error:  # noqa: BLE001  # whatever is wrong with it parks its stream
                found.append(Touch(recorded, None, (), (), type(error).__name__))
        return found

    def unknown(self, touches: Iterable[Touch]) -> list[Key]:
        """The keys whose rows must be loaded first, each once."""
        rows = self._rows
        return list({touch.key: None for touch in touches if touch.specs and touch.key not in rows})

    def loaded(self, keys: Iterable[Key], rows: Mapping[Key, Row]) -> None:
        """Takes the rows that the table has for these keys; those not found do not exist."""
        for key in keys:
            self._rows[key] = rows.get(key)
        self._in_table.update(rows)

    def absent(self, keys: Iterable[Key]) -> None:
        """Takes note that the table has nothing for these keys."""
        for key in keys:
            self._rows[key] = None

    def apply(self, touches: Iterable[Touch]) -> None:
        """Folds; every key must be known by :meth:`loaded` or :meth:`absent`."""
        history = self.model.row.history
        watchful = bool(self._skipped or self._refused)
        for touch in touches:
            key, position = touch.key, touch.recorded.position
            if (watchful or self.parked or not touch.specs) and self._is_left_out(touch):
                continue
            before = self._rows[key]
            try:
                after = self._folded(before, touch)
            except Exception as error:  # noqa: BLE001  # whatever a fold raises parks its key
                self._park(queue_of_key(key), position, type(error).__name__)
                continue
            self._rows[key] = after
            self._touched[key] = position
            if history:
                self._new_version(key, before, after, position)

    def changes(self) -> Changes:
        """What has to be written."""
        found = Changes(
            closings=list(self._closings.items()),
            versions=[*self._versions, *self._open.values()],
            dead_letters=list(self._dead_letters.values()),
        )
        for key, position in self._touched.items():
            row = self._rows[key]
            if row is not None:
                found.upserts.append((row, position))
            elif key in self._in_table:
                found.deletes.append(key)
        return found

    def queue_of_stream(self, stream_id: UUID) -> str:
        """The queue of events of a stream that cannot be read."""
        # where rows are keyed by stream, the stream's queue is the key's
        return str(stream_id) if self.model.by_stream else f"stream:{stream_id}"

    def _folded(self, row: Row | None, touch: Touch) -> Row | None:
        event = touch.event
        for spec in touch.specs:
            if spec.expects == "nothing":
                if row is not None:
                    raise RowExists
            elif row is None and spec.expects == "row":
                raise RowMissing
            row = spec.apply(row, event)
            if row is not None and (
                type(row) is not self.model.row or row.key_values() != touch.key
            ):
                raise OtherRow
        return row

    def _new_version(self, key: Key, before: Row | None, after: Row | None, position: int) -> None:
        if (version := self._open.pop(key, None)) is not None:
            version.until = position
            self._versions.append(version)
        elif before is not None:
            self._closings[key] = position
        if after is not None:
            self._open[key] = Version(after, position, None)

    def _by_key(
        self, recorded: RecordedEvent, event: EventBase, specs: tuple[FoldSpec, ...]
    ) -> list[Touch]:
        by_key: dict[Key, tuple[FoldSpec, ...]] = {}
        for spec in specs:
            key = self.model.key_of(spec, event)
            by_key[key] = (*by_key.get(key, ()), spec)
        return [Touch(recorded, event, key, specs) for key, specs in by_key.items()]

    def _is_left_out(self, touch: Touch) -> bool:
        position = touch.recorded.position
        stream = self.queue_of_stream(touch.recorded.stream_id)
        queues = [stream, queue_of_key(touch.key)] if touch.specs else [stream]
        if any((queue, position) in self._skipped for queue in queues):
            return True
        for queue in queues:
            if queue in self.parked:
                self._park(queue, position, QUEUED)
                return True
        if reason := touch.reason or self._refused.get(position):
            self._park(queues[-1], position, reason)
            return True
        return False

    def _park(self, queue: str, position: int, reason: str) -> None:
        self.parked.add(queue)
        # an event that touches two keys may wait behind its stream for both, once
        self._dead_letters[queue, position] = DeadLetter(queue, position, reason)
