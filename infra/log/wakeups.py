"""Wake-ups: one LISTEN connection per process, shared by everyone who waits for something new.

A wake-up says "look again" and nothing more. It may be lost (a broken connection, a restart), so
every wait has a time limit and the waiter looks again in any case; after a reconnect everyone is
woken, because nobody knows what was missed.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg
import structlog

from infra import database

log = structlog.get_logger(__name__)

CHANNELS = ("log", "projection")
"""``log`` carries the head's position, ``projection`` "name position"."""

_FIRST_PAUSE_SECONDS = 0.1
_LONGEST_PAUSE_SECONDS = 5.0
_QUIET_SECONDS = 60.0
_KEPT = 1024


class Subscription:
    """Remembers wake-ups from the moment it was made, so that none falls between look and wait."""

    def __init__(self) -> None:
        self._payloads: list[str] = []
        self._woken = asyncio.Event()

    async def wait(self, timeout: float) -> str | None:  # noqa: ASYNC109  # a wait, not a cancel
        """The latest payload since the last call, "" when only a reconnect woke; None when
        ``timeout`` seconds have passed."""
        payloads = await self.wait_all(timeout)
        return payloads[-1] if payloads else None

    async def wait_all(self, timeout: float) -> list[str]:  # noqa: ASYNC109  # as above
        """All payloads since the last call in order, the oldest left out when they are very
        many; an empty list when ``timeout`` seconds have passed."""
        if not self._woken.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(timeout):
                    await self._woken.wait()
        self._woken.clear()
        payloads, self._payloads = self._payloads, []
        return payloads

    def wake(self, payload: str) -> None:
        """Called for each wake-up."""
        self._payloads.append(payload)
        if len(self._payloads) > _KEPT:
            del self._payloads[: _KEPT // 2]
        self._woken.set()


class Wakeups:
    """Listens from ``start`` to ``stop``; waiting works also while the database is away."""

    def __init__(self, url: str, namespace: str, channels: tuple[str, ...] = CHANNELS) -> None:
        self._url = url
        self._namespace = namespace
        self._subscriptions: dict[str, set[Subscription]] = {c: set() for c in channels}
        self._task: asyncio.Task[None] | None = None
        self._listening = asyncio.Event()

    async def start(self) -> None:
        """Begins to listen; returns at once, connected or not."""
        self._task = asyncio.create_task(self._run(), name="wakeups")

    async def stop(self) -> None:
        """Stops listening; waits run into their time limits."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def listening(self) -> None:
        """Waits until the database has taken the LISTEN."""
        await self._listening.wait()

    @contextmanager
    def subscribe(self, channel: str) -> Iterator[Subscription]:
        """Wake-ups of one channel for the time of a ``with`` block."""
        subscription = Subscription()
        self._subscriptions[channel].add(subscription)
        try:
            yield subscription
        finally:
            self._subscriptions[channel].discard(subscription)

    async def wait(self, channel: str, timeout: float) -> str | None:  # noqa: ASYNC109  # as above
        """The payload of the next wake-up from now on, or None when ``timeout`` seconds pass."""
        with self.subscribe(channel) as subscription:
            return await subscription.wait(timeout)

    def _wake(self, channel: str, payload: str) -> None:
        for subscription in self._subscriptions.get(channel, ()):
            subscription.wake(payload)

    async def _run(self) -> None:
        pause = _FIRST_PAUSE_SECONDS
        while True:
            try:
                connection = await database.connect(
                    self._url,
                    self._namespace,
                    role=database.READER,
                    application=f"huimin-wakeups-{self._namespace}",
                )
                async with connection:
                    for channel in self._subscriptions:
                        await connection.execute(f'LISTEN "{channel}_{self._namespace}"')
                    pause = _FIRST_PAUSE_SECONDS
                    self._listening.set()
                    for channel in self._subscriptions:
                        self._wake(channel, "")
                    await self._listen(connection)
            except psycopg.Error as error:
                log.warning("wakeups_lost", error=type(error).__name__)
            self._listening.clear()
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)

    async def _listen(self, connection: database.Connection) -> None:
        while True:
            async for notice in connection.notifies(timeout=_QUIET_SECONDS):
                channel = notice.channel.removesuffix(f"_{self._namespace}")
                self._wake(channel, notice.payload)
            # long silence: is anyone still there?
            await connection.execute("SELECT 1")
