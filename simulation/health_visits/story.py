"""One matter as it is written, and how those that share something wait for one another.

A doctor's day, a patient, a bed belong to several matters. What touches the same is sent in the
order of its instants, each step after the one before it, so that the queue which is played is the
queue that was planned.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from simulation.matters import Matter, Ref, Sender, Step, Until

PROGRAM = "health-visits"
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@dataclass(slots=True)
class Draft:
    """A step to be, and what it shares with those of other matters."""

    at: datetime
    label: str
    sender: Sender
    command: str
    body: Mapping[str, Any]
    touches: tuple[str, ...]
    refused: str | None = None
    until: Until | None = None


@dataclass(slots=True)
class Story:
    """A matter's steps in the making. ``id`` is chosen or None, as :class:`Matter` has it."""

    name: str
    id: UUID | None = None
    about: dict[str, Any] = field(default_factory=dict)
    drafts: list[Draft] = field(default_factory=list)

    def step(
        self,
        at: datetime,
        sender: Sender,
        command: str,
        body: Mapping[str, Any],
        *touches: str,
        refused: str | None = None,
        until: Until | None = None,
    ) -> str:
        """Writes one down; its label."""
        label = f"{self.name}/{len(self.drafts) + 1}"
        self.drafts.append(Draft(at, label, sender, command, body, touches, refused, until))
        return label

    @property
    def ref(self) -> Ref:
        """The matter's id, from the answer to the first step that begins it."""
        begun = (draft.label for draft in self.drafts if draft.refused is None)
        return Ref(next(begun))

    def cut(self, end: datetime) -> list[Draft]:
        """The drafts in order, up to the first that lies at ``end`` or behind it."""
        found: list[Draft] = []
        for draft in sorted(self.drafts, key=lambda one: one.at):
            if found and draft.at <= found[-1].at:
                draft.at = found[-1].at + SECOND
            if draft.at >= end:
                break
            found.append(draft)
        return found if any(draft.refused is None for draft in found) else []


def matters(stories: Iterable[Story], end: datetime) -> list[Matter]:
    """The stories as far as they go before ``end``, their steps tied where they share something."""
    kept = [(story, drafts) for story in stories if (drafts := story.cut(end))]
    after = _ties([draft for _, drafts in kept for draft in drafts])
    return [
        Matter(
            story.name,
            PROGRAM,
            tuple(_step(draft, after.get(draft.label, ())) for draft in drafts),
            story.id,
            story.about,
        )
        for story, drafts in kept
    ]


def _step(draft: Draft, after: Sequence[str]) -> Step:
    return Step(
        draft.at,
        draft.sender,
        draft.command,
        draft.body,
        draft.label,
        draft.refused,
        until=draft.until,
        after=tuple(dict.fromkeys(after)),
    )


def _ties(drafts: Sequence[Draft]) -> Mapping[str, list[str]]:
    """By label the labels of what must have been answered before."""
    sharing: dict[str, list[Draft]] = defaultdict(list)
    for draft in drafts:
        for shared in draft.touches:
            sharing[shared].append(draft)
    after: dict[str, list[str]] = defaultdict(list)
    for together in sharing.values():
        before: list[str] = []
        together.sort(key=lambda one: one.at)
        for _, same in groupby(together, key=lambda one: one.at):
            instant = list(same)
            for draft in instant:
                after[draft.label] += before
            before = [draft.label for draft in instant]
    return after
