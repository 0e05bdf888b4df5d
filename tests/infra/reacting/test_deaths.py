"""kill -9 at every step of the policies' and the scheduler's role: each effect is there once."""

import signal
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from infra import clock as system
from tests.infra.reacting.market import Market, market
from tests.infra.reacting.roles import run_apart
from tests.infra.reacting.stalls import Apply, Close, DeskState, TurnDesk

KILLED = -signal.SIGKILL


@pytest.mark.slow
async def test_policies_killed_at_any_step_give_each_answer_once(
    database_url: str, namespace: str
) -> None:
    async with market(database_url, namespace, "file-with-desks", "tell-desk") as m:
        desks = [await m.desk() for _ in range(2)]
        shut = await m.desk()
        await m.do(TurnDesk(desk_id=shut, state=DeskState.SHUT))
        for _ in range(2):
            # two filings, one that is refused, waits and is noted, and one that is noted at once
            stall = await m.licensed(*desks, shut)
            await m.do(Close(stall_id=stall, desk=shut))
        died_at = []
        for step in range(1, 100):
            # each life starts from what the one before left behind
            if await run_apart("policies", database_url, namespace, last=step) != KILLED:
                break
            died_at.append(step)
        assert len(died_at) >= 5, died_at
        causes = await m.events("licensed") + await m.events("closed")
        filed, noted = await m.events("filed"), await m.events("policy-refused")
        assert len(filed) == len({e.command_id for e in filed}) == 4
        assert len(noted) == len({e.stream_id for e in noted}) == 4
        assert {e.correlation_id for e in filed + noted} == {e.correlation_id for e in causes}
        assert [p.waiting for p in await m.operations.status()] == [0, 0]


@pytest.mark.slow
async def test_a_scheduler_killed_between_breach_and_escalation_records_each_level_once(
    database_url: str, namespace: str
) -> None:
    async with market(database_url, namespace, "tell-desk") as m:
        stall = uuid4()
        await m.do(Apply(stall_id=stall))
        for instant in await _due_times(m, stall):
            ahead = (instant - system.now() + timedelta(seconds=1)).total_seconds()
            # before the append, behind it but before anyone knew of it, and to the end
            for step, code in ((1, KILLED), (2, KILLED), (0, 0)):
                ended = await run_apart(
                    "scheduler", database_url, namespace, ahead=ahead, last=step
                )
                assert ended == code
        assert [e.name for e in await m.reader.stream(stall)] == [
            "applied",
            "clock-warned",
            "clock-breached",
            "clock-escalated",
            "lapsed",
        ]


async def _due_times(m: Market, stall: UUID) -> list[datetime]:
    first: Any = m.codec.decode((await m.reader.stream(stall))[0])
    answer, lapse = first.clocks
    return [answer.due_at, answer.escalate_at, lapse.due_at]
