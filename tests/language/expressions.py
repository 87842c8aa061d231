"""A scope to check expressions in, and strategies that write well-typed ones."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from typing import Any

from hypothesis import strategies as st

from pegmark.language import BOOL, Place, Scope, Symbol, Type, check
from pegmark.language.nodes import Typed
from pegmark.problems import Position, Problem, Span

BASIS = Type("enum", ("gross", "net"))
ISSUER = Type("enum", ("none", "registered", "licensed", "prudential"))
NAMES: dict[str, Symbol] = {
    "backing.share.crypto": Symbol("fact", Type("ratio", optional=True)),
    "backing.collateral_ratio": Symbol("fact", Type("ratio", optional=True)),
    "own_token_limit": Symbol("param", Type("ratio")),
    "liquidity.supply": Symbol("fact", Type("USD", optional=True)),
    "position.size": Symbol("position", Type("USD")),
    "hedge.horizon": Symbol("fact", Type("days", optional=True)),
    "window": Symbol("param", Type("days")),
    "control.sources": Symbol("fact", Type("number", optional=True)),
    "factor": Symbol("param", Type("number")),
    "layer.score": Symbol("fact", Type("points", optional=True)),
    "score.backing": Symbol("outcome", Type("points")),
    "venue.redemption_account": Symbol("fact", Type("bool", optional=True)),
    "strict": Symbol("param", BOOL),
    "backing.basis": Symbol("fact", BASIS.maybe()),
    "control.issuer": Symbol("derived", ISSUER),
}
SCOPE = Scope(NAMES, {"class": "it is decided after this section"})
DERIVE = Scope(NAMES, coalesce=True)

_UNITS = ("number", "ratio", "days", "USD", "points")
_SUFFIXES = {"number": [""], "ratio": ["%", "bp"], "days": ["d", "h", "y"], "points": [""]}


def place(text: str) -> Place:
    """Return a place where offsets are lines and columns of the text itself."""

    def at(offset: int) -> Position:
        assert 0 <= offset <= len(text)
        before = text[:offset]
        return Position(1 + before.count("\n"), offset - before.rfind("\n"))

    return Place("rules/house/classify.yaml", at, "classify.rules[3].when", "CLS-040")


def checked(text: str, scope: Scope = DERIVE, expected: Type | None = None) -> Typed:
    """Return the checked expression, which there must be."""
    node, problems = check(text, scope, place(text), expected)
    assert problems == []
    assert node is not None
    return node


def refused(text: str, scope: Scope = SCOPE, expected: Type | None = None) -> list[Problem]:
    """Return what is wrong with an expression, which there must be."""
    node, problems = check(text, scope, place(text), expected)
    assert node is None
    assert problems
    return problems


def underlined(text: str, span: Span | None) -> str:
    """Return the stretch of `text` that a span points at."""
    assert span is not None
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    start, end = (starts[p.line - 1] + p.column - 1 for p in (span.start, span.end))
    return text[start:end]


def shape(node: Typed) -> Any:
    """Return an expression without its spans, for comparison."""
    return (type(node).__name__, *(_plain(getattr(node, f.name)) for f in fields(node) if f.name != "span"))


def _plain(value: Any) -> Any:
    if isinstance(value, tuple) and value and not isinstance(value[0], str):
        return tuple(shape(item) for item in value)
    return shape(value) if hasattr(value, "span") else value


@cache
def literals(unit: str) -> st.SearchStrategy[str]:
    """Write literals of a unit, whole and with decimals."""
    number = st.one_of(
        st.integers(0, 10_000).map(str),
        st.tuples(st.integers(0, 999), st.integers(1, 9999)).map(lambda pair: f"{pair[0]}.{pair[1]:04d}"),
    )
    if unit == "USD":
        return st.tuples(number, st.sampled_from(["", "k", "M", "bn"])).map("${0[0]}{0[1]}".format)
    return st.tuples(number, st.sampled_from(_SUFFIXES[unit])).map("".join)


def _names(kind: Type) -> st.SearchStrategy[str]:
    alike = [n for n, s in NAMES.items() if s.type.kind == kind.kind and s.type.members == kind.members]
    return st.sampled_from(alike)


@cache
def amounts(unit: str, depth: int = 3) -> st.SearchStrategy[str]:
    """Write expressions of a unit."""
    # A bare number is one of points only beside points.
    plain = _names(Type(unit))  # type: ignore[arg-type]
    if depth == 0:
        return plain if unit == "points" else plain | literals(unit)
    inner = amounts(unit, depth - 1)
    scale = st.sampled_from(["ratio", "number"]).flatmap(lambda kind: amounts(kind, depth - 1))
    choices = [
        plain,
        inner,
        st.builds("({}) {} ({})".format, inner, st.sampled_from("+-"), inner),
        st.builds("({}) / ({})".format, inner, scale) if unit not in ("ratio", "number") else inner,
        st.builds("({}) * ({})".format, inner, amounts("number", depth - 1)),
        st.builds("{}({}, {})".format, st.sampled_from(["min", "max", "coalesce"]), inner, inner),
        st.builds("clamp({}, {}, {})".format, inner, inner, inner),
        st.builds("abs({})".format, inner),
        st.builds("-({})".format, inner),
        st.builds("(if {} then {} else {})".format, conditions(depth - 1), inner, inner),
    ]
    if unit == "ratio":
        like = st.sampled_from(["ratio", "days", "USD", "points"]).map(lambda kind: amounts(kind, depth - 1))
        choices.append(like.flatmap(lambda side: st.builds("({}) / ({})".format, side, side)))
    return st.one_of(choices)


@cache
def conditions(depth: int = 3) -> st.SearchStrategy[str]:
    """Write conditions."""
    plain = _names(BOOL) | st.sampled_from(["true", "false"])
    if depth == 0:
        return plain
    inner = conditions(depth - 1)
    comparison = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])
    sides = st.sampled_from(_UNITS).map(lambda unit: amounts(unit, depth - 1))
    return st.one_of(
        plain,
        st.builds("({}) and ({})".format, inner, inner),
        st.builds("({}) or ({}) or ({})".format, inner, inner, inner),
        st.builds("not ({})".format, inner),
        sides.flatmap(lambda side: st.builds("({}) {} ({})".format, side, comparison, side)),
        sides.flatmap(
            lambda side: st.builds("({}) {} ({}) {} ({})".format, side, comparison, side, comparison, side)
        ),
        sides.flatmap(lambda side: st.builds("known({})".format, side)),
        st.builds("({}) == ({})".format, inner, inner),
        st.builds(
            'backing.basis {} "{}"'.format, st.sampled_from(["==", "!="]), st.sampled_from(BASIS.members)
        ),
        st.builds('control.issuer in ("{}", "none")'.format, st.sampled_from(ISSUER.members)),
        st.builds('(if {} then "net" else backing.basis) == "gross"'.format, inner),
        st.builds("(if {} then {} else {})".format, inner, inner, inner),
    )


expressions: st.SearchStrategy[str] = st.one_of(conditions(), *(amounts(unit) for unit in _UNITS))

values: dict[str, st.SearchStrategy[Any]] = {
    "number": st.integers(0, 1000).map(float),
    "ratio": st.integers(0, 400).map(lambda n: n / 100),
    "days": st.integers(0, 400).map(float),
    "USD": st.integers(0, 10**6).map(lambda n: n * 1e4),
    "points": st.integers(0, 100).map(float),
    "bool": st.booleans(),
}


@st.composite
def assets(draw: st.DrawFn) -> dict[str, Any]:
    """Draw values for every name; only what may be unknown is missing, now and then."""
    found = {}
    for name, symbol in NAMES.items():
        of = st.sampled_from(symbol.type.members) if symbol.type.members else values[symbol.type.kind]
        if not symbol.type.optional or draw(st.booleans()):
            found[name] = draw(of)
    return found
