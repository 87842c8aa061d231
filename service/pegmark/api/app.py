"""The application: every route, one way in, one way for a request to fail."""

from __future__ import annotations

from collections.abc import Sequence

from litestar import Litestar
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from pegmark import __version__
from pegmark.api import (
    assessments,
    assets,
    batch,
    differences,
    operations,
    pages,
    reference,
    rulebooks,
    venues,
)
from pegmark.api.admission import admit
from pegmark.api.body import JsonRequest
from pegmark.api.entrance import Entrance, Witness
from pegmark.api.metrics import Metrics
from pegmark.api.problems import on_any_error, on_http_error
from pegmark.api.turns import Turns
from pegmark.usecases.desk import Desk

__all__ = ["build_app", "routes"]


def routes(
    desk: Desk, normal: bytes, metrics: Metrics, max_batch_bytes: int = batch.MOST_BYTES
) -> list[HTTPRouteHandler]:
    """Return every route that the API document describes."""
    explained = Turns("full explanations", assessments.MOST_WAITING)
    return [
        *assessments.routes(desk, explained),
        *batch.routes(desk, metrics, explained, max_batch_bytes),
        *assets.routes(desk),
        *venues.routes(desk),
        *rulebooks.routes(desk, normal),
        *differences.routes(desk, normal),
        *reference.routes(),
        *operations.routes(desk, metrics),
    ]


def build_app(
    desk: Desk,
    normal: bytes,
    max_body_bytes: int,
    witnesses: Sequence[Witness] = (),
    max_batch_bytes: int = batch.MOST_BYTES,
) -> Entrance:
    """Return the API over `desk` as an ASGI app; each of `witnesses` is told of every exchange."""
    program = desk.book(None).program
    metrics = Metrics({"version": __version__, "rulebook": program.id, "rulebook_version": program.version})
    app = Litestar(
        route_handlers=[*routes(desk, normal, metrics, max_batch_bytes), *pages.routes()],
        request_class=JsonRequest,
        before_request=admit,
        exception_handlers={HTTPException: on_http_error, Exception: on_any_error},
        request_max_body_size=max_body_bytes,
        openapi_config=None,
        logging_config=None,
    )
    for route in app.routes:
        if isinstance(route, HTTPRoute) and "GET" in route.methods:
            route.methods.add("HEAD")  # the entrance sees to it; `OPTIONS` lists what is here
    return Entrance(app, [metrics.count, *witnesses])
