"""What every operation has in common: ids, traces, headers, ETags, methods, and how it fails."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import httpx
import pytest
import structlog
from litestar import get

from pegmark.api import app as application
from pegmark.api.app import build_app
from pegmark.api.body import JsonRequest
from pegmark.api.entrance import Entrance, Exchange
from pegmark.usecases.desk import Desk
from tests.api.conftest import Ask, asking

FIXED = [
    "/",
    "/docs",
    "/docs/docs.js",
    "/openapi.json",
    "/openapi.yaml",
    "/v1/assets",
    "/v1/assets/USDe",
    "/v1/assets/USDe/snapshots/2025-10-09",
    "/v1/venues",
    "/v1/venues/reference",
    "/v1/rulebooks",
    "/v1/rulebooks/house",
    "/v1/rulebooks/house/text",
    "/v1/rules/HC-BASE",
    "/v1/facts",
    "/v1/problems",
    "/v1/problems/H4220",
]
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@pytest.mark.parametrize("target", FIXED)
def test_what_does_not_change_is_sent_once(ask: Ask, target: str) -> None:
    """Proves that a strong ETag is given, and that who has it gets 304 and no body."""
    first = ask("GET", target)
    assert first.status_code == 200
    etag = first.headers["etag"]
    assert re.fullmatch(r'"[A-Za-z0-9_-]{24}"', etag)
    for held in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        again = ask("GET", target, headers={"if-none-match": held})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
        assert again.headers["cache-control"] == first.headers["cache-control"]
    assert ask("GET", target, headers={"if-none-match": '"other"'}).content == first.content


@pytest.mark.parametrize("target", ["/health/live", "/health/ready", "/metrics"])
def test_what_changes_is_not_kept(ask: Ask, target: str) -> None:
    """Proves that no cache answers for the process."""
    response = ask("GET", target)
    assert response.headers["cache-control"] == "no-store"
    assert "etag" not in response.headers


@pytest.mark.parametrize("target", ["/v1/assets", "/v1/assets/nobody", "/nowhere", "/v1/assets?x=1"])
def test_a_request_id_is_echoed_or_made(ask: Ask, exchanges: list[Exchange], target: str) -> None:
    """Proves that a request can be found in the log, whatever became of it."""
    echoed = ask("GET", target, headers={"x-request-id": "client-7f.3~a/b+c="})
    assert echoed.headers["x-request-id"] == exchanges[-1].request_id == "client-7f.3~a/b+c="
    made = ask("GET", target)
    assert re.fullmatch(r"[0-9a-f]{32}", made.headers["x-request-id"])
    assert exchanges[-1].request_id == made.headers["x-request-id"]


@pytest.mark.parametrize("sent", ["", "a b", "a\tb", "x" * 129, "é", '"quoted"', "a,b"])
def test_a_request_id_that_could_spoil_a_log_is_replaced(ask: Ask, sent: str) -> None:
    """Proves that what a client sends as an id cannot forge or flood a line."""
    response = ask("GET", "/health/live", headers={"x-request-id": sent.encode("latin-1")})
    assert re.fullmatch(r"[0-9a-f]{32}", response.headers["x-request-id"])


def test_a_trace_is_continued(ask: Ask, exchanges: list[Exchange]) -> None:
    """Proves that the caller's trace goes on with a span of ours, and that flags are kept."""
    response = ask("GET", "/health/live", headers={"traceparent": TRACE})
    version, trace, span, flags = response.headers["traceparent"].split("-")
    assert (version, trace, flags) == ("00", "4bf92f3577b34da6a3ce929d0e0e4736", "01")
    assert re.fullmatch(r"[0-9a-f]{16}", span)
    assert span != "00f067aa0ba902b7"
    assert exchanges[-1].trace_id == trace


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        TRACE.upper(),
        TRACE + "-more",
        "ff" + TRACE[2:],
    ],
)
def test_an_invalid_trace_is_ignored(ask: Ask, exchanges: list[Exchange], sent: str) -> None:
    """Proves that a trace that cannot be one is neither continued nor an error."""
    response = ask("GET", "/health/live", headers={"traceparent": sent})
    assert response.status_code == 200
    assert "traceparent" not in response.headers
    assert exchanges[-1].trace_id is None


@pytest.mark.parametrize("target", ["/docs", "/v1/assets", "/nowhere", "/v1/assets?x=1", "/metrics"])
def test_every_response_is_guarded(ask: Ask, target: str) -> None:
    """Proves that a browser is told not to guess, frame, leak or load from elsewhere, also by refusals."""
    headers = ask("GET", target).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "access-control-allow-origin" not in headers


@pytest.mark.parametrize("target", ["/v1/assets", "/docs", "/metrics", "/v1/rules/HC-BASE"])
def test_options_says_what_is_allowed(ask: Ask, target: str) -> None:
    """Proves that OPTIONS names the methods of a path, HEAD included."""
    response = ask("OPTIONS", target)
    assert (response.status_code, response.headers["allow"]) == (204, "GET, HEAD, OPTIONS")


@pytest.mark.parametrize("target", ["/v1/facts", "/docs", "/nowhere", "/v1/assessments"])
def test_head_is_get_without_its_body(ask: Ask, target: str) -> None:
    """Proves that HEAD answers as GET would, and costs no body."""
    got, head = ask("GET", target), ask("HEAD", target)
    assert (head.status_code, head.content) == (got.status_code, b"")
    for name in ("content-type", "content-length", "etag", "cache-control", "allow"):
        assert head.headers.get(name) == got.headers.get(name)


def test_what_nobody_meant_to_raise_is_told_as_500(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Proves that a fault of ours says nothing of our insides to a client, and everything to the log."""
    # Whoever served in this process before may have left a log that goes to a stream closed since.
    structlog.reset_defaults()

    @get("/broken", sync_to_thread=False)
    def broken() -> None:
        raise RuntimeError("secret /etc/path")

    monkeypatch.setattr(application.pages, "routes", lambda: [broken])
    response = asking(build_app(desk, b"", 1_000))("GET", "/broken")
    assert (response.status_code, response.headers["content-type"]) == (500, "application/problem+json")
    assert response.json()["type"] == "/v1/problems/H5000"
    assert "secret" not in response.text
    assert "RuntimeError" not in response.text
    logged = capsys.readouterr().out
    assert "secret /etc/path" in logged
    assert response.headers["x-request-id"] in logged


def test_a_body_is_given_up_after_its_time(app: Entrance, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves that a body that does not come is answered by 408."""
    monkeypatch.setattr("pegmark.api.body.SECONDS", 0.05)

    async def trickle() -> Any:
        yield b'{"as_of": '
        await asyncio.sleep(5)

    response = asking(app)(
        "POST", "/v1/assessments", content=trickle(), headers={"content-type": "application/json"}
    )
    assert response.status_code == 408
    assert response.json()["errors"][0]["code"] == "H4080"


def test_a_body_cut_short_is_no_fault_of_ours(app: Entrance) -> None:
    """Proves that a client that goes away within a body leaves a refusal behind, not a 500."""
    sent: list[dict[str, Any]] = []
    messages = [{"type": "http.request", "body": b"{", "more_body": True}, {"type": "http.disconnect"}]

    async def receive() -> Any:
        return messages.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        **httpx_scope("POST", "/v1/assessments"),
        "headers": [(b"content-type", b"application/json")],
    }
    asyncio.run(app(scope, receive, send))
    assert sent[0]["status"] == 400
    assert b"H4008" in sent[1]["body"]


def httpx_scope(method: str, path: str) -> dict[str, Any]:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "client": ("127.0.0.1", 1),
        "server": ("localhost", 80),
        "state": {},
    }


def test_a_body_without_a_limit_is_read_whole(desk: Desk) -> None:
    """Proves that the limit is the operator's, and that a smaller one holds."""
    small = asking(build_app(desk, b"", 100))
    body = b'{"as_of": "2025-10-09", "facts": {"liquidity": {"supply": 1e9}}}'
    headers = {"content-type": "application/json"}
    assert small("POST", "/v1/assessments", content=body, headers=headers).status_code == 200
    padded = small("POST", "/v1/assessments", content=body + b" " * 40, headers=headers)
    assert padded.status_code == 413
    assert padded.json()["errors"][0]["detail"] == "the body is longer than 100 bytes"


def test_the_request_class_is_ours(app: Entrance) -> None:
    """Proves that no body goes past the strict reading, by the framework's own way of reading JSON."""
    assert app.app.request_class is JsonRequest
    for route in app.app.routes:
        for handler in getattr(route, "route_handlers", []):
            assert handler.resolve_request_class() is JsonRequest


def test_lifespan_passes_through(app: Entrance) -> None:
    """Proves that what is no request reaches the framework: start and stop."""

    async def live() -> None:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost"):
            sent: list[str] = []
            messages = ["lifespan.startup", "lifespan.shutdown"]

            async def receive() -> Any:
                return {"type": messages.pop(0)}

            async def send(message: Any) -> None:
                sent.append(message["type"])

            await app({"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}, receive, send)
            assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]

    asyncio.run(live())
