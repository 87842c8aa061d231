"""One request over a real socket, against the same server answering it with constant bytes."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from multiprocessing import get_context
from pathlib import Path
from statistics import median, quantiles

import orjson

from bench.client import latencies_of
from bench.figures import Figure
from pegmark.storage.documents import Document, from_yaml

ROOT = Path(__file__).resolve().parent.parent
ROUNDS, SECONDS, CONNECTIONS = 5, 2.0, 8
SIZES = [1_000_000, 10_000_000]
STORED = "stored asset"
# With its facts inline the decision alone may take longer than the constant answer: docs/benchmarks.md.
LEAST = {STORED: 0.5}


def requests() -> dict[str, bytes]:
    """Return the bodies that are sent: of a stored asset, and of the same with its facts inline."""
    stored = {"asset": "USDC", "as_of": "2026-10-07", "venue": "reference", "sizes_usd": SIZES}
    text = from_yaml((ROOT / "fixtures/snapshots/usdc-2026-10-07.yaml").read_bytes(), "usdc")
    assert isinstance(text, Document)
    bare = {
        group: {name: claim["value"] for name, claim in claims.items() if "value" in claim}
        for group, claims in text.data["facts"].items()
    }
    inline = {**stored, "facts": bare}
    return {
        STORED: orjson.dumps(stored),
        f"{sum(map(len, bare.values()))} facts inline": orjson.dumps(inline),
    }


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@contextmanager
def running(command: list[str], port: int, **environment: str) -> Iterator[int]:
    """Run a server until left, and give its process once it listens on `port`."""
    process = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, "PEGMARK_LOG_LEVEL": "warning", **environment}
    )
    try:
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", port), 0.2).close()
                break
            except OSError:
                time.sleep(0.05)
        yield process.pid
    finally:
        process.terminate()
        process.wait()


@contextmanager
def serving(app: str, **environment: str) -> Iterator[tuple[int, int]]:
    """Serve an app by one uvicorn worker in a process of its own, and give its port and the process."""
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "uvicorn",
        app,
        "--port",
        str(port),
        "--no-access-log",
        "--log-level",
        "warning",
    ]
    with running(command, port, **environment) as process:
        yield port, process


def answer(port: int, body: bytes, target: str = "/v1/assessments") -> bytes:
    """Return the answer to one request; stops where it is no answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("POST", target, body, {"content-type": "application/json"})
    response = connection.getresponse()
    data = response.read()
    if response.status != 200:
        raise SystemExit(f"bench: {response.status} {data.decode()}")
    return data


def posted(target: str, body: bytes) -> bytes:
    """Return a request as it goes over the wire."""
    head = (
        f"POST {target} HTTP/1.1\r\nhost: localhost\r\n"
        f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def figures() -> Iterator[Figure]:
    """Measure throughput and latency of each request, rounds interleaved with the constant peer's."""
    pool = get_context("spawn").Pool(1)
    for name, body in requests().items():
        with ExitStack() as stack:
            port, _ = stack.enter_context(serving("pegmark.asgi:app"))
            expected = stack.enter_context(tempfile.NamedTemporaryFile())
            expected.write(answer(port, body))
            expected.flush()
            peer, _ = stack.enter_context(serving("bench.constant:app", BENCH_RESPONSE=expected.name))
            assert answer(peer, body) == answer(port, body), "the peer must answer the same bytes"
            request = posted("/v1/assessments", body)
            rates: dict[int, list[float]] = {port: [], peer: []}
            spread = []
            for _ in range(ROUNDS):
                for each in (port, peer):
                    found = pool.apply(latencies_of, (each, request, SECONDS, CONNECTIONS))
                    rates[each].append(len(found) / SECONDS)
                    if each == port:
                        cuts = quantiles(found, n=100)
                        spread.append((cuts[49], cuts[98]))
            ratios = [ours / theirs for ours, theirs in zip(rates[port], rates[peer], strict=True)]
            yield Figure(f"{name}: requests", median(rates[port]), "/s")
            yield Figure(f"{name}: of the constant handler", median(rates[peer]), "/s")
            yield Figure(f"{name}: ratio", median(ratios), "", least=LEAST.get(name))
            yield Figure(f"{name}: p50", median(p50 for p50, _ in spread) * 1e3, "ms")
            yield Figure(f"{name}: p99 over p50", median(p99 / p50 for p50, p99 in spread), "", most=4)
    pool.terminate()
