"""How the command line speaks: tables for people, JSON for programs, one exit code per outcome.

Exit codes of the contract: 0 done · 1 the check found something wrong · 2 wrong usage · 3 an engine
is unreachable. Errors are one short text in Chinese and English on standard error; never a stack
trace, but for a fault of ours.
"""

import asyncio
import sys
from collections.abc import Collection, Coroutine, Iterable, Mapping, Sequence
from typing import Any, NoReturn, Self, TypeVar, cast

import orjson
import typer
import typer.core
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

from domain.shared import catalogue
from infra.engines import EngineInUse
from infra.errors import (
    BadRequest,
    BrokerUnavailable,
    HuiminError,
    Misconfigured,
    StoreUnavailable,
    Unavailable,
)

T = TypeVar("T")

WRONG = 1
USAGE = 2
UNREACHABLE = 3

LAST_POSITION = 2**63 - 1
"""The greatest number that PostgreSQL takes for a position or a version."""

_UsageError = cast(type[Exception], typer.BadParameter.__mro__[1])
"""Any wrong use of a command, of which typer shows one kind only."""

out = Console(soft_wrap=True)
err = Console(stderr=True, soft_wrap=True)


class Told(typer.core.TyperGroup):
    """The root of the tree: what a command raises becomes a sentence and its exit code."""

    def invoke(self, ctx: Any) -> Any:
        """Runs the command. Anything else than an error of ours is a fault, and shows its trace."""
        try:
            return super().invoke(ctx)
        except _UsageError:
            err.print("用法有误 · wrong usage", markup=False, highlight=False)
            raise
        except KeyboardInterrupt:
            raise typer.Exit(130) from None
        except (HuiminError, BaseExceptionGroup) as error:
            cause = _first(error)
            if not isinstance(cause, HuiminError):
                raise
            _end(cause)


def _first(error: BaseException) -> BaseException:
    """What tasks that ran together failed of first."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _end(error: HuiminError) -> NoReturn:
    match error:
        case EngineInUse() | Misconfigured():
            stop(USAGE, "无法这样运行", "it cannot run like this", str(error))
        case StoreUnavailable():
            zh = "PostgreSQL 无法访问，请查看 HUIMIN_DATABASE_URL，或先运行 huimin up"
            en = "PostgreSQL is unreachable, see HUIMIN_DATABASE_URL or run huimin up first"
            stop(UNREACHABLE, zh, en, str(error))
        case BrokerUnavailable():
            zh = "NATS 无法访问，请查看 HUIMIN_NATS_URL，或先运行 huimin up"
            en = "NATS is unreachable, see HUIMIN_NATS_URL or run huimin up first"
            stop(UNREACHABLE, zh, en, str(error))
        case Unavailable():
            stop(UNREACHABLE, "引擎无法访问", "an engine is unreachable", str(error))
        case BadRequest() if str(error) == error.code and error.code in catalogue.ALL:
            zh, en = (catalogue.title(error.code, spoken) for spoken in ("zh-CN", "en"))
            stop(USAGE, zh, en)
        case BadRequest():
            stop(USAGE, "无法这样办理", "it cannot be done like this", str(error))
    stop(WRONG, "未能完成", "it could not be done", str(error))


def run(work: Coroutine[Any, Any, T]) -> T:
    """Runs a command's async body; what it raises is told by :class:`Told`."""
    return asyncio.run(work)


def require_known(zh: str, en: str, given: str | None, known: Collection[str]) -> None:
    """Ends the command with 2, and with all that there are, when ``given`` is none of them."""
    if given is not None and given not in known:
        stop(USAGE, f"没有这个{zh}", f"no such {en}", f"{given}; {', '.join(sorted(known))}")


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
