"""The names each section may read, growing as the book is read from top to bottom."""

from __future__ import annotations

from collections.abc import Mapping

from pegmark.facts.vocabulary import READABLE, FactSpec
from pegmark.language import BOOL, Scope, Symbol, Type

RATIO, USD, DAYS, POINTS = Type("ratio"), Type("USD"), Type("days"), Type("points")


def fact_type(spec: FactSpec) -> Type:
    """Return the type of a fact in expressions: always possibly unknown."""
    return Type(spec.kind, spec.members, optional=True)


_FACTS: Mapping[str, Symbol] = {name: Symbol("fact", fact_type(spec)) for name, spec in READABLE.items()}
_OUTPUTS: Mapping[str, Type] = {
    "maintenance": RATIO,
    "initial": RATIO,
    "cap": USD,
    "eligible": BOOL,
}


class Names:
    """Collects symbols section by section and hands out scopes."""

    def __init__(self) -> None:
        self._symbols: dict[str, Symbol] = dict(_FACTS)
        self._later: dict[str, str] = {
            "position.size": "only `haircut` may read it",
            "class": "it is decided after this section",
            "band": "it is decided after this section",
            **{f"output.{name}": "only guardrails may read it" for name in (*_OUTPUTS, "class")},
        }

    def define(self, name: str, symbol: Symbol) -> None:
        """Add a name for all scopes made from now on."""
        self._symbols[name] = symbol
        self._later.pop(name, None)

    def has(self, name: str) -> bool:
        """Tell whether a name is taken."""
        return name in self._symbols or name in self._later

    def known(self, fact: str) -> None:
        """Note that a fact is always known from now on: its filling always has a value."""
        symbol = self._symbols[fact]
        self._symbols[fact] = Symbol(symbol.origin, symbol.type.known())

    def scope(
        self, *, coalesce: bool = False, sized: bool = False, later: Mapping[str, str] | None = None
    ) -> Scope:
        """Return what can be read now; `sized` adds the position's size."""
        symbols = dict(self._symbols)
        if sized:
            symbols["position.size"] = Symbol("position", USD)
        return Scope(symbols, {**self._later, **(later or {})}, coalesce)

    def decided(self, classes: tuple[str, ...]) -> None:
        """Add the class, which the sections after `classify` read."""
        self.define("class", Symbol("outcome", Type("enum", classes[::-1])))

    def rated(self, bands: tuple[str, ...]) -> None:
        """Add the band, which the sections after `rating` read."""
        self.define("band", Symbol("outcome", Type("enum", bands[::-1])))

    def concluded(self, classes: tuple[str, ...]) -> Scope:
        """Return the scope of guardrails: everything, and the outputs."""
        symbols = dict(self._symbols)
        symbols["position.size"] = Symbol("position", USD)
        for name, kind in _OUTPUTS.items():
            symbols[f"output.{name}"] = Symbol("outcome", kind)
        symbols["output.class"] = Symbol("outcome", Type("enum", classes[::-1]))
        return Scope(symbols)
