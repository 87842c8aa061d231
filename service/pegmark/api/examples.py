"""Examples in the API document: real exchanges, kept under `openapi/examples/<operation>/<name>.json`.

A file says what is asked; what is answered is filled in by asking the application. The document
shows them, a test asks them all again, byte for byte.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import orjson

from pegmark.api.entrance import AsgiApp
from pegmark.api.operation import JSON

__all__ = ["Answer", "Example", "answered", "ask", "read_examples", "written"]


@dataclass(frozen=True, slots=True)
class Example:
    """One exchange; `body` is JSON, or text where the example is of what is not JSON."""

    operation: str
    name: str
    summary: str
    method: str
    target: str
    body: Any
    status: int | None
    answer: Any


@dataclass(frozen=True, slots=True)
class Answer:
    """What the application sent."""

    status: int
    headers: dict[str, str]
    body: bytes


def read_examples(folder: Path) -> list[Example]:
    """Return every example, sorted by operation and name."""
    return [_read(path) for path in sorted(folder.glob("*/*.json"))]


def _read(path: Path) -> Example:
    found = json.loads(path.read_text(encoding="utf-8"))
    request, response = found["request"], found.get("response", {})
    return Example(
        path.parent.name,
        path.stem,
        found["summary"],
        request["method"],
        request["target"],
        request.get("body"),
        response.get("status"),
        response.get("body"),
    )


def written(example: Example) -> str:
    """Return an example as its file holds it."""
    request: dict[str, Any] = {"method": example.method, "target": example.target}
    if example.body is not None:
        request["body"] = example.body
    found = {
        "summary": example.summary,
        "request": request,
        "response": {"status": example.status, "body": example.answer},
    }
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"


def answered(app: AsgiApp, examples: Iterable[Example]) -> list[Example]:
    """Return the examples with what `app` answers to them now."""
    return [_answered(example, ask(app, example)) for example in examples]


def _answered(example: Example, answer: Answer) -> Example:
    return Example(
        example.operation,
        example.name,
        example.summary,
        example.method,
        example.target,
        example.body,
        answer.status,
        orjson.loads(answer.body),
    )


def ask(app: AsgiApp, example: Example) -> Answer:
    """Return what `app` answers to the request of an example."""
    headers, body = [(b"host", b"localhost")], b""
    if example.body is not None:
        body = example.body.encode() if isinstance(example.body, str) else orjson.dumps(example.body)
        headers.append((b"content-type", JSON.encode()))
    path, _, query = example.target.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": example.method,
        "scheme": "http",
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 0),
        "server": ("127.0.0.1", 80),
        "state": {},
    }
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    start, *rest = sent
    return Answer(
        start["status"],
        {name.decode("latin-1"): value.decode("latin-1") for name, value in start["headers"]},
        b"".join(message.get("body", b"") for message in rest),
    )
