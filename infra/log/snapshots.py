"""Snapshots of long streams, made behind the scenes and trusted only as far as they prove right.

One per stream. A background task folds the stream anew, writes the state, reads it back and
compares, down to the types; a state that does not survive that gets no snapshot. Any other code
than the one that made it ignores it. Nothing here can make a command fail: errors are logged and
the stream is folded from its beginning.
"""

import asyncio
import hashlib
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog

from domain.shared.aggregate import Aggregate
from infra.database import Pool, translated, undisturbed
from infra.log.state import StateTranscoder, same

log = structlog.get_logger(__name__)

_RECALL = """
SELECT version, state FROM snapshots WHERE stream_id = %b AND code_fingerprint = %b
"""

_REMEMBER = """
INSERT INTO snapshots AS s (stream_id, version, code_fingerprint, state) VALUES (%b, %b, %b, %b)
ON CONFLICT (stream_id) DO UPDATE
SET version = excluded.version, code_fingerprint = excluded.code_fingerprint,
    state = excluded.state
WHERE s.version < excluded.version OR s.code_fingerprint <> excluded.code_fingerprint
"""

_QUEUE = 256

Folds = Callable[[type[Aggregate], UUID], Awaitable[Aggregate | None]]


class Snapshots:
    """Recalls at once, remembers later. The pool is of a role that may write snapshots."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._transcoder = StateTranscoder()
        self._wanted: asyncio.Queue[tuple[type[Aggregate], UUID]] = asyncio.Queue(_QUEUE)
        self._task: asyncio.Task[None] | None = None
        self._pending: set[UUID] = set()
        self._unfit: set[type[Aggregate]] = set()

    async def start(self, fold: Folds) -> None:
        """Begins to work off what :meth:`remember_soon` asks for.

        ``fold`` loads from the log without any snapshot, so that no error is handed on.
        """
        self._task = asyncio.create_task(self._work(fold), name="snapshots")

    async def stop(self) -> None:
        """What has not been remembered yet will be another time."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def recall(self, aggregate_class: type[Aggregate], stream_id: UUID) -> Aggregate | None:
        """The aggregate at the version of its snapshot, None when there is none to be trusted."""
        try:
            rows = await undisturbed(
                lambda: self._execute(_RECALL, [stream_id, code_fingerprint(aggregate_class)])
            )
            for version, state in rows:
                aggregate = self._restore(aggregate_class, state)
                if aggregate.version == version and aggregate.id == stream_id:
                    return aggregate
        except Exception as error:  # noqa: BLE001  # a cache must not make a command fail
            log.warning("snapshot_unreadable", error=type(error).__name__)
        return None

    def remember_soon(self, aggregate_class: type[Aggregate], stream_id: UUID) -> None:
        """Asks for a snapshot; passed over when too many are asked for."""
        if aggregate_class in self._unfit or stream_id in self._pending or self._wanted.full():
            return
        self._pending.add(stream_id)
        self._wanted.put_nowait((aggregate_class, stream_id))

    async def remember(self, aggregate: Aggregate) -> bool:
        """Writes a snapshot of the aggregate as it is; False when its state cannot be one."""
        aggregate_class = type(aggregate)
        state = self._transcoder.encode(dict(aggregate.__dict__))
        if not same(aggregate.__dict__, self._restore(aggregate_class, state).__dict__):
            self._unfit.add(aggregate_class)
            log.warning("snapshot_unfaithful", aggregate=aggregate_class.__name__)
            return False
        fingerprint = code_fingerprint(aggregate_class)
        parameters = [aggregate.id, aggregate.version, fingerprint, state]
        await undisturbed(lambda: self._execute(_REMEMBER, parameters))
        return True

    def _restore(self, aggregate_class: type[Aggregate], state: bytes) -> Aggregate:
        aggregate = aggregate_class.__new__(aggregate_class)
        aggregate.__dict__.update(self._transcoder.decode(state))
        return aggregate

    async def _work(self, fold: Folds) -> None:
        while True:
            aggregate_class, stream_id = await self._wanted.get()
            try:
                aggregate = await fold(aggregate_class, stream_id)
                if aggregate is not None:
                    await self.remember(aggregate)
            except Exception as error:  # noqa: BLE001  # the next one may succeed
                log.warning("snapshot_failed", error=type(error).__name__)
            finally:
                self._pending.discard(stream_id)

    async def _execute(self, statement: str, parameters: list[Any]) -> list[Any]:
        with translated():
            async with self._pool.connection() as connection:
                cursor = await connection.execute(statement, parameters, prepare=True, binary=True)
                return await cursor.fetchall() if cursor.description else []


@lru_cache(maxsize=256)
def code_fingerprint(aggregate_class: type[Aggregate]) -> bytes:
    """A hash (16 bytes) of all code of the package that the class lives in.

    More than the class depends on, on purpose: a snapshot too many thrown away costs a fold, one
    too few costs a wrong answer.
    """
    root = sys.modules[aggregate_class.__module__.partition(".")[0]]
    if getattr(root, "__path__", None):
        files = sorted(f for place in root.__path__ for f in Path(place).rglob("*.py"))
    else:
        files = [Path(str(sys.modules[aggregate_class.__module__].__file__))]
    digest = hashlib.sha256(aggregate_class.__qualname__.encode())
    for file in files:
        digest.update(file.name.encode())
        digest.update(file.read_bytes())
    return digest.digest()[:16]
