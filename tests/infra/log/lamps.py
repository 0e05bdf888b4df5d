"""A small aggregate with the types that programmes use, one old event shape and one unfit state."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from domain.shared.aggregate import Aggregate, event
from infra.log.append import GroupCommit
from infra.log.codec import Codec
from infra.log.records import Append
from tests.infra.log.appending import append

AT = datetime(2014, 3, 3, 9, 30, 0, 123456, tzinfo=UTC)


class State(StrEnum):
    """Of a lamp."""

    DARK = "dark"
    LIT = "lit"


class Place(BaseModel):
    """Where it stands."""

    street: str
    since: date
    height_m: Decimal


class Lamp(Aggregate, program="lamps"):
    """A street lamp."""

    class Installed(Aggregate.Created, v=1):
        place: Place
        owner: UUID

    class Switched(Aggregate.Event, v=3):
        """Version 1 had ``on``, version 2 called it ``lit``, version 3 has the bulbs."""

        lit: bool
        bulbs: tuple[int, ...]

        @staticmethod
        def upcast_v1(data: dict[str, Any]) -> dict[str, Any]:
            return {"lit": data["on"]}

        @staticmethod
        def upcast_v2(data: dict[str, Any]) -> dict[str, Any]:
            return {**data, "bulbs": [60]}

    class Checked(Aggregate.Event, v=1):
        """Nothing changed."""

    @event(Installed)
    def __init__(self, place: Place, owner: UUID) -> None:
        self.place = place
        self.owner = owner
        self.state = State.DARK
        self.bulbs: tuple[int, ...] = ()
        self.hours = timedelta(0)
        self.seen: set[State] = {State.DARK}
        self.by_bulbs: dict[int, State] = {}

    @event(Switched)
    def _switched(self, lit: bool, bulbs: tuple[int, ...]) -> None:
        self.state = State.LIT if lit else State.DARK
        self.bulbs = bulbs
        self.hours += timedelta(hours=1)
        self.seen.add(self.state)
        self.by_bulbs[len(bulbs)] = self.state

    @event(Checked)
    def _checked(self) -> None:
        """Nothing changes."""


@dataclass
class Registry:
    """As much of one as the codec asks for."""

    events: Mapping[str, Any]
    event_owner: Mapping[str, Any]


def codec() -> Codec:
    """Of lamps only."""
    return Codec(Registry(Lamp.events, dict.fromkeys(Lamp.events, Lamp)))


def lamp(id_: UUID, switches: int = 0) -> Lamp:
    """A lamp, switched so many times, with its events pending."""
    place = Place(street="Zhongshan Road", since=date(2001, 2, 3), height_m=Decimal("4.50"))
    made = Lamp.begin(Lamp.Installed, id=id_, at=AT, place=place, owner=UUID(int=5))
    switch(made, switches)
    return made


def switch(made: Lamp, times: int) -> None:
    """So many times."""
    for n in range(times):
        with made.deciding(AT + timedelta(seconds=n)):
            made._switched(lit=n % 2 == 0, bulbs=(60,) * (n % 3))


async def save(commit: GroupCommit, made: Lamp) -> None:
    """Appends what is pending."""
    pending = made.collect_events()
    events = [codec().encode(e) for e in pending]  # type: ignore[arg-type]  # the test knows the kind of what it handles
    one: Append = append(made.id, made.version - len(events), 0)
    one.events, one.version = events, made.version
    await commit.append(one, times=[e.timestamp for e in pending])
