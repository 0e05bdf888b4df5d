"""A line to PostgreSQL that can be cut at the worst moment, frozen, or taken away."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Literal
from urllib.parse import urlsplit, urlunsplit


class Line:
    """Forwards between callers and the database, unless told otherwise.

    ``swallow_answer``: the next answer is received and thrown away, then the connection is cut,
    as when a commit went through but nobody heard of it. ``frozen``: nothing moves any more.
    """

    def __init__(self, url: str) -> None:
        at = urlsplit(url)
        self._host, self._port = str(at.hostname), int(at.port or 5432)
        self._at = at
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.swallow_answer = False
        self.swallowed = 0
        self._moving = asyncio.Event()
        self._moving.set()
        self.port = 0

    @property
    def url(self) -> str:
        """The database's address through this line."""
        user = self._at.netloc.rpartition("@")[0]
        return urlunsplit(self._at._replace(netloc=f"{user}@127.0.0.1:{self.port}"))

    async def open(self) -> None:
        """Takes callers, at the same port as before."""
        self._server = await asyncio.start_server(self._take, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Cuts everyone and takes no more."""
        assert self._server is not None
        self._server.close()
        self.cut()
        for task in list(self._tasks):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        await self._server.wait_closed()

    def cut(self) -> None:
        """Cuts the connections that are open."""
        for writer in self._open:
            writer.transport.abort()

    def freeze(self) -> None:
        """Moves nothing in either direction until :meth:`thaw`."""
        self._moving.clear()

    def thaw(self) -> None:
        """Moves again."""
        self._moving.set()

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        up_reader, up_writer = await asyncio.open_connection(self._host, self._port)
        self._open |= {writer, up_writer}
        for way in (
            self._forward(reader, up_writer, "up"),
            self._forward(up_reader, writer, "down"),
        ):
            task = asyncio.create_task(way)
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _forward(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        direction: Literal["up", "down"],
    ) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(65536):
                await self._moving.wait()
                if direction == "down" and self.swallow_answer:
                    self.swallow_answer = False
                    self.swallowed += 1
                    self.cut()
                    break
                writer.write(data)
                await writer.drain()
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()
        self._open.discard(writer)


@asynccontextmanager
async def line(url: str) -> AsyncIterator[Line]:
    """An open line for the time of a ``with`` block."""
    made = Line(url)
    await made.open()
    try:
        yield made
    finally:
        await made.close()
