"""The SQL of one read model's table under one name: made, read and written by key.

A page of rows crosses as one JSON document each way: PostgreSQL takes columns apart and puts them
together, Pydantic does the same for rows, and no column is touched by Python. (Measured with eleven
columns: 88k rows/s against 105k with an array per column, before counting what making the arrays
costs a type that is not plain.) Statements are made once, as bytes.
"""

from collections.abc import Sequence
from functools import cached_property

from psycopg.sql import SQL, Composable, Composed, Identifier

from infra.projecting.columns import Column
from infra.projecting.read_model import ReadModel

POSITION = "_position"
"""Column with the position of the event that last touched the row."""


def live_table(model_name: str) -> str:
    """The name under which readers find a read model."""
    return f"read_{model_name}"


def build_table(model_name: str, build: int) -> str:
    """The name of a build that is not live: not yet, or no longer."""
    return f"read_{model_name}__{build}"


def history_table(table: str) -> str:
    """Where the versions of a table's rows are kept."""
    return f"{table}__h"


class Table:
    """One read model's table, with its history when it keeps one, under a given name."""

    def __init__(self, model: ReadModel, name: str) -> None:
        self.model = model
        self.name = name
        self._columns = [column.name for column in model.columns]
        self._key = [column.name for column in model.key_columns]

    @classmethod
    def live(cls, model: ReadModel) -> "Table":
        """The table that readers see."""
        return cls(model, live_table(model.name))

    @classmethod
    def of_build(cls, model: ReadModel, build: int) -> "Table":
        """The table of a build beside the live one."""
        return cls(model, build_table(model.name, build))

    @property
    def names(self) -> list[str]:
        """The table, and its history when it keeps one."""
        return [self.name, history_table(self.name)] if self.model.row.history else [self.name]

    # -- made

    def create(self) -> list[bytes]:
        """Statements that make the empty table with its key, without its other indexes."""
        columns = self._declarations(self.model.columns)
        statements = [
            SQL("CREATE TABLE {} ({}, {} bigint NOT NULL, PRIMARY KEY ({}))").format(
                Identifier(self.name), columns, Identifier(POSITION), _names(self._key)
            )
        ]
        if self.model.row.history:
            statements.append(
                SQL(
                    "CREATE TABLE {} ({}, _from bigint NOT NULL, _to bigint,"
                    " PRIMARY KEY ({}, _from))"
                ).format(Identifier(history_table(self.name)), columns, _names(self._key))
            )
        return [_bytes(statement) for statement in statements]

    def create_indexes(self, build: int) -> list[bytes]:
        """Statements that make the other indexes; their names hold the build, as tables change theirs.

        (column, key) gives pages in a stable order for equal values, in both directions.
        """
        made: list[Composed] = []
        indexed = [column for column in self.model.columns if column.indexed]
        for kind, table in zip("rh", self.names, strict=False):
            for n, column in enumerate(indexed):
                rest = [name for name in self._key if name != column.name]
                index = SQL("ON {} ({})").format(Identifier(table), _names([column.name, *rest]))
                name = f"build_{build}_{kind}{n}"
                made.append(SQL("CREATE INDEX {} {}").format(Identifier(name), index))
                if column.without:
                    made.append(
                        SQL("CREATE INDEX {} {} WHERE {} IS NOT NULL AND {} IS NULL").format(
                            Identifier(f"{name}_without"),
                            index,
                            Identifier(column.name),
                            Identifier(column.without),
                        )
                    )
        if self.model.row.history:
            made += self._history_indexes(build)
        return [_bytes(statement) for statement in made]

    def _history_indexes(self, build: int) -> list[Composed]:
        history = Identifier(history_table(self.name))
        return [
            # the version in force is found without walking all versions of its key
            SQL("CREATE UNIQUE INDEX {} ON {} ({}) WHERE _to IS NULL").format(
                Identifier(f"build_{build}_open"), history, _names(self._key)
            ),
            # what was in force long ago is few of all versions
            SQL("CREATE INDEX {} ON {} (_from)").format(Identifier(f"build_{build}_from"), history),
        ]

    def analyze(self) -> list[bytes]:
        """Statements that tell the planner what is in the tables, before anyone asks them."""
        return [_bytes(SQL("ANALYZE {}").format(Identifier(name))) for name in self.names]

    def grant(self, statement_for: Sequence[tuple[str, str]]) -> list[bytes]:
        """Grants on the table and its history: pairs of (privileges, role)."""
        tables = [Identifier(name) for name in self.names]
        return [
            _bytes(
                SQL("GRANT {} ON {} TO {}").format(
                    SQL(privileges),
                    SQL(", ").join(tables),
                    Identifier(role),
                )
            )
            for privileges, role in statement_for
        ]

    def _declarations(self, columns: Sequence[Column]) -> Composable:
        return SQL(", ").join(
            SQL("{} {}{}").format(
                Identifier(column.name),
                SQL(column.declared),
                SQL("") if column.optional else SQL(" NOT NULL"),
            )
            for column in columns
        )

    # -- read and written by key

    @cached_property
    def load(self) -> bytes:
        """Parameters: an array per key column. One line: the rows found, as a JSON array."""
        return _bytes(
            SQL("SELECT coalesce(json_agg(r)::text, '[]') FROM (SELECT {} FROM {} t {}) r").format(
                self.as_json, Identifier(self.name), self._among_keys
            )
        )

    @cached_property
    def upsert(self) -> bytes:
        """Parameter: rows with their ``_position`` as a JSON array, in UTF-8."""
        columns = [*self._columns, POSITION]
        changes = SQL(", ").join(
            SQL("{0} = excluded.{0}").format(Identifier(name))
            for name in columns
            if name not in self._key
        )
        return _bytes(
            SQL(
                "INSERT INTO {0} ({1}) SELECT {1} FROM"
                " json_populate_recordset(null::{0}, convert_from(%b, 'UTF8')::json)"
                " ON CONFLICT ({2}) DO UPDATE SET {3}"
            ).format(Identifier(self.name), _names(columns), _names(self._key), changes)
        )

    @cached_property
    def delete(self) -> bytes:
        """Parameters: an array per key column."""
        return _bytes(
            SQL("DELETE FROM {} t USING {} WHERE {}").format(
                Identifier(self.name), self._keys, self._same_key
            )
        )

    @cached_property
    def close_versions(self) -> bytes:
        """Ends the versions in force. Parameters: an array per key column, one of positions."""
        return _bytes(
            SQL("UPDATE {} t SET _to = k._at FROM {} WHERE {} AND t._to IS NULL").format(
                Identifier(history_table(self.name)), self._keys_with_position, self._same_key
            )
        )

    @cached_property
    def insert_versions(self) -> bytes:
        """Parameter: versions with their ``_from`` and ``_to`` as a JSON array, in UTF-8."""
        return _bytes(
            SQL(
                "INSERT INTO {0} ({1}) SELECT {1} FROM"
                " json_populate_recordset(null::{0}, convert_from(%b, 'UTF8')::json)"
            ).format(Identifier(history_table(self.name)), _names([*self._columns, "_from", "_to"]))
        )

    @cached_property
    def as_json(self) -> Composable:
        """The columns for a row as JSON. A numeric goes as text, or it would come back rounded."""
        return SQL(", ").join(
            SQL("t.{0}::text AS {0}").format(Identifier(column.name))
            if column.sql_type == "numeric"
            else SQL("t.{}").format(Identifier(column.name))
            for column in self.model.columns
        )

    def key_arrays(self, keys: Sequence[tuple[object, ...]]) -> list[list[object]]:
        """Keys as an array per column; an enum's member goes as the text it is."""
        arrays: list[list[object]] = []
        for index, column in enumerate(self.model.key_columns):
            if column.sql_type == "text":
                arrays.append([str(key[index]) for key in keys])
            else:
                arrays.append([key[index] for key in keys])
        return arrays

    @property
    def _among_keys(self) -> Composable:
        if len(self._key) == 1:  # a plain index scan, also in a generic plan
            return SQL("WHERE t.{} = any(%s::{}[])").format(
                Identifier(self._key[0]),
                SQL(self.model.key_columns[0].sql_type),
            )
        return SQL("JOIN {} ON {}").format(self._keys, self._same_key)

    @property
    def _keys(self) -> Composable:
        return SQL("unnest({}) AS k({})").format(self._key_parameters, _names(self._key))

    @property
    def _keys_with_position(self) -> Composable:
        return SQL("unnest({}, %s::bigint[]) AS k({}, _at)").format(
            self._key_parameters, _names(self._key)
        )

    @property
    def _key_parameters(self) -> Composable:
        return SQL(", ").join(
            SQL("%s::{}[]").format(SQL(column.sql_type)) for column in self.model.key_columns
        )

    @property
    def _same_key(self) -> Composable:
        return SQL(" AND ").join(SQL("t.{0} = k.{0}").format(Identifier(n)) for n in self._key)


def _names(names: Sequence[str]) -> Composable:
    return SQL(", ").join(map(Identifier, names))


def _bytes(statement: Composed) -> bytes:
    return statement.as_string(None).encode()
