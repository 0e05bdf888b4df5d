"""What a query may ask of a read model, checked, and the SQL it comes to.

Only indexed columns and the key can be filtered and sorted by, so that no query walks a table.
Filters are ``column`` (equal; None for no value), ``column__gte`` and ``column__lte`` for numbers,
dates and times, and ``column__prefix`` for the beginning of a text with a prefix index.
"""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from psycopg.sql import SQL, Composable, Identifier
from pydantic import TypeAdapter, ValidationError

from infra.errors import BadRequest
from infra.projecting.columns import Column
from infra.projecting.read_model import ReadModel

_RANGED = {"bigint", "double precision", "numeric", "timestamptz", "date"}
_OPERATORS = {"gte": ">=", "lte": "<="}


@dataclass(frozen=True, slots=True)
class Condition:
    """A part of WHERE and its parameters."""

    text: Composable
    parameters: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Order:
    """Sorted by ``column``, then by the key, all in one direction."""

    column: Column
    descending: bool


@dataclass(frozen=True)
class Asked:
    """Which filters and sorts a read model takes."""

    model: ReadModel
    _adapters: dict[str, TypeAdapter[Any]] = field(default_factory=dict)

    @cached_property
    def columns(self) -> dict[str, Column]:
        """What may be filtered and sorted by, by name: what an index begins with."""
        first = self.model.row.key[0]
        return {c.name: c for c in self.model.columns if c.indexed or c.name == first}

    @cached_property
    def filters(self) -> list[str]:
        """The names of all filters."""
        names = []
        for column in self.columns.values():
            names.append(column.name)
            if column.sql_type in _RANGED:
                names += [f"{column.name}__{operator}" for operator in _OPERATORS]
            if column.prefix:
                names.append(f"{column.name}__prefix")
        return names

    @cached_property
    def personal_filters(self) -> frozenset[str]:
        """Filters whose values are personal and must not go into a URL."""
        personal = {column.name for column in self.columns.values() if column.personal}
        return frozenset(name for name in self.filters if name.partition("__")[0] in personal)

    @cached_property
    def sorts(self) -> list[str]:
        """What ``sort`` may be: a column, or with a minus before it for the other direction."""
        return [sign + name for name in self.columns for sign in ("", "-")]

    def conditions(self, filters: Mapping[str, Any]) -> list[Condition]:
        """The filters as conditions; values may be texts from a URL or values from JSON.

        Raises BadRequest ``invalid-parameter`` with what is allowed.
        """
        return [self._condition(name, value) for name, value in sorted(filters.items())]

    def order(self, sort: str | None) -> Order:
        """The order that ``sort`` asks for, by the key when it is None.

        Raises BadRequest ``invalid-parameter`` with what is allowed.
        """
        if sort is None:
            return Order(self.model.key_columns[0], descending=False)
        column = self.columns.get(sort.removeprefix("-"))
        if column is None:
            raise _invalid("sort", self.sorts)
        return Order(column, descending=sort.startswith("-"))

    def _condition(self, name: str, value: Any) -> Condition:
        if name not in self.filters:
            raise _invalid(name, self.filters)
        column_name, _, operator = name.partition("__")
        column = self.columns[column_name]
        place = SQL("t.{}").format(Identifier(column_name))
        if operator == "prefix":
            if not isinstance(value, str) or not storable(column, value):
                raise _invalid(name, ["text"])
            return _begins_with(place, value)
        if value is None and column.optional and not operator:
            return Condition(SQL("{} is null").format(place))
        sign = SQL(_OPERATORS.get(operator, "="))
        # the cast keeps a value that fits two types from being taken for the other one
        compared = SQL("{} {} %s::{}").format(place, sign, SQL(column.sql_type))
        return Condition(compared, (self._value(name, column, value),))

    def _value(self, name: str, column: Column, value: Any) -> Any:
        adapter = self._adapters.get(column.name)
        if adapter is None:
            adapter = self._adapters[column.name] = column.filter_adapter()
        try:
            read = adapter.validate_strings if isinstance(value, str) else adapter.validate_python
            checked = read(value)
        except ValidationError:
            # from None: pydantic's text repeats the value
            raise _invalid(name, [column.sql_type]) from None
        if not storable(column, checked):
            raise _invalid(name, [column.sql_type])
        return str(checked) if column.sql_type == "text" else checked


def storable(column: Column, value: Any) -> bool:
    """Whether PostgreSQL can take the value at all: no NUL, no lone surrogate, 64 bits.

    Nothing is neither before nor after anything, so of a range it is no end.
    """
    if value is None:
        return False
    if column.sql_type == "text":
        return "\0" not in value and not any("\ud800" <= letter <= "\udfff" for letter in value)
    if column.sql_type == "bigint":
        return bool(-(2**63) <= value < 2**63)
    return True


def _begins_with(place: Composable, prefix: str) -> Condition:
    """A range instead of LIKE: it uses the index in every plan, and needs no escaping."""
    end = _behind(prefix)
    if end is None:
        return Condition(SQL("{} >= %s").format(place), (prefix,))
    return Condition(SQL("{0} >= %s and {0} < %s").format(place), (prefix, end))


def _behind(prefix: str) -> str | None:
    """The smallest text behind all that begin with ``prefix``, by code point; None if none is."""
    while prefix:
        last = ord(prefix[-1])
        if last < sys.maxunicode:
            following = 0xE000 if last + 1 == 0xD800 else last + 1  # no surrogates in UTF-8
            return prefix[:-1] + chr(following)
        prefix = prefix[:-1]
    return None


def _invalid(parameter: str, allowed: Sequence[str]) -> BadRequest:
    return BadRequest(
        "invalid-parameter",
        400,
        f"{parameter}: {', '.join(allowed)}",
        parameter=parameter,
        allowed=allowed,
    )
