"""How uvicorn serves the HTTP door: uvloop, httptools, and problems also below the application.

What cannot be parsed as HTTP never reaches the application; here it is answered in the same form
as every other failure. The size of a request's head is bounded, which httptools leaves open.
"""

import asyncio
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from api.http.problems import Problems
from api.http.traces import trace_id, traceparent

LARGEST_HEAD = 64 * 1024
"""Bytes of request target and headers together."""


class OneWrite:
    """A transport that sends in one piece what is written in one turn of the loop.

    uvicorn writes an answer's head and its body one after the other, and uvloop makes a system
    call, and a packet, of each: about 15 µs more for every answer, and two wake-ups of the client.
    """

    __slots__ = ("_loop", "_parts", "_transport")

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._parts: list[bytes] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Sends with whatever else is written in this turn."""
        if not self._parts:
            self._loop.call_soon(self._send)
        self._parts.append(data)

    def close(self) -> None:
        """Sends what is left, then hangs up."""
        self._send()
        self._transport.close()

    def _send(self) -> None:
        if self._parts:
            data, self._parts = b"".join(self._parts), []
            self._transport.write(data)


class HuiminProtocol(HttpToolsProtocol):
    """HTTP/1.1 as uvicorn speaks it, with our problems, a bound on a request's head, and each
    answer in one piece."""

    _head = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as the base
        """A client has connected."""
        one_write: Any = OneWrite(transport, self.loop)
        super().connection_made(one_write)

    def on_message_begin(self) -> None:
        """A new request on this connection."""
        self._head = 0
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        """A piece of the request target."""
        self._take(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header."""
        self._take(len(name) + len(value))
        super().on_header(name, value)

    def _take(self, size: int) -> None:
        self._head += size
        if self._head > LARGEST_HEAD:
            raise ValueError("head too large")

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  uvicorn's text is not ours
        """What is not HTTP gets a problem like everything else, and the connection ends."""
        trace = trace_id(traceparent(None))
        answer = Problems({}).answer(
            400, "bad-header", "zh-CN", trace, {"header": "HTTP", "expected": "HTTP/1.1"}
        )
        head = [STATUS_LINE[400], b"connection: close\r\n"]
        head += [b"%s: %s\r\n" % header for header in answer.headers]
        self.transport.write(b"".join(head) + b"\r\n" + answer.body)
        self.transport.close()


def server(app: object, *, backlog: int = 2048, patience_seconds: int = 10) -> uvicorn.Server:
    """A server for the application; ``serve(sockets=[…])`` listens and answers until told to end.

    Logging is left to structlog, and there is no access log: the metrics count, and an address
    of a page may name a person's matter.
    """
    return uvicorn.Server(
        uvicorn.Config(
            app,  # type: ignore[arg-type]  # an ASGI application, whatever its class
            http=HuiminProtocol,
            ws="none",
            loop="uvloop",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            # nothing here depends on what a proxy says of its client
            proxy_headers=False,
            date_header=True,
            backlog=backlog,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=patience_seconds,
        )
    )
