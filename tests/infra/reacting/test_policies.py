"""Policies on a real log: each answer once, refusals that wait and are noted, and who stops alone."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from domain.shared.refusals import NotInState
from infra.database import connect
from infra.errors import Overloaded, StoreUnavailable
from infra.reacting import derived_ids
from infra.reacting.causation import DEEPEST
from infra.reacting.operating import register_policies
from tests.infra.reacting import stalls
from tests.infra.reacting.market import SOMEONE, Market, market
from tests.infra.reacting.roles import running
from tests.infra.reacting.stalls import Close, DeskShut, DeskState, ThrowBall, TurnDesk


@pytest.fixture(autouse=True)
def nobody_is_faulty() -> None:
    stalls.faulty.clear()


async def test_an_answer_carries_its_cause_and_an_id_that_follows_from_it(
    database_url: str, namespace: str
) -> None:
    async with market(database_url, namespace, "file-with-desks") as m:
        desks = [await m.desk(), await m.desk()]
        stall = await m.licensed(*desks, traceparent="00-ab-cd-01")
        async with running(m.runner()):
            await m.policies_done()
        (cause,) = await m.events("licensed")
        filed = await m.events("filed")
        assert {e.stream_id for e in filed} == set(desks)
        assert {e.command_id for e in filed} == {
            derived_ids.of_policy("file-with-desks", cause.position, n) for n in (1, 2)
        }
        for e in filed:
            assert (e.causation_position, e.correlation_id, e.traceparent, e.actor) == (
                cause.position,
                cause.correlation_id,
                "00-ab-cd-01",
                "policy:file-with-desks",
            )
            assert m.codec.decode(e).stall == stall  # type: ignore[attr-defined]  # a Filed


async def test_events_delivered_again_change_nothing(database_url: str, namespace: str) -> None:
    async with market(database_url, namespace, "file-with-desks", "tell-desk") as m:
        desk, shut = await m.desk(), await m.desk()
        await m.do(TurnDesk(desk_id=shut, state=DeskState.SHUT))
        for _ in range(5):
            stall = await m.licensed(desk, shut)
            await m.do(Close(stall_id=stall, desk=shut))
        async with running(m.runner()):
            await m.policies_done()
        before = await m.events()
        await m.rows("UPDATE policy_checkpoints SET position = 0")
        async with running(m.runner()):
            await m.policies_done()
        after = await m.events()
        assert after == before
        assert Counter(e.name for e in after)["filed"] == 5
        assert Counter(e.name for e in after)["policy-refused"] == 10


async def test_a_simulated_cause_is_answered_in_its_own_time(
    database_url: str, namespace: str
) -> None:
    async with market(database_url, namespace, "file-with-desks", "tell-desk") as m:
        # the desk's own events are of that time too, as those of a simulated city are
        then = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
        desk, shut = UUID(int=1), UUID(int=2)
        for d in (desk, shut):
            await m.do(stalls.SetUpDesk(desk_id=d), now=then, clock="spring")
        await m.do(TurnDesk(desk_id=shut, state=DeskState.SHUT), now=then, clock="spring")
        stall = await m.licensed(desk, now=then, clock="spring")
        await m.do(Close(stall_id=stall, desk=shut), now=then, clock="spring")
        async with running(m.runner()):
            await m.policies_done()
        answers = await m.events("filed") + await m.events("policy-refused")
        assert [(e.occurred_at, e.clock) for e in answers] == [(then, "spring")] * 2


async def test_a_refused_answer_waits_and_holds_nobody_up(
    database_url: str, namespace: str
) -> None:
    async with market(database_url, namespace, "file-with-desks") as m:
        desk, shut = await m.desk(), await m.desk()
        await m.do(TurnDesk(desk_id=shut, state=DeskState.SHUT))
        await m.licensed(shut, desk)
        await m.licensed(desk)
        async with running(m.runner(pauses=[stalls.TEN_DAYS] * 2)):

            async def answered() -> bool:
                return len(await m.events("filed")) == 2

            await m.until(answered)

            async def one_waits() -> bool:
                return len(await m.operations.waiting()) == 1

            await m.until(one_waits)
            (waiting,) = await m.operations.waiting()
            assert (waiting.ordinal, waiting.command, waiting.aggregate, waiting.code) == (
                1,
                "desks/file-stall",
                shut,
                "desk-shut",
            )
            await m.do(TurnDesk(desk_id=shut, state=DeskState.OPEN))
            await m.rows("UPDATE policy_retries SET due_at = now()")
            await m.policies_done()
        assert [e.stream_id for e in await m.events("filed")] == [desk, desk, shut]
        assert await m.events("policy-refused") == []


async def test_a_refusal_that_does_not_pass_is_noted_in_the_chain_it_broke(
    database_url: str, namespace: str
) -> None:
    async with market(database_url, namespace, "file-with-desks") as m:
        shut = await m.desk()
        await m.do(TurnDesk(desk_id=shut, state=DeskState.SHUT))
        await m.licensed(shut)
        async with running(m.runner()):
            await m.policies_done()
        (cause,) = await m.events("licensed")
        chain = await m.reader.by_correlation(cause.correlation_id)
        assert [e.name for e in chain] == ["licensed", "policy-refused"]
        noted: Any = m.codec.decode(chain[1])
        assert (noted.policy, noted.position, noted.ordinal, noted.command) == (
            "file-with-desks",
            cause.position,
            1,
            "desks/file-stall",
        )
        assert (noted.code, noted.aggregate) == ("desk-shut", shut)
        assert chain[1].causation_position == cause.position


async def test_what_has_ended_for_good_is_noted_without_waiting(
    database_url: str, namespace: str
) -> None:
    async with market(database_url, namespace, "file-with-desks") as m:
        gone = await m.desk()
        await m.do(TurnDesk(desk_id=gone, state=DeskState.ABOLISHED))
        await m.licensed(gone)
        async with running(m.runner(pauses=[stalls.TEN_DAYS])):
            await m.policies_done()
        (noted,) = await m.events("policy-refused")
        assert m.codec.decode(noted).code == "not-in-state"  # type: ignore[attr-defined]  # see above


async def test_a_note_is_tried_again_by_hand_until_it_is_accepted(
    database_url: str, namespace: str
) -> None:
    async with market(database_url, namespace, "tell-desk") as m:
        shut = await m.desk()
        await m.do(TurnDesk(desk_id=shut, state=DeskState.SHUT))
        stall = await m.licensed()
        await m.do(Close(stall_id=stall, desk=shut))
        async with running(m.runner()):
            await m.policies_done()
        (noted,) = await m.events("policy-refused")
        with pytest.raises(DeskShut):
            await m.operations.retry(noted.stream_id, SOMEONE)
        await m.do(TurnDesk(desk_id=shut, state=DeskState.OPEN))
        first = await m.operations.retry(noted.stream_id, SOMEONE)
        with pytest.raises(NotInState):
            await m.operations.retry(noted.stream_id, SOMEONE)
        assert len(await m.events("filed")) == 1
        (done,) = await m.events("retry-accepted")
        assert m.codec.decode(done).position == first.position  # type: ignore[attr-defined]  # see above
        assert [e.name for e in await m.reader.stream(noted.stream_id)] == [
            "policy-refused",
            "retry-refused",
            "retry-accepted",
        ]
        assert {e.correlation_id for e in await m.reader.stream(noted.stream_id)} == {
            noted.correlation_id
        }


async def test_an_engine_that_is_away_is_no_refusal(database_url: str, namespace: str) -> None:
    async with market(database_url, namespace, "file-with-desks", "tell-desk") as m:
        desk = await m.desk()
        stall = await m.licensed(desk)
        await m.do(Close(stall_id=stall, desk=desk))

        failures = [StoreUnavailable(), Overloaded(), StoreUnavailable()]

        class Stumbling:
            """Fails as an engine fails, a few times."""

            async def execute(self, *command: Any) -> Any:
                if failures:
                    raise failures.pop()
                return await m.executor.execute(*command)

        async with running(m.runner(executor=Stumbling())):
            await m.policies_done()
        assert failures == []
        assert len(await m.events("filed")) == 2
        assert await m.events("policy-refused") == []


async def test_two_that_answer_each_other_for_ever_are_parked_at_depth_16(
    database_url: str, namespace: str
) -> None:
    async with market(database_url, namespace, "catch", "throw-back", "file-with-desks") as m:
        ball = UUID(int=7)
        await m.do(ThrowBall(ball_id=ball))
        async with running(m.runner(page=3)):
            # the ball was thrown at depth 0, so it is thrown back at the even ones
            position = await m.parked("catch")
            await m.licensed(await m.desk())
            await m.policies_done()
            status = {p.policy: p for p in await m.operations.status()}
        flights = await m.reader.stream(ball)
        assert len(flights) == DEEPEST + 1
        assert flights[-1].position == position
        assert status["catch"].reason == "causation-too-deep"
        assert status["throw-back"].state == status["file-with-desks"].state == "running"
        assert len(await m.events("filed")) == 1


async def test_a_parked_event_that_is_passed_over_is_noted(
    database_url: str, namespace: str
) -> None:
    async with market(database_url, namespace, "catch", "throw-back") as m:
        first, second = UUID(int=7), UUID(int=8)
        await m.do(ThrowBall(ball_id=first))
        async with running(m.runner()):
            position = await m.parked("catch")
            assert await m.operations.skip("catch") == position
            await m.do(ThrowBall(ball_id=second))
            assert await m.parked("catch") > position
        (noted,) = await m.events("policy-refused")
        assert m.codec.decode(noted).code == "causation-too-deep"  # type: ignore[attr-defined]  # see above
        assert len(await m.reader.stream(first)) == len(await m.reader.stream(second))


async def test_a_policy_that_raises_stops_alone_and_is_resumed(
    database_url: str, namespace: str
) -> None:
    async with market(database_url, namespace, "file-with-desks", "tell-desk") as m:
        desk = await m.desk()
        stalls.faulty.add("file-with-desks")
        async with running(m.runner()):
            for _ in range(3):
                stall = await m.licensed(desk)
                await m.do(Close(stall_id=stall, desk=desk))
            position = await m.parked("file-with-desks")
            await m.policies_done()
            assert len(await m.events("filed")) == 3
            assert position == (await m.events("licensed"))[0].position
            stalls.faulty.clear()
            await m.operations.resume("file-with-desks")

            async def caught_up() -> bool:
                return len(await m.events("filed")) == 6

            await m.until(caught_up)
            await m.policies_done()
            assert [p.state for p in await m.operations.status()] == ["running", "running"]


async def test_a_new_policy_answers_what_happens_from_now_on(
    database_url: str, namespace: str
) -> None:
    async with market(database_url, namespace, "tell-desk") as m:
        desk = await m.desk()
        await m.licensed(desk)
        whole = stalls.registry()
        m.registry = replace(m.registry, policies={**m.registry.policies, **whole.policies})
        begun = await register_policies(database_url, namespace, m.registry)
        assert begun["file-with-desks"] == await m.reader.head()
        await m.licensed(desk)
        async with running(m.runner()):
            await m.policies_done()
        assert len(await m.events("filed")) == 1


async def test_a_standby_takes_over_when_the_lease_falls_free(
    database_url: str, namespace: str
) -> None:
    async with market(database_url, namespace, "file-with-desks") as m:
        desk = await m.desk()
        async with running(m.runner(), m.runner()):
            for n in range(1, 4):
                await m.licensed(desk)
                await m.policies_done()
                assert len(await m.events("filed")) == n
                # whoever leads loses its connection; the other may be first to ask for the lease
                await _cut(m)
            await m.licensed(desk)
            await m.policies_done()
        assert len(await m.events("filed")) == 4


async def test_answers_for_one_matter_keep_the_order_of_their_causes(
    database_url: str, namespace: str
) -> None:
    async with market(database_url, namespace, "file-with-desks") as m:
        desks = [await m.desk() for _ in range(3)]
        licensed = [await m.licensed(*desks) for _ in range(20)]
        async with running(m.runner()):
            await m.policies_done()
        for desk in desks:
            filed: list[Any] = [m.codec.decode(e) for e in await m.reader.stream(desk)]
            assert [e.stall for e in filed[1:]] == licensed


async def test_answers_to_one_matter_keep_their_order_wherever_they_go(
    database_url: str, namespace: str
) -> None:
    async with market(database_url, namespace, "inspect") as m:
        for _ in range(20):
            stall = await m.licensed()
            await m.do(Close(stall_id=stall, desk=UUID(int=1)))
        async with running(m.runner(pauses=[stalls.TEN_DAYS])):
            await m.policies_done()
        assert len(await m.events("begun")) == len(await m.events("ended")) == 20


async def _cut(m: Market) -> None:
    """Cuts the connection that holds the policies' lease."""
    async with await connect(m.url, m.namespace) as owner:
        await owner.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_locks"
            " WHERE locktype = 'advisory' AND granted AND (classid::bigint << 32 | objid::bigint)"
            " = hashtextextended(current_schema() || '.role.policies', 0)"
        )
