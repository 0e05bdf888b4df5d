"""A plain model of the log's judgement on claims, for tests without an engine.

It judges like the log does: all demands of one command against what is held at that instant, and
then all of them or none.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from commands.base import Claim
from domain.shared.refusals import Refused


@dataclass
class ClaimBook:
    """Who holds what until when; None is for ever."""

    held: dict[tuple[str, str], tuple[UUID, datetime | None]] = field(default_factory=dict)

    def holder(self, scope: str, value: str, at: datetime) -> UUID | None:
        """Who holds a value at an instant."""
        holder, until = self.held.get((scope, value), (None, None))
        return holder if until is None or until > at else None

    def judge(self, claims: Sequence[Claim], matter: UUID, at: datetime) -> None:
        """Takes and gives back for a matter. Raises the refusal of the first demand that fails."""
        for claim in claims:
            holder = self.holder(claim.scope, claim.value, at)
            free = holder is None or (claim.kind == "take" and holder == matter)
            if claim.kind != "release" and not free:
                raise claim.refused or Refused()
        for claim in claims:
            key = (claim.scope, claim.value)
            if claim.kind == "take":
                self.held[key] = (matter, claim.until)
            elif claim.kind == "release" and self.holder(*key, at) == matter:
                if claim.until is None:
                    del self.held[key]
                else:
                    self.held[key] = (matter, claim.until)
