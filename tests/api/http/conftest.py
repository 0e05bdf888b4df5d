"""One city for the tests of a module."""

from collections.abc import Iterator

import pytest

from tests.api.http import permits
from tests.api.http.city import City, running


@pytest.fixture(scope="module")
def city(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """A city whose only programme is street permits."""
    with running(database_url, permits.registry(), tmp_path_factory.mktemp("city")) as city:
        yield city
