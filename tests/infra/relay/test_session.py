"""Every failure of NATS is one of ours, and a session ends with its connection."""

import asyncio
from contextlib import suppress
from pathlib import Path

import nats.errors
import nats.js.errors
import pytest

from infra.engines.nats import EmbeddedNats
from infra.engines.ports import choose
from infra.errors import BrokerUnavailable, HuiminError, Misconfigured, Unavailable
from infra.relay.session import session, translated


def error_classes(base: type[BaseException]) -> list[type[BaseException]]:
    return [base, *(c for direct in base.__subclasses__() for c in error_classes(direct))]


def an_error(error_class: type[BaseException]) -> BaseException:
    """An instance, whatever number of arguments the class wants."""
    for count in range(5):
        with suppress(TypeError):
            return error_class(*("x" * count))
    raise AssertionError(error_class)


@pytest.mark.parametrize("error_class", error_classes(nats.errors.Error))
def test_every_error_of_the_client_is_one_of_ours(error_class: type[BaseException]) -> None:
    with pytest.raises(HuiminError) as caught, translated():
        raise an_error(error_class)

    assert isinstance(caught.value, Unavailable | Misconfigured)


async def test_no_server_is_unavailable_and_says_so_soon() -> None:
    async with asyncio.timeout(5):
        with pytest.raises(BrokerUnavailable):
            async with session([f"nats://127.0.0.1:{choose()}"], "test"):
                pass


async def test_a_server_that_is_down_is_passed_over(nats_url: str) -> None:
    async with session([f"nats://127.0.0.1:{choose()}", *nats_url.split(",")], "test") as broker:
        await broker.client.flush()


async def test_a_wrong_password_is_a_wrong_setting(nats_url: str) -> None:
    wrong = nats_url.replace("@", "x@")
    with pytest.raises(Misconfigured, match="HUIMIN_NATS_URL"):
        async with session(wrong.split(","), "test"):
            pass


async def never() -> None:
    """Work that has no end of its own."""
    await asyncio.Event().wait()


async def test_work_ends_with_the_connection(tmp_path: Path) -> None:
    engine = EmbeddedNats(tmp_path)
    engine.start()
    try:
        async with session([engine.url], "test") as broker:
            working = asyncio.create_task(broker.run(never()))
            await broker.client.flush()
            engine.kill()
            with pytest.raises(BrokerUnavailable):
                await working
    finally:
        engine.stop()
