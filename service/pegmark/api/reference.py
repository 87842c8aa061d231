"""`/v1/facts` and `/v1/problems`: what the rest is explained with."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import PathParameter

from pegmark.api.codes import CODES as REQUEST_CODES
from pegmark.api.operation import Link, Operation, declared
from pegmark.api.replies import Document, reply
from pegmark.api.schemas.reference import FactPage, ProblemPage, ProblemPageEntry
from pegmark.authoring.codes import CODES as SUITE_CODES
from pegmark.data import data_root
from pegmark.errors import NotFound
from pegmark.facts.codes import CODES as FACT_CODES
from pegmark.facts.vocabulary import describe
from pegmark.language import nearest
from pegmark.rulebook.codes import RULEBOOK_CODES
from pegmark.usecases.codes import CODES as QUESTION_CODES

LIST_FACTS = Operation(
    id="list_facts",
    tag="reference",
    summary="List every fact that may be stated",
    description="The vocabulary: unit, range, which way is worse, how long a fact holds, where to find it.",
    answer=FactPage,
    has_etag=True,
)
LIST_PROBLEMS = Operation(
    id="list_problems",
    tag="reference",
    summary="List every problem code",
    description="Permanent: `H` of requests, `F` facts, `Q` questions, `E` and `A` rulebooks, `T` suites.",
    answer=ProblemPage,
    has_etag=True,
    links={"problem": Link("get_problem", {"code": "$response.body#/items/0/code"})},
)
GET_PROBLEM = Operation(
    id="get_problem",
    tag="reference",
    summary="Explain one problem code",
    description="What it means and what to do. The `type` of a problem is the path of this page.",
    answer=ProblemPageEntry,
    errors=(404,),
    has_etag=True,
)

Code = Annotated[str, PathParameter(description="The code, as in `H4220`: `GET /v1/problems` lists them.")]

# How a page comes by its text: the status it is sent with, and what is said where no page is written.
_Kind = tuple[str, int | None, Mapping[str, str]]


def routes() -> list[HTTPRouteHandler]:
    """Return the handlers of this area."""
    facts = Document.json({"items": describe(), "next": None})
    entries = _problems()
    problems = Document.json({"items": list(entries.values()), "next": None})
    pages = data_root() / "docs" / "problems"
    documents = {
        code: Document.json({**entry, "text": _text(pages, code)}) for code, entry in entries.items()
    }

    @get("/v1/facts", sync_to_thread=False, **declared(LIST_FACTS))
    def list_facts(request: Request[Any, Any, Any]) -> Response[bytes]:
        return reply(request, facts)

    @get("/v1/problems", sync_to_thread=False, **declared(LIST_PROBLEMS))
    def list_problems(request: Request[Any, Any, Any]) -> Response[bytes]:
        return reply(request, problems)

    @get("/v1/problems/{code:str}", sync_to_thread=False, **declared(GET_PROBLEM))
    def get_problem(request: Request[Any, Any, Any], code: Code) -> Response[bytes]:
        document = documents.get(code)
        if document is None:
            near = nearest(code, documents)
            raise NotFound("problem code", code, [near] if near else [])
        return reply(request, document)

    return [list_facts, list_problems, get_problem]


def _problems() -> dict[str, dict[str, Any]]:
    """Return every code with what is known of it, sorted."""
    kinds: tuple[_Kind, ...] = (
        ("rulebook", None, RULEBOOK_CODES),
        ("suite", None, SUITE_CODES),
        ("facts", 422, FACT_CODES),
        ("question", 422, QUESTION_CODES),
    )
    found = {
        code: _entry(code, title, about, status)
        for about, status, codes in kinds
        for code, title in codes.items()
    }
    found |= {code: _entry(code, it.title, "request", it.status) for code, it in REQUEST_CODES.items()}
    return dict(sorted(found.items()))


def _entry(code: str, title: str, about: str, status: int | None) -> dict[str, Any]:
    return {"code": code, "title": title, "about": about, "status": status, "href": f"/v1/problems/{code}"}


def _text(pages: Path, code: str) -> str | None:
    page = pages / f"{code}.md"
    if page.is_file():
        return page.read_text(encoding="utf-8")
    known = REQUEST_CODES.get(code)
    return known.text if known else None
