"""The feed over healthy engines: every event in order and once, whichever way it came."""

import asyncio
import time

from domain.shared.aggregate import EventBase
from infra.feed import Feed
from infra.feed.ring import Ring
from infra.log.records import RecordedEvent
from tests.infra.relay.chronicle import Chronicle, Reader, another_event, eventually, publish


async def source_is(feed: Feed, source: str) -> None:
    async def holds() -> bool:
        return feed.source == source

    await eventually(holds)


async def test_a_feed_gives_every_event_in_order_from_the_log_and_then_from_the_stream(
    chronicle: Chronicle,
) -> None:
    await chronicle.write(300)
    chronicle.relay()
    await chronicle.level()
    feed = await chronicle.feed()
    reader = Reader(feed)
    await source_is(feed, "jetstream")
    await reader.reached(300)
    for _ in range(20):
        await chronicle.write(20)
    await reader.reached(700)

    assert feed.source == "jetstream"
    assert reader.events == await chronicle.reader.read(0, 1000)
    await reader.stop()


async def test_a_feed_without_a_stream_reads_the_log_until_the_stream_is_there(
    chronicle: Chronicle,
) -> None:
    feed = await chronicle.feed()
    reader = Reader(feed)
    await chronicle.write(200)
    await reader.reached(200)
    assert feed.source == "log"

    chronicle.relay()
    await source_is(feed, "jetstream")
    await chronicle.write(200)
    await reader.reached(400)
    await reader.stop()


async def test_consumers_at_different_places_share_a_feed(chronicle: Chronicle) -> None:
    chronicle.relay()
    feed = await chronicle.feed()
    await source_is(feed, "jetstream")
    first = Reader(feed)
    await chronicle.write(500)
    second = Reader(feed)
    await first.reached(500)
    await second.reached(500)

    assert all(a is b for a, b in zip(first.events, second.events, strict=True))
    await first.stop()
    await second.stop()


async def test_while_no_relay_runs_the_log_is_read_in_time_and_the_stream_again_afterwards(
    chronicle: Chronicle,
) -> None:
    relay = chronicle.relay()
    feed = await chronicle.feed()
    reader = Reader(feed)
    await source_is(feed, "jetstream")
    await chronicle.kill(relay)
    await chronicle.write(100)
    await reader.reached(100)
    assert feed.source == "log"

    chronicle.relay()
    await chronicle.write(100)
    await source_is(feed, "jetstream")
    await reader.reached(200)
    await reader.stop()


async def test_nothing_that_is_only_in_the_stream_is_ever_given(chronicle: Chronicle) -> None:
    relay = chronicle.relay()
    live = await chronicle.feed()
    reader = Reader(live)
    await chronicle.write(100)
    await source_is(live, "jetstream")
    await reader.reached(100)
    await chronicle.kill(relay)
    await publish(chronicle, another_event(101), another_event(102))
    await source_is(live, "log")
    late = await chronicle.feed()
    later = Reader(late)
    await chronicle.write(5)
    await reader.reached(105)
    await later.reached(105)

    assert reader.events == later.events == await chronicle.reader.read(0, 200)
    assert live.source == late.source == "log"
    await reader.stop()
    await later.stop()


async def test_a_ring_too_small_for_a_slow_consumer_sends_it_to_the_log(
    chronicle: Chronicle,
) -> None:
    chronicle.relay()
    feed = await chronicle.feed(ring=Ring(most=50))
    await source_is(feed, "jetstream")
    await chronicle.write(500)
    slow = Reader(feed)
    await slow.reached(500)
    await slow.stop()


async def test_a_wait_ends_with_the_next_event_or_its_time(chronicle: Chronicle) -> None:
    chronicle.relay()
    feed = await chronicle.feed()
    await source_is(feed, "jetstream")
    began = time.monotonic()
    await feed.wait(0, 0.05)
    assert time.monotonic() - began >= 0.05

    waiting = asyncio.create_task(feed.wait(0, 10.0))
    await chronicle.write(1)
    await waiting
    assert [e.position for e in await feed.read(0, 10)] == [1]


async def test_a_feed_that_was_not_started_reads_the_log(chronicle: Chronicle) -> None:
    await chronicle.write(10)
    feed = Feed(
        chronicle.reader, chronicle.wakeups, chronicle.nats_urls, chronicle.namespace, Letters()
    )
    assert [e.position for e in await feed.read(3, 5)] == [4, 5, 6, 7, 8]


async def test_an_event_is_decoded_once_for_all_consumers(chronicle: Chronicle) -> None:
    letters = Letters()
    chronicle.relay()
    feed = await chronicle.feed(codec=letters)
    await source_is(feed, "jetstream")
    first, second = Reader(feed), Reader(feed)
    await chronicle.write(20)
    await first.reached(20)
    await second.reached(20)

    decoded = [[feed.decode(e) for e in reader.events] for reader in (first, second)]

    assert decoded[0] == decoded[1]
    assert letters.decoded == [e.position for e in first.events]
    await first.stop()
    await second.stop()


class Letters:
    """A codec that says which positions it was asked for."""

    def __init__(self) -> None:
        self.decoded: list[int] = []

    def decode(self, recorded: RecordedEvent) -> EventBase:
        self.decoded.append(recorded.position)
        return EventBase(
            originator_id=recorded.stream_id,
            originator_version=recorded.version,
            timestamp=recorded.occurred_at,
        )
