"""The relay over a healthy server: order, taking over, standing by, and the alarm."""

import asyncio

from infra.relay.relay import State
from tests.infra.relay.chronicle import Chronicle, eventually


async def test_the_sequence_of_every_message_is_the_position_of_its_event(
    chronicle: Chronicle,
) -> None:
    await chronicle.write(700)
    chronicle.relay()
    await chronicle.write(700)

    comparison = await chronicle.level()

    assert (comparison.first, comparison.last, comparison.checked) == (1, 1400, 1400)


async def test_a_relay_killed_anywhere_leaves_off_where_the_next_goes_on(
    chronicle: Chronicle,
) -> None:
    writing = asyncio.create_task(chronicle.write(3000))
    for stop_at in (1, 500, 1200, 2500):
        relay = chronicle.relay()

        async def far_enough(stop_at: int = stop_at) -> bool:
            info = await chronicle.info()
            return info is not None and info.last >= stop_at

        await eventually(far_enough)
        await chronicle.kill(relay)
    await writing
    chronicle.relay()

    assert (await chronicle.level()).last == 3000


async def test_of_two_relays_one_stands_by_and_takes_over(chronicle: Chronicle) -> None:
    relays = [chronicle.relay(), chronicle.relay()]
    for _ in range(20):
        await chronicle.write(50)
    await chronicle.level()

    async def one_stands_by() -> bool:
        await chronicle.write(1)
        return {r.state for r in relays} == {State.LIVE, State.STANDBY}

    await eventually(one_stands_by)
    live = next(r for r in relays if r.state is State.LIVE)
    other = next(r for r in relays if r is not live)
    await chronicle.kill(live)
    head = await chronicle.write(50)

    assert (await chronicle.level()).last == head
    assert other.state is State.LIVE
