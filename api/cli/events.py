"""``huimin events``: the log as lines, for people and for programs."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Any
from uuid import UUID

import orjson
import typer

from api.cli.console import LAST_POSITION, USAGE, out, require_known, run, show_json, stop
from api.cli.reach import Reach, reach
from infra.discovery import discover
from infra.log.records import RecordedEvent
from infra.log.wakeups import Wakeups

app = typer.Typer(no_args_is_help=True, help="The log itself, in order of position.")

PAGE = 500
LOOK_AGAIN_SECONDS = 1.0

Program = Annotated[str | None, typer.Option(help="Only this programme, kebab-case.")]
Type = Annotated[str | None, typer.Option("--type", help="Only this event type, e.g. … .v1.")]
Matter = Annotated[UUID | None, typer.Option("--id", help="Only this matter.")]
After = Annotated[int, typer.Option(help="Begin behind this position.", min=0, max=LAST_POSITION)]
Until = Annotated[
    int | None, typer.Option(help="End with this position.", min=1, max=LAST_POSITION)
]
AsJson = Annotated[bool, typer.Option("--json", help="JSON lines.")]


@app.command()
def tail(
    program: Program = None,
    type_: Type = None,
    matter: Matter = None,
    after: Annotated[
        int | None,
        typer.Option(help="Begin behind this position; now if left out.", min=0, max=LAST_POSITION),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Follow the log until Ctrl-C."""
    run(_tail(_Wanted(program, type_, matter), after, as_json))


@app.command()
def replay(
    program: Program = None,
    type_: Type = None,
    matter: Matter = None,
    after: After = 0,
    until: Until = None,
    as_json: AsJson = False,
) -> None:
    """Print the log from a position on, and end."""
    run(_replay(_Wanted(program, type_, matter), after, until, as_json))


@app.command()
def export(
    program: Program = None,
    type_: Type = None,
    matter: Matter = None,
    after: After = 0,
    until: Until = None,
) -> None:
    """Write the log as JSON lines, each with every stored column and its content hash."""
    run(_replay(_Wanted(program, type_, matter), after, until, as_json=True))


class _Wanted:
    def __init__(self, program: str | None, type_: str | None, matter: UUID | None) -> None:
        known = discover()
        require_known("事项", "programme", program, {a.program for a in known.aggregates.values()})
        # of whatever version: the log keeps those that the code has left behind
        stem = type_ and type_.rpartition(".v")[0]
        require_known("事件类型", "event type", stem, {e.rpartition(".v")[0] for e in known.events})
        self._program, self._type, self._matter = program, type_, matter

    def __call__(self, event: RecordedEvent) -> bool:
        return (
            (self._program is None or event.program == self._program)
            and (self._type is None or event.type == self._type)
            and (self._matter is None or event.stream_id == self._matter)
        )


async def _replay(wanted: _Wanted, after: int, until: int | None, as_json: bool) -> None:
    if until is not None and until <= after:
        stop(USAGE, "until 须大于 after", "until is to be greater than after", f"{after}, {until}")
    async with reach() as city:
        last = until if until is not None else await city.reader.head()
        async for event in _pages(city, after, last):
            if wanted(event):
                _show(event, as_json)


async def _tail(wanted: _Wanted, after: int | None, as_json: bool) -> None:
    async with reach() as city:
        position = await city.reader.head() if after is None else after
        wakeups = Wakeups(city.urls.database, city.settings.namespace)
        await wakeups.start()
        try:
            while True:
                async for event in _pages(city, position, await city.reader.head()):
                    position = event.position
                    if wanted(event):
                        _show(event, as_json)
                await wakeups.wait("log", LOOK_AGAIN_SECONDS)
        except asyncio.CancelledError:
            return
        finally:
            await wakeups.stop()


async def _pages(city: Reach, after: int, last: int) -> AsyncIterator[RecordedEvent]:
    while after < last:
        page: Sequence[RecordedEvent] = await city.reader.read(after, PAGE)
        for event in page:
            if event.position > last:
                return
            yield event
        if not page:
            return
        after = page[-1].position


def _show(event: RecordedEvent, as_json: bool) -> None:
    if as_json:
        show_json(as_document(event))
        return
    out.print(
        f"{event.position:>8}  {event.occurred_at:%Y-%m-%d %H:%M:%S}  {event.stream_id}"
        f" v{event.version}  {event.type}  {event.actor}",
        markup=False,
        highlight=False,
    )


def as_document(event: RecordedEvent) -> dict[str, Any]:
    """Every stored column under its name, and ``content_hash`` (hexadecimal)."""
    return {
        "position": event.position,
        "stream_id": event.stream_id,
        "version": event.version,
        "type": event.type,
        "data": orjson.Fragment(event.data),
        "occurred_at": event.occurred_at,
        "recorded_at": event.recorded_at,
        "actor": event.actor,
        "department": event.department,
        "command_id": event.command_id,
        "correlation_id": event.correlation_id,
        "causation_position": event.causation_position,
        "traceparent": event.traceparent,
        "clock": event.clock,
        "content_hash": event.content_hash().hex(),
    }
