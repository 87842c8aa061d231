"""Answer one question: find what it names, decide what lies beneath, then decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple, NoReturn

from pydantic import BaseModel

from pegmark.engine.bounds import beyond_bounds
from pegmark.engine.compiled import STATUSES
from pegmark.engine.decide import (
    UNRESOLVED,
    Explain,
    Layer,
    Standing,
    Terms,
    settle,
    stand,
)
from pegmark.engine.emit import MICRO, ONE
from pegmark.engine.report import decide
from pegmark.errors import FactProblem, FactsError, NotFound
from pegmark.facts.snapshot import LayerRef, Snapshot, moment, take
from pegmark.facts.units import quantise
from pegmark.usecases.desk import Book, Desk

REFERENCE = "reference"
"""The venue of a question that names none."""
INLINE = "inline"
DEFAULT_SIZES = (1_000_000.0, 10_000_000.0)
MOST_SIZES = 16
"""How many sizes are decided at once."""
DEEPEST = 4
"""How many layers may lie beneath an asset."""
MOST_FOUND = 4096
"""How many stored questions are kept found; then all are forgotten and found again."""


class Question(NamedTuple):
    """What is asked: about which asset, when, before which venue, at which sizes, by which book.

    `facts` None means the stored snapshot of `asset`. `venue` is a stored venue's id, or facts.
    `layers` gives facts of assets beneath this one; they win over what is stored.
    """

    as_of: str
    asset: str | None = None
    facts: BaseModel | None = None
    venue: str | BaseModel | None = None
    layers: Mapping[str, BaseModel | None] | None = None
    sizes: Sequence[float] = DEFAULT_SIZES
    rulebook: str | None = None
    version: str | None = None
    explain: Explain = "short"


class Case(NamedTuple):
    """A question with everything it names found: what the engine decides.

    `standing` is what is decided already whatever the sizes; None where nothing of it is kept.
    """

    book: Book
    snapshot: Snapshot
    layer: Layer | None
    standing: Standing | None
    sizes: Sequence[float]


def assess(desk: Desk, question: Question) -> dict[str, Any]:
    """Return the body of the decision; raises `FactsError` with what is wrong with the question."""
    case = prepare(desk, question)
    return decide(case.book.compiled, case.snapshot, case.sizes, case.layer, question.explain, case.standing)


def prepare(desk: Desk, question: Question) -> Case:
    """Find what a question names, and decide what lies beneath; raises `FactsError`."""
    book = _book(desk, question)
    sizes = [quantise(size, "USD") for size in question.sizes]
    if question.facts is not None or question.layers or isinstance(question.venue, BaseModel):
        return Case(book, *_found(desk, book, question), None, sizes)
    # What is stored does not change while the process runs, so that what no size changes is decided once.
    key = (question.asset, question.as_of, question.venue, book.program.id)
    found = desk.found.get(key)
    if found is None:
        snapshot, layer = _found(desk, book, question)
        found = (snapshot, layer, stand(book.compiled, snapshot, layer))
        if len(desk.found) >= MOST_FOUND:
            desk.found.clear()
        desk.found[key] = found
    return Case(book, *found, sizes)


def prepare_alike(desk: Desk, question: Question, case: Case) -> Case:
    """Return the case of a question that was prepared for another rulebook; raises `FactsError`.

    Facts are taken once where both rulebooks read them alike.
    """
    book = _book(desk, question)
    if case.snapshot.layers or case.book.custom != book.custom:
        return prepare(desk, question)
    try:
        _refuse_beyond(book, case.snapshot)
    except FactsError as error:
        raise FactsError(_as_asked(problem, question) for problem in error.problems) from None
    return Case(book, case.snapshot, None, None, case.sizes)


def _found(desk: Desk, book: Book, question: Question) -> tuple[Snapshot, Layer | None]:
    """Return the snapshot that a question is about, and the worst of what lies beneath."""
    try:
        snapshot = _snapshot(desk, book, question)
        _refuse_beyond(book, snapshot)
    except FactsError as error:
        raise FactsError(_as_asked(problem, question) for problem in error.problems) from None
    if not snapshot.layers:
        return snapshot, None
    path = (question.asset,) if question.asset is not None else ()
    layer, beneath = _Layers(desk, book, question).under(snapshot, path)
    # The digest of a question covers what it was answered with.
    return (replace(snapshot, beneath=beneath) if beneath else snapshot), layer


def _refuse_beyond(book: Book, snapshot: Snapshot) -> None:
    """Refuse what is before the first params, or worse than a rulebook's bounds."""
    start = book.compiled.starts[0]
    if snapshot.day < start:
        _refuse(
            "/as_of",
            "Q0006",
            f"rulebook `{book.program.id}` has no parameters before {start}",
            f"ask for {start} or later",
        )
    _refuse_all(beyond_bounds(book.compiled, snapshot))


def _as_asked(problem: FactProblem, question: Question) -> FactProblem:
    """Point at the name in the question where a problem is in facts that it only names."""
    is_named = problem.pointer.startswith("/facts/") and question.facts is None
    if is_named or (problem.pointer.startswith("/venue/") and not isinstance(question.venue, BaseModel)):
        where, name = ("/asset", question.asset) if is_named else ("/venue", question.venue or REFERENCE)
        return FactProblem(
            where, problem.code, f"stored on `{name}`: {problem.message}", "state its facts instead"
        )
    return problem


def _book(desk: Desk, question: Question) -> Book:
    try:
        book = desk.book(question.rulebook)
    except NotFound as missing:
        _refuse_name("/rulebook", "Q0005", missing)
    if question.version is not None and question.version != book.program.version:
        _refuse(
            "/rulebook_version",
            "Q0005",
            f"rulebook `{book.program.id}` has no version `{question.version}` here",
            f"the version loaded is `{book.program.version}`",
        )
    return book


def _snapshot(desk: Desk, book: Book, question: Question) -> Snapshot:
    facts = question.facts
    if facts is None:
        facts = _stored_facts(desk, question)
    match question.venue:
        case None:
            name, venue = REFERENCE, desk.catalogue.venue(REFERENCE).towards(question.asset)
        case str(name):
            try:
                venue = desk.catalogue.venue(name).towards(question.asset)
            except NotFound as missing:
                _refuse_name("/venue", "Q0004", missing)
        case given:
            name, venue = INLINE, given
    return take(
        asset=question.asset,
        as_of=question.as_of,
        facts=facts,
        venue=venue,
        venue_name=name,
        custom=book.custom,
    )


def _stored_facts(desk: Desk, question: Question) -> BaseModel:
    if question.asset is None:
        _refuse(
            "/facts", "Q0001", "neither `asset` nor `facts` is given", "name a stored asset, or state facts"
        )
    at = _moment(question.as_of)
    try:
        stored = desk.catalogue.in_force(question.asset, at)
    except NotFound as missing:
        _refuse_name("/asset", "Q0002", missing)
    if stored is None:
        first = desk.catalogue.snapshots(question.asset)[0].as_of
        _refuse(
            "/as_of",
            "Q0003",
            f"nothing is stored on `{question.asset}` as it was at {question.as_of}",
            f"the first snapshot is of {first}; or state `facts`",
        )
    return stored.facts


def _moment(as_of: str) -> datetime:
    try:
        return moment(as_of)
    except (ValueError, OverflowError):
        _refuse("/as_of", "F0001", f"`{as_of}` is not a date that exists", "write `2025-10-09`")


class _Layers:
    """Decides what lies beneath an asset, deepest first.

    Layers are judged before the reference venue: what an asset is does not depend on who takes
    something that rests on it.
    """

    def __init__(self, desk: Desk, book: Book, question: Question) -> None:
        self.desk = desk
        self.book = book
        self.question = question
        # Where the question names what lies beneath.
        self._where = "/asset" if question.facts is None else "/facts/backing/components"
        # What a layer loses is asked of a small amount: how deep its market is, is the wrapper's own affair.
        self.sizes = [book.compiled.scale.breakpoints[0] / MICRO]
        # One asset may lie beneath many: each is taken once, and decided once for what lies beneath it.
        self._taken: dict[str, Snapshot | None] = {}
        self._settled: dict[tuple[str, Layer | None], Terms] = {}

    def under(self, snapshot: Snapshot, path: tuple[str, ...]) -> tuple[Layer | None, dict[str, Any]]:
        """Return the worst of the material layers of `snapshot`, and what each was decided on."""
        layering = self.book.program.classify.layering
        if layering is None:
            return None, {}
        layer: Layer | None = None
        beneath: dict[str, Any] = {}
        for asset, share in _shares(snapshot.layers).items():
            if share < layering.material:
                continue
            self._mind_the_path(asset, path)
            found, beneath[asset] = self._decide(asset, share, (*path, asset))
            layer = found if layer is None else _beneath(layer, found)
        return layer, beneath

    def _mind_the_path(self, asset: str, path: tuple[str, ...]) -> None:
        chain = " → ".join((*path, asset))
        if asset in path:
            _refuse(
                self._where,
                "Q0007",
                f"an asset rests on itself: {chain}",
                "give such a component as `own_token`, without `asset`",
            )
        if len(path) > DEEPEST:
            _refuse(
                self._where,
                "Q0008",
                f"more than {DEEPEST} layers lie beneath: {chain}",
                "give the deepest component without `asset`",
            )

    def _decide(self, asset: str, share: float, path: tuple[str, ...]) -> tuple[Layer, Any]:
        if asset not in self._taken:
            self._taken[asset] = self._take(asset)
        snapshot = self._taken[asset]
        if snapshot is None:
            return UNRESOLVED, None
        layer, beneath = self.under(snapshot, path)
        if (asset, layer) not in self._settled:
            self._settled[asset, layer] = settle(self.book.compiled, snapshot, self.sizes, layer)
        terms = self._settled[asset, layer]
        submitted: dict[str, Any] = {"as_of": snapshot.as_of, "facts": snapshot.said}
        if beneath:
            submitted["layers"] = beneath
        return _as_layer(terms, share), submitted

    def _take(self, asset: str) -> Snapshot | None:
        given = self.question.layers or {}
        if asset in given:
            facts = given[asset]
        else:
            try:
                stored = self.desk.catalogue.in_force(asset, _moment(self.question.as_of))
            except NotFound:
                return None
            facts = stored.facts if stored is not None else None
        if facts is None:
            return None
        reference = self.desk.catalogue.venue(REFERENCE)
        try:
            snapshot = take(
                asset=asset,
                as_of=self.question.as_of,
                facts=facts,
                venue=reference.towards(asset),
                venue_name=REFERENCE,
                custom=self.book.custom,
            )
            _refuse_all(beyond_bounds(self.book.compiled, snapshot))
        except FactsError as error:
            raise FactsError(self._as_asked(asset, problem) for problem in error.problems) from None
        return snapshot

    def _as_asked(self, asset: str, problem: FactProblem) -> FactProblem:
        """Point at a stated layer's own facts, and at what names it where it is stored."""
        if asset in (self.question.layers or {}):
            return problem._replace(pointer=f"/layers/{asset}{problem.pointer}")
        message = f"stored on `{asset}`, beneath: {problem.message}"
        return FactProblem(self._where, problem.code, message, "state it in `layers` instead")


def _shares(layers: Sequence[LayerRef]) -> dict[str, float]:
    """Return the share of each asset beneath; one that is listed in parts counts as their sum."""
    shares: dict[str, float] = {}
    for layer in layers:
        shares[layer.asset] = shares.get(layer.asset, 0.0) + layer.share
    return shares


def _as_layer(terms: Terms, share: float) -> Layer:
    loss = -(-terms.positions[0].maintenance * round(share * ONE) // ONE)
    return Layer(terms.cls, terms.composite, terms.band, terms.status, min(ONE, loss))


def _beneath(one: Layer, other: Layer) -> Layer:
    """Return the worse of each, and what both lose together; what is unresolved is worst."""
    if UNRESOLVED in (one, other):
        return UNRESOLVED
    return Layer(
        max(one.class_index or 0, other.class_index or 0),
        min(one.score or 0, other.score or 0),
        max(one.band_index or 0, other.band_index or 0),
        max(one.status or "accept", other.status or "accept", key=STATUSES.index),
        min(ONE, (one.haircut or 0) + (other.haircut or 0)),
    )


def _refuse_all(problems: Sequence[FactProblem]) -> None:
    if problems:
        raise FactsError(problems)


def _refuse(pointer: str, code: str, message: str, help: str | None = None) -> NoReturn:
    raise FactsError([FactProblem(pointer, code, message, help)])


def _refuse_name(pointer: str, code: str, missing: NotFound) -> NoReturn:
    near = " or ".join(f"`{name}`" for name in missing.suggestions)
    message = f"no {missing.what} is called `{missing.name}`"
    raise FactsError(
        [FactProblem(pointer, code, message, f"did you mean {near}?" if near else None)]
    ) from None
