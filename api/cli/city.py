"""``huimin up``, ``serve`` and ``migrate``: the city as processes."""

import asyncio
import signal
from collections.abc import Callable, Collection, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli.console import USAGE, out, require_known, run, show_json, stop
from api.cli.simulate import Play
from infra import logging
from infra.settings import Settings, read

OnReady = Callable[[str, Path], None]
"""Told the API's address and the directory of the logs."""


@dataclass(frozen=True, slots=True)
class City:
    """What only the composition root can do, handed in by it."""

    roles: tuple[str, ...]
    serve: Callable[[str, int | None], None]
    up: Callable[[Settings, OnReady], Coroutine[Any, Any, None]]
    prepare: Callable[[Settings], Coroutine[Any, Any, list[str]]]
    play: Play
    simulated: Callable[[], Collection[str]]


def add(app: typer.Typer, city: City) -> None:
    """Puts the commands into the tree."""

    @app.command()
    def up() -> None:
        """Start the engines and every role here, and serve until Ctrl-C."""
        settings = read()
        logging.configure(renderer=settings.log)
        run(_until_told(city, settings))

    @app.command()
    def serve(
        role: Annotated[str, typer.Argument(help=f"One of: {', '.join(city.roles)}.")],
        listen_fd: Annotated[
            int | None, typer.Option(min=0, help="api: an inherited listening socket.")
        ] = None,
    ) -> None:
        """Run one role in this process, for many machines."""
        require_known("角色", "role", role, city.roles)
        if listen_fd is not None and role != "api":
            stop(USAGE, "--listen-fd 只用于 api", "--listen-fd is for the api", role)
        city.serve(role, listen_fd)

    @app.command()
    def migrate(
        as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
    ) -> None:
        """Bring the database to the form this version needs; safe to run at any time."""
        applied = run(city.prepare(read()))
        if as_json:
            show_json({"applied": applied})
        else:
            out.print("\n".join(applied) or "已是最新 · nothing to do", markup=False)


async def _until_told(city: City, settings: Settings) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    work = asyncio.ensure_future(city.up(settings, _say_ready))
    told = asyncio.ensure_future(stopped.wait())
    await asyncio.wait({work, told}, return_when=asyncio.FIRST_COMPLETED)
    told.cancel()
    if work.done():
        work.result()
        return
    out.print("正在停止 · stopping …", markup=False)
    work.cancel()
    try:
        await work
    except asyncio.CancelledError:
        out.print("已停止，数据已保存 · stopped, the data is kept", markup=False)


def _say_ready(address: str, logs: Path) -> None:
    out.print(
        f"惠民已就绪 · Huimin is ready\n"
        f"  API   {address}\n"
        f"  文档 docs  {address}/docs\n"
        f"  日志 logs  {logs}\n"
        f"按 Ctrl-C 停止 · Ctrl-C stops everything",
        markup=False,
        highlight=False,
    )
