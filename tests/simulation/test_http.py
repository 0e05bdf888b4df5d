"""The client against servers that misbehave: one command, one set of bytes, until an answer comes."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from simulation.http import Client, Unreachable

OK = b'HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\n{"id":"42"}'
BUSY = (
    b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 0\r\n"
    b'content-length: 21\r\n\r\n{"code":"overloaded"}'
)
TAKEN = b'HTTP/1.1 409 Conflict\r\ncontent-length: 21\r\n\r\n{"code":"name-taken"}'

Behave = Callable[[int], bytes | None]
"""From the number of the request (from 1) to the answer; None hangs up without one."""


class Server:
    """Reads whole requests and behaves as told."""

    def __init__(self, behave: Behave) -> None:
        self._behave = behave
        self.requests: list[bytes] = []
        self.connections = 0
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = [line for line in head.split(b"\r\n") if b"content-length" in line]
                body = await reader.readexactly(int(length[0].split(b":")[1])) if length else b""
                self.requests.append(head + body)
                answer = self._behave(len(self.requests))
                if answer is None:
                    return
                writer.write(answer)
        except asyncio.IncompleteReadError:
            return
        finally:
            writer.close()


@asynccontextmanager
async def serving(behave: Behave) -> AsyncIterator[tuple[Server, Client]]:
    server = Server(behave)
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    client = Client(f"http://127.0.0.1:{port}", patience_seconds=2)
    try:
        yield server, client
    finally:
        await client.close()
        listening.close()
        await listening.wait_closed()


async def test_a_connection_is_used_again() -> None:
    async with serving(lambda _: OK) as (server, client):
        for _ in range(5):
            assert (await client.ask("GET", "/x", token="t")).json == {"id": "42"}
        assert server.connections == 1


async def test_many_requests_are_under_way_at_once() -> None:
    async with serving(lambda _: OK) as (server, client):
        replies = await asyncio.gather(*(client.ask("GET", "/x", token="t") for _ in range(20)))
        assert {reply.status for reply in replies} == {200}
        assert server.connections == 20


@pytest.mark.parametrize("first", [None, BUSY], ids=["cut connection", "503"])
async def test_a_passing_failure_is_tried_again_with_the_same_bytes(first: bytes | None) -> None:
    async with serving(lambda n: first if n <= 3 else OK) as (server, client):
        reply = await client.ask(
            "POST", "/commands/x/y", token="t", body=b"{}", headers={"idempotency-key": "k"}
        )
        assert reply.status == 200
        assert len(server.requests) == 4
        assert len(set(server.requests)) == 1
        assert client.retries == 3


async def test_a_refusal_is_an_answer() -> None:
    async with serving(lambda _: TAKEN) as (server, client):
        reply = await client.ask("POST", "/commands/x/y", token="t", body=b"{}")
        assert (reply.status, reply.code) == (409, "name-taken")
        assert len(server.requests) == 1


async def test_patience_has_an_end() -> None:
    async with serving(lambda _: BUSY) as (_, client):
        with pytest.raises(Unreachable, match="overloaded"):
            await client.ask("GET", "/x", token="t")
