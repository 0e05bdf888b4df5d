"""Every command of the city, sent again and again by a client whose connection breaks each time.

The table below leads to a state where each command is allowed; what discovery finds and the table
does not have, fails. Policies and scheduler are suspended meanwhile, because they would do by
themselves some of what is sent here.
"""

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

import httpx
import psutil
import pytest

from commands.base import Role
from commands.company_registration.offices import EndOfficeholderBars, NoteOfficeholders
from domain.company_registration import State
from infra.discovery import discover
from tests import registrations as r
from tests.commands import test_business_opening as openings
from tests.commands import test_company_registration_bars as bars
from tests.commands.test_company_registration_table import BEFORE, PATHS, TABLE
from tests.faults.city import City
from tests.faults.life import Life, Sent
from tests.lines import go_away, request
from tests.scenario import HUIMIN, MATTER, Step, caller

pytestmark = pytest.mark.faults

LATER = timedelta(days=1)
LIVES: dict[str, tuple[Step, ...]] = {
    "reserve-name": (r.name_reserved(),),
    **{
        name: (
            *PATHS[min(states, key=list(State).index)],
            *BEFORE.get(name, ()),
            r.ONE_OF_EACH[name],
        )
        for name, states in TABLE.items()
    },
    "bar-officeholder": (bars.barred(),),
    "lift-officeholder-bar": (bars.barred(), bars.lifted()),
    "end-officeholder-bars": (
        bars.barred(until=bars.UNTIL),
        Step(EndOfficeholderBars(officeholder_id=bars.PERSON), HUIMIN, bars.UNTIL + LATER),
    ),
    "note-officeholders": (
        *PATHS[State.REGISTERED],
        Step(NoteOfficeholders(registration_id=MATTER), r.OFFICER_7),
    ),
    "begin-business-opening": (openings.begun(),),
    "record-opening-filing": (openings.begun(), openings.filed("tax")),
    "abandon-opening": (openings.begun(), openings.filed("tax"), openings.abandoned("tax")),
    "record-take-back": (
        openings.begun(),
        openings.filed("tax"),
        openings.abandoned("tax"),
        openings.taken_back("tax"),
    ),
}
"""A matter's life up to a command, by the command's name; the last step is the command."""

EVERYBODY = caller("everybody", *(role for role in Role if role is not Role.SYSTEM))
"""Whoever a token may speak for, at once."""

SPECS = discover().commands
HUIMINS_OWN = sorted(key for key, spec in SPECS.items() if spec.roles == {Role.SYSTEM})
PROGRAMS = {"company-registration", "business-opening"}
"""Those with a life for each command; of the others only what nobody may send is sent."""

TAKEN_OVER_HTTP = sorted(key for key in SPECS.keys() - set(HUIMINS_OWN) if key[0] in PROGRAMS)


def live(life: Life, *steps: Step) -> None:
    """Lets the steps happen."""
    for step in steps:
        answer = read(life.city, life.make(step))
        assert answer.is_success, answer.text
        life.id = answer.json()["id"]


def read(city: City, sent: Sent) -> httpx.Response:
    """Sends over a connection of its own and reads the answer."""
    return httpx.post(f"{city.base_url}{sent.path}", json=sent.body, headers=sent.headers)


def cut(city: City, sent: Sent, *, abruptly: bool) -> None:
    """Sends and hangs up at once."""
    address = urlsplit(city.base_url)
    assert address.hostname is not None
    assert address.port is not None
    whole = request(sent.path, sent.body, sent.headers)
    go_away((address.hostname, address.port), whole, abruptly=abruptly)


def told(answer: httpx.Response) -> tuple[int, bytes, list[tuple[str, str]]]:
    """All of an answer but when it was given and whether it was given before."""
    apart = ("date", "idempotent-replayed")
    return (
        answer.status_code,
        answer.content,
        [h for h in answer.headers.items() if h[0] not in apart],
    )


def head(city: City) -> int:
    [(position,)] = city.sql("SELECT coalesce(max(position), 0) FROM events")
    return int(position)


@pytest.fixture(scope="module")
def quiet(city: City) -> Iterator[City]:
    """The city while nobody but the test sends commands."""
    silenced = [
        psutil.Process(pid) for role in ("policies", "scheduler") for pid in city.pids(role)
    ]
    for process in silenced:
        process.suspend()
    try:
        yield city
    finally:
        for process in silenced:
            process.resume()


def test_the_table_has_every_command_and_no_other() -> None:
    assert LIVES.keys() == {name for program, name in SPECS if program in PROGRAMS}


@pytest.mark.parametrize(("program", "name"), TAKEN_OVER_HTTP)
def test_a_command_sent_three_times_and_cut_has_one_effect_and_one_answer(
    quiet: City, program: str, name: str
) -> None:
    *before, step = LIVES[name]
    life = Life(quiet)
    live(life, *before)
    sent = life.make(step)
    at_first = head(quiet)
    cut(quiet, sent, abruptly=False)
    cut(quiet, sent, abruptly=True)
    third, fourth = read(quiet, sent), read(quiet, sent)
    assert third.status_code == (201 if SPECS[program, name].begins else 200), third.text
    assert told(third) == told(fourth)
    assert fourth.headers["idempotent-replayed"] == "true"
    assert third.json()["events"]
    written = quiet.sql(
        "SELECT type, version, position, stream_id::text, command_id::text FROM events"
        f" WHERE position > {at_first} ORDER BY position"
    )
    own = third.json()["id"]
    events = [
        {"type": t, "version": v, "position": p, **({} if stream == own else {"id": stream})}
        for t, v, p, stream, _ in written
    ]
    assert events == third.json()["events"]
    assert len({command for *_, command in written}) == 1


@pytest.mark.parametrize(("program", "name"), HUIMINS_OWN)
def test_what_only_huimin_may_send_is_refused_alike_each_time_and_writes_nothing(
    quiet: City, program: str, name: str
) -> None:
    life = Life(quiet)
    if program in PROGRAMS and name in LIVES:
        *before, step = LIVES[name]
        live(life, *before)
        sent = life.make(step, by=EVERYBODY)
    else:
        sent = Sent(f"/commands/{program}/{name}", {}, life.make(r.name_reserved()).headers)
    at_first = head(quiet)
    cut(quiet, sent, abruptly=False)
    cut(quiet, sent, abruptly=True)
    third, fourth = read(quiet, sent), read(quiet, sent)
    assert told(third) == told(fourth)
    assert (third.status_code, third.json()["code"]) == (403, "forbidden")
    assert head(quiet) == at_first
