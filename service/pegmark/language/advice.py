"""Types, literals and mistakes in words, for messages and their help."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from pegmark.language.nodes import Const, Read, Typed
from pegmark.language.prose import constant, decimal
from pegmark.language.scope import nearest
from pegmark.language.tokens import WORDS
from pegmark.language.types import Type

_NOUNS = {
    "bool": "a condition",
    "enum": "a choice",
    "number": "a bare number",
    "ratio": "a ratio",
    "days": "a number of days",
    "USD": "an amount of USD",
    "points": "a number of points",
}
_PLAIN = {"ratio": "percent", "days": "days", "USD": "dollars"}


def noun(kind: Type) -> str:
    """Return a type in words: `a ratio`, `one of "none", "all_holders"`."""
    if kind.members:
        first, more = kind.members[:4], len(kind.members) - 4
        listed = ", ".join(f'"{member}"' for member in first)
        return f"one of {listed}" + (f" and {more} more" if more > 0 else "")
    return _NOUNS[kind.kind]


def on_units(left: Typed, right: Typed) -> str | None:
    """Say how to put two operands of different units right."""
    literal, other = (left, right) if isinstance(left, Const) else (right, left)
    fix = rewritten(literal, other.type)
    named = [f"`{side.name}` is {noun(side.type)}" for side in (left, right) if isinstance(side, Read)]
    if fix and isinstance(other, Read):
        return f"{named[0]}; {fix}"
    return fix or " and ".join(named) or None


def rewritten(literal: Typed, needed: Type) -> str | None:
    """Say how a bare number is written in the unit that is needed.

    >>> from pegmark.problems import Position, Span
    >>> here = Span("", Position(1, 1), Position(1, 1))
    >>> rewritten(Const(Fraction(150), Type("number"), here), Type("ratio"))
    'write `150%` for 150 percent'
    """
    if not isinstance(literal, Const) or not isinstance(literal.value, Fraction):
        return None
    if literal.type.kind != "number" or needed.kind not in _PLAIN:
        return None
    value = literal.value
    meant = constant(value / 100 if needed.kind == "ratio" else value, needed.kind)
    plain = f"`{meant}` for {decimal(value)} {_PLAIN[needed.kind]}"
    # `>= 1.02` of a ratio means 102 % to whoever thinks in fractions.
    is_fraction = value == 1 or (value.denominator != 1 and abs(value) < 10)
    if needed.kind == "ratio" and is_fraction:
        return f"write `{constant(value, 'ratio')}`, or {plain}"
    return f"write {plain}"


def on_order(node: Typed) -> str:
    """Say what to write where something without an order was compared by order."""
    name = node.name if isinstance(node, Read) else "x"
    if node.type.kind == "bool":
        return f"write `{name}` or `not {name}`"
    members = ", ".join(f'"{member}"' for member in node.type.members[:2])
    return f"list the members: `{name} in ({members})`"


def on_name(name: str, names: Iterable[str], wanted: Type | None) -> str | None:
    """Say what an unknown name may have meant where a `wanted` type is expected."""
    if wanted is not None and name in wanted.members:
        return f'write `"{name}"` in double quotes'
    if name.lower() in WORDS:
        return f"write `{name.lower()}`"
    if name.lower() in ("null", "none", "nil", "unknown"):
        return "write `known(x)` or `not known(x)`"
    near = nearest(name, names)
    return f"did you mean `{near}`?" if near else None


def on_member(text: str, members: tuple[str, ...]) -> str:
    """Say which member was meant, or which there are."""
    near = nearest(text, members)
    return (
        f'did you mean `"{near}"`?'
        if near
        else "members are " + ", ".join(f"`{member}`" for member in members)
    )
