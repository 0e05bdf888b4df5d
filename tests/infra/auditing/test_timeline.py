"""What an event changed, and what it led to: over plain values."""

from datetime import UTC, datetime
from uuid import UUID

from infra.auditing.timeline import changes, effects
from infra.log.records import RecordedEvent

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def recorded(position: int, cause: int | None) -> RecordedEvent:
    matter = UUID(int=position)
    type_name = "street-permits.granted.v1"
    return RecordedEvent(
        position,
        matter,
        1,
        type_name,
        b"{}",
        NOW,
        NOW,
        "a",
        None,
        matter,
        matter,
        cause,
        None,
        None,
    )


def test_nothing_changed_is_nothing() -> None:
    assert changes({"a": 1, "b": {"c": [1]}}, {"a": 1, "b": {"c": [1]}}) == []


def test_objects_are_compared_inside_and_lists_as_a_whole() -> None:
    before = {"a": 1, "b": {"c": 1, "d": 2}, "e": [1, 2], "gone": True}
    after = {"a": 2, "b": {"c": 1, "d": 3}, "e": [1], "n/e~w": None, "came": 1}
    assert changes(before, after) == [
        {"pointer": "/a", "before": 1, "after": 2},
        {"pointer": "/b/d", "before": 2, "after": 3},
        {"pointer": "/came", "before": None, "after": 1},
        {"pointer": "/e", "before": [1, 2], "after": [1]},
        {"pointer": "/gone", "before": True, "after": None},
    ]


def test_an_effect_belongs_to_the_event_at_the_root_of_its_chain() -> None:
    others = [recorded(5, 2), recorded(6, 5), recorded(7, 3), recorded(8, 4), recorded(9, None)]
    found = effects([2, 3], others)
    assert {root: [e["position"] for e in led_to] for root, led_to in found.items()} == {
        2: [5, 6],
        3: [7],
    }
