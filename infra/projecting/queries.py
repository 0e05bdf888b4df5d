"""Answers questions about read models, each with the exact position it is true for.

Rows and checkpoint come from one statement, so from one snapshot: also while the table is being
switched, a reader sees all of the old one or all of the new one. Rows are plain JSON values
(``dict``), made by PostgreSQL: nearly twice as fast as rows from typed columns. What may surprise:
right after a deployment the live table may still be of the row type before, until the rebuild that
the change sets off has switched; until then its rows have the old columns.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from psycopg import errors

from infra.database import Connection, Pool, translated, undisturbed
from infra.discovery import Registry
from infra.errors import BadRequest, ReadModelBehind
from infra.log.wakeups import Wakeups
from infra.projecting.arrivals import Arrivals
from infra.projecting.catalogue import unknown
from infra.projecting.cursors import Cursors
from infra.projecting.filters import Asked, storable
from infra.projecting.moments import position_at
from infra.projecting.read_model import ReadModel, read_models
from infra.projecting.selection import Selection, with_key

LARGEST_PAGE = 500
"""The contract's largest ``limit``."""

JsonRow = dict[str, Any]
JsonRows = list[JsonRow]


@dataclass(frozen=True, slots=True)
class Page:
    """Rows in order; ``next`` is the cursor of the following page, None on the last."""

    position: int
    rows: JsonRows
    next: str | None


class ReadModels:
    """Reads the read models of a registry, through a pool of role reader.

    ``cursor_key`` seals cursors; all API processes of an installation share it.
    """

    def __init__(
        self, pool: Pool, wakeups: Wakeups, registry: Registry, *, cursor_key: bytes
    ) -> None:
        self.models: Mapping[str, ReadModel] = read_models(registry)
        self._pool = pool
        self._cursors = Cursors(cursor_key)
        self._arrivals = Arrivals(pool, wakeups)
        self._asked = {name: Asked(model) for name, model in self.models.items()}

    async def stop(self) -> None:
        """Ends what waiting has begun."""
        await self._arrivals.stop()

    def asked(self, name: str) -> Asked:
        """Which filters and sorts a read model takes.

        Raises BadRequest ``unknown-read-model``.
        """
        found = self._asked.get(name)
        if found is None:
            raise unknown(name)
        return found

    async def wait_for(self, name: str, position: int, timeout: float) -> bool:  # noqa: ASYNC109  # a longest wait, not a failure
        """Whether the read model reached ``position`` within ``timeout`` seconds."""
        return await self._arrivals.wait_for(name, position, timeout)

    async def get(
        self, name: str, key_values: Sequence[Any], *, as_of: int | datetime | None = None
    ) -> tuple[int, JsonRow | None]:
        """The row with this key, or None, and the position that this is true for.

        Key values may be texts from a URL; what cannot be a key finds nothing. Raises BadRequest
        ``unknown-read-model`` or ``invalid-parameter``, ReadModelBehind when ``as_of`` lies ahead.
        """
        model = self.asked(name).model
        past = await self._past(model, as_of)
        try:
            key = model.key_from(key_values)
        except ValueError:
            key = None
        found = key is not None and all(map(storable, model.key_columns, key))
        # a key that cannot be: the position is asked for all the same, with no row behind it
        limit = 1 if found else 0
        conditions = [with_key(model, key)] if key is not None and found else []
        position, rows = await self._run(Selection(model, conditions, past, limit=limit))
        return position, rows[0] if rows else None

    async def list(
        self,
        name: str,
        filters: Mapping[str, Any] | None = None,
        sort: str | None = None,
        limit: int = 50,
        cursor: str | None = None,
        *,
        as_of: int | datetime | None = None,
    ) -> Page:
        """A page of rows, and the position that it is true for.

        Raises BadRequest ``unknown-read-model``, ``invalid-parameter`` (with what is allowed) or
        ``bad-cursor``, ReadModelBehind when ``as_of`` lies ahead.
        """
        asked, filters = self.asked(name), filters or {}
        if not 1 <= limit <= LARGEST_PAGE:
            raise _not_allowed("limit", f"1 to {LARGEST_PAGE}")
        conditions, order = asked.conditions(filters), asked.order(sort)
        query = _query_text(name, filters, sort, as_of)
        place = self._cursors.open(query, cursor) if cursor else None
        past = await self._past(asked.model, as_of)
        # one more than asked for tells whether there is a next page
        chosen = Selection(asked.model, conditions, past, order, place, limit + 1)
        position, rows = await self._run(chosen)
        following = None
        if len(rows) > limit:
            rows = rows[:limit]
            following = self._cursors.seal(query, chosen.place_of(rows[-1]))
        return Page(position, rows, following)

    async def _past(self, model: ReadModel, as_of: int | datetime | None) -> int | None:
        if as_of is None:
            return None
        if not model.row.history:
            raise _not_allowed("as_of", f"{model.name} keeps no history")
        if isinstance(as_of, int):
            if not 0 <= as_of < 2**63:
                raise _not_allowed("as_of", "a position or a time")
            return as_of

        async def ask() -> int:
            with translated():
                async with self._pool.connection() as connection:
                    return await position_at(connection, as_of)

        return await undisturbed(ask)

    async def _run(self, chosen: Selection) -> tuple[int, JsonRows]:
        with translated():
            line = await undisturbed(lambda: self._ask(chosen))
        position, *arrays = line or (0,)  # no line: never started, so true for the empty log
        if chosen.past is not None and chosen.past > position:
            raise ReadModelBehind(name=chosen.model.name, position=position)
        rows = [row for array in arrays for row in orjson.loads(array)][: chosen.limit]
        return chosen.past if chosen.past is not None else position, rows

    async def _ask(self, chosen: Selection) -> tuple[Any, ...] | None:
        async with self._pool.connection() as connection:
            try:
                return await _fetch(connection, chosen, as_stored=False)
            except errors.UndefinedTable:
                return None
            except errors.UndefinedColumn:
                # made from another row type: the columns that it has, if filters and sort are
                # among them
                try:
                    return await _fetch(connection, chosen, as_stored=True)
                except errors.UndefinedColumn:
                    raise ReadModelBehind(name=chosen.model.name) from None


async def _fetch(
    connection: Connection, chosen: Selection, *, as_stored: bool
) -> tuple[Any, ...] | None:
    statement, parameters = chosen.statement(as_stored=as_stored)
    found = await connection.execute(statement, parameters, prepare=True)
    return await found.fetchone()


def _query_text(
    name: str, filters: Mapping[str, Any], sort: str | None, as_of: int | datetime | None
) -> str:
    """What a cursor belongs to: the same question, whatever the size of its pages."""
    return repr((name, sorted((k, str(v)) for k, v in filters.items()), sort, str(as_of)))


def _not_allowed(parameter: str, allowed: str) -> BadRequest:
    return BadRequest(
        "invalid-parameter", 400, f"{parameter}: {allowed}", parameter=parameter, allowed=[allowed]
    )
