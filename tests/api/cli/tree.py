"""Every command of ``huimin`` by its words, without anything that could be run."""

from collections.abc import Iterator, Mapping
from typing import Any

import typer

from api.cli.app import build
from api.cli.city import City


def commands() -> Iterator[str]:
    """``audit state``, ``audit timeline``, … in alphabetical order."""

    async def nothing(*_: Any) -> Any:
        return None

    city = City(
        roles=(),
        serve=lambda *_: None,
        up=nothing,
        prepare=nothing,
        play=nothing,
        simulated=lambda: (),
    )
    yield from _below(typer.main.get_command(build(city)), "")


def _below(command: Any, path: str) -> Iterator[str]:
    inner: Mapping[str, Any] = getattr(command, "commands", {})
    if not inner:
        yield path
    for name, one in sorted(inner.items()):
        yield from _below(one, f"{path} {name}".strip())
