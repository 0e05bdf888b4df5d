"""How answers leave the server: whole, in order, and without a trace in memory."""

import gc
import json
import socket
import uuid

from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from tests.api.http.city import City

APPLY = "/commands/street-permits/apply-for-permit"


def application(city: City, *, version: str = "1.1", last: bool = False) -> bytes:
    body = json.dumps(
        {"permit_id": str(uuid.uuid4()), "street": "中山路", "metres": 12, "applicant": "王明"}
    ).encode()
    head = [
        f"POST {APPLY} HTTP/{version}",
        f"Authorization: {city.token('citizen-1', 'citizen')['Authorization']}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        *(["Connection: close"] if last else []),
    ]
    return "\r\n".join([*head, "", ""]).encode() + body


def answers(city: City, sent: bytes) -> list[bytes]:
    """What is answered until the server hangs up, each answer whole."""
    with socket.create_connection(city.address, timeout=10) as connection:
        connection.sendall(sent)
        told = b"".join(iter(lambda: connection.recv(65_536), b""))
    return [b"HTTP/1.1 " + answer for answer in told.split(b"HTTP/1.1 ")[1:]]


def test_requests_in_one_packet_are_answered_in_their_order_and_then_the_server_hangs_up(
    city: City,
) -> None:
    sent = [application(city), application(city), application(city, last=True)]
    told = answers(city, b"".join(sent))
    assert [answer[:12] for answer in told] == [b"HTTP/1.1 201"] * 3
    asked = [json.loads(one.partition(b"\r\n\r\n")[2])["permit_id"] for one in sent]
    assert [json.loads(one.partition(b"\r\n\r\n")[2])["id"] for one in told] == asked
    assert [b"connection: close" in answer for answer in told] == [False, False, True]


def test_a_client_of_the_old_protocol_is_answered_and_left(city: City) -> None:
    (told,) = answers(city, application(city, version="1.0"))
    assert told.startswith(b"HTTP/1.1 201 Created\r\n")
    assert b"\r\nconnection: close\r\n" in told


def test_head_is_answered_with_the_length_of_a_body_that_does_not_come(city: City) -> None:
    (told,) = answers(city, b"HEAD /health/live HTTP/1.1\r\nConnection: close\r\n\r\n")
    head, _, body = told.partition(b"\r\n\r\n")
    assert b"content-length: " in head
    assert b"content-length: 0" not in head
    assert body == b""


def test_an_answered_request_leaves_nothing_to_the_garbage_collector(city: City) -> None:
    gc.collect()
    gc.disable()
    try:
        answers(
            city, b"".join([*(application(city) for _ in range(50)), application(city, last=True)])
        )
        kept = [found for found in gc.get_objects() if type(found) is RequestResponseCycle]
    finally:
        gc.enable()
    # one for each connection that other tests have left open, and for this one's end
    assert len(kept) < 10
