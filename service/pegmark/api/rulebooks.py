"""`/v1/rulebooks` and `/v1/rules`: rulebooks as they run and as they are written, and checks of texts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import PathParameter, QueryParameter

from pegmark.api.body import JsonRequest
from pegmark.api.operation import JSON, Link, Operation, declared
from pegmark.api.replies import Document, reply
from pegmark.api.schemas.rulebooks import (
    CheckReply,
    CheckRequest,
    Rule,
    Rulebook,
    RulebookPage,
    RulebookText,
)
from pegmark.api.turns import Turns
from pegmark.errors import NotFound
from pegmark.language import nearest
from pegmark.rulebook.bases import pin_of
from pegmark.rulebook.load import NORMAL, check_files
from pegmark.rulebook.program import Change, Extension, Param, Source
from pegmark.rulebook.render import as_json
from pegmark.usecases.desk import Book, Desk
from pegmark.usecases.rules import Rule as WordedRule
from pegmark.usecases.rules import rules_of

MOST_PROBLEMS = 200
MOST_WAITING = 8

_ID = {"id": "$response.body#/items/0/id"}
LIST_RULEBOOKS = Operation(
    id="list_rulebooks",
    tag="rulebooks",
    summary="List rulebooks",
    description="The rulebooks that `rulebook` of a question may name.",
    answer=RulebookPage,
    has_etag=True,
    links={"rulebook": Link("get_rulebook", _ID), "text": Link("get_rulebook_text", _ID)},
)
GET_RULEBOOK = Operation(
    id="get_rulebook",
    tag="rulebooks",
    summary="Get one rulebook: classes, bands, params, sources and rules",
    description="Rules are listed in the order in which they are evaluated.",
    answer=Rulebook,
    errors=(404,),
    has_etag=True,
    links={"rule": Link("get_rule", {"id": "$response.body#/rule_list/0/id"})},
)
GET_RULEBOOK_TEXT = Operation(
    id="get_rulebook_text",
    tag="rulebooks",
    summary="Get the text of a rulebook",
    description="Its YAML files as they are written; `POST /v1/rulebooks/check` takes them back.",
    answer=RulebookText,
    errors=(404,),
    has_etag=True,
    links={"check": Link("check_rulebook", body={"files": "$response.body#/files"})},
)
CHECK_RULEBOOK = Operation(
    id="check_rulebook",
    tag="rulebooks",
    summary="Check the text of a rulebook",
    description=(
        "Every problem of all files in one pass, sorted by file and position, each with what to do. A text "
        "with problems is a good answer: 200, with `ok` false. Texts are checked one after another; where "
        "too many wait, the answer is 503 with `Retry-After`. Nothing is stored. An overlay is checked "
        "on the rulebook of this server that it extends."
    ),
    answer=CheckReply,
    body=CheckRequest,
    errors=(408, 413, 415, 422, 503),
)
GET_RULE = Operation(
    id="get_rule",
    tag="rulebooks",
    summary="Explain one rule",
    description="What a rule says, in words; why it is there, on what grounds, and where it stands.",
    answer=Rule,
    query=("rulebook",),
    errors=(404,),
    has_etag=True,
)

RulebookId = Annotated[str, PathParameter(description="The rulebook's id: `GET /v1/rulebooks` lists them.")]
RuleId = Annotated[str, PathParameter(description="The rule's permanent id, as in `decided_by`.")]
InRulebook = Annotated[
    str | None,
    QueryParameter(
        min_length=1,
        max_length=64,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$",
        description="The rulebook's id. Absent: the rulebook this server decides by.",
    ),
]


def routes(desk: Desk, normal: bytes) -> list[HTTPRouteHandler]:
    """Return the handlers of this area; `normal` is the filling-in that texts are checked with."""
    entries = {name: _entry(book, is_default=name == desk.default) for name, book in desk.books.items()}
    listed = Document.json({"items": list(entries.values()), "next": None})
    rules = {name: _rules(book) for name, book in desk.books.items()}
    rulebooks = {
        name: Document.json({**entries[name], **_contents(book, rules[name])})
        for name, book in desk.books.items()
    }
    texts = {name: Document.json(_text(book)) for name, book in desk.books.items()}
    documents = {
        name: {rule["id"]: Document.json(rule) for rule in book.values()} for name, book in rules.items()
    }
    queue = Turns("checks", MOST_WAITING)

    @get("/v1/rulebooks", sync_to_thread=False, **declared(LIST_RULEBOOKS))
    def list_rulebooks(request: Request[Any, Any, Any]) -> Response[bytes]:
        return reply(request, listed)

    @get("/v1/rulebooks/{id:str}", sync_to_thread=False, **declared(GET_RULEBOOK))
    def get_rulebook(request: Request[Any, Any, Any], id: RulebookId) -> Response[bytes]:
        return reply(request, rulebooks[desk.book(id).program.id])

    @get("/v1/rulebooks/{id:str}/text", sync_to_thread=False, **declared(GET_RULEBOOK_TEXT))
    def get_rulebook_text(request: Request[Any, Any, Any], id: RulebookId) -> Response[bytes]:
        return reply(request, texts[desk.book(id).program.id])

    @post("/v1/rulebooks/check", **declared(CHECK_RULEBOOK))
    async def check_rulebook(request: JsonRequest) -> Response[bytes]:
        texts = (await request.read(CheckRequest)).files
        return Response(await queue.take(lambda: checked(texts, normal, desk)), media_type=JSON)

    @get("/v1/rules/{id:str}", sync_to_thread=False, **declared(GET_RULE))
    def get_rule(request: Request[Any, Any, Any], id: RuleId, rulebook: InRulebook = None) -> Response[bytes]:
        book = documents[desk.book(rulebook).program.id]
        document = book.get(id)
        if document is None:
            near = nearest(id, book)
            raise NotFound("rule", id, [near] if near else [])
        return reply(request, document)

    return [list_rulebooks, get_rulebook, get_rulebook_text, check_rulebook, get_rule]


def checked(files: Mapping[str, str], normal: bytes, desk: Desk) -> bytes:
    """Return the body that says what is wrong with a rulebook's texts; what they extend is of the desk."""
    texts = _bytes(files)
    pin = pin_of(texts)
    base = None if pin is None else desk.books.get(pin.rulebook)
    below = {} if base is None else _bytes(base.files, f"{base.program.id}/")
    program, problems = check_files(texts, (NORMAL, normal), below)
    found = [{**as_json(problem), "href": f"/v1/problems/{problem.code}"} for problem in problems]
    return Document.json(
        {
            "ok": program is not None,
            "problems": found[:MOST_PROBLEMS],
            "left_out": max(0, len(found) - MOST_PROBLEMS),
            "resolved_digest": None if program is None else program.resolved_digest,
        }
    ).body


def _bytes(files: Mapping[str, str], within: str = "") -> dict[str, bytes]:
    return {f"{within}{name}": text.encode() for name, text in files.items()}


def _entry(book: Book, *, is_default: bool) -> dict[str, Any]:
    program = book.program
    return {
        "id": program.id,
        "version": program.version,
        "language": program.language,
        "owners": list(program.owners),
        "effective": None if program.effective is None else program.effective.isoformat(),
        "is_default": is_default,
        "extends": None if program.extends is None else _extension(program.extends),
        "rules": sum(1 for _ in rules_of(program)),
        "text_digest": program.text_digest,
        "resolved_digest": program.resolved_digest,
        "href": f"/v1/rulebooks/{program.id}",
    }


def _extension(extends: Extension) -> dict[str, Any]:
    return {"rulebook": extends.rulebook, "digest": extends.digest, "mode": extends.mode}


def _contents(book: Book, rules: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    program = book.program
    return {
        "classes": list(program.classify.order),
        "bands": [band for band, _ in program.rating.bands],
        "params": [_param(param) for param in program.params],
        "sources": [_source(source) for source in program.sources],
        "changes": [] if program.extends is None else [_change(change) for change in program.extends.changes],
        "rule_list": [
            {key: rule[key] for key in ("id", "section", "why")}
            | {"href": f"/v1/rules/{rule['id']}?rulebook={program.id}"}
            for rule in rules.values()
        ],
    }


def _text(book: Book) -> dict[str, Any]:
    program = book.program
    return {
        "id": program.id,
        "version": program.version,
        "text_digest": program.text_digest,
        "files": dict(book.files),
    }


def _rules(book: Book) -> dict[str, dict[str, Any]]:
    program = book.program
    sources = {source.id: source for source in program.sources}
    return {rule.reason.id: _rule(book, rule, sources) for rule in rules_of(program)}


def _rule(book: Book, rule: WordedRule, sources: Mapping[str, Source]) -> dict[str, Any]:
    reason = rule.reason
    return {
        "id": reason.id,
        "rulebook": book.program.id,
        "version": book.program.version,
        "section": rule.section,
        "when": rule.when or None,
        "then": rule.then,
        "unknown": rule.unknown or None,
        "why": reason.why,
        "cite": [_source(sources[cited]) for cited in reason.cite],
        "file": book.within(reason.span.file),
        "line": reason.span.start.line,
    }


def _change(change: Change) -> dict[str, Any]:
    return {"kind": change.kind, "target": change.target, "why": change.why, "cite": list(change.cite)}


def _source(source: Source) -> dict[str, str]:
    return {"id": source.id, "title": source.title, "href": source.href}


def _param(param: Param) -> dict[str, Any]:
    return {
        "name": param.name,
        "unit": param.type.kind,
        "values": [
            {
                "from": dated.start.isoformat(),
                "value": dated.value if isinstance(dated.value, bool | str) else float(dated.value),
            }
            for dated in param.values
        ],
        "why": param.why,
        "cite": list(param.cite),
    }
