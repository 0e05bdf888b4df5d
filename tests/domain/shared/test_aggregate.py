"""The base of every aggregate: what its events take, also before anything has judged them."""

from datetime import UTC, datetime
from inspect import signature
from uuid import UUID

from domain.shared.aggregate import Aggregate, event
from infra.discovery import discover

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)


def test_an_event_that_nobody_has_used_yet_takes_what_it_is_given() -> None:
    class Bell(Aggregate, program="bells"):
        """A class of this test's own, so that nobody has used its events before."""

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

    bell = Bell.begin(Bell.BellHung, id=UUID(int=1), at=NOON, place="鼓楼")
    with bell.deciding(NOON):
        bell.ring(3)
    assert (bell.place, bell.rung) == ("鼓楼", 3)
    rung = bell.collect_events()[-1]
    assert isinstance(rung, Bell.BellRung)
    assert (rung.times, rung.timestamp) == (3, NOON)


def test_the_signature_of_an_event_names_its_fields() -> None:
    for cls in discover().events.values():
        assert set(signature(cls).parameters) == set(cls.model_fields)
