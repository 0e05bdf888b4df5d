"""One connection to NATS for as long as it lasts, and its errors as ours.

The library's own reconnecting is off: whoever works over a broken connection must look at the
stream anew anyway, so a session ends with its connection, and the caller begins another. Nothing is
therefore ever sent late, from a buffer, to a server that has changed meanwhile.
"""

import asyncio
from collections.abc import AsyncIterator, Collection, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any, NoReturn

from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.errors import MaxPayloadError

from infra.errors import BrokerUnavailable, Misconfigured

FIRST_PAUSE_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 2.0
_CANCEL_AGAIN_SECONDS = 0.5
_CONNECT_SECONDS = 5.0
_PING_SECONDS = 5
_OLDEST_SERVER = (2, 11)


class Session:
    """A connection to the city's NATS. ``client`` is the library's."""

    def __init__(self, client: Client, closed: asyncio.Event) -> None:
        self.client = client
        self._closed = closed

    async def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Does the work, but no longer than the connection lasts.

        Raises BrokerUnavailable when it breaks, and whatever the work raises.
        """
        await first_of(work, self._until_lost())

    async def _until_lost(self) -> NoReturn:
        await self._closed.wait()
        raise BrokerUnavailable("the connection broke")


@asynccontextmanager
async def session(urls: Sequence[str], name: str) -> AsyncIterator[Session]:
    """A connection under ``name``, closed at the end.

    Raises BrokerUnavailable when no server answers, Misconfigured when the server is too old.
    """
    closed = asyncio.Event()

    async def on_closed() -> None:
        closed.set()

    async def on_error(_: Exception) -> None:
        """Whoever is concerned learns it from the closed connection, a gap or a time limit."""

    client = Client()
    try:
        with translated():
            async with asyncio.timeout(_CONNECT_SECONDS):
                await client.connect(
                    list(urls),
                    name=name,
                    allow_reconnect=False,
                    max_reconnect_attempts=1,
                    reconnect_time_wait=0,
                    connect_timeout=2,
                    ping_interval=_PING_SECONDS,
                    max_outstanding_pings=2,
                    error_cb=on_error,
                    disconnected_cb=on_closed,
                    closed_cb=on_closed,
                )
        version = client.connected_server_version
        if (version.major, version.minor) < _OLDEST_SERVER:
            raise Misconfigured(
                f"NATS 服务器版本过低，需要 2.11 或更高 · nats-server is {version.major}."
                f"{version.minor}, 2.11 or newer is needed: HUIMIN_NATS_URL"
            )
        yield Session(client, closed)
    finally:
        with suppress(NatsError, OSError):
            await client.close()


@contextmanager
def translated() -> Iterator[None]:
    """Errors of the library as BrokerUnavailable; as Misconfigured what no retry can help."""
    try:
        yield
    except MaxPayloadError as error:
        raise Misconfigured("an event is larger than the NATS server's max_payload") from error
    except (NatsError, OSError, TimeoutError) as error:
        if "Authorization Violation" in str(error.args):
            raise Misconfigured(
                "NATS 拒绝了 HUIMIN_NATS_URL 中的用户或密码 · NATS refuses the user or the password in "
                "HUIMIN_NATS_URL"
            ) from error
        raise BrokerUnavailable(type(error).__name__) from error


async def first_of(*work: Coroutine[Any, Any, None]) -> None:
    """Runs all until the first ends, then ends the others; raises what that one raised."""
    tasks = [asyncio.ensure_future(w) for w in work]
    try:
        heed_cancellation()
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        await end(tasks)


async def end(tasks: Collection[asyncio.Task[None]]) -> None:
    """Cancels the tasks until they are done. Once is not enough: a cancellation that meets an
    answer is swallowed by asyncio.wait_for before 3.12, which the client uses, and by the client."""
    running = {task for task in tasks if not task.done()}
    while running:
        for task in running:
            task.cancel()
        _, running = await asyncio.wait(running, timeout=_CANCEL_AGAIN_SECONDS)
    for task in tasks:
        if not task.cancelled():
            task.exception()  # so that it counts as looked at


def heed_cancellation() -> None:
    """Raises CancelledError when this task's cancellation was swallowed; see `end`."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
