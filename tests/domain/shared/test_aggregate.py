"""The base of every aggregate: what its events take, also before anything has judged them."""

from datetime import UTC, datetime
from inspect import signature
from uuid import UUID

import pytest

from domain.shared.aggregate import Aggregate, EventBase, event
from infra.discovery import discover

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)


def _bell() -> type[Aggregate]:
    """A class that is new in each test, so that nobody has used its events before."""

    class Bell(Aggregate, program="bells"):
        class BellHung(Aggregate.Created, v=1):
            place: str

        @event(BellHung)
        def __init__(self, place: str) -> None:
            self.place = place
            self.rung = 0

        class BellRung(Aggregate.Event, v=1):
            times: int

        @event(BellRung)
        def ring(self, times: int) -> None:
            self.rung += times

    return Bell


def test_an_event_that_nobody_has_used_yet_takes_what_it_is_given() -> None:
    cls = _bell()
    bell = cls.begin(cls.BellHung, id=UUID(int=1), at=NOON, place="鼓楼")  # type: ignore[attr-defined]  # of the class above
    with bell.deciding(NOON):
        bell.ring(3)  # type: ignore[attr-defined]
    hung, rung = bell.collect_events()
    assert (hung.place, rung.times, rung.timestamp) == ("鼓楼", 3, NOON)  # type: ignore[attr-defined]


@pytest.mark.parametrize("kind", sorted(discover().events), ids=str)
def test_the_signature_of_an_event_names_its_fields(kind: str) -> None:
    cls: type[EventBase] = discover().events[kind]
    assert set(signature(cls).parameters) == set(cls.model_fields)
