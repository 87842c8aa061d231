"""The names each section may read, growing as the book is read from top to bottom."""

from __future__ import annotations

from collections.abc import Mapping

from pegmark.facts.vocabulary import READABLE, FactSpec
from pegmark.language import BOOL, Scope, Symbol, Type
from pegmark.problems import Span

RATIO, USD, DAYS, POINTS = Type("ratio"), Type("USD"), Type("days"), Type("points")

OUTPUTS = ("class", "band", "status", "haircut.maintenance", "haircut.initial", "cap", "all")
"""What a guardrail may promise something of; besides these, `score.<pillar>`."""


def fact_type(spec: FactSpec) -> Type:
    """Return the type of a fact in expressions: always possibly unknown."""
    return Type(spec.kind, spec.members, optional=True)


_FACTS: Mapping[str, Symbol] = {name: Symbol("fact", fact_type(spec)) for name, spec in READABLE.items()}
_SIZE = {"position.size": Symbol("position", USD)}
_ASSERTED = {"output.maintenance": RATIO, "output.initial": RATIO, "output.cap": USD, "output.eligible": BOOL}
_ELSEWHERE: Mapping[str, str] = {
    "position.size": "only `haircut` may read it",
    "class": "it is decided after this section",
    "band": "only `mark`, `conditions`, `review` and `guardrails` may read it",
    **dict.fromkeys((*_ASSERTED, "output.class"), "only `guardrails` may read it"),
}


class Names:
    """Collects symbols section by section and hands out the scope of each."""

    def __init__(self) -> None:
        self._symbols: dict[str, Symbol] = dict(_FACTS)
        self._spans: dict[str, Span] = {}
        self._classes: tuple[str, ...] = ()
        self._scores: dict[str, Symbol] = {}
        self._bands: dict[str, Symbol] = {}

    # What a rulebook adds

    def define(self, name: str, symbol: Symbol, span: Span) -> None:
        """Add a name for all scopes made from now on."""
        self._symbols[name] = symbol
        self._spans[name] = span

    def has(self, name: str) -> bool:
        """Tell whether a name is taken."""
        return name in self._symbols or name in _ELSEWHERE

    def defined(self, name: str) -> Span | None:
        """Return where a rulebook defines a name, if it does."""
        return self._spans.get(name)

    def known(self, fact: str) -> None:
        """Note that a fact is always known from now on: its filling always has a value."""
        self._symbols[fact] = Symbol("fact", self._symbols[fact].type.known())

    def decided(self, classes: tuple[str, ...]) -> None:
        """Add the class, best first."""
        self._classes = classes
        self._symbols["class"] = _choice(classes)

    def scored(self, pillars: tuple[str, ...]) -> None:
        """Add the score of each pillar."""
        self._scores = {f"score.{pillar}": Symbol("outcome", POINTS) for pillar in pillars}

    def rated(self, bands: tuple[str, ...]) -> None:
        """Add the band, best first."""
        self._bands = {"band": _choice(bands)}

    # Scopes

    def deriving(self) -> Scope:
        """Return the scope of `derive` and `normal`, where `coalesce` is."""
        return self._scope({}, coalesce=True)

    def judging(self) -> Scope:
        """Return the scope of sections that read facts, params, derived names and what class it is."""
        return self._scope({})

    def sizing(self) -> Scope:
        """Return the scope of `haircut`, where the position's size is."""
        return self._scope(_SIZE)

    def rating(self) -> Scope:
        """Return the scope of `rating`, where the scores are."""
        return self._scope(self._scores)

    def concluding(self) -> Scope:
        """Return the scope of sections that read scores and band."""
        return self._scope(self._scores | self._bands)

    def asserting(self) -> Scope:
        """Return the scope of guardrails: everything, and the outputs."""
        outputs = {name: Symbol("outcome", kind) for name, kind in _ASSERTED.items()}
        outputs["output.class"] = _choice(self._classes)
        return self._scope(self._scores | self._bands | _SIZE | outputs)

    def _scope(self, added: Mapping[str, Symbol], *, coalesce: bool = False) -> Scope:
        scores = dict.fromkeys(self._scores, "neither haircuts nor caps nor scorecards may read it")
        return Scope({**self._symbols, **added}, {**_ELSEWHERE, **scores}, coalesce)


def _choice(members: tuple[str, ...]) -> Symbol:
    """Return an outcome that is one of `members`, best first."""
    return Symbol("outcome", Type("enum", members[::-1]))
