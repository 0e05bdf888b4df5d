"""``python -m bench.load``: many keep-alive connections that each send, wait and send again.

A process of its own, so that it takes no time from the server under test but its share of the
machine; on epoll and plain sockets, because an HTTP client would cost more than the server. What to
send comes as one JSON document on stdin, what was measured goes as one to stdout.
"""

import json
import select
import socket
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import count

from bench import percentile

HAN = "安邦昌晨达德东丰福高光海浩和恒宏华辉吉佳嘉金锦京景久凯康乐利联林隆明宁鹏平启庆荣瑞盛泰天通旺祥新信兴旭阳益永裕源远正志"
"""Characters for trade names that nothing has against being combined."""


@dataclass(frozen=True, slots=True)
class Load:
    """One POST again and again; ``body`` has ``{name}`` where each request puts another name,
    beginning with the ``first``-th. Where ``matters`` are given, bodies take turns in being about
    them: each has a text of its own for ``{matter}``, and ``{name}`` becomes the bare number."""

    port: int
    path: str
    body: str
    tokens: tuple[str, ...] = ("none",)
    connections: int = 64
    seconds: float = 4.0
    warm_up_seconds: float = 1.0
    first: int = 0
    matters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Measured:
    """Only what was answered 2xx counts; ``bad`` is the number of all other answers."""

    per_second: float
    p50_ms: float
    p99_ms: float
    bad: int
    first_bad: str = ""


def name(number: int) -> str:
    """Four to six Han characters, another for each number."""
    letters = []
    number += len(HAN) ** 3
    while number:
        number, letter = divmod(number, len(HAN))
        letters.append(HAN[letter])
    return "".join(letters)


class Client:
    """One connection."""

    __slots__ = ("buffer", "sent_at", "socket")

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""
        self.sent_at = 0.0


def run(load: Load) -> Measured:
    """Sends for the warm-up, then for the seconds that are measured."""
    requests = _requests(load)
    clients = {client.socket.fileno(): client for client in _connected(load)}
    waiting = select.epoll()
    for number in clients:
        waiting.register(number, select.EPOLLIN)
    clock = time.perf_counter
    latencies: list[float] = []
    bad, first_bad = 0, ""
    begun = clock() + load.warm_up_seconds
    end = begun + load.seconds
    for client in clients.values():
        client.sent_at = clock()
        client.socket.sendall(next(requests))
    while (now := clock()) < end:
        for number, _ in waiting.poll(0.1):
            client = clients[number]
            told = client.buffer + client.socket.recv(65_536)
            if not _is_whole(told):
                client.buffer = told
                if not told:
                    raise ConnectionError("the server hung up")
                continue
            client.buffer = b""
            if told[9:10] != b"2":
                bad += 1
                first_bad = first_bad or told.decode(errors="replace")
            elif now >= begun:
                latencies.append(clock() - client.sent_at)
            client.sent_at = clock()
            client.socket.send(next(requests))
    rate = len(latencies) / load.seconds
    p50, p99 = (percentile(latencies, p) * 1e3 if latencies else 0 for p in (50, 99))
    return Measured(rate, p50, p99, bad, first_bad)


def _connected(load: Load) -> list[Client]:
    return [Client(load.port) for _ in range(load.connections)]


def _requests(load: Load) -> Iterator[bytes]:
    """Without an end."""
    bodies = [load.body.replace("{matter}", matter) for matter in load.matters] or [load.body]
    halves = [tuple(half.encode() for half in body.split("{name}")) for body in bodies]
    put_name = str if load.matters else name
    tokens = [token.encode() for token in load.tokens]
    for number in count(load.first):
        before, after = halves[number % len(halves)]
        body = before + put_name(number).encode() + after
        yield (
            b"POST %b HTTP/1.1\r\nhost: city\r\ncontent-type: application/json\r\n"
            b"authorization: Bearer %b\r\nidempotency-key: k%d\r\ncontent-length: %d\r\n\r\n%b"
        ) % (load.path.encode(), tokens[number % len(tokens)], number, len(body), body)


def _is_whole(told: bytes) -> bool:
    end = told.find(b"\r\n\r\n")
    if end < 0:
        return False
    at = told.find(b"ontent-length: ", 0, end)
    if at < 0:
        return told.endswith(b"0\r\n\r\n")
    return len(told) >= end + 4 + int(told[at + 15 : told.index(b"\r", at)])


def main() -> None:
    """From stdin to stdout."""
    load = json.load(sys.stdin)
    load |= {many: tuple(load[many]) for many in ("tokens", "matters")}
    print(json.dumps(asdict(run(Load(**load)))))


if __name__ == "__main__":
    main()
