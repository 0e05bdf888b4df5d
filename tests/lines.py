"""Clients that break off: a request as it goes over the wire, and hanging up right behind it.

For tests of what a server does with a client that has gone, for which no HTTP library is made.
"""

import json
import socket
import struct
from collections.abc import Mapping
from typing import Any

_WITH_A_RESET = struct.pack("ii", 1, 0)


def request(path: str, body: Mapping[str, Any], headers: Mapping[str, str]) -> bytes:
    """A POST of a JSON body."""
    content = json.dumps(body).encode()
    head = {"Host": "city", "Content-Type": "application/json", "Content-Length": len(content)}
    lines = [f"POST {path} HTTP/1.1", *(f"{n}: {v}" for n, v in {**head, **headers}.items())]
    return "\r\n".join([*lines, "", ""]).encode() + content


def go_away(address: tuple[str, int], sent: bytes, *, abruptly: bool) -> None:
    """Sends and hangs up without reading; abruptly: with a reset instead of a farewell."""
    with socket.create_connection(address, timeout=10) as connection:
        if abruptly:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _WITH_A_RESET)
        connection.sendall(sent)
