"""When the stream holds what the log does not, the relay wipes nothing and waits for an operator."""

from datetime import timedelta

import pytest
import structlog

from infra.relay.relay import State
from infra.relay.standing import accept_log, look
from tests.infra.relay.chronicle import Chronicle, another_event, becomes, eventually, publish


async def held(chronicle: Chronicle) -> int:
    info = await chronicle.info()
    return info.messages if info else 0


async def stands(chronicle: Chronicle, state: str) -> None:
    async def holds() -> bool:
        return (
            await look(chronicle.reader, chronicle.nats_urls, chronicle.namespace)
        ).state == state

    await eventually(holds)


async def test_a_stream_ahead_of_the_log_stops_the_relay_until_an_operator_accepts_the_log(
    chronicle: Chronicle,
) -> None:
    head = await chronicle.write(100)
    relay = chronicle.relay()
    await chronicle.level()
    await chronicle.kill(relay)
    await publish(chronicle, another_event(101), another_event(102))

    with structlog.testing.capture_logs() as logs:
        relay = chronicle.relay()
        await becomes(relay, State.STREAM_AHEAD)
    alarm = next(line for line in logs if line.get("state") == "stream-ahead")
    assert (alarm["log_level"], alarm["position"]) == ("error", 102)
    assert "huimin stream accept-log" in alarm["reason"]
    assert await held(chronicle) == 102
    await stands(chronicle, "stream-ahead")

    given_up = await accept_log(chronicle.reader, chronicle.nats_urls, chronicle.namespace)
    assert given_up is not None
    assert given_up.foreign == [101, 102]
    assert (await chronicle.level()).last == head
    await becomes(relay, State.LIVE)
    await stands(chronicle, "level")


async def test_a_log_restored_and_grown_past_the_stream_is_an_alarm_too(
    chronicle: Chronicle,
) -> None:
    await publish(chronicle, *(another_event(p) for p in range(1, 51)))
    await chronicle.write(100)
    relay = chronicle.relay()

    await becomes(relay, State.STREAM_AHEAD)
    assert await held(chronicle) == 50


async def test_a_log_edited_in_the_middle_is_found_and_remembered_by_the_next_relay(
    chronicle: Chronicle,
) -> None:
    await chronicle.write(1000)
    stored = await chronicle.reader.read(0, 1000)
    stored[600] = another_event(601)
    await publish(chronicle, *stored)

    relay = chronicle.relay()
    await becomes(relay, State.STREAM_AHEAD)
    await chronicle.kill(relay)
    await chronicle.write(10)
    relay = chronicle.relay(audit_every=timedelta(hours=1))
    await becomes(relay, State.STREAM_AHEAD)
    assert await held(chronicle) == 1000


@pytest.mark.parametrize("running", [False, True])
async def test_what_is_no_event_at_the_end_of_the_stream_is_wiped(
    chronicle: Chronicle, running: bool
) -> None:
    await chronicle.write(100)
    relay = chronicle.relay()
    await chronicle.level()
    if not running:
        await chronicle.kill(relay)
    async with chronicle.stream() as stream:
        await stream.client.publish(f"{chronicle.namespace}.events.by.mistake.1", b"hello")
        await stream.client.flush()
    if not running:
        chronicle.relay()
    head = await chronicle.write(100)

    assert (await chronicle.level()).last == head
