"""The columns of a read model, read off its row type.

What has no type of its own in PostgreSQL (models, lists, mappings, unions) is kept as jsonb. Text
sorts by code point (collation "C"), so that pages and beginnings of a text mean the same on every
server.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NewType, Union, get_args, get_origin
from uuid import UUID

from pydantic import AwareDatetime, TypeAdapter
from pydantic.fields import FieldInfo

from domain.shared.personal import is_personal
from infra.errors import Misconfigured
from projections.base import IndexMark, Row

LONGEST_NAME = 48
"""PostgreSQL cuts names at 63 bytes; ours get prefixes and suffixes."""

RESERVED_PREFIX = "_"

# bool before int and datetime before date: each is a subclass of the other
_SQL_TYPES: tuple[tuple[type, str], ...] = (
    (UUID, "uuid"),
    (str, "text"),
    (bool, "boolean"),
    (int, "bigint"),
    (float, "double precision"),
    (Decimal, "numeric"),
    (datetime, "timestamptz"),
    (date, "date"),
)

_KEY_TYPES = {
    "uuid": UUID,
    "text": str,
    "boolean": bool,
    "bigint": int,
    "timestamptz": datetime,
    "date": date,
}


_FILTER_TYPES = {
    **{sql_type: python_type for python_type, sql_type in _SQL_TYPES},
    "timestamptz": AwareDatetime,
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column; ``annotation`` is the field's own with its marks, for checking filters.

    ``without`` is the column that must be empty for a row to be in the second index, if any.
    """

    name: str
    sql_type: str
    optional: bool
    indexed: bool
    prefix: bool
    without: str | None
    personal: bool
    annotation: Any

    @property
    def python_type(self) -> type:
        """What a key of this column is in Python."""
        return _KEY_TYPES[self.sql_type]

    @property
    def declared(self) -> str:
        """The type as in CREATE TABLE."""
        return f'{self.sql_type} collate "C"' if self.sql_type == "text" else self.sql_type

    def adapter(self) -> TypeAdapter[Any]:
        """Checks one value of this column."""
        return TypeAdapter(self.annotation)

    def filter_adapter(self) -> TypeAdapter[Any]:
        """Checks a value to filter by: of the column's kind, or one of its enumeration.

        The column's own rules do not count: rows may hold what today's rules would refuse.
        """
        if any(_is_enumeration(member) for member in _members(self.annotation, as_declared=True)):
            return self.adapter()
        plain: Any = _FILTER_TYPES[self.sql_type]
        return TypeAdapter(plain | None if self.optional else plain)


def columns_of(row: type[Row]) -> tuple[Column, ...]:
    """The columns in the order of the fields.

    Raises Misconfigured when the key is missing, optional, or of a type that cannot be a key.
    """
    columns = tuple(_column(name, field) for name, field in row.model_fields.items())
    by_name = {column.name: column for column in columns}
    if not row.key:
        raise Misconfigured(f"read model {row.model_name} names no key")
    if len(row.model_name) > LONGEST_NAME:
        raise Misconfigured(f"the name {row.model_name} is longer than {LONGEST_NAME} letters")
    for name in row.key:
        column = by_name.get(name)
        if column is None or column.optional or column.sql_type not in _KEY_TYPES:
            raise Misconfigured(
                f"key {name} of {row.model_name} must be a column of {sorted(_KEY_TYPES)}, not optional"
            )
    return columns


def _column(name: str, field: FieldInfo) -> Column:
    if name.startswith(RESERVED_PREFIX):
        raise Misconfigured(f"column {name}: names beginning with _ are the engine's own")
    annotation: Any = field.annotation
    if field.metadata:
        annotation = Annotated[(annotation, *field.metadata)]
    marks = [mark for mark in _marks(annotation) if isinstance(mark, IndexMark)]
    members = set(_members(annotation))
    sql_type = _sql_type(members - {NoneType})
    if marks and sql_type == "jsonb":
        raise Misconfigured(f"column {name} cannot be indexed: it is kept as jsonb")
    prefix = any(mark.prefix for mark in marks)
    if prefix and sql_type != "text":
        raise Misconfigured(f"column {name} has a prefix index but is no text")
    return Column(
        name=name,
        sql_type=sql_type,
        optional=NoneType in members,
        indexed=bool(marks),
        prefix=prefix,
        without=next((mark.without for mark in marks if mark.without), None),
        personal=is_personal(field.annotation, tuple(field.metadata)),
        annotation=annotation,
    )


def _sql_type(members: set[Any]) -> str:
    found = {_sql_type_of(member) for member in members}
    return found.pop() if len(found) == 1 else "jsonb"


def _sql_type_of(member: Any) -> str:
    if not isinstance(member, type):
        return "jsonb"
    # an Enum's JSON is its value, and only those that mix in a plain type tell which that is
    for python_type, sql_type in _SQL_TYPES:
        if issubclass(member, python_type):
            return sql_type
    return "jsonb"


def _is_enumeration(member: Any) -> bool:
    return get_origin(member) is Literal or (isinstance(member, type) and issubclass(member, Enum))


def _members(annotation: Any, *, as_declared: bool = False) -> Iterator[Any]:
    """The types a value may have, without marks, aliases and unions around them.

    Enumerations are told as what they are made of, unless ``as_declared``.
    """
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _members(get_args(annotation)[0], as_declared=as_declared)
    elif origin in (Union, UnionType):
        for member in get_args(annotation):
            yield from _members(member, as_declared=as_declared)
    elif isinstance(annotation, NewType):
        yield from _members(annotation.__supertype__, as_declared=as_declared)
    elif as_declared:
        yield annotation
    elif origin is Literal:
        for value in get_args(annotation):
            yield type(value)
    else:
        yield _plain(annotation)


def _plain(annotation: Any) -> Any:
    if annotation is None:
        return NoneType
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        mixed = [base for base in annotation.__mro__ if base in (str, int)]
        return mixed[0] if mixed else object
    return annotation


def _marks(annotation: Any) -> Iterator[Any]:
    if get_origin(annotation) is Annotated:
        inner, *marks = get_args(annotation)
        yield from marks
        yield from _marks(inner)
    elif get_origin(annotation) in (Union, UnionType):
        for member in get_args(annotation):
            yield from _marks(member)
