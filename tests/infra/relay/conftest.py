"""Fixtures of the relay's tests."""

from collections.abc import AsyncIterator

import pytest

from tests.infra.relay.chronicle import Chronicle, open_chronicle


@pytest.fixture
async def chronicle(database_url: str, nats_url: str, namespace: str) -> AsyncIterator[Chronicle]:
    """An empty log over the shared engines."""
    async with open_chronicle(database_url, nats_url.split(","), namespace) as opened:
        yield opened
