"""One at a time per matter, without a lock object for every matter that ever was.

Commands on one matter in one process take turns, so that a warm aggregate is never decided on
while an earlier decision on it waits for its commit. Between processes the version check judges.
"""

import asyncio
from uuid import UUID

Queue = dict[UUID, "asyncio.Future[None]"]


class Turn:
    """One place in the queue of one id, as an asynchronous context manager.

    A class and not a generator: it is on every command's path, and costs a third.
    """

    __slots__ = ("_before", "_id", "_last", "_mine")

    def __init__(self, last: Queue, id: UUID) -> None:
        self._last = last
        self._id = id

    async def __aenter__(self) -> None:
        """Waits for everyone who came before; cancelling leaves the queue whole."""
        before = self._before = self._last.get(self._id)
        self._mine = asyncio.get_running_loop().create_future()
        self._last[self._id] = self._mine
        if before is not None:
            try:
                await asyncio.shield(before)
            except BaseException:
                # those behind must still wait for those before
                before.add_done_callback(self._leave)
                raise

    async def __aexit__(self, *_: object) -> None:
        self._leave()

    def _leave(self, _before: object = None) -> None:
        self._mine.set_result(None)
        if self._last.get(self._id) is self._mine:
            del self._last[self._id]


class Turns:
    """A queue per id that exists only while somebody is in it."""

    def __init__(self) -> None:
        self._last: Queue = {}

    def of(self, id: UUID) -> Turn:
        """The next place in this id's queue, to be entered at once."""
        return Turn(self._last, id)
