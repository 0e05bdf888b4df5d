"""The connections of whoever keeps or builds read models."""

from psycopg_pool import AsyncConnectionPool

from infra.database import POOL_WAIT_SECONDS, PROJECTOR, Connection, Pool, conninfo

# Every statement finds its rows by key, and a plan made while a table was small must not walk it
# when it has grown. Commits do not wait for the disk: rows and checkpoint are lost together, if at
# all, and come again from the log.
_SESSION = b"""
SET synchronous_commit = off; SET enable_seqscan = off;
SET enable_hashjoin = off; SET enable_mergejoin = off
"""


async def open_work_pool(url: str, namespace: str, *, size: int) -> Pool:
    """A pool of at most ``size`` connections in the projector's role; does not wait for one."""
    pool: Pool = AsyncConnectionPool(
        conninfo(url, namespace, role=PROJECTOR, application="huimin-projector"),
        kwargs={"autocommit": True},
        configure=configure,
        min_size=1,
        max_size=size,
        timeout=POOL_WAIT_SECONDS,
        open=False,
        name="huimin-projector",
    )
    await pool.open(wait=False)
    return pool


async def configure(connection: Connection) -> None:
    """Sets up a session for work by key."""
    await connection.execute(_SESSION)
