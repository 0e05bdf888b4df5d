"""The SQL of a question about one read model: rows and checkpoint in one statement.

A page behind a cursor begins right behind the last row's (sort value, key), which is an index range
however deep the page is. Rows without a sort value come last (first when descending), as
PostgreSQL's indexes have them; because no comparison finds them, they are a range of their own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from psycopg.sql import SQL, Composable, Composed, Identifier, Literal

from infra.projecting.columns import Column
from infra.projecting.filters import Condition, Order
from infra.projecting.read_model import Key, ReadModel
from infra.projecting.tables import Table, history_table, live_table

Place = Sequence[Any]
"""Where a page ended: the last row's sort value, then its other key values, as JSON values."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which rows: ``past`` is a position of the past, ``order`` None for a single row."""

    model: ReadModel
    conditions: Sequence[Condition]
    past: int | None = None
    order: Order | None = None
    place: Place | None = None
    limit: int = 1

    def statement(self, *, as_stored: bool) -> tuple[bytes, list[Any]]:
        """The statement and its parameters. It gives one line: the position, then JSON arrays of
        rows that follow one another.

        ``as_stored`` takes the columns that the table has instead of those of the row type.
        """
        parameters: list[Any] = []
        sources = []
        for region in self._regions():
            sources.append(self._source(region, as_stored))
            parameters += [p for c in self._all_conditions(region) for p in c.parameters]
        arrays = SQL(", ").join(
            SQL("(SELECT coalesce(json_agg(r{})::text, '[]') FROM ({}) AS r)").format(
                SQL(".r" if as_stored else ""), source
            )
            for source in sources
        )
        text = SQL("SELECT p.position, {} FROM projections AS p WHERE p.name = %s").format(arrays)
        return text.as_string(None).encode(), [*parameters, self.model.name]

    def place_of(self, row: dict[str, Any]) -> list[Any]:
        """Where the page ends whose last row this is."""
        return [row[column.name] for column in self._order_columns()]

    def _source(self, region: Sequence[Condition], as_stored: bool) -> Composed:
        table = live_table(self.model.name)
        if self.past is not None:
            table = history_table(table)
        columns: Composable = Table.live(self.model).as_json
        if as_stored:
            columns = SQL("to_jsonb(t) - '{{_position,_from,_to}}'::text[] AS r").format()
        conditions = [condition.text for condition in self._all_conditions(region)]
        return SQL("SELECT {} FROM {} AS t{}{} LIMIT {}").format(
            columns,
            Identifier(table),
            SQL(" WHERE ") + SQL(" AND ").join(conditions) if conditions else SQL(""),
            self._order_by(),
            # written out: for a parameter, a kept plan assumes a tenth of the table and walks it
            Literal(self.limit),
        )

    def _all_conditions(self, region: Sequence[Condition]) -> list[Condition]:
        past = []
        if self.past is not None:
            in_force = SQL("t._from <= %s AND (t._to IS NULL OR t._to > %s)")
            past.append(Condition(in_force, (self.past, self.past)))
        return [*past, *self.conditions, *region]

    def _order_by(self) -> Composable:
        if self.order is None:
            return SQL("")
        way = SQL(" DESC") if self.order.descending else SQL("")
        return SQL(" ORDER BY ") + SQL(", ").join(
            SQL("t.{}{}").format(Identifier(column.name), way) for column in self._order_columns()
        )

    def _order_columns(self) -> list[Column]:
        first = self.order.column if self.order else self.model.key_columns[0]
        return [first, *(c for c in self.model.key_columns if c.name != first.name)]

    def _regions(self) -> list[list[Condition]]:
        """The index ranges to read, in order, each as the conditions that make it."""
        if self.order is None:
            return [[]]
        columns, place = self._order_columns(), self.place
        first = SQL("t.{}").format(Identifier(columns[0].name))
        if not columns[0].optional:
            return [self._behind(columns, place)]
        valued, empty = (
            Condition(SQL("{} IS NOT NULL").format(first)),
            Condition(SQL("{} IS NULL").format(first)),
        )
        if place is None:
            regions = [[valued], [empty]]
            return regions[::-1] if self.order.descending else regions
        if place[0] is None:
            rest = [empty, *self._behind(columns[1:], place[1:])]
            return [rest, [valued]] if self.order.descending else [rest]
        rest = self._behind(columns, place)
        return [rest] if self.order.descending else [rest, [empty]]

    def _behind(self, columns: Sequence[Column], place: Place | None) -> list[Condition]:
        if place is None or self.order is None:
            return []
        names = SQL(", ").join(SQL("t.{}").format(Identifier(c.name)) for c in columns)
        values = SQL(", ").join(SQL("%s::{}").format(SQL(c.sql_type)) for c in columns)
        sign = SQL("<" if self.order.descending else ">")
        return [Condition(SQL("({}) {} ({})").format(names, sign, values), tuple(place))]


def with_key(model: ReadModel, key: Key) -> Condition:
    """The row with this key."""
    same = SQL(" AND ").join(
        SQL("t.{} = %s::{}").format(Identifier(c.name), SQL(c.sql_type)) for c in model.key_columns
    )
    # an enum's member goes as the text it is
    values = (str(v) if isinstance(v, str) else v for v in key)
    return Condition(same, tuple(values))
