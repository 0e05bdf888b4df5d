"""Places with a provider, as values: what is licensed, what is taken or waited for, how to count it."""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from uuid import UUID

from domain.care_orders.people import Value
from domain.care_orders.states import Mode

Weekdays = tuple[int, ...]
EVERY_DAY: Weekdays = tuple(range(1, 8))


class Capacity(Value):
    """What is licensed: beds by their number, places of a day, homes."""

    licensed_until: date
    beds: tuple[str, ...] = ()
    day_places: int = 0
    home_places: int = 0

    def licensed(self, mode: Mode) -> int:
        """How many places of a mode."""
        if mode is Mode.INSTITUTION:
            return len(self.beds)
        return self.day_places if mode is Mode.DAY_CARE else self.home_places


class Place(Value):
    """A place that is taken or waited for; only a bed has a number."""

    mode: Mode
    weekdays: Weekdays
    place_no: str | None = None


def used_of(places: Mapping[UUID, Place], mode: Mode) -> int:
    """Places of a mode; of a day centre, those of the fullest day."""
    taken = [place for place in places.values() if place.mode is mode]
    if mode is not Mode.DAY_CARE:
        return len(taken)
    return max(Counter(day for place in taken for day in place.weekdays).values(), default=0)


def offered_to(
    queue: Mapping[UUID, Place], places: Mapping[UUID, Place], capacity: Capacity
) -> tuple[UUID, ...]:
    """Who of those that wait would get a place, in their order, beside those that have one."""
    free: Counter[tuple[Mode, int]] = Counter()
    for mode in Mode:
        for day in EVERY_DAY:
            free[mode, day] = capacity.licensed(mode)
    for place in places.values():
        for day in place.weekdays:
            free[place.mode, day] -= 1
    offered = []
    for id, wanted in queue.items():
        fits = all(free[wanted.mode, day] > 0 for day in wanted.weekdays)
        for day in wanted.weekdays:  # who cannot have it yet still keeps others from it
            free[wanted.mode, day] -= 1
        if fits:
            offered.append(id)
    return tuple(offered)
