"""What each append is told, alone and together with others, on either path."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from infra.errors import BadRequest
from infra.log.append import GroupCommit
from infra.log.records import (
    Append,
    Appended,
    ClaimDemand,
    Claimed,
    Conflict,
    Duplicate,
    NewEvent,
    StoredCommand,
    Verdict,
)
from tests.infra.log.appending import LATER, NOW, append, demand, rows
from tests.infra.log.together import send_together

ONE, TWO = UUID(int=1), UUID(int=2)


@pytest.fixture(params=["optimistic", "judged"])
async def path(request: pytest.FixtureRequest, commit: GroupCommit) -> GroupCommit:
    """The group commit, in the frame of mind in which it takes the one path or the other."""
    if request.param == "judged":
        commit.distrust()
    return commit


async def test_an_append_gets_the_position_of_its_first_event(path: GroupCommit) -> None:
    assert await path.append(append(ONE, events=3)) == Appended(1)
    assert await path.append(append(TWO, events=2)) == Appended(4)
    assert await path.append(append(ONE, after=3)) == Appended(6)


async def test_a_command_without_events_is_stored_for_its_retries(path: GroupCommit) -> None:
    await path.append(append(ONE, events=2))
    idle = append(ONE, after=2, events=0)
    assert await path.append(idle) == Appended(0)
    stored = StoredCommand(idle.command_id, b"fingerprint", ONE, 2, 0, 0)
    assert await path.append(idle) == Duplicate(stored)


async def test_a_command_without_events_that_saw_an_old_version_is_a_conflict(
    path: GroupCommit,
) -> None:
    await path.append(append(ONE, events=2))
    assert await path.append(append(ONE, after=1, events=0)) == Conflict()
    assert await path.append(append(ONE, after=3, events=0)) == Conflict()
    assert await path.append(append(ONE, after=0, events=0)) == Conflict()


@pytest.mark.parametrize(("after", "events"), [(0, 1), (1, 1), (1, 2), (0, 3), (3, 1), (9, 1)])
async def test_a_version_that_is_there_or_leaves_a_gap_is_a_conflict(
    path: GroupCommit, after: int, events: int
) -> None:
    await path.append(append(ONE, events=2))
    assert await path.append(append(ONE, after=after, events=events)) == Conflict()
    assert await path.append(append(ONE, after=2)) == Appended(3)


async def test_a_command_id_comes_back_with_what_is_stored_of_it(path: GroupCommit) -> None:
    first = append(ONE, events=2)
    await path.append(append(TWO))
    await path.append(first)
    stored = StoredCommand(first.command_id, b"fingerprint", ONE, 2, 2, 2)
    assert await path.append(first) == Duplicate(stored)
    other = append(TWO, after=9, command=first.command_id, fingerprint=b"another")
    assert await path.append(other) == Duplicate(stored)


async def test_a_claim_is_held_against_all_others(path: GroupCommit) -> None:
    await path.append(append(ONE, claims=[demand("take", ONE)]))
    for kind in ("take", "absent"):
        refused = append(TWO, claims=[demand("take", TWO, "free"), demand(kind, TWO)])
        assert await path.append(refused) == Claimed(1, ONE)
    assert await path.append(append(TWO, claims=[demand("take", TWO, "free")])) == Appended(2)


async def test_the_holder_may_take_again_but_not_call_it_absent(path: GroupCommit) -> None:
    await path.append(append(ONE, claims=[demand("take", ONE, until=LATER)]))
    again = append(ONE, after=1, claims=[demand("take", ONE)])
    assert await path.append(again) == Appended(2)
    absent = append(ONE, after=2, claims=[demand("absent", ONE)])
    assert await path.append(absent) == Claimed(0, ONE)
    much_later = NOW + timedelta(days=999)
    other = append(TWO, at=much_later, claims=[demand("take", TWO)])
    assert await path.append(other) == Claimed(0, ONE)


@pytest.mark.parametrize("kind", ["take", "absent"])
async def test_a_claim_ends_at_its_instant_by_the_time_of_whoever_asks(
    path: GroupCommit, kind: str
) -> None:
    await path.append(append(ONE, claims=[demand("take", ONE, until=LATER)]))
    just_before = LATER - timedelta(microseconds=1)
    demands = [ClaimDemand(kind, "name", "hefeng", TWO)]  # type: ignore[arg-type]  # the test knows the kind of what it handles
    early = append(TWO, at=just_before, claims=demands)
    assert await path.append(early) == Claimed(0, ONE)
    assert await path.append(append(TWO, at=LATER, claims=demands)) == Appended(2)


async def test_what_is_given_back_is_free_at_once_or_when_it_says(path: GroupCommit) -> None:
    await path.append(append(ONE, claims=[demand("take", ONE, "a"), demand("take", ONE, "b")]))
    release = [demand("release", ONE, "a"), demand("release", ONE, "b", until=LATER)]
    await path.append(append(ONE, after=1, claims=release))
    assert await path.append(append(TWO, claims=[demand("take", TWO, "a")])) == Appended(3)
    early = append(TWO, after=1, claims=[demand("take", TWO, "b")])
    assert await path.append(early) == Claimed(0, ONE)
    late = append(TWO, after=1, at=LATER, claims=[demand("take", TWO, "b")])
    assert await path.append(late) == Appended(4)


async def test_nobody_gives_back_what_another_holds(path: GroupCommit) -> None:
    await path.append(append(ONE, claims=[demand("take", ONE)]))
    for until in (None, NOW):
        release = append(claims=[demand("release", TWO, until=until)])
        assert isinstance(await path.append(release), Appended)
    assert await path.append(append(TWO, claims=[demand("take", TWO)])) == Claimed(0, ONE)


async def test_duplicate_comes_before_claimed_and_claimed_before_conflict(
    path: GroupCommit,
) -> None:
    first = append(ONE, claims=[demand("take", ONE)])
    await path.append(first)
    everything_wrong = append(TWO, after=5, command=first.command_id, claims=[demand("take", TWO)])
    assert isinstance(await path.append(everything_wrong), Duplicate)
    two_wrong = replace(everything_wrong, command_id=uuid4())
    assert await path.append(two_wrong) == Claimed(0, ONE)
    assert await path.append(replace(two_wrong, claims=())) == Conflict()


async def test_old_names_and_new_ones_may_overlap(path: GroupCommit) -> None:
    await path.append(append(ONE, claims=[demand("take", ONE, v) for v in "ab"]))
    change = [demand("release", ONE, v) for v in "ab"] + [demand("take", ONE, v) for v in "bc"]
    assert await path.append(append(ONE, after=1, claims=change)) == Appended(2)
    asked = [append(claims=[demand("take", TWO, v)]) for v in "abc"]
    told = [await path.append(a) for a in asked]
    assert told == [Appended(3), Claimed(0, ONE), Claimed(0, ONE)]


async def test_a_rejected_append_leaves_nothing_behind(
    path: GroupCommit, database_url: str, log: str
) -> None:
    await path.append(append(ONE, claims=[demand("take", ONE)]))
    await path.append(append(TWO, claims=[demand("take", TWO, "x"), demand("take", TWO)]))
    await path.append(append(ONE, claims=[demand("take", ONE, "y")]))
    assert rows(database_url, log, "SELECT count(*), max(position) FROM events") == [(1, 1)]
    assert rows(database_url, log, "SELECT value FROM claims") == [("hefeng",)]
    assert rows(database_url, log, "SELECT count(*) FROM commands") == [(1,)]


async def test_neighbours_in_a_batch_do_not_suffer(commit: GroupCommit) -> None:
    taken = append(ONE, claims=[demand("take", ONE)])
    await commit.append(taken)
    told = await send_together(
        commit,
        [
            append(events=2),
            append(ONE),
            append(events=0),
            append(claims=[demand("take", TWO)]),
            taken,
            append(events=1),
        ],
    )
    assert told[0] == Appended(2)
    assert told[1] == Conflict()
    assert told[2] == Appended(0)
    assert told[3] == Claimed(0, ONE)
    assert isinstance(told[4], Duplicate)
    assert told[5] == Appended(4)


async def test_appends_that_meet_are_judged_in_the_order_in_which_they_came(
    commit: GroupCommit,
) -> None:
    """Whether on one stream, with one command id or for one claim."""
    same = uuid4()
    on_one_stream = [append(ONE, events=2), append(ONE, after=2), append(ONE, after=2)]
    told: Sequence[Verdict] = await send_together(commit, on_one_stream)
    assert told == [Appended(1), Appended(3), Conflict()]
    told = await send_together(commit, [append(command=same), append(command=same)])
    assert [type(v) for v in told] == [Appended, Duplicate]
    a, b, c = uuid4(), uuid4(), uuid4()
    told = await send_together(
        commit,
        [
            append(a, claims=[demand("take", a)]),
            append(b, claims=[demand("take", b)]),
            append(a, after=1, claims=[demand("release", a)]),
            append(c, claims=[demand("take", c)]),
        ],
    )
    assert [type(v) for v in told] == [Appended, Claimed, Appended, Appended]


async def test_one_that_cannot_be_stored_fails_alone(commit: GroupCommit) -> None:
    # more than a key of an index can hold, which only the database notices
    huge = "".join(chr(0x4E00 + n * 7919 % 20000) for n in range(4000))
    asked = [append(), append(claims=[demand("take", ONE, huge)]), append()]
    told = await send_together(commit, asked, exceptions=True)
    assert [type(v) for v in told] == [Appended, type(told[1]), Appended]
    assert isinstance(told[1], Exception)


@pytest.mark.parametrize("text", ["a\0b", "a\ud800b"])
async def test_text_that_postgres_cannot_hold_is_refused_before_it_is_sent(
    commit: GroupCommit, text: str
) -> None:
    wrong: list[Append] = [
        append(actor=text),
        append(department=text),
        append(traceparent=text),
        append(clock=text),
        append(claims=[demand("take", ONE, text)]),
        replace(append(ONE), events=[NewEvent(ONE, 1, text, b"{}")]),
    ]
    for one in wrong:
        with pytest.raises(BadRequest):
            await commit.append(one)
    assert commit.batches == 0


async def test_events_that_are_no_run_of_their_stream_are_refused(commit: GroupCommit) -> None:
    gap = [NewEvent(ONE, 1, "t", b"{}"), NewEvent(ONE, 3, "t", b"{}")]
    back = [NewEvent(id, v, "t", b"{}") for id, v in ((ONE, 1), (TWO, 1), (ONE, 2))]
    for events in (gap, back):
        with pytest.raises(ValueError, match="one run of versions"):
            await commit.append(replace(append(ONE), events=events))


async def test_demands_that_cannot_hold_together_are_refused(commit: GroupCommit) -> None:
    for first in (
        demand("take", ONE),
        demand("take", ONE, until=LATER),
        demand("release", ONE, until=LATER),
    ):
        with pytest.raises(ValueError, match="and to be absent"):
            await commit.append(append(ONE, claims=[first, demand("absent", ONE)]))
