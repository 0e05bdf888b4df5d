"""A read model is made anew, refused, and rolled back by command while people write and read.

Each answer a reader got is afterwards held against the log: its rows must be what the log says of
them up to the very position that the answer names. An empty table, a mixed one, one that is behind
what it says, or one that lost a row would not be.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from commands.base import Caller, Role
from domain.company_registration import State
from infra.keys import load_keys
from tests import registrations as r
from tests.faults.city import ROOT, City
from tests.faults.life import Life
from tests.scenario import Step, caller

pytestmark = pytest.mark.faults

MODEL = "registration_overview"
WRITERS = 2
READERS = 3
LIVES_EACH = 20
WAIT_SECONDS = 30
LEADS_TO = {
    "company-registration.name-reserved.v1": State.NAME_RESERVED,
    "company-registration.application-submitted.v1": State.SUBMITTED,
    "company-registration.correction-requested.v1": State.CORRECTING,
    "company-registration.application-resubmitted.v1": State.SUBMITTED,
}
"""What the log says of a row, as plainly as it can be said."""

BUG = """
import os
from dataclasses import replace

from projections.base import FOLD
from projections.company_registration import overview


def application_submitted(row, e, right=overview.application_submitted):
    return right(row, e).replace(flags=os.getpid())  # not the log's business


specs = getattr(overview.application_submitted, FOLD)
setattr(overview.application_submitted, FOLD, [replace(s, apply=application_submitted) for s in specs])
"""


@dataclass
class Load:
    """What writers and readers have seen. ``written``: the last position acknowledged."""

    written: int = 0
    commands: int = 0
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)


def next_step(life: Life, applicant: Caller) -> Step:
    """A name, an application, and then corrections without end."""
    begin = (r.name_reserved(by=applicant), r.submitted(by=applicant))
    if life.steps < len(begin):
        return begin[life.steps]
    return r.resubmitted(by=applicant) if life.steps % 2 else r.correction_requested()


async def write(city: City, load: Load, applicant: Caller) -> None:
    """Takes a few lives a step further each, in turns."""
    lives = [Life(city) for _ in range(LIVES_EACH)]
    async with httpx.AsyncClient(base_url=city.base_url, timeout=60) as client:
        while not load.stopping.is_set():
            for life in lives:
                sent = life.make(next_step(life, applicant))
                answer = await client.post(sent.path, json=sent.body, headers=sent.headers)
                assert answer.is_success, answer.text
                life.id = answer.json()["id"]
                load.written = max(load.written, answer.json()["position"])
                load.commands += 1


async def read(city: City, load: Load, applicant: Caller) -> None:
    """Asks for all of the applicant's rows, over and over, with what was just written."""
    subject = load_keys(None, city.data_dir).pseudonym("actor", applicant.actor)
    headers = city.token("officer-7", "officer", department="market-regulation")
    seen = 0
    async with httpx.AsyncClient(base_url=city.base_url, timeout=60, headers=headers) as client:
        while not load.stopping.is_set():
            wanted = load.written
            query = f"applicant={subject}&limit=500&min_position={wanted}&wait={WAIT_SECONDS}"
            answer = await client.get(f"/queries/registration-overview?{query}")
            assert answer.status_code == httpx.codes.OK, answer.text
            position = int(answer.headers["huimin-as-of-position"])
            assert position >= max(wanted, seen), "a position that was shown is taken back"
            seen = position
            rows = answer.json()["items"]
            load.answers.append((position, {row["registration_id"]: row["state"] for row in rows}))


def agree_with_the_log(city: City, load: Load, applicant: Caller) -> None:
    """Every answer is what the log says up to the answer's position."""
    events = city.sql(
        "SELECT position, stream_id::text, type FROM events WHERE stream_id IN"
        f" (SELECT stream_id FROM events WHERE version = 1 AND actor = '{applicant.actor}')"
        " ORDER BY position"
    )
    answers = sorted(load.answers, key=lambda answer: answer[0])
    expected: dict[str, str] = {}
    at = 0
    for position, rows in answers:
        while at < len(events) and events[at][0] <= position:
            _, matter, kind = events[at]
            expected[matter] = LEADS_TO[kind]
            at += 1
        assert rows == expected, f"as of position {position}"
    assert len(expected) == WRITERS * LIVES_EACH


@asynccontextmanager
async def under_load(city: City) -> AsyncIterator[Load]:
    """Writers and readers at work for as long as the block runs; then the answers are judged."""
    applicant = caller(f"citizen-{uuid4()}", Role.CITIZEN)
    load = Load()
    async with asyncio.TaskGroup() as group:
        for _ in range(WRITERS):
            group.create_task(write(city, load, applicant))
        for _ in range(READERS):
            group.create_task(read(city, load, applicant))
        await wait_for_more(city, load, commands=100)
        yield load
        await wait_for_more(city, load, commands=100)
        load.stopping.set()
    await asyncio.to_thread(agree_with_the_log, city, load, applicant)


async def wait_for_more(city: City, load: Load, *, commands: int) -> None:
    upto = load.commands + commands

    async def done() -> bool:
        return load.commands >= upto

    await city.eventually(done)


async def cli(city: City, *arguments: str) -> None:
    await asyncio.to_thread(city.cli, *arguments)


def builds(city: City) -> tuple[int, int | None]:
    """The builds that are live and kept."""
    [(live, kept)] = city.sql(
        f"SELECT build, previous_build FROM projections WHERE name = '{MODEL}'"
    )
    return live, kept


async def test_no_reader_sees_an_empty_or_a_mixed_table_while_it_is_rebuilt(
    city: City, record_property: Callable[[str, object], None]
) -> None:
    async with under_load(city) as load:
        before, _ = builds(city)
        await cli(city, "projections", "rebuild", MODEL, "--workers", "2")
        assert before == builds(city)[1]
    record_property("answers", len(load.answers))
    record_property("commands", load.commands)
    print(f"\n{len(load.answers)} answers under {load.commands} commands, all as the log says")
    await cli(city, "projections", "verify", MODEL)


async def test_verify_refuses_to_switch_to_what_a_fold_with_a_bug_made(
    city: City, tmp_path: Path
) -> None:
    """The bug is in the rebuild's own processes only, as after a deployment that went wrong."""
    (tmp_path / "sitecustomize.py").write_text(BUG, "utf-8")
    bug = {"PYTHONPATH": os.pathsep.join((str(tmp_path), str(ROOT)))}
    async with under_load(city):
        before = builds(city)
        rebuild = partial(city.failing, "projections", "rebuild", MODEL, code=1, environment=bug)
        said = await asyncio.to_thread(rebuild)
        assert "rows, the log says" in said
        assert builds(city) == before
    assert city.sql(f"SELECT FROM builds WHERE projection = '{MODEL}' AND state = 'building'") == []
    await cli(city, "projections", "verify", MODEL)


async def test_a_rollback_returns_to_the_tables_before_and_they_are_right(city: City) -> None:
    async with under_load(city):
        await cli(city, "projections", "rebuild", MODEL)
        made, kept = builds(city)
        await cli(city, "projections", "rollback", MODEL)
        assert builds(city) == (kept, made)
        await cli(city, "projections", "verify", MODEL)
