"""A batch over a real socket: streamed, beside others, and dropped when its client leaves."""

from __future__ import annotations

import json
import re
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.contract.sockets import Server, read_reply

pytestmark = pytest.mark.contract

BATCH = "/v1/assessments/batch"
INLINE: dict[str, Any] = {
    "as_of": "2025-10-09",
    "facts": {"liquidity": {"supply": 1e9}, "backing": {"components": [{"kind": "cash", "share": 1}]}},
}
HEAD = f"POST {BATCH} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n".encode()


def batch(count: int, **changes: Any) -> bytes:
    """A body of so many questions, no two of them equal."""
    return json.dumps(
        {"items": [INLINE | {"sizes_usd": [1000 + n]} | changes for n in range(count)]}
    ).encode()


def items_answered(server: Server) -> int:
    text = server.ask("GET", "/metrics").body.decode()
    found = re.search(r'^pegmark_batch_items_total\{outcome="decided"\} (\S+)$', text, re.MULTILINE)
    return int(float(found[1])) if found else 0


def test_a_batch_is_a_stream_that_leaves_the_connection_open(server: Server) -> None:
    """Proves that what comes in chunks is whole, and that the next request on the connection is answered."""
    with server.connect() as connection:
        for count in (100, 0, 3):
            body = batch(count)
            connection.sendall(HEAD + b"content-length: %d\r\n\r\n" % len(body) + body)
            reply = read_reply(connection)
            assert (reply.status, reply.headers["transfer-encoding"]) == (200, "chunked")
            assert (reply.json()["decided"], len(reply.json()["items"])) == (count, count)


def test_others_are_answered_meanwhile(server: Server) -> None:
    """Proves that a thousand questions keep nobody waiting; how long exactly is measured by `make bench`."""
    single = json.dumps(INLINE).encode()
    with ThreadPoolExecutor(1) as other:
        busy = other.submit(server.ask, "POST", BATCH, batch(1_000))
        waits = []
        while not busy.done():
            since = time.perf_counter()
            assert server.ask("POST", "/v1/assessments", single).status == 200
            waits.append(time.perf_counter() - since)
    assert busy.result().json()["decided"] == 1_000
    assert len(waits) > 5
    assert sorted(waits)[len(waits) // 2] < 0.1


def test_a_client_that_leaves_is_worked_for_no_longer(server: Server) -> None:
    """Proves that the rest of a batch is dropped when its connection ends."""
    before = items_answered(server)
    body = batch(1_000, explain="full")
    with server.connect() as connection:
        connection.sendall(HEAD + b"content-length: %d\r\n\r\n" % len(body) + body)
        connection.recv(1)
    time.sleep(0.2)
    answered = items_answered(server) - before
    assert 0 < answered < 1_000
    time.sleep(0.2)
    assert items_answered(server) - before == answered


def test_a_long_batch_has_a_limit_of_its_own(server: Server) -> None:
    """Proves that a batch may be longer than other bodies, and not without end."""
    body = batch(3)
    assert server.ask("POST", BATCH, body + b" " * (2 << 20)).json()["decided"] == 3
    reply = server.ask("POST", BATCH, body + b" " * (8 << 20))
    assert (reply.status, reply.code) == (413, "H4131")
