"""``huimin dead-letters``: events that a fold could not take, and what to do with them."""

import getpass
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import Annotated

import typer

from api.cli.console import (
    LAST_POSITION,
    USAGE,
    WRONG,
    out,
    require_known,
    run,
    show_fields,
    show_json,
    show_table,
    stop,
)
from api.cli.events import as_document
from api.cli.reach import Reach, reach
from infra.database import PROJECTOR
from infra.discovery import discover
from infra.projecting.dead_letters import DeadLetters
from infra.projecting.read_model import read_models

app = typer.Typer(no_args_is_help=True, help="Parked events, by read model and key.")

Name = Annotated[str, typer.Argument(help="Name of the read model.")]
Queue = Annotated[str, typer.Argument(help="The parked key, as list shows it.")]
Position = Annotated[int, typer.Argument(help="Position of the event.", min=1, max=LAST_POSITION)]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document.")]


@app.command("list")
def list_(
    name: Annotated[str | None, typer.Argument(help="Only this read model.")] = None,
    as_json: AsJson = False,
) -> None:
    """All of them; exit code 1 when any waits."""
    _require_read_model(name)
    run(_list(name, as_json))


@app.command()
def show(name: Name, queue: Queue, position: Position, as_json: AsJson = False) -> None:
    """One dead letter with the event it holds up."""
    _require_read_model(name)
    run(_show(name, queue, position, as_json))


@app.command()
def retry(name: Name, queue: Queue) -> None:
    """Fold what waits under a key, in order; exit code 1 when some still waits."""
    _require_read_model(name)
    run(_retry(name, queue))


@app.command()
def skip(
    name: Name,
    queue: Queue,
    position: Position,
    why: Annotated[str, typer.Option(help="The reason, kept for ever.")],
) -> None:
    """Leave one event out of a key for good; retry the key afterwards."""
    _require_read_model(name)
    if not why.strip():
        stop(USAGE, "请写明原因", "say why", "--why")
    run(_skip(name, queue, position, why))


def _require_read_model(name: str | None) -> None:
    require_known("读模型", "read model", name, read_models(discover()))


@asynccontextmanager
async def _opened() -> AsyncIterator[tuple[Reach, DeadLetters]]:
    async with reach(PROJECTOR) as city:
        models = list(read_models(city.registry).values())
        yield city, DeadLetters(city.pool, city.codec, models)


async def _list(name: str | None, as_json: bool) -> None:
    async with _opened() as (_, letters):
        found = await letters.list(name)
    if as_json:
        show_json([asdict(line) for line in found])
    else:
        columns = ("read model", "key", "position", "event", "reason", "state", "since", "tries")
        rows = [
            (
                x.read_model,
                x.queue,
                x.position,
                x.event_type,
                x.reason,
                x.state,
                x.parked_at,
                x.attempts,
            )
            for x in found
        ]
        show_table("死信 · dead letters", columns, rows)
    if any(line.state == "parked" for line in found):
        raise typer.Exit(WRONG)


async def _show(name: str, queue: str, position: int, as_json: bool) -> None:
    async with _opened() as (city, letters):
        found = [x for x in await letters.list(name, queue) if x.position == position]
        events = await city.reader.read(position - 1, 1)
    if not found or not events:
        stop(USAGE, "这里没有这样的死信", "there is no such dead letter", f"{name} {position}")
    document = {**asdict(found[0]), "event": as_document(events[0])}
    if as_json:
        show_json(document)
    else:
        show_fields("死信 · dead letter", {**asdict(found[0]), "data": events[0].data.decode()})


async def _retry(name: str, queue: str) -> None:
    async with _opened() as (_, letters):
        came = await letters.retry(name, queue)
    out.print(f"已处理 {came.done}，尚余 {came.left} · {came.done} done, {came.left} left")
    if came.left:
        raise typer.Exit(WRONG)


async def _skip(name: str, queue: str, position: int, why: str) -> None:
    async with _opened() as (_, letters):
        await letters.skip(name, queue, position, who=f"operator:{getpass.getuser()}", why=why)
    out.print(f"已略过 · skipped {name} {position}", markup=False)
