"""The engine against a small server that knows the contract's answers: order, waits, surprises."""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import orjson
import pytest

from commands.base import Role
from simulation.engine import Engine, Senders
from simulation.http import Client
from simulation.log import Log
from simulation.matters import KeyedHash, Matter, Played, Ref, Sender, Step, Until
from simulation.reading import Reader
from tests.simulation.events import shanghai

CITIZEN = Sender("citizen-1", Role.CITIZEN)
NINE = shanghai("2026-03-02T09:00")
SOON = NINE + timedelta(seconds=30)


class Office:
    """Takes a name for whoever asks first; ``asked`` are (matter, trade name, headers).

    Of the matter ``files`` the audit shows one filing more at each look.
    """

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        self.taken: set[str] = set()
        self.filings = 0
        self.files: UUID | None = None
        self.keeps_any_name = False

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                headers = dict(re.findall(r"([\w-]+): (.*)\r\n", head))
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                status, document = self._answer(head, headers, body)
                data = orjson.dumps(document)
                writer.write(f"HTTP/1.1 {status} X\r\ncontent-length: {len(data)}\r\n\r\n".encode())
                writer.write(data)
        except asyncio.IncompleteReadError:
            return
        finally:
            writer.close()

    def _answer(
        self, head: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, dict[str, object]]:
        if head.startswith("GET /audit/"):
            self.filings += 1
            return 200, {"items": [filing(str(self.files), self.filings)], "next": None}
        sent = orjson.loads(body)
        matter, name = sent["registration_id"], sent["trade_name"]
        self.asked.append((matter, name, headers))
        if not self.keeps_any_name and name in self.taken:
            return 409, {"code": "name-taken"}
        self.taken.add(str(name))
        position = len(self.taken)
        kind = {"type": "company-registration.name-reserved.v1"}
        return 201, {"id": matter, "version": 1, "position": position, "events": [kind]}


def filing(matter: str, n: int) -> dict[str, object]:
    """The n-th filing of a matter, as the audit shows it."""
    return {
        "type": "company-registration.filing-recorded.v1",
        "position": n,
        "id": matter,
        "version": n,
        "occurred_at": NINE.isoformat(),
        "actor": "policy:file",
        "command_id": str(n),
        "clock": "demo-1",
        "data": {},
    }


@asynccontextmanager
async def office(keyed_hash: KeyedHash | None = None) -> AsyncIterator[tuple[Office, Engine]]:
    here = Office()
    listening = await asyncio.start_server(here.serve, "127.0.0.1", 0)
    client = Client(f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}", patience_seconds=2)
    senders = Senders(lambda actor, roles, _: f"{actor}:{','.join(roles)}")
    try:
        log = Log(Reader(client, "auditor"), 0, ())
        yield (
            here,
            Engine(client, senders, log, clock="demo-1", run="r", keyed_hash=keyed_hash),
        )
    finally:
        await client.close()
        listening.close()
        await listening.wait_closed()


def asks(
    matter: UUID,
    *names: str,
    refused: Sequence[str | None] = (),
    after: tuple[str, ...] = (),
    until: Until | None = None,
    at: datetime = NINE,
) -> Matter:
    """A matter that asks for names, a minute after one another; the first is labelled by it."""
    steps = []
    for n, name in enumerate(names):
        body = {"registration_id": str(matter), "trade_name": name}
        code = refused[n] if n < len(refused) else None
        label = None if n else str(matter)
        steps.append(
            Step(
                at + timedelta(minutes=n),
                CITIZEN,
                "reserve-name",
                body,
                label=label,
                refused=code,
                after=after,
                until=until,
            )
        )
    return Matter(f"m/{matter}", "company-registration", tuple(steps), matter)


async def test_each_step_carries_its_sender_its_key_and_its_instant() -> None:
    async with office() as (here, engine):
        matter = uuid4()
        await engine.play([asks(matter, "甬江")], concurrency=1)
        (_, _, headers) = here.asked[0]
        assert headers["authorization"] == "Bearer citizen-1:citizen,simulator"
        assert headers["idempotency-key"] == f"r/m/{matter}/0.0"
        assert headers["huimin-clock"] == "demo-1; at=2026-03-02T01:00:00+00:00"


async def test_who_wants_a_taken_name_waits_for_its_owner_even_on_one_line() -> None:
    async with office() as (here, engine):
        owner, other = uuid4(), uuid4()
        matters = [
            asks(other, "甬江", refused=["name-taken"], after=(str(owner),), at=SOON),
            asks(owner, "甬江"),
        ]
        played = await engine.play(matters, concurrency=1)
        assert [matter for matter, _, _ in here.asked] == [str(owner), str(other)]
        assert [one.stopped for one in played] == [None, None]
        assert played[0].refusals == ["name-taken"]


async def test_a_name_that_turns_out_to_be_taken_is_replaced_under_another_key() -> None:
    async with office() as (here, engine):
        here.taken.add("甬江")
        matter = uuid4()
        plain = asks(matter, "甬江").steps[0]
        body = {**plain.body, "trade_name": "四明"}
        step = Step(
            plain.at, CITIZEN, plain.command, plain.body, instead={"name-taken": lambda _: body}
        )
        (played,) = await engine.play(
            [Matter("m", "company-registration", (step,), matter)], concurrency=1
        )
        assert [name for _, name, _ in here.asked] == ["甬江", "四明"]
        assert len({headers["idempotency-key"] for _, _, headers in here.asked}) == 2
        assert len({headers["huimin-clock"] for _, _, headers in here.asked}) == 2
        assert (played.unplanned, len(played.acknowledged)) == (1, 1)


async def test_a_step_waits_until_what_follows_by_itself_has_followed() -> None:
    async with office() as (here, engine):
        here.files = uuid4()
        matter = asks(here.files, "甬江", until=Until("filing-recorded", 3))
        (played,) = await engine.play([matter], concurrency=1)
        assert here.filings == 3
        assert len(played.acknowledged) == 1


async def test_what_is_waited_for_on_another_matter_may_be_named_by_a_step_that_began_it() -> None:
    async with office() as (here, engine):
        here.files = uuid4()
        until = Until("filing-recorded", 2, of=Ref(str(here.files)))
        other = asks(uuid4(), "四明", until=until, at=SOON)
        played = await engine.play([other, asks(here.files, "甬江")], concurrency=4)
        assert [name for _, name, _ in here.asked] == ["甬江", "四明"]
        assert stopped(played) == [None, None]


async def test_a_planned_refusal_may_be_waited_for() -> None:
    async with office() as (here, engine):
        here.taken.add("甬江")
        refused, later = uuid4(), uuid4()
        matters = [
            asks(later, "四明", after=(str(refused),), at=SOON),
            asks(refused, "甬江", refused=["name-taken"]),
        ]
        played = await engine.play(matters, concurrency=4)
        assert [name for _, name, _ in here.asked] == ["甬江", "四明"]
        assert stopped(played) == [None, None]


async def test_the_id_of_a_command_is_read_in_the_log_and_goes_into_later_bodies() -> None:
    async with office() as (here, engine):
        consent, rests_on_it = uuid4(), uuid4()
        here.files = consent
        body = {
            "registration_id": str(rests_on_it),
            "trade_name": Ref(str(consent), command=True),
        }
        step = Step(SOON, CITIZEN, "reserve-name", body)
        matters = [Matter("m", "company-registration", (step,)), asks(consent, "甬江")]
        played = await engine.play(matters, concurrency=4)
        # the audit shows the first event of the matter as that of command 1
        assert [name for _, name, _ in here.asked] == ["甬江", "1"]
        assert stopped(played) == [None, None]


async def test_an_id_that_only_the_server_makes_goes_into_later_bodies() -> None:
    async with office() as (here, engine):
        owner = uuid4()
        body = {"registration_id": Ref(str(owner)), "trade_name": ["四明", {"of": Ref(str(owner))}]}
        step = Step(SOON, CITIZEN, "reserve-name", body)
        learns = Matter("m", "company-registration", (step,))
        here.keeps_any_name = True
        played = await engine.play([learns, asks(owner, "甬江")], concurrency=4)
        whose, name, _ = here.asked[1]
        assert (whose, str(name)) == (str(owner), str(["四明", {"of": str(owner)}]))
        assert played[0].id == owner


async def test_what_follows_from_an_id_and_the_citys_key_goes_into_a_body_where_the_key_is() -> (
    None
):
    owner = uuid4()
    code = Ref(str(owner), keyed=lambda id, keyed_hash: keyed_hash("code", str(id)))
    user = Matter("sms/user", "company-registration", (), uuid4())
    step = Step(
        SOON, CITIZEN, "reserve-name", {"registration_id": str(user.id), "trade_name": code}
    )
    async with office(lambda kind, value: f"{kind}:{value}") as (here, engine):
        await engine.play([asks(owner, "东海"), replace(user, steps=(step,))], concurrency=8)
    assert here.asked[-1][1] == f"code:{owner}"
    async with office() as (_, engine):
        _, keyless = await engine.play(
            [asks(owner, "东海"), replace(user, steps=(step,))], concurrency=8
        )
    assert keyless.stopped == f"{owner}: nobody has the city's key to work out what follows"


async def test_a_planned_refusal_tells_what_it_leaves_in_the_log() -> None:
    one = asks(uuid4(), "四明")
    step = replace(
        one.steps[0],
        at=SOON,
        label=None,
        refused="name-taken",
        kept=("name-missed",),
        kept_in="list-begun",
    )
    other = Matter("other", "company-registration", (step,), uuid4())
    async with office() as (_, engine):
        _, played = await engine.play([one, other], concurrency=1)
    assert (played.kept, played.kept_in) == ([("name-missed",)], {"list-begun"})


async def test_nobody_gets_ahead_of_the_citys_time_by_more_than_a_minute() -> None:
    async with office() as (here, engine):
        late = asks(uuid4(), "明州", at=NINE + timedelta(minutes=3))
        first = asks(uuid4(), "甬江", "四明", "东海")
        await engine.play([late, first], concurrency=8)
        assert [name for _, name, _ in here.asked] == ["甬江", "四明", "东海", "明州"]


async def test_who_needs_what_was_refused_stops_too_and_says_so() -> None:
    async with office() as (here, engine):
        here.taken.add("甬江")
        owner, heir, last = uuid4(), uuid4(), uuid4()
        matters = [
            asks(last, "东海", after=(str(heir),), at=SOON + timedelta(seconds=9)),
            asks(heir, "四明", after=(str(owner),), at=SOON),
            asks(owner, "甬江"),
        ]
        played = await engine.play(matters, concurrency=8)
        assert stopped(played) == [
            f"reserve-name: {heir} has not come about",
            f"reserve-name: {owner} has not come about",
            "reserve-name: 409 name-taken",
        ]


async def test_a_plan_in_which_somebody_needs_what_comes_later_is_not_played() -> None:
    async with office() as (_, engine):
        owner = uuid4()
        early = asks(uuid4(), "四明", after=(str(owner),))
        with pytest.raises(ValueError, match=r"needs .* before it"):
            await engine.play([early, asks(owner, "甬江")], concurrency=1)


async def test_an_answer_nobody_planned_stops_its_matter_and_no_other() -> None:
    async with office() as (_, engine):
        first, second = asks(uuid4(), "甬江", "甬江", "四明"), asks(uuid4(), "明州")
        played = await engine.play([first, second], concurrency=1)
        assert stopped(played) == ["reserve-name: 409 name-taken", None]
        assert [len(one.acknowledged) for one in played] == [1, 1]


async def test_an_acceptance_where_a_refusal_was_due_is_a_surprise() -> None:
    async with office() as (_, engine):
        played = await engine.play([asks(uuid4(), "甬江", refused=["name-taken"])], concurrency=1)
        assert stopped(played) == ["reserve-name: accepted, though name-taken was due"]


def stopped(played: Sequence[Played]) -> list[str | None]:
    return [one.stopped for one in played]
