"""The HTTP door as one ASGI application: commands by a dictionary, all else by FastAPI's router.

``create_app`` only joins parts; nothing is opened or started by it. What may surprise: a command
never passes through FastAPI's own layers, which cost more than the command itself, yet it is part
of the same documented application.
"""

from typing import Any

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request as StarletteRequest
from starlette.responses import Response
from starlette.routing import Route

from api.http.about import About
from api.http.audit import AuditDoor
from api.http.commands import Running, command_routes
from api.http.doors import Door, Endpoint, Receive, Request, Scope, Send, answer_to
from api.http.parts import Parts
from api.http.problems import Answer, MethodNotAllowed, Problems
from api.http.queries import Queries
from infra.errors import BadRequest, HuiminError

INFO = {
    "title": "惠民 Huimin",
    "version": "1",
    "description": "Public services of a city: commands, queries, audit. "
    "城市公共服务：命令、查询、审计。",
}


class HuiminApi(FastAPI):
    """FastAPI with a short way to the commands before its router."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(
            title=INFO["title"],
            version=INFO["version"],
            description=INFO["description"],
            docs_url=None,
            redoc_url=None,
            openapi_url=None,
            redirect_slashes=False,
        )
        self.about = About(parts, INFO)
        counted = parts.metrics.problems
        self.problems = Problems(
            parts.registry.sentences,
            lambda code: counted.labels(code).inc(),
            parts.registry.refusal_sentences,
        )
        self.running = Running()
        routes = command_routes(parts, self.running)
        self._commands = {path: Door(route, self.problems) for path, route in routes.items()}
        self._unknown = Door(_unknown_command, self.problems)
        self.exception_handler(HTTPException)(self._refused_by_router)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request, or follows the server's lifespan."""
        if scope["type"] == "http":
            path: str = scope["path"]
            if path.startswith("/commands/"):
                await self._commands.get(path, self._unknown)(scope, receive, send)
                return
        await super().__call__(scope, receive, send)

    def openapi(self) -> dict[str, Any]:
        """The document of /openapi.json."""
        return self.about.openapi

    def at(self, path: str, endpoint: Endpoint, *methods: str) -> None:
        """Puts an endpoint behind the router; GET brings HEAD along."""
        door = Door(endpoint, self.problems)
        self.router.routes.append(Route(path, door, methods=list(methods)))

    async def _refused_by_router(self, request: StarletteRequest, error: Exception) -> Response:
        ours = Request(request.scope, request.receive)
        allowed = (getattr(error, "headers", None) or {}).get("Allow", "")
        failure: HuiminError = BadRequest("not-found", 404)
        if getattr(error, "status_code", 404) == 405:
            failure = MethodNotAllowed(method.strip() for method in allowed.split(","))
        return _as_response(answer_to(failure, ours, self.problems))


async def _unknown_command(_request: Request) -> Answer:
    raise BadRequest("unknown-command", 404)


def _as_response(answer: Answer) -> Response:
    response = Response(answer.body, answer.status)
    response.raw_headers = list(answer.headers)
    return response


def create_app(parts: Parts) -> HuiminApi:
    """The whole HTTP door over the given parts."""
    app = HuiminApi(parts)
    queries = Queries(parts)
    app.at("/queries/{read_model}", queries.list, "GET")
    app.at("/queries/{read_model}/search", queries.search, "POST")
    app.at("/queries/{read_model}/{key:path}", queries.one, "GET")
    audit = AuditDoor(parts)
    app.at("/audit/events", audit.search, "GET")
    app.at("/audit/{program}/{id}/events", audit.events, "GET")
    app.at("/audit/{program}/{id}/state", audit.state, "GET")
    about = app.about
    app.at("/openapi.json", about.openapi_json, "GET")
    app.at("/asyncapi.json", about.asyncapi_json, "GET")
    app.at("/docs", about.docs, "GET")
    app.at("/schemas/{event_type}", about.schema, "GET")
    app.at("/health/live", about.live, "GET")
    app.at("/health/ready", about.ready, "GET")
    app.at("/metrics", about.metrics, "GET")
    return app
