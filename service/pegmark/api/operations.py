"""`/health` and `/metrics`: what machines ask."""

from __future__ import annotations

import orjson
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from pegmark import __version__
from pegmark.api.metrics import CONTENT_TYPE, Metrics
from pegmark.api.operation import Operation, declared
from pegmark.api.schemas.reference import Live, Ready
from pegmark.engine.report import engine_digest
from pegmark.usecases.desk import Desk

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
    sample='pegmark_http_requests_total{method="POST",route="/v1/assessments",status="200"} 12.0\n',
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

    return [get_live, get_ready, get_metrics]
