"""Fixtures of the projection engine's tests."""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.infra.projecting import programmes
from tests.infra.projecting.city import City, open_city


@pytest.fixture
async def city(database_url: str, namespace: str) -> AsyncIterator[City]:
    """An empty city."""
    async with open_city(database_url, namespace) as opened:
        yield opened


@pytest.fixture
def faulty() -> Iterator[set[int]]:
    """Amounts whose fold raises; a test that empties it has fixed the bug."""
    yield programmes.FAULTY
    programmes.FAULTY.clear()
