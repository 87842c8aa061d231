"""Replies that never change while the process runs: bytes made once, with a strong ETag."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import orjson
from litestar import Request, Response

from pegmark.api.operation import JSON

REVALIDATE = "no-cache"
FOREVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Document:
    """Bytes to send, and how."""

    body: bytes
    media_type: str
    etag: str
    caching: str

    @classmethod
    def of(cls, body: bytes, media_type: str = JSON, caching: str = REVALIDATE) -> Document:
        """Return a document of `body`; its ETag is a digest."""
        tag = urlsafe_b64encode(sha256(body).digest()[:18]).decode("ascii")
        return cls(body, media_type, f'"{tag}"', caching)

    @classmethod
    def json(cls, value: Any) -> Document:
        """Return plain data as a document."""
        return cls.of(orjson.dumps(value))


def reply(request: Request[Any, Any, Any], document: Document) -> Response[bytes]:
    """Return the document, or 304 if the client has it."""
    headers = {"etag": document.etag, "cache-control": document.caching}
    held = request.headers.get("if-none-match")
    if held is not None and is_held(held, document.etag):
        return Response(b"", status_code=304, headers=headers)
    return Response(document.body, media_type=document.media_type, headers=headers)


def is_held(header: str, etag: str) -> bool:
    """Return whether `If-None-Match` names `etag` (weak comparison, as RFC 9110 wants it).

    >>> is_held('W/"a", "b"', '"b"'), is_held("*", '"b"'), is_held('"c"', '"b"')
    (True, True, False)
    """
    tags = [tag.strip().removeprefix("W/") for tag in header.split(",")]
    return "*" in tags or etag in tags
