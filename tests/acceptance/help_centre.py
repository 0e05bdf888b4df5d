"""The help centre over a real log, with its policies and its scheduler beside it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from tests.acceptance.town import Town, a_town
from tests.infra.reacting.market import HandClock
from tests.scenario import MONDAY_MORNING
from tests.tickets import ticket_id


class HelpCentre(Town):
    """A town that knows its tickets by number."""

    async def decoded(self, number: int, name: str) -> list[Any]:
        """The events of one name of a ticket."""
        return [
            self.codec.decode(e)
            for e in await self.events(name)
            if e.stream_id == ticket_id(number)
        ]


@asynccontextmanager
async def a_help_centre(
    url: str, namespace: str, at: datetime = MONDAY_MORNING
) -> AsyncIterator[HelpCentre]:
    """A help centre that begins at an instant."""
    async with a_town(HelpCentre, url, namespace, "help_center_tickets", HandClock(at)) as centre:
        yield centre
