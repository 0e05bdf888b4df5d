"""What the answers to labelled steps said, and what becomes of a body that refers to them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from simulation.log import Log
from simulation.matters import KeyedHash, Ref
from simulation.reading import Surprise

NOBODY = UUID(int=0)
"""What a planned refusal is about when its matter has not begun."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The id it is about, the name and the matter of each event, and where the first one lies."""

    id: UUID
    events: tuple[tuple[str, UUID], ...]
    position: int = 0


class Answers(dict[str, Answer]):
    """By label. ``keyed_hash`` is that of the city which is played, for those whose work needs it;
    ``log`` tells the ids of commands."""

    def __init__(self, keyed_hash: KeyedHash | None = None, log: Log | None = None) -> None:
        super().__init__()
        self._keyed_hash = keyed_hash
        self._log = log

    def command_of(self, label: str) -> str | None:
        """The id of the command that the answer is to; None until the log was read so far."""
        answer = self[label]
        whose = answer.events[0][1] if answer.events else answer.id
        there = self._log.of(whose) if self._log else ()
        return next((e.command_id for e in there if e.position == answer.position), None)

    def id_of(self, ref: Ref) -> UUID:
        """Raises Surprise when the answer has no such event."""
        answer = self[ref.label]
        found = answer.id
        if ref.event is not None:
            ids = [whose for name, whose in answer.events if name == ref.event]
            if len(ids) < ref.n:
                raise Surprise(f"{ref.label}: its answer has fewer than {ref.n} {ref.event}")
            found = ids[ref.n - 1]
        return ref.derived(found) if ref.derived else found

    def filled_in(self, value: Any) -> Any:
        """A body with ids in the places of references. Raises Surprise."""
        if isinstance(value, Ref):
            return self._text(value)
        if isinstance(value, Mapping):
            return {key: self.filled_in(one) for key, one in value.items()}
        if isinstance(value, list | tuple):
            return [self.filled_in(one) for one in value]
        return value

    def _text(self, ref: Ref) -> str:
        if ref.command:
            found = self.command_of(ref.label)
            if found is None:
                raise Surprise(f"{ref.label}: its command is not in the log")
            return found
        id = self.id_of(ref)
        if ref.keyed is None:
            return str(id)
        if self._keyed_hash is None:
            raise Surprise(f"{ref.label}: nobody has the city's key to work out what follows")
        return ref.keyed(id, self._keyed_hash)


def answer_of(document: Mapping[str, Any]) -> Answer:
    """From the JSON that a command is answered with; an event without an id is of its own matter."""
    own = UUID(document["id"])
    events = document["events"]
    return Answer(
        own,
        tuple((e["type"].split(".")[1], UUID(e["id"]) if "id" in e else own) for e in events),
        document["position"] - len(events) + 1,
    )
