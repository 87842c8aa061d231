"""`POST /v1/assessments` on FastAPI: the same model of the body, the same decision, in FastAPI's own ways.

`/v1/assessments` declares what it answers, as FastAPI's tutorial does; FastAPI then validates and writes the
answer by that model. `/bare` hands over bytes that orjson wrote, as we do ourselves. Both leave out what
our handler does besides: strictness of JSON (keys given twice, content types), limits of bodies, an id for
each request, metrics and an access log.
"""

from __future__ import annotations

import gc
import os
from typing import Any

import orjson
from fastapi import FastAPI, Response

from pegmark.api.schemas.assessment import AssessmentRequest
from pegmark.api.schemas.decision import Decision
from pegmark.bootstrap import build_desk
from pegmark.settings import read_settings
from pegmark.usecases.assess import assess

__all__ = ["app"]

app = FastAPI()
_desk = build_desk(read_settings(os.environ))


@app.post("/v1/assessments", response_model=Decision)
async def declared(body: AssessmentRequest) -> Any:
    """Answer with a decision that is validated."""
    return assess(_desk, body.question())


@app.post("/bare")
async def bare(body: AssessmentRequest) -> Response:
    """Answer with bytes."""
    return Response(orjson.dumps(assess(_desk, body.question())), media_type="application/json")


# As `pegmark.asgi` does.
gc.collect()
gc.freeze()
