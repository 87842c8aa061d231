"""`/v1/rulebooks/diff`: what one rulebook says otherwise than another, and what that does to whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from litestar import Response, post
from litestar.handlers import HTTPRouteHandler

from pegmark.api.body import JsonRequest
from pegmark.api.faults import Fault
from pegmark.api.operation import JSON, Operation, declared
from pegmark.api.reading import escaped
from pegmark.api.refusals import Refusal
from pegmark.api.replies import Document
from pegmark.api.schemas.differences import DiffReply, DiffRequest
from pegmark.api.schemas.rulebooks import BookText
from pegmark.api.turns import Turns
from pegmark.errors import FactsError, NotFound, RulebookError
from pegmark.problems import Problem
from pegmark.usecases.desk import Book, Desk, book_of
from pegmark.usecases.difference import as_data, difference
from pegmark.usecases.impact import Asked, Impact, Tally, compared, explained

MOST_CHANGES = 500
MOST_WAITING = 8

DIFF_RULEBOOKS = Operation(
    id="diff_rulebooks",
    tag="rulebooks",
    summary="Compare two rulebooks",
    description=(
        "What `after` says otherwise than `before`, by meaning: layout, comments and the order of keys make "
        "no difference. With `assets`, both decide each of them, and the answer says who gets other terms "
        "and by which rules. A text that does not check is 422, with the checker's problems. Comparisons "
        "run one after another; where too many wait, the answer is 503 with `Retry-After`. Nothing is stored."
    ),
    answer=DiffReply,
    body=DiffRequest,
    errors=(408, 413, 415, 422, 503),
)


def routes(desk: Desk, normal: bytes) -> list[HTTPRouteHandler]:
    """Return the handlers of this area; `normal` is the filling-in that texts are checked with."""
    queue = Turns("comparisons", MOST_WAITING)

    @post("/v1/rulebooks/diff", **declared(DIFF_RULEBOOKS))
    async def diff_rulebooks(request: JsonRequest) -> Response[bytes]:
        asked = await request.read(DiffRequest)
        return Response(await queue.take(lambda: answered(desk, normal, asked)), media_type=JSON)

    return [diff_rulebooks]


def answered(desk: Desk, normal: bytes, asked: DiffRequest) -> bytes:
    """Return the body that says how two rulebooks differ; raises `Refusal`."""
    before, after = _book(desk, normal, asked.before, "/before"), _book(desk, normal, asked.after, "/after")
    found = difference(before, after)
    if asked.assets is not None:
        found = replace(found, impact=_impact(desk, before, after, asked, found.renamed))
    return Document.json(as_data(found, MOST_CHANGES)).body


def _book(desk: Desk, normal: bytes, named: str | BookText, pointer: str) -> Book:
    try:
        return book_of(named.files, normal) if isinstance(named, BookText) else desk.book(named)
    except NotFound as missing:
        near = " or ".join(f"`{name}`" for name in missing.suggestions)
        help = f"did you mean {near}?" if near else "`GET /v1/rulebooks` lists them"
        detail = f"no rulebook is called `{missing.name}`"
        raise Refusal("H4220", [Fault("Q0005", detail, help, pointer)]) from None
    except RulebookError as wrong:
        raise Refusal("H4220", [_fault(problem, pointer) for problem in wrong.problems]) from None


def _fault(problem: Problem, pointer: str) -> Fault:
    span = problem.span
    if span is None:
        return Fault(problem.code, problem.message, problem.help, pointer)
    where = f"{span.file}:{span.start.line}:{span.start.column}: "
    at = f"{pointer}/files/{escaped(span.file)}"
    return Fault(problem.code, where + problem.message, problem.help, at)


def _impact(desk: Desk, before: Book, after: Book, asked: DiffRequest, renamed: Mapping[str, str]) -> Impact:
    """Return what becomes of the assets asked about; raises `Refusal` where one cannot be decided."""
    first, second = (Desk(desk.catalogue, {"": book}, "") for book in (before, after))
    questions = [asset.question(asked.size_usd) for asset in asked.assets or ()]
    tally = Tally((asked.size_usd,))
    for n, question in enumerate(questions):
        try:
            compared(
                tally, first, second, question, Asked(n, question.asset or f"assets/{n}", question.as_of)
            )
        except FactsError as error:
            faults = [Fault(p.code, p.message, p.help, f"/assets/{n}{p.pointer}") for p in error.problems]
            raise Refusal("H4220", faults) from None
    found = tally.impact("assets")
    movers = [
        mover._replace(rules=explained(first, second, questions[mover.asked.place], renamed))
        for mover in found.movers
    ]
    return replace(found, movers=movers)
