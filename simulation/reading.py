"""Reads Huimin as an auditor and a user may: rows of read models, and the log's own events."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode
from uuid import UUID

from infra.errors import HuiminError
from simulation.http import Client

LARGEST_PAGE = 500
WAIT_SECONDS = 30


class Surprise(HuiminError):
    """An answer that the plan does not know; the message says which, without what was sent."""


@dataclass(frozen=True, slots=True)
class Event:
    """An event as the audit shows it; ``name`` is its own, without programme and version."""

    position: int
    matter: UUID
    version: int
    type: str
    at: datetime
    actor: str
    command_id: str
    clock: str | None
    data: Mapping[str, Any]

    @property
    def name(self) -> str:
        """``licence-issued`` of ``company-registration.licence-issued.v1``."""
        return self.type.split(".")[1]


class Reader:
    """Asks with one auditor's token. Every method raises Surprise when it is refused."""

    def __init__(self, client: Client, token: str) -> None:
        self._client = client
        self._token = token

    async def row(
        self, read_model: str, *key: str, min_position: int = 0
    ) -> Mapping[str, Any] | None:
        """A read model's row as of ``min_position`` or later, None when there is none."""
        path = "/".join((f"/queries/{read_model}", *(quote(part, safe="") for part in key)))
        query = urlencode({"min_position": min_position, "wait": WAIT_SECONDS})
        reply = await self._client.ask("GET", f"{path}?{query}", token=self._token)
        if reply.status == 404:
            return None
        if reply.status != 200:
            raise Surprise(f"{read_model}: {reply.status} {reply.code}")
        return reply.json

    async def rows(self, read_model: str, *, min_position: int = 0) -> list[dict[str, Any]]:
        """All rows of a read model as of ``min_position`` or later."""
        asked = {"min_position": min_position, "wait": WAIT_SECONDS}
        pages = self._pages(f"/queries/{read_model}", asked)
        return [row async for page in pages for row in page]

    async def events(self, since: int) -> AsyncIterator[list[Event]]:
        """All events of the log from position ``since`` on, page by page."""
        async for page in self._pages("/audit/events", {"from": since}):
            yield [_event(item) for item in page]

    async def position(self) -> int:
        """How far the log has been read into the read models, all of it when nobody is at work."""
        path = "/queries/policy-refusals?limit=1"
        reply = await self._client.ask("GET", path, token=self._token)
        if reply.status != 200:
            raise Surprise(f"policy-refusals: {reply.status} {reply.code}")
        return int(reply.headers[b"huimin-as-of-position"])

    async def _pages(
        self, path: str, asked: Mapping[str, object]
    ) -> AsyncIterator[list[dict[str, Any]]]:
        query = {**asked, "limit": LARGEST_PAGE}
        while True:
            reply = await self._client.ask("GET", f"{path}?{urlencode(query)}", token=self._token)
            if reply.status != 200:
                raise Surprise(f"{path.split('/')[1]}: {reply.status} {reply.code}")
            page: Any = reply.json
            yield page["items"]
            if not page.get("next"):
                return
            query["cursor"] = page["next"]


def _event(item: Mapping[str, Any]) -> Event:
    return Event(
        position=item["position"],
        matter=UUID(item["id"]),
        version=item["version"],
        type=item["type"],
        at=datetime.fromisoformat(item["occurred_at"]),
        actor=item["actor"],
        command_id=item["command_id"],
        clock=item["clock"],
        data=item["data"],
    )
