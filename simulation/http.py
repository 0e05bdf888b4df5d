"""A lean HTTP client: connections that stay open, and retries until there is an answer.

Relies on httptools, which the server needs anyway. What may surprise: only a failure that may
pass (no connection, no answer in time, 429, 502 to 504) is tried again, always with the very same
bytes, so that a command with its Idempotency-Key has one effect however often it is sent.
"""

import asyncio
import random
import ssl
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

import httptools
import orjson

from infra.errors import Unavailable

AGAIN = frozenset({429, 502, 503, 504})
"""Statuses of which the contract says that nothing was done and a retry is safe."""

FIRST_PAUSE_SECONDS = 0.05
LONGEST_PAUSE_SECONDS = 1.0
ANSWER_WITHIN_SECONDS = 20.0


class Unreachable(Unavailable):
    """Nothing but passing failures for as long as patience lasts."""


class Reply(NamedTuple):
    """An answer; header names in lower case."""

    status: int
    headers: Mapping[bytes, bytes]
    body: bytes

    @property
    def json(self) -> dict[str, object]:
        """The body, which every answer of the contract has, as an object."""
        value: dict[str, object] = orjson.loads(self.body)
        return value

    @property
    def code(self) -> str:
        """The stable code of a problem; empty when the answer is none."""
        if self.status < 400:
            return ""
        try:
            return str(orjson.loads(self.body).get("code", ""))
        except (orjson.JSONDecodeError, AttributeError):
            return ""


class _Line(asyncio.Protocol):
    """One connection with at most one request under way."""

    def __init__(self) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self._transport: asyncio.Transport | None = None
        self._told: asyncio.Future[Reply] | None = None
        self._headers: dict[bytes, bytes] = {}
        self._body: list[bytes] = []
        self.open = False

    async def ask(self, request: bytes) -> Reply:
        """Sends a request. Raises ConnectionError or TimeoutError; the line is then useless."""
        if self._transport is None or not self.open:
            raise ConnectionResetError
        self._told = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        try:
            async with asyncio.timeout(ANSWER_WITHIN_SECONDS):
                return await self._told
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Hangs up."""
        self.open = False
        if self._transport is not None:
            self._transport.abort()

    # asyncio's side

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]  # a stream's transport is no other
        self.open = True

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self.close()
            self._fail()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  asyncio's signature
        self.open = False
        self._fail()

    def _fail(self) -> None:
        if self._told is not None and not self._told.done():
            self._told.set_exception(ConnectionResetError())

    # httptools' side

    def on_message_begin(self) -> None:
        self._headers = {}
        self._body = []

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers[name.lower()] = value

    def on_body(self, body: bytes) -> None:
        self._body.append(body)

    def on_message_complete(self) -> None:
        status = self._parser.get_status_code()
        if status == 100:
            return
        if not self._parser.should_keep_alive():
            self.open = False
        if self._told is not None and not self._told.done():
            self._told.set_result(Reply(status, self._headers, b"".join(self._body)))


class Client:
    """A pool of lines to one server. ``retries`` and ``reconnects`` count what went wrong.

    ``patience_seconds``: how long a request is tried again before :class:`Unreachable`.
    """

    def __init__(self, base_url: str, *, patience_seconds: float = 180.0) -> None:
        url = urlsplit(base_url)
        if url.scheme not in ("http", "https") or url.hostname is None:
            raise ValueError("an address of the API begins with http:// or https://")
        self._host = url.hostname
        self._port = url.port or (443 if url.scheme == "https" else 80)
        self._tls = ssl.create_default_context() if url.scheme == "https" else None
        self._prefix = url.path.rstrip("/")
        self._authority = url.netloc.rpartition("@")[2]
        self._patience = patience_seconds
        self._idle: list[_Line] = []
        self.retries = 0
        self.reconnects = 0

    async def ask(
        self,
        method: str,
        path: str,
        *,
        token: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """The server's answer, which may well be a problem. Raises Unreachable."""
        request = self._request(method, path, token, body, headers or {})
        loop = asyncio.get_running_loop()
        give_up_at = loop.time() + self._patience
        pause = FIRST_PAUSE_SECONDS
        while True:
            reply: Reply | None = None
            try:
                reply = await self._once(request)
            except (OSError, TimeoutError):
                self.reconnects += 1
            if reply is not None and reply.status not in AGAIN:
                return reply
            if loop.time() > give_up_at:
                said = f"status {reply.status} {reply.code}" if reply else "no answer"
                raise Unreachable(f"{said} for {self._patience:.0f} s")
            self.retries += 1
            await asyncio.sleep(self._pause(pause, reply))
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)

    def _pause(self, pause: float, reply: Reply | None) -> float:
        """Full jitter below a growing bound, so that those who waited do not all come at once.

        ``Retry-After`` raises the bound, in whole seconds as the contract has it.
        """
        asked = reply.headers.get(b"retry-after", b"") if reply else b""
        bound = max(pause, float(asked)) if asked.isdigit() else pause
        return random.uniform(FIRST_PAUSE_SECONDS / 2, bound)

    async def _once(self, request: bytes) -> Reply:
        line = await self._line()
        reply = await line.ask(request)
        if line.open:
            self._idle.append(line)
        return reply

    async def _line(self) -> _Line:
        while self._idle:
            line = self._idle.pop()
            if line.open:
                return line
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(ANSWER_WITHIN_SECONDS):
            _, line = await loop.create_connection(_Line, self._host, self._port, ssl=self._tls)
        return line

    def _request(
        self, method: str, path: str, token: str, body: bytes | None, headers: Mapping[str, str]
    ) -> bytes:
        lines = [
            f"{method} {self._prefix}{path} HTTP/1.1",
            f"host: {self._authority}",
            f"authorization: Bearer {token}",
            *(f"{name}: {value}" for name, value in headers.items()),
        ]
        if body is not None:
            lines += ["content-type: application/json", f"content-length: {len(body)}"]
        return "\r\n".join((*lines, "", "")).encode() + (body or b"")

    async def close(self) -> None:
        """Hangs up all lines."""
        for line in self._idle:
            line.close()
        self._idle.clear()
        await asyncio.sleep(0)
