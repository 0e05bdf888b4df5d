"""A read model as the engine sees it: row, columns, and which folds an event type leads to.

Made from the registry alone. What may surprise: an event type of every earlier version leads to the
folds of the present one, because the codec brings old events up to date.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import orjson
from pydantic import TypeAdapter

from domain.shared.aggregate import EventBase
from domain.shared.checks import STORED
from infra.discovery import Registry
from infra.projecting.columns import Column, columns_of
from infra.projecting.fingerprint import fingerprint
from infra.projecting.timers import timer_folds
from projections.base import FoldSpec, Row

Key = tuple[Any, ...]


@dataclass(frozen=True)
class ReadModel:
    """``by_stream``: each row belongs to one stream, which lets the log be split by streams.

    ``folds`` is keyed by stored event type.
    """

    name: str
    row: type[Row]
    columns: tuple[Column, ...]
    folds: Mapping[str, tuple[FoldSpec, ...]]
    by_stream: bool
    declared: tuple[FoldSpec, ...]

    @cached_property
    def fingerprint(self) -> str:
        """How its table is made; 20 ms, which only those spend who look after tables."""
        return fingerprint(self.row, self.columns, self.declared)

    @cached_property
    def key_columns(self) -> tuple[Column, ...]:
        """In the order of the key."""
        by_name = {column.name: column for column in self.columns}
        return tuple(by_name[name] for name in self.row.key)

    @cached_property
    def rows(self) -> TypeAdapter[Any]:
        """Reads and checks a JSON array of rows in one go."""
        return TypeAdapter(list[self.row])  # type: ignore[name-defined]  # made at run time

    @cached_property
    def event_types(self) -> list[str]:
        """The stored types it folds, sorted."""
        return sorted(self.folds)

    @cached_property
    def _key_types(self) -> tuple[type, ...]:
        return tuple(column.python_type for column in self.key_columns)

    @cached_property
    def _key_adapters(self) -> tuple[TypeAdapter[Any], ...]:
        return tuple(column.adapter() for column in self.key_columns)

    @cached_property
    def plain_key(self) -> type | None:
        """The exact type of a key of one column, so that most keys need no further look."""
        return self._key_types[0] if len(self._key_types) == 1 else None

    def key_of(self, value: Any) -> Key:
        """A key from what a fold's key function gives: a value, or a tuple of several.

        Raises ValueError when it cannot be one.
        """
        key = value if type(value) is tuple else (value,)
        for part, expected in zip(key, self._key_types, strict=True):
            if not isinstance(part, expected):
                return self.key_from(key)
        return key

    def key_from(self, values: Sequence[Any]) -> Key:
        """A key of exact types from values that may be texts.

        Raises ValueError (pydantic's ValidationError is one) when they cannot be a key.
        """
        return tuple(
            adapter.validate_python(value, context=STORED)
            for adapter, value in zip(self._key_adapters, values, strict=True)
        )


def queue_of_key(key: Key) -> str:
    """How a key is named in dead letters: the text of a single value, else a JSON array."""
    if len(key) == 1:
        return str(key[0])
    return orjson.dumps([str(part) for part in key]).decode()


def read_models(registry: Registry) -> dict[str, ReadModel]:
    """All read models by name: those of the programmes, and the timers, which the engine gives.

    Raises Misconfigured when a declaration cannot work.
    """
    declared = dict(registry.folds)
    if timers := timer_folds(registry):
        declared[timers[0].row.model_name] = timers
    return {name: describe(folds) for name, folds in sorted(declared.items())}


def describe(folds: Sequence[FoldSpec]) -> ReadModel:
    """The read model that these folds, all of one row, make up."""
    row = folds[0].row
    columns = columns_of(row)
    by_type: dict[str, tuple[FoldSpec, ...]] = {}
    for spec in folds:
        for name in stored_types(spec.event_class):
            by_type[name] = (*by_type.get(name, ()), spec)
    return ReadModel(
        name=row.model_name,
        row=row,
        columns=columns,
        folds=by_type,
        by_stream=all(spec.by_matter for spec in folds),
        declared=tuple(folds),
    )


def stored_types(event_class: type[EventBase]) -> list[str]:
    """The type names under which this event stands in the log, one a version."""
    stem = event_class.type_name.rpartition(".v")[0]
    return [f"{stem}.v{number}" for number in range(1, event_class.v + 1)]
