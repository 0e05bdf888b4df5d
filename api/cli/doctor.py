"""``huimin doctor``: looks at everything that can be wrong, and says what to do about it."""

import tomllib
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Annotated

import typer

from api.cli.console import UNREACHABLE, WRONG, run, show_json, show_table
from api.cli.reach import Reach, reach
from domain.shared.calendar import Calendar
from domain.shared.instants import shanghai_date
from domain.shared.local_calendar import LocalCalendar
from infra import clock
from infra.errors import BrokerUnavailable
from infra.log.migrate import pending
from infra.projecting import catalogue
from infra.reacting.operating import policy_status
from infra.relay import standing

LIMITS_REACH = timedelta(days=366)
SKEW_SECONDS = 5.0
_STREAM_ADVICE = {
    "absent": "huimin serve relay makes it again",
    "damaged": "huimin serve relay mends it",
    "stream-ahead": "the log was restored from a backup or edited: see docs/operators.md",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; ``advice`` says what to do when it is not well."""

    what: str
    ok: bool
    found: str
    advice: str = ""
    unreachable: bool = False


def add(app: typer.Typer) -> None:
    """Puts the command into the tree."""

    @app.command()
    def doctor(
        as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
    ) -> None:
        """Look at engines, log, stream, read models, policies, clock and calendar."""
        findings = run(_examine())
        if as_json:
            show_json([asdict(finding) for finding in findings])
        else:
            rows = [("✓" if f.ok else "✗", f.what, f.found, f.advice) for f in findings]
            show_table("体检 · doctor", ("", "", "found", "what to do"), rows)
        if any(finding.unreachable for finding in findings):
            raise typer.Exit(UNREACHABLE)
        if not all(finding.ok for finding in findings):
            raise typer.Exit(WRONG)


async def _examine() -> list[Finding]:
    async with reach() as city:
        return [finding async for finding in _findings(city)]


async def _findings(city: Reach) -> AsyncIterator[Finding]:
    waiting = await pending(city.urls.database, city.settings.namespace)
    advice = "" if not waiting else "huimin migrate"
    yield Finding("database schema", not waiting, ", ".join(waiting) or "current", advice)
    if waiting:
        return
    ((count, head, skew),) = await city.reader.query(
        "SELECT count(*), coalesce(max(position), 0),"
        " extract(epoch FROM clock_timestamp())::float8 FROM events"
    )
    yield Finding("log without a gap", count == head, f"{count} events, head {head}")
    behind = clock.now().timestamp() - skew
    yield Finding(
        "clocks of here and of the database",
        abs(behind) < SKEW_SECONDS,
        f"{behind:+.3f} s apart",
        "" if abs(behind) < SKEW_SECONDS else "set the clocks (NTP)",
    )
    yield await _stream(city)
    async with city.pool.connection() as connection:
        for line in await catalogue.status(connection):
            ok = line.state == "running" and not line.dead_letters and not line.drifting
            found = f"{line.state}, lag {line.lag_events}, dead letters {line.dead_letters}"
            advice = "" if ok else "huimin dead-letters list; huimin projections status"
            if line.drifting:
                found += f", drifting {line.drifting}"
                advice = f"huimin projections verify {line.name}, then rebuild {line.name}"
            yield Finding(f"read model {line.name}", ok, found, advice)
    for policy in await policy_status(city.pool, city.registry):
        found = f"{policy.state}, lag {policy.lag}, waiting {policy.waiting}"
        yield Finding(f"policy {policy.policy}", policy.state != "parked", found)
    yield _calendar(city)


async def _stream(city: Reach) -> Finding:
    name = city.settings.events_stream
    try:
        found = await standing.look(city.reader, city.urls.nats, city.settings.namespace)
    except BrokerUnavailable:  # what else there is to find is wanted all the more
        advice = "NATS is unreachable: huimin up, or see HUIMIN_NATS_URL"
        return Finding(f"stream {name}", False, "unknown", advice, unreachable=True)
    told = f"sequence {found.last}, log {found.head}"
    if found.state in ("level", "behind"):
        return Finding(f"stream {name}", True, told)
    why = f": {found.why}" if found.why else ""
    return Finding(
        f"stream {name}", False, f"{found.state}{why}, {told}", _STREAM_ADVICE[found.state]
    )


def _calendar(city: Reach) -> Finding:
    path = city.settings.data_dir / "calendar.toml"
    calendar = Calendar()
    if path.exists():
        try:
            calendar = LocalCalendar.model_validate(tomllib.loads(path.read_text())).calendar()
        except (OSError, ValueError) as error:  # of TOML, of the model, of what it says
            advice = f"mend {path.name}, see docs/configuration.md"
            return Finding("working calendar", False, str(error), advice)
    today = shanghai_date(clock.now())
    guessed = calendar.guessed_years(today, today + LIMITS_REACH)
    found = calendar.version + (f", guessed: {', '.join(map(str, guessed))}" if guessed else "")
    advice = f"enter the State Council's notice into {path.name}" if guessed else ""
    # a warning and no fault: limits work, and the notice comes in the autumn before
    return Finding("working calendar", True, found, advice)
