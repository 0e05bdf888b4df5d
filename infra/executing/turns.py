"""One at a time per matter, without a lock object for every matter that ever was.

Commands on one matter in one process take turns, so that a warm aggregate is never decided on
while an earlier decision on it waits for its commit. Between processes the version check judges.
"""

import asyncio
from uuid import UUID

Queues = dict[int, "Turn"]
"""The last in each queue, by the id as a number: a UUID's own hash is computed in Python."""


class Turn:
    """One place in the queue of one id, as an asynchronous context manager.

    A class and not a generator, and without a future unless somebody waits: it is on every
    command's path, and nearly always alone in its queue.
    """

    __slots__ = ("_id", "_last", "_left")

    def __init__(self, last: Queues, id: int) -> None:
        self._last = last
        self._id = id
        self._left: asyncio.Future[None] | None = None

    async def __aenter__(self) -> None:
        """Waits for everyone who came before; cancelling leaves the queue whole."""
        before = self._last.get(self._id)
        self._last[self._id] = self
        if before is not None:
            left = before._left = asyncio.get_running_loop().create_future()
            try:
                await asyncio.shield(left)
            except BaseException:
                # those behind must still wait for those before
                left.add_done_callback(self._leave)
                raise

    async def __aexit__(self, *_: object) -> None:
        self._leave()

    def _leave(self, _before: object = None) -> None:
        if self._left is not None:
            self._left.set_result(None)
        if self._last.get(self._id) is self:
            del self._last[self._id]


class Turns:
    """A queue per id that exists only while somebody is in it."""

    def __init__(self) -> None:
        self._last: Queues = {}

    def of(self, id: UUID) -> Turn:
        """The next place in this id's queue, to be entered at once."""
        return Turn(self._last, id.int)
