"""One API process as far as commands go: its own warm aggregates and its own lane."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from commands.base import Caller, Command, Role
from domain.shared.calendar import Calendar
from infra.database import Pool
from infra.discovery import Registry
from infra.executing.asking import Ask, Outcome
from infra.executing.executor import Executor
from infra.log.append import GroupCommit
from infra.log.codec import Codec
from infra.log.load import Loader
from infra.log.read import LogReader

START = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
ME = Caller("citizen-1", frozenset({Role.CITIZEN}))


class Process:
    """What one API process holds: its own warm aggregates and its own lane."""

    def __init__(self, url: str, namespace: str, pool: Pool, registry: Registry) -> None:
        self.now = START
        self.registry = registry
        self.reader = LogReader(pool)
        self.appends = GroupCommit(url, namespace)
        codec = Codec(registry)
        self.executor = Executor(
            appends=self.appends,
            loads=Loader(self.reader, codec),
            stored=self.reader,
            codec=codec,
            calendar=Calendar(),
            pseudonym=lambda kind, value: f"{kind}-{value}",
            clock=lambda: self.now,
        )

    async def send(self, cmd: Command, *, key: UUID | None = None, **ask: Any) -> Outcome:
        """Has a command executed; ``ask`` are further fields of :class:`Ask`."""
        spec = self.registry.command_for(type(cmd))
        return await self.executor.execute(
            spec, cmd, Ask(ME, key or uuid4(), ask.pop("fingerprint", b"same"), **ask)
        )
