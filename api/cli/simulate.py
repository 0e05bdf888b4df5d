"""``huimin simulate`` and ``huimin demo``: some days of the city through its public API, then
compared with the log."""

import asyncio
from collections.abc import Callable, Collection, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
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
    require_known,
    run,
    show_fields,
    show_json,
    show_table,
    stop,
)
from domain.shared.instants import SHANGHAI
from infra import logging
from infra.settings import Settings, read

Progress = Callable[[int, int, float, datetime], None]
"""Told of steps taken, steps in all, acknowledged commands a second, and the simulated time."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be played: the share of the city, days, and only these programmes, if any."""

    scale: float
    days: int
    seed: int
    only: tuple[str, ...] = ()


class Summary(Protocol):
    """What a simulation came to."""

    @property
    def ok(self) -> bool: ...
    def as_json(self) -> dict[str, Any]: ...


Play = Callable[
    [Settings, str, Wanted, Progress, Callable[[str], None]], Coroutine[Any, Any, Summary]
]
"""Settings, base URL, what is wanted, progress, phase."""

Up = Callable[[Settings, Callable[[str, Path], None]], Coroutine[Any, Any, None]]

DEMO_SCALE = 0.0005

Seed = Annotated[int, typer.Option(help="The same seed plays the same.")]
Url = Annotated[
    str | None, typer.Option(help="A running instance; where HUIMIN_HTTP is if left out.")
]
Json = Annotated[bool, typer.Option("--json", help="One JSON document.")]


def add(app: typer.Typer, play: Play, up: Up, simulated: Callable[[], Collection[str]]) -> None:
    """Puts the commands into the tree."""

    @app.command()
    def demo(seed: Seed = 2014, url: Url = None, as_json: Json = False) -> None:
        """Play a small day on a running or a fresh instance, and compare it with the log."""
        _simulate(play, up, url, Wanted(DEMO_SCALE, 1, seed), as_json)

    @app.command()
    def simulate(
        scale: Annotated[
            float, typer.Option(min=0.00001, max=1, help="Share of the whole city; it is 1.")
        ] = 0.001,
        days: Annotated[
            int, typer.Option(min=1, max=31, help="Days, to the last working day before today.")
        ] = 1,
        seed: Seed = 2014,
        only: Annotated[
            list[str] | None, typer.Option(help="A programme; may be given several times.")
        ] = None,
        url: Url = None,
        as_json: Json = False,
    ) -> None:
        """Play days of the city at a scale, and compare them with the log."""
        for one in only or ():
            require_known("项目的模拟", "programme that is simulated", one, simulated())
        _simulate(play, up, url, Wanted(scale, days, seed, tuple(only or ())), as_json)


def _simulate(play: Play, up: Up, url: str | None, wanted: Wanted, as_json: bool) -> None:
    settings = read()
    logging.configure(level="warning", renderer=settings.log)
    summary = run(_played(settings, play, up, url, wanted))
    if as_json:
        show_json(summary.as_json())
    else:
        _show(summary.as_json())
    if not summary.ok:
        raise typer.Exit(WRONG)


async def _played(
    settings: Settings, play: Play, up: Up, url: str | None, wanted: Wanted
) -> Summary:
    if url is not None:
        await _require_served(url)
    host, port = settings.http_address
    base = url or f"http://{host}:{port}"
    with Counter("模拟 simulation", "commands") as counter:
        report = _Told(counter)
        if url is not None or await asyncio.to_thread(_serves, base):
            return await play(settings, base, wanted, report, report.phase)
        addresses: asyncio.Queue[str] = asyncio.Queue()
        city = asyncio.create_task(up(settings, lambda address, _: addresses.put_nowait(address)))
        ready = asyncio.create_task(addresses.get())
        try:
            await asyncio.wait((city, ready), return_when=asyncio.FIRST_COMPLETED)
            if city.done():
                await city
            return await play(settings, await ready, wanted, report, report.phase)
        finally:
            ready.cancel()
            city.cancel()
            with suppress(asyncio.CancelledError):
                await city


class _Told:
    """Carries progress from the play to the bar."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter

    def __call__(self, done: int, of: int, rate: float, at: datetime) -> None:
        self._counter.at(done, of, f"{at.astimezone(SHANGHAI):%m-%d %H:%M} {rate:,.0f}/s")

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
    shown = {**summary, "days": f"{summary['days'][0]} … {summary['days'][-1]}"}
    show_fields("模拟 · simulation", {k: v for k, v in shown.items() if k not in skip})
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
