"""About the service: its documents, its health, its figures."""

import asyncio
import ipaddress
from collections.abc import Mapping
from functools import cached_property
from importlib import resources
from typing import Any

import orjson

from api.http import asyncapi, openapi
from api.http.doors import JSON, Request, admit
from api.http.parts import Parts, Probe
from api.http.problems import Answer
from api.http.schemas import event_schema
from commands.base import Role
from domain.shared.refusals import Forbidden
from infra.errors import BadRequest, BrokerUnavailable, StoreUnavailable, Unavailable

PROBE_SECONDS = 2.0
FIGURES_SECONDS = 5.0
_ONLY_ITSELF = (
    b"default-src 'none'; connect-src 'self'; script-src 'unsafe-inline'; style-src 'unsafe-inline'"
)
"""A token is typed into that page: nothing from elsewhere may run in it."""
_FORWARDED = (b"forwarded", b"x-forwarded-for", b"x-real-ip")


class About:
    """The endpoints that tell about the service itself."""

    def __init__(self, parts: Parts, info: Mapping[str, str]) -> None:
        self._parts = parts
        self._info = info

    @cached_property
    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document, made when first asked for."""
        return openapi.document(self._parts.registry, self._parts.read_models, self._info)

    @cached_property
    def _openapi(self) -> bytes:
        return orjson.dumps(self.openapi)

    @cached_property
    def _asyncapi(self) -> bytes:
        parts = self._parts
        title = self._info["title"]
        stream = f"{parts.namespace.upper()}_EVENTS"
        return orjson.dumps(asyncapi.document(parts.registry, parts.namespace, stream, title))

    @cached_property
    def _page(self) -> bytes:
        return resources.files("api.http").joinpath("docs.html").read_bytes()

    async def openapi_json(self, _request: Request) -> Answer:
        """``GET /openapi.json``."""
        return _told(self._openapi)

    async def asyncapi_json(self, _request: Request) -> Answer:
        """``GET /asyncapi.json``."""
        return _told(self._asyncapi)

    async def docs(self, _request: Request) -> Answer:
        """``GET /docs``: a page of our own, so that it also works without the internet."""
        answer = _told(self._page, b"text/html; charset=utf-8")
        answer.headers.append((b"content-security-policy", _ONLY_ITSELF))
        return answer

    async def schema(self, request: Request) -> Answer:
        """``GET /schemas/{event-type}``."""
        event_class = self._parts.registry.events.get(request.path_values["event_type"])
        if event_class is None:
            raise BadRequest("not-found", 404)
        return _told(orjson.dumps(event_schema(event_class)), b"application/schema+json")

    async def live(self, _request: Request) -> Answer:
        """``GET /health/live``."""
        return _told(b'{"status":"live"}')

    async def ready(self, _request: Request) -> Answer:
        """``GET /health/ready``; raises what names the engine that does not answer."""
        probes = self._parts.probes
        answers = await asyncio.gather(*(_answers(probe) for probe in probes.values()))
        engines = {name: "up" if up else "down" for name, up in zip(probes, answers, strict=True)}
        missing = [name for name, state in engines.items() if state == "down"]
        if missing:
            failure: type[Unavailable] = BrokerUnavailable
            if missing != ["nats"]:
                failure = StoreUnavailable
            raise failure(missing=missing, engines=engines)
        return _told(orjson.dumps({"status": "ready", "engines": engines}))

    async def metrics(self, request: Request) -> Answer:
        """``GET /metrics``, to role operator or from loopback."""
        if not _from_loopback(request):
            caller = admit(request, self._parts.verifier, self._parts.rates)
            if Role.OPERATOR not in caller.roles:
                raise Forbidden()
        if self._parts.figures is not None:
            try:
                async with asyncio.timeout(FIGURES_SECONDS):
                    await self._parts.figures.refresh()
            except TimeoutError:
                raise StoreUnavailable() from None
        return _told(self._parts.metrics.shown(), b"text/plain; version=0.0.4; charset=utf-8")


async def _answers(probe: Probe) -> bool:
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            await probe()
    except Exception:  # noqa: BLE001  whatever an engine's client raises, the engine is not there
        return False
    return True


def _from_loopback(request: Request) -> bool:
    """Whether the asking process runs on this machine. Behind a proxy nobody can tell."""
    client = request.scope.get("client")
    if client is None or any(name in request.headers for name in _FORWARDED):
        return False
    try:
        return ipaddress.ip_address(client[0]).is_loopback
    except ValueError:
        return False


def _told(body: bytes, kind: bytes = JSON[1]) -> Answer:
    headers = [(b"content-type", kind), (b"content-length", b"%d" % len(body))]
    return Answer(200, [*headers, (b"cache-control", b"no-cache")], body)
