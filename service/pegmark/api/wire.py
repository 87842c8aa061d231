"""The edge of the server: what is not HTTP gets a problem document, and a head may be neither long nor slow.

uvicorn bounds neither the length of a head nor the time it takes to arrive, and answers what it
cannot read as plain text.
"""

from __future__ import annotations

import asyncio
from os import urandom
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from pegmark.api.entrance import SECURITY_HEADERS
from pegmark.api.refusals import PROBLEM_JSON, Refusal, body_of

__all__ = ["LONGEST_HEAD", "SECONDS", "Wire"]

LONGEST_HEAD = 65_536
"""Longest request line and headers together, in bytes."""
SECONDS = 10
"""How long a head may take to arrive."""


class Wire(HttpToolsProtocol):
    """uvicorn's protocol, for `uvicorn.run(http=…)`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Await the head of a first request."""
        super().__init__(*args, **kwargs)
        self._is_in_head = True
        self._length = 0
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        """Start the clock."""
        super().connection_made(transport)
        self._start_clock()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clock."""
        self._stop_clock()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse what arrives, unless it is too long a head."""
        if self._is_in_head:
            self._length += len(data)
            if self._length > LONGEST_HEAD:
                # What is in one piece may be a short head and the body after it.
                end = data.find(b"\r\n\r\n")
                if end < 0 or self._length - len(data) + end > LONGEST_HEAD:
                    detail = f"request line and headers are longer than {LONGEST_HEAD} bytes"
                    self._refuse(Refusal.of("H4310", detail))
                    return
        super().data_received(data)

    def on_message_begin(self) -> None:
        """Start the clock, for a request that is not the connection's first."""
        super().on_message_begin()
        if self._deadline is None:
            self._start_clock()

    def on_headers_complete(self) -> None:
        """Stop the clock; how long a body may take is for who reads it."""
        self._stop_clock()
        self._is_in_head = False
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Await the head of the next request."""
        super().on_message_complete()
        self._is_in_head, self._length = True, 0

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn's signature
        """Answer what cannot be parsed, unless a whole request before it is still being answered."""
        cycle: Any = self.cycle  # None before the first request, whatever uvicorn's annotation says
        if cycle is not None and not cycle.response_complete and not cycle.more_body:
            cycle.keep_alive = False
            return
        self._refuse(Refusal.of("H4000", "this is no HTTP/1.1 request"))

    def _start_clock(self) -> None:
        self._deadline = self.loop.call_later(SECONDS, self._time_out)

    def _stop_clock(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _time_out(self) -> None:
        self._refuse(Refusal.of("H4080", f"the head took longer than {SECONDS} seconds"))

    def _refuse(self, refusal: Refusal) -> None:
        """Answer and close; there is no telling where a next request would begin."""
        self._stop_clock()
        if self.transport.is_closing():
            return
        body = body_of(refusal)
        headers = [
            *self.server_state.default_headers,
            (b"content-type", PROBLEM_JSON.encode()),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", b"no-store"),
            (b"connection", b"close"),
            (b"x-request-id", urandom(16).hex().encode()),
            *SECURITY_HEADERS,
        ]
        lines = [b"%b: %b\r\n" % header for header in headers]
        self.transport.write(b"".join([STATUS_LINE[refusal.status_code], *lines, b"\r\n", body]))
        self.transport.close()
