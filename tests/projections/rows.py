"""Folds events into rows one by one, as plainly as can be: no engine, no pages, no tables."""

from collections.abc import Iterable
from typing import Any, TypeVar

from domain.shared.aggregate import EventBase
from infra.discovery import discover
from projections.base import Row

R = TypeVar("R", bound=Row)


def rows_of(row: type[R], *histories: Iterable[EventBase]) -> dict[Any, R]:
    """The rows of a read model by key (a value, or a tuple of several) after these events.

    Fails like the engine when a fold meets a row it did not expect, or none where it needs one.
    """
    rows: dict[Any, Any] = {}
    for event in (e for history in histories for e in history):
        for spec in discover().folds[row.model_name]:
            if spec.event_class is not type(event):
                continue
            key = spec.key_of(event)
            before = rows.get(key)
            assert spec.expects == "either" or (before is None) == (spec.expects == "nothing")
            after = spec.apply(before, event)
            if after is None:
                rows.pop(key, None)
            else:
                values = after.key_values()
                assert (values if len(values) > 1 else values[0]) == key
                rows[key] = after
    return rows
