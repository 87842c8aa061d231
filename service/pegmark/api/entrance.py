"""The outermost wrapper: request id, trace context, security headers, HEAD, the access log.

It is outside the framework, so that it sees every response, also of paths that do not exist.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from os import urandom
from time import perf_counter
from typing import Any

AsgiApp = Callable[[Any, Any, Any], Any]
Log = Callable[..., Any]

_REQUEST_ID = re.compile(rb"[A-Za-z0-9._~+/=-]{1,128}")
# https://www.w3.org/TR/trace-context/: version, trace id, parent id, flags; all-zero ids are invalid.
_TRACE = re.compile(rb"00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})")

SECURITY_HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (
        b"content-security-policy",
        b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        b"base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
)


class Entrance:
    """Wraps an ASGI app; `log` is called with one event a request, or None for no access log."""

    def __init__(self, app: AsgiApp, log: Log | None = None) -> None:
        self.app = app
        self.log = log

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Pass a request on, and add what every response carries."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id, trace = b"", None
        for name, value in scope["headers"]:
            if name == b"x-request-id":
                request_id = value if _REQUEST_ID.fullmatch(value) else b""
            elif name == b"traceparent":
                trace = _TRACE.fullmatch(value)
        request_id = request_id or urandom(16).hex().encode()
        added = [(b"x-request-id", request_id), *SECURITY_HEADERS]
        if trace is not None:
            # Ours is the next span of the caller's trace.
            span = urandom(8).hex().encode()
            added.append((b"traceparent", b"00-%b-%b-%b" % (trace[1], span, trace[2])))
        scope["pegmark.request_id"] = request_id.decode()
        method = scope["method"]
        is_head = method == "HEAD"
        if is_head:
            scope["method"] = "GET"
        path = scope["path"]
        started = perf_counter()
        status = 0

        async def send_on(message: Any) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], *added]
            elif is_head:
                message = {**message, "body": b""}
            await send(message)

        try:
            await self.app(scope, receive, send_on)
        finally:
            if self.log is not None:
                self.log(
                    "request",
                    method=method,
                    path=path,
                    status=status,
                    ms=round((perf_counter() - started) * 1000, 3),
                    request_id=scope["pegmark.request_id"],
                    **({} if trace is None else {"trace_id": trace[1].decode()}),
                )
