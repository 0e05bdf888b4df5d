"""Any appends in any batches: both paths of the group commit agree with the plain model."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import sql

from infra.log.append import GroupCommit
from infra.log.demands import fold
from infra.log.migrate import migrate
from infra.log.records import Append, Appended, ClaimDemand, Duplicate, NewEvent, Verdict
from tests.infra.log.appending import NOW, append, rows
from tests.infra.log.model import Expected, Model
from tests.infra.log.together import send_together

Run = Iterator[asyncio.Runner]
TIMES = [NOW + timedelta(hours=h) for h in range(3)]
SMALL = st.integers(0, 2)


@st.composite
def appends(draw: st.DrawFn) -> Append:
    """Few streams, commands, values and instants, so that they meet often."""
    stream = UUID(int=1 + draw(SMALL))
    at = draw(st.sampled_from(TIMES))
    kinds = st.sampled_from(["take", "take", "release", "absent"])
    demands = draw(
        st.lists(
            st.builds(
                ClaimDemand,
                kind=kinds,
                scope=st.just("name"),
                value=st.sampled_from("abc"),
                holder=st.just(stream),
                until=st.none() | st.sampled_from(TIMES),
            ),
            max_size=4,
        )
    )
    try:
        fold(demands, at)
    except ValueError:
        demands = []
    after, events = draw(st.integers(0, 3)), draw(SMALL)
    command = UUID(int=draw(st.integers(1, 2**100)) if draw(st.booleans()) else draw(SMALL))
    one = append(stream, after, events, command=command, claims=demands, at=at)
    for number in draw(st.sets(st.integers(1, 3), max_size=2)):
        other, stands = UUID(int=number), draw(SMALL)
        if other == stream:
            continue
        if draw(st.booleans()):
            one.unmoved = [*one.unmoved, (other, stands)]
        else:
            new = append(other, stands, draw(st.integers(1, 2))).events
            one.events = [*one.events, *new]
    if one.events and not events:
        one.unmoved = [*one.unmoved, (stream, after)]
    return one


def elsewhere(one: Append, salt: int) -> Append:
    """The same append among streams, commands and values of its own, so that examples of one
    run do not meet in the database."""

    def moved(id_: UUID) -> UUID:
        return UUID(int=id_.int ^ salt)

    stream = moved(one.stream_id)
    return replace(
        one,
        command_id=moved(one.command_id),
        stream_id=stream,
        events=[NewEvent(moved(e.stream_id), e.version, e.type, e.data) for e in one.events],
        unmoved=[(moved(looked_at), version) for looked_at, version in one.unmoved],
        claims=[replace(c, value=f"{c.value}{salt}", holder=stream) for c in one.claims],
    )


@contextmanager
def running(commit: GroupCommit) -> Run:
    with asyncio.Runner() as runner:
        runner.run(commit.start())
        try:
            yield runner
        finally:
            runner.run(commit.stop())


@pytest.mark.parametrize("judged", [False, True], ids=["optimistic", "judged"])
def test_verdicts_are_those_of_the_model(database_url: str, namespace: str, judged: bool) -> None:
    asyncio.run(migrate(database_url, namespace))
    commit = GroupCommit(database_url, namespace)

    @settings(suppress_health_check=list(HealthCheck))
    @given(batches=st.lists(st.lists(appends(), min_size=1, max_size=8), min_size=1, max_size=4))
    def agree(batches: list[list[Append]]) -> None:
        salt = uuid4().int & ~0xFFFFFFFF
        model, told_before = Model(), dict[UUID, int]()
        for batch in batches:
            asked = [elsewhere(one, salt) for one in batch]
            if judged:
                commit.distrust()
            told = runner.run(send_together(commit, asked))
            for one, verdict in zip(asked, told, strict=True):
                before = dict(model.claims)
                assert plain(verdict) == model.judge(one), (before, one)
                if isinstance(verdict, Appended):
                    told_before[one.command_id] = verdict.first_position
                if isinstance(verdict, Duplicate):
                    assert verdict.stored.first_position == told_before[one.command_id]

    with running(commit) as runner:
        agree()
    found = rows(
        database_url,
        namespace,
        "SELECT count(*) = max(position), bool_and(e.position >= c.first_position"
        " AND e.position < c.first_position + c.event_count) FROM events AS e"
        " JOIN commands AS c USING (command_id)",
    )
    assert found == [(True, True)]
    with psycopg.connect(database_url) as owner:
        # every stream is 1, 2, 3 … without a gap
        schema = sql.Identifier(namespace)
        gaps = owner.execute(
            sql.SQL(
                "SELECT count(*) FROM (SELECT count(*) AS n, max(version) AS v FROM {}.events"
                " GROUP BY stream_id) AS s WHERE n <> v"
            ).format(schema)
        )
        assert gaps.fetchall() == [(0,)]


def plain(verdict: Verdict) -> Expected:
    """A verdict in the words of the model."""
    if isinstance(verdict, Appended):
        return "appended"
    return "duplicate" if isinstance(verdict, Duplicate) else verdict
