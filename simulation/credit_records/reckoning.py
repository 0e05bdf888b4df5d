"""What one record, its subject and the measures of its list came to, from the events alone.

Written anew on purpose, apart from the aggregates and the read models, which are held against it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from domain.shared.calendar import Calendar
from simulation.office import local
from simulation.reading import Event

_STATE_AFTER: Mapping[str, str] = {
    "record-contributed": "recorded",
    "listing-notified": "notified",
    "listing-dropped": "dropped",
    "record-published": "published",
    "subject-listed": "published",
    "objection-raised": "disputed",
    "repair-applied": "repairing",
    "repair-refused": "published",
    "repair-revoked": "published",
    "record-repaired": "repaired",
    "record-withdrawn": "withdrawn",
    "publicity-ended": "ended",
}
_ANSWERS = ("record-corrected", "objection-dismissed")
_ENDS_ALL = ("blacklisted", "by-keeper")
_GONE = ("repaired", "withdrawn", "ended")
_MONTHS = {"minor": 3, "general": 12, "serious": 36}
"""Longest publicity by severity."""
CONTRIBUTED_WITHIN = 7
"""Working days."""

At = tuple[str, str]
"""A measure at a department."""


@dataclass(slots=True)
class Told:
    """One record. ``standings`` are the measures of its list at their departments."""

    state: str = ""
    subject: str = ""
    source: str = ""
    item: str | None = None
    list: str | None = None
    colour: str | None = None
    kind: str = "negative"
    severity: str | None = None
    determined_on: date | None = None
    maximum_end: datetime | None = None
    listed: bool = False
    named: bool = False
    hidden: bool = False
    to_confirm: tuple[str, ...] = ()
    standings: dict[At, str] = field(default_factory=dict)

    @property
    def counts(self) -> bool:
        """Whether the subject's profile counts it: an item that stands."""
        return self.item is not None and self.state not in _GONE

    @property
    def shown(self) -> bool:
        """Whether a company's page shows it."""
        if self.state == "disputed":
            return not self.hidden
        return self.state in ("published", "repairing")

    def take(self, e: Event) -> None:
        """One more event of the record, or a department's confirmation of a measure."""
        data = e.data
        if e.name in _ANSWERS:
            self.state = "published" if self.state == "disputed" else self.state
        self.state = _STATE_AFTER.get(e.name, self.state)
        match e.name:
            case "record-contributed":
                self.subject, self.source, self.item = data["subject"], data["source"], data["item"]
                self.kind, self.severity = data["kind"], data["severity"]
                self._determined(data)
            case "listing-notified":
                self.subject, self.source, self.list = data["subject"], data["source"], data["list"]
            case "subject-listed":
                self._listed(data)
            case "objection-raised":
                self.hidden = data["hidden"]
            case "record-corrected":
                self.severity = data["severity"]
                self._determined(data)
            case "record-repaired" | "record-withdrawn":
                self.to_confirm = tuple(data["to_confirm"])
            case "repair-revoked":
                self.to_confirm = ()
            case "subject-delisted":
                self._delisted(data)
            case "removal-confirmed":
                self._removed(data["department"])
            case "measure-confirmed":
                self.standings[data["measure"], data["department"]] = "confirmed"

    def _determined(self, data: Mapping[str, Any]) -> None:
        self.determined_on = date.fromisoformat(data["determined_on"])
        self.maximum_end = _instant(data["maximum_end"])

    def _listed(self, data: Mapping[str, Any]) -> None:
        self.listed, self.list, self.colour = True, data["list"], data["colour"]
        self.named = data["public_name"] is not None
        self.maximum_end = _instant(data["maximum_end"])
        self.standings = {
            (one["code"], department): "awaited"
            for one in data["measures"]
            for department in one["departments"]
        }

    def _delisted(self, data: Mapping[str, Any]) -> None:
        self.listed = False
        self.to_confirm = tuple(data["to_confirm"])
        if data["reason"] in _ENDS_ALL:
            self.state = "ended"
        self.standings = {
            at: "to-lift" if was == "confirmed" else "called-off"
            for at, was in self.standings.items()
        }

    def _removed(self, department: str) -> None:
        self.to_confirm = tuple(one for one in self.to_confirm if one != department)
        for at, standing in self.standings.items():
            if at[1] == department and standing == "to-lift":
                self.standings[at] = "lifted"

    def lawful_end(self, calendar: Calendar) -> datetime | None:
        """When the publicity of something bad is over, counted from the decision; a list has its
        own law, and what is not bad its item's, which the record says."""
        if self.severity is None or self.determined_on is None:
            return self.maximum_end
        return calendar.add_months(local(self.determined_on, 0), _MONTHS[self.severity])

    @property
    def consequence(self) -> str | None:
        """State of the process that follows the listing, None for what was on no list."""
        if not self.standings:
            return None
        here = set(self.standings.values())
        if self.listed:
            return "done" if here == {"confirmed"} else "open"
        return "lifting" if "to-lift" in here else "lifted"


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def told(stream: Iterable[Event], process: Iterable[Event] = ()) -> Told:
    """What the events of a record say, and the confirmations of the process that follows it."""
    found = Told()
    confirmed = [e for e in process if e.name == "measure-confirmed"]
    for e in sorted((*stream, *confirmed), key=lambda e: e.position):
        found.take(e)
    return found


def contributed_late(e: Event, calendar: Calendar) -> bool:
    """Whether more than seven working days lay between decision and contribution."""
    decided = local(date.fromisoformat(e.data["determined_on"]), 0)
    return e.at > calendar.add_working_days(decided, CONTRIBUTED_WITHIN)


@dataclass(frozen=True, slots=True)
class Profile:
    """What a subject's profile has to say."""

    minor: int
    general: int
    serious: int
    positive: int
    neutral: int
    lists: frozenset[str]


def profile_of(records: Sequence[Told]) -> Profile:
    """From the subject's records."""
    standing = [one for one in records if one.counts]
    severities = Counter(one.severity for one in standing)
    kinds = Counter(one.kind for one in standing)
    return Profile(
        severities["minor"],
        severities["general"],
        severities["serious"],
        kinds["positive"],
        kinds["neutral"],
        frozenset(one.list for one in records if one.listed and one.list),
    )
