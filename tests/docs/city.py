"""A running city for the pages, in a directory that stands for a fresh clone: `make run` as a person
sees it, with embedded engines, every role, a free port.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.docs.page import Block, alike, type_in

ROOT = Path(__file__).parent.parent.parent
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


@contextmanager
def clone() -> Iterator[Path]:
    """A directory that PostgreSQL's own user may pass through, when we are root; then removed."""
    directory = Path(tempfile.mkdtemp(prefix="huimin-docs-"))
    directory.chmod(0o711)
    try:
        yield directory
    finally:
        shutil.rmtree(directory)


@contextmanager
def running(directory: Path, source: Path) -> Iterator[City]:
    """The city of a source tree, started in a directory."""
    _install(directory, source)
    environment = {k: v for k, v in os.environ.items() if not k.startswith("HUIMIN_")}
    environment |= {"COLUMNS": "100", "TERM": "dumb", "NO_COLOR": "1", "LC_ALL": "C.UTF-8"}
    process = subprocess.Popen(
        [".venv/bin/huimin", "up"],
        cwd=directory,
        env={**environment, "HUIMIN_HTTP": "127.0.0.1:0"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    give_up = threading.Timer(READY_WITHIN_SECONDS, process.kill)
    give_up.start()
    try:
        assert process.stdout is not None
        said = ""
        for line in process.stdout:
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
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)


def _install(directory: Path, source: Path) -> None:
    programs = directory / ".venv" / "bin"
    programs.mkdir(parents=True)
    for name, what in (("python", ""), ("huimin", " -m main")):
        program = programs / name
        program.write_text(
            f'#!/bin/sh\nPYTHONPATH="{source}" exec "{sys.executable}"{what} "$@"\n', "utf-8"
        )
        program.chmod(0o755)


def read_aloud(
    page: str, shown: Sequence[Block], city: City, *, writing: bool
) -> tuple[str, list[str]]:
    """Types a page's blocks into the city: the page with what was printed, and what is wrong with
    it; when it is being written, only what should not have ended so."""
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
                faults.append(f"$ {block.typed}printed:\n{text}but it says:\n{block.printed}")
    return page, faults[::-1]
