"""What goes into the log and what comes out of it, as plain values; the one place that knows the
columns. Positions are 1, 2, 3 … without a gap over the whole city; times are UTC.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

HASH_SUITE = b"h1"
"""Suite id before every hash (SHA-256 now), so that a suite can change while old data stays
readable; SM3 is expected of government systems in China."""


@dataclass(slots=True)
class NewEvent:
    """An event about to be appended; ``data`` is UTF-8 JSON (opaque bytes for the library)."""

    stream_id: UUID
    version: int
    type: str
    data: bytes


@dataclass(slots=True)
class ClaimDemand:
    """See ``commands.base.Claim``; ``holder`` is the stream that takes or gives back."""

    kind: Literal["take", "release", "absent"]
    scope: str
    value: str
    holder: UUID
    until: datetime | None = None


@dataclass(slots=True)
class Append:
    """What one command writes, all of it or nothing.

    ``fingerprint`` is a keyed hash of command and body; the same ``command_id`` with another
    fingerprint is a reused key. ``clock`` names a simulated clock, None is the real one.
    ``stream_id`` and ``version`` say where the matter stands after it, also without events; events
    of further matters come behind its own, each matter's together. ``unmoved`` are matters that were
    looked at and have no event here, with their versions (0: does not exist).
    """

    command_id: UUID
    fingerprint: bytes
    stream_id: UUID
    version: int
    occurred_at: datetime
    actor: str
    events: Sequence[NewEvent]
    claims: Sequence[ClaimDemand] = ()
    unmoved: Sequence[tuple[UUID, int]] = ()
    department: str | None = None
    correlation_id: UUID | None = None
    causation_position: int | None = None
    traceparent: str | None = None
    clock: str | None = None


@dataclass(slots=True)
class StoredCommand:
    """What is kept of an accepted command for its retries: with its events, enough to give the
    same answer. ``first_position`` is 0 when there are none."""

    command_id: UUID
    fingerprint: bytes
    stream_id: UUID
    version: int
    first_position: int
    event_count: int


@dataclass(slots=True)
class Appended:
    """Verdict: in the log, durable. ``first_position`` is 0 when there were no events."""

    first_position: int


@dataclass(slots=True)
class Conflict:
    """Verdict: a stream had moved; load its tail and decide again."""


@dataclass(slots=True)
class Duplicate:
    """Verdict: this command id is in the log already, with this result."""

    stored: StoredCommand


@dataclass(slots=True)
class Claimed:
    """Verdict: the ``index``-th demand failed; ``holder`` has the value (never shown)."""

    index: int
    holder: UUID | None


Verdict = Appended | Conflict | Duplicate | Claimed


@dataclass(slots=True)
class RecordedEvent:
    """An event as stored. ``occurred_at`` is the instant of the decision, ``recorded_at`` the
    database's clock in the transaction that numbered it."""

    position: int
    stream_id: UUID
    version: int
    type: str
    data: bytes
    occurred_at: datetime
    recorded_at: datetime
    actor: str
    department: str | None
    command_id: UUID
    correlation_id: UUID
    causation_position: int | None
    traceparent: str | None
    clock: str | None
    _hash: bytes | None = field(default=None, repr=False, compare=False)

    @property
    def program(self) -> str:
        """The programme, from the type ``{program}.{event}.v{n}``."""
        return self.type.partition(".")[0]

    @property
    def name(self) -> str:
        """The event's own name without programme and version: ``licence-issued``."""
        return self.type.split(".")[1]

    def content_hash(self) -> bytes:
        """SHA-256 over every stored column, each with its length before it (32 bytes).

        The relay compares streams by it, and the Merkle tree's leaves are made from it, so its
        form is fixed for ever under ``HASH_SUITE``.
        """
        if self._hash is None:
            digest = hashlib.sha256(HASH_SUITE)
            for part in (
                self.position.to_bytes(8),
                self.stream_id.bytes,
                self.version.to_bytes(8),
                self.type.encode(),
                self.data,
                _micros(self.occurred_at),
                _micros(self.recorded_at),
                self.actor.encode(),
                (self.department or "").encode(),
                self.command_id.bytes,
                self.correlation_id.bytes,
                (self.causation_position or 0).to_bytes(8),
                (self.traceparent or "").encode(),
                (self.clock or "").encode(),
            ):
                digest.update(len(part).to_bytes(4))
                digest.update(part)
            self._hash = digest.digest()
        return self._hash


_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def _micros(instant: datetime) -> bytes:
    passed = instant - _EPOCH
    micros = (passed.days * 86_400 + passed.seconds) * 1_000_000 + passed.microseconds
    return micros.to_bytes(8, signed=True)
