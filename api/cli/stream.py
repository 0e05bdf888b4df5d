"""``huimin stream``: the JetStream stream beside the log, for operators."""

from dataclasses import asdict
from typing import Annotated

import typer

from api.cli.console import WRONG, out, run, show_fields, show_json
from api.cli.reach import reach
from infra.relay.audit import compare as compare_with_log
from infra.relay.session import session
from infra.relay.standing import accept_log as empty_for_refill

app = typer.Typer(no_args_is_help=True, help="The city's JetStream stream beside the log.")


@app.command()
def compare(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Compare every position of the stream with the log by content hash; exit code 1 if any differs."""
    run(_compare(as_json))


@app.command("accept-log")
def accept_log(
    yes: Annotated[
        bool, typer.Option("--yes", help="The log is right; give up what only the stream holds.")
    ] = False,
) -> None:
    """After the log was restored from a backup: write the stream anew from the log."""
    if not yes:
        typer.confirm("只保留日志中的事件？ Keep only what the log holds?", abort=True)
    run(_accept_log())


async def _compare(as_json: bool) -> None:
    async with reach() as city, session(city.urls.nats, "huimin stream compare") as broker:
        found = await compare_with_log(city.reader, broker.client, city.settings.namespace)
    if as_json:
        show_json(asdict(found))
    else:
        show_fields("流与日志 · stream and log", asdict(found))
    if found.differing or found.last != found.head:
        raise typer.Exit(WRONG)


async def _accept_log() -> None:
    async with reach() as city:
        await city.reader.head()  # where there is no log, there is none to go by
        found = await empty_for_refill(city.reader, city.urls.nats, city.settings.namespace)
    given_up = len(found.foreign) if found else 0
    out.print(
        f"已按日志重写，放弃 {given_up} 条 · the log counts, {given_up} given up", markup=False
    )
