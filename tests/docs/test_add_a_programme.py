"""Who follows the page on adding a programme to the letter has one at its end.

The files it shows are put into a copy of the source tree, nothing else there is edited, and what
it says is typed into the city of that copy.
"""

import re
import shutil
from pathlib import Path

import pytest

from tests.docs.city import ROOT, clone, read_aloud, running
from tests.docs.page import blocks

PAGE = ROOT / "docs" / "add-a-programme.md"
LEFT_OUT = shutil.ignore_patterns(".*", "*.egg-info", "build", "__pycache__")
_FILE = re.compile(r"^```\w+ file=(\S+)\n(.*?)^```\n", re.MULTILINE | re.DOTALL)


@pytest.mark.slow
def test_the_files_of_the_page_and_nothing_else_make_a_programme(writing: bool) -> None:
    page = PAGE.read_text("utf-8")
    with clone() as directory:
        tree = directory / "huimin"
        shutil.copytree(ROOT, tree, ignore=LEFT_OUT)
        files = _FILE.findall(page)
        assert len(files) >= 5, "the page shows the files of the programme"
        for name, content in files:
            put(tree / name, content)
        with running(tree, tree) as city:
            page, faults = read_aloud(page, blocks(page), city, writing=writing)
    assert not faults, "\n\n".join(["(`make docs` writes what is printed)", *faults])
    if writing:
        PAGE.write_text(page, "utf-8")


def put(path: Path, content: str) -> None:
    """A new file: what is there already is not edited."""
    assert path.parent.is_dir()
    with path.open("x", encoding="utf-8") as file:
        file.write(content)
