"""What people open in a browser: the way in, the interactive page, and the OpenAPI document itself.

Our own files, nothing from elsewhere, so that they work under the content policy of the entrance.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler

from pegmark.api.operation import JSON
from pegmark.api.replies import Document, reply
from pegmark.data import data_root

YAML = "application/yaml"

_FILES = Path(__file__).with_name("page")
_MEDIA = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}
_PATHS = {"home.html": "/", "docs.html": "/docs"}


def routes() -> list[HTTPRouteHandler]:
    """Return the handlers of everything that the OpenAPI document does not describe."""

    @get("/openapi.yaml", sync_to_thread=False, opt={"media": YAML})
    def get_yaml(request: Request[Any, Any, Any]) -> Response[bytes]:
        return reply(request, _openapi_yaml())

    # Reading the document takes a moment, once: in a thread.
    @get("/openapi.json", sync_to_thread=True, opt={"media": JSON})
    def get_json(request: Request[Any, Any, Any]) -> Response[bytes]:
        return reply(request, _openapi_json())

    return [get_yaml, get_json, *map(_part, sorted(_FILES.iterdir()))]


def _part(file: Path) -> HTTPRouteHandler:
    media = _MEDIA[file.suffix]
    document = Document.of(file.read_bytes(), media)

    @get(
        _PATHS.get(file.name, f"/docs/{file.name}"),
        sync_to_thread=False,
        media_type=media,
        opt={"media": media},
    )
    def part(request: Request[Any, Any, Any]) -> Response[bytes]:
        return reply(request, document)

    return part


@cache
def _openapi_yaml() -> Document:
    # What is committed is what is served; `pegmark openapi --check` holds it to the code.
    return Document.of((data_root() / "openapi" / "openapi.yaml").read_bytes(), YAML)


@cache
def _openapi_json() -> Document:
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return Document.json(yaml.load(_openapi_yaml().body, Loader=loader))  # noqa: S506 - a safe loader
