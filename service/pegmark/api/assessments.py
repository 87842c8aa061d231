"""`/v1/assessments`: a question in, a decision out."""

from __future__ import annotations

import orjson
from litestar import Response, post
from litestar.handlers import HTTPRouteHandler

from pegmark.api.answers import is_long
from pegmark.api.body import JsonRequest
from pegmark.api.operation import JSON, Link, Operation, declared
from pegmark.api.schemas.assessment import AssessmentRequest
from pegmark.api.schemas.decision import Decision
from pegmark.api.turns import Turns
from pegmark.usecases.assess import assess
from pegmark.usecases.desk import Desk

MOST_WAITING = 32
"""How many questions may wait to be explained in full."""

ASSESS = Operation(
    id="assess",
    tag="assessments",
    summary="Decide one asset before one venue",
    description=(
        "Says what an asset is and on what terms to take it as collateral: class, scores, band, haircuts at "
        "each size, the ladder, the mark, the cap, conditions, findings and the reason for each.\n\n"
        "Give `facts`, or name a stored `asset` as of a date. A fact that is absent is unknown, and what is "
        "unknown never helps an asset. Equal digests give equal bytes; nothing is stored.\n\n"
        "With `explain` `full` it also says what it would take: the fewest changes of facts that lead to the "
        "next better band. That is searched for, which takes about a tenth of a second, and for one question "
        "after another; where too many wait, the answer is 503 with `Retry-After`."
    ),
    answer=Decision,
    body=AssessmentRequest,
    errors=(408, 413, 415, 422, 503),
    links={"rule": Link("get_rule", {"id": "$response.body#/decided_by"})},
)


def routes(desk: Desk, turns: Turns) -> list[HTTPRouteHandler]:
    """Return the handlers of this area; `turns` are those at full explanations."""

    @post("/v1/assessments", **declared(ASSESS))
    async def assessments(request: JsonRequest) -> Response[bytes]:
        question = (await request.read(AssessmentRequest)).question()

        def answered() -> bytes:
            return orjson.dumps(assess(desk, question))

        body = await turns.take(answered) if is_long(question) else answered()
        return Response(body, media_type=JSON)

    return [assessments]
