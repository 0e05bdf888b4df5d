"""Which position an instant means: the last event that the log had recorded by then."""

from datetime import datetime

from infra.database import Connection

# Positions have no gaps and ``recorded_at`` grows with them, so halving finds it in some thirty
# steps by primary key; an index on the time would cost every append.
_POSITION_AT = b"""
WITH RECURSIVE search (low, high) AS (
    SELECT 0::bigint, (SELECT coalesce(max(position), 0) FROM events)
    UNION ALL
    SELECT CASE WHEN e.recorded_at <= %(at)s THEN e.position ELSE s.low END,
           CASE WHEN e.recorded_at <= %(at)s THEN s.high ELSE e.position - 1 END
    FROM search AS s JOIN events AS e ON e.position = (s.low + s.high + 1) / 2
    WHERE s.low < s.high
)
SELECT low FROM search WHERE low = high
"""


async def position_at(connection: Connection, at: datetime) -> int:
    """The position; 0 before the first event."""
    found = await connection.execute(_POSITION_AT, {"at": at}, prepare=True)
    return int((await found.fetchall())[0][0])
