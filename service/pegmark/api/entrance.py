"""The outermost wrapper: request id, trace context, security headers, HEAD, and who is told of it.

It is outside the framework, so that it sees every response, also of paths that do not exist.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from os import urandom
from time import perf_counter
from typing import Any, NamedTuple

from pegmark.api.refusals import PROBLEM_JSON, Refusal, body_of

__all__ = ["LONGEST_TARGET", "SECURITY_HEADERS", "AsgiApp", "Entrance", "Exchange", "Witness"]

AsgiApp = Callable[[Any, Any, Any], Any]

LONGEST_TARGET = 4096
"""Longest path and query together: the router keeps what it was asked, and the log too."""

_REQUEST_ID = re.compile(rb"[A-Za-z0-9._~+/=-]{1,128}")
# https://www.w3.org/TR/trace-context/: version, trace id, parent id, flags; all-zero ids are invalid.
_TRACE = re.compile(rb"00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})")

_CONTENT_POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    b"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
SECURITY_HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"content-security-policy", _CONTENT_POLICY),
)


class Exchange(NamedTuple):
    """A request and what became of it; `route` is the path's template, None where none fits.

    `status` is 0 where the client went away before an answer began.
    """

    method: str
    path: str
    route: str | None
    status: int
    seconds: float
    request_id: str
    trace_id: str | None


Witness = Callable[[Exchange], None]


class Entrance:
    """Wraps an ASGI app; each of `witnesses` is told of every exchange."""

    def __init__(self, app: AsgiApp, witnesses: Sequence[Witness] = ()) -> None:
        self.app = app
        self.witnesses = witnesses

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Pass a request on, and add what every response carries."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = perf_counter()
        request_id, trace = _identified(scope["headers"])
        added = [(b"x-request-id", request_id), *SECURITY_HEADERS]
        if trace is not None:
            # Ours is the next span of the caller's trace.
            added.append((b"traceparent", b"00-%b-%b-%b" % (trace[1], urandom(8).hex().encode(), trace[2])))
        method = scope["method"]
        is_head = method == "HEAD"
        # INVARIANT: a copy, since the server reads its own scope to tell HEAD from GET.
        scope = {**scope, "pegmark.request_id": request_id.decode(), "method": "GET" if is_head else method}
        status = 0

        async def send_on(message: Any) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], *added]
            elif is_head:
                message["body"] = b""
            await send(message)

        try:
            if len(scope["path"]) + len(scope["query_string"]) > LONGEST_TARGET:
                await _refuse_target(send_on)
            else:
                await self.app(scope, receive, send_on)
        finally:
            exchange = Exchange(
                method,
                scope["path"],
                scope.get("path_template"),
                status,
                perf_counter() - started,
                scope["pegmark.request_id"],
                None if trace is None else trace[1].decode(),
            )
            for tell in self.witnesses:
                tell(exchange)


def _identified(headers: Sequence[tuple[bytes, bytes]]) -> tuple[bytes, re.Match[bytes] | None]:
    """Return the request's id, the caller's or a new one, and the caller's trace if it is valid."""
    request_id, trace = b"", None
    for name, value in headers:
        if name == b"x-request-id":
            request_id = value if _REQUEST_ID.fullmatch(value) else b""
        elif name == b"traceparent":
            trace = _TRACE.fullmatch(value)
    return request_id or urandom(16).hex().encode(), trace


async def _refuse_target(send: Any) -> None:
    refusal = Refusal.of("H4140", f"path and query are longer than {LONGEST_TARGET}", parameter="path")
    body = body_of(refusal)
    headers = [
        (b"content-type", PROBLEM_JSON.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": refusal.status_code, "headers": headers})
    await send({"type": "http.response.body", "body": body})
