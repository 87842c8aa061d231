"""`/v1/assessments`: a question in, a decision out."""

from __future__ import annotations

import orjson
from litestar import Response, post
from litestar.handlers import HTTPRouteHandler

from pegmark.api.body import JsonRequest
from pegmark.api.operation import JSON, Link, Operation, declared
from pegmark.api.schemas.assessment import AssessmentRequest, Decision
from pegmark.usecases.assess import assess
from pegmark.usecases.desk import Desk

ASSESS = Operation(
    id="assess",
    tag="assessments",
    summary="Decide one asset before one venue",
    description=(
        "Says what an asset is and on what terms to take it as collateral: class, scores, band, haircuts at "
        "each size, the ladder, the mark, the cap, conditions, findings and the reason for each.\n\n"
        "Give `facts`, or name a stored `asset` as of a date. A fact that is absent is unknown, and what is "
        "unknown never helps an asset. Equal digests give equal bytes; nothing is stored."
    ),
    answer=Decision,
    body=AssessmentRequest,
    errors=(408, 413, 415, 422),
    links={"rule": Link("get_rule", {"id": "$response.body#/decided_by"})},
)


def routes(desk: Desk) -> list[HTTPRouteHandler]:
    """Return the handlers of this area."""

    @post("/v1/assessments", **declared(ASSESS))
    async def assessments(request: JsonRequest) -> Response[bytes]:
        asked = await request.read(AssessmentRequest)
        return Response(orjson.dumps(assess(desk, asked.question())), media_type=JSON)

    return [assessments]
