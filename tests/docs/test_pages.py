"""Each page's commands, typed into a shell beside a real city, print what the page says.

The city is the one that `make run` starts, in an empty directory that stands for a fresh clone:
embedded engines, every role, a free port. With ``--write-docs`` the pages get what was printed.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.docs.page import alike, blocks, type_in

ROOT = Path(__file__).parent.parent.parent
PAGES = (
    "README.md",
    "docs/frontends.md",
    "docs/departments.md",
    "docs/auditors.md",
    "docs/operators.md",
)
USUAL = "127.0.0.1:8080"
"""Where a city listens that nobody told otherwise, hence what the pages say."""

MAKE_RUN = "make run\n"
READY_WITHIN_SECONDS = 60


class City(NamedTuple):
    """A running city: the directory that stands for the clone, where it listens, what it said."""

    directory: Path
    environment: dict[str, str]
    address: str
    said: str


@pytest.fixture(scope="module")
def city() -> Iterator[City]:
    directory = Path(tempfile.mkdtemp(prefix="huimin-docs-"))
    directory.chmod(0o711)  # for PostgreSQL's own user, when we are root
    _install(directory)
    environment = {k: v for k, v in os.environ.items() if not k.startswith("HUIMIN_")}
    environment |= {"COLUMNS": "100", "TERM": "dumb", "NO_COLOR": "1", "LC_ALL": "C.UTF-8"}
    running = subprocess.Popen(
        [".venv/bin/huimin", "up"],
        cwd=directory,
        env={**environment, "HUIMIN_HTTP": "127.0.0.1:0"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    give_up = threading.Timer(READY_WITHIN_SECONDS, running.kill)
    give_up.start()
    try:
        assert running.stdout is not None
        said = ""
        for line in running.stdout:
            said += line
            if "Ctrl-C" in line:
                break
        give_up.cancel()
        assert "Ctrl-C" in said, f"the city did not start:\n{said}"
        ready = said[said.index("惠民已就绪") :]
        address = ready.split("http://")[1].split()[0]
        environment["HUIMIN_HTTP"] = address
        ready = ready.replace(address, USUAL).replace(f"{directory}/", "")
        yield City(directory, environment, address, ready)
    finally:
        give_up.cancel()
        running.send_signal(signal.SIGINT)
        running.communicate(timeout=30)
        shutil.rmtree(directory)


def _install(directory: Path) -> None:
    programs = directory / ".venv" / "bin"
    programs.mkdir(parents=True)
    for name, what in (("python", ""), ("huimin", " -m main")):
        program = programs / name
        program.write_text(
            f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}"{what} "$@"\n', "utf-8"
        )
        program.chmod(0o755)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_prints_what_it_says(city: City, name: str, writing: bool) -> None:
    page = (ROOT / name).read_text("utf-8")
    shown = blocks(page)
    assert shown, "a page shows what to type"
    typed = [
        "true\n" if b.typed == MAKE_RUN else b.typed.replace(USUAL, city.address) for b in shown
    ]
    faults = []
    for block, (printed, code) in reversed(
        list(zip(shown, type_in(typed, city.directory, city.environment), strict=True))
    ):
        text = city.said if block.typed == MAKE_RUN else printed.replace(city.address, USUAL)
        if code != block.exit_code:
            faults.append(f"$ {block.typed}exit code {code}, not {block.exit_code}:\n{text}")
        elif block.printed is not None and not alike(text, block.printed):
            page = page[: block.span[0]] + text + page[block.span[1] :]
            if not writing:
                faults.append(f"$ {block.typed}printed:\n{text}but the page says:\n{block.printed}")
    assert not faults, "\n\n".join(["(`make docs` writes what is printed)", *reversed(faults)])
    if writing:
        (ROOT / name).write_text(page, "utf-8")
