"""The interactive page, `/docs`, and the way there: our own files, nothing from elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler

from pegmark.api.replies import Document, reply

_FILES = Path(__file__).with_name("page")
_PARTS = {
    "/docs": ("docs.html", "text/html"),
    "/docs/docs.css": ("docs.css", "text/css"),
    "/docs/docs.js": ("docs.js", "text/javascript"),
    "/docs/mark.svg": ("mark.svg", "image/svg+xml"),
    "/": ("home.html", "text/html"),
}


def routes() -> list[HTTPRouteHandler]:
    """Return the handlers of the pages and what they are made of."""
    return [_route(path, *part) for path, part in _PARTS.items()]


def _route(path: str, name: str, media: str) -> HTTPRouteHandler:
    document = Document.of((_FILES / name).read_bytes(), media)

    @get(path, sync_to_thread=False, media_type=media, include_in_schema=False, opt={"media": media})
    def part(request: Request[Any, Any, Any]) -> Response[bytes]:
        return reply(request, document)

    return part
