"""``huimin audit``: one matter's events and states, from the log alone. Every look is recorded."""

import getpass
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Annotated
from uuid import UUID

import orjson
import typer

from api.cli.console import (
    LAST_POSITION,
    USAGE,
    out,
    require_known,
    run,
    show_fields,
    show_json,
    stop,
)
from api.cli.reach import reach
from commands.base import Caller, Role
from infra.auditing.audit import Audit, Moment
from infra.auditing.reads import Asking
from infra.database import WRITER
from infra.discovery import discover
from infra.keys import load_keys

app = typer.Typer(no_args_is_help=True, help="What happened, who did it, and what it led to.")

Program = Annotated[str, typer.Argument(help="Programme, kebab-case.")]
Matter = Annotated[UUID, typer.Argument(metavar="ID", help="The matter's id.")]
AsJson = Annotated[bool, typer.Option("--json", help="JSON.")]


@app.command()
def timeline(program: Program, matter: Matter, as_json: AsJson = False) -> None:
    """Every event with who, when, why, what it changed and what it led to elsewhere."""
    _require_program(program)
    run(_timeline(program, matter, as_json))


@app.command()
def state(
    program: Program,
    matter: Matter,
    version: Annotated[
        int | None, typer.Option(min=1, max=LAST_POSITION, help="After this version.")
    ] = None,
    position: Annotated[
        int | None, typer.Option(min=1, max=LAST_POSITION, help="At this position.")
    ] = None,
    at: Annotated[str | None, typer.Option(help="At this time, RFC 3339 with offset.")] = None,
    as_json: AsJson = False,
) -> None:
    """The matter as it is, or was."""
    if sum(x is not None for x in (version, position, at)) > 1:
        stop(USAGE, "version、position、at 只能给一个", "give one of version, position and at")
    _require_program(program)
    run(_state(program, matter, Moment(version, position, _instant(at)), as_json))


def _require_program(program: str) -> None:
    known = {aggregate.program for aggregate in discover().aggregates.values()}
    require_known("事项", "programme", program, known)


def _instant(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        stop(USAGE, "时间须为带时区的 RFC 3339", "a time is RFC 3339 with an offset", text)
    return found


@asynccontextmanager
async def _auditing() -> AsyncIterator[tuple[Audit, Asking]]:
    async with reach(WRITER) as city:
        keys = load_keys(city.settings.master_key, city.settings.data_dir)
        audit = Audit(city.reader, city.codec, city.pool, cursor_key=keys.digest("cursors", b""))
        who = Caller(f"operator:{getpass.getuser()}", frozenset({Role.OPERATOR}))
        yield audit, Asking(who)


async def _timeline(program: str, matter: UUID, as_json: bool) -> None:
    async with _auditing() as (audit, asking):
        cursor: str | None = None
        while True:
            page = await audit.timeline(asking, program, matter, cursor=cursor)
            for item in page.items:
                if as_json:
                    show_json(item)
                    continue
                out.print(
                    f"{item['position']:>8} v{item['version']} {item['occurred_at']}"
                    f"  {item['type']}  {item['actor']}",
                    markup=False,
                    highlight=False,
                )
                for change in item["changes"]:
                    before, after = _short(change["before"]), _short(change["after"])
                    out.print(
                        f"           {change['pointer']}: {before} → {after}",
                        markup=False,
                        highlight=False,
                    )
                for effect in item["caused"]:
                    out.print(
                        f"           ⇒ {effect['position']} {effect['type']} {effect['id']}",
                        markup=False,
                        highlight=False,
                    )
            cursor = page.next
            if cursor is None:
                return


async def _state(program: str, matter: UUID, moment: Moment, as_json: bool) -> None:
    async with _auditing() as (audit, asking):
        found = await audit.state(asking, program, matter, moment)
    if as_json:
        show_json(found)
        return
    fields = {k: v for k, v in found.items() if k != "state"}
    fields |= {f"  {name}": _short(value) for name, value in found["state"].items()}
    show_fields("状态 · state", fields)


def _short(value: object) -> str:
    text = value if isinstance(value, str) else orjson.dumps(value).decode()
    return text if len(text) <= 120 else f"{text[:117]}…"
