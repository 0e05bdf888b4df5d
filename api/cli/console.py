"""How the command line speaks: tables for people, JSON for programs, one exit code per outcome.

Exit codes of the contract: 0 done · 1 the check found something wrong · 2 wrong usage · 3 an engine
is unreachable. Errors are one short text in Chinese and English on standard error; never a stack
trace.
"""

import asyncio
import sys
from collections.abc import Coroutine, Iterable, Mapping, Sequence
from typing import Any, NoReturn, Self, TypeVar

import orjson
import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from infra.engines import EngineFailed, EngineInUse
from infra.errors import HuiminError, Misconfigured, Unavailable

T = TypeVar("T")

WRONG = 1
USAGE = 2
UNREACHABLE = 3

out = Console(soft_wrap=True)
err = Console(stderr=True, soft_wrap=True)


def run(work: Coroutine[Any, Any, T]) -> T:
    """Runs a command's async body; turns what can fail into a sentence and its exit code."""
    try:
        return asyncio.run(work)
    except (Unavailable, EngineFailed) as error:
        stop(UNREACHABLE, "引擎无法访问", "an engine is unreachable", str(error))
    except (Misconfigured, EngineInUse) as error:
        stop(USAGE, "无法这样运行", "it cannot run like this", str(error))
    except HuiminError as error:
        stop(WRONG, "未能完成", "it could not be done", str(error))
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


def stop(code: int, zh: str, en: str, detail: str = "") -> NoReturn:
    """Ends the command with a bilingual sentence on standard error."""
    err.print(f"{zh} · {en}" + (f"：{detail}" if detail else ""), markup=False, highlight=False)
    raise typer.Exit(code)


def show_json(document: Any) -> None:
    """One JSON document on one line; for streams called once an item."""
    sys.stdout.write(orjson.dumps(document, default=str).decode() + "\n")
    sys.stdout.flush()


def show_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """A table for people; None is shown as a dash."""
    table = Table(title=title, title_justify="left", header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*("–" if cell is None else str(cell) for cell in row))
    out.print(table)


def show_fields(title: str, fields: Mapping[str, Any]) -> None:
    """A record for people, a field a line."""
    show_table(title, ("", ""), fields.items())


class _Rate(ProgressColumn):
    """Units a second, once something is known."""

    def __init__(self, unit: str) -> None:
        super().__init__()
        self._unit = unit

    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:,.0f} {self._unit}/s" if task.speed else "")


class Counter:
    """Progress of long work: a bar with rate and time left on a terminal, plain lines elsewhere."""

    def __init__(self, what: str, unit: str) -> None:
        self._what = what
        self._bar: Progress | None = None
        self._last_tenth = -1
        if err.is_terminal:
            self._bar = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                _Rate(unit),
                TimeElapsedColumn(),
                TimeRemainingColumn(),
                console=err,
            )
            self._task = self._bar.add_task(what, total=None)

    def __enter__(self) -> Self:
        if self._bar:
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar:
            self._bar.stop()

    def at(self, done: int, total: int, note: str = "") -> None:
        """So much of so much is done; safe to call often."""
        if self._bar:
            self._bar.update(
                self._task, completed=done, total=total, description=note or self._what
            )
            return
        tenth = done * 10 // total if total else 10
        if tenth != self._last_tenth:
            self._last_tenth = tenth
            err.print(f"{note or self._what}: {done}/{total}", markup=False, highlight=False)
