"""Bodies too long or too slow, what is no HTTP, and clients that go away: none of it reaches a neighbour."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import pytest

from tests.contract.sockets import Server, read_reply

pytestmark = pytest.mark.contract

ASSESS = "/v1/assessments"
GOOD = b'{"as_of": "2025-10-09", "facts": {"liquidity": {"supply": 1e9}}, "explain": "none"}'
HEAD = f"POST {ASSESS} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n".encode()
GET = b"GET /health/live HTTP/1.1\r\nhost: localhost\r\n\r\n"
MEGABYTE = 1 << 20


@pytest.fixture(autouse=True)
def _answers_afterwards(server: Server) -> Iterator[None]:
    """Whatever a client did, the next good request is answered."""
    yield
    assert server.ask("POST", ASSESS, GOOD).status == 200


def test_ten_megabytes_announced_are_refused_at_once(server: Server) -> None:
    """Proves that a body that says it is too long is not waited for."""
    reply = server.send(HEAD + b"content-length: %d\r\n\r\n" % (10 * MEGABYTE))
    assert (reply.status, reply.code) == (413, "H4130")


def test_ten_megabytes_sent_are_refused(server: Server) -> None:
    """Proves that a client that does send them gets its answer all the same."""
    reply = server.ask("POST", ASSESS, b" " * (10 * MEGABYTE))
    assert (reply.status, reply.code) == (413, "H4130")


def test_ten_megabytes_in_chunks_are_refused(server: Server) -> None:
    """Proves that the limit is on what arrives, not only on what is announced."""
    chunk = b"%x\r\n" % MEGABYTE + b" " * MEGABYTE + b"\r\n"
    reply = server.send(HEAD + b"transfer-encoding: chunked\r\n\r\n", *[chunk] * 10, b"0\r\n\r\n")
    assert (reply.status, reply.code) == (413, "H4130")


def test_a_body_at_the_limit_is_read(server: Server) -> None:
    """Proves that the limit is where it is said to be: the last byte within is taken, one more is not."""
    assert server.ask("POST", ASSESS, GOOD + b" " * (MEGABYTE - len(GOOD))).status == 200
    assert server.ask("POST", ASSESS, GOOD + b" " * (MEGABYTE - len(GOOD) + 1)).status == 413


def test_a_body_in_chunks_is_read(server: Server) -> None:
    """Proves that a body need not be announced, and may come a byte at a time."""
    chunks = [b"1\r\n%c\r\n" % byte for byte in GOOD]
    reply = server.send(HEAD + b"transfer-encoding: chunked\r\n\r\n", *chunks, b"0\r\n\r\n")
    assert reply.status == 200


def test_a_client_may_ask_before_it_sends(server: Server) -> None:
    """Proves that `Expect: 100-continue` is answered."""
    with server.connect() as connection:
        connection.sendall(HEAD + b"expect: 100-continue\r\ncontent-length: %d\r\n\r\n" % len(GOOD))
        assert read_reply(connection).status == 100
        connection.sendall(GOOD)
        assert read_reply(connection).status == 200


@pytest.mark.slow
def test_a_slow_body_blocks_nobody_and_times_out(server: Server) -> None:
    """Proves that half a body holds up no one else, and is given up after ten seconds."""
    with server.connect() as connection:
        connection.sendall(HEAD + b"content-length: 500\r\n\r\n" + GOOD[:40])
        started = time.monotonic()
        assert server.ask("POST", ASSESS, GOOD).status == 200
        assert time.monotonic() - started < 5
        reply = read_reply(connection)
        assert (reply.status, reply.code) == (408, "H4080")
        assert 8 < time.monotonic() - started < 14


@pytest.mark.slow
def test_a_slow_head_blocks_nobody_and_times_out(server: Server) -> None:
    """Proves that the same holds for a request that never gets past its headers."""
    with server.connect() as connection:
        connection.sendall(b"GET /health/live HTTP/1.1\r\nhost: local")
        started = time.monotonic()
        assert server.ask("GET", "/health/live").status == 200
        reply = read_reply(connection)
        assert (reply.status, reply.code) == (408, "H4080")
        assert 8 < time.monotonic() - started < 14


def test_a_client_that_goes_away_is_forgotten(server: Server) -> None:
    """Proves that a body that ends too soon is no fault of the server."""
    for part in (b"", GOOD[:40]):
        with server.connect() as connection:
            connection.sendall(HEAD + b"content-length: 500\r\n\r\n" + part)


NO_HTTP = {
    "an unknown method": b"FOO / HTTP/1.1\r\nhost: localhost\r\n\r\n",
    "a method in lower case": b"get / HTTP/1.1\r\nhost: localhost\r\n\r\n",
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "TLS": bytes.fromhex("16030100c8010000c40303") + b"\x00" * 100,
    "binary": bytes(range(256)),
    "blanks in the target": b"GET /v1/assets /x HTTP/1.1\r\nhost: localhost\r\n\r\n",
    "a raw byte in the target": b"GET /v1/assets/\xff HTTP/1.1\r\nhost: localhost\r\n\r\n",
    "NUL in the target": b"GET /v1/\x00 HTTP/1.1\r\nhost: localhost\r\n\r\n",
    "a header without a colon": b"GET / HTTP/1.1\r\nhost localhost\r\n\r\n",
    "a blank before the colon": b"GET / HTTP/1.1\r\nhost : localhost\r\n\r\n",
    "NUL in a header": b"GET / HTTP/1.1\r\nhost: localhost\r\nx: a\x00b\r\n\r\n",
    "a tunnel": b"CONNECT example.org:443 HTTP/1.1\r\nhost: example.org\r\n\r\n",
    "a length that is no number": HEAD + b"content-length: ten\r\n\r\n",
    "a negative length": HEAD + b"content-length: -1\r\n\r\n",
    "a length of 30 digits": HEAD + b"content-length: " + b"9" * 30 + b"\r\n\r\n",
    "two lengths": HEAD + b"content-length: 5\r\ncontent-length: 6\r\n\r\n" + GOOD,
    "length and chunks": HEAD + b"content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    "a chunk of no size": HEAD + b"transfer-encoding: chunked\r\n\r\nzz\r\n\r\n",
}


@pytest.mark.parametrize("sent", NO_HTTP.values(), ids=NO_HTTP)
def test_what_is_no_http_is_malformed(server: Server, sent: bytes) -> None:
    """Proves that even what never becomes a request is answered by a problem document, and then no more."""
    with server.connect() as connection:
        connection.sendall(sent)
        reply = read_reply(connection)
        assert (reply.status, reply.code) == (400, "H4000")
        assert reply.headers["content-type"] == "application/problem+json"
        assert reply.headers["connection"] == "close"
        assert connection.recv(1) == b""


def test_a_bad_host_is_malformed(server: Server) -> None:
    """Proves that a host that cannot be one is refused, whoever would be asked for it."""
    reply = server.send(b"GET /health/live HTTP/1.1\r\nhost: a b\r\nconnection: close\r\n\r\n")
    assert (reply.status, reply.code) == (400, "H4000")


def test_a_head_without_end_is_refused(server: Server) -> None:
    """Proves that headers cannot fill the memory: not one that is long, not many."""
    start = b"GET /health/live HTTP/1.1\r\nhost: localhost\r\n"
    for piece in (b"x: " + b"a" * 200_000, b"x: a\r\n" * 40_000):
        reply = server.send(start, *(piece[n : n + 10_000] for n in range(0, len(piece), 10_000)))
        assert (reply.status, reply.code) == (431, "H4310")


def test_requests_in_a_row_are_answered_in_order(server: Server) -> None:
    """Proves that pipelined requests are told apart, bodies and all."""
    post = HEAD + b"content-length: %d\r\n\r\n" % len(GOOD) + GOOD
    with server.connect() as connection:
        connection.sendall(GET + post + GET)
        replies = [read_reply(connection).json() for _ in range(3)]
    assert [reply.get("status") for reply in replies] == ["live", replies[1]["status"], "live"]
    assert replies[1]["id"].startswith("dec_")


def test_garbage_behind_a_request_does_not_spoil_it(server: Server) -> None:
    """Proves that a good request is answered, and what follows it is never taken for its answer."""
    with server.connect() as connection:
        connection.sendall(GET + b"\x16\x03\x01garbage\r\n\r\n" + GET)
        assert read_reply(connection).json() == {"status": "live"}
        rest = b"".join(iter(lambda: connection.recv(65_536), b""))
    assert rest == b"" or rest.startswith(b"HTTP/1.1 400 ")


def test_a_body_longer_than_announced_is_not_read_on(server: Server) -> None:
    """Proves that what follows a body counts as the next request, and is refused as one."""
    with server.connect() as connection:
        connection.sendall(HEAD + b"content-length: %d\r\n\r\n" % len(GOOD) + GOOD + b'{"more": 1}')
        assert read_reply(connection).status == 200


def test_an_upgrade_is_declined(server: Server) -> None:
    """Proves that a client that wants another protocol is served in this one."""
    upgrade = (
        b"GET /health/live HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: websocket\r\n"
        b"sec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    )
    assert server.send(upgrade).status == 200


def test_old_and_absolute_requests_are_served(server: Server) -> None:
    """Proves that HTTP/1.0 and a target with a host are understood."""
    assert server.send(b"GET /health/live HTTP/1.0\r\n\r\n").status == 200
    absolute = b"GET http://localhost/health/live HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"
    assert server.send(absolute).status == 200


def test_head_has_a_length_and_no_body(server: Server) -> None:
    """Proves that HEAD is GET without the body, on a connection that is used again."""
    with server.connect() as connection:
        for target in ("/v1/facts", "/v1/assets/nobody", ASSESS):
            connection.sendall(f"HEAD {target} HTTP/1.1\r\nhost: localhost\r\n\r\n".encode())
            head = read_reply(connection, is_head=True)
            connection.sendall(f"GET {target} HTTP/1.1\r\nhost: localhost\r\n\r\n".encode())
            got = read_reply(connection)
            assert head.status == got.status
            assert head.headers["content-length"] == got.headers["content-length"] == str(len(got.body))


def test_a_large_check_does_not_hold_up_neighbours(server: Server) -> None:
    """Proves that while a megabyte of rules is checked, questions are answered, and that checks queue up."""
    text = "params:\n" + "".join(
        f"  p{n}: {{unit: ratio, value: {n % 100}%, why: x}}\n" for n in range(20_000)
    )
    body = json.dumps({"files": {"a.yaml": text}}).encode()
    assert len(body) > 0.8 * MEGABYTE
    head = b"POST /v1/rulebooks/check HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
    with server.connect() as connection:
        connection.sendall(head + b"content-length: %d\r\n\r\n" % len(body) + body)
        waited = []
        for _ in range(20):
            started = time.monotonic()
            assert server.ask("POST", ASSESS, GOOD).status == 200
            waited.append(time.monotonic() - started)
        reply = read_reply(connection)
    assert reply.status == 200
    assert not reply.json()["ok"]
    print(f"slowest neighbour {max(waited) * 1000:.0f} ms, median {sorted(waited)[10] * 1000:.0f} ms")
