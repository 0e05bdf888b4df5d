"""What one order came to, from its events alone: state, value, tax, pieces held.

Written anew on purpose, apart from the aggregate and the read models, which are held against it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from simulation.reading import Event

_STATE_AFTER: Mapping[str, str] = {
    "collection-begun": "collecting",
    "mismatch-found": "mismatched",
    "documents-matched": "matched",
    "list-declared": "declared",
    "list-accepted": "accepted",
    "sent-to-review": "reviewing",
    "list-returned": "matched",
    "inspection-ordered": "inspecting",
    "goods-detained": "detained",
    "list-cleared": "cleared",
    "goods-released": "released",
    "ordered-back-abroad": "returned_abroad",
    "list-cancelled": "cancelled",
    "return-applied": "return_open",
    "return-refused": "released",
    "tax-settled": "settled",
    "list-closed": "closed",
}
_ENDS_A_HOLD = ("list-returned", "list-cancelled", "ordered-back-abroad")

Item = tuple[str, int]
"""Ledger and item."""


@dataclass(slots=True)
class Told:
    """One order. ``value_fen`` and ``tax_fen`` are of the list that stands, less what came back;
    ``pieces`` what it holds of the bonded stock."""

    state: str = ""
    buyer: str = ""
    year: int = 0
    agent: str = ""
    day: str = ""
    value_fen: int = 0
    tax_fen: int = 0
    paid_fen: int = 0
    declared_at: datetime | None = None
    released_at: datetime | None = None
    pieces: Counter[Item] = field(default_factory=Counter)
    abroad: Counter[Item] = field(default_factory=Counter)
    lines: Sequence[Mapping[str, Any]] = ()
    places: dict[int, Item] = field(default_factory=dict)

    def _declared(self, e: Event) -> None:
        listed = e.data["list"]
        assessed = listed["assessment"]
        self.buyer, self.agent, self.day = e.data["buyer"], listed["agent_code"], listed["day"]
        self.year = int(listed["day"][:4])
        self.value_fen, self.tax_fen = assessed["value_fen"], assessed["tax_fen"]
        self.declared_at = e.at
        self.lines = assessed["items"]
        self.places = {one["line"]: (one["book_no"], one["item_no"]) for one in listed["ledger"]}
        self.pieces = Counter()
        for line in self.lines:
            if line["line"] in self.places:
                self.pieces[self.places[line["line"]]] += line["qty"]

    def _came_back(self, e: Event) -> None:
        self.value_fen -= e.data["quota_restored_fen"]
        self.tax_fen -= e.data["tax_not_levied_fen"]
        for item in e.data["items"]:
            if item["line"] in self.places:
                self.pieces[self.places[item["line"]]] -= item["qty"]
        self.state = "returned" if e.data["whole"] else "released"

    def take(self, e: Event) -> None:
        """One more event."""
        self.state = _STATE_AFTER.get(e.name, self.state)
        if e.name == "list-declared":
            self._declared(e)
        elif e.name in _ENDS_A_HOLD:
            self.value_fen = self.tax_fen = 0
            if e.name == "ordered-back-abroad":
                self.abroad += self.pieces
            self.pieces = Counter()
        elif e.name == "goods-released":
            self.released_at = datetime.fromisoformat(e.data["released_at"])
        elif e.name == "return-completed":
            self._came_back(e)
        elif e.name == "tax-settled":
            self.paid_fen = e.data["tax_fen"]

    @property
    def shipped(self) -> bool:
        """Whether what it holds has left."""
        return self.released_at is not None


def told(stream: Sequence[Event]) -> Told:
    """What the events of one order say."""
    found = Told()
    for e in stream:
        found.take(e)
    return found
