"""What a nats-server can lose, for real: each time the stream ends up equal to the log by itself,
and a consumer of the feed gets every event in order and once.
"""

import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import orjson
import pytest

from infra.engines.nats import EmbeddedNats
from tests.infra.relay.chronicle import (
    Chronicle,
    Reader,
    cut_tail,
    eventually,
    flip_byte,
    open_chronicle,
)


@pytest.fixture
def own_nats(tmp_path: Path) -> Iterator[EmbeddedNats]:
    """A nats-server that the test may break."""
    engine = EmbeddedNats(tmp_path)
    engine.start()
    yield engine
    engine.stop()


@pytest.fixture
async def chronicle(
    database_url: str, own_nats: EmbeddedNats, namespace: str
) -> AsyncIterator[Chronicle]:
    """An empty log over the shared PostgreSQL and the test's own NATS."""
    async with open_chronicle(database_url, [own_nats.url], namespace) as opened:
        yield opened


@pytest.fixture
async def reader(chronicle: Chronicle) -> AsyncIterator[Reader]:
    """A consumer that follows all the while."""
    reading = Reader(await chronicle.feed())
    yield reading
    await reading.stop()


async def converges(chronicle: Chronicle, reader: Reader) -> None:
    """Stream, log and consumer agree, now and after more events."""
    await chronicle.level()
    head = await chronicle.write(100)
    assert (await chronicle.level()).last == head
    await reader.reached(head)


async def test_a_server_killed_and_started_again_is_followed_and_filled(
    chronicle: Chronicle, own_nats: EmbeddedNats, reader: Reader
) -> None:
    chronicle.relay()
    await chronicle.write(1000)
    own_nats.kill()
    head = await chronicle.write(1000)
    await reader.reached(head)  # while NATS is away
    own_nats.restart()

    await converges(chronicle, reader)


async def test_a_directory_deleted_under_a_running_server_is_noticed_and_filled_again(
    chronicle: Chronicle, own_nats: EmbeddedNats, reader: Reader
) -> None:
    relay = chronicle.relay()
    await chronicle.write(1000)
    await chronicle.level()
    shutil.rmtree(own_nats.store)

    async def is_there_again() -> bool:
        return any(own_nats.store.rglob("*.blk"))

    await eventually(is_there_again)
    await converges(chronicle, reader)
    assert relay.figures.mended == 1
    own_nats.kill()
    own_nats.start()
    await converges(chronicle, reader)


async def test_a_directory_deleted_while_the_server_is_down_is_filled_again(
    chronicle: Chronicle, own_nats: EmbeddedNats, reader: Reader
) -> None:
    chronicle.relay()
    await chronicle.write(1000)
    await chronicle.level()
    own_nats.stop()
    shutil.rmtree(own_nats.store)
    own_nats.start()

    await converges(chronicle, reader)


def _remove_index(store: Path) -> None:
    for index in store.rglob("index.db"):
        index.unlink()


def _cut_a_lot(store: Path) -> None:
    cut_tail(store, 150_050)


def _cut_a_little(store: Path) -> None:
    cut_tail(store, 7)


def _flip_without_index(store: Path) -> None:
    flip_byte(store)
    _remove_index(store)


def _cut_without_index(store: Path) -> None:
    cut_tail(store, 150_050)
    _remove_index(store)


@pytest.mark.parametrize(
    "damage",
    [flip_byte, _flip_without_index, _cut_a_little, _cut_a_lot, _cut_without_index],
    ids=["byte", "byte-no-index", "tail", "long-tail", "long-tail-no-index"],
)
@pytest.mark.parametrize("ending", ["stopped", "killed"])
async def test_what_a_block_file_loses_while_the_server_is_down_is_mended(
    chronicle: Chronicle,
    own_nats: EmbeddedNats,
    reader: Reader,
    damage: Callable[[Path], None],
    ending: str,
) -> None:
    chronicle.relay()
    await chronicle.write(1000, size=600)
    await chronicle.level()
    own_nats.stop() if ending == "stopped" else own_nats.kill()
    damage(own_nats.store)
    await chronicle.write(10)
    own_nats.start()

    await converges(chronicle, reader)


async def test_a_byte_flipped_in_one_of_many_blocks_is_mended(
    chronicle: Chronicle, own_nats: EmbeddedNats, reader: Reader
) -> None:
    relay = chronicle.relay()
    await chronicle.write(2500, size=9000)
    await chronicle.level()
    own_nats.stop()
    flip_byte(own_nats.store)
    own_nats.start()

    async def mended() -> bool:
        return relay.figures.mended == 1

    await eventually(mended)
    await converges(chronicle, reader)


async def test_a_stream_that_comes_back_empty_at_another_sequence_is_made_anew(
    chronicle: Chronicle, reader: Reader
) -> None:
    relay = chronicle.relay()
    await chronicle.write(500)
    await chronicle.level()
    await chronicle.kill(relay)
    async with chronicle.stream() as stream:
        name = stream.name
        await stream.client.request(f"$JS.API.STREAM.DELETE.{name}")
        emptied = orjson.dumps(stream.config() | {"first_seq": 501})
        await stream.client.request(f"$JS.API.STREAM.CREATE.{name}", emptied)
    chronicle.relay()

    await converges(chronicle, reader)


async def test_a_message_deleted_from_the_middle_is_noticed_and_mended(
    chronicle: Chronicle, reader: Reader
) -> None:
    relay = chronicle.relay()
    await chronicle.write(500)
    await chronicle.level()
    async with chronicle.stream() as stream:
        await stream.client.jetstream().delete_msg(stream.name, 250)

    async def mended() -> bool:
        return relay.figures.mended == 1

    await eventually(mended)
    await converges(chronicle, reader)


async def test_a_stream_deleted_while_two_relays_run_is_filled_again(
    chronicle: Chronicle, reader: Reader
) -> None:
    chronicle.relay()
    chronicle.relay()
    await chronicle.write(500)
    await chronicle.level()
    async with chronicle.stream() as stream:
        await stream.client.jetstream().delete_stream(stream.name)

    await converges(chronicle, reader)
