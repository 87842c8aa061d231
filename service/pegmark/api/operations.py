"""`/health` and `/metrics`, and the OpenAPI document: what machines ask."""

from __future__ import annotations

import asyncio
from functools import cache
from typing import Any

import orjson
import yaml
from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler

from pegmark import __version__
from pegmark.api.metrics import CONTENT_TYPE, Metrics
from pegmark.api.operation import Operation, declared
from pegmark.api.replies import Document, reply
from pegmark.api.schemas.reference import Live, OpenApi, Ready
from pegmark.data import data_root
from pegmark.engine.report import engine_digest
from pegmark.usecases.desk import Desk

YAML = "application/yaml"

LIVE = Operation(
    id="live",
    tag="operations",
    summary="Say that the process answers",
    description="For a supervisor: no answer means restart.",
    answer=Live,
)
READY = Operation(
    id="ready",
    tag="operations",
    summary="Say that everything is loaded, and what",
    description="For a load balancer. Rules and facts are read before the port opens.",
    answer=Ready,
)
METRICS = Operation(
    id="metrics",
    tag="operations",
    summary="Give counters in Prometheus' text format",
    description=(
        "Requests and their time by route, method and status; processor and memory. Each server process "
        "counts for itself: with several workers a scrape covers the one that answers it."
    ),
    answer=None,
    media="text/plain",
)
OPENAPI_JSON = Operation(
    id="get_openapi_json",
    tag="operations",
    summary="Get this document as JSON",
    description="The OpenAPI 3.1 document of this server.",
    answer=OpenApi,
    has_etag=True,
)
OPENAPI_YAML = Operation(
    id="get_openapi_yaml",
    tag="operations",
    summary="Get this document as YAML",
    description="The file `openapi/openapi.yaml` of the release, byte for byte.",
    answer=None,
    media=YAML,
    has_etag=True,
)


def routes(desk: Desk, metrics: Metrics) -> list[HTTPRouteHandler]:
    """Return the handlers of this area."""
    program = desk.book(None).program
    catalogue = desk.catalogue
    live = orjson.dumps({"status": "live"})
    ready = orjson.dumps(
        {
            "status": "ready",
            "version": __version__,
            "rulebook": program.id,
            "rulebook_version": program.version,
            "rulebook_digest": program.resolved_digest,
            "engine_digest": engine_digest(),
            "assets": len(catalogue.assets()),
            "venues": len(catalogue.venues()),
        }
    )
    no_store = {"cache-control": "no-store"}

    @get("/health/live", sync_to_thread=False, **declared(LIVE))
    def get_live() -> Response[bytes]:
        return Response(live, headers=no_store)

    @get("/health/ready", sync_to_thread=False, **declared(READY))
    def get_ready() -> Response[bytes]:
        return Response(ready, headers=no_store)

    @get("/metrics", sync_to_thread=False, **declared(METRICS))
    def get_metrics() -> Response[bytes]:
        return Response(metrics.text(), headers=no_store, media_type=CONTENT_TYPE)

    @get("/openapi.json", **declared(OPENAPI_JSON))
    async def get_openapi_json(request: Request[Any, Any, Any]) -> Response[bytes]:
        return reply(request, await asyncio.to_thread(_openapi_json))

    @get("/openapi.yaml", sync_to_thread=False, **declared(OPENAPI_YAML))
    def get_openapi_yaml(request: Request[Any, Any, Any]) -> Response[bytes]:
        return reply(request, _openapi_yaml())

    return [get_live, get_ready, get_metrics, get_openapi_json, get_openapi_yaml]


@cache
def _openapi_yaml() -> Document:
    # What is committed is what is served; `pegmark openapi --check` holds it to the code.
    return Document.of((data_root() / "openapi" / "openapi.yaml").read_bytes(), YAML)


@cache
def _openapi_json() -> Document:
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return Document.json(yaml.load(_openapi_yaml().body, Loader=loader))  # noqa: S506 - a safe loader
