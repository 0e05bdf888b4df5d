"""One of many processes that race for a name; imports nothing of ours, so that it starts fast.

It speaks over a connection that it is given, and only then, when all stand at the barrier.
"""

import json
import socket
from collections.abc import Sequence
from http.client import HTTPConnection
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier

PATH = "/commands/company-registration/reserve-name"
PATIENCE_SECONDS = 60


def race(
    line: socket.socket,
    start: Barrier,
    token: dict[str, str],
    bodies: Sequence[str],
    results: Connection,
) -> None:
    """Sends each body once when all others do; reports status and document of each answer."""
    client = HTTPConnection("city")
    line.settimeout(PATIENCE_SECONDS)
    client.sock = line
    headers = {**token, "Content-Type": "application/json"}
    came = []
    for turn, body in enumerate(bodies):
        start.wait(PATIENCE_SECONDS)
        client.request("POST", PATH, body, {**headers, "Idempotency-Key": f"race-{turn}"})
        answer = client.getresponse()
        came.append((answer.status, json.loads(answer.read())))
    results.send(came)
