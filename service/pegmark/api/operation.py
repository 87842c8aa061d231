"""How an operation is declared: once, for the router, for admission and for the OpenAPI document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from litestar.handlers import HTTPRouteHandler
from pydantic import BaseModel

from pegmark.api.schemas.shared import Reply

__all__ = ["JSON", "Link", "Operation", "declared", "operation_of"]

JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Link:
    """Where a response leads: another operation, and which part of the response to give it."""

    operation: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """What is said of an operation besides its path, its parameters and its body.

    `body` is the shape of what it is sent, `answer` of what it sends; None is text of type `media`,
    such as `sample`. `query` names the query parameters it takes. `errors` are the statuses it may
    answer with beyond those of every operation. `has_etag` promises an ETag, and 304 to who has it.
    """

    id: str
    tag: str
    summary: str
    description: str
    answer: type[Reply] | None
    body: type[BaseModel] | None = None
    media: str = JSON
    sample: str | None = None
    query: tuple[str, ...] = ()
    errors: tuple[int, ...] = ()
    has_etag: bool = False
    links: Mapping[str, Link] = field(default_factory=dict)


def declared(operation: Operation) -> dict[str, Any]:
    """Return what a route's decorator takes of an operation."""
    return {
        "operation_id": operation.id,
        "tags": [operation.tag],
        "summary": operation.summary,
        "description": operation.description,
        "media_type": operation.media,
        "status_code": 200,
        "opt": {"operation": operation, "query": operation.query, "media": operation.media},
    }


def operation_of(handler: HTTPRouteHandler) -> Operation | None:
    """Return the declaration of a handler; pages and their parts have none."""
    found: Operation | None = handler.opt.get("operation")
    return found
