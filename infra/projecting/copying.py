"""Writes rows into a table that holds none of them yet, by binary COPY.

Twice as fast as a statement with a JSON document (233k rows/s against 105k, with eleven columns), and
used only where a rebuild fills a table that nobody reads.
"""

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

import psycopg
from psycopg.adapt import Dumper
from psycopg.pq import Format
from psycopg.sql import SQL, Identifier

from infra.database import Connection
from infra.projecting.columns import Column
from infra.projecting.tables import POSITION, Table, history_table
from infra.projecting.window import Changes
from projections.base import Row

Value = Callable[[dict[str, Any]], Any]


class JsonbDocument(Dumper):
    """A JSON document, as bytes, for a jsonb column: version 1 of its binary form."""

    format = Format.BINARY
    oid = psycopg.adapters.types["jsonb"].oid

    def dump(self, obj: bytes) -> bytes:
        """The document with its version before it."""
        return b"\1" + obj


class Copier:
    """Copies rows of one table; knows how each column's values go over the wire."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._columns = table.model.columns
        self._values = [_value_of(column) for column in self._columns]

    async def copy(self, connection: Connection, changes: Changes) -> None:
        """Writes the rows and versions of a window. Raises whatever a value is refused with."""
        rows = (self._line(row, position) for row, position in changes.upserts)
        await self._copy(connection, self._table.name, [POSITION], rows)
        if changes.versions:
            versions = (self._line(v.row, v.since, v.until) for v in changes.versions)
            table = history_table(self._table.name)
            await self._copy(connection, table, ["_from", "_to"], versions)

    def _line(self, row: Row, *engine: int | None) -> tuple[Any, ...]:
        values = row.__dict__
        return (*(value(values) for value in self._values), *engine)

    async def _copy(
        self,
        connection: Connection,
        table: str,
        engine: list[str],
        lines: Iterable[tuple[Any, ...]],
    ) -> None:
        names = [*(column.name for column in self._columns), *engine]
        types = [column.sql_type for column in self._columns] + ["bigint"] * len(engine)
        statement = SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(
            Identifier(table), SQL(", ").join(map(Identifier, names))
        )
        cursor = connection.cursor()
        cursor.adapters.register_dumper(bytes, JsonbDocument)
        async with cursor.copy(statement) as copy:
            copy.set_types(types)
            for line in lines:
                await copy.write_row(line)


def _value_of(column: Column) -> Value:
    name = column.name
    if column.sql_type == "jsonb":
        to_json = column.adapter().dump_json
        return lambda values: None if values[name] is None else to_json(values[name])
    if column.sql_type in ("numeric", "double precision"):
        exact = Decimal if column.sql_type == "numeric" else float
        # a fold may have put a plain 0 there
        return lambda values: None if values[name] is None else exact(values[name])
    return lambda values: values[name]
