"""The pages of the docs are typed into a city, top to bottom, and print what each page says.

The city is the one that `make run` starts, in an empty directory that stands for a fresh clone.
With ``--write-docs`` the pages get what was printed.
"""

from collections.abc import Iterator

import pytest

from tests.docs.city import ROOT, City, clone, read_aloud, running
from tests.docs.page import blocks

PAGES = (
    "README.md",
    "docs/frontends.md",
    "docs/departments.md",
    "docs/auditors.md",
    "docs/operators.md",
)


@pytest.fixture(scope="module")
def city() -> Iterator[City]:
    with clone() as directory, running(directory, ROOT) as city:
        yield city


@pytest.mark.parametrize("name", PAGES)
def test_a_page_prints_what_it_says(city: City, name: str, writing: bool) -> None:
    page = (ROOT / name).read_text("utf-8")
    shown = blocks(page)
    assert shown, "a page shows what to type"
    printed, faults = read_aloud(page, shown, city, writing=writing)
    assert not faults, "\n\n".join(["(`make docs` writes what is printed)", *faults])
    if writing:
        (ROOT / name).write_text(printed, "utf-8")
