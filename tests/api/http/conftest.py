"""One city for the tests of a module."""

import secrets
from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql

from tests.api.http import permits
from tests.api.http.city import City


@pytest.fixture(scope="module")
def city(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """A city whose only programme is street permits."""
    namespace = f"t{secrets.token_hex(6)}"
    city = City(database_url, namespace, permits.registry(), tmp_path_factory.mktemp("city"))
    city.start()
    yield city
    city.stop()
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(namespace)))
