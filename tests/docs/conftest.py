"""The option that makes the tests of the pages write instead of compare; `make docs` gives it."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--write-docs", action="store_true", help="write what is printed into docs/")


@pytest.fixture(scope="session")
def writing(request: pytest.FixtureRequest) -> bool:
    """Whether the pages are to be written; False where the option is not even known."""
    return bool(request.config.getoption("--write-docs", default=False))
