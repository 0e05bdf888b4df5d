"""Whatever is wrong with a request has its status and code, and nothing is written for it."""

import socket
import uuid
from collections.abc import Iterator

import httpx
import pytest

from tests.api.http.city import City

APPLY = "/commands/street-permits/apply-for-permit"
GOOD = '{"street":"Zhongshan Road","metres":12,"applicant":"Wang Ming"}'


def with_street(text: str) -> bytes:
    return f'{{"street":"{text}","metres":12,"applicant":"x"}}'.encode()


def with_metres(text: str) -> bytes:
    return f'{{"street":"a","metres":{text},"applicant":"x"}}'.encode()


@pytest.fixture
def client(city: City) -> Iterator[httpx.Client]:
    headers = city.token("citizen-1", "citizen", "officer", department="urban-management")
    with city.client(**headers, **{"Content-Type": "application/json"}) as client:
        yield client


@pytest.fixture(autouse=True)
def nothing_is_written(city: City) -> Iterator[None]:
    before = city.head()
    yield
    assert city.head() == before


def refused(answer: httpx.Response, status: int, code: str) -> None:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert len(answer.json()["trace_id"]) == 32


NOT_JSON = {
    "nothing at all": b"",
    "only spaces": b"  \n",
    "cut off": GOOD[:-2].encode(),
    "two documents": (GOOD + GOOD).encode(),
    "single quotes": GOOD.replace('"', "'").encode(),
    "a comma too many": GOOD.replace("}", ",}").encode(),
    "a comment": (GOOD + "// x").encode(),
    "a byte order mark": b"\xef\xbb\xbf" + GOOD.encode(),
    "UTF-16": GOOD.encode("utf-16"),
    "a NUL byte": with_street("a\0b"),
    "an escaped NUL": with_street("a\\u0000b"),
    "an escaped NUL in a key": GOOD.replace("street", "stre\\u0000et").encode(),
    "a lone high surrogate": with_street("\\ud800"),
    "a lone low surrogate": with_street("\\udc00"),
    "surrogates the wrong way round": with_street("\\udc00\\ud800"),
    "a surrogate in UTF-8": with_street("@").replace(b"@", b"\xed\xa0\x80"),
    "bytes that are not UTF-8": with_street("@").replace(b"@", b"\xff\xfe"),
    "an overlong encoding": with_street("@").replace(b"@", b"\xc0\xaf"),
    "a cut UTF-8 sequence": with_street("@").replace(b"@", b"\xe5\xae"),
    "a line break in a text": with_street("a\nb"),
    "a key twice": GOOD.replace("}", ',"metres":13}').encode(),
    "a key twice, once escaped": GOOD.replace("}", ',"m\\u0065tres":13}').encode(),
    "a key twice and a colon in a text": b'{"street":":","metres" :1,"metres":2,"applicant":":"}',
    "an unknown key twice": GOOD.replace("}", ',"x":{"y":1,"y":1}}').encode(),
    "NaN": with_metres("NaN"),
    "Infinity": with_metres("Infinity"),
    "minus Infinity": with_metres("-Infinity"),
    "more than a double holds": with_metres("1e400"),
    "10^4 digits": with_metres("9" * 10_000),
    "an integer beyond 64 bits": with_metres("18446744073709551616"),
    "a leading zero": with_metres("012"),
    "a hexadecimal number": with_metres("0x12"),
    "arrays 10^5 deep": with_metres("[" * 100_000 + "]" * 100_000),
    "objects 10^5 deep": with_metres('{"a":' * 100_000 + "1" + "}" * 100_000),
    "arrays 10^5 deep and never closed": b"[" * 100_000,
    "arrays 100 deep": with_metres("[" * 100 + "]" * 100),
}


@pytest.mark.parametrize("body", NOT_JSON.values(), ids=NOT_JSON.keys())
def test_what_is_not_json_is_refused(client: httpx.Client, body: bytes) -> None:
    refused(client.post(APPLY, content=body), 400, "malformed-json")


FITS_NOT: dict[str, tuple[bytes, list[tuple[str, str]]]] = {
    "an array": (b"[]", [("", "model-type")]),
    "a text": (b'"x"', [("", "model-type")]),
    "null": (b"null", [("", "model-type")]),
    "an empty object": (
        b"{}",
        [("/street", "missing"), ("/metres", "missing"), ("/applicant", "missing")],
    ),
    "a field nobody knows": (
        GOOD.replace("}", ',"a/b~c":1}').encode(),
        [("/a~1b~0c", "extra-forbidden")],
    ),
    "a number as a text": (with_metres('"12"'), [("/metres", "int-type")]),
    "a fraction": (with_metres("1.5"), [("/metres", "int-type")]),
    "a boolean for a number": (with_metres("true"), [("/metres", "int-type")]),
    "too large": (with_metres("10001"), [("/metres", "less-than-equal")]),
    "too small": (with_metres("0"), [("/metres", "greater-than-equal")]),
    "64 bits": (with_metres("18446744073709551615"), [("/metres", "less-than-equal")]),
    "a text too long": (with_street("x" * 51), [("/street", "string-too-long")]),
    "an object for a text": (
        GOOD.replace('"Wang Ming"', "{}").encode(),
        [("/applicant", "string-type")],
    ),
    "no UUID": (
        GOOD.replace("}", ',"permit_id":"7"}').encode(),
        [("/permit_id", "uuid-parsing")],
    ),
}


@pytest.mark.parametrize(("body", "errors"), FITS_NOT.values(), ids=FITS_NOT.keys())
def test_what_does_not_fit_is_told_place_by_place(
    client: httpx.Client, body: bytes, errors: list[tuple[str, str]]
) -> None:
    answer = client.post(APPLY, content=body)
    refused(answer, 422, "invalid")
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == errors
    assert all(set(e) == {"pointer", "code", "detail"} for e in answer.json()["errors"])


def test_an_answer_never_repeats_what_was_sent(client: httpx.Client) -> None:
    for body in (
        GOOD.replace("12", '"Zhang San 13800001234"'),
        GOOD.replace("}", ',"note":"Zhang San 13800001234"}'),
        GOOD.replace('"Wang Ming"', '"Zhang San 13800001234' + "x" * 50 + '"'),
        GOOD.replace('"Wang Ming"', '"Zhang San 13800001234'),
    ):
        assert "Zhang" not in client.post(APPLY, content=body).text


@pytest.mark.parametrize(
    "sent",
    ["text/plain", "application/xml", "", "application/json; charset=gbk", "application/jsonx"],
)
def test_only_json_in_utf_8_is_taken(client: httpx.Client, sent: str) -> None:
    answer = client.post(APPLY, content=GOOD, headers={"Content-Type": sent})
    refused(answer, 415, "unsupported-media-type")


@pytest.mark.parametrize(
    ("header", "sent"),
    [
        ("Idempotency-Key", ""),
        ("Idempotency-Key", "x" * 129),
        ("Idempotency-Key", "a\tb"),
        ("Idempotency-Key", "钥"),
        ("If-Match", "3"),
        ("If-Match", 'W/"3"'),
        ("If-Match", '"three"'),
        ("If-Match", '"1", "2"'),
        ("If-Match", '"' + "9" * 30 + '"'),
    ],
)
def test_a_bad_header_is_named(client: httpx.Client, header: str, sent: str) -> None:
    # bytes, to send what no client would
    answer = client.post(APPLY, content=GOOD, headers=[(header.encode(), sent.encode())])
    refused(answer, 400, "bad-header")
    assert answer.json()["header"] == header


def test_a_header_that_decides_something_comes_once(client: httpx.Client) -> None:
    headers = [*client.headers.multi_items(), ("Idempotency-Key", "a"), ("Idempotency-Key", "b")]
    refused(client.post(APPLY, content=GOOD, headers=headers), 400, "bad-header")


def test_a_body_of_10_mib_is_refused_before_it_is_read(client: httpx.Client) -> None:
    refused(client.post(APPLY, content=b" " * (10 << 20)), 413, "body-too-large")


def test_a_body_that_does_not_tell_its_size_is_refused_when_it_grows_too_large(
    client: httpx.Client,
) -> None:
    refused(client.post(APPLY, content=(b" " * 65_536 for _ in range(160))), 413, "body-too-large")


def test_a_body_of_just_1_mib_is_read(client: httpx.Client) -> None:
    refused(client.post(APPLY, content=b" " * (1 << 20)), 400, "malformed-json")


@pytest.mark.parametrize(
    "path",
    [
        "/commands/street-permits/burn",
        "/commands/nowhere/apply-for-permit",
        "/commands/street-permits/apply-for-permit/",
        "/commands/street-permits/apply_for_permit",
        "/commands/",
        "/commands/%00",
        "/commands/street-permits/%F0%9F",
    ],
)
def test_an_unknown_command_is_404(client: httpx.Client, path: str) -> None:
    refused(client.post(path, content=GOOD), 404, "unknown-command")


def test_a_path_nobody_knows_is_404(client: httpx.Client) -> None:
    for path in ("/", "/nowhere", "/commands", "/docs/x", "/%00"):
        refused(client.get(path), 404, "not-found")


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_a_method_the_path_does_not_take_is_405_and_the_right_ones_are_named(
    client: httpx.Client, method: str
) -> None:
    answer = client.request(method, APPLY)
    refused(answer, 405, "method-not-allowed")
    assert answer.headers["allow"] == "POST"


def test_a_matter_nobody_knows_is_404(client: httpx.Client) -> None:
    body = {"permit_id": str(uuid.uuid4())}
    answer = client.post("/commands/street-permits/grant-permit", json=body)
    refused(answer, 404, "not-found")


RAW = {
    "no HTTP at all": b"hello\r\n\r\n",
    "a bad version": b"GET / HTTP/9.9\r\n\r\n",
    "a bad header": b"GET / HTTP/1.1\r\nHost: x\r\nbad header\r\n\r\n",
    "a bad length": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    "two lengths": b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
    "a length and chunks": b"POST / HTTP/1.1\r\nContent-Length: 1\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a bad chunk": b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "a head of 100 KiB": b"GET / HTTP/1.1\r\nX: " + b"x" * 100_000 + b"\r\n\r\n",
    "ten thousand headers": b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 40_000 + b"\r\n",
}


@pytest.mark.parametrize("sent", RAW.values(), ids=RAW.keys())
def test_what_is_not_http_gets_a_problem_too(city: City, sent: bytes) -> None:
    with socket.create_connection(city.address, timeout=10) as connection:
        connection.sendall(sent)
        answer = b""
        try:
            while more := connection.recv(65_536):
                answer += more
        except ConnectionResetError:  # what we had not read yet when the server hung up
            assert answer
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"application/problem+json" in answer
