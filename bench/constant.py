"""The peer of the HTTP bench: the same server, middleware and response bytes from a constant handler.

Run as `uvicorn bench.constant:app` with the response in the file that BENCH_RESPONSE names.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from litestar import Response, post
from litestar.handlers import HTTPRouteHandler

from pegmark.api import assessments
from pegmark.api.body import JsonRequest
from pegmark.api.operation import JSON, declared


def _routes(*_: Any) -> list[HTTPRouteHandler]:
    body = Path(os.environ.pop("BENCH_RESPONSE")).read_bytes()

    @post("/v1/assessments", **declared(assessments.ASSESS))
    async def constant(request: JsonRequest) -> Response[bytes]:
        await request.body()  # whoever answers a POST takes what is posted
        return Response(body, media_type=JSON)

    return [constant]


# The app is built as it is for serving, but for this one handler.
assessments.routes = _routes

from pegmark.asgi import app  # noqa: E402 - after the handler was replaced

__all__ = ["app"]
