"""``python -m bench.scale``: the rate of commands over a log of a million events and over a short one.

Every event was decided by the product. Lives of matters of the seven programmes (``bench.lives``)
are led many side by side in several processes, each act through the executor with its validation,
claims and group commit, at the times that the lives say; ``bench.growth`` has how. Both logs are
grown by these means, each in a database of its own in one PostgreSQL with the settings of the
product, and both are asked in turn (short, long, short, long, …), each through an API process of
its own. Measuring makes a log longer, so the short one is a new copy in each round; the long one,
to which it adds some hundredths, is one copy throughout.

Two commands are measured: one that begins a matter, and a report on a WiFi session that is online,
on as many sessions of the one log as of the other, spread over the whole log. In the end the read
models of the long log are built by ``huimin projections rebuild --all``, which prints its report.
What may surprise: nothing but the API runs while commands are measured, no projector and no
policies; and PostgreSQL is vacuumed before each round, so that it does not begin to by
itself in the midst of one of the two.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import psutil
import psycopg

from bench import Comparison, Figures
from bench.appends import postgres
from bench.growth import PROCESSES, Grown
from bench.http import BODY, COMMAND, NAMESPACE, measured, serving, tokens
from bench.load import Load
from bench.logs import SESSIONS, Log, Original
from infra.engines import ports

TARGET = 0.9
TURNS = 3
SETTLING_SECONDS = 10.0
"""After a checkpoint the first change to a page writes all of it to the WAL. Of a long log's indexes
that is at first every change, and after some ten thousand commands hardly any until the next
checkpoint, which comes every five minutes; a copy begins with one."""

REPORT = "/commands/wifi-sessions/record-interim"
REPORT_BODY = '{{matter},"session_time_s":7200,"output_octets":{name}}'


@dataclass(frozen=True, slots=True)
class Served:
    """A log behind an API process of its own."""

    log: Log
    port: int
    server: psutil.Process
    database: psutil.Process

    def rate(self, load: Load) -> Figures:
        """Of one load; the log is the longer for it."""
        before = self.log.head()
        load = replace(load, port=self.port, first=self.log.numbers())
        counted = f"SELECT max(position) - {before} FROM {NAMESPACE}.events"
        used = _cpu_of_all(self.database)
        figures = measured(load, self.server, self.log.url, counted)
        used = _cpu_of_all(self.database) - used
        after = self.log.head()
        return {**figures, "database CPU µs": used / (after - before) * 1e6, "events then": after}


@contextmanager
def served(log: Log) -> Iterator[Served]:
    """From the first answer on; PostgreSQL has just looked after its tables."""
    with psycopg.connect(log.url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
        database = psutil.Process(connection.info.backend_pid).parent()
    assert database is not None
    port = ports.choose()
    arguments = ["-m", "main", "serve", "api"]
    with serving(arguments, port, "/health/live", **log.environment(port)) as server:
        yield Served(log, port, server, database)


def _cpu_of_all(database: psutil.Process) -> float:
    """Seconds of a server with its processes, also of those that have ended."""
    seconds = 0.0
    for child in database.children():
        try:
            used = child.cpu_times()
        except psutil.NoSuchProcess:  # it has ended just now, and counts with those below
            continue
        seconds += used.user + used.system
    own = database.cpu_times()
    return seconds + own.user + own.system + own.children_user + own.children_system


Question = Callable[[Log], Load]
"""What is sent to a log; port and numbers are filled in later."""


def questions(directory: Path, load: Load) -> Mapping[str, Question]:
    """Both commands, by what they do."""
    citizens, sensors = (tokens(directory, role) for role in ("citizen", "agent"))
    begins = replace(load, path=COMMAND, body=BODY, tokens=citizens)
    goes_on = replace(load, path=REPORT, body=REPORT_BODY, tokens=sensors)
    return {
        "Begin a matter: reserve a name": lambda _: begins,
        f"Go on with one: a report of one of {SESSIONS} WiFi sessions": lambda log: replace(
            goes_on, matters=log.online()
        ),
    }


def alternated(
    what: str, ask: Question, small: Original, large: Original, log: Log, *, rounds: int
) -> Comparison:
    """Short and long log in turn, ``TURNS`` times in each round; ``log`` is the long one.

    Both are served all through a round, which begins with a new copy of the short one.
    """
    found = Comparison(what, small.title, {})
    with served(log) as long:
        long.rate(replace(ask(log), seconds=SETTLING_SECONDS))
    for _ in range(rounds):
        with served(small.copy()) as short, served(log) as long:
            found.cases = {
                title: partial(one.rate, ask(one.log))
                for title, one in ((small.title, short), (large.title, long))
            }
            found.run(TURNS)
    return found


def _ratios(found: Comparison) -> str:
    """The long log's rate as a part of the short one's: turn by turn, and of the medians.

    Two measurements of one turn saw the same machine, which those of two rounds may not have.
    """
    short, long = ([next(iter(f.values())) for f in runs] for runs in found.measured.values())
    by_turn = [b / a for a, b in zip(short, long, strict=True)]
    of_medians = statistics.median(long) / statistics.median(short)
    turns = f"turn by turn {statistics.median(by_turn):.2f} ({min(by_turn):.2f}–{max(by_turn):.2f})"
    return f"- {found.title}: {turns}, of medians {of_medians:.2f}"


def _show(made: Grown, log: Log) -> None:
    print(f"### A log of {made.in_all:,} events from {made.commands:,} commands\n")
    print("| programme | lives | events | % |")
    print("|---|---|---|---|")
    for program, events in made.events.items():
        share = 100 * events / made.in_all
        print(f"| {program} | {made.lives[program]:,} | {events:,} | {share:.0f} |")
    rates = f"{made.in_all / made.seconds:,.0f} events/s"
    rates += f", {made.commands / made.seconds:,.0f} commands/s"
    print(
        f"\nMade in {made.seconds:,.0f} s: {rates}; {log.megabytes():,.0f} MB with indexes.\n",
        flush=True,
    )


def _rebuild(log: Log) -> None:
    """As an operator would, with what the command prints."""
    print(f"### `huimin projections rebuild --all` over {log.head():,} events\n", flush=True)
    arguments = [sys.executable, "-m", "main", "projections", "rebuild", "--all"]
    environment = {**os.environ, **log.environment(), "COLUMNS": "100"}
    subprocess.run(arguments, env=environment, check=True)


@contextmanager
def _directory(keep: Path | None) -> Iterator[Path]:
    """One that stays, or one that is removed afterwards."""
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep.absolute()
        return
    with tempfile.TemporaryDirectory(prefix="huimin-bench-") as directory:
        yield Path(directory)


def compare(server: str, directory: Path, chosen: argparse.Namespace) -> None:
    """Prints all of it."""
    small, large = (Original(server, directory, n) for n in (chosen.small, chosen.events))
    small.grow(chosen.processes)
    made = large.grow(chosen.processes)
    load = Load(
        0, "", "", connections=chosen.connections, seconds=chosen.seconds, warm_up_seconds=0.5
    )
    log = large.copy()
    _show(made, log)
    told = []
    for what, ask in questions(directory, load).items():
        title = f"{what}, {chosen.connections} connections, one worker"
        found = alternated(title, ask, small, large, log, rounds=chosen.rounds)
        print(found.markdown(), flush=True)
        told.append(_ratios(found))
    print(f"{large.title} / {small.title}, target {TARGET}:\n\n" + "\n".join(told) + "\n")
    _rebuild(log)


def main() -> None:
    """Prints how the log was made, both tables and the rebuild's report."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5, help=f"of {TURNS} turns each")
    parser.add_argument("--events", type=int, default=1_000_000, help="of the long log")
    parser.add_argument("--small", type=int, default=10_000, help="events of the short log")
    parser.add_argument("--seconds", type=float, default=2.0, help="of each turn")
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--processes", type=int, default=PROCESSES, help="that grow the logs")
    parser.add_argument("--keep", type=Path, help="a directory for the logs, to measure them again")
    chosen = parser.parse_args()
    with _directory(chosen.keep) as directory, postgres(directory) as server:
        compare(server, directory, chosen)
    load = os.getloadavg()[0]
    print(f"\nLoad of the machine at the end: {load:.1f} on {os.cpu_count()} cores.\n")


if __name__ == "__main__":
    main()
