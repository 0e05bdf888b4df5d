"""One city for the tests of this directory: each leaves it standing, as it found it."""

from collections.abc import Iterator

import pytest

from tests.faults.city import City


@pytest.fixture(scope="session")
def city() -> Iterator[City]:
    """A whole running city, with two API processes."""
    opened = City()
    try:
        opened.start()
        yield opened
    finally:
        opened.stop()
        opened.remove()
