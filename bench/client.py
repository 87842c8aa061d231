"""A client that keeps connections busy: each sends its request again as soon as it is answered."""

from __future__ import annotations

import asyncio
from time import perf_counter
from typing import Any

import uvloop


class _Connection(asyncio.Protocol):
    def __init__(self, request: bytes, latencies: list[float], stop_at: float, done: Any) -> None:
        self._request, self._latencies, self._stop_at, self._done = request, latencies, stop_at, done
        self._received = bytearray()

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._send()

    def _send(self) -> None:
        self._sent_at = perf_counter()
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._received += data
        head = self._received.find(b"\r\n\r\n")
        if head < 0:
            return
        fields = bytes(self._received[:head]).lower()
        length = fields.partition(b"content-length:")[2].partition(b"\r\n")[0]
        if not length:
            # A stream: JSON holds no line ends, so that this is its end and nothing else.
            if not self._received.endswith(b"\r\n0\r\n\r\n"):
                return
        elif len(self._received) < head + 4 + int(length):
            return
        if not fields.startswith(b"http/1.1 200"):
            raise RuntimeError(bytes(self._received).decode("utf-8", "replace"))
        self._latencies.append(perf_counter() - self._sent_at)
        del self._received[:]
        if perf_counter() < self._stop_at:
            self._send()
        else:
            self._transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        if not self._done.done():
            self._done.set_result(error)


async def _run(port: int, request: bytes, seconds: float, connections: int) -> list[float]:
    loop = asyncio.get_running_loop()
    latencies: list[float] = []
    stop_at = perf_counter() + seconds
    done = [loop.create_future() for _ in range(connections)]
    for future in done:
        await loop.create_connection(
            lambda future=future: _Connection(request, latencies, stop_at, future), "127.0.0.1", port
        )
    await asyncio.gather(*done)
    return latencies


def latencies_of(port: int, request: bytes, seconds: float, connections: int) -> list[float]:
    """Return the seconds each answer took, of as many as fit into `seconds`."""
    return uvloop.run(_run(port, request, seconds, connections))
