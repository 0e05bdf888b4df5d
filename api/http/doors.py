"""What every endpoint shares: a request read only as far as needed, and failures as problems.

An endpoint is a coroutine from a Request to an Answer; a :class:`Door` around it is an ASGI
application, so that the command route can be reached without a framework in between, and the
others through FastAPI's router, with one way to fail for all.
"""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

import structlog
from structlog.contextvars import bind_contextvars

from api.http import bodies
from api.http.problems import Answer, Language, Problems, language
from api.http.rates import Rates
from api.http.traces import trace_id, traceparent
from commands.base import Caller
from domain.shared.refusals import Refused
from infra.errors import BadRequest, HuiminError
from infra.tokens import Verifier

log = structlog.get_logger(__name__)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

AT_ONCE = "huimin.answer"
"""Where our own server puts what takes a whole Answer, if it can; any other server gets messages."""

JSON = (b"content-type", b"application/json")
REPLAYED = (b"idempotent-replayed", b"true")
_ONCE = frozenset({b"authorization", b"idempotency-key", b"if-match", b"huimin-clock"})


class Request:
    """A request as an endpoint sees it; ``headers`` by lower-case name."""

    __slots__ = ("_receive", "headers", "scope", "traceparent")

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self.scope = scope
        self.headers: dict[bytes, bytes] = dict(scope["headers"])
        self.traceparent = traceparent(self.headers.get(b"traceparent"))
        self._receive = receive

    @property
    def language(self) -> Language:
        """The language of the answer's sentences."""
        return language(self.headers.get(b"accept-language"))

    @property
    def path_values(self) -> Mapping[str, str]:
        """What stood in the path's places."""
        values: Mapping[str, str] = self.scope.get("path_params", {})
        return values

    def text(self, name: bytes) -> str | None:
        """A header as text, None when it was not sent."""
        value = self.headers.get(name)
        return None if value is None else value.decode("latin-1")

    def check_no_header_twice(self) -> None:
        """Raises BadRequest ``bad-header`` when a header that decides something came twice."""
        sent = self.scope["headers"]
        if len(sent) != len(self.headers):
            names = [name for name, _ in sent if name in _ONCE]
            for name in names:
                if names.count(name) > 1:
                    raise bad_header(name.decode(), "once")

    def caller(self, verifier: Verifier) -> Caller:
        """Who asks. Raises BadRequest ``unauthenticated`` (401)."""
        sent = self.headers.get(b"authorization", b"")
        if sent[:7].lower() != b"bearer ":
            raise BadRequest("unauthenticated", 401)
        return verifier.caller(sent[7:].strip().decode("latin-1"))

    async def body(self) -> bytes:
        """The body of a request that must be JSON.

        Raises BadRequest: ``unsupported-media-type`` (415) or ``body-too-large`` (413).
        """
        kind = self.headers.get(b"content-type", b"")
        if kind != b"application/json" and not _is_json(kind):
            raise BadRequest("unsupported-media-type", 415)
        return await bodies.read(self._receive, self.headers.get(b"content-length"))


def _is_json(content_type: bytes) -> bool:
    kind, _, parameters = content_type.lower().partition(b";")
    charset = parameters.replace(b" ", b"").replace(b'"', b"")
    return kind.strip() == b"application/json" and charset in (b"", b"charset=utf-8")


def bad_header(name: str, expected: str) -> BadRequest:
    """The failure that names a header and what it may be, never what was sent."""
    return BadRequest("bad-header", 400, header=name, expected=expected)


Endpoint = Callable[[Request], Awaitable[Answer]]


class Door:
    """An endpoint as an ASGI application that answers every failure with a problem."""

    def __init__(self, endpoint: Endpoint, problems: Problems) -> None:
        self._endpoint = endpoint
        self._problems = problems

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request; when the client has gone there is nobody to answer."""
        request = Request(scope, receive)
        try:
            answer = await self._endpoint(request)
        except (Refused, HuiminError) as failure:
            answer = answer_to(failure, request, self._problems)
        except bodies.ClientGone:
            return
        except Exception as fault:  # noqa: BLE001  whatever it is becomes a logged 500
            answer = answer_to(fault, request, self._problems)
        # taken out, because it holds the scope: what refers to itself is left to the collector
        at_once = scope.pop(AT_ONCE, None)
        if at_once is None or not at_once(answer):
            await send(
                {"type": "http.response.start", "status": answer.status, "headers": answer.headers}
            )
            await send({"type": "http.response.body", "body": answer.body})


def answer_to(failure: Exception, request: Request, problems: Problems) -> Answer:
    """The problem of a failure. What nobody expected is logged, by class and place only."""
    trace = trace_id(request.traceparent)
    if isinstance(failure, Refused) and failure.first_traceparent:
        # what a retry is told is what was told first, to the last byte
        answer = problems.of(failure, request.language, trace_id(failure.first_traceparent))
        answer.headers.append(REPLAYED)
        return answer
    if isinstance(failure, Refused | HuiminError):
        return problems.of(failure, request.language, trace)
    log.error("request_failed", trace_id=trace, path_kind=kind_of(request), exc_info=failure)
    return problems.answer(500, "internal", request.language, trace)


def kind_of(request: Request) -> str:
    """The path's template, which names no matter and no person."""
    route = request.scope.get("route")
    return str(getattr(route, "path", "")) or str(request.scope["path"]).split("/")[1]


def admit(request: Request, verifier: Verifier, rates: Rates) -> Caller:
    """Who asks, if they may ask now, with the trace bound for whatever is logged from here on.

    Raises BadRequest ``unauthenticated`` and ``bad-header``, and RateLimited.
    """
    request.check_no_header_twice()
    caller = request.caller(verifier)
    rates.take(caller.actor)
    bind_contextvars(trace_id=trace_id(request.traceparent))
    return caller
