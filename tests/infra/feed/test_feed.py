"""The feed over healthy engines: every event in order and once, whichever way it came."""

from infra.feed import Feed
from tests.infra.relay.chronicle import Chronicle, Reader, eventually


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
