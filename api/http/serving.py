"""How uvicorn serves the HTTP door: uvloop, httptools, and problems also below the application.

What cannot be parsed as HTTP never reaches the application; here it is answered in the same form
as every other failure. The size of a request's head is bounded, which httptools leaves open.
"""

from functools import partial

import uvicorn
from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

from api.http.doors import AT_ONCE
from api.http.problems import Answer, Problems
from api.http.traces import trace_id, traceparent

LARGEST_HEAD = 64 * 1024
"""Bytes of request target and headers together."""


# What no header may hold: control characters, which could end its line or the head.
_CONTROLS = bytes([*range(9), *range(10, 32), 127])


def at_once(cycle: RequestResponseCycle, answer: Answer) -> bool:
    """Writes a whole answer in one piece; False when it has to go by ASGI's messages instead.

    By those, uvicorn writes the head and the body one after the other, and uvloop makes a system
    call, and a packet, of each; with what it checks of each message that is 4 % of a command's
    instructions.
    """
    if cycle.disconnected:
        return True
    if cycle.response_started or cycle.flow.write_paused or cycle.scope["method"] == "HEAD":
        return False
    lines = [STATUS_LINE[answer.status]]
    for name, value in cycle.default_headers + answer.headers:
        lines.append(b"%b: %b\r\n" % (name, value))
    if not cycle.keep_alive:
        lines.append(b"connection: close\r\n")
    lines.append(b"\r\n")
    head = b"".join(lines)
    clean = len(head) - len(head.translate(None, _CONTROLS)) == 2 * len(lines)
    if not clean or b"content-length: %d\r\n" % len(answer.body) not in head:
        return False
    cycle.response_started = cycle.response_complete = True
    cycle.transport.write(head + answer.body)
    cycle.message_event.set()
    if not cycle.keep_alive:
        cycle.transport.close()
    cycle.on_response()
    return True


class HuiminProtocol(HttpToolsProtocol):
    """HTTP/1.1 as uvicorn speaks it, with our problems, a bound on a request's head, and each
    answer in one piece."""

    _head = 0

    def on_message_begin(self) -> None:
        """A new request on this connection."""
        self._head = 0
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        """A piece of the request target."""
        self._head += len(url)
        if self._head > LARGEST_HEAD:
            raise ValueError("head too large")
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header."""
        # without super() and _take: it is called for each header of each request
        self._head += len(name) + len(value)
        if self._head > LARGEST_HEAD:
            raise ValueError("head too large")
        HttpToolsProtocol.on_header(self, name, value)

    def on_headers_complete(self) -> None:
        """The request begins; its body may still be on its way."""
        super().on_headers_complete()
        self.scope[AT_ONCE] = partial(at_once, self.cycle)  # type: ignore[literal-required]  # a key of ours

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
