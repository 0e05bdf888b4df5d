"""Policies and scheduler beside relay, feed and projector, as in a running city."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from infra.feed.feed import Feed
from infra.projecting.read_model import read_models
from infra.projecting.tables import live_table
from infra.relay.relay import Relay
from tests.infra.reacting.market import Late, market
from tests.infra.reacting.roles import running
from tests.infra.reacting.stalls import Apply, DeskState, TurnDesk


async def test_a_licence_is_answered_within_a_second_from_jetstream(
    database_url: str, nats_url: str, namespace: str
) -> None:
    async with market(database_url, namespace, "file-with-desks") as m:
        feed = Feed(m.reader, m.wakeups, nats_url.split(","), namespace, m.codec)
        await feed.start()
        desks = [await m.desk() for _ in range(6)]
        relay = Relay(m.reader, m.wakeups, nats_url.split(","), namespace)
        async with running(relay, m.runner(feed=feed)):
            await m.licensed(*desks)
            await m.policies_done()

            async def from_jetstream() -> bool:
                return feed.source == "jetstream"

            await m.until(from_jetstream)
            for _ in range(3):
                await m.licensed(*desks)
                await m.policies_done()
        await feed.stop()
        recorded = {e.position: e.recorded_at for e in await m.events()}
        waits = [
            e.recorded_at - recorded[e.causation_position or 0] for e in await m.events("filed")
        ]
        assert len(waits) == 24
        assert max(waits[6:]) < timedelta(seconds=1)


async def test_read_models_made_again_set_nothing_off(database_url: str, namespace: str) -> None:
    clock = Late()
    async with market(database_url, namespace, "file-with-desks", "tell-desk", clock=clock) as m:
        desk, shut = await m.desk(), await m.desk()
        await m.do(TurnDesk(desk_id=shut, state=DeskState.SHUT))
        await m.licensed(desk, shut)
        await m.do(Apply(stall_id=uuid4()))
        async with running(m.runner()):
            async with running(m.projector(), m.scheduler()):
                clock.ahead = timedelta(days=40)
                await m.policies_done()
                await m.nothing_due()
            before = await m.events()
            for name in read_models(m.registry):
                await m.rows_as_owner(f"DROP TABLE {live_table(name)}")
            await m.rows_as_owner("DELETE FROM projections")
            await m.rows_as_owner("DELETE FROM builds")
            m.schedulers.clear()
            async with running(m.projector(), m.scheduler()):
                await m.timers_seen()
                await m.scheduler_looked()
                await m.policies_done()
        after: list[Any] = await m.events()
        assert after == before
        assert {e.name for e in before} >= {"filed", "policy-refused", "clock-breached", "lapsed"}
