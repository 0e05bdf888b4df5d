"""Audit over HTTP: one matter's events and state, and a search through the whole log."""

from uuid import UUID

import orjson

from api.http.doors import JSON, Request, admit
from api.http.parameters import (
    LARGEST_POSITION,
    name,
    only,
    parameter,
    parameters,
    point,
    text,
    whole,
)
from api.http.parts import Parts
from api.http.problems import Answer
from commands.base import Role
from domain.shared.refusals import Forbidden
from infra.auditing.audit import AuditPage, Moment, Wanted
from infra.auditing.reads import Asking
from infra.errors import BadRequest

AUDITORS = frozenset({Role.AUDITOR, Role.OPERATOR})
MOMENTS = ("version", "position", "at")
WANTED = ("program", "type", "actor", "department", "from", "to")
LARGEST_PAGE = 500
USUAL_PAGE = 50


class AuditDoor:
    """The three endpoints for auditors and operators."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._audit = parts.audit

    async def events(self, request: Request) -> Answer:
        """``GET /audit/{program}/{id}/events``."""
        asking, matter = self._admitted(request), _matter(request)
        given = parameters(request)
        only(given, ("limit", "cursor"))
        limit = whole(given, "limit", LARGEST_PAGE, 1, LARGEST_PAGE)
        program = request.path_values["program"]
        return _page(
            await self._audit.timeline(
                asking, program, matter, limit=limit, cursor=text(given, "cursor")
            )
        )

    async def state(self, request: Request) -> Answer:
        """``GET /audit/{program}/{id}/state``."""
        asking, matter = self._admitted(request), _matter(request)
        given = parameters(request)
        only(given, MOMENTS)
        if len(given) > 1:
            raise parameter("/".join(sorted(given)), *MOMENTS)
        at = point(given, "at") if "at" in given else None
        if isinstance(at, int):
            raise parameter("at", "2026-03-02T09:00:00+08:00")
        moment = Moment(
            version=whole(given, "version", 1, 1, LARGEST_POSITION) if "version" in given else None,
            position=whole(given, "position", 1, 1, LARGEST_POSITION)
            if "position" in given
            else None,
            at=at,
        )
        program = request.path_values["program"]
        return _answer(orjson.dumps(await self._audit.state(asking, program, matter, moment)))

    async def search(self, request: Request) -> Answer:
        """``GET /audit/events``."""
        asking = self._admitted(request)
        given = parameters(request)
        only(given, (*WANTED, "limit", "cursor"))
        wanted = Wanted(
            program=name(given, "program"),
            type=name(given, "type"),
            actor=name(given, "actor"),
            department=name(given, "department"),
            since=point(given, "from"),
            until=point(given, "to"),
        )
        limit = whole(given, "limit", USUAL_PAGE, 1, LARGEST_PAGE)
        cursor = text(given, "cursor")
        return _page(await self._audit.search(asking, wanted, limit=limit, cursor=cursor))

    def _admitted(self, request: Request) -> Asking:
        caller = admit(request, self._parts.verifier, self._parts.rates)
        if not caller.roles & AUDITORS:
            raise Forbidden()
        return Asking(caller, request.traceparent)


def _matter(request: Request) -> UUID:
    try:
        return UUID(request.path_values["id"])
    except ValueError:
        raise BadRequest("not-found", 404) from None


def _page(page: AuditPage) -> Answer:
    return _answer(orjson.dumps({"items": page.items, "next": page.next}))


def _answer(body: bytes) -> Answer:
    headers = [JSON, (b"content-length", b"%d" % len(body)), (b"cache-control", b"no-store")]
    return Answer(200, headers, body)
