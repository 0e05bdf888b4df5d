"""``huimin projections``: where the read models stand, and how to make them again."""

import os
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import Annotated, Any

import typer

from api.cli.console import (
    USAGE,
    WRONG,
    Counter,
    out,
    require_known,
    run,
    show_json,
    show_table,
    stop,
)
from api.cli.reach import Reach, reach
from infra.database import PROJECTOR
from infra.discovery import discover
from infra.errors import HuiminError
from infra.projecting import catalogue
from infra.projecting.read_model import read_models
from infra.projecting.rebuild import ProgressOf, Rebuilder, Rebuilt

app = typer.Typer(no_args_is_help=True, help="Read models: status, rebuild, verify, roll back.")

Name = Annotated[str, typer.Argument(help="Name of a read model, see status.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document.")]

MOST_WORKERS = 256


@app.command()
def status(as_json: AsJson = False) -> None:
    """Position, lag in events and seconds, state and schema version of each read model."""
    run(_status(as_json))


@app.command()
def rebuild(
    name: Annotated[str | None, typer.Argument(help="Name of a read model.")] = None,
    every: Annotated[
        bool, typer.Option("--all", help="As many at a time as there are workers.")
    ] = False,
    workers: Annotated[
        int, typer.Option(min=1, max=MOST_WORKERS, help="Processes that read the log.")
    ] = min(os.cpu_count() or 1, MOST_WORKERS),
    keep_serving: Annotated[
        bool, typer.Option(help="Let the live projector go on meanwhile.")
    ] = True,
    switch: Annotated[
        bool, typer.Option(help="Put the new tables in the live ones' place.")
    ] = True,
    as_json: AsJson = False,
) -> None:
    """Build anew beside the live tables, verify against the log, switch in one transaction."""
    if (name is None) != every:
        stop(USAGE, "请给出一个读模型，或者 --all", "name one read model, or --all")
    _require_read_model(name)
    run(_rebuild(name, workers, keep_serving, switch, as_json))


@app.command()
def verify(
    name: Annotated[
        str | None, typer.Argument(help="Name of a read model; all if left out.")
    ] = None,
    share: Annotated[float, typer.Option(min=0.0001, max=1.0, help="Share of the keys.")] = 1.0,
    as_json: AsJson = False,
) -> None:
    """Compare live tables with an independent fold of the log; exit code 1 when they differ."""
    _require_read_model(name)
    run(_verify(name, share, as_json))


@app.command()
def switch(name: Name) -> None:
    """Put a build that was made with --no-switch in the live one's place."""
    _require_read_model(name)
    out.print(f"{name}: {run(_position(name, 'switch'))}", markup=False)


@app.command()
def rollback(name: Name) -> None:
    """Go back to the tables before the last switch."""
    _require_read_model(name)
    out.print(f"{name}: {run(_position(name, 'rollback'))}", markup=False)


@app.command()
def pause(name: Name) -> None:
    """Stop a read model between two pages; its rows stay as they are."""
    _require_read_model(name)
    run(_state(name, paused=True))


@app.command()
def resume(name: Name) -> None:
    """Let a paused read model go on from where it stands."""
    _require_read_model(name)
    run(_state(name, paused=False))


def _require_read_model(name: str | None) -> None:
    require_known("读模型", "read model", name, read_models(discover()))


@asynccontextmanager
async def _rebuilder() -> AsyncIterator[tuple[Reach, Rebuilder]]:
    async with reach() as city:
        yield city, Rebuilder(city.urls.database, city.settings.namespace, city.registry)


async def _status(as_json: bool) -> None:
    async with reach() as city, city.pool.connection() as connection:
        found = await catalogue.status(connection)
    if as_json:
        show_json([asdict(line) for line in found])
        return
    columns = ("read model", "state", "position", "lag", "lag s", "schema", "dead letters")
    rows = [
        (
            s.name,
            s.state,
            s.position,
            s.lag_events,
            f"{s.lag_seconds:.1f}",
            s.schema_version[:12],
            s.dead_letters,
        )
        for s in found
    ]
    show_table("读模型 · read models", columns, rows)


async def _rebuild(
    name: str | None, workers: int, keep_serving: bool, switch: bool, as_json: bool
) -> None:
    begun = time.monotonic()
    refused: Mapping[str, HuiminError] = {}
    async with _rebuilder() as (_, rebuilder):
        if name is None:
            with Counter("rebuild", "events") as counter:
                rebuilt, refused = await rebuilder.rebuild_all(
                    workers=workers,
                    keep_serving=keep_serving,
                    switch=switch,
                    progress=_progress_of_all(counter, len(rebuilder.models)),
                )
        else:
            with Counter(name, "events") as counter:
                one = await rebuilder.rebuild(
                    name,
                    workers=workers,
                    keep_serving=keep_serving,
                    switch=switch,
                    progress=lambda phase, at, of: counter.at(at, of, f"{name} {phase}"),
                )
            rebuilt = [one]
    _show_rebuilt(rebuilt, refused, time.monotonic() - begun, as_json)
    if refused:
        raise typer.Exit(WRONG)


def _progress_of_all(counter: Counter, models: int) -> ProgressOf:
    """Counts the events that the fills of all read models have gone through."""
    reached: dict[str, int] = {}
    through: set[str] = set()

    def progress(name: str, phase: str, at: int, of: int) -> None:
        if phase == "fill":
            reached[name] = at
        elif phase == "catch-up":
            reached[name] = of  # also where there was nothing to fill with
        elif phase == "switch":
            through.add(name)
        head = max(reached.values(), default=0)
        counter.at(sum(reached.values()), head * models, f"{len(through)}/{models} read models")

    return progress


def _show_rebuilt(
    rebuilt: Sequence[Rebuilt], refused: Mapping[str, HuiminError], seconds: float, as_json: bool
) -> None:
    lines = [_report(one) for one in rebuilt]
    log_events = sum(one.position for one in rebuilt)
    own_events = sum(one.events for one in rebuilt)
    in_all = {
        "read_models": len(rebuilt),
        "position": max((one.position for one in rebuilt), default=0),
        "events": own_events,
        "seconds": round(seconds, 3),
        "log_events_per_second": round(log_events / seconds),
        "events_per_second": round(own_events / seconds),
    }
    if as_json:
        whys = {name: str(error) for name, error in refused.items()}
        show_json({"read_models": lines, "in_all": in_all, "refused": whys})
        return
    columns = {
        "read model": "name",
        "position": "position",
        "rows": "rows",
        "log/s": "log_events_per_second",
        "own/s": "events_per_second",
        "seconds": "seconds",
    }
    rows = [[line[field] for field in columns.values()] for line in lines]
    show_table("重建 · rebuilt", list(columns), rows)
    told = (
        f"{len(rebuilt)} in {seconds:.1f} s: {in_all['log_events_per_second']} log/s,"
        f" {in_all['events_per_second']} own/s",
        "log/s: events of the log gone through, once for each read model;"
        " own/s: those of them that it folds",
        *(f"未切换 · refused: {name}: {error}" for name, error in refused.items()),
    )
    for line in told:
        out.print(line, markup=False, highlight=False)


def _report(rebuilt: Rebuilt) -> dict[str, Any]:
    seconds = sum(rebuilt.seconds.values())
    return {
        "name": rebuilt.name,
        "position": rebuilt.position,
        "events": rebuilt.events,
        "rows": rebuilt.verdict.rows,
        "log_events_per_second": round(rebuilt.position / seconds),
        "events_per_second": round(rebuilt.events / seconds),
        "seconds": round(seconds, 3),
        "verified": rebuilt.verdict.equal,
        "switched": rebuilt.switched,
    }


async def _verify(name: str | None, share: float, as_json: bool) -> None:
    found: list[dict[str, Any]] = []
    async with _rebuilder() as (_, rebuilder):
        for one in [name] if name else list(rebuilder.models):
            verdict = await rebuilder.verify(one, share=share)
            found.append(
                {
                    "name": one,
                    "equal": verdict.equal,
                    "rows": verdict.rows,
                    "expected_rows": verdict.expected_rows,
                    "parked": verdict.parked,
                    "differing": verdict.differing,
                }
            )
    if as_json:
        show_json(found)
    else:
        show_table(
            "与日志比较 · compared with the log",
            ("read model", "equal", "rows", "the log says", "parked", "differing keys"),
            [tuple(line.values()) for line in found],
        )
    if not all(line["equal"] for line in found):
        raise typer.Exit(WRONG)


async def _position(name: str, what: str) -> int:
    async with _rebuilder() as (_, rebuilder):
        return await (rebuilder.switch(name) if what == "switch" else rebuilder.rollback(name))


async def _state(name: str, *, paused: bool) -> None:
    async with reach(PROJECTOR) as city, city.pool.connection() as connection:
        if await catalogue.standing(connection, name) is None:
            raise catalogue.unstarted(name)
        await (catalogue.pause if paused else catalogue.resume)(connection, name)
    out.print(f"{name}: {'paused' if paused else 'running'}", markup=False)
