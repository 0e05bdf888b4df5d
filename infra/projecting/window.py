"""Folds a stretch of the log into the rows of one read model, in memory and without I/O.

The live engine's window is a page, a rebuild's is as much as fits: both use this. What a fold
raises parks the row's key: the event, and whatever of that key follows, goes to the dead letters,
and all other keys go on.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
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


@dataclass(slots=True, eq=False)
class Line:
    """A row while it is worked on, found by one look-up per event.

    ``known``: the table has been asked. ``touched`` is the last event's position, 0 for none;
    ``since`` where the version in force began within this window; ``closing`` where the one that
    the table has in force ends.
    """

    key: Key
    row: Row | None = None
    known: bool = False
    in_table: bool = False
    touched: int = 0
    since: int = 0
    closing: int = 0


@dataclass(slots=True, eq=False)
class Touch:
    """One event with one of the rows it touches and the folds that apply there, in order.

    Without a line it is an event that could not be read, with the ``reason``.
    """

    recorded: RecordedEvent
    event: EventBase | None
    line: Line | None
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

    def parts(self, size: int) -> Iterator["Changes"]:
        """The same in parts of at most ``size`` rows, to be written in this order."""
        for n in range(0, len(self.closings), size):
            yield Changes(closings=self.closings[n : n + size])
        for n in range(0, len(self.versions), size):
            yield Changes(versions=self.versions[n : n + size])
        for n in range(0, len(self.deletes), size):
            yield Changes(deletes=self.deletes[n : n + size])
        for n in range(0, len(self.upserts), size):
            yield Changes(upserts=self.upserts[n : n + size])
        yield Changes(dead_letters=self.dead_letters)


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
        self._lines: dict[Any, Line] = {}
        self._versions: list[Version] = []
        self._dead_letters: dict[tuple[str, int], DeadLetter] = {}
        self._plain_key = model.plain_key
        self._key_name = model.row.key[0] if len(model.row.key) == 1 else None

    def next(self) -> "Window":
        """An empty window that goes on where this one, once written, ends."""
        return Window(self.model, self._decode, parked=self.parked, skipped=self._skipped)

    def __len__(self) -> int:
        """How much it holds: rows and closed versions."""
        return len(self._lines) + len(self._versions)

    def touches(self, page: Iterable[RecordedEvent]) -> list[Touch]:
        """The events the read model handles, decoded, in order."""
        found: list[Touch] = []
        folds, decode = self.model.folds, self._decode
        for recorded in page:
            specs = folds.get(recorded.type)
            if specs is None:
                continue
            try:
                event = decode(recorded)
                if len(specs) == 1:
                    line = self._line(specs[0].key_of(event))
                    found.append(Touch(recorded, event, line, specs))
                else:
                    found += self._by_line(recorded, event, specs)
            except Exception as error:  # noqa: BLE001  # whatever is wrong with it parks its stream
                found.append(Touch(recorded, None, None, (), type(error).__name__))
        return found

    def unknown(self, touches: Iterable[Touch]) -> list[Line]:
        """The lines whose rows must be loaded first, each once."""
        found = {id(t.line): t.line for t in touches if t.line is not None and not t.line.known}
        return list(found.values())

    def loaded(self, lines: Iterable[Line], rows: Mapping[Key, Row]) -> None:
        """Takes the rows that the table has for these lines; those not found do not exist."""
        for line in lines:
            line.known = True
            line.row = rows.get(line.key)
            line.in_table = line.row is not None

    def apply(self, touches: Iterable[Touch]) -> None:
        """Folds; every line must have been :meth:`loaded`."""
        history = self.model.row.history
        watchful = bool(self._skipped or self._refused)
        for touch in touches:
            line, position = touch.line, touch.recorded.position
            careful = line is None or watchful or self.parked
            if (careful and self._is_left_out(touch)) or line is None:
                continue
            before = line.row
            try:
                after = self._folded(before, line, touch)
            except Exception as error:  # noqa: BLE001  # whatever a fold raises parks its key
                self._park(queue_of_key(line.key), position, type(error).__name__)
                continue
            line.row = after
            line.touched = position
            if history:
                self._new_version(line, before, position)

    def changes(self) -> Changes:
        """What has to be written."""
        found = Changes(
            versions=list(self._versions), dead_letters=list(self._dead_letters.values())
        )
        for line in self._lines.values():
            if line.closing:
                found.closings.append((line.key, line.closing))
            if not line.touched:
                continue
            if line.row is not None:
                found.upserts.append((line.row, line.touched))
                if line.since:
                    found.versions.append(Version(line.row, line.since, None))
            elif line.in_table:
                found.deletes.append(line.key)
        return found

    def queue_of_stream(self, stream_id: UUID) -> str:
        """The queue of events of a stream that cannot be read."""
        # where rows are keyed by stream, the stream's queue is the key's
        return str(stream_id) if self.model.by_stream else f"stream:{stream_id}"

    def _line(self, value: Any) -> Line:
        """The line of a key as the fold gives it: a value, or a tuple of several."""
        plain = self._plain_key
        if type(value) is UUID and plain is UUID:
            # UUID hashes and compares in Python, its number in C: half the time of a fold
            name: Any = value.int
        elif plain is not None and type(value) is plain:
            name = value
        else:
            value = self.model.key_of(value)
            name = value
            if len(value) == 1:
                value = value[0]
                name = value.int if isinstance(value, UUID) else value
        line = self._lines.get(name)
        if line is None:
            key = value if type(value) is tuple else (value,)
            line = self._lines[name] = Line(key)
        return line

    def _folded(self, row: Row | None, line: Line, touch: Touch) -> Row | None:
        event = touch.event
        for spec in touch.specs:
            if row is None:
                if spec.expects == "row":
                    raise RowMissing
            elif spec.expects == "nothing":
                raise RowExists
            row = spec.apply(row, event)
            if row is not None and not self._belongs(row, line):
                raise OtherRow
        return row

    def _belongs(self, row: Row, line: Line) -> bool:
        """Whether a fold gave back a row of this read model with the key it was given."""
        if type(row) is not self.model.row:
            return False
        if (name := self._key_name) is None:
            return row.key_values() == line.key
        value = row.__dict__[name]
        return value is line.key[0] or bool(value == line.key[0])

    def _new_version(self, line: Line, before: Row | None, position: int) -> None:
        if line.since and before is not None:
            self._versions.append(Version(before, line.since, position))
        elif before is not None:
            line.closing = position
        line.since = position if line.row is not None else 0

    def _by_line(
        self, recorded: RecordedEvent, event: EventBase, specs: tuple[FoldSpec, ...]
    ) -> list[Touch]:
        found: dict[int, Touch] = {}
        for spec in specs:
            line = self._line(spec.key_of(event))
            touch = found.setdefault(id(line), Touch(recorded, event, line, ()))
            touch.specs = (*touch.specs, spec)
        return list(found.values())

    def _is_left_out(self, touch: Touch) -> bool:
        position = touch.recorded.position
        queues = [self.queue_of_stream(touch.recorded.stream_id)]
        if touch.line is not None:
            queues.append(queue_of_key(touch.line.key))
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
