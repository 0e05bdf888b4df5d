"""A page of the docs as a script: the commands it shows and what it says they print.

A block marked ``sh`` is typed as it stands; a block marked ``text`` right after it is what comes
out. ``sh exit=1`` says that the last command ends so. A page is one shell, so a variable set in one
block is there in the next.
"""

import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

_BLOCK = re.compile(
    r"^```sh(?: exit=(?P<exit>\d+))?\n(?P<typed>.*?)^```\n(?:\n```text\n(?P<printed>.*?)^```\n)?",
    re.MULTILINE | re.DOTALL,
)
_ENDED = "\x1e"
_VARIES = re.compile(
    r"""
    (?P<kept> HTTP/1\.1\ \d{3} | "status":\ ?\d{3} | \.v\d+\b )
    | (?P<token> \beyJ[\w-]+\.[\w-]+\.[\w-]+ )
    | (?P<cursor> (?<="next":\ ")[\w-]+ | (?<="next":")[\w-]+ )
    | (?P<id> \b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b )
    | (?P<time> \b\d{4}-\d\d-\d\d[T\ ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?
        | \b[A-Z][a-z]{2},\ \d\d\ [A-Z][a-z]{2}\ \d{4}\ \d\d:\d\d:\d\d\ GMT\b )
    | (?P<hash> \b(?=[a-f]*\d)[0-9a-f]{12,}\b )
    | (?P<number> [+-]?\d+(?:\.\d+)? )
    | (?P<line> [\ \t━─]+ )
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Block:
    """What is typed, what the page says is printed (None: nothing is said), and how it ends."""

    typed: str
    printed: str | None
    exit_code: int
    span: tuple[int, int]


def blocks(page: str) -> list[Block]:
    """The page's blocks from top to bottom; ``span`` is where the printed text stands."""
    return [
        Block(found["typed"], found["printed"], int(found["exit"] or 0), found.span("printed"))
        for found in _BLOCK.finditer(page)
    ]


def type_in(
    typed: list[str], directory: Path, environment: Mapping[str, str]
) -> Iterator[tuple[str, int]]:
    """Types the blocks into one shell; what each printed, errors included, and its exit code."""
    script = "".join(f"{{\n{one}}} 2>&1\nprintf '{_ENDED}%d{_ENDED}' $?\n" for one in typed)
    came = subprocess.run(
        ["bash"],
        input=script,
        cwd=directory,
        env={**environment},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    parts = came.stdout.split(_ENDED)
    assert len(parts) == 2 * len(typed) + 1, came.stdout + came.stderr
    for printed, code in zip(parts[::2], parts[1::2], strict=False):
        yield _ended(printed), int(code)


def _ended(text: str) -> str:
    lines = [line.rstrip() for line in text.strip("\r\n").splitlines()]
    return "".join(f"{line}\n" for line in lines)


def alike(one: str, other: str) -> bool:
    """Whether two outputs say the same, but for ids, times, counts and the widths of columns."""
    return _plain(one) == _plain(other)


def _plain(text: str) -> str:
    def name(found: re.Match[str]) -> str:
        return found[0] if found.lastgroup == "kept" else f"<{found.lastgroup}>"

    return _VARIES.sub(name, text)
