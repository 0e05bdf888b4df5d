"""``huimin demo``: some weeks of the city through its public API, then compared with the log."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from http.client import HTTPException
from pathlib import Path
from typing import Annotated, Any, Protocol
from urllib.request import urlopen

import typer

from api.cli.console import (
    UNREACHABLE,
    USAGE,
    WRONG,
    Counter,
    err,
    out,
    run,
    show_json,
    show_table,
    stop,
)
from infra import logging
from infra.settings import Settings, read

Report = Callable[[int, int, float], None]
"""Told of steps taken, steps in all, and acknowledged commands a second."""


class Summary(Protocol):
    """What a demo came to."""

    @property
    def ok(self) -> bool: ...
    def as_json(self) -> dict[str, Any]: ...


Play = Callable[
    [Settings, str, int, int, Report, Callable[[str], None]], Coroutine[Any, Any, Summary]
]
"""Settings, base URL, seed, applications, progress, phase."""

Up = Callable[[Settings, Callable[[str, Path], None]], Coroutine[Any, Any, None]]


def add(app: typer.Typer, play: Play, up: Up) -> None:
    """Puts the command into the tree."""

    @app.command()
    def demo(
        applications: Annotated[int, typer.Option(min=1, help="How many applications.")] = 2000,
        seed: Annotated[int, typer.Option(help="The same seed plays the same.")] = 2014,
        url: Annotated[
            str | None, typer.Option(help="A running instance; where HUIMIN_HTTP is if left out.")
        ] = None,
        as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
    ) -> None:
        """Play weeks of a registry office on a running or a fresh instance, and check the log."""
        settings = read()
        logging.configure(level="warning", renderer=settings.log)
        summary = run(_demo(settings, play, up, url, applications, seed))
        if as_json:
            show_json(summary.as_json())
        else:
            _show(summary.as_json())
        if not summary.ok:
            raise typer.Exit(WRONG)


async def _demo(
    settings: Settings, play: Play, up: Up, url: str | None, applications: int, seed: int
) -> Summary:
    if url is not None:
        await _require_served(url)
    host, port = settings.http_address
    base = url or f"http://{host}:{port}"
    with Counter("演示 demo", "commands") as counter:
        report = _Told(counter)
        if url is not None or await asyncio.to_thread(_serves, base):
            return await play(settings, base, seed, applications, report, report.phase)
        addresses: asyncio.Queue[str] = asyncio.Queue()
        city = asyncio.create_task(up(settings, lambda address, _: addresses.put_nowait(address)))
        ready = asyncio.create_task(addresses.get())
        try:
            await asyncio.wait((city, ready), return_when=asyncio.FIRST_COMPLETED)
            if city.done():
                await city
            return await play(settings, await ready, seed, applications, report, report.phase)
        finally:
            ready.cancel()
            city.cancel()
            with suppress(asyncio.CancelledError):
                await city


class _Told:
    """Carries progress from the play to the bar."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter

    def __call__(self, done: int, of: int, rate: float) -> None:
        self._counter.at(done, of, f"演示 demo {rate:,.0f}/s")

    def phase(self, name: str) -> None:
        err.print(f"{name} …", markup=False, highlight=False)


async def _require_served(url: str) -> None:
    # its value is not repeated, because an address may hold a password
    if not url.startswith(("http://", "https://")):
        stop(USAGE, "url 须为 http:// 或 https:// 地址", "url is an http:// or https:// address")
    if not await asyncio.to_thread(_serves, url):
        stop(UNREACHABLE, "该地址没有惠民服务应答", "no Huimin answers at this address")


def _serves(base: str) -> bool:
    try:
        with urlopen(f"{base}/health/live", timeout=3) as answer:  # noqa: S310  # from our settings
            return bool(answer.status == 200)
    except (OSError, HTTPException, ValueError):  # none there, another protocol, no address at all
        return False


def _show(summary: dict[str, Any]) -> None:
    skip = ("reports", "differences")
    show_table("演示 · demo", ("", ""), [(k, v) for k, v in summary.items() if k not in skip])
    for report in summary["reports"]:
        show_table(
            f"{report['zh']} · {report['en']}",
            ("", "", ""),
            [(f["zh"], f["en"], f["value"]) for f in report["figures"]],
        )
        for table in report["tables"]:
            columns = [f"{zh} {en}" for _, zh, en in table["columns"]]
            rows = [[row.get(key) for key, _, _ in table["columns"]] for row in table["rows"]]
            show_table(f"{table['zh']} · {table['en']}", columns, rows)
    found = [*summary["differences"], *(d for r in summary["reports"] for d in r["differences"])]
    for difference in found:
        out.print(f"✗ {difference}", markup=False, highlight=False)
    if not found:
        out.print("与日志完全一致 · everything agrees with the log", markup=False)
