"""The log for callers that are threads: one event loop in the background, shared by all of them.

The library's recorders are synchronous. Their inserts meet in one group commit on this loop, so
that throughput grows with the number of threads instead of falling.
"""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

from infra.log.append import GroupCommit
from infra.log.wakeups import Wakeups

T = TypeVar("T")

_RECHECK_SECONDS = 1.0


class Background:
    """A thread with a group commit and a listener, for one database and namespace."""

    def __init__(self, url: str, namespace: str) -> None:
        self._url = url
        self._namespace = namespace
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="log", daemon=True)
        self._thread.start()
        try:
            self._commit, self._wakeups = self.run(self._start())
        except BaseException:
            self._end()
            raise

    async def _start(self) -> tuple[GroupCommit, Wakeups]:
        commit = GroupCommit(self._url, self._namespace)
        await commit.start()
        wakeups = Wakeups(self._url, self._namespace)
        await wakeups.start()
        return commit, wakeups

    @property
    def commit(self) -> GroupCommit:
        """To be used on the loop only: ``run(commit.append(…))``."""
        return self._commit

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Runs a coroutine on the loop and waits for what it returns or raises."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def call_when_the_log_grows(self, tell: Callable[[], object]) -> "Future[None]":
        """Calls ``tell`` on each wake-up, and every second without one, until cancelled."""

        async def watch() -> None:
            with self._wakeups.subscribe("log") as subscription:
                while True:
                    tell()
                    await subscription.wait(_RECHECK_SECONDS)

        return asyncio.run_coroutine_threadsafe(watch(), self._loop)

    def stop(self) -> None:
        """Lets what is under way finish, then ends the thread."""

        async def stop() -> None:
            await self._wakeups.stop()
            await self._commit.stop()

        self.run(stop())
        self._end()

    def _end(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


class Shared:
    """One Background per database and namespace in a process, as long as somebody uses it."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._open: dict[tuple[str, str], tuple[Background, int]] = {}

    def acquire(self, url: str, namespace: str) -> Background:
        """Starts it when it is the first; each call needs one :meth:`release`."""
        with self._turn:
            background, users = self._open.get((url, namespace), (None, 0))
            if background is None:
                background = Background(url, namespace)
            self._open[url, namespace] = (background, users + 1)
            return background

    def release(self, url: str, namespace: str) -> None:
        """Stops it after the last user."""
        with self._turn:
            background, users = self._open[url, namespace]
            if users > 1:
                self._open[url, namespace] = (background, users - 1)
                return
            del self._open[url, namespace]
        background.stop()


shared = Shared()
