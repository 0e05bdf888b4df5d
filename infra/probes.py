"""Whether the engines answer, asked afresh each time: for readiness and for the figures.

A connection that is already open would not tell: it may be a stalled one.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import nats
import nats.errors
from nats.js import JetStreamContext

from infra.database import Pool, translated
from infra.errors import BrokerUnavailable

SECONDS = 2


async def ask_database(pool: Pool) -> None:
    """Returns when PostgreSQL answers; raises StoreUnavailable."""
    with translated():
        async with pool.connection() as connection:
            await connection.execute("SELECT 1")


async def ask_nats(servers: Sequence[str]) -> None:
    """Returns when JetStream answers; raises BrokerUnavailable."""
    async with _jetstream(servers) as jetstream:
        await jetstream.account_info()


async def last_sequence(servers: Sequence[str], stream: str) -> int:
    """The stream's last sequence number; raises BrokerUnavailable."""
    async with _jetstream(servers) as jetstream:
        return int((await jetstream.stream_info(stream)).state.last_seq)


@asynccontextmanager
async def _jetstream(servers: Sequence[str]) -> AsyncIterator[JetStreamContext]:
    try:
        client = await nats.connect(
            list(servers),
            connect_timeout=SECONDS,
            allow_reconnect=False,
            # or else the first connection is tried 60 times, whatever the line above says
            max_reconnect_attempts=1,
            reconnect_time_wait=0,
        )
        try:
            yield client.jetstream(timeout=SECONDS)
        finally:
            await client.close()
    except (OSError, TimeoutError, nats.errors.Error) as error:
        raise BrokerUnavailable(type(error).__name__) from error
