"""What the verdicts should be, in plain Python: each append in turn, each demand in turn."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from infra.log.records import Append, Claimed, Conflict

Holding = tuple[UUID, datetime | None]
Expected = str | Claimed | Conflict
"""``"appended"``, ``"duplicate"``, or the verdict itself."""


@dataclass
class Model:
    """The log, its commands and its claims."""

    versions: dict[UUID, int] = field(default_factory=dict)
    commands: set[UUID] = field(default_factory=set)
    claims: dict[tuple[str, str], Holding] = field(default_factory=dict)

    def judge(self, append: Append) -> Expected:
        """The verdict on the next append, which is then written if it is good."""
        if append.command_id in self.commands:
            return "duplicate"
        claims = dict(self.claims)
        for index, demand in enumerate(append.claims):
            key = (demand.scope, demand.value)
            holding = self._held(claims, key, append.occurred_at)
            if demand.kind == "take":
                if holding is not None and holding[0] != demand.holder:
                    return Claimed(index, holding[0])
                claims[key] = (demand.holder, demand.until)
            elif demand.kind == "absent":
                if holding is not None:
                    return Claimed(index, holding[0])
            elif key in claims and claims[key][0] == demand.holder:
                if demand.until is None:
                    del claims[key]
                else:
                    claims[key] = (demand.holder, demand.until)
        versions = dict(self.versions)
        if any(versions.get(stream, 0) != version for stream, version in append.unmoved):
            return Conflict()
        if not append.events and append.version != versions.get(append.stream_id, 0):
            return Conflict()
        for event in append.events:
            if event.version != versions.get(event.stream_id, 0) + 1:
                return Conflict()
            versions[event.stream_id] = event.version
        self.claims, self.versions = claims, versions
        self.commands.add(append.command_id)
        return "appended"

    @staticmethod
    def _held(
        claims: dict[tuple[str, str], Holding], key: tuple[str, str], at: datetime
    ) -> Holding | None:
        holding = claims.get(key)
        if holding is None or (holding[1] is not None and holding[1] <= at):
            return None
        return holding
