"""Logs of any length, grown once through the product and copied whenever one is wanted.

Each is a database of one PostgreSQL, so a copy is made by the server, page by page, and what is
measured on a copy leaves the original as it was grown. The engine's directory notes what was grown:
kept, it gives the same logs to a later run.
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

from bench.growth import Grown, grown
from bench.http import NAMESPACE, settings
from bench.lives.wifi_sessions import ONLINE
from infra.log.migrate import migrate

FIRST = 10_000_000
"""The first number of the first load: beyond all numbers of lives, and octets beyond theirs."""
APART = 1_000_000
"""Between the first numbers of two loads on one log."""

SESSIONS = 120
"""A log of ten thousand events has some more of them online."""

_SESSIONS = f"""
SELECT stream_id, data FROM (
    SELECT e.position, e.stream_id, e.data, row_number() OVER (ORDER BY e.position) AS n,
           greatest(count(*) OVER () / {SESSIONS}, 1) AS apart
    FROM {NAMESPACE}.claims AS c
    JOIN {NAMESPACE}.events AS e
      ON e.stream_id = c.holder AND e.type = 'wifi-sessions.session-started.v1'
    WHERE c.scope LIKE 'acct-session:%%' AND c.value LIKE '{ONLINE}-%%'
) AS online
WHERE n %% apart = %s %% apart
ORDER BY position
LIMIT {SESSIONS}
"""
"""So many of the sessions that are online, evenly over the log; others for each number."""

_SIZE = f"""
SELECT sum(pg_total_relation_size(oid)) / 1e6 FROM pg_class
WHERE relkind = 'r' AND relnamespace = '{NAMESPACE}'::regnamespace
"""


@dataclass(slots=True)
class Log:
    """A database with a log, and what has been used up of it: numbers, and choices of sessions."""

    url: str
    data_dir: Path
    first: int = FIRST
    asked: int = 0

    def environment(self, port: int = 0) -> dict[str, str]:
        """Of the product's processes over this log."""
        return settings(self.url, self.data_dir, port)

    def head(self) -> int:
        """How many events it has."""
        with psycopg.connect(self.url) as connection:
            rows = connection.execute(f"SELECT max(position) FROM {NAMESPACE}.events")
            return int(rows.fetchall()[0][0])

    def numbers(self) -> int:
        """The first of the numbers that are the next load's alone."""
        self.first += APART
        return self.first - APART

    def megabytes(self) -> float:
        """What its tables take on the disk, with their indexes."""
        with psycopg.connect(self.url) as connection:
            return float(connection.execute(_SIZE.encode()).fetchall()[0][0])

    def online(self) -> tuple[str, ...]:
        """Fields that name a session in a report, for sessions from all over the log.

        A long log has others each time, so that none grows old by being measured.
        """
        self.asked += 1
        with psycopg.connect(self.url) as connection:
            found = connection.execute(_SESSIONS.encode(), [self.asked]).fetchall()
        return tuple(_named(session, json.loads(data)) for session, data in found)


@dataclass(slots=True)
class Original:
    """A log as it was grown, of which measurements get copies. Nobody is connected to it.

    ``directory`` has the keys with which it was grown; there it is noted what came of it, so that
    a log that is there is not grown again.
    """

    server: str
    directory: Path
    events: int
    copies: int = 0

    @property
    def name(self) -> str:
        """Of its database."""
        return f"grown_{self.events}"

    @property
    def title(self) -> str:
        """Of its cases in the tables."""
        return f"{self.events:,} events"

    def grow(self, processes: int) -> Grown:
        """From nothing, or what is noted."""
        note = self.directory / f"{self.name}.json"
        if not note.exists():
            self._make(self.name)
            log = self._log(self.name)
            asyncio.run(migrate(log.url, NAMESPACE))
            made = grown(log.environment(), self.events, processes)
            with psycopg.connect(log.url, autocommit=True) as connection:
                connection.execute("VACUUM ANALYZE")
            note.write_text(json.dumps(asdict(made)))
        return Grown(**json.loads(note.read_text()))

    def copy(self) -> Log:
        """Another log with the same events."""
        self.copies += 1
        name = f"{self.name}_{self.copies}"
        self._make(name, f"TEMPLATE {self.name}")
        return self._log(name)

    def _make(self, name: str, of: str = "") -> None:
        with psycopg.connect(self.server, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name}")
            connection.execute(f"CREATE DATABASE {name} {of}")

    def _log(self, name: str) -> Log:
        return Log(urlsplit(self.server)._replace(path=f"/{name}").geturl(), self.directory)


def _named(session: Any, started: Mapping[str, Any]) -> str:
    fields = {
        "radius_class": str(session),
        "nas_id": started["nas"],
        "acct_session_id": started["acct_session_id"],
        "calling_station_id": started["mac"],
    }
    return json.dumps(fields)[1:-1]
